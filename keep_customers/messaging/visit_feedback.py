"""How a visit was: a link is sent after it, if the settings say so."""

from datetime import datetime

import frappe
from frappe import _
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.utils import get_fullname, now_datetime
from pypika.terms import ValueWrapper

from keep_customers.engine.consent import FEEDBACK
from keep_customers.erp import guest_pages, limits, signed
from keep_customers.erp.api import typed
from keep_customers.erp.language import day_in_words
from keep_customers.erp.tables import wait_for
from keep_customers.erp.texts import as_typed
from keep_customers.messaging import messages
from keep_customers.messaging.feedback import (
	CUSTOMER,
	DOCTYPE,
	LONGEST_WORDS,
	MOST_AN_HOUR,
	AskedAlready,
	addressee,
	days,
	held_by_us,
	insert,
	mail,
	may_be_asked,
	not_ours_to_answer,
	not_valid,
	nothing_said,
	stars_of,
	was_said,
)
from keep_customers.people import consent, contacts, reached

TOUCH = "Customer Touch"
# Page and purpose of the links.
VISIT = "care-feedback", "visit"


def after_visit(touch: str) -> None:
	"""Ask the customer how a visit was, if the settings say so and nothing stands against it."""
	if not frappe.db.get_single_value("Keep Customers Settings", "feedback_after_visits"):
		return
	doc = frappe.get_doc(TOUCH, touch)
	if doc.channel != "Visit" or doc.result != "Reached":
		return  # nobody was with them: a journey by telephone, or a visit that was a call in the end
	contact = addressee(reached.asked_for(doc.customer), doc.customer)
	if not contact or not contact.email_id:
		return
	answer = consent.of_contact(doc.customer, contact.name, "Email", FEEDBACK)
	if answer.refused or not answer.reachable:
		return
	# A report is filed whether or not the site sends e-mails.
	if not EmailAccount.find_outgoing(match_by_doctype=TOUCH):
		return
	try:
		may_be_asked(contact)
	except AskedAlready:
		return  # about another visit, or a complaint: once is enough
	language = messages.languages(doc.customer)[0]
	page, purpose = VISIT
	mail(
		doc,
		contact.email_id,
		_("{0} was with you on {1}. How was it?", language).format(
			get_fullname(doc.rep), day_in_words(doc.date, language)
		),
		_("How was our visit?", language),
		language,
		signed.link(page, purpose, touch, days(), language),
	)
	frappe.db.set_value(TOUCH, touch, "feedback_asked_on", now_datetime())


def asked(since: datetime) -> list[tuple]:
	"""(customer, its main contact, when) of those who were asked about visits and have not answered yet."""
	touch, said = frappe.qb.DocType(TOUCH), frappe.qb.DocType(DOCTYPE)
	return (
		frappe.qb.from_(touch)
		.left_join(said)
		.on(
			(said.reference_doctype == TOUCH)
			& (said.reference_name == touch.name)
			& (said.said_by == CUSTOMER)
		)
		.select(touch.customer, ValueWrapper(None), touch.feedback_asked_on)
		.where((touch.feedback_asked_on >= since) & said.name.isnull())
	).run()


def read_visit(token: str, for_update: bool = False):
	"""The Customer Touch of a token; None if the token is not valid, the touch is gone, or who was asked is another
	customer's by now."""
	name = signed.read(VISIT[1], token)
	if name and for_update:
		wait_for(TOUCH, name)
	if not name or not frappe.db.exists(TOUCH, name):
		return None
	touch = frappe.get_doc(TOUCH, name, for_update=for_update)
	return None if _has_moved(touch) else touch


def _has_moved(touch) -> bool:
	"""Whether who was sent the link is another customer's by now."""
	about = {"parenttype": "Contact", "email_id": ("in", _asked_at(touch) or ["-"])}
	own = frappe.get_all("Contact Email", about, pluck="parent")
	return bool(own) and all(contacts.has_moved(contact, touch.customer) for contact in own)


def _asked_at(touch) -> list[str]:
	about = {"reference_doctype": TOUCH, "reference_name": touch.name}
	mails = frappe.get_all("Email Queue", about, pluck="name", order_by="creation asc")
	return frappe.get_all("Email Queue Recipient", {"parent": ("in", mails or ["-"])}, pluck="recipient")


def who_was_asked(touch) -> str | None:
	"""The contact who was sent the link, whoever is the main one by now; where the host's queue does not know any more, the main one."""
	to = _asked_at(touch)
	if not to:
		return reached.asked_for(touch.customer)
	known = (contacts.customers_of_address(address, also_left=True).get(touch.customer) for address in to)
	return next(filter(None, known), None)


@frappe.whitelist(allow_guest=True, methods=["POST"])
@typed(otherwise=not_valid)
@limits.limited(MOST_AN_HOUR)
def give(token: str = "", rating: str = "", person_rating: str = "", words: str = "") -> None:
	"""What the page's button calls: the customer says how a visit was.

	:param rating: of the visit, 1 … 5 or empty
	:param person_rating: of who came, likewise
	"""
	touch = read_visit(token, for_update=True)
	if not touch:
		return not_valid()
	if held_by_us():
		return not_ours_to_answer()
	if was_said(touch):
		return guest_pages.show(VISIT[0], token=token)
	stars, words = (stars_of(rating), stars_of(person_rating)), as_typed(words, LONGEST_WORDS)
	if None in stars or not (any(stars) or words):
		return nothing_said(VISIT[0])
	insert(
		{
			"customer": touch.customer,
			"contact": who_was_asked(touch),
			"kind": "Visit",
			"reference_doctype": TOUCH,
			"reference_name": touch.name,
			"rating": stars[0],
			"rated_user": touch.rep,
			"person_rating": stars[1] if touch.rep else 0,
			"words": words,
		},
		by_customer=True,
	)
	guest_pages.show(VISIT[0], token=token)
