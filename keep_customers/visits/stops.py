"""Approved Visit Plans: each stop is a follow-up with a ToDo, and the report turns each visit into a Customer Touch."""

import frappe
from frappe import _
from frappe.utils import cstr, escape_html, getdate, now_datetime

from keep_customers.access.lookups import named
from keep_customers.care import ending, followups, rules, todos
from keep_customers.erp.api import typed
from keep_customers.erp.aside import out_of_the_way
from keep_customers.erp.document import without_form
from keep_customers.erp.registered import registered
from keep_customers.erp.said import said
from keep_customers.erp.tables import hold, name_no_more
from keep_customers.erp.todos import end_all, save_todo
from keep_customers.people import consent
from keep_customers.visits import approval, due

IN_PERSON = "In Person"
CHANNELS = {IN_PERSON: "Visit", "Video": "Visit", "Phone": "Phone"}


def plan_contacts(doc) -> None:
	"""An approved plan: each stop becomes a follow-up with a ToDo, which was agreed and is held back by nothing."""
	reason = said("As planned in {0}; the goal and what was prepared are there.", doc.name)
	rows, taken, together = [], taken_in(doc), {}
	for stop in doc.stops:
		if stop.touch:
			continue
		day, together[stop.name] = taken.pop(stop.customer, (getdate(stop.appointment or doc.to_date), []))
		rows.append(
			{
				"customer": stop.customer,
				"customer_name": stop.customer_name,
				"occurrence": stop.name,
				"status": "Planned",
				"priority": "Medium",
				"reason": reason,
				"channel": CHANNELS[doc.method],
				"planned_on": day,
				"due_date": day,
				"reference_doctype": doc.doctype,
				"reference_name": doc.name,
			}
		)
	followups.add(rows)
	planned = {
		row.occurrence: row
		for row in frappe.get_all(
			"Follow Up",
			filters={"reference_doctype": doc.doctype, "reference_name": doc.name, "status": "Planned"},
			fields=["name", *followups.FIELDS],
		)
	}
	for stop in doc.stops:
		if row := planned.get(stop.name):
			_ask(doc.rep, row, together[stop.name])
			stop.db_set("follow_up", row.name)
	end_all(doc.doctype, doc.name, "Closed")


def taken_in(doc) -> dict:
	"""What is due as a visit anyway, and is one contact with a plan's stops, as :func:`due.with_stops` gives it."""
	return due.with_stops(doc) if doc.method == IN_PERSON else {}


def _ask(rep: str, row, contacts: list) -> None:
	"""A stop's ToDo; if the rep has one for the same visit already, that one, as a contact is told once.

	:param row: the stop's follow-up
	:param contacts: what else the customer is visited for, see :func:`due.with_stops`
	"""
	others = [part for parts in contacts for part in parts]
	hold("Customer", [row.customer])
	# A night may ask for it in this moment, or the rep may tell of it.
	waits = hold("Follow Up", [part.name for part in others if not part.todo], status="Planned")
	still = hold("ToDo", [part.todo for part in others if part.todo], status="Open")
	parts = [row, *(part for part in others if part.name in waits or part.todo in still)]
	said_anew: set[str] = set()
	with out_of_the_way("coupons"):
		new = [part for part in parts if part.name in waits]
		said_anew = todos.with_coupons(new, getdate(), dict.fromkeys(waits, getdate(row.due_date)))
	there = list(dict.fromkeys(part.todo for part in parts if part.todo))
	if there:
		todo = there[0]
		todos.lead(todo, parts, rep, row.due_date)
	else:
		todo = todos.create(parts, rep, row.due_date)
	for part in parts:
		asked = {} if part.todo else {"assigned_on": getdate()}
		if part is not row:
			asked["due_alone"] = part.due_alone or part.due_date
		asked |= todos.its_coupon(part)
		followups.settle(
			part.name, "Assigned", todo=todo, assigned_to=rep, due_date=row.due_date, hold_reason="", **asked
		)
	if said_anew:
		todos.describe_anew(*said_anew)
	for other in there[1:]:
		frappe.get_doc("ToDo", other).add_comment(
			"Info", _("It is one contact with another ToDo now, {0}.").format(todo)
		)
		ending.cancel_todo(other)


def take_back(doc) -> None:
	for stop in doc.stops:
		# What was recorded before there was a report is not recorded again by the amended plan.
		if stop.visited and stop.follow_up and not stop.touch:
			stop.db_set("touch", frappe.db.get_value("Follow Up", stop.follow_up, "touch"))
	ending.take_back(doc.doctype, doc.name, "Visit plan cancelled")


def refused(doc) -> list[tuple[int, str]]:
	"""The stops whose customers do not want to be contacted in this way, as (row, customer's name)."""
	channel = CHANNELS.get(doc.method, "Visit")
	no = consent.of_customers([stop.customer for stop in doc.stops if stop.customer], channel)
	return [
		(stop.idx, stop.customer_name or stop.customer)
		for stop in doc.stops
		if stop.customer and no[stop.customer].refused
	]


# The report


@frappe.whitelist(methods=["POST"])
@typed
def file_report(plan: str) -> dict:
	"""Record each visit that took place, once; the others are moved or cancelled.

	:returns: how many ``contacts`` were recorded, follow-ups ``moved`` and ``cancelled`` by this call
	:raises frappe.PermissionError: if the user may not write the plan
	:raises frappe.ValidationError: if it is not approved, or a row does not say what became of it
	"""
	doc = named("Visit Plan", plan, "write", for_update=True)
	if not doc.docstatus.is_submitted():
		frappe.throw(_("Only an approved plan can be reported on."))
	open_ones = {
		row.name: row
		for row in frappe.get_all(
			"Follow Up",
			filters={
				"reference_doctype": doc.doctype,
				"reference_name": doc.name,
				"status": ("in", followups.PENDING),
			},
			fields=["name", "todo", "due_date"],
		)
	}
	unclear = [
		_("Row {0}: {1} was not visited. Please say why, or to which day the visit is moved.").format(
			stop.idx, stop.customer_name or stop.customer
		)
		for stop in doc.stops
		if not (stop.visited or stop.moved_to or (stop.not_visited_reason or "").strip())
		and stop.follow_up in open_ones
	]
	if unclear:
		frappe.throw("<br>".join(map(escape_html, unclear)))
	counts, first = {"contacts": 0, "moved": 0, "cancelled": 0}, not doc.reported_on
	for stop in doc.stops:
		if stop.visited and not stop.touch:
			counts["contacts"] += _record(doc, stop)
			for note in registered("keep_customers_visit_recorded"):
				note(stop.touch)
		elif not stop.visited and (follow_up := open_ones.get(stop.follow_up)):
			if became := _not_visited(stop, follow_up, first):
				counts[became] += 1
	doc.db_set({"status": approval.REPORTED, "reported_on": doc.reported_on or now_datetime()})
	if first:
		approval.tell_report(doc)
	return counts


def _record(doc, stop) -> int:
	"""The contact of a visit; to one the rep has already recorded on closing the ToDo is added what the report says besides."""
	known = frappe._dict()
	if stop.follow_up:
		known = frappe.db.get_value("Follow Up", stop.follow_up, ["touch", "todo"], as_dict=True)
	if known.touch and frappe.db.get_value("Customer Touch", known.touch, "result") == "Reached":
		stop.db_set("touch", known.touch)
		_complete(stop)
		return 0
	touch = frappe.get_doc(
		{
			"doctype": "Customer Touch",
			"customer": stop.customer,
			"date": stop.visited_on,
			"rep": doc.rep,
			"channel": CHANNELS[doc.method],
			"result": "Reached",
			"satisfaction": stop.satisfaction,
			"notes": stop.report,
			"next_step": stop.next_step,
			"next_step_date": stop.next_step_date,
			"follow_up": stop.follow_up,
			"todo": known.todo,
		}
	)
	stop.db_set("touch", without_form(touch).insert().name)
	ending.close_todo(known.todo)
	return 1


def _complete(stop) -> None:
	"""On the way one tap was enough; what was written down in the evening, and above all what was agreed, is the contact's too."""
	touch, added = frappe.get_doc("Customer Touch", stop.touch), {}
	if stop.satisfaction and not touch.satisfaction:
		added["satisfaction"] = stop.satisfaction
	if stop.next_step and not touch.next_step:
		added |= {"next_step": stop.next_step, "next_step_date": stop.next_step_date}
	was, said = cstr(touch.notes).strip(), cstr(stop.report).strip()
	if said != was and was in said:
		added["notes"] = said
	if added:
		without_form(touch.update(added)).save()


def _not_visited(stop, follow_up, first: bool) -> str | None:
	"""
	:param first: whether the plan had no report yet; later the rep may have put off again what that has moved
	:returns: what became of it; None if nothing did
	"""
	if not stop.moved_to:
		followups.settle(follow_up.name, "Cancelled", hold_reason="Not visited")
		ending.cancel_todo(follow_up.todo)
		return "cancelled"
	if follow_up.todo:
		todo = frappe.get_doc("ToDo", follow_up.todo)
		if not first and todo.date and getdate(stop.moved_to) <= getdate(todo.date):
			return None
		if own := _own_days(stop, follow_up):
			todos.leave_behind(todo.name, own)
			todo.reload()
		todo.date = stop.moved_to
		# The follow-up goes with it. Who files the report need not be allowed to write the rep's ToDo.
		save_todo(todo, ignore_permissions=True)
	return "moved"


def _own_days(stop, follow_up) -> list[str]:
	"""What the ToDo of a visit that is moved is for besides and cannot go along: a greeting, what was promised for its day, or what
	would come too late."""
	beside = {"todo": follow_up.todo, "name": ("!=", follow_up.name), "status": ("in", followups.OPEN)}
	parts = frappe.get_all("Follow Up", beside, ["name", *followups.FIELDS], order_by="name asc")
	if not parts:
		return []
	moved_to, dated = getdate(stop.moved_to), rules.days_of_their_own(getdate())

	def stays(part) -> bool:
		last = followups.last_day(part)
		return getdate(part.due_date) != moved_to and (dated(part) or bool(last and last < moved_to))

	return [part.name for part in parts if stays(part)]


def forget_contact(touch: str) -> None:
	"""A contact is deleted: the stop that led to it must not stand in the way."""
	name_no_more("Visit Plan Stop", "touch", touch)
