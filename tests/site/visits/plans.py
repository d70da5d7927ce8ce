"""Anna plans her visits, Mia approves."""

from datetime import timedelta

import frappe
from frappe.utils import getdate

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
