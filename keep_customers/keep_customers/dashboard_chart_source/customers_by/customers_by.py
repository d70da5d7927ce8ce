"""How many customers stand in each tier or stage, of those the user may read.

A source of our own because the framework keeps the figures of its ordinary charts for everybody: a rep would be
shown the sums of whoever looked before.
"""

import frappe
from frappe import _
from frappe.query_builder.functions import Count

from keep_customers.engine.lifecycle import STATUSES
from keep_customers.erp.api import chosen, typed
from keep_customers.erp.permissions import only_readable
from keep_customers.worth.values import NOT_RANKED


@frappe.whitelist()
@typed
def get(filters: str | dict | None = None, **kwargs: object) -> dict:
	"""Data of a Dashboard Chart; none at all where nobody is ranked: for that the framework says *No Data*.

	:param filters: ``by`` is "tier" or "status"
	:raises frappe.PermissionError: if the user may not read Customer Values
	"""
	frappe.has_permission("Customer Value", "read", throw=True)
	by = chosen(filters).get("by", "tier")
	if by not in ("tier", "status"):
		frappe.throw(_("Customers are counted by tier or by stage."))
	value = frappe.qb.DocType("Customer Value")
	query = frappe.qb.from_(value).select(value[by], Count("*")).where(value.status != NOT_RANKED)
	counts = dict(only_readable(query.groupby(value[by]), value.customer).run())
	order = frappe.get_all("Customer Tier", order_by="rank asc", pluck="name") if by == "tier" else STATUSES
	names = [name for name in order if counts.get(name)]
	if not names:
		return {}
	kind = "Customer Tier" if by == "tier" else "Customer Value"
	return {
		"labels": [_(name, context=kind) for name in names],
		"datasets": [
			{"name": _("Customers", context="Customers By"), "values": [counts[name] for name in names]}
		],
	}
