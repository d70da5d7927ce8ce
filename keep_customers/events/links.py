"""An invitation's link for whoever gives it on by hand, and what is known of the way the invitation took."""

import frappe

from keep_customers.access.lookups import named
from keep_customers.erp.api import typed
from keep_customers.events import told
from keep_customers.events.pages import NOT_INVITED, invitation_link
from keep_customers.events.panel import opened
from keep_customers.events.terms import EVENT, INVITATION


@frappe.whitelist(methods=["GET", "POST"])
@typed
def shown(invitation: str) -> dict:
	"""
	:returns: ``link`` (the guest's own page; None as long as it says nothing, and for who may not answer for the guest), ``told`` and
		``opened`` (in words, or None if that is not known), ``status`` and ``starts_on`` of the event
	:raises frappe.PermissionError: if the user may not read the invitation
	"""
	doc = named(INVITATION, invitation)
	last = told.last([doc.name]).get(doc.name)
	gives = doc.status not in NOT_INVITED and frappe.has_permission(INVITATION, "write", doc=doc)
	return {
		"link": invitation_link(doc.name) if gives else None,
		"told": told.in_words(last),
		"opened": opened(doc, last),
		**frappe.db.get_value(EVENT, doc.event, ["status", "starts_on"], as_dict=True),
	}
