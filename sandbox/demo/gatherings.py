"""Two events: a listening evening that was held the day before yesterday, and a concert to which guests are asked now."""

from datetime import date, timedelta

import frappe

from keep_customers.events import audience, documents, replies, waves

from .cast import Cast
from .company import ANNA, BEN, COMPANY, EMIL, MANAGER


def held_event(cast: Cast, today: date) -> None:
	"""Eight said yes; six came."""
	guests = [*cast.some(ANNA, 4), *cast.some(BEN, 2), *cast.some(EMIL, 2)]
	event = _event(
		"Listening Evening",
		guests,
		today + timedelta(days=9),
		place="Harbor Hall, 12 Harbor Street, Fairhaven",
		host=ANNA,
		budget=600,
	)
	waves.send_wave(event)
	for number, name in enumerate(_invitations(event)):
		replies.reply(name, "Yes", number % 2)
	day = today - timedelta(days=2)
	when = {"starts_on": f"{day} 19:00:00", "ends_on": f"{day} 22:00:00", "reply_until": None}
	frappe.db.set_value("VIP Event", event, when)
	for number, name in enumerate(_invitations(event)):
		if number % 4 != 3:
			replies.check_in(name)
	documents.set_status(event, "Held")
	frappe.db.set_value("VIP Event", event, "actual_cost", 540)


def next_event(cast: Cast, today: date) -> None:
	"""Some have said yes, one no, one would bring a friend; the others are asked in these days."""
	guests = [*cast.some(ANNA, 3), *cast.some(BEN, 3), *cast.some(EMIL, 3)]
	event = _event(
		"Concert by Candlelight",
		guests,
		today + timedelta(days=24),
		place="Old Chapel, 3 Mill Road, Fairhaven",
		host=ANNA,
		capacity=12,
	)
	waves.send_wave(event)
	for name, answer, companions in zip(
		_invitations(event), ("Yes", "Yes", "No", "Yes"), (1, 0, 0, 2), strict=False
	):
		replies.reply(name, answer, companions)


def _event(theme: str, guests: list[str], day: date, **values) -> str:
	frappe.set_user(MANAGER)
	event = frappe.get_doc(
		{
			"doctype": "VIP Event",
			"theme": theme,
			"kind": "Salon",
			"company": COMPANY,
			"starts_on": f"{day} 19:00:00",
			"ends_on": f"{day} 22:00:00",
			"reply_until": day - timedelta(days=4),
			"max_companions": 2,
			"guests": [{"customer": customer} for customer in guests],
			**values,
		}
	).insert()
	audience.plan(event.name)
	frappe.set_user("Administrator")
	return event.name


def _invitations(event: str) -> list[str]:
	return frappe.get_all("VIP Invitation", {"event": event}, pluck="name", order_by="customer asc")
