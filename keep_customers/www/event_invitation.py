from urllib.parse import quote

import frappe

from keep_customers.erp import event_door, event_pages, guest_pages

no_cache = 1
sitemap = 0


def get_context(context):
	token = guest_pages.private(context)
	found = event_pages.read(token)
	if not found:
		return guest_pages.gone(context, event_pages.advice())
	# The QR code leads here. The host's team sees the guest, anybody else the invitation that is in their hand.
	at_the_door = bool(frappe.form_dict.get("door"))
	if at_the_door and event_door.may_check_in(*found):
		# A user who has never opened Desk has none yet.
		frappe.sessions.get_csrf_token()
		context.state, context.guest = "door", event_door.shown(*found)
		context.event = found[1].name
		return
	context.invitation = event_pages.shown(token, *found)
	context.state = context.invitation["state"]
	if at_the_door and frappe.session.user == "Guest":
		context.login = "/login?redirect-to=" + quote(event_pages.door_path(token), safe="")
