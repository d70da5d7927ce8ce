"""Texts as databases, mails and sheets can hold them."""

import re

# Halves of a sign that JSON can write alone and no encoding can, and the sign at which C ends a text.
UNFIT = re.compile("[\ud800-\udfff]")
DEEPEST = 50


def storable(text: str) -> str:
	"""The text without signs that cannot be stored; they say nothing to anybody."""
	return UNFIT.sub("\ufffd", text).replace("\x00", "")


def as_storable(value: object, depth: int = DEEPEST) -> object:
	"""The same of all texts in what JSON can say.

	:raises TypeError: if it is nested deeper than anybody means
	"""
	if isinstance(value, str):
		return storable(value)
	if not isinstance(value, dict | list):
		return value
	if not depth:
		raise TypeError("It is nested too deeply.")
	if isinstance(value, list):
		return [as_storable(one, depth - 1) for one in value]
	return type(value)({as_storable(key): as_storable(one, depth - 1) for key, one in value.items()})
