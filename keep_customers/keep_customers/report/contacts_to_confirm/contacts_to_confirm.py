import frappe
from frappe import _
from frappe.utils import get_fullname

from keep_customers.care import confirming
from keep_customers.erp.api import report, report_filters
from keep_customers.erp.permissions import readable_documents
from keep_customers.erp.reports import WARNING, bars, column, figure, link, most, only_first
from keep_customers.erp.tables import among
from keep_customers.worth.selection import of_customers


@report
def execute(filters=None):
	"""Contacts that nobody has confirmed who may, or not with their address, of the customers the user may write."""
	filters = report_filters(filters)
	found = confirming.to_confirm(filters.customer)
	kept = left({row["customer"] for row in found}, filters)
	found = [row for row in found if row["customer"] in kept]
	rows = found[: most(filters)]
	readable = readable_documents("Contact", {row["contact"] for row in rows})
	for row in rows:
		row["why"], row["owner_name"] = why(row), get_fullname(row["owner"])
		if row["contact"] not in readable:
			row["email_id"] = row["mobile_no"] = None
	message = (
		only_first(len(found), most(filters))
		if rows
		else _("Whoever writes or speaks for your customers is confirmed.")
	)
	return columns(), rows, message, chart(found), summary(found)


def left(names: set[str], filters: dict) -> set[str]:
	"""Those of the customers that the filters leave."""
	customer = frappe.qb.DocType("Customer")
	query = among(frappe.qb.from_(customer).select(customer.name), customer.name, names)
	return {name for (name,) in of_customers(query, customer.name, filters).run()} if names else set()


def why(row: dict) -> str:
	if row["is_new"]:
		return _("Linked by somebody who may not write the customer")
	return _("An address, number or user has changed")


def columns() -> list[dict]:
	return [
		link("customer", _("Customer"), "Customer", 180),
		column("customer_name", _("Customer Name"), width=160),
		link("contact", _("Contact"), "Contact", 180),
		column("full_name", _("Full Name"), width=150),
		column("email_id", _("Email Address"), width=180),
		column("mobile_no", _("Mobile No"), width=130),
		column("why", _("Why", context="Contacts to Confirm"), width=260),
		column("owner_name", _("Created By"), width=140),
		column("creation", _("Created On"), "Datetime", 150),
	]


def chart(found: list) -> dict | None:
	reasons = {is_new: why({"is_new": is_new}) for is_new in (1, 0)}
	counted = [sum(row["is_new"] == is_new for row in found) for is_new in reasons]
	return bars(list(reasons.values()), {_("Contacts", context="Contacts to Confirm"): counted}, (WARNING,))


def summary(found: list) -> list[dict]:
	return [
		figure(_("Contacts", context="Contacts to Confirm"), len(found)),
		figure(_("Customers", context="Contacts to Confirm"), len({row["customer"] for row in found})),
	]
