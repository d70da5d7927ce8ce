"""A Rebate Claim: how far the customer is, what became of the credit note, and who does what next."""

import frappe
from frappe import _
from frappe.utils import flt, fmt_money, formatdate

from keep_customers.access.read_back import ReadBack


def tell(doc) -> ReadBack:
	told = ReadBack()
	if doc.merged_from:
		told.says.append(_("It is of a customer that was merged into this one."))
	told.says += STATES.get(doc.status, _running)(doc)
	if flt(doc.difference):
		told.says.append(
			_("By now it would be different by {0}: settle that by hand if you owe it.").format(
				fmt_money(doc.difference, currency=doc.currency)
			)
		)
	return told


def _running(doc) -> list[str]:
	if doc.volume_rebate and not frappe.db.get_value("Volume Rebate", doc.volume_rebate, "enabled"):
		return [_("The rebate is switched off: nothing is counted any more, and no credit note is proposed.")]
	said = [
		_("The period runs until {0}; then a credit note is proposed.").format(formatdate(doc.period_end))
	]
	if missing := max(flt(doc.next_from) - flt(doc.reached), 0):
		said.append(
			_("{0} more, and it is {1} %.").format(
				fmt_money(missing, currency=doc.currency), f"{flt(doc.next_percent):g}"
			)
		)
	return said


def _proposed(doc) -> list[str]:
	role = frappe.db.get_value("Volume Rebate", doc.volume_rebate, "approve_role") or "Accounts Manager"
	return [
		_(
			"A credit note is proposed: who has the role {0} submits it. Deleting it declines the rebate."
		).format(_(role))
	]


STATES = {
	"Not Reached": lambda doc: [_("No step was reached in this period, so nothing is credited.")],
	"Proposed": _proposed,
	"Credited": lambda doc: [
		_("It was credited: {0}.").format(fmt_money(doc.credited, currency=doc.currency))
	],
	"Declined": lambda doc: [
		_("The credit note was deleted, so the rebate is declined and not proposed again. Make one by hand if it is owed after all.")
	],
	"Cancelled": lambda doc: [
		_("The credit note was cancelled, so nothing is credited. Amend it if the rebate is owed after all.")
	],
}  # fmt: skip
