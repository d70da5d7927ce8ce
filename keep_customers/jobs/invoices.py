"""What happens when an invoice is submitted or cancelled. The night would find it too; this is sooner."""

from frappe.utils import getdate

from keep_customers.care import ending, followups, premises, rules
from keep_customers.care.triggers.purchases import purchase_amounts
from keep_customers.erp.aside import out_of_the_way

WHAT = "follow-up of an invoice"


def on_submit(invoice, method=None) -> None:
	"""Plan the calls a purchase asks for; end those that waited for one, and those of one that is credited in full."""
	with out_of_the_way(WHAT):
		if not invoice.is_return:
			_plan(invoice.name)
		premises.end_of([invoice.customer])


def on_cancel(invoice, method=None) -> None:
	"""A purchase that did not happen needs no call; one whose credit note did not happen does."""
	with out_of_the_way(WHAT):
		why = followups.CANCELLED[invoice.doctype]
		ending.take_back(invoice.doctype, invoice.name, why)
		if invoice.doctype != "Sales Invoice":
			return
		premises.end_of([invoice.customer], undone=why)
		if invoice.is_return and invoice.return_against:
			_plan(invoice.return_against)


def _plan(invoice: str) -> None:
	today = getdate()
	for rule in rules.enabled(today):
		if rule.trigger == "Purchase Amount":
			followups.add_or_revive(purchase_amounts(rule, today, invoice))
