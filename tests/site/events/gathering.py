"""An event and who is invited to it."""

from datetime import timedelta

import frappe
from frappe.utils import add_days, getdate, now_datetime

from keep_customers.care import planning
from tests.site.mail import contact
from tests.site.story import ANNA, COMPANY, MIA, PREFIX

EVENT, INVITATION, SUGGESTION = "VIP Event", "VIP Invitation", "Event Suggestion"


def event(status=None, **values):
	day = add_days(getdate(), 20)
	doc = frappe.get_doc(
		{
			"doctype": EVENT,
			"theme": f"{PREFIX} Garden",
			"company": COMPANY,
			"starts_on": f"{day} 18:00:00",
			"reply_until": add_days(day, -5),
			"capacity": 2,
			"max_companions": 1,
			"host": MIA,
			**values,
		}
	).insert()
	if status:
		doc.db_set("status", status)
	return doc


def firms(story, *values, **file):
	"""Customers whose current values are as given, each with a contact; named by their order."""
	names = []
	for index, value in enumerate(values):
		name = story.customer(f"Firm {index}")
		story.history(name, [(400, 10), (30, value)])
		story.file(name, dedicated_rep=ANNA, **file)
		contact(name, first_name=f"Guest{index}", email=f"guest{index}@firm.example")
		names.append(name)
	return names


def listed(customers):
	return [{"customer": customer} for customer in customers]


def invitations(doc, **filters):
	return frappe.get_all(
		INVITATION,
		filters={"event": doc.name, **filters},
		fields=["name", "customer", "status", "wave", "companions", "contact", "guest_name", "reminded_on"],
		order_by="customer asc",
	)


def invitation(doc, customer):
	return frappe.db.get_value(INVITATION, {"event": doc.name, "customer": customer})


def statuses(doc):
	return {row.customer.rsplit(" ", 1)[1]: row.status for row in invitations(doc)}


def work(story):
	"""What the background would do by now."""
	for method, values in story.queued:
		if method == "keep_customers.care.planning.at_once":
			planning.at_once(values["reference_doctype"], values["reference_name"])
	story.queued.clear()


def at(doc):
	return frappe.get_doc(EVENT, doc.name)


def past(doc, days=1):
	"""The event was some days ago."""
	moment = now_datetime() - timedelta(days=days)
	frappe.db.set_value(EVENT, doc.name, {"starts_on": moment, "reply_until": None})
