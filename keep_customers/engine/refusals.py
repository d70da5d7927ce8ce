"""Whether a message that came in is a no to all further ones: the customary word, and nothing besides."""

import unicodedata

# What is customary in the languages of the shipped messages, and what WhatsApp's own button says. Words that may mean
# an order or a date (cancel, end) are none of them: they are for a person to read.
WORDS = {
	"stop", "stop all", "stopall", "unsubscribe", "opt out", "optout", "stop promotions",
	"stopp", "abmelden", "abbestellen",
	"arret", "desabonner", "baja", "cancellami", "descadastrar",
	"退订", "退訂", "取消订阅", "取消訂閱", "拒收", "td", "停止推广", "停止推廣",
}  # fmt: skip
LONGEST = 40


def is_no(text: str | None) -> bool:
	"""Whether somebody says with this message that they want no more of them."""
	text = unicodedata.normalize("NFKD", (text or "")[: LONGEST + 1]).casefold()
	kept = (one if one.isalnum() else " " for one in text if not unicodedata.combining(one))
	return " ".join("".join(kept).split()) in WORDS
