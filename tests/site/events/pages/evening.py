"""An evening and its guests, as they come to its pages."""

import re

import frappe
from frappe.utils import now_datetime

from keep_customers.events import pages
from tests.site.guests import page
from tests.site.story import COMPANY, PREFIX

ANSWER = "keep_customers.events.pages.answer"
CALENDAR = "keep_customers.events.pages.calendar"
CHECK_IN, UNDO = "keep_customers.events.door.check_in", "keep_customers.events.door.undo"
GIVE = "keep_customers.events.feedback.give"
EVENT, INVITATION, SUGGESTION = "VIP Event", "VIP Invitation", "Event Suggestion"


def invited(event, customer, status="Invited", **values):
	"""Somebody on the list of guests, as the event's buttons would have left them."""
	doc = frappe.get_doc(
		{
			"doctype": INVITATION,
			"event": event.name,
			"customer": customer,
			"guest_name": f"{PREFIX} Olga Kern",
			"contact": frappe.db.get_value("Contact", {"email_id": "olga@firm.example"}),
			**values,
		}
	).insert()
	doc.db_set({"status": status, "invited_on": now_datetime(), "companions": values.get("companions", 0)})
	frappe.db.commit()
	return doc


def today(event):
	"""The day of the event has come: nobody is checked in before."""
	frappe.db.set_value(EVENT, event.name, "starts_on", now_datetime())
	frappe.db.commit()


def token_of(invitation):
	frappe.db.rollback()
	return query(pages.invitation_link(invitation.name))["token"]


def query(link):
	return dict(re.findall(r"[?&](\w+)=([^&]+)", link))


def now(doc):
	"""The document as the database has it after what the server did."""
	frappe.db.rollback()
	return frappe.get_doc(doc.doctype, doc.name)


def dressed(html):
	"""Whether the page is in the guests' dress: the company's name, our style, and nothing that is loaded besides."""
	return COMPANY in html and "<style>" in html and not re.search(r'<script src|rel="stylesheet"', html)


def says(browser, token, **said):
	return browser.call(ANSWER, token=token, **{"coming": "Yes", **said})


def shown(browser, token, **more):
	return page(browser, pages.PAGE, token=token, **more)


def suggested(title, status="Feasible"):
	frappe.db.rollback()
	doc = frappe.get_doc({"doctype": SUGGESTION, "title": f"{PREFIX} {title}", "kind": "Salon"}).insert()
	doc.db_set({"status": status, "title": title})
	frappe.db.commit()
	return doc.name
