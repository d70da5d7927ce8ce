from frappe import _
from frappe.utils import flt, get_fullname, now_datetime

from keep_customers.complaints import figures
from keep_customers.engine import complaint_figures as engine
from keep_customers.erp.api import report, report_filters
from keep_customers.erp.reports import (
	BAD,
	GOOD,
	bars,
	column,
	decimal,
	figure,
	link,
	most,
	only_first,
	percent,
	period,
)

TO_COME = "#c0c6cc"
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
	period(filters, None, None)
	now = now_datetime()
	cases = figures.cases(filters, open_only=bool(filters.get("late")))
	if filters.get("late"):
		cases = [case for case in cases if engine.late_now(case, now)]
	judged = [(engine.answered_in_time(case, now), engine.solved_in_time(case, now)) for case in cases]
	shown = most(filters)
	rows = [_row(*one) for one in zip(cases[:shown], judged[:shown], strict=True)]
	if rows:
		message = only_first(len(cases), shown)
	elif filters.get("late"):
		message = _("Nobody waits too long for us now.")
	else:
		message = figures.none_found()
	return columns(), rows, message, chart(judged), summary(engine.figures(cases, now))


def _row(case, judged: tuple) -> dict:
	answered, solved = judged
	return {field: case[field] for field in SHOWN} | {
		"responsible_name": get_fullname(case.responsible) if case.responsible else "",
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
	return [
		column("name", _("Complaint Case"), "Link", 140, options="Complaint Case"),
		column("subject", _("Subject"), width=200),
		link("customer", _("Customer"), "Customer", 150),
		column("customer_name", _("Customer Name"), width=150),
		link("tier", _("Tier"), "Customer Tier", 80),
		column("severity", _("Severity", context="Complaint Case"), width=80),
		column("responsible_name", _("Responsible", context="Complaint Case"), width=140),
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


def chart(judged: list[tuple]) -> dict | None:
	def count(value):
		return [sum(one[part] is value for one in judged) for part in (0, 1)]

	return bars(
		[_("First Answer"), _("Solution")],
		{_("In Time"): count(True), _("Late"): count(False), _("Still to Come"): count(None)},
		(GOOD, BAD, TO_COME),
		stacked=True,
	)


def summary(total: dict) -> list[dict]:
	return [
		figure(_("Complaints"), total["cases"]),
		percent(_("Answered in Time"), total["answered_in_time"]),
		percent(_("Solved in Time"), total["solved_in_time"]),
		decimal(_("Hours to Answer (Median)"), total["answer_hours"]),
		decimal(_("Hours to Solve (Median)"), total["solve_hours"]),
	]
