"""What is due as a visit anyway: offered to whoever writes a Visit Plan, and one contact with its stop once it is approved."""

from collections.abc import Callable, Collection
from datetime import date, timedelta

import frappe
from frappe.query_builder.functions import IfNull
from frappe.utils import cint, flt, getdate

from keep_customers.benefits import coupons
from keep_customers.care import followups, planning, rules, stakes
from keep_customers.care.assignment import Assignment
from keep_customers.engine.visits import day_for
from keep_customers.erp.api import is_day, refuse, typed
from keep_customers.erp.attempts import tried
from keep_customers.erp.calendar import working_days
from keep_customers.erp.permissions import only_readable
from keep_customers.erp.tables import among, columns
from keep_customers.erp.trees import branch
from keep_customers.people import consent
from keep_customers.visits.approval import REPORTED

CHANNEL = "Visit"
A_DAY = 5  # stops that are a day's work, where the settings do not say
MOST = 50  # shown at once
FURTHEST = timedelta(days=92)

# A contact: the follow-ups that are on one ToDo, or one that is on none yet.
Contact = list[frappe._dict]


@frappe.whitelist()
@typed
def to_take_in(rep: str, from_date: str, to_date: str, territory: str | None = None) -> dict:
	"""Whom a rep is to visit anyway: what is on the list, what waits for its turn, and what rules will ask for in these days.

	:param territory: only customers there and below
	:returns: dict with rows (the first 50, what is due first: dicts with customer, customer_name, why, due, on_list (whether it is on
		the list already) and in_time (whether it is due by the last day)), more (how many there are besides) and room (how many stops
		are enough for these days)
	:raises frappe.PermissionError: if the user may not write such a plan
	"""
	plan = frappe.get_doc({"doctype": "Visit Plan", "rep": rep})
	frappe.has_permission("Visit Plan", "create", doc=plan, throw=True)
	if not (is_day(from_date) and is_day(to_date)):
		refuse("'from_date' and 'to_date' are days, as YYYY-MM-DD.")
	today, first = getdate(), getdate(from_date)
	last = min(getdate(to_date), today + FURTHEST)
	rows = []
	# The roles are asked: has_permission says yes to whom any one document is shared with.
	if frappe.permissions.get_role_permissions("Follow Up").get("read"):
		contacts = [*_on_list(rep), *_waiting(rep, last), *_coming(rep, last)]
		rows = _offered(_of_each(contacts), rep, first, last, territory)
	settings = frappe.get_cached_doc("Keep Customers Settings")
	number = max(working_days(settings).between(first, last), 1)
	room = (cint(settings.visits_a_day) or A_DAY) * number
	return {"rows": rows[:MOST], "more": max(len(rows) - MOST, 0), "room": room}


def with_stops(plan) -> dict[str, tuple[date, list[Contact]]]:
	"""Customer -> (the day of its first stop, what is one contact with it), of whom a plan's rep is to visit anyway."""
	first, last = getdate(plan.from_date), getdate(plan.to_date)
	stops = {}
	for stop in plan.stops:
		if stop.customer and not stop.touch:
			stops.setdefault(stop.customer, stop)
	if not stops:
		return {}
	contacts = _of_each([*_on_list(plan.rep, stops), *_waiting(plan.rep, last, stops)])
	found, dated = {}, rules.days_of_their_own(getdate())
	for customer, its in contacts.items():
		stop = stops[customer]
		day = stop.appointment and getdate(stop.appointment)
		day, together = _together(its, day or first, day or last, dated)
		if together:
			found[customer] = day, together
	return found


def _of_each(contacts: list[Contact]) -> dict[str, list[Contact]]:
	found: dict[str, list[Contact]] = {}
	for contact in contacts:
		found.setdefault(contact[0].customer, []).append(contact)
	return found


def _together(
	contacts: list[Contact], first: date, last: date, dated: Callable
) -> tuple[date | None, list[Contact]]:
	"""(the day of a visit that is all of them, the contacts); what does not fit together with those before is left out.

	:param dated: as :func:`rules.days_of_their_own` gives it
	"""
	day, together = None, []
	for contact in contacts:
		parts = [part for one in (*together, contact) for part in one]
		fixed = [getdate(part.due_date) for part in parts if dated(part)]
		until = [one for one in map(followups.last_day, parts) if one]
		if found := day_for(fixed, until, first, last):
			day = found
			together.append(contact)
	return day, together


def _on_list(rep: str, customers: Collection[str] | None = None) -> list[Contact]:
	"""The rep's open contacts of which one part is a visit; those of a plan are planned already, but for what its report has moved."""
	follow_up, todo = frappe.qb.DocType("Follow Up"), frappe.qb.DocType("ToDo")
	query = (
		frappe.qb.from_(follow_up)
		.inner_join(todo)
		.on(todo.name == follow_up.todo)
		.where((todo.status == "Open") & (todo.allocated_to == rep) & follow_up.status.isin(followups.OPEN))
		.orderby(todo.date, todo.name, follow_up.name)
	)
	contacts: dict[tuple, Contact] = {}
	for part in _read(query, follow_up, customers):
		contacts.setdefault((part.todo, part.customer), []).append(part)
	plans = {part.reference_name for parts in contacts.values() for part in parts if _is_planned(part)}
	over = {"name": ("in", sorted(plans)), "status": REPORTED}
	plans -= set(frappe.get_all("Visit Plan", over, pluck="name") if plans else ())
	return [
		parts
		for parts in contacts.values()
		if any(part.channel == CHANNEL for part in parts)
		and not any(_is_planned(part) and part.reference_name in plans for part in parts)
	]


def _is_planned(part) -> bool:
	return part.reference_doctype == "Visit Plan"


def _waiting(rep: str, last: date, customers: Collection[str] | None = None) -> list[Contact]:
	"""The visits that wait for their turn up to a day, if it were the rep's; not those by which care is tried out."""
	follow_up = frappe.qb.DocType("Follow Up")
	query = (
		frappe.qb.from_(follow_up)
		.where((follow_up.status == "Planned") & (follow_up.channel == CHANNEL))
		.where((follow_up.planned_on <= last) & (IfNull(follow_up.arm, "") == ""))
		.where(IfNull(follow_up.reference_doctype, "") != "Visit Plan")
		.orderby(follow_up.due_date, follow_up.name)
	)
	return _of_rep(rep, _read(query, follow_up, customers))


def _read(query, follow_up, customers: Collection[str] | None) -> list:
	own = ("name", "todo", "due_alone", *coupons.ON_FOLLOW_UP)
	fields = [follow_up[field] for field in (*own, *followups.FIELDS)]
	if customers is not None:
		query = among(query, follow_up.customer, customers)
	rows = query.select(*fields).run(as_dict=True)
	return [row for row in rows if customers is None or row.customer in customers]


def _coming(rep: str, last: date) -> list[Contact]:
	"""What rules with visits will have made due by a day, and nobody has noted yet."""
	found = []
	for rule in rules.enabled(getdate()):
		if rule.channel != CHANNEL or flt(rule.control_share):
			continue
		# A rule with bad settings must not cost the rep the others; the night says what is wrong with it.
		rows, _problem = tried(lambda rule=rule: rules.due(rule, last))
		known = followups.known_occurrences(rule.name, {row["customer"] for row in rows or ()})
		found += [
			frappe._dict(row)
			for row in rows or ()
			if (row["customer"], row["occurrence"]) not in known and row["planned_on"] <= last
		]
	return _of_rep(rep, found)


def _of_rep(rep: str, parts: list) -> list[Contact]:
	if not parts:
		return []
	all_rules, customers = rules.by_name(), {part.customer for part in parts}
	assignment = Assignment(customers, frappe.get_cached_doc("Keep Customers Settings"))
	return [
		[part]
		for part in parts
		if planning.who_does(part, all_rules.get(part.care_rule, planning.NO_RULE), assignment) == rep
	]


def _offered(
	contacts: dict[str, list[Contact]], rep: str, first: date, last: date, territory: str | None
) -> list:
	"""The rows of :func:`to_take_in`."""
	names = _may_be_visited(contacts, territory)
	planned = _in_plans_of(rep, first)
	rows, dated = [], rules.days_of_their_own(getdate())
	for customer in names.keys() - planned:
		_day, together = _together(contacts[customer], first, last, dated)
		parts = [part for contact in together for part in contact]
		if parts:
			due = min(getdate(part.due_date) for part in parts)
			rows.append(
				{
					"customer": customer,
					"customer_name": names[customer],
					"why": stakes.why(parts),
					"due": due,
					"on_list": any(part.todo for part in parts),
					"in_time": due <= last,
				}
			)
	return sorted(rows, key=lambda row: (row["due"], row["customer_name"], row["customer"]))


def _may_be_visited(customers: Collection[str], territory: str | None) -> dict[str, str]:
	"""Customer -> its name, of those that the user of this session may read and who do not refuse visits."""
	if not customers:
		return {}
	customer, there = frappe.qb.DocType("Customer"), branch("Territory", territory)
	query = among(frappe.qb.from_(customer), customer.name, customers)
	if there is not None:
		query = query.where(customer.territory.isin(sorted(there)))
	names, titles = columns(only_readable(query, customer.name), customer.name, customer.customer_name)
	found = {name: title or name for name, title in zip(names, titles, strict=True) if name in customers}
	answers = consent.of_customers(list(found), CHANNEL)
	return {name: title for name, title in found.items() if not answers[name].refused}


def _in_plans_of(rep: str, first: date) -> set[str]:
	"""The customers whom a rep has in a plan already that is not over."""
	plan, stop = frappe.qb.DocType("Visit Plan"), frappe.qb.DocType("Visit Plan Stop")
	rows = (
		frappe.qb.from_(plan)
		.inner_join(stop)
		.on((stop.parent == plan.name) & (stop.parenttype == "Visit Plan"))
		.select(stop.customer)
		.where((plan.rep == rep) & (plan.docstatus < 2) & (plan.status != REPORTED))
		.where((plan.to_date >= first) & (stop.visited == 0))
	).run()
	return {name for (name,) in rows}
