"""Whom to ask to an event."""

import frappe
from frappe import _
from frappe.utils import cint, flt

from keep_customers.access.lookups import named
from keep_customers.care.notices import not_excluded
from keep_customers.care.triggers import customers, matching
from keep_customers.engine import events as engine
from keep_customers.erp.api import typed
from keep_customers.erp.permissions import only_readable
from keep_customers.erp.tables import chunks, insert, standard_columns
from keep_customers.events.room import locked
from keep_customers.events.telling import ways_to_ask
from keep_customers.events.terms import EVENT, INVITATION
from keep_customers.people import contacts

NAMES_SHOWN = 50


@frappe.whitelist()
@typed
def preview(event: str) -> dict:
	"""Whom the event would be planned for if this user did it now.

	:returns: ``customers`` (how many, without those on record), ``refused`` (left out, as they want to be contacted in
		no way), ``names`` (the first 50 in the order in which they are asked), ``free`` (places for the next wave, None
		for no limit)
	:raises frappe.PermissionError: if the user may not write the event
	"""
	doc = named(EVENT, event, "write")
	rows, refused = audience(doc, frappe.session.user)
	room = engine.Room(cint(doc.capacity), cint(doc.max_companions), ())
	return {
		"customers": len(rows),
		"refused": refused,
		"names": [row.customer_name or row.customer for row in rows[:NAMES_SHOWN]],
		"free": max(0, cint(doc.capacity) - cint(doc.accepted)) if room.capacity else None,
	}


def audience(event, user: str) -> tuple[list, int]:
	"""Whom an event is for, without whom it has an invitation for already, in the order in which they are asked.

	:param user: only customers this user may read
	:returns: (rows with customer, customer_name and contact; how many more want to be contacted in no way)
	"""
	listed = [(row.customer, row.contact or "") for row in event.guests]
	found = {row.customer: row for row in _chosen(event, user, {customer for customer, _contact in listed})}
	known = frappe.get_all(
		INVITATION, filters={"event": event.name}, fields=["customer", "contact"], as_list=True
	)
	on_record, asked = set(known), {customer for customer, _contact in known}
	wanted = [pair for pair in listed if pair[0] in found]
	wanted += [(customer, "") for customer in found if customer not in {pair[0] for pair in listed}]
	# A customer is asked once; further persons are those of the list who are named.
	wanted = [
		pair for pair in dict.fromkeys(wanted) if pair not in on_record and (pair[1] or pair[0] not in asked)
	]
	channels = ways_to_ask(wanted)
	rows = [
		frappe._dict(found[customer], contact=contact)
		for customer, contact in wanted
		if channels[customer, contact or None]
	]
	return rows, len(wanted) - len(rows)


def _chosen(event, user: str, listed: set[str]) -> list:
	"""Rows of the customers with customer and customer_name: those of the list first, then by their value."""
	chosen = frappe._dict(
		tiers={row.tier for row in event.tiers},
		customer_group=event.customer_group,
		territory=event.territory,
	)
	questions = []
	if any(chosen.values()):
		questions.append((chosen, None))
	if listed:
		questions.append((frappe._dict(tiers=set()), sorted(listed)))
	rows = {}
	for about, names in questions:
		query, customer, value = customers(about)
		query = query.select(value.current_value)
		if names:
			query = query.where(customer.name.isin(names))
		found = only_readable(query, customer.name, user).run(as_dict=True)
		rows |= {row.customer: row for row in not_excluded(matching(about, found))}
	worth = "value_at_risk" if event.invite_by == "Value at Risk" else "current_value"
	return sorted(rows.values(), key=lambda row: (row.customer not in listed, -flt(row[worth]), row.customer))


@frappe.whitelist(methods=["POST"])
@typed
def plan(event: str) -> int:
	"""An invitation, not sent yet, for everybody in the audience who has none; may be called again.

	:returns: how many are new
	:raises frappe.PermissionError: if the user may not write the event
	:raises frappe.ValidationError: if nobody is chosen, or it is too late for that
	"""
	doc = named(EVENT, event, "write")
	row = locked(event)
	if row.status not in (engine.PLANNED, engine.INVITING):
		frappe.throw(_("Guests are chosen once the event is planned, and until it is held."))
	if not (doc.tiers or doc.customer_group or doc.territory or doc.guests):
		frappe.throw(_("Please choose whom to invite: tiers, a group, a territory, or customers by name."))
	rows, _refused = audience(doc, frappe.session.user)
	main = contacts.primary_contacts([one.customer for one in rows if not one.contact])
	for one in rows:
		one.contact = one.contact or main.get(one.customer, "")
	names = contact_names({one.contact for one in rows})
	standard = standard_columns()
	insert(
		INVITATION,
		["name", "event", "customer", "customer_name", "contact", "guest_name", "status", *standard],
		[
			[
				frappe.generate_hash(length=10), event, one.customer, one.customer_name, one.contact,
				names.get(one.contact) or one.customer_name, engine.UNASKED, *standard.values(),
			]
			for one in rows
		],
		# The main contact may be on record by name, or stand in the list twice.
		ignore_existing=True,
	)  # fmt: skip
	return len(rows)


def contact_names(asked: set[str]) -> dict[str, str]:
	names: dict[str, str] = {}
	for part in chunks(sorted(asked - {""}), 1000):
		names |= dict(
			frappe.get_all(
				"Contact", filters={"name": ("in", part)}, fields=["name", "full_name"], as_list=True
			)
		)
	return names
