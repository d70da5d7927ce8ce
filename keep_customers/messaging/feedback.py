"""What customers say: on the page a link leads to, or told to a rep; every answer is a Customer Feedback.

Only what came by a customer's own link is the customer's word: it is what ratings and means are made of, it uses up the
link, and it stays as it was given. What one of us writes down says so, and who did.
"""

from collections.abc import Collection
from datetime import timedelta

import frappe
from frappe import _
from frappe.model import no_value_fields
from frappe.utils import (
	cint,
	escape_html,
	flt,
	get_datetime,
	getdate,
	now_datetime,
)

from keep_customers.erp import guest_pages, mailbox
from keep_customers.erp.language import moment_shown
from keep_customers.erp.outgoing import mail_works
from keep_customers.erp.registered import registered
from keep_customers.erp.tables import lock
from keep_customers.people.addresses import mark
from keep_customers.people.confirmations import is_colleague
from keep_customers.people.contacts import is_contact_of, reached_at
from keep_customers.people.reached import asked_for_at

DOCTYPE = "Customer Feedback"
DAYS = 14  # where the settings say nothing
MOST_STARS = 5
LONGEST_WORDS = 2000
# Whose word it is.
CUSTOMER, NOTED = "Customer", "Noted by Us"
# Whose work is rated with a document: its field with the user.
WHOSE_WORK = {
	"Customer Touch": "rep", "Visit Plan": "rep", "Complaint Case": "responsible", "VIP Event": "host",
}  # fmt: skip
# What the server says of a feedback, whatever was sent.
OURS = ("said_by", "noted_by", "round")
MOST_AN_HOUR = 30  # answers from one network address


class AskedAlready(frappe.ValidationError):
	"""Somebody was asked a short time ago: when, and when it is possible again, in the user's language."""


# Asking


def days() -> int:
	"""How long a link to say something is good."""
	return cint(frappe.db.get_single_value("Keep Customers Settings", "word_days")) or DAYS


def addressee(name: str | None, customer: str):
	row = reached_at(name, customer)
	if row:
		row.full_name = row.full_name or row.first_name or row.name
	return row


def mail(doc, to: str, question: str, subject: str, language: str, address: str) -> None:
	"""Put a question and the link to answer it into the host's queue; an answer to the e-mail comes back to the document."""
	if not can_mail(doc.doctype):
		frappe.throw(no_mail())
	mailbox.send(
		recipients=[to],
		subject=subject,
		message='<p>{}</p><p><a href="{}">{}</a></p><p>{}</p>'.format(
			escape_html(question),
			escape_html(address),
			escape_html(_("Please answer here; it takes a minute.", language)),
			escape_html(_("Thank you!", language)),
		),
		reference_doctype=doc.doctype,
		reference_name=doc.name,
		# It is about their own case and no advertising.
		add_unsubscribe_link=0,
	)


def can_mail(doctype: str) -> bool:
	"""Whether there is an account to write from about a document."""
	return mail_works(doctype)


def no_mail() -> str:
	return _("No outgoing Email Account is set up. Please ask your administrator.")


def may_be_asked(contact) -> None:
	"""Hold the contact, and refuse to ask a person again who has been asked and has not answered.

	:raises AskedAlready: within the pause of the settings, whatever it was about
	"""
	if pause := _pause():
		# Of two who ask at once the second one sees the first.
		lock("Contact", contact.name)
		since = now_datetime() - pause
		rows = [row for asked in registered("keep_customers_asked") for row in asked(since)]
		main = asked_for_at({customer for customer, asked, _when in rows if not asked})
		times = [(asked or main.get(customer), get_datetime(when)) for customer, asked, when in rows]
		same = _same_person(contact, {whom for whom, _when in times if whom})
		refuse_within_pause(
			contact.full_name, max((when for whom, when in times if whom in same), default=None)
		)


def refuse_within_pause(who: str, asked_on) -> None:
	"""
	:param who: to be named
	:param asked_on: when somebody was last asked who has not answered; None if nobody was
	:raises AskedAlready: if that was less than the pause ago
	"""
	again = get_datetime(asked_on) + _pause() if asked_on else None
	if again and again > now_datetime():
		raise AskedAlready(
			_(
				"{0} was asked on {1} and has not answered yet; the link is still good. Please ask again after {2}."
			).format(escape_html(who), moment_shown(asked_on), moment_shown(again))
		)


def _pause() -> timedelta:
	return timedelta(hours=flt(frappe.get_cached_doc("Keep Customers Settings").get("feedback_pause_hours")))


def _same_person(contact, others: Collection[str]) -> set[str]:
	"""Those of some contacts that are this one, or have an address of its: who buys for two customers is asked as one."""
	own = _marks(contact)
	rows = frappe.get_all("Contact", {"name": ("in", list(others))}, ["name", "email_id", "mobile_no"])
	return {row.name for row in rows if row.name == contact.name or own & _marks(row)}


def _marks(contact) -> set[str]:
	return {mark(address) for address in (contact.email_id, contact.mobile_no) if address}


# Being told


def was_said(doc) -> bool:
	"""Whether the customer has said already how a visit or an event was; what one of us has noted is no answer of theirs."""
	about = {"reference_doctype": doc.doctype, "reference_name": doc.name, "said_by": CUSTOMER}
	return bool(frappe.db.exists(DOCTYPE, about))


def held_by_us() -> bool:
	"""Whether who opens a customer's link is logged in as one of us."""
	return is_colleague(frappe.session.user)


def insert(values: dict, by_customer: bool) -> str:
	"""Record what a customer said; returns the Customer Feedback's name.

	:param by_customer: on the page of their link, else one of us has noted it
	"""
	doc = frappe.get_doc({"doctype": DOCTYPE, "channel": "Web Page" if by_customer else "Phone", **values})
	# Round and contact are right: they follow from the link or the case.
	doc.flags.by_app, doc.flags.by_customer = True, by_customer
	doc.flags.ignore_links = True
	# A guest says it, or a rep has written it into the case.
	return doc.insert(ignore_permissions=True).name


def stars_of(text: str) -> float | None:
	"""A rating as the host stores it, 0 … 1; 0 for none, None for what is no rating."""
	if not text:
		return 0.0
	number = cint(text)
	return number / MOST_STARS if text == str(number) and 1 <= number <= MOST_STARS else None


def not_valid() -> None:
	guest_pages.not_valid(advice())


def advice() -> str:
	return _("Please answer our message instead; we want to hear from you.")


def not_ours_to_answer() -> None:
	guest_pages.say(_("This Page Is the Customer's"), what_to_do_instead(), 403)


def what_to_do_instead() -> str:
	return _("You are logged in as one of us. Please note what the customer says in Customer Feedback.")


def state(answered: bool, context) -> str:
	"""What the page of a link shows: its question, the thanks, or to one of us that it is none of theirs to answer."""
	if held_by_us():
		context.advice = what_to_do_instead()
		return "ours"
	return "answered" if answered else "open"


def nothing_said(page: str) -> None:
	"""Ask again where the form had no answer in it."""
	guest_pages.again(page, {"rating": _("Please answer at least one of the questions.")})


# The record


def validate(doc) -> None:
	"""
	:raises frappe.ValidationError: if a rating, a person or a document does not fit
	"""
	before = doc.get_doc_before_save()
	if before and before.said_by == CUSTOMER:
		_stays(doc, before)
	_say_whose_word(doc, before)
	if doc.channel == "Web Page" and not doc.flags.by_app and _changed(doc, "channel"):
		frappe.throw(
			_("Only the customers themselves answer on the web page. Please choose another channel.")
		)
	# The host fetches it for forms only; a list has no other title.
	doc.customer_name = doc.customer_name or frappe.db.get_value("Customer", doc.customer, "customer_name")
	# A form takes no parts of a second, and would think that somebody has changed it.
	doc.given_on = get_datetime(doc.given_on).replace(microsecond=0)
	if getdate(doc.given_on) > getdate():
		frappe.throw(_("Feedback is recorded after it was given. Please check the date."))
	if doc.person_rating and not doc.rated_user:
		frappe.throw(_("Please choose the person who is rated."))
	if doc.contact and not doc.flags.by_app and _changed(doc, "contact"):
		if not is_contact_of(doc.contact, doc.customer):
			frappe.throw(
				_("{0} is no contact of this customer, or nobody has confirmed it yet.").format(doc.contact)
			)
	if doc.reference_name and not _is_about(doc.reference_doctype, doc.reference_name, doc.customer):
		frappe.throw(_("Please choose a document of this customer."))
	if doc.said_by != CUSTOMER:
		_no_stars_for_oneself(doc)


def on_trash(doc) -> None:
	"""
	:raises frappe.PermissionError: if somebody deletes what a customer said of their own work
	"""
	if doc.said_by == CUSTOMER and frappe.session.user in _rated(doc):
		frappe.throw(
			_("What a customer said of your own work stays. Please ask another manager."),
			frappe.PermissionError,
		)


def _say_whose_word(doc, before) -> None:
	round = doc.round
	for field in OURS:
		doc.set(field, before.get(field) if before else None)
	if not before:
		doc.said_by = CUSTOMER if doc.flags.by_customer else NOTED
		doc.noted_by = None if doc.flags.by_customer else frappe.session.user
	if doc.flags.by_app:
		doc.round = round


def _stays(doc, before) -> None:
	for field in doc.meta.fields:
		# A customer's name may have changed meanwhile.
		name = field.fieldname
		if field.fieldtype in no_value_fields or field.read_only or not (doc.get(name) or before.get(name)):
			continue
		if doc.has_value_changed(name):
			frappe.throw(
				_(
					"What a customer said stays as it was said. Please note what you know besides in another one."
				)
			)


def _no_stars_for_oneself(doc) -> None:
	given = [field for field in ("rating", "person_rating") if flt(doc.get(field)) and _changed(doc, field)]
	if given and frappe.session.user in _rated(doc):
		frappe.throw(
			_(
				"Stars for your own work are the customer's to give, by their link. Please note their words only."
			),
			frappe.PermissionError,
		)


def _rated(doc) -> set[str]:
	"""Whose work a feedback is about."""
	doctype, name = doc.reference_doctype, doc.reference_name
	if doctype == "VIP Invitation":
		doctype, name = "VIP Event", frappe.db.get_value(doctype, name, "event")
	field = WHOSE_WORK.get(doctype)
	return {doc.rated_user, frappe.db.get_value(doctype, name, field) if field and name else None} - {None}


def _changed(doc, field: str) -> bool:
	return doc.is_new() or doc.has_value_changed(field)


def _is_about(doctype: str | None, name: str, customer: str) -> bool:
	if not doctype:
		return False
	if doctype == "Customer":
		return name == customer
	if doctype == "Visit Plan":
		return bool(frappe.db.exists("Visit Plan Stop", {"parent": name, "customer": customer}))
	if doctype == "VIP Event":
		return bool(frappe.db.exists("VIP Invitation", {"event": name, "customer": customer}))
	if not frappe.get_meta(doctype).has_field("customer"):
		return False
	return frappe.db.get_value(doctype, name, "customer") == customer
