"""Anna plans her visits, Mia approves."""

from datetime import timedelta

import frappe
from frappe.utils import getdate

from keep_customers.care import followups, todos
from tests.site.story import ANNA, MIA


def draft(customers, user=ANNA, **values):
	"""A plan of today and tomorrow with the customers as stops, as ``user`` saves it."""
	frappe.set_user(user)
	stops = values.pop("stops", None) or [
		{"customer": name, "goal": "Know what they need"} for name in customers
	]
	return frappe.get_doc(
		{
			"doctype": "Visit Plan",
			"rep": ANNA,
			"from_date": getdate(),
			"to_date": getdate() + timedelta(days=1),
			"purpose": "See how the new tools do",
			"stops": stops,
			**values,
		}
	).insert()


def approved(customers, **values):
	plan = draft(customers, **values)
	frappe.set_user(MIA)
	plan = frappe.get_doc("Visit Plan", plan.name)
	plan.submit()
	return as_anna(plan)


def as_anna(plan):
	frappe.set_user(ANNA)
	return frappe.get_doc("Visit Plan", plan.name)


def follow_up(stop):
	return frappe.get_doc("Follow Up", stop.follow_up)


def todo_about(plan, **filters):
	return frappe.get_all("ToDo", {"reference_name": plan.name, **filters}, ["*"])


def touches(customer):
	return frappe.get_all("Customer Touch", {"customer": customer}, ["*"])


def day(ahead):
	return getdate() + timedelta(days=ahead)


def noted(rule, customer, ahead, **values):
	"""A follow-up of a rule as a night notes it, due in some days."""
	row = {
		"customer": customer, "customer_name": customer, "care_rule": rule.name, "occurrence": f"{customer} {ahead}",
		"status": "Planned", "priority": "Medium", "reason": "No contact for long. Go there.", "short": "No contact for long",
		"channel": rule.channel, "planned_on": day(min(ahead, 0)), "due_date": day(ahead), **values,
	}  # fmt: skip
	followups.add([row])
	[name] = frappe.get_all(
		"Follow Up", {"occurrence": row["occurrence"], "care_rule": rule.name}, pluck="name"
	)
	return frappe.get_doc("Follow Up", name)


def on_list(rule, customer, ahead, user=ANNA, **values):
	"""The same, and the rep was asked."""
	row = noted(rule, customer, ahead, **values)
	todo = todos.create([row], user, day(ahead))
	followups.settle(row.name, "Assigned", todo=todo, assigned_to=user, assigned_on=day(0))
	return row.reload()
