"""What the reps know of their best customers: birthdays in both calendars, other days, what they like, what to avoid."""

from datetime import date, timedelta
from random import Random

import frappe

from keep_customers.engine.occasions import GREGORIAN, LUNAR, recurs

from . import words
from .company import FIRMS
from .customers import Customer, contact_name


def write(customers: list[Customer], today: date) -> None:
	chance = Random("files")
	for place, one in enumerate(customers):
		language = one.person.language
		lunar = language in ("zh", "zh-TW") and place % 2 == 0
		birthday = date(today.year - chance.randint(24, 70), 1, 1) + timedelta(days=chance.randrange(365))
		people = [_person(one, birthday, LUNAR if lunar else GREGORIAN)]
		if place % 3 == 0:
			people.append(_at_home(one, chance, today))
		occasions = []
		if place % 7 == 0:
			day = birthday + timedelta(days=9000 + chance.randrange(365))
			occasions = [
				{
					"occasion": chance.choice(words.of(words.OCCASIONS, language)),
					"date": day,
					"calendar": GREGORIAN,
				}
			]
		frappe.get_doc(
			{
				"doctype": "Customer File",
				"customer": one.name,
				"dedicated_rep": one.rep.user,
				"preferred_channel": chance.choice(("Phone", "Phone", "Messenger", "Email")),
				"preferred_language": language,
				"best_time": chance.choice(words.of(words.TIMES, language)),
				"leisure": chance.choice(words.of(words.LEISURE, language)) if place % 2 else None,
				"taste": chance.choice(words.of(words.TASTES, language)) if place % 4 else None,
				"people": people,
				"occasions": occasions,
			}
		).insert()
	frappe.db.commit()


def _person(one: Customer, birthday: date, calendar: str) -> dict:
	return {
		"full_name": one.person.full_name,
		"relation": "Owner" if one.group == FIRMS else "Decision Maker",
		"decides": 1,
		"contact": contact_name(one),
		"birthday": birthday,
		"calendar": calendar,
	}


def _at_home(one: Customer, chance: Random, today: date) -> dict:
	names = {"zh": ("小雨", "小天"), "zh-TW": ("小安", "小晴")}.get(one.person.language, ("Robin", "Kim"))
	birthday = date(today.year - chance.randint(6, 20), 1, 1) + timedelta(days=chance.randrange(365))
	return {
		"full_name": f"{chance.choice(names)} {one.person.last_name}".strip(),
		"relation": "Child",
		"birthday": birthday,
		"calendar": GREGORIAN,
	}


def born_on(day: date, years: int, calendar: str) -> date:
	"""A day so many years ago whose anniversary is ``day`` in that calendar."""
	then = date(day.year - years, 1, 1)
	return next(
		one
		for one in (then + timedelta(days=ahead) for ahead in range(400))
		if recurs(one, calendar) == recurs(day, calendar)
	)
