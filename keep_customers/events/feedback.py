"""What guests say of an event they were at, on the page a signed link leads to: how it was, and which ones they would like."""

import frappe
from frappe.utils import get_datetime, now_datetime

from keep_customers.engine.events import ACCEPTED
from keep_customers.erp import guest_pages, limits, signed
from keep_customers.erp.api import typed
from keep_customers.erp.tables import wait_for
from keep_customers.erp.texts import as_typed
from keep_customers.events import wishes
from keep_customers.events.pages import MOST_AN_HOUR, days_until_end
from keep_customers.events.terms import EVENT, INVITATION
from keep_customers.messaging import feedback
from keep_customers.people.contacts import has_moved

PAGE, PURPOSE = "care-feedback", "event-feedback"
LONGEST_WISH = 500


def link(invitation: str, language: str | None = None) -> str:
	"""The link to the page; it works once the guest has been there, and for one answer, however long before it goes out."""
	event = frappe.get_cached_doc(EVENT, frappe.db.get_value(INVITATION, invitation, "event"))
	return signed.link(PAGE, PURPOSE, invitation, max(0, days_until_end(event)) + feedback.days(), language)


def read(token: str, for_update: bool = False):
	"""The VIP Invitation of a token; None if the token is not valid, or its guest was not there or is another customer's
	by now.

	:param for_update: of two answers at the same moment the second one waits for the first, and sees it
	"""
	name = signed.read(PURPOSE, token)
	if name and for_update:
		wait_for(INVITATION, name)
	status = frappe.db.get_value(INVITATION, name, "status") if name else None
	if status != "Attended":
		return None
	invitation = frappe.get_doc(INVITATION, name)
	return None if has_moved(invitation.contact, invitation.customer) else invitation


def begins_on(token: str):
	"""When the event begins of which the guest of a token can say nothing yet; None for all other tokens."""
	name = signed.read(PURPOSE, token)
	fields = ["event", "status", "customer", "contact"]
	invitation = name and frappe.db.get_value(INVITATION, name, fields, as_dict=True)
	if not invitation or invitation.status != ACCEPTED or has_moved(invitation.contact, invitation.customer):
		return None
	starts_on = frappe.db.get_value(EVENT, invitation.event, "starts_on")
	return starts_on if starts_on and get_datetime(starts_on) > now_datetime() else None


@frappe.whitelist(allow_guest=True, methods=["POST"])
@typed(otherwise=feedback.not_valid)
@limits.limited(MOST_AN_HOUR)
def give(token: str = "", rating: str = "", person_rating: str = "", words: str = "", wish: str = "") -> None:
	"""What the page's button calls. The form may have several ``votes``, each the name of an open Event Suggestion.

	:param rating: of the event, 1 … 5 or empty
	:param person_rating: of the host, likewise
	:param wish: an event that nobody has suggested yet
	"""
	invitation = read(token, for_update=True)
	if not invitation:
		return feedback.not_valid()
	if feedback.held_by_us():
		return feedback.not_ours_to_answer()
	if feedback.was_said(invitation):
		return guest_pages.show(PAGE, token=token)
	stars = feedback.stars_of(rating), feedback.stars_of(person_rating)
	words, wish = as_typed(words, feedback.LONGEST_WORDS), as_typed(wish, LONGEST_WISH)
	offered = {one["name"] for one in wishes.open_suggestions()}
	votes = sorted(offered & set(frappe.request.form.getlist("votes")))
	if None in stars or not (any(stars) or words or votes or wish):
		return feedback.nothing_said(PAGE)
	host = frappe.db.get_value(EVENT, invitation.event, "host")
	name = feedback.insert(
		{
			"customer": invitation.customer,
			"contact": invitation.contact,
			"kind": "Event",
			"reference_doctype": INVITATION,
			"reference_name": invitation.name,
			"rating": stars[0],
			"rated_user": host,
			"person_rating": stars[1] if host else 0,
			"words": words,
		},
		by_customer=True,
	)
	for vote in votes:
		wishes.vote(vote, invitation.customer, feedback.DOCTYPE, name)
	if wish:
		wishes.suggest(invitation.customer, wish, feedback.DOCTYPE, name)
	guest_pages.show(PAGE, token=token)
