"""What the site can send with: an Email Account, a gateway for text messages."""

import frappe
from frappe.email.doctype.email_account.email_account import EmailAccount


def mail_works(doctype: str = "Customer") -> bool:
	"""Whether there is an account to write from about a document of this kind."""
	account = EmailAccount.find_outgoing(match_by_doctype=doctype)
	return bool(account and account.email_id)  # a muted site has one that is none


def sms_works() -> bool:
	return bool(frappe.db.get_single_value("SMS Settings", "sms_gateway_url"))
