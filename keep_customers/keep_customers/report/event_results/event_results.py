import frappe
from frappe import _
from frappe.utils import cint, flt, getdate

from keep_customers.engine.events import CLOSED, HELD
from keep_customers.erp.api import report, report_filters
from keep_customers.worth.ledger import reporting_currency

SHOWN = (
	"name", "theme", "kind", "status", "company", "starts_on", "invited", "accepted", "attended", "no_shows", "rating",
	"ratings", "currency", "budget", "actual_cost", "cost_per_head", "bought_invited", "bought_compared", "compared",
	"result_until", "result_currency",
)  # fmt: skip


@report
def execute(filters=None):
	"""What came of each event that was held.

	:param filters: ``from_date``, ``to_date``, ``kind``, ``company``
	:raises frappe.ValidationError: if the period ends before it begins
	"""
	filters = report_filters(filters)
	conditions = [["status", "in", [HELD, CLOSED]]]
	if filters.from_date and filters.to_date and getdate(filters.to_date) < getdate(filters.from_date):
		frappe.throw(_("The period ends before it begins. Please check the dates."))
	if filters.from_date:
		conditions.append(["starts_on", ">=", f"{getdate(filters.from_date)} 00:00:00"])
	if filters.to_date:
		conditions.append(["starts_on", "<=", f"{getdate(filters.to_date)} 23:59:59"])
	conditions += [[field, "=", filters[field]] for field in ("kind", "company") if filters.get(field)]
	rows = frappe.get_list("VIP Event", filters=conditions, fields=list(SHOWN), order_by="starts_on asc")
	currency = reporting_currency(frappe.get_cached_doc("Keep Customers Settings"))
	for row in rows:
		row.kind = _(row.kind, context="VIP Event")
		row.result_currency = row.result_currency or currency
		row.attendance = 100 * cint(row.attended) / row.accepted if row.accepted else None
		row.stars = 5 * flt(row.rating) if row.ratings else None
		row.more = flt(row.bought_invited) - flt(row.bought_compared) if row.compared else None
	return columns(), rows, None, chart(rows), summary(rows)


def columns() -> list[dict]:
	def column(fieldname, label, fieldtype="Data", width=110, **more):
		return {"fieldname": fieldname, "label": label, "fieldtype": fieldtype, "width": width, **more}

	def money(fieldname, label, currency):
		return column(fieldname, label, "Currency", 120, options=currency)

	return [
		column("name", _("Event", context="VIP Event"), "Link", 120, options="VIP Event"),
		column("theme", _("Theme", context="VIP Event"), width=180),
		column("kind", _("Kind", context="VIP Event")),
		column("starts_on", _("Starts On", context="VIP Event"), "Datetime", 140),
		column("invited", _("Invitations Sent", context="VIP Event"), "Int"),
		column("accepted", _("Said Yes"), "Int"),
		column("attended", _("Attended", context="VIP Event"), "Int"),
		column("attendance", _("Attendance"), "Percent"),
		column("no_shows", _("No-Shows", context="VIP Event"), "Int"),
		column("stars", _("Stars (of 5)"), "Float", precision=1),
		column("ratings", _("Ratings", context="VIP Event"), "Int"),
		money("budget", _("Budget", context="VIP Event"), "currency"),
		money("actual_cost", _("Actual Cost", context="VIP Event"), "currency"),
		money("cost_per_head", _("Cost per Head", context="VIP Event"), "currency"),
		money("bought_invited", _("The Invited Bought"), "result_currency"),
		money("bought_compared", _("Comparable Customers Bought"), "result_currency"),
		money("more", _("Difference", context="Event Results"), "result_currency"),
		column("compared", _("Pairs Compared", context="VIP Event"), "Int"),
		column("result_until", _("Counted Until", context="VIP Event"), "Date"),
	]


def chart(rows) -> dict | None:
	counted = [row for row in rows if row.compared]
	if not counted:
		return None
	return {
		"data": {
			"labels": [row.theme for row in counted],
			"datasets": [
				{"name": _("The Invited Bought"), "values": [flt(row.bought_invited, 2) for row in counted]},
				{
					"name": _("Comparable Customers Bought"),
					"values": [flt(row.bought_compared, 2) for row in counted],
				},
			],
		},
		"type": "bar",
		"colors": ["#30a66d", "#c0c6cc"],
		"fieldtype": "Currency",
		"options": counted[0].result_currency,
	}


def summary(rows) -> list[dict]:
	return [
		{"label": _("Events Held"), "value": len(rows), "datatype": "Int"},
		{"label": _("Persons Who Came"), "value": sum(cint(row.attended) for row in rows), "datatype": "Int"},
	]
