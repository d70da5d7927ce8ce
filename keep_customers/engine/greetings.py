"""What has no place in a greeting: advertising, and asking a customer who stays away what is wrong."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

GREETINGS = frozenset(("Birthday", "Occasion", "Festival", "Season", "Long Unseen"))

# Whole words; "deal" alone is not here, for "a great deal" is none.
ENGLISH = """
bargain, bargains, best deal, best price, black friday, brochure, buy now, buy one, buy today, cash back,
cashback, catalog, catalogue, cheap, cheaper, cheapest, clearance, click here, coupon, coupons, deals, discount,
discounted, discounts, flash sale, for free, free delivery, free gift, free of charge, free shipping, free trial,
giveaway, half price, limited time, new arrivals, new products, offer, offers, on sale, order now, order today,
our products, price, price list, prices, pricing, product list, promo, promo code, promos, promotion, promotional,
promotions, purchase now, rebate, rebates, reduced, sale, sales event, save up to, shop now, special deal, subscribe,
this week only, today only, voucher, vouchers, while stocks last
"""
SIMPLIFIED = """
优惠 折扣 打折 特价 促销 大促 降价 减价 满减 满送 立减 代金券 抵用券 现金券 折价券 礼券 返现 返利 秒杀 抢购 团购 特惠 钜惠 巨惠
买一送一 买一赠一 赠品 免费 包邮 限时 限量 清仓 甩卖 特卖 热卖 大甩卖 新品 下单 价格 报价 售价 原价 现价 底价 低价 半价 价目
选购 订购 立即购买 点击 链接 扫码 二维码 商城 会员价 活动价 产品目录 产品清单 抽奖 积分兑换
"""
TRADITIONAL = """
優惠 折扣 打折 特價 促銷 大促 降價 減價 滿減 滿送 立減 代金券 抵用券 現金券 折價券 禮券 返現 返利 秒殺 搶購 團購 特惠 鉅惠 巨惠
買一送一 買一贈一 贈品 免費 包郵 免運 限時 限量 清倉 甩賣 特賣 熱賣 新品 下單 價格 報價 售價 原價 現價 底價 低價 半價 價目
選購 訂購 立即購買 點擊 點選 連結 鏈接 掃碼 二維碼 商城 會員價 活動價 型錄 產品目錄 產品清單 抽獎 點數兌換
"""
WORDS = tuple(
	sorted({*(word.strip() for word in ENGLISH.split(",")), *SIMPLIFIED.split(), *TRADITIONAL.split()})
)

CHINESE = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
# A letter or digit of a script that puts spaces between words.
LETTER = rf"[^\W_{CHINESE}]"
_CURRENCIES = r"(?:usd|eur|euros?|cny|rmb|gbp|jpy|inr|hkd|twd|ntd|nt\$|chf|dollars?|pounds?|yuan|rupees?)"
PATTERNS = tuple(
	re.compile(pattern, re.MULTILINE)
	for pattern in (
		# Amounts of money
		r"[$€£¥₹₩₽₺₫฿₪₱₦]\s*\d[\d.,]*|\d[\d.,]*\s*[$€£¥₹₩₽₺₫฿₪₱₦]",
		rf"(?<!{LETTER}){_CURRENCIES}\s*\d[\d.,]*|\d[\d.,]*\s*{_CURRENCIES}(?!{LETTER})",
		r"\d[\d.,]*\s*[百千万萬]?(?:元|块|塊|美金|港币|港幣|欧|歐)",
		# A new year begins with 一元复始, so one numeral before 元 is none.
		r"[一二三四五六七八九两兩幾几]?[十百千万萬]+(?:元|块钱|塊錢)",
		# Percentages and 折, tenths of a price
		r"\d[\d.,]*\s*(?:%|‰|percent(?!\w)|per cent(?!\w))",
		r"百分之[一二三四五六七八九十百两兩\d]+",
		r"[\d一二三四五六七八九](?:\.\d)?\s*折(?![腾騰磨])",
		# Links
		r"https?:\S*|www\.\S+|mailto:\S*|<a\s|\]\(",
		rf"(?<!{LETTER})(?:[a-z0-9-]+\.)+(?:com|net|org|info|biz|shop|store|online|io|cn|hk|tw|de|eu|uk|fr)(?!{LETTER})",
		# A list of things
		r"(?:^[^\S\n]*(?:[-*•·▪●]|\d{1,2}[.)、])[^\S\n]*\S.*\n?){2,}",
	)
)

REPROACHES = tuple(
	re.compile(pattern)
	for pattern in (
		r"(?:is|was|are|if)\s+(?:there\s+)?(?:something|anything|things)\s+(?:is\s+|was\s+)?(?:wrong|the matter|not right|amiss)",
		r"what(?:'s| is| was| went| did)\s+(?:the matter|wrong|we do)",
		r"(?:did|have|had|has)\s+(?:we|i|our \w+)\s+(?:done|do|offended?|upset|disappoint(?:ed)?|annoy(?:ed)?|hurt|lost you|lose you|let you down)",
		r"why\s+(?:have(?:n't| not)?|did(?:n't| not)?|do(?:n't| not)?|are(?:n't| not)?)\s+you",
		r"why\s+you\s+(?:have(?:n't| not)?|did(?:n't| not)?|do(?:n't| not)?|stopped|left|no longer|never)",
		r"(?:are|were)\s+you\s+(?:unhappy|dissatisfied|not satisfied|not happy|upset|angry|cross|disappointed)",
		r"(?:unhappy|dissatisfied|not happy|not satisfied|disappointed|upset)\s+(?:with|about|by)\s+(?:us|our|me|something|anything)",
		r"did\s+(?:something|anything)\s+(?:happen|go wrong)",
		r"have\s+you\s+(?:found|gone|switched|moved|left|forgotten us)",
		r"(?:any|a|some)\s+(?:complaints?|problems? with)",
		r"不[满滿](?!月|岁|歲|足|一)",
		r"[哪那][里裡裏儿兒]?(?:做|有)?(?:得|的|什么|什麼)?不(?:好|对|對|周|到位|足)",
		r"做错|做錯|得罪|怠慢|冒犯",
		r"(?:为什么|為什麼|为何|為何|怎么|怎麼|为啥|為啥|怎)(?:您|你|都|就|也|会|會|这么|這麼|那么|那麼|好|很|一直|久|许久|許久)*(?:没|沒|不再|不来|不來|不买|不買|不联系|不聯絡)",
		r"是不是(?:我们|我們|有|出|对|對|哪|觉得|覺得|因为|因為|不)",
		r"出(?:了)?(?:什么|什麼|啥)(?:问题|問題|事|状况|狀況)",
		r"有(?:什么|什麼|啥|何)(?:问题|問題|意见|意見|不)",
		r"换(?:了|到)?(?:别|其他|供应商)|換(?:了|到)?(?:別|其他|供應商)",
	)
)


def find_advertising(text: str, more_words: Iterable[str] = ()) -> list[str]:
	"""What in the text advertises: prices, percentages, links, lists, and words of selling.

	:param text: as it was written; a template's own marks are not looked at, its texts are
	:param more_words: found too; whole words, those in Chinese characters anywhere
	:returns: what was found, as it is written there (without case and width), without repetition
	"""
	text = _plain(text)
	found = [match[0] for pattern in PATTERNS for match in pattern.finditer(text)]
	for word in (*WORDS, *more_words):
		if (word := " ".join(_plain(word).split())) and (match := _word(word).search(text)):
			found.append(match[0])
	return _tell(found)


def find_reproach(text: str) -> list[str]:
	"""Where the text asks a customer who stays away whether something is wrong."""
	text = " ".join(_plain(text).split())
	return _tell(match[0] for pattern in REPROACHES for match in pattern.finditer(text))


def _plain(text: str) -> str:
	"""Without case, full width and typographic apostrophes, and without a template's marks."""
	text = unicodedata.normalize("NFKC", text or "").casefold().replace("’", "'")
	return re.sub(r"\{[{%#]-?|-?[}%#]\}", " ", text)


@lru_cache(maxsize=1024)
def _word(word: str) -> re.Pattern:
	pattern = r"\s+".join(re.escape(part) for part in word.split())
	if re.search(f"[{CHINESE}]", word):
		return re.compile(pattern)
	return re.compile(rf"(?<!{LETTER}){pattern}(?!{LETTER})")


def _tell(found: Iterable[str]) -> list[str]:
	return list(dict.fromkeys(" ".join(one.split()) for one in found))
