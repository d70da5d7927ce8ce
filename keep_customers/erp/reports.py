"""What reports are made of: columns, figures, charts, periods, and the first rows of very many."""

from collections.abc import Sequence
from datetime import date

import frappe
from frappe import _
from frappe.utils import getdate

SHOWN = 500  # rows; figures and charts are of all of them
GOOD, BAD, WARNING, NEUTRAL = "#30a66d", "#cb2929", "#c2703d", "#7c8db5"


def column(fieldname: str, label: str, fieldtype: str = "Data", width: int = 120, **more) -> dict:
	return {"fieldname": fieldname, "label": label, "fieldtype": fieldtype, "width": width, **more}


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


def figure(label: str, value, datatype: str = "Int", **more) -> dict:
	"""One of the totals above a report; ``indicator`` is its colour."""
	return {"label": label, "value": value, "datatype": datatype, **more}


def bars(labels: Sequence[str], datasets: dict[str, Sequence], colors: Sequence[str], stacked: bool = False):
	"""A chart of what is counted; None where there is nothing."""
	if not any(any(values) for values in datasets.values()):
		return None
	return {
		"data": {
			"labels": list(labels),
			"datasets": [{"name": name, "values": list(values)} for name, values in datasets.items()],
		},
		"type": "bar",
		"barOptions": {"stacked": stacked},
		"colors": list(colors),
	}


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
