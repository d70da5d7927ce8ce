"""Which customers a report is about: its filters as conditions, and of whom the user may read."""

import frappe
from frappe import _

from keep_customers.erp.permissions import only_readable
from keep_customers.erp.trees import branch


def selected(query, customer, value, filters: dict):
	"""``query`` for the customers that the filters leave and the user may read.

	:param customer: its Customer
	:param value: its Customer Value
	:param filters: any of customer, tier, policy, company, territory and customer_group, the last two with all below them
	"""
	for name, column in (("customer", customer.name), ("tier", value.tier), ("policy", value.policy)):
		if filters.get(name):
			query = query.where(column == filters[name])
	for name, tree in (("territory", "Territory"), ("customer_group", "Customer Group")):
		if filters.get(name):
			query = query.where(customer[name].isin(sorted(branch(tree, filters[name]))))
	if filters.get("company"):
		query = query.where(value.policy.isin(policies_of(filters["company"]) or [""]))
	return only_readable(query, customer.name)


def of_customers(query, column, filters: dict):
	"""``query`` for the customers that company, territory and customer_group leave; as it is if none of them is asked for.

	:param column: the field with the customer's name
	"""
	asked = {name: filters[name] for name in ("company", "territory", "customer_group") if filters.get(name)}
	if not asked:
		return query
	customer, value = frappe.qb.DocType("Customer"), frappe.qb.DocType("Customer Value")
	names = frappe.qb.from_(customer).left_join(value).on(value.name == customer.name).select(customer.name)
	return query.where(column.isin(selected(names, customer, value, asked)))


def policies_of(company: str) -> list[str]:
	"""The policies that look at what this company sells."""
	policies = frappe.get_all("Tier Policy", fields=["name", "company"])
	return sorted(one.name for one in policies if one.company in (None, "", company))


def why_nothing(otherwise: str) -> str:
	"""What an empty report says: that there are no figures yet, else what its author knows."""
	if frappe.db.exists("Customer Value", {"name": ("!=", "")}):
		return otherwise
	return _(
		"No customer has been ranked yet. The first night makes the figures; it can be started in the settings."
	)
