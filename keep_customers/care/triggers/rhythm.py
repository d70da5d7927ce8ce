"""Rhythms: the tier's, the customer's own, and their end."""

from datetime import date, timedelta

import frappe
from frappe.query_builder.functions import IfNull, Max
from frappe.utils import cint, flt, getdate

from keep_customers.care import followups
from keep_customers.care.last_contacts import days_of, last_contacts
from keep_customers.care.triggers import (
	CATCH_UP_DAYS,
	NOT_MEANT,
	Premise,
	candidates,
	customers,
	day_of,
	due_before,
	matching,
	not_noted,
	of_customers,
	row,
	since,
	written,
)
from keep_customers.engine.followups import cadence_due
from keep_customers.engine.lifecycle import Rhythm
from keep_customers.erp.said import said
from keep_customers.erp.tables import among, columns
from keep_customers.worth import demand
from keep_customers.worth.outlook import span
from keep_customers.worth.values import NOT_RANKED

RHYTHM = Rhythm()


def tier_cadence(rule, today: date) -> list[dict]:
	"""Customers of a tier who have not been contacted for as long as the tier's rhythm allows."""
	every = {tier: days for tier, days in _rhythms().items() if not rule.tiers or tier in rule.tiers}
	if not every:
		return []
	value = frappe.qb.DocType("Customer Value")
	last, asked, waiting = last_contacts(today), _settled(rule), _pending(rule)
	started = getdate(rule.enabled_from)
	# Whose turn it is, of all there are; the rest is asked only about those.
	turns = {}
	ranked = frappe.qb.from_(value).where(value.tier.isin(sorted(every)))
	for name, tier in zip(*columns(ranked, value.name, value.tier), strict=True):
		turn = max(last.get(name, 0), asked.get(name, 0))
		if turn + every[tier] > today.toordinal() or name in waiting:
			continue
		day, start = cadence_due(name, every[tier], date.fromordinal(turn) if turn else None, started)
		if day <= today:
			turns[name] = day, start
	if not turns:
		return []
	query, customer, _value = customers(rule, value.last_purchase)
	rows = []
	for one in matching(rule, among(query, customer.name, turns).run(as_dict=True)):
		if one.customer in turns:
			day, start = turns[one.customer]
			contact = last.get(one.customer)
			rows.append(
				row(
					rule,
					one,
					occurrence=f"since {start.isoformat()}",
					planned_on=day,
					reason=followups.reason_for_cadence(
						one.tier, every[one.tier], contact and written(date.fromordinal(contact))
					),
					short=followups.short_for_cadence(
						contact and today.toordinal() - contact,
						(today - getdate(one.last_purchase)).days if one.last_purchase else None,
					),
				)
			)
	return rows


def _rhythms() -> dict[str, int]:
	"""Tier -> days between contacts, of tiers that have a rhythm."""
	rows = frappe.get_all("Customer Tier", fields=["name", "contact_every_days"], as_list=True)
	return {tier: days for tier, days in rows if days}


def _settled(rule) -> dict[str, int]:
	"""Customer -> ordinal day of the rule's latest occurrence that is settled, be it without a contact.

	Nobody reached, refused, cancelled: that does not end the rhythm. Another contact does, by itself. Who was no customer for it
	for a while, perhaps by mistake, was not contacted.
	"""
	follow_up = frappe.qb.DocType("Follow Up")
	query = (
		frappe.qb.from_(follow_up)
		.where((follow_up.care_rule == rule.name) & follow_up.status.notin(followups.PENDING))
		.where(
			IfNull(follow_up.hold_reason, "").notin(
				[*NOT_MEANT, followups.RULE_OFF, TURN_IS_OVER.why, TURN_HAS_COME.why]
			)
		)
		.groupby(follow_up.customer)
	)
	return days_of(query, follow_up.customer, Max(follow_up.planned_on))


def _pending(rule) -> set[str]:
	"""Customers for whom the rule waits already."""
	return set(
		frappe.get_all(
			"Follow Up",
			filters={"care_rule": rule.name, "status": ("in", followups.PENDING)},
			pluck="customer",
		)
	)


def reorder_due(rule, today: date) -> list[dict]:
	"""Customers whose next purchase is expected, some days before it."""
	before = timedelta(days=cint(rule.days_before))
	expected, _customer, value = candidates(rule)
	expected = expected.where(value.status.isin(["New", "Active", "Due", "Won Back"])).where(
		(value.next_purchase >= since(rule, today) + before) & (value.next_purchase <= today + before)
	)
	occurrences = _after_last_purchases(rule, expected, value, "after {}")
	if not occurrences:
		return []
	query, customer, _value = customers(rule, value.next_purchase, value.last_purchase)
	return [
		row(
			rule,
			one,
			occurrence=occurrences[one.customer],
			planned_on=getdate(one.next_purchase) - before,
			due_date=due_before(rule, getdate(one.next_purchase) - before, today, getdate(one.next_purchase)),
			reason=said(
				"The next purchase is expected about {0}. What is needed, when and how much?",
				written(one.next_purchase),
			),
			short=said("Buys again about {0}", written(one.next_purchase)),
			expires=1,
		)
		for one in matching(rule, among(query, customer.name, occurrences).run(as_dict=True))
		if one.customer in occurrences
	]


def reorder_overdue(rule, today: date) -> list[dict]:
	"""Customers who have let half as much time again pass as usual, or more; not who had done so for long when it was noticed:
	a policy that has become wider, or was off, brings many of them in one night."""
	overdue, _customer, value = candidates(rule)
	overdue = overdue.where(value.status.isin(["Overdue", "At Risk"])).where(
		(value.status_since >= since(rule, today)) & (value.status_since <= today)
	)
	asked = value.name, value.last_purchase, value.status, value.status_since, value.gap
	lately = [
		(name, last)
		for name, last, status, noticed, gap in zip(*columns(overdue, *asked), strict=True)
		if last and not _noticed_late(getdate(last), status, getdate(noticed), flt(gap))
	]
	# At Risk comes after Overdue: one contact for one silence.
	occurrences = not_noted(rule, {name: f"overdue after {last}" for name, last in lately})
	if not occurrences:
		return []
	query, customer, _value = customers(rule, value.last_purchase, value.status_since, value.gap)
	query = among(query, customer.name, occurrences)
	return [
		row(
			rule,
			one,
			occurrence=occurrences[one.customer],
			planned_on=getdate(one.status_since),
			reason=said(
				"Last bought on {0}, and usually buys again sooner. What can we do for them?",
				written(one.last_purchase),
			),
			short=said(
				"Silent for {0}, usually {1}",
				span((today - getdate(one.last_purchase)).days),
				span(one.gap or 0),
			),
		)
		for one in matching(rule, query.run(as_dict=True))
		if one.customer in occurrences
	]


def _noticed_late(last: date, status: str, noticed: date, gap: float) -> bool:
	gaps = {"Overdue": RHYTHM.overdue_gaps, "At Risk": RHYTHM.at_risk_gaps}[status]
	return gap > 0 and (noticed - last).days > gaps * gap + CATCH_UP_DAYS


def _after_last_purchases(rule, query, value, occurrence: str) -> dict[str, str]:
	"""Customer -> what it is called after the last purchase, of those the rule has not noted yet."""
	found = zip(*columns(query, value.name, value.last_purchase), strict=True)
	return not_noted(rule, {name: occurrence.format(day) for name, day in found})


def stated_demand(rule, today: date) -> list[dict]:
	"""Customers who have said that they will need something, some days before they need it."""
	before = timedelta(days=cint(rule.days_before))
	started = getdate(rule.enabled_from)
	due = {
		(one.customer, one.day): one
		for one in demand.open_demands(today)
		# What was said since the rule was switched on is new, however soon it is needed.
		if today <= one.day <= today + before
		and (one.day >= started + before or getdate(one.stated) >= started)
	}
	if not due:
		return []
	query, customer, _value = customers(rule)
	query = query.where(customer.name.isin(sorted({name for name, _day in due})))
	found = {one.customer: one for one in matching(rule, query.run(as_dict=True))}
	return [
		row(
			rule,
			found[name],
			occurrence=f"demand {day}",
			planned_on=day - before,
			due_date=min(day, due_before(rule, day - before, today, day)),
			# What it is stays in the contact.
			reason=said(
				"Said on {0} that something is needed on {1}; see the contact of that day.",
				written(one.stated),
				written(day),
			),
			short=said("Needs something on {0}", written(day)),
			reference_doctype="Customer Touch",
			reference_name=one.touch,
			expires=1,
		)
		for (name, day), one in due.items()
		if name in found
	]


def silence(rule, today: date) -> list[dict]:
	"""Customers who have not bought for as many days as the rule says."""
	value = frappe.qb.DocType("Customer Value")
	days = timedelta(days=cint(rule.silent_days))
	query, *_tables = customers(rule, value.last_purchase)
	query = query.where(
		(value.last_purchase >= since(rule, today) - days) & (value.last_purchase <= today - days)
	).where(value.status != NOT_RANKED)
	rows = [
		row(
			rule,
			one,
			occurrence=f"silent since {one.last_purchase}",
			planned_on=getdate(one.last_purchase) + days,
			reason=said(
				"Not seen since {0}. Just say hello; do not ask whether something is wrong.",
				written(one.last_purchase),
			),
			short=said("Not seen for {0}: say hello", span((today - getdate(one.last_purchase)).days)),
		)
		for one in matching(rule, query.run(as_dict=True))
	]
	spoken = CONTACTED.over(rows, today)
	return [one for one, over in zip(rows, spoken, strict=True) if not over]


def _other_contacts(rows: list, today: date) -> dict[str, int]:
	"""As :func:`last_contacts`; what a ToDo that is open again led to the first time was not enough."""
	touch = frappe.qb.DocType("Customer Touch")
	todos = {one["todo"] for one in rows if one.get("todo")}
	own = columns(among(frappe.qb.from_(touch), touch.todo, todos), touch.name)[0] if todos else ()
	return last_contacts(today, of_customers(rows), own)


def _contacted_since_its_turn(rows: list, today: date) -> list[bool]:
	last = _other_contacts(rows, today)
	starts = [day_of(one["occurrence"]) for one in rows]
	return [
		bool(start) and last.get(one["customer"], 0) > start.toordinal()
		for one, start in zip(rows, starts, strict=True)
	]


def _not_yet_its_turn(rows: list, today: date) -> list[bool]:
	"""Whether the tier's rhythm, or another tier's, asks for it later, or not at all; what reps have already stays with them."""
	every, result = _rhythms(), []
	for one in rows:
		start, started, days = (
			day_of(one["occurrence"]),
			getdate(one["rule"].enabled_from),
			every.get(one["tier"]),
		)
		if one["status"] != "Planned" or not start:
			result.append(False)
		elif not days:
			result.append(True)
		else:
			last = start if start != started else None
			result.append(cadence_due(one["customer"], days, last, started)[0] > today)
	return result


def _contacted_since_it_was_due(rows: list, today: date) -> list[bool]:
	last = _other_contacts(rows, today)
	return [last.get(one["customer"], 0) >= getdate(one["planned_on"]).toordinal() for one in rows]


def _bought_since(rows: list, today: date) -> list[bool]:
	days = [(day_of(one["occurrence"]), one["last_purchase"]) for one in rows]
	return [bool(day and last) and getdate(last) > day for day, last in days]


def _not_bought_after_all(rows: list, today: date) -> list[bool]:
	days = [(day_of(one["occurrence"]), one["last_purchase"]) for one in rows]
	return [bool(day) and (not last or getdate(last) < day) for day, last in days]


def _needed_no_more(rows: list, today: date) -> list[bool]:
	still = {(one.customer, one.day) for one in demand.open_demands(today)}
	return [(one["customer"], day_of(one["occurrence"])) not in still for one in rows]


# The silence is broken: the call would be the second one, or come after the purchase it asks for. What is said at another
# contact is no answer to what is needed, so contacts do not end the calls about a purchase to come.
BOUGHT = Premise("Bought again", _bought_since)
# The silence is another one, or none: the purchase after which it began was cancelled.
NOT_BOUGHT = Premise("No longer true", _not_bought_after_all)
CONTACTED = Premise("Contacted meanwhile", _contacted_since_it_was_due)
TURN_IS_OVER = Premise("Contacted meanwhile", _contacted_since_its_turn)
# Somebody entered 3 days and meant 30.
TURN_HAS_COME = Premise("No longer true", _not_yet_its_turn)
NEEDED = Premise("No longer true", _needed_no_more)
