"""How a purchase was: who says so on the page of a link that a message of a Care Rule has brought."""

from datetime import datetime

import frappe
from frappe import _
from frappe.query_builder.functions import Coalesce
from frappe.utils import escape_html
from pypika.terms import ValueWrapper

from keep_customers.care import followups
from keep_customers.care.assignment import Assignment
from keep_customers.erp import guest_pages, limits, signed, todos
from keep_customers.erp.api import typed
from keep_customers.erp.language import day_in_words
from keep_customers.erp.tables import wait_for
from keep_customers.erp.texts import as_typed
from keep_customers.messaging.feedback import (
	CUSTOMER,
	DOCTYPE,
	LONGEST_WORDS,
	MOST_AN_HOUR,
	days,
	held_by_us,
	insert,
	not_ours_to_answer,
	not_valid,
	nothing_said,
	stars_of,
)
from keep_customers.people import consent, contacts, reached

INVOICE, TRIGGER = "Sales Invoice", consent.ASKS_HOW_IT_WAS
# Page and purpose of the links.
PURCHASE = "care-feedback", "bought"
BY_NUMBER = "purchase"  # of links that were sent up to 0.3
UNHAPPY = 0.4  # two stars of five


def words(invoice: str, language: str) -> dict[str, str]:
	"""What a Care Message about an invoice may say besides, in the message's language; the purchase is that one, whatever was
	bought since."""
	day = frappe.db.get_value(INVOICE, invoice, "posting_date")
	if not day:
		return {}
	page, purpose = PURCHASE
	return {
		"last_purchase": day_in_words(day, language),
		"purchase_feedback_link": signed.link(page, purpose, subject(invoice), days(), language),
	}


def subject(invoice: str) -> str:
	"""What a link names: the invoice and when it was made, as its number may be given again once it is deleted."""
	return f"{invoice}/{_made(invoice, frappe.db.get_value(INVOICE, invoice, 'creation'))}"


def _made(invoice: str, creation: datetime) -> str:
	return signed.keyed(f"{INVOICE} {invoice} {creation}")[:16]


def asked(since: datetime) -> list[tuple]:
	"""(customer, its main contact, when) of those who were asked about purchases and have not answered yet."""
	follow_up, rule, said = (frappe.qb.DocType(name) for name in ("Follow Up", "Care Rule", DOCTYPE))
	# Of an e-mail in the host's queue nobody knows yet when it leaves.
	when = Coalesce(follow_up.sent_on, follow_up.modified)
	return (
		frappe.qb.from_(follow_up)
		.inner_join(rule)
		.on(rule.name == follow_up.care_rule)
		.left_join(said)
		# By the customer: what was amended since has another number.
		.on(
			(said.customer == follow_up.customer)
			& (said.reference_doctype == INVOICE)
			& (said.said_by == CUSTOMER)
			& (said.given_on >= when)
		)
		.select(follow_up.customer, ValueWrapper(None), when)
		.where((rule.trigger == TRIGGER) & follow_up.send_status.isin(followups.LEFT_THE_HOUSE))
		.where((when >= since) & said.name.isnull())
	).run()


def read(token: str, for_update: bool = False):
	"""The Sales Invoice of a token, with as much as is needed; None if the token is not valid, nothing was bought, or who was
	asked is another customer's by now.

	What was amended since is the same purchase: the invoice that is there now, with all its ``versions``.
	"""
	name, _slash, made = (signed.read(PURCHASE[1], token) or "").rpartition("/")
	name = name or signed.read(BY_NUMBER, token)
	if name and for_update:
		wait_for(INVOICE, name)
	fields, versions = ["name", "customer", "company", "posting_date", "docstatus", "creation"], []
	found = name and frappe.db.get_value(INVOICE, name, fields, as_dict=True)
	if found and not (made == _made(name, found.creation) if made else _asked_first(found)):
		return None
	since = found and found.creation
	while found:
		versions.append(found.name)
		if found.docstatus == 1:
			found.update(doctype=INVOICE, versions=versions, since=since)
			return None if contacts.has_moved(who_was_asked(found), found.customer) else found
		# By the customer, which has an index; and whoever holds the link bought nothing of another's.
		later = {"customer": found.customer, "amended_from": found.name, "docstatus": (">", 0)}
		found = frappe.db.get_value(
			INVOICE, later, fields, as_dict=True, order_by="docstatus asc, creation desc"
		)
	return None


def _asked_first(invoice) -> bool:
	"""Whether all that was asked about an invoice's number was asked about this one; what an older link does not say itself."""
	about = {"reference_doctype": INVOICE, "reference_name": invoice.name}
	first = frappe.db.get_value("Follow Up", about, "creation", order_by="creation asc")
	return bool(first and first >= invoice.creation)


def was_answered(invoice) -> bool:
	"""Whether the customer has said how a purchase was, under whatever number it stood then.

	:param invoice: as :func:`read` gives it
	"""
	return bool(frappe.db.exists(DOCTYPE, {**_about(invoice), "said_by": CUSTOMER}))


def _about(invoice) -> dict:
	"""Filters of what is about a purchase, and not about another one that had its number before."""
	return {
		"reference_doctype": INVOICE,
		"reference_name": ("in", invoice.versions),
		"creation": (">=", invoice.since),
	}


def rep_of(invoice) -> str | None:
	"""Who asked, or was to: whose work is rated."""
	about = {**_about(invoice), "assigned_to": ("is", "set")}
	return frappe.db.get_value("Follow Up", about, "assigned_to", order_by="creation desc")


def who_was_asked(invoice) -> str | None:
	"""The contact who was sent the link, whoever is the main one by now; where nobody knows whom a rep has asked, the main one.

	:param invoice: as :func:`read` gives it
	"""
	rules = frappe.get_all("Care Rule", {"trigger": TRIGGER}, pluck="name")
	sent = frappe.get_all(
		"Follow Up",
		{**_about(invoice), "care_rule": ("in", rules or ["-"]), "sent_to": ("is", "set")},
		pluck="sent_to_person",
		order_by="creation desc",
		limit=1,
	)
	doctype, _slash, name = (sent[0] or "").partition("/") if sent else (reached.CUSTOMER, "", "")
	if doctype == reached.CUSTOMER:
		return reached.asked_for(invoice.customer)
	return name if doctype == reached.CONTACT and frappe.db.exists(doctype, name) else None


@frappe.whitelist(allow_guest=True, methods=["POST"])
@typed(otherwise=not_valid)
@limits.limited(MOST_AN_HOUR)
def give(token: str = "", rating: str = "", person_rating: str = "", words: str = "") -> None:
	"""What the page's button calls: the customer says how a purchase was.

	:param rating: of what was bought, 1 … 5 or empty
	:param person_rating: of who looks after them, likewise
	"""
	invoice = read(token, for_update=True)
	if not invoice:
		return not_valid()
	if held_by_us():
		return not_ours_to_answer()
	if was_answered(invoice):
		return guest_pages.show(PURCHASE[0], token=token)
	rep = rep_of(invoice)
	# Without somebody to rate the page does not ask.
	stars = stars_of(rating), stars_of(person_rating) if rep else 0
	words = as_typed(words, LONGEST_WORDS)
	if None in stars or not (any(stars) or words):
		return nothing_said(PURCHASE[0])
	name = insert(
		{
			"customer": invoice.customer,
			"contact": who_was_asked(invoice),
			"kind": "After a Purchase",
			"reference_doctype": INVOICE,
			"reference_name": invoice.name,
			"rating": stars[0],
			"rated_user": rep,
			"person_rating": stars[1],
			"words": words,
		},
		by_customer=True,
	)
	if any(0 < one <= UNHAPPY for one in stars):
		_ask_to_call(invoice.customer, name)
	guest_pages.show(PURCHASE[0], token=token)


def _ask_to_call(customer: str, feedback: str) -> None:
	"""The rep calls who is not satisfied, the same day, whatever the cap says; the words stand in the feedback, not in the ToDo."""
	user = Assignment([customer], frappe.get_cached_doc("Keep Customers Settings")).user_for(customer)
	if not user:
		return
	title = frappe.db.get_value("Customer", customer, "customer_name") or customer
	[sentence] = sentences()
	text = sentence.format(escape_html(title), todos.link_to(DOCTYPE, feedback))
	todos.add(user, DOCTYPE, feedback, f"<p>{text}</p>", priority="High")


def sentences() -> list[str]:
	return [
		_(
			"{0} is not satisfied with a purchase. Please call today, and open a complaint if something is to be put right."
		)
		+ " ({1})",
	]
