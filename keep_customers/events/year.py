"""The year's goal: at least so many events, and a word to who is responsible when the year falls behind."""

from datetime import date

import frappe
from frappe import _
from frappe.utils import cint, get_datetime, getdate

from keep_customers.care.assignment import Assignment
from keep_customers.engine import events as engine
from keep_customers.erp import todos
from keep_customers.erp.api import typed
from keep_customers.erp.leavers import can_act
from keep_customers.erp.reports import number_card
from keep_customers.events.terms import EVENT

SETTINGS = "Keep Customers Settings"
GOAL = 4
# What is on the calendar; ideas and what was called off are not.
COUNTED = (engine.PLANNED, engine.INVITING, engine.HELD, engine.CLOSED)


def goal() -> int:
	"""Events a year; a site that never saved the setting has the shipped goal."""
	known = frappe.db.get_singles_dict(SETTINGS).get("events_per_year")
	return GOAL if known is None else cint(known)


def days(year: int) -> list[date]:
	"""The days of the year's events, planned and held."""
	moments = frappe.get_all(
		EVENT,
		filters={
			"status": ("in", COUNTED),
			"starts_on": ("between", (f"{year}-01-01 00:00:00", f"{year}-12-31 23:59:59")),
		},
		pluck="starts_on",
	)
	return sorted(get_datetime(moment).date() for moment in moments)


def responsible() -> str | None:
	"""Who sees to the events: as the settings say, else who takes what concerns the whole company."""
	settings = frappe.get_cached_doc(SETTINGS)
	if can_act(settings.events_responsible):
		return settings.events_responsible
	return Assignment((), settings).head_office()


def ask(today: date) -> None:
	"""Ask who is responsible for the events that are missing, once for each that should have been held by now."""
	user = responsible() if frappe.db.get_single_value(SETTINGS, "events_responsible") else None
	if not user:
		return
	per_year = goal()
	missing, due = engine.missing(per_year, days(today.year), today)
	if not missing or frappe.db.exists(
		# Done or not: they were told of this gap.
		"ToDo",
		{
			"reference_type": SETTINGS,
			"reference_name": SETTINGS,
			"allocated_to": user,
			"date": (">=", engine.due_since(per_year, due, today.year)),
		},
	):
		return
	[text] = sentences()
	text = text.format(missing, per_year, todos.link_to(SETTINGS, SETTINGS, _("Events")))
	todos.add(user, SETTINGS, SETTINGS, f"<p>{text}</p>", due=today)


def sentences() -> list[str]:
	"""What stands on who is responsible's list."""
	return [_("{0} of {1} events are missing this year, and none of them is planned: {2}")]


@frappe.whitelist()
@typed
def events_this_year(filters: str | dict | None = None) -> dict:
	"""Data of the Number Card *Events This Year*: held and planned.

	:raises frappe.PermissionError: if the user may not read events
	"""
	return _card(len(days(getdate().year)))


@frappe.whitelist()
@typed
def events_missing(filters: str | dict | None = None) -> dict:
	"""Data of the Number Card *Events Missing*: how many more the year's goal asks for.

	:raises frappe.PermissionError: if the user may not read events
	"""
	return _card(max(0, goal() - len(days(getdate().year))))


def _card(value: int) -> dict:
	frappe.has_permission(EVENT, "read", throw=True)
	year = getdate().year
	those = {
		"starts_on": ["between", [f"{year}-01-01", f"{year}-12-31"]],
		"status": ["in", list(COUNTED)],
	}
	return number_card(value, ["List", EVENT], those)
