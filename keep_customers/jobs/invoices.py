"""What happens when an invoice is submitted or cancelled. The night would find it too; this is sooner."""

import frappe
from frappe.utils import getdate

from keep_customers.erp import followups, rules


def on_submit(invoice, method=None) -> None:
	"""Plan the calls a purchase asks for; never stand in the way of the invoice."""
	frappe.db.savepoint("keep_customers")
	try:
		today = getdate()
		for rule in rules.enabled(today):
			if rule.trigger == "Purchase Amount":
				followups.add_or_revive(rules.purchase_amounts(rule, today, invoice.name))
	except Exception:
		frappe.db.rollback(save_point="keep_customers")
		frappe.log_error(title="Keep Customers: follow-up of an invoice")


def on_cancel(invoice, method=None) -> None:
	"""A purchase that did not happen needs no call."""
	followups.take_back("Sales Invoice", invoice.name, "Invoice cancelled")
