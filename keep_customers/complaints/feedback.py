"""Whether a complaint is solved, in the customer's words.

A link is for one round of a case: after a second chance the customer is asked anew, and each round is answered once. The
links are signed and expire (``erp/signed.py``). What one of us has noted meanwhile takes no link away; it may close the case
or begin its second round, then the customer's own answer is kept, and told to who is responsible.
"""

from datetime import datetime

import frappe
from frappe import _
from frappe.utils import cint, escape_html, get_datetime, now_datetime

from keep_customers.access.lacking import lack, may_go
from keep_customers.access.lookups import named
from keep_customers.complaints import cases, escalation, waiting
from keep_customers.complaints.told import sentences
from keep_customers.engine import complaints as engine
from keep_customers.engine.consent import FEEDBACK
from keep_customers.erp import guest_pages, limits, signed
from keep_customers.erp.api import typed
from keep_customers.erp.language import day_in_words
from keep_customers.erp.tables import wait_for
from keep_customers.erp.texts import as_typed
from keep_customers.erp.todos import link_to
from keep_customers.messaging import delivery, messages
from keep_customers.messaging.feedback import (
	CUSTOMER,
	DOCTYPE,
	LONGEST_WORDS,
	MOST_AN_HOUR,
	AskedAlready,
	addressee,
	can_mail,
	days,
	held_by_us,
	insert,
	mail,
	may_be_asked,
	no_mail,
	not_ours_to_answer,
	not_valid,
	refuse_within_pause,
	stars_of,
)
from keep_customers.people import consent
from keep_customers.people.contacts import contact_or_main, has_moved

# Page and purpose of the links.
COMPLAINT = "complaint-answer", "complaint"
CHANNELS = ("Email", "SMS")


@frappe.whitelist(methods=["POST"])
@typed
def ask(case: str, channel: str = "Email") -> str:
	"""Send the customer's contact a link to say whether the complaint is solved.

	:param channel: Email or SMS
	:returns: the name of the contact who was asked, for the user to read
	:raises frappe.PermissionError: if the user may not write the case
	:raises frappe.ValidationError: if there is nothing to ask about, nobody to ask, or no way to send it; or if they were
		asked a short time ago
	"""
	doc = named(cases.DOCTYPE, case, "write")
	if channel not in CHANNELS:
		frappe.throw(_("Please choose Email or SMS."))
	try:
		name = send(doc, channel)
	except AskedAlready as already:
		frappe.throw(str(already), title=_("Not Yet"))
	_note_asked(doc)
	return name


@frappe.whitelist(methods=["POST"])
@typed
def note_link_given(case: str) -> None:
	"""Note that somebody has taken the link, to give it to the customer in their own way.

	:raises frappe.PermissionError: if the user may not write the case
	:raises frappe.ValidationError: if there is nothing to ask about
	"""
	doc = named(cases.DOCTYPE, case, "write")
	_may_be_asked(doc)
	_note_asked(doc)


def _note_asked(doc) -> None:
	doc.word_asked_on = now_datetime()
	waiting.set_times(doc, now_datetime(), moved=False)
	doc.db_set({"word_asked_on": doc.word_asked_on, "next_ask": doc.next_ask})


def prepared(doc) -> dict:
	"""Who is asked, how, and in which words; the link can be given in any other way.

	:returns: person, ways (dicts of channel, to, why_not: in words, empty if it can be sent, route: where that is mended, if the
		user may go there), subject, text, link, asked_on (None, once they have answered)
	:raises frappe.ValidationError: if there is nothing to ask about
	"""
	_may_be_asked(doc)
	contact = _whom(doc)
	language = messages.languages(doc.customer)[0]
	ways = []
	for channel in CHANNELS:
		why_not, route = _why_not_by(doc, contact, channel)
		to = _address(contact, channel) if contact else None
		way = {"channel": channel, "to": to, "why_not": why_not}
		ways.append({**way, "route": route if route and may_go(route) else None})
	return {
		"person": contact.full_name if contact else doc.contact_name,
		"ways": ways,
		"subject": _subject(language),
		"text": _question(doc, language),
		"link": link(doc, language),
		"asked_on": doc.word_asked_on if _has_not_answered(doc.word_asked_on, doc.word_on) else None,
	}


def send(doc, channel: str) -> str:
	"""As :func:`ask`, without asking for permission, and without noting it.

	:raises AskedAlready: if they were asked a short time ago
	"""
	_may_be_asked(doc)
	contact = _whom(doc)
	if not contact:
		frappe.throw(_no_contact())
	_not_within_the_pause(doc, contact)
	why_not, _route = _why_not_by(doc, contact, channel)
	if why_not:
		frappe.throw(escape_html(why_not))
	to = _address(contact, channel)
	language = messages.languages(doc.customer)[0]
	question, address = _question(doc, language), link(doc, language)
	if channel == "Email":
		mail(doc, to, question, _subject(language), language, address)
	else:
		try:
			delivery.text(to, f"{question} {address}")
		except Exception as error:
			delivery.refuse(error)
	return contact.full_name


def _whom(doc):
	return addressee(contact_or_main(doc.customer, doc.contact), doc.customer)


def _address(contact, channel: str) -> str | None:
	return contact.email_id if channel == "Email" else contact.mobile_no


def _no_contact() -> str:
	return _("The customer has no contact. Please add one first.")


def _why_not_by(doc, contact, channel: str) -> tuple[str, list[str] | None]:
	"""Why somebody cannot be asked this way, and what to do, as plain text, empty if they can; and where in Desk that is mended."""
	if not contact:
		return _no_contact(), ["Form", "Customer", doc.customer]
	name = contact.full_name
	if not _address(contact, channel):
		lacks = (
			_("No e-mail address is known of {0}.")
			if channel == "Email"
			else _("No mobile number is known of {0}.")
		)
		return lacks.format(name), ["Form", "Contact", contact.name]
	# It is no advertising; but who wants to hear nothing this way is asked in another.
	answer = consent.of_contact(doc.customer, contact.name, channel, FEEDBACK)
	if answer.refused:
		return _("{0} does not want this channel. Please choose another way.").format(name), None
	if not answer.reachable:
		return _("What was sent to this address came back."), ["Form", "Contact", contact.name]
	if channel == "Email" and not can_mail(doc.doctype):
		return no_mail(), ["List", "Email Account"]
	if channel == "SMS" and not delivery.sms_works():
		route = ["Form", "SMS Settings", "SMS Settings"]
		return lack(_("Please enter a gateway in SMS Settings."), route=route)["text"], route
	return "", None


def _not_within_the_pause(doc, contact) -> None:
	"""Neither a case nor a person is asked again at once, by whatever channel; the link they have goes on working."""
	may_be_asked(contact)
	asked_on, word_on = frappe.db.get_value(
		cases.DOCTYPE, doc.name, ["word_asked_on", "word_on"], for_update=True
	)
	if _has_not_answered(asked_on, word_on):
		refuse_within_pause(contact.full_name, asked_on)


def _has_not_answered(asked_on, word_on) -> bool:
	return bool(asked_on) and not (word_on and get_datetime(word_on) >= get_datetime(asked_on))


def asked(since: datetime) -> list[tuple]:
	"""(customer, contact, when) of those who were asked about complaints and have not answered yet."""
	rows = frappe.get_all(
		cases.DOCTYPE,
		filters={"word_asked_on": (">=", since)},
		fields=["customer", "contact", "word_asked_on", "word_on"],
		as_list=True,
	)
	return [
		(customer, contact_or_main(customer, contact), when)
		for customer, contact, when, word_on in rows
		if customer and _has_not_answered(when, word_on)
	]


def _may_be_asked(doc) -> None:
	if not doc.customer:
		frappe.throw(_("Please choose the customer first."))
	state = cases.state(doc)
	try:
		if doc.status == engine.CLOSED:
			raise engine.Refused("closed")
		if engine.OFFERED not in state.done:
			raise engine.Refused("no solution")
		if answered(doc.name, cases.current_round(doc)):
			raise engine.Refused("answered")
	except engine.Refused as refused:
		cases.refuse(refused)


def _question(doc, language: str) -> str:
	day = day_in_words(doc.opened_on, language)
	return _("You told us about a problem on {0}. Please tell us whether it is solved.", language).format(day)


def _subject(language: str) -> str:
	return _("Your complaint: is it solved?", language)


def link(case, language: str | None = None) -> str:
	"""The link to the page on which the customer answers about the case as it is now."""
	page, purpose = COMPLAINT
	return signed.link(page, purpose, f"{case.name}/{cases.current_round(case)}", days(), language)


# What the link leads to


def answered(case: str, round: int) -> str | None:
	"""Whether it is solved, Yes or No, as the customer has said in this round of a case or in a later one; None if they
	have not said."""
	about = {"reference_doctype": cases.DOCTYPE, "reference_name": case, "round": (">=", round)}
	return frappe.db.get_value(DOCTYPE, {**about, "said_by": CUSTOMER}, "solved", order_by="round asc")


def read_complaint(token: str, for_update: bool = False):
	"""(the case, its round) of a token; None if the token is not valid, the case is gone, or its contact another customer's by now.

	:param for_update: of two answers at the same moment the second one waits for the first
	"""
	subject = signed.read(COMPLAINT[1], token)
	name, _slash, round = (subject or "").rpartition("/")
	if name and for_update:
		wait_for(cases.DOCTYPE, name)
	if not name or not frappe.db.exists(cases.DOCTYPE, name):
		return None
	case, round = frappe.get_doc(cases.DOCTYPE, name, for_update=for_update), cint(round)
	if has_moved(case.contact, case.customer):
		return None
	# The page shows what is offered now: who has not answered about the first solution, and is shown the second, means that one.
	again = round < cases.current_round(case) and engine.OFFERED in cases.state(case).done
	return case, cases.current_round(case) if again and not answered(name, round) else round


@frappe.whitelist(allow_guest=True, methods=["POST"])
@typed(otherwise=not_valid)
@limits.limited(MOST_AN_HOUR)
def confirm(
	token: str = "", solved: str = "", rating: str = "", person_rating: str = "", words: str = ""
) -> None:
	"""What the page's button calls: the customer says whether the complaint is solved.

	:param solved: Yes or No
	:param rating: of the solution, 1 … 5 or empty
	:param person_rating: of who took care of it, likewise
	"""
	found = read_complaint(token, for_update=True)
	if not found:
		return not_valid()
	if held_by_us():
		return not_ours_to_answer()
	case, round = found
	if answered(case.name, round):
		return guest_pages.show(COMPLAINT[0], token=token)
	stars = stars_of(rating), stars_of(person_rating)
	if solved not in (engine.YES, engine.NO):
		return guest_pages.again(COMPLAINT[0], {"solved": _("Please say whether it is solved.")})
	if None in stars:
		return guest_pages.again(COMPLAINT[0], {"rating": _("Please choose 1 to 5.")})
	_hear(case, round, solved, *stars, as_typed(words, LONGEST_WORDS))
	guest_pages.show(COMPLAINT[0], token=token)


def _hear(case, round: int, solved: str, rating: float, person_rating: float, words: str) -> None:
	"""Record it as anybody's word would be. A guest says it, so nobody's permission is asked."""
	case.flags.by_customer = True
	case.flags.ignore_permissions = case.flags.ignore_mandatory = case.flags.ignore_links = True
	late = round != cases.current_round(case)
	if (case.status != engine.CLOSED or case.closed_unanswered) and not late:
		case.hear(solved, rating, person_rating, words)
		return
	# Somebody closed it, or noted a first no, before the answer came: so it stays, and who is responsible hears of it.
	record(case, round, solved, rating, person_rating, words)
	if solved == engine.NO:
		about = "not solved"
	elif late:
		about = "solved at first"
	else:
		return
	escalation.ask_responsible(case, sentences()[about].format(link_to(case.doctype, case.name)), "High")


def on_case(case) -> None:
	"""After a case is saved: what the customer said about it, on the page or to a rep, is a feedback."""
	before = case.get_doc_before_save()
	if not (before and case.word_on and case.has_value_changed("word_on")):
		return
	record(
		case,
		cases.current_round(before),
		case.word,
		case.solution_rating,
		case.person_rating,
		case.word_text,
	)


def record(case, round: int, solved: str, rating: float, person_rating: float, words: str) -> None:
	if not case.customer:
		return
	insert(
		{
			"customer": case.customer,
			"contact": contact_or_main(case.customer, case.contact),
			"kind": "Complaint",
			"reference_doctype": case.doctype,
			"reference_name": case.name,
			"round": round,
			"solved": solved,
			"rating": rating,
			"rated_user": case.responsible,
			"person_rating": person_rating if case.responsible else 0,
			"words": words,
		},
		by_customer=case.flags.by_customer,
	)
