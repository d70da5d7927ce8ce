"""How many contacts the reps have room for until a day, before anybody asks them."""

from collections import Counter
from datetime import date, timedelta
from typing import NamedTuple

import frappe
from frappe.query_builder.functions import Count
from frappe.utils import getdate

from keep_customers.care import followups
from keep_customers.care.assignment import Assignment
from keep_customers.engine import followups as engine
from keep_customers.erp.calendar import working_days
from keep_customers.erp.permissions import only_readable


class Room(NamedTuple):
	"""
	:param wanted: how many contacts the reps would be asked for
	:param fits: how many of them there is room for, if nothing else is asked
	:param nobody: the customers nobody is found for
	:param others: how many other contacts wait for these reps already, of customers the user of this session may read
	"""

	wanted: int
	fits: int
	nobody: list[str]
	others: int


def until(last: date, customers: list[str], at_once: bool, settings) -> Room:
	"""Room for one contact with each of some customers, by who takes care of them.

	:param last: the last day on which they make sense
	:param at_once: whether it is begun today; else the next night begins it
	:param settings: with a capacity; without one there is room for everything
	"""
	reps, today = Assignment(customers, settings), getdate()
	rep_of = {name: reps.user_for(name) for name in customers}
	wanted = Counter(filter(None, rep_of.values()))
	nobody = [name for name, rep in rep_of.items() if not rep]
	begun = at_once and followups.a_night_is_over()
	first = today if begun else today + timedelta(days=1)
	days = working_days(settings)
	number = days.between(first, last)
	taken = followups.assigned_on(today) if begun and today in days else {}
	fits = engine.room_for(wanted, number, settings.rep_capacity, taken)
	return Room(wanted.total(), fits, nobody, _waiting(list(wanted)))


def _waiting(reps: list[str]) -> int:
	follow_up = frappe.qb.DocType("Follow Up")
	query = (
		frappe.qb.from_(follow_up)
		.select(Count("*"))
		.where((follow_up.status == "Planned") & (follow_up.hold_reason == engine.CAPACITY))
		.where(follow_up.rep.isin(reps or [""]))
	)
	[[number]] = only_readable(query, follow_up.customer).run()
	return number
