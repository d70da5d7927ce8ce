"""What a rep wants to know before a contact, shown beside its ToDo and stored nowhere.

Each part has the guard it has elsewhere: the file's parts, the figures and the contacts are for who may read those.
What was bought is shown to who may read the file, as *What Was Bought* is there. That a channel was refused and that
a complaint is open is told to everybody who may talk to the customer; what the complaint says is not.
"""

from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import getdate

from keep_customers.benefits import coupons, rebates
from keep_customers.care import (
	at_hand,
	calls,
	followups,
	full_day,
	known_people,
	not_useful,
	notices,
	open_complaints,
	panel,
	results,
	to_say,
)
from keep_customers.care.todos import care_todo
from keep_customers.erp.api import typed
from keep_customers.erp.permissions import of_role
from keep_customers.erp.said import reworded
from keep_customers.people import consent, ledger, reached
from keep_customers.people.addresses import mark
from keep_customers.people.desk import check_file
from keep_customers.worth import demand

SOON = 30  # days in which a birthday is worth a word
PURCHASES = 5
FROM_FILE = (
	"preferred_channel", "best_time", "preferred_language", "taste", "promotion_attitude", "service_preference",
	"missing", "family", "leisure", "work", "values", "character", "buying_habits",
)  # fmt: skip


@frappe.whitelist()
@typed
def for_todo(todo: str) -> dict:
	"""Whom to name, why, and what is known, for a care ToDo.

	:returns:
		- customer, customer_name
		- due, priority: of the ToDo
		- comes_first: why before others, in a sentence; empty where the order is that of value at risk
		- reach: as in :func:`at_hand.at_hand`
		- to_say, more_to_say: as in :func:`to_say.things`
		- again: the next contact that is proposed, as in :func:`to_say.speak_again`; again_if_not: the day on which who was
			not reached is tried again
		- reasons: dicts with reason, short, talking_points, message_kind, next_step, reference_doctype, reference_name
		- value, tier: as in :func:`panel.customer_care`, or None
		- complaints: as in :func:`open_complaints.open_complaints`
		- coupons: as in :func:`coupons.valid`
		- rebates: as in :func:`rebates.running`
		- can_call: whether :func:`calls.call_for_todo` dials
		- channel: by which the ToDo asks for the contact
		- refused: channels by which whoever it is about is not to be contacted
		- others: who else could be asked for, as in :func:`not_useful.others`
		- purchases: the 5 latest of :func:`panel.deal_archive`
		- last_contact: dict with name, date, channel, result, satisfaction (0 to 1), notes, next_step, next_step_date;
		  or None
		- demands: dicts with touch, day, item, qty, amount, currency
		- people: dicts with full_name, relation, decides, birthday (its next day if within 30 days, else None)
		- occasions: dicts with occasion, person, day, of the next 30 days
		- file: dict of :data:`FROM_FILE`; None where there is none, or for who may not read it
	:raises frappe.PermissionError: if the user may not read the ToDo, its follow-up and the customer
	:raises frappe.ValidationError: if it is no care ToDo
	"""
	doc, row = care_todo(todo, "read")
	reasons = _reasons(doc, row.customer, of_role("Customer Touch"))
	return of_contact(row, reasons) | {
		"due": doc.date,
		"priority": doc.priority,
		"comes_first": full_day.because(row),
		"can_call": calls.can_call(doc, row),
		"again_if_not": results.again_on(*results.with_its_days(row)),
	}


def of_contact(row, reasons: list[dict]) -> dict:
	"""As :func:`for_todo`, without what only a ToDo has; for who may read the customer.

	:param row: with customer, customer_name, channel, care_rule, reference_doctype, reference_name
	"""
	customer, today = row.customer, getdate()
	may_read_touches = of_role("Customer Touch")
	file = frappe.get_doc("Customer File", customer) if frappe.db.exists("Customer File", customer) else None
	may_read_file = (
		frappe.has_permission("Customer File", "read", doc=file) if file else of_role("Customer File")
	)
	value, tier = panel.value_and_tier(customer)
	known = {
		"customer": customer,
		"customer_name": row.customer_name,
		"reach": at_hand.at_hand(row),
		"reasons": reasons,
		"value": value,
		"tier": tier,
		"complaints": open_complaints.open_complaints([customer]),
		"coupons": coupons.valid(customer),
		"rebates": rebates.running(customer),
		"can_call": False,
		"channel": row.channel,
		"refused": consent.refused_ways(row),
		"others": not_useful.others(row),
		"purchases": panel.bought(customer, newest_first=True, limit=PURCHASES) if may_read_file else [],
		"last_contact": _last_contact(customer) if may_read_touches else None,
		"demands": _demands(customer, today) if may_read_touches else [],
		**_from_file(file if may_read_file else None, today),
	}
	first, more = to_say.things(known)
	return known | {"to_say": first, "more_to_say": more, "again": to_say.speak_again(value, today)}


def _reasons(todo, customer: str, may_read_touches: bool) -> list[dict]:
	"""Everything the ToDo asks for at once, without what has ended while it goes on; what was agreed at an earlier contact is in
	that contact."""
	follow_up, rule = frappe.qb.DocType("Follow Up"), frappe.qb.DocType("Care Rule")
	touch = frappe.qb.DocType("Customer Touch")
	query = frappe.qb.from_(follow_up).left_join(rule).on(rule.name == follow_up.care_rule)
	if todo.status == "Open":
		query = query.where(follow_up.status != "Cancelled")
	rows = (
		followups.with_agreement(query, follow_up, touch)
		.select(
			follow_up.reason, follow_up.short, follow_up.made_of, follow_up.reference_doctype, follow_up.reference_name, rule.talking_points,
			rule.message_kind, touch.next_step,
		)
		.where((follow_up.todo == todo.name) & (follow_up.customer == customer))
		.orderby(follow_up.due_date, follow_up.name)
	).run(as_dict=True)  # fmt: skip
	for row in rows:
		row.update({"reason": reworded(row, "reason"), "short": reworded(row, "short")})
		del row["made_of"]
		# What ships is known in every language; what an admin has written stays as it is.
		row.talking_points = row.talking_points and _(row.talking_points)
		if row.reference_doctype == "Care Notice":
			row.talking_points = notices.words(row.reference_name)["text"]
		if not may_read_touches:
			row.next_step = None
			if row.reference_doctype == "Customer Touch":
				row.short = None
	return rows


def _last_contact(customer: str) -> dict | None:
	rows = frappe.get_list(
		"Customer Touch",
		filters={"customer": customer},
		fields=[
			"name", "date", "channel", "result", "satisfaction", "notes", "next_step", "next_step_date",
		],
		order_by="date desc, name desc",
		limit=1,
	)  # fmt: skip
	return rows[0] if rows else None


def _demands(customer: str, today: date) -> list[dict]:
	demands = sorted(demand.open_demands(today, customer), key=lambda one: (one.day, one.touch))
	quantities = dict(
		frappe.get_all(
			"Customer Touch",
			filters={"name": ("in", [one.touch for one in demands])},
			fields=["name", "demand_qty"],
			as_list=True,
		)
		if demands
		else ()
	)
	return [
		{
			"touch": one.touch,
			"day": one.day,
			"item": one.item,
			"qty": quantities.get(one.touch),
			"amount": one.amount,
			"currency": one.currency,
		}
		for one in demands
	]


def _from_file(file, today: date) -> dict:
	if not file:
		return {"people": [], "occasions": [], "file": None}
	file.score()
	file.apply_fieldlevel_read_permissions()
	people = [
		{
			"full_name": row.full_name,
			"relation": row.relation,
			"decides": row.decides,
			"birthday": _soon(row.recurs, today),
		}
		# Who decides comes first, the others as somebody has put them.
		for row in sorted(file.people, key=lambda row: not row.decides)
		if not row.left_on
	]
	occasions = [
		{"occasion": row.occasion, "person": row.person, "day": day}
		for row in file.occasions
		if (day := _soon(row.recurs, today))
	]
	return {
		"people": people,
		"occasions": sorted(occasions, key=lambda one: one["day"]),
		"file": {field: file.get(field) for field in FROM_FILE},
	}


def _soon(recurs: str | None, today: date) -> date | None:
	"""The next day of what recurs, in the calendar it is kept in, unless that is far off."""
	day = known_people.next_day(recurs, today)
	return day if day and day <= today + timedelta(days=SOON) else None


@frappe.whitelist(methods=["POST"])
@typed
def refuse_for_todo(todo: str) -> dict:
	"""Note that whoever a care ToDo is about does not want to be contacted in this way; one click after they said so.

	:returns: channel, and by: who it was noted for
	:raises frappe.PermissionError: if the user may not write the ToDo and the customer's file
	"""
	_doc, row = care_todo(todo, "write")
	check_file(row.customer, "write")
	[recipient] = reached.of([row])
	person, address = recipient.by(row.channel)
	keys = person.keys if person else ()
	by = ledger.say_no(row.customer, row.channel, ledger.TOLD, keys, mark(address))
	return {"channel": row.channel, "by": by}
