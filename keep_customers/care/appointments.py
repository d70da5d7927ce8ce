"""Events of the host's calendar that are a contact with a customer: the same help as beside a care ToDo, the same one tap.

If the user has an open care ToDo about the customer, it is the same contact, unless that one is for a later day.
"""

from datetime import datetime, timedelta

import frappe
from frappe import _
from frappe.utils import escape_html, formatdate, get_datetime, getdate

from keep_customers.access.lookups import may_read, named, not_there
from keep_customers.care import also_said, followups, not_useful, rep_help, results, rules, todos
from keep_customers.erp.api import typed
from keep_customers.people.contacts import is_contact_of

CHANNELS = {"Call": "Phone", "Sent/Received Email": "Email"}  # by the event's category; else it is a visit


@frappe.whitelist()
@typed
def for_event(appointment: str) -> dict | None:
	"""Whom to name, why, and what is known, as :func:`rep_help.for_todo`; None if it is about no customer the user may read.

	:raises frappe.PermissionError: if the user may not read the event
	"""
	doc = named("Event", appointment)
	row = _row(doc)
	if not row:
		return None
	if todo := _todo(row.customer, doc):
		return rep_help.for_todo(todo)
	reasons = [{"reason": doc.subject, "short": None, "talking_points": None, "next_step": None}]
	return rep_help.of_contact(row, [frappe._dict(one, reference_name=doc.name) for one in reasons]) | {
		"due": getdate(doc.starts_on),
		"again_if_not": None if doc.repeat_this_event else _again(doc).date(),
	}


@frappe.whitelist(methods=["POST"])
@typed
def record(
	appointment: str,
	result: str,
	key: str,
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
	"""Record what came of it, as :func:`results.record`: then the event is closed, put off or cancelled.

	:returns: said, next
	:raises frappe.PermissionError: if the user may not write the event or not read its customer
	"""
	results.check(result, key)
	result, because = results.reason_of(result, because)
	doc = named("Event", appointment, "write", for_update=True)
	row = _row(doc)
	if not row:
		not_there("Event", appointment)
	if doc.status != "Open":
		return {"said": _("This was noted already."), "next": results.next_contact()}
	said = {"notes": notes, "next_step": next_step, "next_step_date": next_step_date}
	also = also_said.given(
		satisfaction=satisfaction, demand_date=demand_date, demand_amount=demand_amount, competitor=competitor,
		competitor_price=competitor_price, price_remark=price_remark, route_to=route_to, event_wish=event_wish,
	)  # fmt: skip
	# Sent again, it is about the ToDo that it was about, also where there is another one.
	if todo := results.told_of(key) or _settled_today(doc, row.customer, result) or _todo(row.customer, doc):
		outcome = results.record(todo, result, key, because=because, person=person, **said, **also)
	else:
		outcome = {
			"said": _without_todo(row, doc, result, key, said, because, also),
			"next": results.next_contact(),
		}
	if not doc.repeat_this_event:  # the others of a series are still to come
		_settle(doc, result)
	return {part: outcome[part] for part in ("said", "next")}


def _without_todo(row, event, result: str, key: str, said: dict, because: str | None, also: dict) -> str:
	if results.known(key, None):
		return _("This was noted already.")
	if result == results.NOT_USEFUL:
		words = (said["notes"] or "").strip()
		not_useful.check(because, words)
		why = [_(because, context="Follow Up"), escape_html(words)]
		event.add_comment("Comment", ": ".join(filter(None, why)))
		if also:
			todos.new_touch(row, result=results.REACHED, sent_key=key, **also)
		return _("Noted: not useful.")
	contact = results.contact_of(result, key, **said) | also
	todos.new_touch(row, **contact)
	if result == results.NOT_REACHED and not event.repeat_this_event:
		return _("Not reached: it comes back on {0}.").format(formatdate(_again(event)))
	return results.said_of(contact)


def _settle(event, result: str) -> None:
	if result == results.NOT_REACHED:
		away = _again(event) - get_datetime(event.starts_on)
		event.starts_on = _again(event)
		event.ends_on = event.ends_on and get_datetime(event.ends_on) + away
	else:
		event.status = "Cancelled" if result == results.NOT_USEFUL else "Closed"
	event.save()


def _again(event) -> datetime:
	"""When it is tried again, at the same time of the day."""
	day = results.again_on(frappe._dict())
	return get_datetime(event.starts_on) + timedelta(days=(day - getdate(event.starts_on)).days)


def _todo(customer: str, event) -> str | None:
	"""The user's own open care ToDo about it that the event is, the most urgent one; what is for a later day is still to come: a
	visit that was planned, a greeting, what was promised."""
	todos = frappe.get_list(
		"ToDo",
		filters={
			"allocated_to": frappe.session.user, "status": "Open", "reference_type": "Customer", "reference_name": customer,
			"keep_follow_up": ("is", "set"),
		},
		order_by="keep_turn desc",
		pluck="name",
	)  # fmt: skip
	if not todos:
		return None
	day = max(getdate(), getdate(event.starts_on))
	parts = frappe.get_all(
		"Follow Up",
		{"todo": ("in", todos), "status": ("in", followups.OPEN), "due_date": (">", day)},
		["todo", "care_rule", "reference_doctype", "due_date"],
	)
	dated = rules.days_of_their_own(day) if parts else None
	later = {part.todo for part in parts if part.reference_doctype == "Visit Plan" or dated(part)}
	return next((todo for todo in todos if todo not in later), None)


def _settled_today(event, customer: str, result: str) -> str | None:
	"""The ToDo of which the user has said so today already, where no closed event tells it: what is sent again is about that one."""
	if result != results.NOT_USEFUL or not event.repeat_this_event:
		return None
	said = {"customer": customer, "not_useful_by": frappe.session.user, "not_useful_on": getdate()}
	return frappe.db.get_value("Follow Up", said, "todo")


def _row(event):
	"""The contact it is: the first customer among those who take part, or whose contact one of them is."""
	customer = next(filter(None, map(_customer_of, event.event_participants)), None)
	if not customer or not may_read("Customer", customer):
		return None
	return frappe._dict(
		customer=customer,
		customer_name=frappe.db.get_value("Customer", customer, "customer_name"),
		channel=CHANNELS.get(event.event_category, "Visit"),
		care_rule=None,
		reference_doctype=None,
		reference_name=None,
	)


def _customer_of(participant) -> str | None:
	name = participant.reference_docname
	if participant.reference_doctype == "Customer":
		return name
	if participant.reference_doctype != "Contact":
		return None
	firms = frappe.get_all(
		"Dynamic Link",
		filters={"parenttype": "Contact", "parent": name, "link_doctype": "Customer"},
		pluck="link_name",
		order_by="idx asc",
	)
	return next((firm for firm in firms if is_contact_of(name, firm)), None)
