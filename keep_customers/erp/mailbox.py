"""E-mails the host receives and sends: what machines wrote is marked, what we send says that a machine did.

The host shows an app neither the headers of what comes in nor has it a parameter for those of what goes out. So its class of
an incoming mail is wrapped once a process, before anything is done there (``before_job``, ``before_request``): a hook of its
own would be ``override_doctype_class``, of which the last app wins. Outgoing, its hook for a message's body is used.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from email.headerregistry import UnstructuredHeader

import frappe
from frappe.core.doctype.communication.communication import Communication

# nosemgrep: frappe-monkey-patching-not-allowed, see above
from frappe.email.doctype.email_account.email_account import EmailAccount

# nosemgrep: frappe-monkey-patching-not-allowed, see above
from frappe.email.receive import InboundMail
from frappe.utils import add_to_date, cstr, now_datetime

from keep_customers.engine import automatic, senders
from keep_customers.erp.host import where_we_are
from keep_customers.erp.registered import registered

# What the host takes off a subject of what was passed on, before it looks for a document with the rest.
PASSED_ON = re.compile(r"(\s*(re|aw)[^:]*:)*\s*(fwd?|wg)\b[^:]*:", re.IGNORECASE)
ADDRESS = re.compile(r"[\w.+-]+@[\w-][\w.-]*\w")
MOST_REPLIES = 5  # of the host's automatic ones to an address within an hour: a robot may hide that it is one
MARK = "Automated Message"  # the host's own mark, shown in its timeline
FORGED = "Marked As Spam"  # the host's word, too: nobody counts it as something that the customer has written
GENERATED, REPLIED = "auto-generated", "auto-replied"


# Coming in


def install(**_about) -> None:
	"""Look at what comes in, whoever pulls it."""
	if getattr(InboundMail, "_keep_customers", False):
		return
	as_dict, create, process, match, exists = (
		InboundMail.as_dict,
		InboundMail._create_reference_document,
		InboundMail.process,
		InboundMail.match_record_by_subject_and_sender,
		InboundMail.is_exist_in_system,
	)
	reply = EmailAccount.send_auto_reply

	def marked(mail) -> dict:
		more = {"communication_type": MARK} if is_automatic(mail) else {}
		# The host takes it for who is to be answered, or as whose a list says that it came.
		if senders.is_forged(mail.mail, cstr(mail.from_email)):
			more["delivery_status"] = FORGED
		return as_dict(mail) | more

	def created(mail, doctype):
		# A machine's mail is no document of ours; of others the host decides.
		if is_automatic(mail) and frappe.get_meta(doctype).module == "Keep Customers":
			return None
		return create(mail, doctype)

	def matched(mail, doctype):
		record = match(mail, doctype)
		return None if record and _is_of_somebody_else(mail, record) else record

	def known(mail):
		# Of what another mailbox got, version 16 makes a second one.
		return exists(mail) or (_leads_to_ours(mail) and _got_elsewhere(mail)) or None

	def processed(mail):
		communication = process(mail)
		if mail.flags.is_new_communication and is_automatic(mail):
			# Neither the host's automatic reply nor its notice to all: two robots would write to each other.
			mail.flags.is_new_communication = False
			verdict = verdict_of(mail)
			if verdict.returned and verdict.message_id:
				for tell in registered("keep_customers_came_back"):
					tell(verdict.message_id, verdict.returned)
		elif communication and not mail.flags.is_new_communication:
			_came_here_too(mail, communication)
		return communication

	def replied(account, communication, mail):
		since = add_to_date(now_datetime(), hours=-1)
		from_it = {"sender": mail.from_email, "sent_or_received": "Received", "creation": (">", since)}
		if frappe.db.count("Communication", from_it) <= MOST_REPLIES:
			with _headers({"Auto-Submitted": REPLIED}):
				reply(account, communication, mail)

	EmailAccount.send_auto_reply = where_we_are(reply, replied)
	InboundMail.as_dict = where_we_are(as_dict, marked)
	InboundMail._create_reference_document = where_we_are(create, created)
	InboundMail.process = where_we_are(process, processed)
	InboundMail.match_record_by_subject_and_sender = where_we_are(match, matched)
	InboundMail.is_exist_in_system = where_we_are(exists, known)
	InboundMail._keep_customers = True
	policy.SMTP.header_factory.map_to_type("list-unsubscribe", _Unfolded)


def _leads_to(mail) -> str | None:
	"""The doctype of which its mailbox makes a document of each e-mail."""
	return mail.append_to if mail.email_account.use_imap else mail.email_account.append_to


def _leads_to_ours(mail) -> bool:
	doctype = _leads_to(mail)
	return bool(doctype) and frappe.get_meta(doctype).module == "Keep Customers"


def _got_elsewhere(mail):
	"""The Communication of an e-mail that another mailbox got."""
	return mail.message_id and Communication.find_one_by_filters(
		message_id=mail.message_id, sent_or_received="Received", order_by="creation DESC"
	)


def _came_here_too(mail, communication) -> None:
	"""An e-mail to two mailboxes is taken once: what the other one got first, and brought to no document, is ours to make one of."""
	doctype = _leads_to(mail)
	# The same mailbox may be read anew, with what somebody has thrown away.
	if communication.reference_name or communication.email_account == mail.email_account.name:
		return
	if not _leads_to_ours(mail) or is_automatic(mail):
		return
	there = mail.reference_document()
	name = there.name if there else mail._create_reference_document(doctype)
	communication.db_set({"reference_doctype": there.doctype if there else doctype, "reference_name": name})
	for tell in registered("keep_customers_mail_taken"):
		tell(communication)


def _is_of_somebody_else(mail, record) -> bool:
	"""Of mails of colleagues the host looks at the subject only: who passes on what one customer has written does not mean the
	document of another who has written the like."""
	if frappe.get_meta(record.doctype).module != "Keep Customers" or not PASSED_ON.match(mail.subject):
		return False
	if record.name == mail.get_reference_name_from_subject():
		return False
	mails = frappe.get_all(
		"Communication",
		{"reference_doctype": record.doctype, "reference_name": record.name},
		["sender", "text_content", "content"],
	)
	sender = record.get(mail.get_email_fields(record.doctype).sender_field)
	there = _strangers(mail, sender, *(text for one in mails for text in one.values()))
	here = _strangers(mail, mail.text_content, mail.html_content)
	return bool(here and there) and not here & there


def _strangers(mail, *texts: str | None) -> set[str]:
	"""The addresses in texts that are of another domain than who has sent the e-mail."""
	ours = f"@{cstr(mail.from_email).rpartition('@')[2]}".lower()
	found = {one.lower() for text in texts for one in ADDRESS.findall(cstr(text))}
	return {one for one in found if not one.endswith(ours)}


def is_automatic(mail) -> bool:
	return verdict_of(mail).kind != automatic.PERSON


def verdict_of(mail) -> automatic.Verdict:
	if "verdict" not in mail.flags:
		domain = cstr(mail.email_account.email_id).rpartition("@")[2]
		mail.flags.verdict = automatic.classify(mail.mail, domain)
	return mail.flags.verdict


def before_communication(communication, method=None) -> None:
	"""What another app has received, or what came in past the wrapping: by what it shows of itself."""
	if (
		communication.sent_or_received == "Received"
		and communication.communication_medium == "Email"
		and communication.communication_type == "Communication"
		and automatic.looks_automatic(
			cstr(communication.sender), cstr(communication.subject), bool(communication.in_reply_to)
		)
	):
		communication.communication_type = MARK


# Going out


class _Unfolded(UnstructuredHeader):
	"""The host writes a message anew when it sends it, and Python encodes words of more than a line; no mailbox reads a
	link that is encoded."""

	def fold(self, *, policy) -> str:
		return f"{self.name}: {self}{policy.linesep}"


def send(*, unsubscribe: str | None = None, **mail):
	"""Put an automatic e-mail to a customer into the host's queue.

	:param unsubscribe: a link that says no by POST (RFC 8058), and shows a page by GET
	:returns: as ``frappe.sendmail`` does
	"""
	headers = {"Auto-Submitted": GENERATED}
	if unsubscribe:
		headers |= {
			"List-Unsubscribe": f"<{unsubscribe}>",
			"List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
		}
	return _send(headers, **mail)


def send_by_hand(**mail):
	"""The same for what somebody has written."""
	return _send({}, **mail)


def _send(headers: dict[str, str], reply_to: str | None = None, **mail):
	# From 16 on the host leaves out whom to answer, or puts in the account's own, unless the account is set up otherwise.
	with _headers(headers | ({"Reply-To": reply_to} if reply_to else {})):
		return frappe.sendmail(reply_to=reply_to, **mail)


@contextmanager
def _headers(headers: dict[str, str]) -> Iterator[None]:
	frappe.flags.keep_customers_headers = headers
	try:
		yield
	finally:
		frappe.flags.keep_customers_headers = None


def write_headers(mail) -> None:
	"""The host's hook for every message it makes."""
	for name, value in (frappe.flags.keep_customers_headers or {}).items():
		mail.set_header(name, value)
