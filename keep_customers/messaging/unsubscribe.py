"""The link in every automatic e-mail with which a customer says no, without logging in.

It names the follow-up, which tells an outsider nothing and survives renaming the customer (see ``erp/signed.py``).
"""

import frappe
from frappe import _

from keep_customers.care import premises
from keep_customers.erp import guest_pages, limits, signed
from keep_customers.erp.api import typed
from keep_customers.erp.language import site_language
from keep_customers.erp.tables import wait_for
from keep_customers.messaging import recipients
from keep_customers.people import ledger
from keep_customers.people.addresses import mark

DAYS = 180
PAGE, PURPOSE = "care-unsubscribe", "unsubscribe"
MOST_AN_HOUR = 30  # from one network address


def link(follow_up: str, language: str | None = None) -> str:
	"""
	:param language: of the e-mail, which the page goes on in
	"""
	return signed.link(PAGE, PURPOSE, follow_up, DAYS, language)


def token(follow_up: str, days: float = DAYS) -> str:
	return signed.token(PURPOSE, follow_up, days)


def read(token: str) -> str | None:
	"""The follow-up a token was made for; None if it is forged or has expired."""
	return signed.read(PURPOSE, token)


def not_valid() -> None:
	guest_pages.not_valid(_("Please answer the e-mail instead; we will take you off the list."))


@frappe.whitelist(allow_guest=True, methods=["POST"])
@typed(otherwise=not_valid)
def confirm(token: str = "") -> None:
	"""What the page's button calls: the customer does not want e-mails any more.

	Forged and expired links, and those of customers who are gone, get one and the same answer.
	"""
	if press(token):
		guest_pages.say(_("Done"), _("You will not receive such e-mails any more."))
	else:
		_forged()


@limits.limited(MOST_AN_HOUR)
def _forged() -> None:
	not_valid()


def press(token: str) -> bool:
	"""Say no by a link. Only links that are not ours are counted: a mail provider presses those of many customers from a
	few addresses."""
	name = read(token)
	if not name or not frappe.db.exists("Follow Up", name):
		return False
	# Who presses twice at the same moment is answered twice.
	wait_for("Follow Up", name)
	return refuse(name)


def refuse(follow_up: str) -> bool:
	"""Note that whoever got the message wants none any more: at this address, and as it was a person, at their others.

	:returns: False if nobody knows any more who that was; whoever would get it today has not said it
	"""
	fields = [
		"customer", "channel", "reference_doctype", "reference_name", "sent_to", "sent_to_person", "email_queue", "send_status",
	]  # fmt: skip
	row = frappe.db.get_value("Follow Up", follow_up, fields, as_dict=True)
	person, address = recipients.recipient_of(row).by(row.channel)
	sent_to = row.sent_to or mark(_queued_to(row.email_queue))
	if not sent_to and not row.sent_to_person:
		if row.send_status not in (None, "", "Queued"):
			return False
		sent_to = mark(address)
	keys = [row.sent_to_person]
	if not row.sent_to_person:
		# It was sent before this was remembered.
		keys = person.keys if person and mark(address) == sent_to else ()
	words = _("Unsubscribe link", site_language(), "Customer File Consent")
	ledger.say_no(row.customer, row.channel, ledger.LINK, keys, sent_to, words)
	premises.on_change([row.customer])
	return True


def _queued_to(email: str | None) -> str | None:
	"""Whom the host's queue sent an e-mail to, unless it has been cleared."""
	to = (
		frappe.get_all("Email Queue Recipient", filters={"parent": email}, pluck="recipient") if email else []
	)
	return to[0] if len(to) == 1 else None
