"""How many ranked customers stand in each tier or stage, of those the user may read."""

import frappe
from frappe.query_builder.functions import Count

from keep_customers.engine.lifecycle import STATUSES
from keep_customers.erp.permissions import only_readable
from keep_customers.worth.values import NOT_RANKED


def counted(by: str) -> dict[str, int]:
	"""Tier or stage -> customers, in their order, without those where nobody stands.

	:param by: "tier" or "status", fields of Customer Value
	"""
	value = frappe.qb.DocType("Customer Value")
	query = frappe.qb.from_(value).select(value[by], Count("*")).where(value.status != NOT_RANKED)
	counts = dict(only_readable(query.groupby(value[by]), value.customer).run())
	order = frappe.get_all("Customer Tier", order_by="rank asc", pluck="name") if by == "tier" else STATUSES
	return {name: counts[name] for name in order if counts.get(name)}
