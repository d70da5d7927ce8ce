"""Whether a complaint has come before."""

import frappe
from frappe import _
from frappe.utils import add_days, get_datetime

from keep_customers.complaints.cases import DOCTYPE
from keep_customers.erp.document_permissions import only_readable_cases
from keep_customers.erp.tables import FALLING

# A case of the same customer about the same thing within these days is a repeat.
REPEAT_DAYS = 90


def recognise_repeat(case) -> None:
	"""Note whether it has happened before: to this customer with the same item or category, or to another with the same
	serial number or batch, or the same item in the same category."""
	found = _first(case)
	case.repeat_of, case.repeat_reason = found or (None, None)


def alike(case, most: int = 5) -> list[dict]:
	"""Earlier cases like this one that the user of this session may read, the latest first.

	:returns: dicts of name, subject, opened_on, cause, why (in words)
	"""
	doc = frappe.qb.DocType(DOCTYPE)
	found: dict[str, dict] = {}
	for condition, why in _questions(case, doc):
		query = _earlier(case, doc).select(doc.subject, doc.opened_on, doc.cause).where(condition).limit(most)
		for row in only_readable_cases(query).run(as_dict=True):
			found.setdefault(row.name, row | {"why": why})
	return sorted(found.values(), key=lambda row: row["opened_on"], reverse=True)[:most]


def _first(case) -> tuple[str, str] | None:
	doc = frappe.qb.DocType(DOCTYPE)
	for condition, reason in _questions(case, doc):
		if rows := _earlier(case, doc).where(condition).limit(1).run():
			return rows[0][0], reason
	return None


def _earlier(case, doc):
	"""The query of the cases before this one, the latest first."""
	opened = get_datetime(case.opened_on)
	return (
		frappe.qb.from_(doc)
		.select(doc.name)
		.where((doc.name != (case.name or "")) & (doc.opened_on < opened))
		.where(doc.opened_on >= add_days(opened, -REPEAT_DAYS))
		.orderby(doc.opened_on, order=FALLING)
	)


def _questions(case, doc) -> list[tuple]:
	"""(condition, in words) of what makes a case a repeat of another."""
	same = {
		field: doc[field] == case.get(field)
		for field in ("customer", "item", "category", "serial_no", "batch_no")
	}
	questions = []
	if case.customer and case.item:
		questions.append((same["customer"] & same["item"], _("Same customer, same item")))
	if case.customer and case.category:
		questions.append((same["customer"] & same["category"], _("Same customer, same category")))
	if case.serial_no:
		questions.append((same["serial_no"], _("Same serial number")))
	if case.batch_no:
		questions.append((same["batch_no"], _("Same batch")))
	if case.item and case.category:
		questions.append((same["item"] & same["category"], _("Same item, same category")))
	return questions
