"""The words of a ToDo in the language of who has it, read back from its own sentences: nothing beside it says what it is made of.

What care asks for remembers that, see `care/todos.py`; this is for the few words that complaints, lost customers, contacts and
events put on somebody's list, and for those that lie there since before.
"""

import re
from collections.abc import Callable

from keep_customers.erp.language import site_language, speaking
from keep_customers.erp.said import PLACE, read_out

SHIPPED = ("en", "zh", "zh-TW")  # in any other language our words are English
TAGS = re.compile(r"(</?(?:p|b|div|strong)\b[^>]*>)")

Sentences = Callable[[], list[str]]


def retold(html: str, language: str, sentences: Sentences, words: Sentences) -> str:
	"""A ToDo's description in another language; what somebody else has written stays as it is.

	:param html: sentences in paragraphs, some of them bold
	:param sentences: what there is to say, in the language of the moment and always in the same order; with numbered places
	:param words: what may stand in the places and has a translation, likewise
	"""
	known = {one: _in(one, sentences, words) for one in dict.fromkeys((site_language(), *SHIPPED, language))}
	now = known.pop(language)

	def told(part: str) -> str:
		text = part.strip()
		said = (_told(text, before, now) for before in known.values())
		return part.replace(text, next(filter(None, said), text)) if text else part

	return "".join(part if TAGS.fullmatch(part) else told(part) for part in TAGS.split(html))


def _told(text: str, before: list[list[str]], now: list[list[str]]) -> str | None:
	"""
	:param before: sentences and words in one language
	:param now: the same in another one
	"""
	names = dict(zip(before[1], now[1], strict=True))
	for sentence, to in zip(before[0], now[0], strict=True):
		if (found := read_out(sentence, text)) is not None:
			return PLACE.sub(lambda place: _named(found[f"p{place[1]}"], names), to)
	return None


def _in(language: str, *of: Sentences) -> list[list[str]]:
	with speaking(language):
		return [one() for one in of]


def _named(value: str, names: dict[str, str]) -> str:
	return ", ".join(names.get(one, one) for one in value.split(", "))
