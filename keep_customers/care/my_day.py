"""A rep's day on one page: what the ToDo list asks for, in the same order, and what is beside it.

Read anew each time and stored nowhere. Every question is one query, however many ToDos there are; what other rooms add comes
by hook (``keep_customers_my_day``). Who may not read a customer is told only that there is a ToDo.
"""

from datetime import date, timedelta

import frappe
from frappe.query_builder.functions import Count, IfNull
from frappe.utils import flt, getdate, strip_html

from keep_customers.care import followups
from keep_customers.care.assignment import Assignment, perhaps_of
from keep_customers.engine import followups as engine
from keep_customers.engine.occasions import marks
from keep_customers.erp import host
from keep_customers.erp.api import typed
from keep_customers.erp.permissions import only_readable
from keep_customers.erp.registered import registered
from keep_customers.erp.said import reworded
from keep_customers.erp.tables import FALLING
from keep_customers.worth.values import of_today

AHEAD = 7  # days for which birthdays, promises and what comes are worth a word
SHOWN = 10  # of what is held back
MOST = 1000  # ToDos; who has more has another problem
HELD_BACK = (engine.CAP, engine.CAPACITY, engine.NOT_A_WORKING_DAY, engine.ELSEWHERE)


@frappe.whitelist()
@typed
def today() -> dict:
	"""Whom the user of this session is to contact.

	:returns:
		- today: the site's day
		- contacts: the open care ToDos, as :func:`_contact`, in the order of the list: what is due first; each with reasons (all
		  that is asked for at once) and tried (whether they were tried today)
		- others: the other open ToDos that are due: dicts with todo, date, priority, text (None where they are about a customer the
		  user may not read), reference_type, reference_name
		- done: how many contacts were dealt with today
	"""
	user, day, may = frappe.session.user, getdate(), _may_read()
	dealt_with = _dealt_with(user, day, may)
	contacts, others = _asked(user, day, may)
	for one in contacts:
		one["tried"] = one["todo"] in dealt_with
	still_due = {one["todo"] for one in contacts if one["due"]}
	return {"today": day, "contacts": contacts, "others": others, "done": len(dealt_with - still_due)}


@frappe.whitelist()
@typed
def beside() -> dict:
	"""What else the day of the user of this session holds; asked when the first contact is on the screen.

	:returns:
		- coming: dicts with day and number of the open ToDos of the next 7 days
		- held_back: dict with reasons (dicts of reason and number) and rows (the first 10: customer, customer_name, reason, hold_reason),
		  of what the user would have been asked for
		- promises: what was agreed for the next 7 days and is no ToDo yet: dicts with customer, customer_name, day, touch, next_step
		- birthdays: of the customers whose rep the user is, within 7 days: dicts with customer, customer_name, full_name,
		  relation, day
		- what other rooms add, by hook: see ``hooks.py``
	"""
	user, day, may = frappe.session.user, getdate(), _may_read()
	found = {
		"coming": _coming(user, day),
		"held_back": _held_back(user, day) if may["Follow Up"] else {"reasons": [], "rows": []},
		"promises": _promises(user, day) if may["Follow Up"] and may["Customer Touch"] else [],
		"birthdays": _birthdays(user, day) if may["Customer File"] else [],
	}
	for add in registered("keep_customers_my_day"):
		found |= add(user, day)
	return found


def _may_read() -> dict[str, bool]:
	# The roles are asked: has_permission says yes to whom any one document is shared with.
	kinds = ("Follow Up", "Customer Touch", "Customer File")
	return {kind: bool(frappe.permissions.get_role_permissions(kind).get("read")) for kind in kinds}


def _asked(user: str, day: date, may: dict) -> tuple[list[dict], list[dict]]:
	"""(care contacts, other ToDos that are due): none of the user's open ToDos is missing that the list has for today."""
	todo, follow_up = frappe.qb.DocType("ToDo"), frappe.qb.DocType("Follow Up")
	rows = (
		frappe.qb.from_(todo)
		.left_join(follow_up)
		.on((follow_up.todo == todo.name) & (follow_up.status != "Cancelled"))
		.select(
			todo.name, todo.date, todo.priority, todo.description, todo.reference_type, todo.reference_name,
			todo.keep_follow_up, todo.keep_why, todo.keep_tier, todo.keep_value_at_risk, todo.keep_currency,
			follow_up.name.as_("follow_up"), follow_up.customer, follow_up.reason, follow_up.made_of,
		)
		.where((todo.allocated_to == user) & (todo.status == "Open"))
		.where(todo.date.isnull() | (todo.date <= day) | follow_up.name.isnotnull())
		.orderby(todo.keep_turn, order=FALLING)
		.orderby(todo.name, follow_up.due_date, follow_up.name)
		.limit(MOST)
	).run(as_dict=True)  # fmt: skip
	known = _known_of([row.follow_up for row in rows if row.follow_up], may) if may["Follow Up"] else {}
	colours = dict(frappe.get_all("Customer Tier", fields=["name", "colour"], as_list=True))
	contacts: dict[str, dict] = {}
	others: dict[str, dict] = {}
	for row in rows:
		lead = known.get(row.follow_up)
		if not lead:
			others.setdefault(row.name, row)
		elif row.name in contacts:
			contacts[row.name]["reasons"].append(reworded(row, "reason") or "")
			# It was made for one of them, which says the most.
			if row.follow_up == row.keep_follow_up:
				contacts[row.name] |= {
					**_contact(row, lead, colours, day),
					"reasons": contacts[row.name]["reasons"],
				}
		else:
			contacts[row.name] = {
				**_contact(row, lead, colours, day),
				"reasons": [reworded(row, "reason") or ""],
			}
	hidden = _out_of_sight([row for name, row in others.items() if name not in contacts])
	return (
		list(contacts.values()),
		[_other(row, hidden) for name, row in others.items() if name not in contacts],
	)


def _known_of(names: list[str], may: dict) -> dict[str, frappe._dict]:
	"""Follow-up -> what is shown of it and its customer, of customers the user may read."""
	if not names:
		return {}
	follow_up, customer, touch = (
		frappe.qb.DocType(one) for one in ("Follow Up", "Customer", "Customer Touch")
	)
	place = [customer.primary_address] if host.has("Customer", "primary_address") else []
	query = frappe.qb.from_(follow_up).inner_join(customer).on(customer.name == follow_up.customer)
	query = (
		followups.with_agreement(query, follow_up, touch)
		.select(
			follow_up.name, follow_up.customer, follow_up.customer_name, follow_up.channel, follow_up.care_rule,
			follow_up.reference_doctype, touch.next_step, *place,
		)
		.where(follow_up.name.isin(names))
	)  # fmt: skip
	rows = only_readable(query, follow_up.customer).run(as_dict=True)
	if not may["Customer Touch"]:
		for row in rows:
			row.next_step = None
	return {row.name: row for row in rows}


def _contact(todo, known, colours: dict, day: date) -> dict:
	"""One contact, as a line of the list and the head of the page.

	:returns: todo, customer, customer_name, channel, date, due (by today), priority, why (in few words), tier, colour, at_stake,
		currency, promised (whether the customer was), next_step (in whose words), place (where to go)
	"""
	return {
		"todo": todo.name,
		"date": todo.date,
		"due": not todo.date or getdate(todo.date) <= day,
		"priority": todo.priority,
		"customer": known.customer,
		"customer_name": known.customer_name or known.customer,
		"channel": known.channel,
		"why": todo.keep_why,
		"tier": todo.keep_tier,
		"colour": colours.get(todo.keep_tier),
		"at_stake": flt(todo.keep_value_at_risk),
		"currency": todo.keep_currency,
		"promised": followups.promised(known),
		"next_step": known.next_step,
		"place": " ".join(strip_html((known.get("primary_address") or "").replace("<br>", ", ")).split()),
	}


def _out_of_sight(rows: list) -> set[str]:
	"""ToDos of which nothing is said: they are about a customer that is not the user's to read."""
	about = {row.name: row.customer or row.reference_name for row in rows if _is_about_customer(row)}
	if not about:
		return set()
	customer = frappe.qb.DocType("Customer")
	query = frappe.qb.from_(customer).select(customer.name).where(customer.name.isin(list({*about.values()})))
	readable = {name for (name,) in only_readable(query, customer.name).run()}
	return {todo for todo, name in about.items() if name not in readable}


def _is_about_customer(row) -> bool:
	return bool(row.customer) or row.reference_type == "Customer"


def _other(row, hidden: set[str]) -> dict:
	shown = row.name not in hidden
	return {
		"todo": row.name,
		"date": row.date,
		"priority": row.priority,
		"text": " ".join(strip_html(row.description or "").split())[:140] if shown else None,
		"reference_type": row.reference_type if shown else None,
		"reference_name": row.reference_name if shown else None,
	}


def _dealt_with(user: str, day: date, may: dict) -> set[str]:
	"""The ToDos the user has dealt with today: done, or tried; names only."""
	follow_up, touch = frappe.qb.DocType("Follow Up"), frappe.qb.DocType("Customer Touch")
	done: set[str] = set()
	if may["Follow Up"]:
		query = frappe.qb.from_(follow_up).select(follow_up.todo)
		done.update(
			name
			for (name,) in query.where(
				(follow_up.assigned_to == user)
				& (follow_up.status == "Done")
				& (follow_up.done_on == day)
				& follow_up.todo.isnotnull()
			).run()
		)
		# What was not useful is dealt with, too.
		useless = (follow_up.not_useful_by == user) & (follow_up.not_useful_on == day)
		query = frappe.qb.from_(follow_up).select(follow_up.todo)
		done.update(name for (name,) in query.where(useless & follow_up.todo.isnotnull()).run())
	if may["Customer Touch"]:
		query = frappe.qb.from_(touch).select(touch.todo)
		done.update(
			name
			for (name,) in query.where(
				(touch.rep == user) & (touch.date >= day) & (IfNull(touch.todo, "") != "")
			).run()
		)
	return done


def _coming(user: str, day: date) -> list[dict]:
	todo = frappe.qb.DocType("ToDo")
	return (
		frappe.qb.from_(todo)
		.select(todo.date.as_("day"), Count("*").as_("number"))
		.where((todo.allocated_to == user) & (todo.status == "Open"))
		.where((todo.date > day) & (todo.date <= day + timedelta(days=AHEAD)))
		.groupby(todo.date)
		.orderby(todo.date)
	).run(as_dict=True)


def _held_back(user: str, day: date) -> dict:
	"""What the planner would have asked the user for and has put off, and why."""
	follow_up, value = frappe.qb.DocType("Follow Up"), frappe.qb.DocType("Customer Value")
	query = (
		frappe.qb.from_(follow_up)
		.left_join(value)
		.on(value.name == follow_up.customer)
		.where((follow_up.rep == user) & (follow_up.status == "Planned") & (follow_up.planned_on <= day))
		.where(follow_up.hold_reason.isin(HELD_BACK))
	)
	query = only_readable(query, follow_up.customer)
	reasons = (
		query.select(follow_up.hold_reason.as_("reason"), Count("*").as_("number"))
		.groupby(follow_up.hold_reason)
		.orderby(Count("*"), order=FALLING)
		.orderby(follow_up.hold_reason)
	)
	rows = (
		query.select(
			follow_up.customer,
			follow_up.customer_name,
			follow_up.reason,
			follow_up.made_of,
			follow_up.hold_reason,
		)
		.orderby(of_today(value, "value_at_risk"), order=FALLING)
		.orderby(follow_up.due_date)
		.orderby(follow_up.name)
		.limit(SHOWN)
	)
	found = rows.run(as_dict=True)
	for row in found:
		row.reason = reworded(row, "reason")
		del row["made_of"]
	return {"reasons": reasons.run(as_dict=True), "rows": found}


def _promises(user: str, day: date) -> list[dict]:
	follow_up, touch = frappe.qb.DocType("Follow Up"), frappe.qb.DocType("Customer Touch")
	query = (
		frappe.qb.from_(touch)
		.inner_join(follow_up)
		.on((follow_up.reference_name == touch.name) & (follow_up.reference_doctype == "Customer Touch"))
		.select(
			touch.customer, touch.customer_name, follow_up.due_date.as_("day"), touch.name.as_("touch"),
			touch.next_step,
		)
		.where((touch.rep == user) & (follow_up.status == "Planned") & (IfNull(follow_up.care_rule, "") == ""))
		.where((touch.next_step_date <= day + timedelta(days=AHEAD)) & (IfNull(touch.next_step, "") != ""))
		.orderby(follow_up.due_date)
		.orderby(touch.name)
	)  # fmt: skip
	return only_readable(query, touch.customer).run(as_dict=True)


def _birthdays(user: str, day: date) -> list[dict]:
	"""Of the customers of whom the planner would ask the user."""
	person, file, customer = (
		frappe.qb.DocType(one) for one in ("Customer File Person", "Customer File", "Customer")
	)
	coming = [day + timedelta(days=ahead) for ahead in range(AHEAD + 1)]
	days = {mark: on for on in reversed(coming) for mark in marks(on)}
	query = (
		frappe.qb.from_(person)
		.inner_join(file)
		.on((file.name == person.parent) & (person.parenttype == "Customer File"))
		.inner_join(customer)
		.on(customer.name == file.name)
		.select(
			customer.name.as_("customer"), customer.customer_name, person.full_name, person.relation, person.recurs,
		)
		.where(person.recurs.isin(list(days)) & (customer.disabled == 0))
	)  # fmt: skip
	settings = frappe.get_cached_doc("Keep Customers Settings")
	query = perhaps_of(only_readable(query, customer.name), file, user, settings, day)
	rows = query.run(as_dict=True)
	assignment = Assignment({row.customer for row in rows}, settings, day)
	rows = [row for row in rows if assignment.user_for(row.customer) == user]
	for row in rows:
		row.day = days[row.pop("recurs")]
	return sorted(rows, key=lambda row: (row.day, row.customer, row.full_name or ""))
