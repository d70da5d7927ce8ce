"""Who begins the day on *My Day* instead of the host's own first page: each user says so for themselves."""

import frappe

from keep_customers.erp.api import typed

FIELD = "keep_my_day"


def tell_desk(bootinfo) -> None:
	"""Say in what Desk starts with whether this user has chosen so; asked every time, as Desk's start is remembered."""
	bootinfo[FIELD] = int(_chosen() and bool(frappe.has_permission("Follow Up", "read")))


@frappe.whitelist(methods=["POST"])
@typed
def begin_here(yes: bool) -> bool:
	"""Let the user of this session begin the day on My Day, or as before."""
	frappe.db.set_value("User", frappe.session.user, FIELD, int(yes), update_modified=False)
	frappe.clear_document_cache("User", frappe.session.user)
	return yes


def _chosen() -> bool:
	user = frappe.session.user
	# While the app is being installed, Desk may start before its fields are there.
	if user == "Guest" or not frappe.get_meta("User").has_field(FIELD):
		return False
	return bool(frappe.db.get_value("User", user, FIELD))
