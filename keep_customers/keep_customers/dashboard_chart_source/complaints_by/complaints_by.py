"""The complaints of the last 90 days by cause, category or severity, of those the user may read.

A source of our own for the reason Customers By is one.
"""

import frappe
from frappe import _

from keep_customers.complaints import figures
from keep_customers.complaints.cases import DOCTYPE
from keep_customers.erp.api import chosen, typed


@frappe.whitelist()
@typed
def get(filters: str | dict | None = None, **kwargs: object) -> dict:
	"""Data of a Dashboard Chart.

	:param filters: ``by`` is "cause", "category" or "severity"
	:raises frappe.PermissionError: if the user may not read Complaint Cases
	"""
	frappe.has_permission(DOCTYPE, "read", throw=True)
	by = chosen(filters).get("by", "cause")
	if by not in ("cause", "category", "severity"):
		frappe.throw(_("Complaints are counted by cause, category or severity."))
	counts = figures.counts(by)
	if not counts:
		return {}  # for this the framework says "No Data"
	labels = [_(name, context=DOCTYPE) if name else _("Not Known Yet") for name in counts]
	return {"labels": labels, "datasets": [{"name": _("Complaints"), "values": list(counts.values())}]}
