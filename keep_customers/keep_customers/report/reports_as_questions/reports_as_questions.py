from frappe import _

from keep_customers.erp.api import report, report_filters
from keep_customers.erp.reports import column
from keep_customers.setup import questions


@report
def execute(filters=None):
	"""The reports that the user may open, as the questions they answer."""
	report_filters(filters)
	rows = [
		{
			"about": one.about,
			"question": one.question,
			"report": _(one.report),
			"name": one.report,
			"filters": one.filters,
		}
		for one in questions.mine()
	]
	return columns(), rows


def columns() -> list[dict]:
	return [
		column("question", _("Question", context="Reports as Questions"), width=380),
		column("about", _("About", context="Reports as Questions"), width=150),
		column("report", _("Report"), width=230),
	]
