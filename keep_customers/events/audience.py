"""Whom to ask to an event: who is chosen, who of them is left out and why."""

from typing import NamedTuple

import frappe
from frappe import _
from frappe.utils import cint, flt
from pypika.terms import Criterion

from keep_customers.access.lookups import named
from keep_customers.engine import events as engine
from keep_customers.erp.api import chosen, typed
from keep_customers.erp.permissions import only_readable
from keep_customers.erp.tables import chunks, insert, new_name, standard_columns
from keep_customers.erp.trees import branch
from keep_customers.events.room import locked
from keep_customers.events.telling import ways_to_ask
from keep_customers.events.terms import EVENT, INVITATION
from keep_customers.people import contacts
from keep_customers.worth.population import left_out
from keep_customers.worth.values import of_today, tier_ranks

NAMES_SHOWN = 50
CHOICE = ("territory", "customer_group", "tiers", "invite_by", "guests", "capacity")
IN_ROWS = ("tier", "customer", "contact")
# Why somebody who was chosen is left out.
DISABLED, INTERNAL, EXCLUDED, UNWILLING, CANCELLED = (
	"disabled",
	"internal",
	"excluded",
	"unwilling",
	"cancelled",
)


class Audience(NamedTuple):
	"""
	:param rows: whom there is still to invite, in the order in which they are asked: customer, customer_name, contact (empty: the
		main one), tier, listed (chosen by name) and way (how they are asked)
	:param left_out: of those chosen: customer, customer_name and why
	:param known: how many of those chosen are on record already
	"""

	rows: list
	left_out: list
	known: int


@frappe.whitelist(methods=["POST"])
@typed
def preview(event: str = "", values: dict | str | None = None) -> dict:
	"""Whom an event is for, as it stands on the screen; nothing is written.

	:param event: empty for one that is not saved yet
	:param values: of :data:`CHOICE`, what is on the screen; the others are as they are saved
	:returns: ``customers`` (how many guests are new), ``names`` (the first 50 of them with customer, customer_name and tier, in the
		order in which they are asked), ``tiers`` (pairs of tier, or None, and how many, the best first), ``listed`` (how many were
		chosen by name), ``by_email``, ``left_out`` (the first 50: customer, customer_name and why, in words), ``refused`` (how many
		are), ``known`` (on record already), ``without_contact`` (names, the first 50), ``free`` (places for the next wave, None for no
		limit), ``chosen`` (whether anybody is chosen at all)
	:raises frappe.PermissionError: if the user may not write the event
	"""
	doc = named(EVENT, event, "write") if event else frappe.new_doc(EVENT)
	if not event:
		doc.check_permission("create")
	_put(doc, chosen(values, "values"))
	found = audience(doc, frappe.session.user)
	ranks = tier_ranks()
	tiers: dict[str | None, int] = {}
	for row in found.rows:
		tiers[row.tier] = tiers.get(row.tier, 0) + 1
	main = contacts.primary_contacts([row.customer for row in found.rows if not row.contact])
	alone = [row for row in found.rows if not (row.contact or main.get(row.customer))]
	return {
		"customers": len(found.rows),
		"names": _shown(found.rows, "tier"),
		"tiers": sorted(tiers.items(), key=lambda pair: ranks.get(pair[0], len(ranks) + 1)),
		"listed": sum(row.listed for row in found.rows),
		"by_email": sum(row.way == "Email" for row in found.rows),
		"left_out": [row | {"why": why_in_words()[row["why"]]} for row in _shown(found.left_out, "why")],
		"refused": len(found.left_out),
		"known": found.known,
		"without_contact": [row.customer_name or row.customer for row in alone[:NAMES_SHOWN]],
		"free": max(0, cint(doc.capacity) - cint(doc.accepted)) if cint(doc.capacity) else None,
		"chosen": anybody_chosen(doc),
	}


def _put(doc, values: dict) -> None:
	"""What is on the screen; of tables what says who is meant."""
	for field in CHOICE:
		if field not in values:
			continue
		value = values[field]
		if not doc.meta.get_field(field).fieldtype.startswith("Table"):
			doc.set(field, value if isinstance(value, str | int) else None)
			continue
		doc.set(field, [])
		for row in value if isinstance(value, list) else ():
			names = {
				key: row[key] for key in IN_ROWS if isinstance(row, dict) and isinstance(row.get(key), str)
			}
			if names:
				doc.append(field, names)


def _shown(rows: list, field: str) -> list[dict]:
	return [
		{"customer": row.customer, "customer_name": row.customer_name or row.customer, field: row[field]}
		for row in rows[:NAMES_SHOWN]
	]


def why_in_words() -> dict[str, str]:
	return {
		DISABLED: _("The customer is disabled."),
		INTERNAL: _("It is an internal customer."),
		EXCLUDED: _("Excluded in Keep Customers Settings."),
		UNWILLING: _("Does not want to be contacted about events."),
		CANCELLED: _("The invitation was cancelled. Invite After All, on the invitation, takes that back."),
	}


def anybody_chosen(event) -> bool:
	return bool(event.tiers or event.customer_group or event.territory or event.guests)


def audience(event, user: str) -> Audience:
	"""Whom an event is for.

	:param user: only customers this user may read
	"""
	listed = list(dict.fromkeys((row.customer, row.contact or "") for row in event.guests if row.customer))
	found = _candidates(event, {customer for customer, _contact in listed}, user)
	excluded, groups = left_out(frappe.get_cached_doc("Keep Customers Settings"))
	out = [frappe._dict(row, why=why) for row in found.values() if (why := _why_not(row, excluded, groups))]
	for row in out:
		del found[row.customer]
	persons: dict[str, list[str]] = {}
	for customer, contact in listed:
		persons.setdefault(customer, []).append(contact)
	wanted = [(customer, contact) for customer in found for contact in persons.get(customer, [""])]
	known = _on_record(event)
	asked = {customer for customer, _contact in known}
	# A customer is asked once; further persons are those of the list who are named.
	new = [pair for pair in wanted if pair not in known and (pair[1] or pair[0] not in asked)]
	cancelled = {customer for (customer, _contact), status in known.items() if status == engine.CANCELLED}
	out += [
		frappe._dict(found[customer], why=CANCELLED)
		for customer in dict.fromkeys(pair[0] for pair in wanted if pair not in new)
		if customer in cancelled
	]
	ways = ways_to_ask(new)
	rows = [frappe._dict(found[pair[0]], contact=pair[1], way=ways[pair[0], pair[1] or None]) for pair in new]
	out += [frappe._dict(row, why=UNWILLING) for row in rows if not row.way]
	return Audience([row for row in rows if row.way], out, len(wanted) - len(new))


def _on_record(event) -> dict[tuple[str, str], str]:
	"""(customer, contact) -> status of the invitations there are."""
	rows = frappe.get_all(
		INVITATION, filters={"event": event.name or ""}, fields=["customer", "contact", "status"]
	)
	return {(row.customer, row.contact or ""): row.status for row in rows}


def _why_not(row, excluded: set[str], groups: set[str]) -> str | None:
	if row.disabled:
		return DISABLED
	if row.is_internal_customer:
		return INTERNAL
	return EXCLUDED if row.customer in excluded or row.customer_group in groups else None


def _candidates(event, listed: set[str], user: str) -> dict:
	"""Customer -> row of all who are chosen: those of the list first, then by their value."""
	customer, value = frappe.qb.DocType("Customer"), frappe.qb.DocType("Customer Value")
	within = (
		(customer.territory, branch("Territory", event.territory)),
		(customer.customer_group, branch("Customer Group", event.customer_group)),
		(value.tier, {row.tier for row in event.tiers if row.tier} or None),
	)
	fits = [field.isin(sorted(names)) for field, names in within if names is not None]
	wanted = [customer.name.isin(sorted(listed))] if listed else []
	if fits:
		# Nobody misses who is not chosen by name.
		wanted.append(Criterion.all([*fits, customer.disabled == 0, customer.is_internal_customer == 0]))
	if not wanted:
		return {}
	query = (
		frappe.qb.from_(customer)
		.left_join(value)
		.on(value.name == customer.name)
		.select(
			customer.name.as_("customer"), customer.customer_name, customer.customer_group, customer.disabled,
			customer.is_internal_customer, value.tier,
			*(of_today(value, field).as_(field) for field in ("current_value", "value_at_risk")),
		)
		.where(Criterion.any(wanted))
	)  # fmt: skip
	rows = only_readable(query, customer.name, user).run(as_dict=True)
	worth = "value_at_risk" if event.invite_by == "Value at Risk" else "current_value"
	rows.sort(key=lambda row: (row.customer not in listed, -flt(row[worth]), row.customer))
	return {row.customer: frappe._dict(row, listed=row.customer in listed) for row in rows}


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
	if not anybody_chosen(doc):
		frappe.throw(_("Please choose whom to invite: tiers, a group, a territory, or customers by name."))
	rows = audience(doc, frappe.session.user).rows
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
				new_name(), event, one.customer, one.customer_name, one.contact,
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
