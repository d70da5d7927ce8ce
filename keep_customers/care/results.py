"""What came of the contact a care ToDo asks for: the touch, the ToDo, and what comes next.

Told in one tap on the ToDo or on *My Day*, maybe hours later and more than once: it is recorded once.
"""

import re
from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import formatdate, get_datetime, getdate, now_datetime

from keep_customers.care import also_said, followups, my_day, not_useful, rules, todos
from keep_customers.erp.api import typed
from keep_customers.erp.calendar import working_days
from keep_customers.erp.permissions import readable_among, reads_all_customers
from keep_customers.erp.todos import save_todo

REACHED, NOT_REACHED, AGREED, NOT_USEFUL = "Reached", "Not Reached", "Agreed", "Not Useful"
NOT_NEEDED = "Not Needed"  # as pages say it that were opened before an upgrade, and what they have kept
AGAIN = 2  # days until who was not reached is tried again
KEY = re.compile(r"[0-9A-Za-z-]{16,64}")
LONGEST_AGO = timedelta(days=14)  # a telephone that lay in a drawer


@frappe.whitelist(methods=["POST"])
@typed
def record(
	todo: str,
	result: str,
	key: str,
	seconds_ago: int = 0,
	notes: str | None = None,
	next_step: str | None = None,
	next_step_date: str | None = None,
	because: str | None = None,
	person: str | None = None,
	satisfaction: float | None = None,
	demand_date: str | None = None,
	demand_amount: float | None = None,
	competitor: str | None = None,
	competitor_price: float | None = None,
	price_remark: str | None = None,
	route_to: str | None = None,
	event_wish: str | None = None,
) -> dict:
	"""Record what came of it, and close, put off or cancel the ToDo accordingly.

	What somebody else has settled meanwhile stays so; the contact is noted all the same. It is recorded as a whole, or not at all:
	whoever sent it still has what was typed.

	:param result: Reached; Not Reached: the ToDo comes back in two days; Agreed: with a next step and its day; Not
		Useful: because of what
	:param because: one of :data:`not_useful.REASONS`; Other has notes that say more
	:param person: the Contact that is asked for instead of a wrong person
	:param key: made by the sender, the same however often it is sent
	:param seconds_ago: when it happened, by the sender's own clock
	:param satisfaction: this and what comes after it as Customer Touch has it; who says such things was spoken to, also where it
		was not useful
	:returns: touch (or None), status and date of the ToDo, said (a sentence: what was noted and planned), next (the contact
		after it, as :func:`next_contact`)
	:raises frappe.PermissionError: if the user may not write the ToDo, or not read its follow-up and the customer
	:raises frappe.ValidationError: if the result is another one, or lacks what belongs to it; if Customer Touch refuses a value
	"""
	check(result, key)
	result, because = reason_of(result, because)
	# Two that come at once wait for each other here: the second one finds what the first has done.
	frappe.db.get_value("ToDo", todo, "name", for_update=True)
	doc, row = todos.care_todo(todo, "write")
	also = also_said.given(
		satisfaction=satisfaction, demand_date=demand_date, demand_amount=demand_amount, competitor=competitor,
		competitor_price=competitor_price, price_remark=price_remark, route_to=route_to, event_wish=event_wish,
	)  # fmt: skip
	touch = known(key, doc.name)
	if touch or (result == NOT_USEFUL and doc.status != "Open" and not also):
		said = _("This was noted already.")
	elif result == NOT_USEFUL:
		said = _("This was noted already.")
		if doc.status == "Open":
			said = not_useful.settle(doc, row, because, _clean(notes), person)
		if also:
			contact = {"result": REACHED, "sent_key": key, "date": _moment(doc, seconds_ago), **also}
			touch = todos.new_touch(row, todo=doc.name, **contact)
	else:
		contact = contact_of(result, key, notes, next_step, next_step_date) | also
		touch = _note(doc, row, contact | {"date": _moment(doc, seconds_ago)})
		said = _settle(doc, row, contact)
	return {
		"touch": touch,
		"status": doc.status,
		"date": doc.date,
		"said": said,
		"next": next_contact(doc.name),
	}


def check(result: str, key: str) -> None:
	"""
	:raises frappe.ValidationError: if it is no result, or no key
	"""
	if not KEY.fullmatch(key) or result not in (REACHED, NOT_REACHED, AGREED, NOT_USEFUL, NOT_NEEDED):
		frappe.throw(_("Please open the ToDo and close it there."))


def reason_of(result: str, because: str | None) -> tuple[str, str | None]:
	"""(result, why it is not useful) of what was sent."""
	return (NOT_USEFUL, not_useful.OTHER) if result == NOT_NEEDED else (result, because)


def next_contact(but: str | None = None) -> dict | None:
	"""The first of the user's own open contacts, as the list has them, besides one; of customers they may read, as on My Day.

	:returns: todo, customer_name, why, date; None if there is none
	"""
	rows = frappe.get_list(
		"ToDo",
		filters={
			"allocated_to": frappe.session.user,
			"status": "Open",
			"keep_follow_up": ("is", "set"),
			"name": ("!=", but or ""),
		},
		fields=[
			"name as todo", "keep_customer_name as customer_name", "keep_why as why", "date", "reference_name as customer",
		],
		order_by="keep_turn desc, name asc",
		limit=1 if reads_all_customers() else my_day.MOST,
	)  # fmt: skip
	readable = readable_among({row.customer for row in rows})
	found = next((row for row in rows if row.customer in readable), None)
	return found and {field: found[field] for field in ("todo", "customer_name", "why", "date")}


def again_on(*rows) -> date:
	"""When to try again who was not reached today: a working day; what is worthless after its day, until then.

	:param rows: follow-ups that are one contact, as :func:`followups.last_day` takes them
	"""
	today = getdate()
	again = working_days(frappe.get_cached_doc("Keep Customers Settings")).on_or_after(
		today + timedelta(days=AGAIN)
	)
	return min([again, *(last for last in map(followups.last_day, rows) if last and last >= today)])


def with_its_days(row) -> list:
	"""A ToDo's leading follow-up, and what goes along with it and has a day of its own: a greeting, what a guest of an event is to
	hear. The day of all else is the ToDo's.

	:param row: as :func:`todos.care_todo` gives it
	"""
	beside = {"todo": row.todo, "customer": row.customer, "name": ("!=", row.name)}
	parts = frappe.get_all(
		"Follow Up", {**beside, "status": ("in", followups.OPEN)}, list(followups.TO_CARRY_OUT)
	)
	of_rules = {
		"name": ("in", [part.care_rule or "" for part in parts]),
		"trigger": ("in", sorted(rules.DATED)),
	}
	dated = set(frappe.get_all("Care Rule", of_rules, pluck="name")) if parts else ()
	own = (part for part in parts if part.care_rule in dated or part.reference_doctype == "VIP Invitation")
	return [row, *own]


def contact_of(
	result: str, key: str, notes: str | None, next_step: str | None, next_step_date: str | None
) -> dict:
	"""What the Customer Touch says.

	:raises frappe.ValidationError: if something was agreed, and not what
	"""
	next_step = _clean(next_step)
	if result == AGREED and not next_step:
		frappe.throw(_("What was agreed?"))
	return {
		"result": NOT_REACHED if result == NOT_REACHED else REACHED,
		"notes": _clean(notes),
		"next_step": next_step,
		"next_step_date": next_step_date if next_step else None,
		"sent_key": key,
	}


def known(key: str, todo: str | None) -> str | None:
	"""The contact that was recorded with this key already.

	:raises frappe.ValidationError: if it is somebody else's, or about something else
	"""
	found = frappe.db.get_value("Customer Touch", {"sent_key": key}, ["name", "todo", "rep"], as_dict=True)
	if not found:
		return None
	if (found.todo or None, found.rep) != (todo, frappe.session.user):
		frappe.throw(_("Please open the ToDo and close it there."))
	return found.name


def told_of(key: str) -> str | None:
	"""The ToDo of which the user of this session has told with this key already."""
	return frappe.db.get_value("Customer Touch", {"sent_key": key, "rep": frappe.session.user}, "todo")


def _moment(todo, seconds_ago: int):
	now = now_datetime()
	moment = max(now - timedelta(seconds=max(seconds_ago, 0)), get_datetime(todo.creation), now - LONGEST_AGO)
	return min(moment, now)  # a ToDo made on a clock that was ahead is no reason to refuse what came of it


def _note(todo, row, contact: dict) -> str:
	"""The contact, on record; to a call that is there already is added what was said."""
	reached = contact["result"] == REACHED
	call = reached and todo.status == "Open" and frappe.db.get_value("Follow Up", row.name, "touch")
	if call and todos.complete(call, {**contact, "date": None}):
		return call
	# Who was not reached is still to be contacted.
	answers = reached and row.status in followups.OPEN
	return todos.new_touch(row, todo=todo.name, follow_up=row.name if answers else None, **contact)


def _settle(todo, row, contact: dict) -> str:
	"""The ToDo, if it is open still; returns what there is to say."""
	todo.reload()
	waits = todo.status == "Open"
	if contact["result"] == NOT_REACHED:
		if waits:
			todo.date = again_on(*with_its_days(row))
			save_todo(todo)
		return _("Not reached: it comes back on {0}.").format(formatdate(todo.date)) if waits else _("Noted.")
	if waits:
		todo.status = "Closed"
		save_todo(todo)
	return said_of(contact)


def said_of(contact: dict) -> str:
	"""What there is to say of who was reached."""
	if contact["next_step"]:
		return _("Noted. {0}: on {1} it comes back to your list.").format(
			contact["next_step"], formatdate(contact["next_step_date"])
		)
	return _("Noted: reached.")


def _clean(text: str | None) -> str | None:
	return (text or "").strip() or None
