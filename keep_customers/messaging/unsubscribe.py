"""The link in every automatic e-mail with which a customer says no, without logging in.

It names the follow-up, which tells an outsider nothing and survives renaming the customer (see ``erp/signed.py``).
"""

import frappe
from frappe import _
from frappe.utils import today

from keep_customers.care.consent import refused_channels
from keep_customers.erp import limits, signed
from keep_customers.erp.api import typed
from keep_customers.erp.language import site_language
from keep_customers.erp.tables import wait_for

DAYS = 180
PAGE, PURPOSE = "care-unsubscribe", "unsubscribe"
MOST_AN_HOUR = 30  # from one network address


def link(follow_up: str) -> str:
	return signed.link(PAGE, PURPOSE, follow_up, DAYS)


def token(follow_up: str, days: float = DAYS) -> str:
	return signed.token(PURPOSE, follow_up, days)


def read(token: str) -> str | None:
	"""The follow-up a token was made for; None if it is forged or has expired."""
	return signed.read(PURPOSE, token)


def not_valid() -> None:
	signed.not_valid(_("Please answer the e-mail instead; we will take you off the list."))


@frappe.whitelist(allow_guest=True, methods=["POST"])
@typed(otherwise=not_valid)
@limits.limited(MOST_AN_HOUR)
def confirm(token: str = "") -> None:
	"""What the page's button calls: the customer does not want e-mails any more.

	Forged and expired links, and those of customers who are gone, get one and the same answer.
	"""
	name = read(token)
	row = name and frappe.db.get_value("Follow Up", name, ["customer", "channel"], as_dict=True)
	if row:
		# Who presses twice at the same moment is answered twice.
		wait_for("Follow Up", name)
		refuse(row.customer, row.channel)
		frappe.respond_as_web_page(
			_("Done"), _("You will not receive such e-mails any more."), indicator_color="green"
		)
	else:
		not_valid()


def refuse(customer: str, channel: str) -> None:
	"""Write into the customer's file that it does not want a channel, once."""
	if (customer, channel) in refused_channels([customer]):
		return
	if frappe.db.exists("Customer File", customer):
		file = frappe.get_doc("Customer File", customer)
	else:
		file = frappe.new_doc("Customer File", customer=customer)
	file.append(
		"consents",
		{
			"channel": channel,
			"consent": "Refused",
			"date": today(),
			"source": _("Unsubscribe link", site_language(), "Customer File Consent"),
		},
	)
	# A guest says it, and nothing else that may be wrong with the file stands in the way of a no.
	file.flags.ignore_permissions = file.flags.ignore_mandatory = file.flags.ignore_links = True
	if not file.is_new():
		file.flags.ignore_validate = True
		file.score()
	file.save()
