"""What happens when an invoice is submitted or cancelled. The night would find it too; this is sooner."""

from frappe.utils import getdate

from keep_customers.care import ending, followups, rules
from keep_customers.care.triggers.purchases import purchase_amounts
from keep_customers.erp.aside import out_of_the_way

WHAT = "follow-up of an invoice"


def on_submit(invoice, method=None) -> None:
	"""Plan the calls a purchase asks for; take back those of one that is credited in full."""
	with out_of_the_way(WHAT):
		if invoice.is_return:
			ending.take_back_not_bought(getdate(), customer=invoice.customer)
		else:
			_plan(invoice.name)


def on_cancel(invoice, method=None) -> None:
	"""A purchase that did not happen needs no call; one whose credit note did not happen does."""
	with out_of_the_way(WHAT):
		why = followups.CANCELLED[invoice.doctype]
		ending.take_back(invoice.doctype, invoice.name, why)
		if invoice.doctype != "Sales Invoice":
			return
		ending.take_back_not_bought(getdate(), why, invoice.customer)
		if invoice.is_return and invoice.return_against:
			_plan(invoice.return_against)


def _plan(invoice: str) -> None:
	today = getdate()
	for rule in rules.enabled(today):
		if rule.trigger == "Purchase Amount":
			followups.add_or_revive(purchase_amounts(rule, today, invoice))
