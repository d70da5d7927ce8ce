"""Texts as databases, mails and sheets can hold them, and as Desk can show them."""

import re

from frappe.utils import sanitize_html

NOT_SHOWN = ("Code", "JSON", "Attach", "Attach Image", "Barcode")
# Halves of a sign that JSON can write alone and no encoding can, and the sign at which C ends a text.
UNFIT = re.compile("[\ud800-\udfff]")
DEEPEST = 50
# What may do something, or is worth a look: a tag that does more than set a text, a handler, another scheme.
LIVE = re.compile(
	r"<(?!/?(p|br|b|i|u|a|div|span|strong|em|ul|ol|li|h\d|hr|table|thead|tbody|tr|td|th|blockquote)\b)[a-z!?/]|<[^>]*\bon\w+\s*=|<[^>]*(javascript|data):",
	re.IGNORECASE,
)


def storable(text: str) -> str:
	"""The text without signs that cannot be stored; they say nothing to anybody."""
	return UNFIT.sub("\ufffd", text).replace("\x00", "")


def as_typed(text: str, most: int) -> str:
	"""What somebody has typed into a form, as much as its field lets in: browsers count the end of a line once, and send it as
	two signs."""
	return text.replace("\r\n", "\n").strip()[:most]


def harmless(text: str) -> str:
	"""The text as the host's filter of scripts leaves it, where that looks away: what reads as JSON, what is inserted as
	submitted. Lists, tables and prints of the host show what is stored as it is."""
	if "<" not in text or not LIVE.search(text):
		return text
	left = sanitize_html(text, always_sanitize=True)
	# Without a tag it is a text, which whoever shows it escapes; with one, it says nothing else but itself.
	return left if "<" in left else left.replace("&amp;", "&")


def is_shown(field) -> bool:
	"""Whether the host would let its filter look at it.

	:param field: as its doctype describes it; None for one that every document has, which nobody writes
	"""
	return field is not None and not (
		field.ignore_xss_filter or field.fieldtype in NOT_SHOWN or field.options in ("Email", "JSON")
	)


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
