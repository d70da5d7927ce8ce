"""What reps write down, each in the language of their customers."""

ENGLISH, SIMPLIFIED, TRADITIONAL = "en", "zh", "zh-TW"

NOTES = {
	ENGLISH: (
		"Likes the new recordings, asked for more of the kind.", "Was just on the way out; a short, friendly talk.",
		"Has moved house, the address is right again.", "Would come to a listening evening.",
		"Compares us with a streaming service; sound matters more.", "Waiting for the next parcel, all is well.",
	),
	SIMPLIFIED: (
		"喜欢新录音,想多听这一类。", "正要出门,简短愉快地聊了几句。", "搬家了,地址已更正。", "愿意来参加试听晚会。",
		"拿我们和流媒体比较,更看重音质。", "在等下一个包裹,一切都好。",
	),
	TRADITIONAL: (
		"喜歡新錄音,想多聽這一類。", "正要出門,簡短愉快地聊了幾句。", "搬家了,地址已更正。", "願意來參加試聽晚會。",
		"拿我們和串流比較,更看重音質。", "在等下一個包裹,一切都好。",
	),
}  # fmt: skip
STEPS = {
	ENGLISH: (
		"Send the list of new arrivals", "Ask whether the parcel has come", "Call about the box set",
		"Offer the live recordings",
	),
	SIMPLIFIED: ("发新到唱片清单", "问包裹到了没有", "谈套装的事", "推荐现场录音"),
	TRADITIONAL: ("寄新到唱片清單", "問包裹到了沒有", "談套裝的事", "推薦現場錄音"),
}  # fmt: skip
GOALS = {
	ENGLISH: (
		"Hear how the record player does", "Show the new catalogue", "Ask what they listen to", "Say thank you",
	),
	SIMPLIFIED: ("听听唱机用得怎样", "展示新目录", "问问平时听什么", "当面道谢"),
	TRADITIONAL: ("聽聽唱機用得怎樣", "展示新目錄", "問問平時聽什麼", "當面道謝"),
}  # fmt: skip
PURPOSE = {
	ENGLISH: "See the best customers before the new catalogue",
	SIMPLIFIED: "新目录发布前拜访最好的客户",
	TRADITIONAL: "新目錄發布前拜訪最好的客戶",
}
TASTES = {
	ENGLISH: (
		"Piano trios, and anything recorded live", "Baroque, on period instruments", "Film music; collects the sleeves",
		"Jazz of the fifties", "Folk songs from everywhere", "Opera, in the original language", "Quiet music to work by",
	),
	SIMPLIFIED: ("钢琴三重奏,现场录音都喜欢", "古琴与洞箫", "电影音乐,收藏封套", "五十年代的爵士", "各地民歌"),
	TRADITIONAL: ("鋼琴三重奏,現場錄音都喜歡", "古琴與洞簫", "電影音樂,收藏封套", "五十年代的爵士", "各地民歌"),
}  # fmt: skip
LEISURE = {
	ENGLISH: ("Gardens", "Sings in a choir", "Repairs old radios", "Long walks with the dog", "Teaches chess", "Sails"),
	SIMPLIFIED: ("养花", "合唱团", "修老收音机", "爬山", "下围棋"),
	TRADITIONAL: ("養花", "合唱團", "修老收音機", "爬山", "下圍棋"),
}  # fmt: skip
TIMES = {
	ENGLISH: ("Mornings before ten", "At lunch", "After six", "Any time on Fridays", "Never on Mondays"),
	SIMPLIFIED: ("上午十点前", "午休", "晚上六点后", "周五全天"),
	TRADITIONAL: ("上午十點前", "午休", "晚上六點後", "週五全天"),
}
OCCASIONS = {
	ENGLISH: ("Wedding day", "Founding day", "First concert"),
	SIMPLIFIED: ("结婚纪念日", "成立纪念日"),
	TRADITIONAL: ("結婚紀念日", "成立紀念日"),
}


def of(words: dict, language: str):
	"""The words in a language; in Britain those of English."""
	return words.get(language) or words[ENGLISH]
