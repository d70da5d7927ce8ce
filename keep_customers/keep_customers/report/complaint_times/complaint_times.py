import frappe
from frappe import _
from frappe.utils import flt, now_datetime

from keep_customers.complaints import figures
from keep_customers.engine.complaint_figures import answered_in_time, late_now, solved_in_time
from keep_customers.erp.api import report, report_filters

SHOWN = (
	"name", "subject", "customer", "customer_name", "tier", "severity", "responsible", "status", "opened_on", "answer_due",
	"answered_on", "promised_on", "solve_due", "solved_on",
)  # fmt: skip


@report
def execute(filters=None):
	"""Each case's times against its targets, of the cases the user may read.

	:param filters: as :func:`figures.cases`; ``late`` for those whose customers wait too long now
	"""
	filters = report_filters(filters)
	figures.period(filters)
	now = now_datetime()
	cases = figures.cases(filters, open_only=bool(filters.get("late")))
	if filters.get("late"):
		cases = [case for case in cases if late_now(case, now)]
	rows = [_row(case, now) for case in cases]
	return columns(), rows, None, chart(rows), None


def _row(case, now) -> dict:
	answered, solved = answered_in_time(case, now), solved_in_time(case, now)
	return {field: case[field] for field in SHOWN} | {
		"status": _(case.status, context="Complaint Case"),
		"severity": _(case.severity, context="Complaint Case"),
		"answer_hours": flt(case.answer_minutes / 60, 2) if case.answered_on else None,
		"solve_hours": flt(case.solve_minutes / 60, 2) if case.solved_on else None,
		# 1, 0, or nothing while it is not decided; the form asks for it.
		"answered_in_time": None if answered is None else int(answered),
		"solved_in_time": None if solved is None else int(solved),
		"late_words": _late_words(answered, solved),
	}


def _late_words(answered: bool | None, solved: bool | None) -> str:
	if answered is False:
		return _("Answer Late") if solved is not False else _("Answer and Solution Late")
	return _("Solution Late") if solved is False else ""


def columns() -> list[dict]:
	def column(fieldname, label, fieldtype="Data", width=120, **more):
		return {"fieldname": fieldname, "label": label, "fieldtype": fieldtype, "width": width, **more}

	link = frappe.has_permission("Customer", "read")
	customer = {"fieldtype": "Link", "options": "Customer"} if link else {}
	return [
		column("name", _("Complaint Case"), "Link", 140, options="Complaint Case"),
		column("subject", _("Subject"), width=200),
		column("customer", _("Customer"), width=150, **customer),
		column("customer_name", _("Customer Name"), width=150),
		column("tier", _("Tier"), width=80),
		column("severity", _("Severity", context="Complaint Case"), width=80),
		column("responsible", _("Responsible", context="Complaint Case"), width=150),
		column("status", _("Status")),
		column("late_words", _("Late")),
		column("opened_on", _("Received On", context="Complaint Case"), "Datetime", 150),
		column("answer_due", _("Answer Due", context="Complaint Case"), "Datetime", 150),
		column("answered_on", _("Answered On", context="Complaint Case"), "Datetime", 150),
		column("answer_hours", _("Hours to Answer"), "Float", precision=2),
		column("solve_due", _("Solution Due", context="Complaint Case"), "Datetime", 150),
		column("promised_on", _("Promised For", context="Complaint Case"), "Datetime", 150),
		column("solved_on", _("Solved On", context="Complaint Case"), "Datetime", 150),
		column("solve_hours", _("Hours to Solve"), "Float", precision=2),
	]


def chart(rows) -> dict:
	def count(field):
		values = [row[field] for row in rows]
		return values.count(1), values.count(0), values.count(None)

	answered, solved = count("answered_in_time"), count("solved_in_time")
	return {
		"data": {
			"labels": [_("First Answer"), _("Solution")],
			"datasets": [
				{"name": name, "values": [answered[index], solved[index]]}
				for index, name in enumerate((_("In Time"), _("Late"), _("Still to Come")))
			],
		},
		"type": "bar",
		"barOptions": {"stacked": 1},
		"colors": ["#30a66d", "#cb2929", "#c0c6cc"],
	}
