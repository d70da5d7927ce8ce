"""Who was asked to do something, and what became of it."""

from datetime import timedelta

import frappe

from tests.site.story import ANNA, COMPANY, PREFIX, TERRITORY, once


@once(after=1)
def asked_for(story, names=("Firm",), **rule):
	"""Customers that Anna looks after and has been asked to call today.

	:returns: the customers
	"""
	customers = [story.customer(name) for name in names]
	for name in customers:
		story.history(name, [(40, 100), (3, 3000)])
		story.file(name, dedicated_rep=ANNA)
	story.rule(**rule)
	story.completed_yesterday()
	story.asked_on = next_working_day(story, not_before=0)
	story.night(story.asked_on)
	return customers


def only_todo(story, customer):
	[follow_up] = story.follow_ups(customer)
	return frappe.get_doc("ToDo", follow_up.todo)


def state(story, customer):
	[follow_up] = story.follow_ups(customer)
	return follow_up.status, follow_up.hold_reason or ""


def as_user(user):
	frappe.set_user(user)


def next_working_day(story, not_before=1):
	day = story.today + timedelta(days=not_before)
	while day.weekday() > 4:
		day += timedelta(days=1)
	return day


def territory(name, manager, parent=None):
	return (
		frappe.get_doc(
			{
				"doctype": "Territory", "territory_name": f"{PREFIX} {name}", "territory_manager": manager,
				"is_group": 1,
				"parent_territory": parent or frappe.db.get_value("Territory", TERRITORY, "parent_territory"),
			}
		).insert().name
	)  # fmt: skip


def sales_person(story, name, user):
	employee = frappe.get_doc(
		{
			"doctype": "Employee", "first_name": f"{PREFIX} {name}", "company": COMPANY, "status": "Active",
			"gender": "Female", "date_of_birth": "1990-01-01", "date_of_joining": "2020-01-01", "user_id": user,
			"create_user_permission": 0,
		}
	).insert()  # fmt: skip
	root = frappe.get_all("Sales Person", filters={"is_group": 1}, order_by="lft", limit=1, pluck="name")[0]
	return (
		frappe.get_doc(
			{
				"doctype": "Sales Person", "sales_person_name": f"{PREFIX} {name}", "employee": employee.name,
				"parent_sales_person": root, "enabled": 1,
			}
		).insert().name
	)  # fmt: skip
