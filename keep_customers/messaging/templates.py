"""Texts that people write with variables in them: what is wrong with one is said in one way, wherever it turns up."""

from collections.abc import Sequence
from typing import NoReturn

import frappe
from frappe import _
from frappe.utils import escape_html

from keep_customers.engine import wording


def validate(doc, field: str, variables: Sequence[str] = wording.VARIABLES) -> None:
	"""Refuse a document whose text would not be filled in.

	:raises frappe.ValidationError: whatever is wrong with it, saying what
	"""
	try:
		wording.check(doc.get(field) or "", variables)
	except wording.BadTemplate as error:
		refuse(error, _(doc.meta.get_label(field)), variables)


def refuse(error: wording.BadTemplate, where: str, variables: Sequence[str] = wording.VARIABLES) -> NoReturn:
	"""
	:param where: the field or the document, as its reader knows it
	:raises frappe.ValidationError: always
	"""
	detail = escape_html(error.detail)
	if error.why == "unknown":
		said = _("There is no variable {0}. Please use only these: {1}.").format(detail, ", ".join(variables))
	elif error.why == "too long":
		said = _("This is too long. It may have up to {0} characters.").format(detail)
	else:
		said = _("This cannot be filled in. Please check the braces: {0}").format(detail)
	if error.why == "not possible":
		hint = _("A text may have variables, conditions and these filters: {0}.")
		said = f"{said}. {hint.format(', '.join(wording.FILTERS))}"
	frappe.throw(f"{escape_html(where)}: {said}")
