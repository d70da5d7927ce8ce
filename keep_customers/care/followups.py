"""Follow Up rows: the ledger of everything that is due, behind the ToDos."""

from collections import Counter
from collections.abc import Collection
from datetime import date, timedelta

import frappe
import numpy as np
from frappe.query_builder.functions import Count, IfNull
from frappe.utils import cint, cstr, getdate, now_datetime

from keep_customers.access import control_group
from keep_customers.care import contacts_seen
from keep_customers.engine import followups as engine
from keep_customers.erp.registered import registered
from keep_customers.erp.said import kept, said
from keep_customers.erp.tables import (
	FALLING,
	FEW,
	among,
	chunks,
	columns,
	hold,
	insert,
	new_name,
	numbers,
	standard_columns,
	to_dates,
	to_ordinals,
)
from keep_customers.worth.outlook import span
from keep_customers.worth.values import COMPLETED, of_today

OPEN = ("Assigned", "Late")
PENDING = ("Planned", *OPEN)
# What the customer was promised without any rule: the next step, the call after a complaint, the visit; and what cannot
# wait, because places and the time to reply run out.
PROMISED_BY = ("Customer Touch", "Complaint Case", "VIP Invitation", "Visit Plan")
# Of them, what stays promised; visits and invitations have a life of their own.
KEPT = ("Customer Touch", "Complaint Case")
# What guests of an event have to answer.
ASKS_GUESTS = ("Event Invitation", "Event Reminder")
# What nobody needs to be called about once it is cancelled, and how that is noted.
CANCELLED = {"Sales Invoice": "Invoice cancelled", "Delivery Note": "Delivery cancelled"}
CREDITED = "Invoice credited"
TODO_CANCELLED = "ToDo cancelled"
# What a message is that has left the house, whatever its app has told of it since.
LEFT_THE_HOUSE = ("Sending", "Sent", "Delivered", "Read")
RULE_OFF = "Rule switched off"
IN_CONTACT = "Already in Contact"  # why a contact was not useful, which says that there was another one
USEFUL_AFTER_ALL = dict.fromkeys(("not_useful", "not_useful_words", "not_useful_on", "not_useful_by"), None)
FIELDS = (
	"customer", "customer_name", "care_rule", "occurrence", "status", "priority", "reason", "short", "made_of", "channel",
	"planned_on", "due_date", "expires", "occasion", "reference_doctype", "reference_name", "value_at_risk", "currency",
	"amount", "benefit", "gift", "gift_cost", "gift_currency", "arm", "control_share", "risk_then", "for_user",
)  # fmt: skip
TO_DECIDE = (
	"name", "customer", "care_rule", "occurrence", "status", "hold_reason", "rep", "channel", "reference_doctype",
	"reference_name", "arm", "for_user",
)  # fmt: skip
TO_CARRY_OUT = (
	"name", "customer", "customer_name", "care_rule", "occurrence", "status", "channel", "priority", "reason", "occasion",
	"due_date", "expires", "amount", "currency", "assigned_to", "todo", "send_status", "send_attempts", "send_error", "email_queue",
	"reference_doctype", "reference_name", "came_first", "coupon",
)  # fmt: skip
WORDS = ("customer_name", "reason", "short", "made_of", "priority", "currency")
LONGEST_SHORT = 140
SAME_SHARE = 1e-6  # percent
# The host's number columns are NOT NULL.
NUMBERS = ("expires", "value_at_risk", "amount", "gift_cost", "control_share", "risk_then")


def promised(row) -> bool:
	"""Whether somebody waits for a follow-up.

	:param row: with care_rule and reference_doctype
	"""
	return not row.get("care_rule") and row.get("reference_doctype") in PROMISED_BY


def promised_for(row, today: date) -> bool:
	"""Whether a customer was promised a follow-up for a day that is not over: it stays on that day.

	:param row: with care_rule, reference_doctype and due_date
	"""
	return (
		promised(row) and row["reference_doctype"] == "Customer Touch" and getdate(row["due_date"]) >= today
	)


def last_day(row) -> date | None:
	"""Until when it makes sense to try again; None where that is for as long as it takes.

	:param row: with care_rule, occurrence, expires, due_date, reference_doctype and reference_name
	"""
	days = [row.due_date] if row.get("expires") and row.get("due_date") else []
	if row.get("reference_doctype") == "VIP Invitation" and not row.get("care_rule"):
		invitation, event = frappe.qb.DocType("VIP Invitation"), frappe.qb.DocType("VIP Event")
		query = frappe.qb.from_(invitation).inner_join(event).on(event.name == invitation.event)
		for starts_on, reply_until in (
			query.where(invitation.name == row.reference_name)
			.select(event.starts_on, event.reply_until)
			.run()
		):
			# Who is to be told something about it hears it until then, who is asked has to answer before.
			asks = row.occurrence in ASKS_GUESTS
			days += [starts_on, reply_until if asks else None]
	return min((getdate(day) for day in days if day), default=None)


def a_night_is_over() -> bool:
	"""Whether a run has been completed; before, follow-ups become nobody's ToDo."""
	return bool(frappe.db.exists("Care Run", {"status": ("in", COMPLETED)}))


def add(rows: list[dict]) -> int:
	"""Add what became due; an occurrence a rule has already seen is left as it is.

	:param rows: dicts of :data:`FIELDS`; missing ones stay empty
	:returns: how many are new
	"""
	of_rule: dict[str | None, list[dict]] = {}
	for row in rows:
		of_rule.setdefault(row.get("care_rule"), []).append(row)
	rows = of_rule.pop(None, [])
	for rule, its_rows in of_rule.items():
		# To ask is ten times as quick as to try.
		known = known_occurrences(rule, {row["customer"] for row in its_rows})
		rows += [row for row in its_rows if (row["customer"], row["occurrence"]) not in known]
	draw_arms(rows)
	standard = standard_columns()
	names = (new_name() for _row in rows)
	insert(
		"Follow Up",
		["name", *FIELDS, *standard],
		[
			[name, *(_stored(row, field) for field in FIELDS), *standard.values()]
			for name, row in zip(names, rows, strict=True)
		],
		# Somebody may have added one in this moment.
		ignore_existing=True,
	)
	return len(rows)


def draw_arms(rows: list[dict]) -> None:
	"""Note on what became due whether its rule holds the customer back, and what was at risk before anybody did anything."""
	holds_back = frappe.get_all(
		"Care Rule", filters={"control_share": (">", 0)}, fields=["name", "control_share"], as_list=True
	)
	shares = dict(holds_back)
	of_rules: dict[str, list[dict]] = {}
	for row in rows:
		if row.get("care_rule") in shares:
			of_rules.setdefault(row["care_rule"], []).append(row)
	for rule, its_rows in of_rules.items():
		share, drawn = shares[rule], _drawn(rule, shares[rule], {row["customer"] for row in its_rows})
		for row in its_rows:
			held = engine.in_control_group(rule, row["customer"], share / 100)
			arm = control_group.HELD_BACK if held else control_group.CARED_FOR
			row["arm"] = drawn.get(row["customer"], arm)
			row["control_share"], row["risk_then"] = share, row.get("value_at_risk")


def _drawn(rule: str, share: float, customers: Collection[str]) -> dict[str, str]:
	"""Customer -> the arm into which the rule has drawn it with this share; the names by which it was may have changed since."""
	follow_up = frappe.qb.DocType("Follow Up")
	query = frappe.qb.from_(follow_up).where((follow_up.care_rule == rule) & (follow_up.arm > ""))
	query = among(query, follow_up.customer, customers).orderby(follow_up.planned_on, order=FALLING)
	names, arms, shares = columns(query, follow_up.customer, follow_up.arm, follow_up.control_share)
	# The last one of each customer is the first that was drawn.
	return {
		name: arm
		for name, arm, its_share in zip(names, arms, numbers(shares), strict=True)
		if abs(its_share - share) < SAME_SHARE
	}


def made_of(row: dict) -> str | None:
	"""What the texts of a row are made of, as it is stored."""
	return kept(reason=row.get("reason"), short=row.get("short"))


def _stored(row: dict, field: str):
	if field == "made_of":
		return made_of(row)
	value = row.get(field) or (0 if field in NUMBERS else None)
	return value[:LONGEST_SHORT] if field == "short" and value else value


def add_to_those_there(rows: list[dict]) -> int:
	"""As :func:`add`, in a job; who is deleted, renamed or merged meanwhile is left out, and cannot be until the commit."""
	there = hold("Customer", [row["customer"] for row in rows])
	return add([row for row in rows if row["customer"] in there])


def add_or_revive(rows: list[dict]) -> None:
	"""Add what became due; what was taken back because its invoice did not count comes to life again.

	What is pending already is from now on about the invoice that is there now.
	"""
	if add(rows):
		return
	for row in rows:
		key = {field: row[field] for field in ("care_rule", "customer", "occurrence")}
		pending = {**key, "status": ("in", PENDING), "reference_name": ("!=", row["reference_name"])}
		words = {f: row.get(f) for f in ("reason", "short", "reference_name")} | {"made_of": made_of(row)}
		frappe.db.set_value("Follow Up", pending, words)
		name = frappe.db.get_value(
			"Follow Up",
			{
				**key,
				"status": "Cancelled",
				"hold_reason": ("in", (CANCELLED["Sales Invoice"], CREDITED)),
			},
		)
		if name:
			settle(
				name,
				"Planned",
				hold_reason="",
				todo=None,
				assigned_on=None,
				**words,
				**{f: row[f] for f in ("planned_on", "due_date")},
			)


def known_occurrences(rule: str, customers: Collection[str]) -> set[tuple[str, str]]:
	"""(customer, occurrence) pairs the rule has made due before."""
	follow_up = frappe.qb.DocType("Follow Up")
	query = frappe.qb.from_(follow_up).where(follow_up.care_rule == rule)
	query = among(query, follow_up.customer, customers)
	return set(zip(*columns(query, follow_up.customer, follow_up.occurrence), strict=True))


def contacts_within(customers: list[str], since: date, today: date) -> Counter:
	"""Contacts per customer after ``since``: touches, follow-ups somebody was asked to do, what the host knows of.

	Others may be among them if ``customers`` are many.
	"""
	if not customers:
		return Counter()
	touch, follow_up = frappe.qb.DocType("Customer Touch"), frappe.qb.DocType("Follow Up")
	touched = (
		among(frappe.qb.from_(touch), touch.customer, customers, FEW)
		.select(touch.customer, Count("*"))
		.where((touch.date >= since + timedelta(days=1)) & (touch.date < today + timedelta(days=1)))
		.where(touch.result != "Not Reached")
		.groupby(touch.customer)
	)
	asked = (
		among(frappe.qb.from_(follow_up), follow_up.customer, customers, FEW)
		# Several follow-ups on one ToDo are one contact.
		.select(follow_up.customer, Count(IfNull(follow_up.todo, follow_up.name)).distinct())
		.where(follow_up.status.isin([*OPEN, "Done"]) & follow_up.touch.isnull())
		# What was asked for long ago may have been done yesterday.
		.where(
			((follow_up.assigned_on > since) & (follow_up.assigned_on <= today))
			| ((follow_up.status == "Done") & (follow_up.done_on > since) & (follow_up.done_on <= today))
		)
		.groupby(follow_up.customer)
	)
	# The rep says so, and nothing else knows of it.
	elsewhere = (
		among(frappe.qb.from_(follow_up), follow_up.customer, customers, FEW)
		.select(follow_up.customer, Count(IfNull(follow_up.todo, follow_up.name)).distinct())
		.where((follow_up.not_useful == IN_CONTACT) & (follow_up.not_useful_on > since))
		.where(follow_up.not_useful_on <= today)
		.groupby(follow_up.customer)
	)
	seen = contacts_seen.within(customers, since, today)
	return sum((Counter(dict(query.run())) for query in (touched, asked, elsewhere)), seen)


def assigned_on(day: date) -> dict[str, int]:
	"""User -> contacts assigned on the day, whatever became of them."""
	follow_up = frappe.qb.DocType("Follow Up")
	rows = (
		frappe.qb.from_(follow_up)
		.select(follow_up.assigned_to, Count(follow_up.todo).distinct())
		.where((follow_up.assigned_on == day) & follow_up.todo.isnotnull())
		.groupby(follow_up.assigned_to)
	).run()
	return dict(rows)


def planned(today: date) -> list:
	"""What waits for its turn today, with the customer's tier and value at risk as they are now.

	What a ToDo says about it is left out, see :func:`add_words`.
	"""
	follow_up, value = frappe.qb.DocType("Follow Up"), frappe.qb.DocType("Customer Value")
	query = (
		frappe.qb.from_(follow_up)
		.left_join(value)
		.on(value.name == follow_up.customer)
		.where((follow_up.status == "Planned") & (follow_up.planned_on <= today))
	)
	*found, due, expires, tier, risk = columns(
		query,
		*(follow_up[field] for field in TO_DECIDE),
		follow_up.due_date,
		follow_up.expires,
		value.tier,
		of_today(value, "value_at_risk"),
	)
	names = (*TO_DECIDE, "due_date", "expires", "tier", "current_risk")
	# What has no day is due today: another app's trigger may have forgotten it.
	days, risks = [day or today for day in to_dates(to_ordinals(due))], np.nan_to_num(numbers(risk)).tolist()
	rows = zip(*found, days, map(cint, expires), tier, risks, strict=True)
	return [frappe._dict(zip(names, row, strict=True)) for row in rows]


def planned_visits(customers: Collection[str], since: date) -> dict[tuple[str, str], frappe._dict]:
	"""(customer, user) -> todo, date and the journey's from_date, of the next visit of an approved plan on the user's list.

	:param since: an earlier one is late, or only not reported yet
	"""
	follow_up, todo, plan = (frappe.qb.DocType(name) for name in ("Follow Up", "ToDo", "Visit Plan"))
	query = (
		frappe.qb.from_(follow_up)
		.inner_join(todo)
		.on(todo.name == follow_up.todo)
		.inner_join(plan)
		.on((plan.name == follow_up.reference_name) & (follow_up.reference_doctype == "Visit Plan"))
		.where((follow_up.channel == "Visit") & follow_up.status.isin(OPEN) & (todo.status == "Open"))
		.where(plan.method == "In Person")
		.where(todo.date >= since)
		.orderby(todo.date, order=FALLING)
		.orderby(todo.name, order=FALLING)
		.select(
			follow_up.customer, todo.allocated_to, todo.name.as_("todo"), todo.date, plan.from_date
		)
	)  # fmt: skip
	# The last row of each is the first visit.
	return {
		(row.customer, row.allocated_to): row
		for row in among(query, follow_up.customer, customers, FEW).run(as_dict=True)
	}


def with_agreement(query, follow_up, touch):
	"""``query`` with the contact at which a follow-up was agreed, where it was.

	:param follow_up: Follow Up as the query has it
	:param touch: Customer Touch, of the same customer
	"""
	return query.left_join(touch).on(
		(touch.name == follow_up.reference_name)
		& (follow_up.reference_doctype == "Customer Touch")
		& (touch.customer == follow_up.customer)
	)


def add_words(rows: list) -> None:
	"""Add to follow-ups what their ToDo says."""
	by_name = {row.name: row for row in rows}
	for part in chunks(list(by_name), 1000):
		for words in frappe.get_all("Follow Up", filters={"name": ("in", part)}, fields=["name", *WORDS]):
			by_name[words.name].update(words)


def mark_late(today: date) -> int:
	"""What was due before today and is not done is late; returns how many became so."""
	filters = {"status": "Assigned", "due_date": ("<", today)}
	count = frappe.db.count("Follow Up", filters)
	if count:
		frappe.db.set_value("Follow Up", filters, "status", "Late")
	return count


def hold_back(names: list[str], status: str, reason: str, rep: str | None = None) -> None:
	"""Note why follow-ups are not assigned, and to whom; what somebody has settled meanwhile stays so."""
	follow_up = frappe.qb.DocType("Follow Up")
	for part in chunks(names, 1000):
		(
			frappe.qb.update(follow_up)
			.set(follow_up.status, status)
			.set(follow_up.hold_reason, reason)
			.set(follow_up.rep, rep)
			.set(follow_up.modified, now_datetime())
			.where(follow_up.name.isin(part) & (follow_up.status == "Planned"))
		).run()


def note_turns(names: list[str]) -> None:
	"""Note of what was drawn into an arm that there was room for it on the first day it was looked at, whoever gets it."""
	follow_up = frappe.qb.DocType("Follow Up")
	for part in chunks(names, 1000):
		(
			frappe.qb.update(follow_up)
			.set(follow_up.turn_came, 1)
			.where(follow_up.name.isin(part) & (follow_up.status == "Planned"))
		).run()


def by_a_person(follow_up):
	"""The condition that what a follow-up asks for is, or was, a person's to do; messages that go out by themselves have no ToDo.

	:param follow_up: Follow Up as the query has it
	"""
	message = (IfNull(follow_up.send_status, "") != "") | follow_up.sent_on.isnotnull()
	return (IfNull(follow_up.todo, "") != "") | message.negate()


def settle(name: str, status: str, **values) -> None:
	"""Put one follow-up into its new status."""
	frappe.db.set_value("Follow Up", name, {"status": status, **values})


def gone_with(todo: str, customer: str) -> list[str]:
	"""What goes with a ToDo: it is asked for by it, or has ended with it; not what had ended before, for a reason of its own."""
	own = [["status", "in", [*OPEN, "Done"]], ["hold_reason", "=", TODO_CANCELLED]]
	return frappe.get_all(
		"Follow Up", filters={"todo": todo, "customer": customer}, or_filters=own, pluck="name"
	)


def note_done(name: str) -> None:
	"""Let what a follow-up was for know that it is done: rooms above and other apps say so by hook."""
	for note in registered("keep_customers_follow_up_done"):
		note(name)


def take_back_of_rule(rule: str) -> None:
	"""A rule that is switched off asks nobody anything new; what reps already have stays with them.

	Switched on again, it finds what is still to come: so that has to be free of its name.
	"""
	follow_up = frappe.qb.DocType("Follow Up")
	(
		frappe.qb.update(follow_up)
		.set(follow_up.status, "Cancelled")
		.set(follow_up.hold_reason, RULE_OFF)
		.set(follow_up.occurrence, follow_up.name)
		.set(follow_up.modified, now_datetime())
		.where((follow_up.care_rule == rule) & (follow_up.status == "Planned"))
	).run()


def let_go_of_rule(rule: str, **which) -> None:
	"""What reps have of a rule that is gone is theirs to finish; without its rule it must not pass for what was promised.

	:param which: only these
	"""
	of_rule = {"care_rule": rule, **which}
	about = {**of_rule, "reference_doctype": ("in", PROMISED_BY)}
	frappe.db.set_value("Follow Up", about, {"reference_doctype": None, "reference_name": None})
	frappe.db.set_value("Follow Up", of_rule, "care_rule", None)


def promise_again(customer: str, why: str, since: date) -> None:
	"""What was promised and taken back because of the customer itself waits again; of rules it is theirs to find it.

	:param why: it was taken back
	:param since: the day from which on it was due; what was due earlier is over
	"""
	promised = {"reference_doctype": ("in", KEPT), "care_rule": ("is", "not set"), "customer": customer}
	taken_back = {**promised, "status": "Cancelled", "hold_reason": why, "due_date": (">=", since)}
	waits = {"status": "Planned", "hold_reason": "", "todo": None, "assigned_on": None, "assigned_to": None}
	frappe.db.set_value("Follow Up", taken_back, waits)


def asked_again(occurrence: str | None, name: str) -> str:
	"""What the occurrence is called that asks again for what was not useful, and the one that makes room for what may be due
	again; the day in it stays, which premises read."""
	return f"{(occurrence or '')[:120]} {name}"


def drop_asked_again(name: str) -> None:
	"""What was not useful is asked for after all: nobody is asked a second time."""
	row = frappe.db.get_value("Follow Up", name, ["care_rule", "customer", "occurrence"], as_dict=True)
	again = {"care_rule": row.care_rule, "customer": row.customer, "status": "Planned"}
	again["occurrence"] = asked_again(row.occurrence, name)
	frappe.db.set_value("Follow Up", again, {"status": "Cancelled", "hold_reason": "No longer true"})


def reason_for_purchase(invoice: str, amount: str, day: str) -> str:
	return said(
		"Bought for {0} on {1} ({2}). Is everything all right, are there questions?", amount, day, invoice
	)


def short_for_cadence(silent: int | None, bought: int | None) -> str:
	"""Days since the last contact and the last purchase, where there was one: the tier's rhythm is the same for many."""
	if bought is None:
		return said("No contact for {0}", span(silent)) if silent else said("Not contacted yet")
	if silent:
		return said("No contact for {0}, bought {1} ago", span(silent), span(bought))
	return said("Not contacted yet, bought {0} ago", span(bought))


def reason_for_cadence(tier: str, days: int, last: str | None) -> str:
	tier = said(cstr(tier), context="Customer Tier")
	if days == 1 and last:
		return said("{0} customers hear from us every day; the last contact was on {1}.", tier, last)
	if days == 1:
		return said("{0} customers hear from us every day; no contact is on record yet.", tier)
	if last:
		return said(
			"{0} customers hear from us every {1} days; the last contact was on {2}.", tier, days, last
		)
	return said("{0} customers hear from us every {1} days; no contact is on record yet.", tier, days)
