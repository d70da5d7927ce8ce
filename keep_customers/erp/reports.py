"""What reports are made of: columns, figures, what figures lead to, charts, periods, and the first rows of very many."""

import re
from collections.abc import Sequence
from datetime import date

import frappe
from frappe import _
from frappe.utils import cint, flt, fmt_money, formatdate, getdate
from frappe.utils.data import get_user_date_format

# Drawn as it is: the framework's charts fail (removeChild) when the page changes its width while they still grow.
AT_ONCE = {"animate": 0, "disableEntryAnimation": 1}
SHOWN = 500  # rows; figures and charts are of all of them
ROWS = (SHOWN, 2000, 10000)  # what one may ask for, so that an export holds it
NUMBERS = ("Int", "Float", "Percent", "Currency")
WIDEST = {"Date": 120, "Datetime": 180}  # what the longest way to write it takes
GOOD, BAD, WARNING, NEUTRAL = "#30a66d", "#cb2929", "#c2703d", "#7c8db5"


def column(fieldname: str, label: str, fieldtype: str = "Data", width: int = 120, **more) -> dict:
	# A column that begins with nothing would be taken for one of numbers.
	if fieldtype not in NUMBERS:
		more.setdefault("align", "left")
	if fieldtype == "Percent":
		more.setdefault("precision", 1)
	width = max(width, WIDEST.get(fieldtype, 0), _heading(label))
	return {"fieldname": fieldname, "label": label, "fieldtype": fieldtype, "width": width, **more}


def about(number: int) -> str:
	"""A number of which no more than the size is known, as it is said: 57,922 is about 58,000."""
	step = 10 ** max(len(str(number)) - 2, 0)
	return fmt_money(-(-number // step) * step, precision=0)


def _heading(label: str) -> int:
	"""Pixels that a column's heading takes; a Chinese character is as wide as two letters, capitals and m are wider than others."""
	return 36 + sum(14 if ord(one) > 0x2E7F else 9 if one.isupper() or one in "mw" else 7 for one in label)


def link(fieldname: str, label: str, doctype: str, width: int = 120) -> dict:
	"""A link for who may read what it links to, else its name: the host would refuse the report."""
	if frappe.has_permission(doctype, "read"):
		return column(fieldname, label, "Link", width, options=doctype)
	return column(fieldname, label, width=width)


def count(fieldname: str, label: str, width: int = 110) -> dict:
	return column(fieldname, label, "Int", width)


def money(fieldname: str, label: str, width: int = 130) -> dict:
	"""An amount in the row's ``currency``; :func:`currency` goes with it."""
	return column(fieldname, label, "Currency", width, options="currency")


def currency() -> dict:
	# A link would ask for the right to read currencies.
	return column("currency", _("Currency"), hidden=1)


def listed(doctype: str, **filters) -> dict:
	"""Where a figure leads to, in its row's ``opens`` by the column: the list of what it counts.

	:param filters: as the list takes them, a value or [operator, value]; those without a value are none
	"""
	return {"doctype": doctype, "filters": _asked(filters)}


def reported(report: str, filters: dict, **others) -> dict:
	"""The same for another report, or for other filters of this one: ``filters`` with the ``others`` instead."""
	return {"report": report, "filters": _asked({**filters, "rows": None, **others})}


def number_card(value: int, route: list[str], options: dict) -> dict:
	"""Data of a Number Card: how many, and what opens with a click.

	:param options: the filters with which it opens
	"""
	return {"value": value, "fieldtype": "Int", "route": route, "route_options": options}


def _asked(filters: dict) -> dict:
	return {name: _written(value) for name, value in filters.items() if value not in (None, "", 0)}


def _written(value):
	match value:
		case date():
			return str(value)
		# The list of the framework 16 drops a choice among one.
		case ["in", [one]]:
			return one
		case ["not in", [one]]:
			return ["!=", one]
	return value


def within(since: date | None, until: date | None) -> list | None:
	"""A list's filter on the days or moments of a period; None for all."""
	if since and until:
		return ["Between", [str(since), str(until)]]
	if until:
		return ["<=", f"{until} 23:59:59"]
	return [">=", str(since)] if since else None


def figure(label: str, value, datatype: str = "Int", **more) -> dict:
	"""One of the totals above a report; ``indicator`` is its colour."""
	return {"label": label, "value": value, "datatype": datatype, **more}


def amounts(label: str, rows: Sequence, field: str, **more) -> list[dict]:
	"""A figure for each currency that the rows are in: amounts of several have no sum."""
	sums: dict[str | None, float] = {}
	for row in rows:
		sums[row["currency"]] = sums.get(row["currency"], 0.0) + flt(row[field])
	some = {currency: total for currency, total in sums.items() if total} or dict.fromkeys(
		list(sums)[:1] or [None], 0.0
	)
	return [figure(label, total, "Currency", currency=currency, **more) for currency, total in some.items()]


def decimal(label: str, value: float | None, unit: str = "") -> dict:
	"""The same with one decimal, as the user writes it, and a dash where nothing is known: the framework shows all decimals
	of the site, and 0."""
	shown = "–" if value is None else frappe.format_value(value, {"fieldtype": "Float", "precision": 1})
	return figure(label, f"{shown} {unit}".strip() if value is not None else shown, "Data")


def percent(label: str, value: float | None) -> dict:
	return decimal(label, value, "%")


def bars(
	labels: Sequence[str],
	datasets: dict[str, Sequence],
	colors: Sequence[str],
	stacked: bool = False,
	series: bool = False,
):
	"""A chart of what is counted; None where there is nothing.

	:param series: the labels follow each other, as months do: without room for all, some are left out and none is cut
	"""
	if not any(any(values) for values in datasets.values()):
		return None
	return {
		"data": {
			"labels": list(labels),
			"datasets": [{"name": name, "values": list(values)} for name, values in datasets.items()],
		},
		"type": "bar",
		"barOptions": {"stacked": stacked},
		"keep_series": int(series),  # see reports.js
		"colors": list(colors),
		**AT_ONCE,
	}


def day_and_month(day: date) -> str:
	"""A day as the user writes it without its year, short enough for a chart on a phone."""
	return formatdate(day, re.sub(r"\W*y+\W*", "", get_user_date_format()))


def lines(labels: Sequence[str], datasets: dict[str, Sequence], colors: Sequence[str]):
	"""A chart of what goes on from one label to the next; None where there is nothing."""
	chart = bars(labels, datasets, colors, series=True)
	return chart and {**chart, "type": "line", "axisOptions": {"shortenYAxisNumbers": 1}}


def most(filters: dict) -> int:
	"""How many rows are shown."""
	asked = cint(filters.get("rows"))
	return asked if asked in ROWS else SHOWN


def only_first(total: int, shown: int = SHOWN) -> str | None:
	"""Says that there are more rows than are shown; None if there are not."""
	if total <= shown:
		return None
	return _(
		"The first {0} of {1} rows are shown. Totals and chart count all; filters show the others."
	).format(shown, total)


def period(filters: dict, since: date | None, until: date | None) -> tuple[date | None, date | None]:
	"""The first and the last day that are asked for.

	:param since: where nothing else is asked for
	:raises frappe.ValidationError: if it ends before it begins
	"""
	since = getdate(filters["from_date"]) if filters.get("from_date") else since
	until = getdate(filters["to_date"]) if filters.get("to_date") else until
	if since and until and until < since:
		frappe.throw(_("The period ends before it begins. Please check the dates."))
	return since, until
