import frappe
from frappe import _
from frappe.utils import add_months, getdate

from keep_customers.complaints import standard_answers
from keep_customers.erp.api import report, report_filters


@report
def execute(filters=None):
	"""Categories people complain about that have no standard answer yet, the most frequent first."""
	filters = report_filters(filters)
	since = getdate(filters.since or add_months(getdate(), -3))
	rows = sorted(standard_answers.categories_without_answer(since), key=lambda row: -row["cases"])
	return columns(), rows, None, chart(rows)


def columns() -> list[dict]:
	category = {"fieldtype": "Data"}
	if frappe.has_permission("Complaint Category", "read"):
		category = {"fieldtype": "Link", "options": "Complaint Category"}
	return [
		{"fieldname": "category", "label": _("Category"), "width": 260, **category},
		{"fieldname": "language", "label": _("Language"), "fieldtype": "Data", "width": 110},
		{"fieldname": "cases", "label": _("Complaints"), "fieldtype": "Int", "width": 120},
	]


def chart(rows) -> dict:
	return {
		"data": {
			"labels": [" · ".join(filter(None, (row["category"], row.get("language")))) for row in rows],
			"datasets": [{"name": _("Complaints"), "values": [row["cases"] for row in rows]}],
		},
		"type": "bar",
		"colors": ["#7c8db5"],
	}
