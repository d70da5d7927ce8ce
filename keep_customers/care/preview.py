"""What the rules would do today, without doing it."""

from collections.abc import Iterable
from datetime import date, timedelta

import frappe
from frappe.utils import getdate

from keep_customers.access import control_group
from keep_customers.care import followups, full_day, rules
from keep_customers.care.planning import decide
from keep_customers.care.triggers import CATCH_UP_DAYS
from keep_customers.erp.calendar import working_days
from keep_customers.erp.permissions import readable_among
from keep_customers.erp.said import reworded

MONTH, NO_RULE = 30, "–"


def preview(rule: str | None = None, today: date | None = None) -> list[dict]:
	"""Every follow-up the night would decide about today, with what would become of it.

	A rule that is switched off is looked at as if it had been on for the last 30 days; otherwise it would have
	nothing to show.

	:param rule: only this one; by default all that are switched on, and what is waiting already
	Of a control group nothing is said to who may not know of it.

	:returns: dicts with customer, customer_name, tier, care_rule, reason, channel, due_date, rep, value_at_risk,
		currency, action (of :mod:`keep_customers.engine.followups`), hold_reason
	"""
	today = today or getdate()
	settings = frappe.get_cached_doc("Keep Customers Settings")
	chosen = rules.read({"name": rule}) if rule else rules.enabled(today)
	waiting = [row for row in followups.planned(today) if not rule or row.care_rule == rule]
	followups.add_words(waiting)
	for one in chosen:
		if not (one.enabled and one.enabled_from):
			one.enabled_from = today - timedelta(days=CATCH_UP_DAYS)
		waiting += _new(one, today)
	all_rules = rules.by_name()
	shown = control_group.may_be_seen()
	learned = full_day.learned(settings, today) if full_day.by_change(settings) else None
	reps, decisions = decide(waiting, all_rules, settings, today, working_days(settings), learned=learned)
	return [
		{
			**{key: row.get(key) for key in SHOWN},
			"reason": reworded(row, "reason"),
			"value_at_risk": row.current_risk,
			"rep": reps[row.name],
			"action": decision.action,
			"hold_reason": decision.reason,
		}
		for row, decision in decisions
		if row.arm != control_group.HELD_BACK or shown
	]


def would_have_made(rule: str, days: int, changes: dict | None = None, today: date | None = None) -> int:
	"""How many follow-ups a rule would have made, had it been switched on so many days ago; caps and capacity left aside.

	:param changes: fields of the rule as they would be, not saved: who may try amounts would learn what others have bought
	:returns: of customers the user of this session may read
	"""
	today = today or getdate()
	[one] = rules.read({"name": rule})
	one.update(changes or {})
	one.enabled_from = today - timedelta(days=days)
	return _of_readable((row.customer, row.occurrence) for row in _new(one, today))


def last_month(rule, today: date | None = None) -> int:
	"""How many contacts a rule would have made in the last 30 days, had it begun then; caps and capacity left aside.

	:param rule: as :func:`rules.of` gives it, saved or not
	:returns: of customers the user of this session may read
	"""
	today = today or getdate()
	begun = today - timedelta(days=MONTH)
	# Under a name that no rule has, so that what it has made in truth counts as well.
	rule = frappe._dict(rule, name=NO_RULE, enabled_from=begun)
	if rule.trigger in rules.DATED:
		# A greeting is noted before its day only: look a month ahead from where the month began.
		rule.update(days_before=MONTH)
		rows = [row for row in rules.due(rule, begun) if row["due_date"] <= today]
	else:
		rows = [row for row in rules.due(rule, today) if row["planned_on"] <= today]
	return _of_readable((row["customer"], row["occurrence"]) for row in rows)


def _of_readable(contacts: Iterable[tuple[str, str]]) -> int:
	"""How many different ones there are, of customers the user of this session may read."""
	contacts = set(contacts)
	readable = readable_among({customer for customer, _occurrence in contacts})
	return sum(customer in readable for customer, _occurrence in contacts)


SHOWN = ("customer", "customer_name", "tier", "care_rule", "channel", "due_date", "currency")


def _new(rule, today: date) -> list:
	"""What the rule makes due and nobody has noted yet."""
	rows = {(row["customer"], row["occurrence"]): row for row in rules.due(rule, today)}
	for key in followups.known_occurrences(rule.name, {customer for customer, _occurrence in rows}):
		rows.pop(key, None)
	followups.draw_arms(list(rows.values()))
	return [
		frappe._dict(
			{"expires": 0, "reference_doctype": None, "arm": None, **row},
			name=f"new {rule.name} {number}",
			current_risk=row["value_at_risk"],
		)
		for number, row in enumerate(rows.values())
		# What would have been too late is nothing the rule does today.
		if row["planned_on"] <= today and not (row.get("expires") and row["due_date"] < today)
	]
