"""How many customers stand in each tier or stage, of those the user may read.

A source of our own because the framework keeps the figures of its ordinary charts for everybody: a rep would be
shown the sums of whoever looked before.
"""

import frappe
from frappe import _

from keep_customers.erp.api import chosen, typed
from keep_customers.worth.counts import counted


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
	counts = counted(by)
	if not counts:
		return {}
	if by == "tier":  # every tier in its place, which is where its colour stands
		counts = dict.fromkeys(frappe.get_all("Customer Tier", order_by="rank asc", pluck="name"), 0) | counts
	kind = "Customer Tier" if by == "tier" else "Customer Value"
	return {
		"labels": [_(name, context=kind) for name in counts],
		"datasets": [{"name": _("Customers", context="Customers By"), "values": list(counts.values())}],
	}
