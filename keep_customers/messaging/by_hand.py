"""Messages that a rep sends from a care ToDo."""

from urllib.parse import quote

import frappe
from frappe import _
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.utils import add_to_date, escape_html, get_datetime, now_datetime

from keep_customers.care.at_hand import on_the_envelope
from keep_customers.care.todos import care_todo
from keep_customers.erp.api import typed
from keep_customers.erp.company import letter_head
from keep_customers.messaging import delivery, recipients, reports
from keep_customers.messaging.sending import rule_of
from keep_customers.people import consent

LETTER = "Letter"


@frappe.whitelist()
@typed
def message_for_todo(todo: str) -> dict:
	"""What a rep may say for a care ToDo, and the ways to send it.

	:returns: customer, customer_name, channel, subject, text (both may be empty), send_status, ways: list of dicts with
		channel, to, link (mailto:, tel: or sms:, ready to be opened, or None), can_send (whether send_for_todo sends
		it), refused (whether they do not want it; then there is neither), by (who says so, empty for everybody of the
		customer), came_back (whether what was sent there before did); letter, where one is asked for and wanted, else None: address
		(its lines), header and footer (HTML)
	:raises frappe.PermissionError: if the user may not read the ToDo, its follow-up and the customer
	"""
	_todo, row = care_todo(todo, "read")
	rule = rule_of(row)
	kind = rule and rule.message_kind
	message = {"subject": "", "text": ""}
	# The words name the person whose day it is, who stands in the file.
	personal = row.reference_doctype == "Customer File Person"
	if kind and (not personal or _may_read_file(row.customer)):
		try:
			message = delivery.compose(row, kind)
		except delivery.NotSent:
			pass  # there is no such message; the rep finds the words
	ways, letter = _ways(row, message), None
	if row.channel == LETTER:
		if no := _refused_letter(row):
			ways.append(no)
		else:
			letter = {"address": on_the_envelope(row.customer), **letter_head()}
	return {
		"customer": row.customer,
		"customer_name": row.customer_name,
		"channel": row.channel,
		"send_status": row.send_status,
		**message,
		"ways": ways,
		"letter": letter,
	}


def _refused_letter(row) -> dict | None:
	"""That no letter is wanted, as one of the ways; None if one may be sent."""
	recipient = recipients.recipient_of(row).readable()
	[answer] = consent.answers([_asked(row, recipient, LETTER)])
	if not answer.refused:
		return None
	by = _who_says_no(recipient, LETTER, answer)
	return {
		"channel": LETTER, "to": None, "link": None, "can_send": False, "refused": True, "by": by, "came_back": False,
	}  # fmt: skip


def _may_read_file(customer: str) -> bool:
	# Asked about a file that is gone, the framework raises.
	file = frappe.db.exists("Customer File", customer)
	return bool(file and frappe.has_permission("Customer File", "read", doc=file))


def _ways(row, message: dict) -> list[dict]:
	recipient = recipients.recipient_of(row).readable()
	where = recipient.addresses
	email, mobile, phone = where["email"], where["mobile"], where["phone"]
	text = quote(message["text"].replace("\n", "\r\n"), safe="")
	mailto = f"mailto:{quote(email or '', safe='@')}?subject={quote(message['subject'], safe='')}&body={text}"
	ways = [
		("Email", "Email", email, mailto, bool(EmailAccount.find_outgoing(match_by_doctype="Customer"))),
		("Phone", "Phone", phone, f"tel:{_digits(phone)}", False),
		("SMS", "SMS", mobile, f"sms:{_digits(mobile)}?body={text}", delivery.sms_works()),
	]
	ways = [way for way in ways if way[2]]
	ways += [(name, "Messenger", mobile, None, True) for name in delivery.other_channels()]
	answers = consent.answers([_asked(row, recipient, agreed_as) for _name, agreed_as, *_way in ways])
	found = []
	for (name, agreed_as, to, link, can_send), answer in zip(ways, answers, strict=True):
		no = answer.refused
		found.append(
			{
				"channel": name,
				"to": None if no else to,
				"link": None if no else link,
				"can_send": can_send and not no,
				"refused": no,
				"by": _who_says_no(recipient, agreed_as, answer) if no else None,
				"came_back": not no and not answer.reachable,
			}
		)
	return found


def _asked(row, recipient, channel: str) -> consent.Question:
	"""
	:param recipient: as far as the user of this session may read who it is; a letter and a messenger find who they may not, too
	"""
	whom = recipient if recipient.people else recipients.recipient_of(row)
	return consent.ask(row.customer, whom, channel, consent.purpose_of(row))


def _who_says_no(recipient, channel: str, answer) -> str:
	"""The person, for the rep to read; empty where nobody of the customer is to be contacted so."""
	person, _address = recipient.by(channel)
	return "" if answer.everybody or not person else person.name or ""


def _digits(number: str | None) -> str:
	return "".join(c for c in number or "" if c in "+0123456789")


@frappe.whitelist(methods=["POST"])
@typed
def send_for_todo(todo: str, channel: str, text: str, subject: str | None = None) -> str:
	"""Send what the rep has written to the customer of a care ToDo; the ToDo stays open.

	:param channel: Email, SMS or the name of another app's channel
	:returns: the follow-up's send_status: Sending for an e-mail that is in the queue, else Sent
	:raises frappe.PermissionError: if the user may not write the ToDo, or not read the follow-up and the customer
	:raises frappe.ValidationError: if the customer refused the channel, or there is no address or no text
	"""
	doc, row = care_todo(todo, "write")
	message = {"subject": " ".join((subject or "").split()), "text": (text or "").strip()}
	if channel not in ("Email", "SMS", *delivery.other_channels()):
		frappe.throw(_("{0} cannot be sent from here. Please choose another way.").format(_(channel)))
	if doc.status != "Open":
		frappe.throw(_("This ToDo is done. Please open it again to send another message."))
	if not message["text"]:
		frappe.throw(_("Please write what shall be sent."))
	if channel == "Email":
		if not message["subject"]:
			frappe.throw(_("Please give the e-mail a subject."))
		frappe.get_doc("Customer", row.customer).check_permission("email")
	agreed_as = channel if channel in ("Email", "SMS") else "Messenger"
	recipient = recipients.recipient_of(row).readable()
	[answer] = consent.answers([_asked(row, recipient, agreed_as)])
	if answer.refused:
		who = _who_says_no(recipient, agreed_as, answer)
		frappe.throw(
			_("{0} does not want this channel. Please choose another way.").format(escape_html(who))
			if who
			else _("The customer does not want this channel. Please choose another way.")
		)
	to = recipient.addresses["email" if channel == "Email" else "mobile"]
	if not to and agreed_as != "Messenger":
		frappe.throw(_("No address is known. Please enter one in the customer's contact."))
	# Two clicks are one message.
	before = frappe.db.get_value("Follow Up", row.name, ["send_status", "modified"], for_update=True)
	if before[0] in reports.ORDER and get_datetime(before[1]) > add_to_date(now_datetime(), seconds=-30):
		frappe.throw(_("A message was sent just now. Please wait half a minute before the next one."))
	row.assigned_to = frappe.session.user
	try:
		values = {"send_status": "Sent", "sent_on": now_datetime(), "send_error": "", "email_queue": None}
		if channel == "Email":
			values |= {"send_status": "Sending", "email_queue": delivery.send_email(row, to, message)}
		else:
			delivery.send_by_gateway(row, to, message, channel)
	except Exception as error:
		delivery.refuse(error, by_gateway=channel != "Email")
	frappe.db.set_value("Follow Up", row.name, values)
	return values["send_status"]
