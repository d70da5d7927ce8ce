"""Rhythms: the tier's, the customer's own, and their end."""

from datetime import date, timedelta

import frappe
from frappe import _
from frappe.query_builder.functions import IfNull, Max
from frappe.utils import cint, getdate

from keep_customers.engine.followups import cadence_due
from keep_customers.erp import contacts_seen, demand, followups
from keep_customers.erp.tables import among, columns
from keep_customers.erp.triggers import candidates, customers, matching, row, since, written


def tier_cadence(rule, today: date) -> list[dict]:
	"""Customers of a tier who have not been contacted for as long as the tier's rhythm allows."""
	rhythms = frappe.get_all("Customer Tier", fields=["name", "contact_every_days"], as_list=True)
	every = {tier: days for tier, days in rhythms if days and (not rule.tiers or tier in rule.tiers)}
	if not every:
		return []
	touch, follow_up = frappe.qb.DocType("Customer Touch"), frappe.qb.DocType("Follow Up")
	value = frappe.qb.DocType("Customer Value")
	touched = (
		frappe.qb.from_(touch)
		.select(touch.customer, Max(touch.date))
		.where((touch.result != "Not Reached") & (touch.date < today + timedelta(days=1)))
		.groupby(touch.customer)
	)
	done = (
		frappe.qb.from_(follow_up)
		.select(follow_up.customer, Max(follow_up.done_on))
		.where((follow_up.status == "Done") & follow_up.touch.isnull() & (follow_up.done_on <= today))
		.groupby(follow_up.customer)
	)
	last: dict[str, date] = {}
	for name, when in [*touched.run(), *done.run(), *contacts_seen.latest(today).items()]:
		if when:
			last[name] = max(last.get(name, date.min), getdate(when))
	passed = (
		frappe.qb.from_(follow_up)
		.select(follow_up.customer, Max(follow_up.planned_on))
		.where((follow_up.care_rule == rule.name) & follow_up.status.notin(followups.PENDING))
		.where(IfNull(follow_up.hold_reason, "") != "Rule switched off")
		.groupby(follow_up.customer)
	)
	# An occurrence that was settled without a contact (nobody reached, refused, cancelled) does not end the rhythm.
	asked = {name: getdate(when) for name, when in passed.run() if when}
	waiting = set(
		frappe.get_all(
			"Follow Up",
			filters={"care_rule": rule.name, "status": ("in", followups.PENDING)},
			pluck="customer",
		)
	)
	started = getdate(rule.enabled_from)
	# Whose turn it is, of all there are; the rest is asked only about those.
	turns = {}
	ranked = frappe.qb.from_(value).where(value.tier.isin(sorted(every)))
	for name, tier in zip(*columns(ranked, value.name, value.tier), strict=True):
		turn = max(filter(None, (last.get(name), asked.get(name))), default=None)
		day, start = cadence_due(name, every[tier], turn, started)
		if day <= today and name not in waiting:
			turns[name] = day, start
	if not turns:
		return []
	query, customer, _value = customers(rule)
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
						one.tier, every[one.tier], contact and written(contact)
					),
				)
			)
	return rows


def reorder_due(rule, today: date) -> list[dict]:
	"""Customers whose next purchase is expected, some days before it."""
	value = frappe.qb.DocType("Customer Value")
	before = timedelta(days=cint(rule.days_before))
	query, *_tables = customers(rule, value.next_purchase, value.last_purchase)
	query = query.where(value.status.isin(["New", "Active", "Due", "Won Back"])).where(
		(value.next_purchase >= since(rule, today) + before) & (value.next_purchase <= today + before)
	)
	return [
		row(
			rule,
			one,
			occurrence=f"after {one.last_purchase}",
			planned_on=getdate(one.next_purchase) - before,
			reason=_("The next purchase is expected about {0}. What is needed, when and how much?").format(
				written(one.next_purchase)
			),
			expires=1,
		)
		for one in matching(rule, query.run(as_dict=True))
	]


def reorder_overdue(rule, today: date) -> list[dict]:
	"""Customers who have let half as much time again pass as usual, or more."""
	overdue, _customer, value = candidates(rule)
	overdue = overdue.where(value.status.isin(["Overdue", "At Risk"])).where(
		(value.status_since >= since(rule, today)) & (value.status_since <= today)
	)
	# At Risk comes after Overdue: one contact for one silence.
	occurrences = {
		name: f"overdue after {last}"
		for name, last in zip(*columns(overdue, value.name, value.last_purchase), strict=True)
	}
	known = followups.known_occurrences(rule.name, occurrences)
	new = [name for name, occurrence in occurrences.items() if (name, occurrence) not in known]
	query, customer, _value = customers(rule, value.last_purchase, value.status_since)
	query = among(query, customer.name, new)
	return [
		row(
			rule,
			one,
			occurrence=occurrences[one.customer],
			planned_on=getdate(one.status_since),
			reason=_("Last bought on {0}, and usually buys again sooner. What can we do for them?").format(
				written(one.last_purchase)
			),
		)
		for one in matching(rule, query.run(as_dict=True) if new else [])
		if one.customer in occurrences
	]


def stated_demand(rule, today: date) -> list[dict]:
	"""Customers who have said that they will need something, some days before they need it."""
	before = timedelta(days=cint(rule.days_before))
	first = max(today, since(rule, today) + before)
	due = {
		(one.customer, one.day): one
		for one in demand.open_demands(today)
		if first <= one.day <= today + before
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
			due_date=min(day, day - before + timedelta(days=cint(rule.due_in_days))),
			# What it is stays in the contact.
			reason=_("Said on {0} that something is needed on {1}; see the contact of that day.").format(
				written(one.stated), written(day)
			),
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
	)
	return [
		row(
			rule,
			one,
			occurrence=f"silent since {one.last_purchase}",
			planned_on=getdate(one.last_purchase) + days,
			reason=_("Not seen since {0}. Just say hello; do not ask whether something is wrong.").format(
				written(one.last_purchase)
			),
		)
		for one in matching(rule, query.run(as_dict=True))
	]
