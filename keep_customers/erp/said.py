"""Texts that remember what they are made of: written once, and read by each in their own language."""

import json
import re

from frappe import _

PLACE = re.compile(r"\{(\d)\}")


class Said(str):
	"""A text in the language of the moment.

	:ivar made_of: its text in English, the context of its translation or None, and what stands in its places: texts, or lists like
		this one
	"""

	made_of: list


def said(text: str, *values, context: str | None = None) -> Said:
	"""As ``_(text, context=context).format(*values)``."""
	made = Said(_filled(_(text, context=context), values))
	made.made_of = [text, context, *(one.made_of if isinstance(one, Said) else str(one) for one in values)]
	return made


def kept(**texts: str | None) -> str | None:
	"""What some texts are made of, by what they are called, as it is stored; None if they do not know."""
	known = {name: text.made_of for name, text in texts.items() if isinstance(text, Said)}
	return json.dumps(known, ensure_ascii=False) if known else None


def reworded(row, name: str) -> str | None:
	"""A text of a stored row in the language of the moment; as it was written if it does not know what it is made of.

	:param row: with the text, and with made_of as :func:`kept` gives it
	"""
	try:
		made_of = json.loads(row.get("made_of") or "{}").get(name)
		return _worded(made_of) if made_of else row.get(name)
	except (AttributeError, RecursionError, TypeError, ValueError):  # somebody has written into it
		return row.get(name)


def as_said(row, name: str) -> str:
	"""A text of a stored row, to be part of another one that remembers what it is made of."""
	text = row.get(name) or ""
	try:
		made_of = json.loads(row.get("made_of") or "{}").get(name)
	except (AttributeError, TypeError, ValueError):
		return text
	if isinstance(made_of, list) and made_of:
		text = Said(text)
		text.made_of = made_of
	return text


def read_out(sentence: str, text: str, **choices) -> dict[str, str] | None:
	"""What stands in the places of a sentence; None if the text is another one.

	:param sentence: with places such as {0} or {tier}; of a numbered one the name is ``p0``
	:param choices: by the name of a place, what can stand there and nothing else
	"""

	def place(found) -> str:
		name = f"p{found[1]}" if found[1].isdigit() else found[1]
		known = "|".join(re.escape(one) for one in choices.get(name, ())) or ".+?"
		return f"(?P<{name}>{known})"

	pattern = re.sub(r"\\\{(\w+)\\\}", place, re.escape(sentence))
	found = re.fullmatch(pattern, text, re.DOTALL)
	return found.groupdict() if found else None


def _worded(made_of: list) -> str:
	text, context, *values = made_of
	return _filled(
		_(text, context=context), [_worded(one) if isinstance(one, list) else one for one in values]
	)


def _filled(text: str, values) -> str:
	# Not str.format: what is stored may be anything, and somebody's own words may have braces.
	return PLACE.sub(
		lambda place: str(values[int(place[1])]) if int(place[1]) < len(values) else place[0], text
	)
