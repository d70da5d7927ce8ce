from datetime import date, timedelta

from frappe import _
from frappe.utils import get_fullname, getdate

from keep_customers.care import by_rep, usefulness
from keep_customers.care.not_useful import REASONS
from keep_customers.erp.api import report, report_filters
from keep_customers.erp.reports import (
	WARNING,
	bars,
	column,
	count,
	figure,
	link,
	listed,
	percent,
	period,
	within,
)


@report
def execute(filters=None):
	"""Which contacts were not useful, and why, by rule and by who was asked; a rep sees their own."""
	filters, today = report_filters(filters), getdate()
	since, until = period(filters, today - timedelta(days=usefulness.WINDOW), today)
	since, until = since or date(1900, 1, 1), until or today
	rows = usefulness.figures(filters, since, until, by_rep.whose() or filters.rep)
	for row in rows:
		row.rep_name = get_fullname(row.rep)
		row.share = round(100 * row.useless / row.judged, 1)
		row.rule = row.care_rule or _("Without a Rule", context="What Was Not Useful")
		row.opens = opens(row, since, until)
	rows.sort(key=lambda row: (-row.useless, -row.judged, row.rule, row.rep_name))
	message = None if rows else _("Nobody has ended a contact in these days.")
	return columns(), rows, message, chart(rows), summary(rows)


def opens(row: dict, since: date, until: date) -> dict:
	rule = row["care_rule"] or ["is", "not set"]
	days = within(since, until)

	def of(reasons):
		return listed(
			"Follow Up", care_rule=rule, assigned_to=row["rep"], not_useful=reasons, not_useful_on=days
		)

	return {
		"useless": of(["in", list(REASONS)]),
		**{field: of(reason) for reason, field in usefulness.FIELDS.items()},
	}


def columns() -> list[dict]:
	return [
		link("care_rule", _("Care Rule"), "Care Rule", 230),
		column("rep_name", _("Rep"), width=150),
		count("judged", _("Contacts Ended", context="What Was Not Useful"), 140),
		count("useless", _("Not Useful")),
		column("share", _("% Not Useful", context="What Was Not Useful"), "Percent", 130),
		*(
			count(usefulness.FIELDS[reason], _(reason, context="Follow Up"), 155)
			for reason in usefulness.FIELDS
		),
	]


def chart(rows: list) -> dict | None:
	return bars(
		[_(reason, context="Follow Up") for reason in usefulness.FIELDS],
		{_("Not Useful"): [sum(row[field] for row in rows) for field in usefulness.FIELDS.values()]},
		(WARNING,),
	)


def summary(rows: list) -> list[dict]:
	judged, useless = sum(row.judged for row in rows), sum(row.useless for row in rows)
	return [
		figure(_("Contacts Ended", context="What Was Not Useful"), judged),
		figure(_("Not Useful"), useless),
		percent(_("% Not Useful", context="What Was Not Useful"), 100 * useless / judged if judged else None),
	]
