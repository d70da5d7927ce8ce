from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import escape_html, formatdate, getdate

from keep_customers.erp.acting import acting_as
from keep_customers.erp.api import report, report_filters
from keep_customers.erp.language import language_of, speaking
from keep_customers.erp.reports import column, reported
from keep_customers.evidence import letter


@report
def execute(filters=None):
	"""The lines of the management letter, of a month; last month's by default.

	:param filters: from_date, a day of the month; reader, a user as whom and in whose language the scheduler reads it
	"""
	filters, before = report_filters(filters), frappe.session.user
	reader = filters.pop("reader", None)
	today = getdate()
	first = letter.month(getdate(filters["from_date"]) if filters.get("from_date") else None, today)
	if not reader or reader == before:
		return columns(first), rows(first, today)
	# Whoever else says so might read as somebody who may more.
	if before != "Administrator":
		frappe.throw(_("This report is for managers."), frappe.PermissionError)
	with acting_as(reader), speaking(language_of(reader)):
		if not frappe.get_cached_doc("Report", letter.REPORT).is_permitted():
			frappe.throw(_("This report is for managers."), frappe.PermissionError)
		return columns(first), rows(first, today)


def rows(first: date, today: date) -> list[dict]:
	return [
		{
			"part": one.part, "now": one.now, "before": one.before,
			"line": f'<a href="{escape_html(letter.address(one))}">{escape_html(one.line)}</a>',
			"opens": {"now": reported(one.report, {}, **one.filters)},
		}
		for one in letter.lines(first, today)
	]  # fmt: skip


def columns(first: date) -> list[dict]:
	"""Few, as most read it in a mail on a phone: each line is the way to where it is read on."""
	now, before = (
		formatdate(day, "MMM yyyy") for day in (first, letter.month(first - timedelta(days=1), first))
	)
	return [
		column("part", _("About", context="Management Letter"), width=120),
		column("line", _("What", context="Management Letter"), width=520),
		column("now", now, width=220),
		column("before", before, width=220),
	]
