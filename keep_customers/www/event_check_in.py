import frappe

from keep_customers.erp import guest_pages
from keep_customers.erp.api import text_sent
from keep_customers.events import door

no_cache = 1
sitemap = 0


def get_context(context):
	guest_pages.log_in_first(context)
	# A user who has never opened Desk has none yet.
	frappe.sessions.get_csrf_token()
	name = text_sent("event")
	if not name:
		context.events = door.own_events()
		return
	event = door.open_event(name)
	if not event:
		guest_pages.not_here()
	guest_pages.prepare(context, event.company)
	context.event_theme, context.event, context.opens = event.theme, event.name, door.opens(event)
	context.update(door.guest_list(event))
	done = text_sent("done")
	context.last = next((guest for guest in context.guests if guest["name"] == done), None)
