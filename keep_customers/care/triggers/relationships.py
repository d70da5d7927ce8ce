"""Relationships at risk: ``care/relationships.py`` says what stands, the rules ask somebody to see to it.

What is said of people stands in the file; a ToDo names nobody.
"""

from collections.abc import Iterable
from datetime import date, timedelta

import frappe
from frappe.utils import get_quarter_start, getdate

from keep_customers.care import relationships
from keep_customers.care.last_contacts import last_contacts
from keep_customers.care.triggers import (
	Premise,
	customers,
	matching,
	not_noted,
	of_customers,
	row,
	since,
	written,
)
from keep_customers.engine.followups import cadence_due, fraction
from keep_customers.erp.said import said
from keep_customers.erp.tables import among

QUARTER = 90  # days
LONGEST_ABOUT = 100  # characters of a name in an occurrence's


def deciders_left(rule, today: date) -> list[dict]:
	"""Customers whose decision maker has left since the rule was switched on, or is not reached any more."""
	first, found = since(rule, today), {}
	for alarm in relationships.standing(relationships.DECIDER, today):
		if alarm.since >= first:
			found.setdefault(alarm.customer, alarm)
	words = {
		relationships.LEFT: said(
			"Who decides there is no longer here. Who takes over? Ask to be introduced, and note them in the file."
		),
		relationships.BOUNCED: said(
			"E-mail to who decides there comes back. Are they still there? Ask, and note the new address or the new person."
		),
		relationships.DISABLED: said(
			"The user of who decides there was disabled. Are they still there? Ask, and note who decides now."
		),
	}
	short = {
		relationships.LEFT: said("Who decides has left"),
		relationships.BOUNCED: said("Mail to who decides comes back"),
		relationships.DISABLED: said("Still there who decides?"),
	}
	return [
		row(
			rule,
			one,
			occurrence=_named(found[one.customer]),
			planned_on=found[one.customer].since,
			reason=words[found[one.customer].how],
			short=short[found[one.customer].how],
		)
		for one in _of(rule, found)
	]


def only_one_person(rule, today: date) -> list[dict]:
	"""Customers at whom we know one person only, once a quarter; spread over it, so that it floods nobody."""
	start = getdate(get_quarter_start(today))
	first = max(getdate(rule.enabled_from), start)
	turns = {}
	for customer in relationships.of_tiers(rule.tiers):
		day = start + timedelta(days=int(fraction("one person", customer) * QUARTER))
		if first <= day <= today:
			turns[customer] = day
	occurrence = f"one person {start.isoformat()}"
	# Whose people are looked at: nobody's whose turn is yet to come, or who was asked about this quarter.
	new = not_noted(rule, dict.fromkeys(turns, occurrence))
	alone = relationships.standing(relationships.ONE_PERSON, today, list(new), rule.tiers) if new else ()
	new = {alarm.customer for alarm in alone} & new.keys()
	return [
		row(
			rule,
			one,
			occurrence=occurrence,
			planned_on=turns[one.customer],
			reason=said(
				"We know one person there at most. Whom else should we know? Ask to be introduced, and note them."
			),
			short=said("One person known: whom else?"),
		)
		for one in _of(rule, new)
	]


def nobody_spoken_to(rule, today: date) -> list[dict]:
	"""Customers to whom nobody has spoken for longer than their tier allows, and nobody is asked to in time."""
	alarms = relationships.standing(relationships.NOT_SPOKEN, today, tiers=rule.tiers)
	names = {alarm.customer for alarm in alarms} - _asked_in_time()
	if not names:
		return []
	every, last, started = relationships.rhythms(rule.tiers), last_contacts(today), getdate(rule.enabled_from)
	turns = {}
	for one in _of(rule, names):
		day = last.get(one.customer)
		contact = date.fromordinal(day) if day else None
		# As the tier's rhythm begins: who is late already when the rule is switched on comes little by little.
		turn, start = cadence_due(one.customer, every[one.tier], contact, started)
		if turn <= today:
			turns[one.customer] = (one, turn, start, contact)
	new = not_noted(rule, {name: f"silent since {start}" for name, (_one, _turn, start, _c) in turns.items()})
	return [
		row(
			rule,
			turns[name][0],
			occurrence=occurrence,
			planned_on=turns[name][1],
			reason=_silence(turns[name][0].tier, every, turns[name][3]),
			short=said("Nobody has spoken to them for too long"),
		)
		for name, occurrence in new.items()
	]


def _silence(tier: str, every: dict, contact: date | None) -> str:
	name = said(tier, context="Customer Tier")
	if contact:
		return said(
			"The last contact of any kind was on {0}; {1} customers hear from us every {2} days. Is somebody taking care of them?",
			written(contact), name, every[tier],
		)  # fmt: skip
	return said(
		"No contact of any kind is on record; {0} customers hear from us every {1} days. Is somebody taking care of them?",
		name,
		every[tier],
	)


def rep_left(rule, today: date) -> list[dict]:
	"""Customers whose rep has left since the rule was switched on; who takes care of them now is asked."""
	first = since(rule, today)
	found = {
		alarm.customer: alarm
		for alarm in relationships.standing(relationships.REP, today)
		if alarm.since and alarm.since >= first and alarm.since <= today
	}
	return [
		row(
			rule,
			one,
			occurrence=_named(found[one.customer]),
			planned_on=found[one.customer].since,
			reason=said(
				"Their rep has left. Introduce whoever takes care of them now, and note the new rep in the file."
			),
			short=said("Their rep has left: introduce the new one"),
		)
		for one in _of(rule, found)
	]


def _of(rule, names: Iterable[str]) -> list:
	"""Those of the customers that the rule means."""
	names = set(names)
	if not names:
		return []
	query, customer, _value = customers(rule)
	rows = among(query, customer.name, names).run(as_dict=True)
	return [one for one in matching(rule, rows) if one.customer in names]


def _asked_in_time() -> set[str]:
	# What waits to go out by itself asks nobody.
	asked = {"status": "Assigned", "todo": ("is", "set")}
	return set(frappe.get_all("Follow Up", filters=asked, pluck="customer"))


def _named(alarm: relationships.Alarm) -> str:
	# Of users the day is only about known, and may change.
	known = alarm.how in (relationships.LEFT, relationships.BOUNCED)
	return f"{alarm.about[:LONGEST_ABOUT]} {alarm.since if known else 'left'}"


def call_anew(moved: dict[str, str]) -> None:
	"""What was asked about somebody stays asked, and is not asked again, whatever the row, contact or user is called.

	:param moved: old name -> new one
	"""
	names = {old[:LONGEST_ABOUT]: new[:LONGEST_ABOUT] for old, new in moved.items()}
	follow_up, rule = frappe.qb.DocType("Follow Up"), frappe.qb.DocType("Care Rule")
	rows = (
		frappe.qb.from_(follow_up)
		.inner_join(rule)
		.on(rule.name == follow_up.care_rule)
		.select(follow_up.name, follow_up.care_rule, follow_up.customer, follow_up.occurrence)
		.where(rule.trigger.isin([relationships.DECIDER, relationships.REP]))
	).run(as_dict=True)
	for one in rows:
		about, _between, since_when = (one.occurrence or "").rpartition(" ")
		if about in names:
			key = {
				"care_rule": one.care_rule,
				"customer": one.customer,
				"occurrence": f"{names[about]} {since_when}",
			}
			if not frappe.db.exists("Follow Up", key):
				frappe.db.set_value("Follow Up", one.name, "occurrence", key["occurrence"])


# Why it is due no longer


def _over(kind: str):
	def over(rows: list, today: date) -> list[bool]:
		still = {
			(alarm.customer, _named(alarm))
			for alarm in relationships.standing(kind, today, of_customers(rows))
		}
		# What asks again begins with the same name.
		return [
			not any(
				one["customer"] == customer and one["occurrence"].startswith(name) for customer, name in still
			)
			for one in rows
		]

	return over


def _more_people(rows: list, today: date) -> list[bool]:
	names = of_customers(rows)
	tiers = frappe.get_all("Customer Tier", pluck="name")
	still = {
		alarm.customer for alarm in relationships.standing(relationships.ONE_PERSON, today, names, tiers)
	}
	return [one["customer"] not in still for one in rows]


STILL_GONE = Premise("No longer true", _over(relationships.DECIDER))
ONE_PERSON = Premise("No longer true", _more_people)
STILL_LEFT = Premise("No longer true", _over(relationships.REP))
