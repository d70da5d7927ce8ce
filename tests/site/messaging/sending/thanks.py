"""A message on its way, and what became of it."""

import frappe

from tests.site.mail import contact
from tests.site.story import ANNA, PREFIX, once

ADDRESS = "olga@firm.example"


@once(after=1)
def thanked(story, name="Firm", consent="Given", night=True, **rule):
	"""A customer who bought something for which a rule thanks without a rep.

	:returns: the customer
	"""
	firm = story.customer(name)
	story.history(firm, [(40, 100), (1, 3000)])
	channel = rule.setdefault("channel", "Email")
	consents = [{"channel": channel, "consent": consent, "date": "2026-01-01"}] if consent else []
	story.file(firm, dedicated_rep=ANNA, consents=consents)
	contact(firm, first_name="Olga", last_name="Kern", email=ADDRESS, mobile="+49 170 12")
	if not frappe.db.exists("Care Rule", f"{PREFIX} Rule"):
		story.rule(**{"message_kind": "Thank You", "send_automatically": 1, **rule})
	if night:
		story.completed_yesterday()
		story.night()
	return firm


def state(story, customer):
	[row] = story.follow_ups(customer)
	return row.status, row.send_status or "", row.hold_reason or ""


def emails(customer):
	return frappe.get_all(
		"Email Queue",
		filters={"reference_doctype": "Customer", "reference_name": customer},
		fields=["name", "message", "status", "reference_name"],
	)


def answer(customer, status, error=None):
	"""What the host's sender makes of the customer's newest e-mail."""
	[follow_up] = frappe.get_all("Follow Up", filters={"customer": customer}, pluck="email_queue")
	frappe.db.set_value("Email Queue", follow_up, {"status": status, "error": error})


def withdraw(customer, channel="Email"):
	file = frappe.get_doc("Customer File", customer)
	file.append("consents", {"channel": channel, "consent": "Refused", "date": "2026-03-03"})
	file.save()
