"""On which days there is work, and how often customers are contacted at most."""

from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import getdate

from keep_customers.care.assignment import Assignment
from keep_customers.erp.calendar import working_days
from keep_customers.setup.guided import choices
from keep_customers.worth.population import ranked_customers

FIELDS = ("holiday_list", "contact_cap", "contact_cap_days", "rep_capacity")
WEEK = 7


def look(values: dict) -> dict:
	"""The next seven days, and the most contacts a rep and all of them get in a week."""
	settings = choices.settings(values, FIELDS)
	calendar, today = working_days(settings), getdate()
	week = [today + timedelta(days=ahead) for ahead in range(WEEK)]
	work = [day for day in week if day in calendar]
	customers = [one.name for one in ranked_customers(settings)]
	asked = Assignment(customers, settings)
	reps = len({asked.user_for(one) for one in customers} - {None})
	return {
		**{field: settings.get(field) for field in FIELDS},
		"week": [{"day": day, "work": day in work} for day in week],
		"a_week": reps * len(work) * (settings.rep_capacity or 0),
		"reps": reps,
		"warnings": _odd(settings, work),
	}


def save(values: dict) -> None:
	choices.settings(values, FIELDS).save()


def _odd(settings, work: list) -> list[str]:
	said = []
	if not work:
		said.append(_("The holiday list leaves no working day in the next week: no ToDos would come."))
	ends = settings.holiday_list and frappe.db.get_value("Holiday List", settings.holiday_list, "to_date")
	if ends and ends < getdate():
		said.append(_("{0} ends in the past. Please choose this year's list.").format(settings.holiday_list))
	return said
