"""What came of a contact, told by *My Day* in one tap, maybe hours later and more than once: it is recorded once."""

import re
from datetime import date, timedelta

import frappe
from frappe import _
from frappe.utils import get_datetime, getdate, now_datetime

from keep_customers.care import followups, todos
from keep_customers.care.results import NOT_NEEDED, NOT_REACHED, REACHED, again_on
from keep_customers.care.todos import care_todo
from keep_customers.erp.api import typed

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
) -> dict:
	"""Record what came of the contact a care ToDo asks for, and settle the ToDo.

	Reached closes it. Not Reached leaves it open for another day: the first working day in two. Not Needed cancels it,
	with a word why on the follow-up. What somebody else has settled meanwhile stays so; the contact is noted all the same.

	:param key: made by the sender, the same however often it is sent
	:param seconds_ago: when it happened, by the sender's own clock
	:returns: touch (or None), status (of the ToDo), date (of the ToDo), next_step_date
	:raises frappe.PermissionError: if the user may not write the ToDo, or not read its follow-up or customer
	"""
	if not KEY.fullmatch(key) or result not in (REACHED, NOT_REACHED, NOT_NEEDED):
		frappe.throw(_("Please open the ToDo and close it there."))
	# Two that come at once wait for each other here: the second one finds what the first has done.
	frappe.db.get_value("ToDo", todo, "name", for_update=True)
	doc, row = care_todo(todo, "write")
	touch = _known(key, doc.name)
	if not touch and result == NOT_NEEDED:
		_not_needed(doc, row, notes)
	elif not touch:
		happened = max(
			now_datetime() - timedelta(seconds=max(seconds_ago, 0)), get_datetime(doc.creation), now_datetime() - LONGEST_AGO
		)  # fmt: skip
		said = {"notes": notes, "next_step": next_step, "next_step_date": next_step_date}
		touch = _note(doc, row, result, key, happened, said)
		if doc.status == "Open":
			_settle(doc, row, result)
	return {
		"touch": touch,
		"status": doc.status,
		"date": doc.date,
		"next_step_date": next_step_date if next_step else None,
	}


def _known(key: str, todo: str) -> str | None:
	"""The contact that was recorded with this key already."""
	found = frappe.db.get_value("Customer Touch", {"sent_key": key}, ["name", "todo", "rep"], as_dict=True)
	if not found:
		return None
	if (found.todo, found.rep) != (todo, frappe.session.user):
		frappe.throw(_("Please open the ToDo and close it there."))
	return found.name


def _note(todo, row, result: str, key: str, happened, said: dict) -> str:
	call = frappe.db.get_value("Follow Up", row.name, "touch")
	if call and todo.status == "Open" and result == REACHED:
		# The call itself is on record; what was said is added to it.
		name = todos.record_touch(todo.name, result, **said)
		frappe.db.set_value("Customer Touch", name, "sent_key", key, update_modified=False)
		return name
	answers = result == REACHED and row.status in followups.OPEN
	touch = frappe.get_doc(
		{
			"doctype": "Customer Touch",
			"customer": row.customer,
			"date": happened,
			"rep": frappe.session.user,
			"channel": row.channel,
			"result": result,
			# Who was not reached is still to be contacted.
			"follow_up": row.name if answers else None,
			"todo": todo.name,
			"sent_key": key,
			**said,
		}
	)
	return touch.insert().name


def _settle(todo, row, result: str) -> None:
	todo.reload()
	if result == REACHED:
		todo.status = "Closed"
	else:
		todo.date = another_day(row, getdate())
	todo.save()


def another_day(row, today: date) -> date:
	"""When to try again; what is worthless after its day is tried until then."""
	again = again_on()
	last = row.expires and row.due_date and getdate(row.due_date)
	return min(again, last) if last and last >= today else again


def _not_needed(todo, row, why: str | None) -> None:
	if todo.status != "Open":
		return
	todo.status = "Cancelled"
	todo.save()
	if why and why.strip():
		# Where only who may read the customer finds it: a ToDo's own comments go to whoever sees the ToDo.
		frappe.get_doc("Follow Up", row.name).add_comment("Comment", frappe.utils.escape_html(why.strip()))
