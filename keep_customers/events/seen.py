"""Whether a guest has looked at the invitation: its page says so once a browser shows it."""

import frappe
from frappe.utils import now_datetime

from keep_customers.erp import limits
from keep_customers.erp.api import typed
from keep_customers.events import pages
from keep_customers.events.terms import INVITATION


@frappe.whitelist(allow_guest=True, methods=["POST"])
@typed(otherwise=pages.not_valid)
@limits.limited(pages.MOST_AN_HOUR)
def note(token: str = "") -> None:
	"""Called by the page's script: who only fetches pages, as mail scanners do, has seen nothing."""
	found = pages.read(token)
	if not found:
		return pages.not_valid()
	# The host's own people try links out before they give them on.
	if found[0].opened_on or frappe.session.user != "Guest":
		return
	frappe.db.set_value(INVITATION, found[0].name, "opened_on", now_datetime(), update_modified=False)
