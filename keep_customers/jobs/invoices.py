"""What happens when an invoice is submitted or cancelled. The night would find it too; this is sooner."""

from frappe.utils import getdate

from keep_customers.care import ending, followups, rules
from keep_customers.care.triggers.purchases import purchase_amounts
from keep_customers.erp.aside import out_of_the_way

WHAT = "follow-up of an invoice"


def on_submit(invoice, method=None) -> None:
	"""Plan the calls a purchase asks for."""
	with out_of_the_way(WHAT):
		today = getdate()
		for rule in rules.enabled(today):
			if rule.trigger == "Purchase Amount":
				followups.add_or_revive(purchase_amounts(rule, today, invoice.name))


def on_cancel(invoice, method=None) -> None:
	"""A purchase that did not happen needs no call."""
	with out_of_the_way(WHAT):
		ending.take_back(invoice.doctype, invoice.name, followups.CANCELLED[invoice.doctype])
