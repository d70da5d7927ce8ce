"""The nights of the last month, and the days between them on which the reps do most of what is asked of them."""

from datetime import date, timedelta
from random import Random

import frappe
from frappe.utils import getdate

from keep_customers.jobs import nightly

from . import words
from .company import REPS
from .customers import fill

NIGHTS = 30
RECENT = 3  # days of which all is still on the lists
SPOKEN = {rep.user: rep.customers for rep in REPS}
GREETINGS = ("Birthday Greetings", "Greetings on Other Occasions")  # nobody leaves them for tomorrow


def up_to(first: date, last: date) -> None:
	"""The nights from the first day to the last, each followed by its day unless that is recent."""
	day, today = first, getdate()
	while day <= last:
		night(day)
		ago = (today - day).days
		if ago:
			a_day_of_calls(day, *(GREETINGS if ago <= RECENT else ()))
		print(f"\r{day}: {frappe.db.count('Follow Up'):,} follow-ups so far", end="", flush=True)
		day += timedelta(days=1)


def calls_before(customers: list, today: date) -> None:
	"""What was talked about in the weeks before the first night, noted by hand."""
	chance = Random("calls")
	first = today - timedelta(days=NIGHTS)
	fill(
		"Customer Touch",
		[
			{
				"name": f"TOUCH-{first.year}-B{number:04}",
				"customer": one.name,
				"customer_name": one.name,
				"date": f"{first - timedelta(days=chance.randint(1, 40))} 11:00:00",
				"rep": one.rep.user,
				"channel": chance.choice(("Phone", "Phone", "Phone", "Email", "Messenger")),
				"result": "Reached",
				"notes": chance.choice(words.of(words.NOTES, one.person.language)),
				"satisfaction": chance.choice((0.6, 0.8, 0.8, 1)),
			}
			for number, one in enumerate(customers, 1)
		],
	)
	frappe.db.commit()


def night(day: date) -> None:
	run = nightly.run(day)
	if errors := frappe.get_all("Error Log", {"reference_name": run}, pluck="error"):
		raise SystemExit(f"The night of {day} had errors:\n{errors[0]}")


def a_day_of_calls(day: date, *rules: str) -> None:
	"""
	:param rules: only what they ask for, and all of it
	"""
	todo, follow_up = frappe.qb.DocType("ToDo"), frappe.qb.DocType("Follow Up")
	query = (
		frappe.qb.from_(todo)
		.inner_join(follow_up)
		.on(follow_up.name == todo.keep_follow_up)
		.select(todo.name, todo.reference_name, todo.allocated_to, todo.keep_follow_up)
		.where(todo.status == "Open")
		.orderby(todo.date, todo.reference_name, follow_up.care_rule)
	)
	if rules:
		query = query.where(follow_up.care_rule.isin(rules) & (follow_up.due_date <= day))
	for number, todo in enumerate(query.run(as_dict=True)):
		if rules or number % 4 != 3:  # a rep does not get round to everything
			_call(todo, day, number)
	frappe.db.commit()


def _call(todo, day: date, number: int) -> None:
	reached = number % 3 > 0
	# What was agreed comes back to the lists of these days.
	agreed = reached and number % 8 == 1
	language = SPOKEN[todo.allocated_to]
	notes, steps = words.of(words.NOTES, language), words.of(words.STEPS, language)
	frappe.get_doc(
		{
			"doctype": "Customer Touch",
			"customer": todo.reference_name,
			"date": f"{day} 10:00:00",
			"rep": todo.allocated_to,
			"channel": "Phone",
			"result": "Reached" if reached else "Not Reached",
			"notes": notes[number % len(notes)] if reached else None,
			"satisfaction": (0.6, 0.8, 1)[number % 3] if reached else None,
			"next_step": steps[number // 8 % len(steps)] if agreed else None,
			"next_step_date": day + timedelta(days=6) if agreed else None,
			"follow_up": todo.keep_follow_up,
			"todo": todo.name,
		}
	).insert()
	doc = frappe.get_doc("ToDo", todo.name)
	doc.status = "Closed"
	doc.save()
	frappe.db.set_value("Follow Up", todo.keep_follow_up, "done_on", day)
