import frappe
from frappe import _

from keep_customers.erp import guest_pages
from keep_customers.erp.api import text_sent
from keep_customers.events import door

no_cache = 1
sitemap = 0


def get_context(context):
	if not guest_pages.logged_in(context, door.why_log_in()):
		return
	context.colleague = True
	# A user who has never opened Desk has none yet.
	frappe.sessions.get_csrf_token()
	name = text_sent("event")
	if not name:
		context.events = door.own_events()
		return
	event = door.open_event(name)
	if not event:
		return guest_pages.instead(context, *door.not_of_the_team(), 404, (f"/{door.PAGE}", _("My Events")))
	guest_pages.prepare(context, event.company)
	context.event_theme, context.event, context.opens = event.theme, event.name, door.opens(event)
	context.update(door.guest_list(event))
	done = text_sent("done")
	context.last = next((guest for guest in context.guests if guest["name"] == done), None)
