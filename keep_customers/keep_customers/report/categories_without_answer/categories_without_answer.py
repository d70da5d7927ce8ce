from frappe import _
from frappe.utils import add_months, getdate

from keep_customers.complaints import standard_answers
from keep_customers.erp.api import report, report_filters
from keep_customers.erp.reports import NEUTRAL, bars, column, count, figure, link, reported

CHARTED = 12


@report
def execute(filters=None):
	"""Categories people complain about that have no standard answer yet, the most frequent first."""
	filters = report_filters(filters)
	since = getdate(filters.since or add_months(getdate(), -3))
	rows = standard_answers.categories_without_answer(since, filters=filters)
	asked = {name: value for name, value in filters.items() if name != "since"}
	for row in rows:
		those = {"category": row["category"], "language": row["language"]}
		row["opens"] = {"cases": reported("Complaint Times", asked, from_date=since, **those)}
	message = None
	if not rows:
		message = _("Everything about which {0} complaints or more came has a standard answer.").format(
			standard_answers.OFTEN
		)
	return columns(), rows, message, chart(rows), summary(rows)


def columns() -> list[dict]:
	return [
		link("category", _("Category"), "Complaint Category", 260),
		column("language", _("Language"), width=110),
		count("cases", _("Complaints"), 120),
	]


def chart(rows) -> dict | None:
	charted = rows[:CHARTED]
	return bars(
		[" · ".join((row["category"], row["language"])) for row in charted],
		{_("Complaints"): [row["cases"] for row in charted]},
		(NEUTRAL,),
	)


def summary(rows) -> list[dict]:
	return [
		figure(_("Categories", context="Categories Without Answer"), len({row["category"] for row in rows})),
		figure(_("Complaints"), sum(row["cases"] for row in rows)),
	]
