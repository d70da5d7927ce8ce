"""What happens when an invoice is submitted or cancelled. The night would find it too; this is sooner."""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe
from frappe.utils import getdate

from keep_customers.erp import followups, rules
from keep_customers.erp.triggers.purchases import purchase_amounts


def on_submit(invoice, method=None) -> None:
	"""Plan the calls a purchase asks for."""
	with _out_of_the_way():
		today = getdate()
		for rule in rules.enabled(today):
			if rule.trigger == "Purchase Amount":
				followups.add_or_revive(purchase_amounts(rule, today, invoice.name))


def on_cancel(invoice, method=None) -> None:
	"""A purchase that did not happen needs no call."""
	with _out_of_the_way():
		followups.take_back(invoice.doctype, invoice.name, followups.CANCELLED[invoice.doctype])


@contextmanager
def _out_of_the_way() -> Iterator[None]:
	"""Whatever goes wrong with a follow-up never stands in the way of the invoice; it is logged."""
	frappe.db.savepoint("keep_customers")
	try:
		yield
	except Exception:
		frappe.db.rollback(save_point="keep_customers")
		frappe.log_error(title="Keep Customers: follow-up of an invoice")
