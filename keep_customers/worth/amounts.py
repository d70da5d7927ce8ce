"""Amounts that admins have set in the reporting currency: they are numbers, and mean something else in another one."""

import frappe
from frappe import _
from frappe.utils import flt, fmt_money, getdate

from keep_customers.worth.currencies import rate_of_month

SETTINGS = "Keep Customers Settings"
LIMITS = ("compensation_limit", "compensation_year_limit")
# What is off asks for nothing, and shows its amount when it is switched on.
OF_DOCUMENTS = {
	"Tier Policy": ("losses_from", {"enabled": 1, "review_losses": 1}),
	"Care Rule": ("min_amount", {"enabled": 1, "trigger": ("in", ("Purchase Amount", "Milestone"))}),
}


def mean_something_else(was: str, now: str) -> str:
	"""What is to be looked at once the reporting currency is another one; nothing where no amount is set."""
	rate, found = rate_of_month(was, now, getdate()), []
	for where, amount in _amounts():
		text = f"{where}: {fmt_money(amount, currency=was)}"
		found.append(f"{text} = {fmt_money(amount * rate, currency=now)}" if rate else text)
	if not found:
		return ""
	return _(
		"The reporting currency is {1}, and was {0}. These amounts have kept their numbers and are now in {1}; please change them: {2}."
	).format(was, now, "; ".join(found))


def _amounts() -> list[tuple[str, float]]:
	"""(where it stands, amount) of all that count."""
	found = [(_label(SETTINGS, field), frappe.db.get_single_value(SETTINGS, field)) for field in LIMITS]
	for doctype, (field, on) in OF_DOCUMENTS.items():
		rows = frappe.get_all(doctype, on, ["name", field], order_by="name asc", as_list=True)
		found += [(f"{name}, {_label(doctype, field)}", amount) for name, amount in rows]
	return [(where, flt(amount)) for where, amount in found if flt(amount)]


def _label(doctype: str, field: str) -> str:
	return _(frappe.get_meta(doctype).get_label(field), context=doctype)
