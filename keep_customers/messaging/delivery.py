"""How a message leaves: the host's mail queue, its SMS gateway, the channels of other apps."""

import re
import socket
from collections.abc import Iterator
from functools import partial
from http.client import HTTPException
from typing import NoReturn

import frappe
from frappe import _
from frappe.core.doctype.sms_settings.sms_settings import send_sms
from frappe.utils import escape_html, fmt_money, getdate
from requests.exceptions import ConnectTimeout, HTTPError, SSLError
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from keep_customers.benefits import coupons
from keep_customers.care import notices
from keep_customers.engine.wording import BadTemplate
from keep_customers.erp import mailbox
from keep_customers.erp.attempts import given_up, leaves_the_house, nobodys_fault
from keep_customers.erp.outgoing import sms_works
from keep_customers.erp.registered import registered_as, registered_by_name
from keep_customers.messaging import messages, recipients
from keep_customers.people.addresses import mark

NOTICE = "Care Notice"
# What ends the sentence is not part of an address, and Chinese goes on behind it without a space.
LINKS = re.compile(r"(https?://[^\s<>\"'\u2018-\u201f\u2e80-\uffef]*[A-Za-z0-9_/=-])")


class NotSent(Exception):
	"""Why a message did not go out, in the user's language.

	:ivar final: whether another attempt would be of no use
	"""

	def __init__(self, reason: str, final: bool = True):
		super().__init__(reason)
		self.final = final


# By which a gateway says that it has not taken a message: what is asked is wrong, or it is not there just now.
NOT_TAKEN = (*range(400, 500), 503)
# What an HTTP client says before anything has gone out.
NOT_REACHED = (NewConnectionError, ConnectTimeoutError, socket.gaierror, ConnectionRefusedError)


def may_have_arrived(error: BaseException) -> bool:
	"""Whether a gateway that was asked may have sent the message, although this is what came of it. Whoever is told a thing twice
	is worse off than a rep who looks."""
	if nobodys_fault(error) or given_up(error):
		return True  # it was asked, and then time or the database ran out
	if isinstance(error, HTTPError):
		return getattr(error.response, "status_code", 0) not in NOT_TAKEN
	if isinstance(error, ConnectTimeout | SSLError):
		return False
	# requests' own are of this kind, too; what an app says in words of its own is believed.
	return isinstance(error, OSError | HTTPException) and not any(
		isinstance(one, NOT_REACHED) for one in _what_led_to(error)
	)


def refuse(error: Exception, by_gateway: bool = True) -> NoReturn:
	"""Tell who has pressed a button why something did not go out.

	:raises frappe.ValidationError: always
	"""
	said = _("It could not be sent: {0}")
	if by_gateway and may_have_arrived(error):
		said = _("It may have arrived all the same, so please ask before you send it again: {0}")
	frappe.throw(said.format(escape_html(str(error))))


def _what_led_to(error: BaseException) -> Iterator[BaseException]:
	seen: list[BaseException] = []
	waiting = [error]
	while waiting:
		one = waiting.pop()
		if isinstance(one, BaseException) and one not in seen:
			seen.append(one)
			yield one
			waiting += [getattr(one, "reason", None), one.__cause__, one.__context__, *one.args]


def compose(row, kind: str | None) -> dict:
	"""What the customer of a follow-up is told, as :func:`keep_customers.messaging.messages.render` gives it.

	Whose document it is about says by hook which words a message may use of it.

	:raises NotSent: if there is no message of the kind, or it cannot be filled in
	"""
	if row.reference_doctype == NOTICE:
		# The manager's own words, in the language they were written in.
		return notices.words(row.reference_name) | {"language": frappe.db.get_default("lang") or "en"}
	name = kind and messages.pick(row.customer, kind, row.channel, row.occasion, getdate(row.due_date))
	if not name:
		raise NotSent(
			_("There is no enabled Care Message of the kind {0}.").format(
				_(kind or "", context="Care Message")
			)
		)
	person = recipients.person_of(row)
	theirs = registered_as("keep_customers_message_words", row.reference_doctype)

	def words(language: str) -> dict:
		of_document = theirs(row.reference_name, language) if theirs else {}
		return of_document | coupons.for_message(row, language)

	try:
		return messages.render(
			name,
			row.customer,
			occasion=row.occasion,
			amount=fmt_money(row.amount, currency=row.currency) if row.amount else None,
			rep=row.assigned_to,
			words=words,
			**{key: person.get(key) for key in ("person", "contact", "years")},
		)
	except BadTemplate as error:
		raise NotSent(_("The Care Message {0} cannot be filled in.").format(name)) from error


def to_whom(recipient, channel: str, to: str | None) -> dict:
	"""What is remembered of who got a message, so that their no is known to be theirs whatever changes until then, and nobody
	is greeted twice: names no address, as a follow-up is read by more people than a contact."""
	person, _address = recipient.by(channel)
	return {
		"sent_to": mark(to),
		"sent_to_person": person.keys[0] if person else None,
	}


def send_email(row, to: str, message: dict, link: str | None = None) -> str:
	"""Put an e-mail into the host's queue; returns its name there."""
	html = _html(message["text"])
	if link:
		html += '<p><small><a href="{}">{}</a></small></p>'.format(
			escape_html(link), escape_html(_("I do not want such e-mails any more", message["language"]))
		)
	files = registered_as("keep_customers_message_files", row.reference_doctype)
	# What a rep sends by hand is a person's word.
	queued = (partial(mailbox.send, unsubscribe=link) if link else mailbox.send_by_hand)(
		recipients=[to],
		subject=message["subject"] or row.customer_name,
		message=html,
		# Answers go to the rep, not to the mailbox that sends.
		reply_to=_mailbox(row.assigned_to),
		reference_doctype="Customer",
		reference_name=row.customer,
		attachments=files and files(row.reference_name, row.occurrence),
		add_unsubscribe_link=0,
	)
	if not queued:
		raise NotSent(_("The e-mail address is not valid, or wants no e-mails from this site."))
	return queued.name


def _html(text: str) -> str:
	parts = map(escape_html, LINKS.split(text))  # every second one is a link
	return "".join(
		f'<a href="{part}">{part}</a>' if number % 2 else part.replace("\n", "<br>")
		for number, part in enumerate(parts)
	)


def _mailbox(user: str | None) -> str | None:
	return frappe.db.get_value("User", {"name": user, "enabled": 1}, "email") if user else None


def send_by_gateway(row, to: str | None, message: dict, channel: str | None = None) -> None:
	if (channel or row.channel) == "SMS":
		text(to, message["text"])
		return
	senders = other_channels()
	channel = channel or next(iter(senders), None)
	if channel not in senders:
		raise NotSent(_("No app that sends by messenger is installed."))
	leaves_the_house()
	senders[channel](
		customer=row.customer, to=to, text=message["text"], subject=message["subject"], follow_up=row.name
	)


def text(to: str, words: str) -> None:
	"""Send an SMS.

	:raises NotSent: if no gateway is set up
	"""
	if not sms_works():
		raise NotSent(_("Please enter a gateway in SMS Settings."), final=False)
	leaves_the_house()
	send_sms([to], words, success_msg=False)


def other_channels() -> dict:
	"""Channels of other apps by their names, such as WeChat: functions that send, and raise what went wrong.

	An app registers one in its hooks.py: ``keep_customers_channels = {"WeChat": "app.module.send"}``. It is called as
	``send(customer, to, text, subject, follow_up)``; ``to`` is a mobile number or None. The first channel is the one
	rules use for Messenger. One that is not always there has a function of no arguments in
	``keep_customers_channel_available``; it comes after those that are.
	"""
	senders = registered_by_name("keep_customers_channels")
	asked = registered_by_name("keep_customers_channel_available")
	there = [name for name in senders if name not in asked or asked[name]()]
	return {name: senders[name] for name in sorted(there, key=lambda name: name in asked)}
