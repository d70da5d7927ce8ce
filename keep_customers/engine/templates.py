"""Message templates that another company has approved: a text is sent by one only if it says the same, word for word.

A template has numbered places, ``Dear {{1}}, thank you for order {{2}}.``; all between them is fixed.
"""

import re

PLACE = re.compile(r"\{\{\s*(\d+)\s*\}\}")
# What the messenger refuses inside a place.
NOT_IN_A_PLACE = re.compile(r"[\n\t]| {4,}")


def filled(template: str, text: str) -> list[str] | None:
	"""With which words in its places a template says this text, in the order of their numbers.

	Each place takes as little as it can. So the work grows with the text and not with its powers, whatever somebody writes.

	:returns: None if it does not say it
	"""
	fixed, *rest = PLACE.split(_plain(template))
	text = _plain(text)
	if not text.startswith(fixed):
		return None
	at, words = len(fixed), {}
	places = list(zip(rest[::2], rest[1::2], strict=True))
	for index, (number, fixed) in enumerate(places):
		if index == len(places) - 1:
			end = len(text) - len(fixed) if text.endswith(fixed) else -1
		else:
			# Two places side by side: nobody can say where the one ends.
			end = text.find(fixed, at + 1) if fixed else -1
		word = text[at:end] if end > at else ""
		if not word.strip() or NOT_IN_A_PLACE.search(word) or words.setdefault(int(number), word) != word:
			return None
		at = end + len(fixed)
	if at != len(text) or sorted(words) != list(range(1, len(words) + 1)):
		return None
	return [words[number] for number in sorted(words)]


def _plain(text: str | None) -> str:
	lines = (text or "").replace("\r\n", "\n").strip().split("\n")
	return "\n".join(line.rstrip() for line in lines)
