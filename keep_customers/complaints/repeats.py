"""Whether a complaint has come before."""

import frappe
from frappe import _
from frappe.utils import add_days, get_datetime

from keep_customers.complaints.cases import DOCTYPE

# A case of the same customer about the same thing within these days is a repeat.
REPEAT_DAYS = 90


def recognise_repeat(case) -> None:
	"""Note whether it has happened before: to this customer with the same item or category, or to another with the same
	serial number or batch, or the same item in the same category."""
	found = _earlier(case)
	case.repeat_of, case.repeat_reason = found or (None, None)


def _earlier(case) -> tuple[str, str] | None:
	doc = frappe.qb.DocType(DOCTYPE)
	opened = get_datetime(case.opened_on)
	query = (
		frappe.qb.from_(doc)
		.select(doc.name)
		.where((doc.name != (case.name or "")) & (doc.opened_on < opened))
		.where(doc.opened_on >= add_days(opened, -REPEAT_DAYS))
		.orderby(doc.opened_on, order=frappe.qb.desc)
		.limit(1)
	)
	questions = []
	if case.customer and case.item:
		questions.append(
			((doc.customer == case.customer) & (doc.item == case.item), _("Same customer, same item"))
		)
	if case.customer and case.category:
		questions.append(
			(
				(doc.customer == case.customer) & (doc.category == case.category),
				_("Same customer, same category"),
			)
		)
	if case.serial_no:
		questions.append((doc.serial_no == case.serial_no, _("Same serial number")))
	if case.batch_no:
		questions.append((doc.batch_no == case.batch_no, _("Same batch")))
	if case.item and case.category:
		questions.append(
			((doc.item == case.item) & (doc.category == case.category), _("Same item, same category"))
		)
	for condition, reason in questions:
		if rows := query.where(condition).run():
			return rows[0][0], reason
	return None
