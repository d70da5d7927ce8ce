"""What customers say: on the page a link leads to, or told to a rep; every answer is a Customer Feedback.

A link about a complaint is for one round of it: after a second chance the customer is asked anew, and each round is
answered once. The links are signed and expire (``erp/signed.py``).
"""

import frappe
from frappe import _
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.rate_limiter import rate_limit
from frappe.utils import cint, escape_html, flt, get_fullname, getdate, now_datetime

from keep_customers.engine import complaints as engine
from keep_customers.erp import complaints, followups, messages, sending, signed
from keep_customers.erp.tables import wait_for
from keep_customers.erp.todos import link_to

DOCTYPE = "Customer Feedback"
TOUCH = "Customer Touch"
# Page and purpose of the links.
COMPLAINT, VISIT = ("complaint-answer", "complaint"), ("care-feedback", "visit")
DAYS = 14  # where the settings say nothing
MOST_STARS = 5
LONGEST_WORDS = 2000


# Asking


@frappe.whitelist(methods=["POST"])
def ask(case: str, channel: str = "Email") -> str:
	"""Send the customer's contact a link to say whether the complaint is solved.

	:param channel: Email or SMS
	:returns: the name of the contact who was asked, for the user to read
	:raises frappe.PermissionError: if the user may not write the case
	:raises frappe.ValidationError: if there is nothing to ask about, nobody to ask, or no way to send it
	"""
	doc = frappe.get_doc(complaints.DOCTYPE, case)
	doc.check_permission("write")
	if channel not in ("Email", "SMS"):
		frappe.throw(_("Please choose Email or SMS."))
	_may_be_asked(doc)
	contact = _contact(_whom(doc.customer, doc.contact))
	if not contact:
		frappe.throw(_("The customer has no contact. Please add one first."))
	to = contact.email_id if channel == "Email" else contact.mobile_no
	if not to:
		frappe.throw(
			_("No e-mail address is known of {0}.").format(escape_html(contact.full_name))
			if channel == "Email"
			else _("No mobile number is known of {0}.").format(escape_html(contact.full_name))
		)
	language = messages.languages(doc.customer)[0]
	if channel == "Email":
		_mail(doc, to, _question(doc, language), _("Your complaint: is it solved?", language), language)
	else:
		try:
			sending.text(to, f"{_question(doc, language)} {link(doc, language)}")
		except sending.NotSent as error:
			frappe.throw(str(error))
	doc.db_set("word_asked_on", now_datetime())
	return contact.full_name


def _may_be_asked(doc) -> None:
	if not doc.customer:
		frappe.throw(_("Please choose the customer first."))
	state = complaints.state(doc)
	try:
		if doc.status == engine.CLOSED:
			raise engine.Refused("closed")
		if engine.OFFERED not in state.done:
			raise engine.Refused("no solution")
		if answered(doc.name, complaints.current_round(doc)):
			raise engine.Refused("answered")
	except engine.Refused as refused:
		complaints.refuse(refused)


def _whom(customer: str, contact: str | None) -> str | None:
	"""The contact, if it is the customer's, else the customer's main one: a word of theirs is asked of nobody else,
	whatever address stands in the case."""
	if contact and is_contact_of(contact, customer):
		return contact
	return messages.primary_contact(customer)


def _contact(name: str | None):
	fields = ["name", "full_name", "first_name", "email_id", "mobile_no", "unsubscribed"]
	row = frappe.db.get_value("Contact", name, fields, as_dict=True) if name else None
	if row:
		row.full_name = row.full_name or row.first_name or row.name
	return row


def is_contact_of(contact: str, customer: str) -> bool:
	return bool(
		frappe.db.exists(
			"Dynamic Link",
			{
				"parenttype": "Contact",
				"parent": contact,
				"link_doctype": "Customer",
				"link_name": customer,
			},
		)
	)


def _question(doc, language: str) -> str:
	day = messages.day_in_words(doc.opened_on, language)
	return _("You told us about a problem on {0}. Please tell us whether it is solved.", language).format(day)


def _mail(doc, to: str, question: str, subject: str, language: str, address: str | None = None) -> None:
	"""Put the question into the host's queue; an answer to the e-mail comes back to the document."""
	address = address or link(doc, language)
	if not EmailAccount.find_outgoing(match_by_doctype=doc.doctype):
		frappe.throw(_("No outgoing Email Account is set up. Please ask your administrator."))
	frappe.sendmail(
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


def link(case, language: str | None = None) -> str:
	"""The link to the page on which the customer answers about the case as it is now."""
	page, purpose = COMPLAINT
	return signed.link(page, purpose, f"{case.name}/{complaints.current_round(case)}", days(), language)


def days() -> int:
	"""How long a link to say something is good."""
	return cint(frappe.db.get_single_value("Keep Customers Settings", "word_days")) or DAYS


def after_visit(touch: str) -> None:
	"""Ask the customer how a visit was, if the settings say so and nothing stands against it."""
	if not frappe.db.get_single_value("Keep Customers Settings", "feedback_after_visits"):
		return
	doc = frappe.get_doc(TOUCH, touch)
	contact = _contact(messages.primary_contact(doc.customer))
	if not contact or not contact.email_id or contact.unsubscribed:
		return
	if (doc.customer, "Email") in followups.refused_channels([doc.customer]):
		return
	# A report is filed whether or not the site sends e-mails.
	if not EmailAccount.find_outgoing(match_by_doctype=TOUCH):
		return
	language = messages.languages(doc.customer)[0]
	page, purpose = VISIT
	_mail(
		doc,
		contact.email_id,
		_("{0} was with you on {1}. How was it?", language).format(
			get_fullname(doc.rep), messages.day_in_words(doc.date, language)
		),
		_("How was our visit?", language),
		language,
		signed.link(page, purpose, touch, days(), language),
	)


# What the links lead to


def answered(case: str, round: int) -> bool:
	"""Whether the customer has said in this round of a case whether it is solved."""
	return bool(
		frappe.db.exists(
			DOCTYPE, {"reference_doctype": complaints.DOCTYPE, "reference_name": case, "round": round}
		)
	)


def read_complaint(token: str, for_update: bool = False):
	"""(the case, its round) of a token; None if the token is not valid or the case is gone.

	:param for_update: of two answers at the same moment the second one waits for the first
	"""
	subject = signed.read(COMPLAINT[1], token)
	name, _slash, round = (subject or "").rpartition("/")
	if name and for_update:
		wait_for(complaints.DOCTYPE, name)
	if not name or not frappe.db.exists(complaints.DOCTYPE, name):
		return None
	return frappe.get_doc(complaints.DOCTYPE, name, for_update=for_update), cint(round)


def read_visit(token: str, for_update: bool = False):
	"""The Customer Touch of a token; None if the token is not valid or the touch is gone."""
	name = signed.read(VISIT[1], token)
	if name and for_update:
		wait_for(TOUCH, name)
	if not name or not frappe.db.exists(TOUCH, name):
		return None
	return frappe.get_doc(TOUCH, name, for_update=for_update)


def is_answered(case, round: int) -> bool:
	"""Whether a link of this round has nothing left to ask."""
	return round != complaints.current_round(case) or answered(case.name, round)


def was_said(doc) -> bool:
	"""Whether there is a feedback on a visit or an event already."""
	return bool(frappe.db.exists(DOCTYPE, {"reference_doctype": doc.doctype, "reference_name": doc.name}))


@frappe.whitelist(allow_guest=True, methods=["POST"])
@rate_limit(limit=30, seconds=60 * 60)
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
	case, round = found
	if is_answered(case, round):
		return thank(_("We have your answer already."))
	stars = stars_of(rating), stars_of(person_rating)
	if solved not in (engine.YES, engine.NO) or None in stars:
		return try_again()
	_hear(case, solved, *stars, words.strip()[:LONGEST_WORDS])
	thank(
		_("We are glad that it is solved.")
		if solved == engine.YES
		else _("We are sorry. Somebody will look at it again and get in touch with you.")
	)


def _hear(case, solved: str, rating: float, person_rating: float, words: str) -> None:
	"""Record it as anybody's word would be. A guest says it, so nobody's permission is asked."""
	case.flags.by_customer = True
	case.flags.ignore_permissions = case.flags.ignore_mandatory = case.flags.ignore_links = True
	if case.status != engine.CLOSED:
		case.hear(solved, rating, person_rating, words)
		return
	# Somebody closed it before the answer came: it stays closed, and who is responsible hears of a no.
	record(case, complaints.current_round(case), solved, rating, person_rating, words)
	if solved == engine.NO and case.responsible:
		text = _("The customer of {0} says that it is not solved.")
		complaints.ask(case, case.responsible, text.format(link_to(case.doctype, case.name)), "High")


def on_case(case) -> None:
	"""After a case is saved: what the customer said about it, on the page or to a rep, is a feedback."""
	before = case.get_doc_before_save()
	if not (before and case.word_on and case.has_value_changed("word_on")):
		return
	record(
		case,
		complaints.current_round(before),
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
			"contact": _whom(case.customer, case.contact),
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


@frappe.whitelist(allow_guest=True, methods=["POST"])
@rate_limit(limit=30, seconds=60 * 60)
def give(token: str = "", rating: str = "", person_rating: str = "", words: str = "") -> None:
	"""What the page's button calls: the customer says how a visit was; parameters as of :func:`confirm`."""
	touch = read_visit(token, for_update=True)
	if not touch:
		return not_valid()
	if was_said(touch):
		return thank(_("We have your answer already."))
	stars, words = (stars_of(rating), stars_of(person_rating)), words.strip()[:LONGEST_WORDS]
	if None in stars or not (any(stars) or words):
		return try_again()
	insert(
		{
			"customer": touch.customer,
			"contact": messages.primary_contact(touch.customer),
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
	thank(_("We have your answer."))


def insert(values: dict, by_customer: bool) -> str:
	"""Record what a customer said; returns the Customer Feedback's name."""
	doc = frappe.get_doc({"doctype": DOCTYPE, "channel": "Web Page" if by_customer else "Phone", **values})
	# Round and contact are right: they follow from the link or the case.
	doc.flags.by_app = True
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
	signed.not_valid(advice())


def advice() -> str:
	return _("Please answer our message or call us instead; we want to hear from you.")


def thank(text: str) -> None:
	frappe.respond_as_web_page(_("Thank You"), text, indicator_color="green")


def try_again() -> None:
	frappe.respond_as_web_page(
		_("Something Is Missing"),
		_("Please go back and answer the questions; what you wrote is still there."),
		http_status_code=400,
		indicator_color="orange",
	)


# The record


def validate(doc) -> None:
	"""
	:raises frappe.ValidationError: if a rating, a person or a document does not fit
	"""
	if doc.channel == "Web Page" and not doc.flags.by_app and _changed(doc, "channel"):
		frappe.throw(
			_("Only the customers themselves answer on the web page. Please choose another channel.")
		)
	if not doc.flags.by_app:
		# Whether a link is used up is for the customer's own answers to say.
		before = doc.get_doc_before_save()
		doc.round = before.round if before else 0
	if getdate(doc.given_on) > getdate():
		frappe.throw(_("Feedback is recorded after it was given. Please check the date."))
	for field in ("rating", "person_rating"):
		if not 0 <= flt(doc.get(field)) <= 1:
			frappe.throw(_("A rating is between 0 and 1, as stars are stored."))
	if doc.person_rating and not doc.rated_user:
		frappe.throw(_("Please choose the person who is rated."))
	if doc.contact and not doc.flags.by_app and not is_contact_of(doc.contact, doc.customer):
		frappe.throw(_("{0} is no contact of this customer.").format(doc.contact))
	if doc.reference_name and not _is_about(doc.reference_doctype, doc.reference_name, doc.customer):
		frappe.throw(_("Please choose a document of this customer."))


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
