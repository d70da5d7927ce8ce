"""Made-up people in three languages, the same on every machine. Who has such a name in life is not meant.

Addresses of mail are example.com's, streets are invented, and the telephone numbers belong to nobody: in the United States
and Britain those kept for films, in China and Taiwan such as cannot be given out (no local number begins with 0).
"""

from collections.abc import Iterator
from itertools import islice, product
from random import Random
from typing import NamedTuple


class Person(NamedTuple):
	first_name: str
	last_name: str  # empty where the whole name is one word
	email: str
	mobile: str
	street: str
	city: str
	pincode: str
	country: str
	language: str

	@property
	def full_name(self) -> str:
		return f"{self.first_name} {self.last_name}".strip()


ENGLISH = (
	"Ada Abby Agnes Alice Amber Arthur Beth Carl Cora Daisy Dale Edgar Edith Elena Ellis Ernest Esther Felix Fiona "
	"Floyd Glenn Grace Hazel Henry Hugo Ida Irene Iris Ivan Jasper Joan June Karl Keith Lena Leo Lucy Mabel Marian "
	"Martin Maya Miles Mona Nadia Neil Nina Nora Oscar Otis Owen Pearl Philip Rhoda Roy Ruby Silas Simon Stella "
	"Theo Tilda Vera Victor Wanda Wesley Yvonne Zoe"
).split()
SURNAMES = (
	"Abbey Alder Ashdown Barrow Beck Birch Bloom Brook Burr Carver Castle Chalk Clay Cobb Cole Cove Crane Dale Darby "
	"Drake Eames Elm Fable Fern Finch Flint Frost Garland Gable Glass Grove Hale Harbor Hawke Heath Holt Hyde Ivory "
	"Jewell Keel Kestrel Lake Lark Lowell Marsh Meadow Mercer Moss North Oakes Orchard Penn Pike Quill Rain Reed "
	"Ridge Rowan Sage Sawyer Shore Snow Stone Swift Thorne Vale Vane Waters Wilde Winter Wren Yarrow"
).split()
# With how they are spelled in an address.
SIMPLIFIED = (
	"王 wang 李 li 张 zhang 刘 liu 陈 chen 杨 yang 赵 zhao 黄 huang 周 zhou 吴 wu 徐 xu 孙 sun 马 ma 朱 zhu 胡 hu 郭 guo "
	"何 he 林 lin 罗 luo 郑 zheng 梁 liang 谢 xie 宋 song 唐 tang 许 xu 韩 han 冯 feng 邓 deng 曹 cao 彭 peng",
	"安然 anran 博文 bowen 晨曦 chenxi 丹青 danqing 芳菲 fangfei 国栋 guodong 海燕 haiyan 慧敏 huimin 佳音 jiayin "
	"建平 jianping 静怡 jingyi 俊杰 junjie 乐天 letian 丽华 lihua 明远 mingyuan 若兰 ruolan 诗涵 shihan 思源 siyuan "
	"婷婷 tingting 文静 wenjing 晓东 xiaodong 心怡 xinyi 雪梅 xuemei 雅琴 yaqin 一鸣 yiming 永康 yongkang 雨桐 yutong "
	"子轩 zixuan 志强 zhiqiang 卓群 zhuoqun",
)
TRADITIONAL = (
	"陳 chen 林 lin 黃 huang 張 chang 李 li 王 wang 吳 wu 劉 liu 蔡 tsai 楊 yang 許 hsu 鄭 cheng 謝 hsieh 郭 kuo "
	"洪 hung 邱 chiu 曾 tseng 廖 liao 賴 lai 徐 hsu 周 chou 葉 yeh 蘇 su 莊 chuang 呂 lu 江 chiang 何 ho 蕭 hsiao "
	"羅 lo 簡 chien",
	"雅婷 yating 怡君 yichun 宗翰 tsunghan 冠宇 kuanyu 佩珊 peishan 承恩 chengen 詩涵 shihhan 家豪 chiahao "
	"淑芬 shufen 美玲 meiling 志明 chihming 俊傑 chunchieh 宜蓁 yichen 品妍 pinyen 柏翰 pohan 欣怡 hsinyi "
	"思穎 szuying 惠雯 huiwen 書豪 shuhao 彥廷 yenting 雨潔 yuchieh 靜宜 chingyi 曉薇 hsiaowei 國華 kuohua "
	"建宏 chienhung 麗君 lichun 文彬 wenpin 子晴 tzuching 秀蘭 hsiulan 振華 chenhua",
)
STREETS = "Maple Lane|Mill Road|Harbor Street|Orchard Way|Station Road|Lantern Alley|Juniper Court".split("|")
PLACES = {  # city, beginning of its postal codes, area code
	"en": (
		("Fairhaven", "100", "212"), ("Northport", "021", "617"), ("Lakeside", "606", "312"), ("Redwood", "941", "415"),
		("Millbrook", "801", "303"), ("Oakdale", "331", "305"), ("Stonebridge", "981", "206"),
	),
	"en-GB": (("Littleford", "LF1", ""), ("Marlow Green", "MG2", ""), ("Eastwick", "EW3", "")),
	"zh": (("上海市", "200", "21"), ("北京市", "100", "10"), ("广州市", "510", "20"), ("杭州市", "310", "571")),
	"zh-TW": (("臺北市", "100", "2"), ("臺中市", "400", "4"), ("高雄市", "800", "7")),
}  # fmt: skip
COUNTRIES = {"en": "United States", "en-GB": "United Kingdom", "zh": "China", "zh-TW": "Taiwan"}


def people(language: str, number: int, after: int = 0) -> list[Person]:
	"""So many people, no two of the same name; Britain has its names of the United States.

	:param language: en, en-GB (who live there), zh or zh-TW
	:param after: how many of these names others have
	"""
	names = sorted(_names(language))
	Random(0).shuffle(names)
	chance = Random(f"{language} {after}")
	return [
		_person(language, name, place, chance)
		for place, name in enumerate(islice(names, after, after + number), after)
	]


def _names(language: str) -> Iterator[tuple[str, str, str]]:
	"""(first name, last name, both as in an address)"""
	if language in ("en", "en-GB"):
		for first, last in product(ENGLISH, SURNAMES):
			yield first, last, f"{first}.{last}".lower()
	else:
		family, given = (_pairs(text) for text in (SIMPLIFIED if language == "zh" else TRADITIONAL))
		for (surname, spelled), (name, called) in product(family, given):
			yield surname + name, "", f"{called}.{spelled}"


def _pairs(text: str) -> list[tuple[str, str]]:
	words = text.split()
	return list(zip(words[::2], words[1::2], strict=True))


def _person(language: str, name: tuple[str, str, str], number: int, chance: Random) -> Person:
	first, last, address = name
	city, codes, area = chance.choice(PLACES[language])
	house = chance.randint(1, 240)
	if language == "zh":
		street, mobile = f"虚构路{house}号", f"+86 {area} 0000 {number:04}"
	elif language == "zh-TW":
		street, mobile = f"虛構街{house}號", f"+886 {area} 0000 {number:04}"
	elif language == "en-GB":
		street, mobile = f"{house} {chance.choice(STREETS)}", f"+44 7700 900{number % 1000:03}"
	else:
		# A hundred numbers in each area code are kept for films; so some people share one.
		street, mobile = f"{house} {chance.choice(STREETS)}", f"+1 {area} 555 01{number % 100:02}"
	pincode = codes + (
		" 0AA" if language == "en-GB" else f"{chance.randint(0, 99):02}" + "0" * (language == "zh")
	)
	return Person(
		first, last, f"{address}@example.com", mobile, street, city, pincode, COUNTRIES[language], language
	)
