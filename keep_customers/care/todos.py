"""The reps' ordinary ERPNext ToDos, created and followed through the host's own document life.

A ToDo's description is copied by the framework into comments and notifications, so it carries the reason, be it a next step
that was agreed, and a link only. Names, notes and figures are shown from the customer's file to those who may read it.
"""

from datetime import date

import frappe
from frappe import _
from frappe.utils import escape_html, getdate, today
from frappe.utils.html_utils import sanitize_html

from keep_customers.access.lookups import if_readable, may_read, named, not_there
from keep_customers.benefits import coupons
from keep_customers.care import followups, full_day, stakes
from keep_customers.care.followups import TO_CARRY_OUT
from keep_customers.engine.stakes import Stake
from keep_customers.erp import todos
from keep_customers.erp.api import typed
from keep_customers.erp.document import without_form
from keep_customers.erp.language import language_of, site_language, speaking
from keep_customers.erp.said import reworded
from keep_customers.erp.tables import name_no_more
from keep_customers.erp.todos import save_todo
from keep_customers.worth import currencies

DESCRIBED = (
	"customer", "customer_name", "channel", "reason", "short", "made_of", "came_first", *coupons.ON_FOLLOW_UP,
)  # fmt: skip
# Besides, of what a ToDo is made for.
ASKED = ("care_rule", "priority", "reference_doctype", "turn_worth")


def create(follow_ups: list, user: str, due, stake: Stake | None = None) -> str:
	"""A ToDo for one contact.

	:param follow_ups: what it is for, the leading one first: dicts with name, customer, customer_name, channel,
		reason, short, made_of, priority, care_rule, reference_doctype, came_first, turn_worth
	:param stake: what is at stake, if it was asked before
	:returns: the ToDo's name
	"""
	follow_up = follow_ups[0]
	stake = stake or stakes.known([follow_up.customer]).get(follow_up.customer, stakes.NOTHING)
	with speaking(language_of(user)):
		description, fields = _description(follow_ups), stakes.fields(follow_ups, user, due, stake)
	return todos.add(
		user, "Customer", follow_up.customer, description, due=due, keep_follow_up=follow_up.name, **fields
	)


def with_coupons(rows: list, today: date, visits: dict[str, date] | None = None) -> set[str]:
	"""Have follow-ups that a rep is about to be asked for come with the coupons of their rules, and say so.

	:param rows: dicts with name, customer, care_rule; their customers are held
	:param visits: as :func:`coupons.give` takes them
	:returns: customers of whom other ToDos say something else now, see :func:`describe_anew`
	"""
	given, said_anew = coupons.give(rows, today, visits)
	for row in rows:
		# It may be tried a second time.
		row.update(given.get(row["name"]) or dict.fromkeys(coupons.ON_FOLLOW_UP))
	return said_anew


def its_coupon(row) -> dict:
	"""What is written on a follow-up of the coupon that it comes with."""
	return {field: row[field] for field in coupons.ON_FOLLOW_UP} if row.get("coupon") else {}


def join(todo: str, more: list, user: str, due) -> None:
	"""Let a ToDo ask for more in the contact that it is for.

	:param more: dicts as :func:`create` takes them
	"""
	fields = ("name", *ASKED, *DESCRIBED)
	asked = {"todo": todo, "status": ("in", followups.OPEN)}
	parts = frappe.get_all("Follow Up", asked, list(fields), order_by="name asc")
	first = frappe.db.get_value("ToDo", todo, "keep_follow_up")
	parts.sort(key=lambda part: part.name != first)
	lead(todo, [*parts, *more], user, due)


def lead(todo: str, follow_ups: list, user: str, due) -> None:
	"""Let a ToDo that is there already ask for more in one contact.

	:param follow_ups: all that it is for from now on, as :func:`create` takes them, the new leading one first
	"""
	doc = frappe.get_doc("ToDo", todo, for_update=True)
	stake = stakes.known([follow_ups[0].customer]).get(follow_ups[0].customer, stakes.NOTHING)
	with speaking(language_of(user)):
		description, fields = _description(follow_ups), stakes.fields(follow_ups, user, due, stake)
	doc.update({"description": description, "date": due, "keep_follow_up": follow_ups[0].name, **fields})
	doc.flags.keep_customers_settled = True
	# Whoever plans it need not be allowed to write the rep's ToDo.
	save_todo(doc, ignore_permissions=True)


def _description(follow_ups: list) -> str:
	follow_up = follow_ups[0]
	what = {
		"Phone": _("Call {0}"), "Visit": _("Visit {0}"), "Email": _("Write to {0}"), "SMS": _("Text {0}"),
		"Messenger": _("Message {0}"), "Letter": _("Send a letter to {0}"),
	}.get(follow_up.channel, _("Contact {0}"))  # fmt: skip
	link = todos.link_to("Customer", follow_up.customer, follow_up.customer_name)
	head = stakes.in_one(
		escape_html(reworded(one, "short") or reworded(one, "reason") or "") for one in follow_ups
	)
	# The host makes a title of it by leaving the tags out: the breaks keep the sentences apart.
	lines = [reworded(one, "reason") or "" for one in follow_ups if one.short]
	# Two that it is for may come with the same one.
	lines += dict.fromkeys(coupons.in_words(one) for one in follow_ups)
	more = "<br>\n".join(escape_html(line) for line in (*lines, full_day.because(follow_up)) if line)
	return f"<p><b>{what.format(link)}</b>: {head}</p>" + (more and f"\n<p>{more}</p>")


def describe_anew(*customers: str) -> None:
	"""Write what is due of customers, their names and links into their open ToDos, past the document life."""
	_describe_anew({"customer": ("in", customers)})


def speak_to(user: str, language: str | None) -> None:
	"""Write a user's open ToDos in another language."""
	_describe_anew({"assigned_to": user}, language or site_language())


def _describe_anew(filters: dict, language: str | None = None) -> None:
	"""
	:param filters: of the follow-ups
	:param language: by default that of whoever has the ToDo
	"""
	contacts: dict[str, list] = {}
	for follow_up in frappe.get_all(
		"Follow Up",
		filters={**filters, "todo": ("is", "set"), "status": ("in", followups.OPEN)},
		fields=["name", "todo", "assigned_to", *DESCRIBED],
		order_by="name asc",
	):
		contacts.setdefault(follow_up.todo, []).append(follow_up)
	leads = dict(
		frappe.get_all(
			"ToDo",
			filters={"name": ("in", list(contacts))},
			fields=["name", "keep_follow_up"],
			as_list=True,
		)
		if contacts
		else ()
	)
	for todo, parts in contacts.items():
		parts.sort(key=lambda part: part.name != leads.get(todo))
		with speaking(language or language_of(parts[0].assigned_to)):
			values = {
				"description": sanitize_html(_description(parts), linkify=True),  # as the document life does
				"keep_why": stakes.why(parts),
				"keep_customer_name": parts[0].customer_name,
			}
		frappe.db.set_value("ToDo", todo, values, update_modified=False)


def hand_over(todo: str) -> None:
	"""Let a ToDo go on for what is left of its contact; what went along with a planned visit that does not take place is due when it
	was."""
	parts = frappe.db.get_values(
		"Follow Up",
		{"todo": todo, "status": ("in", followups.OPEN)},
		["name", "assigned_to", "due_alone", "due_date", "reference_doctype", *DESCRIBED],
		as_dict=True,
		order_by="name asc",
		for_update=True,
	)
	first = frappe.db.get_value("ToDo", todo, "keep_follow_up")
	parts.sort(key=lambda part: part.name != first)
	with speaking(language_of(parts[0].assigned_to)):
		values = {"description": _description(parts), "keep_why": stakes.why(parts)}
	values["keep_follow_up"] = parts[0].name
	if not any(part.reference_doctype == "Visit Plan" for part in parts):
		values |= _due_by_itself(parts)
	frappe.db.set_value("ToDo", todo, values)


def leave_behind(todo: str, names: list[str]) -> None:
	"""Let what stays on its own day have a ToDo of its own, where the contact that it went along with is moved to another day."""
	fields = ("name", "assigned_to", "due_date", "due_alone", *ASKED, *DESCRIBED)
	parts = frappe.get_all("Follow Up", {"name": ("in", names)}, list(fields), order_by="name asc")
	for part in parts:
		part.due_date = part.due_alone or part.due_date
	own = create(parts, parts[0].assigned_to, min(getdate(part.due_date) for part in parts))
	for part in parts:
		status = "Late" if getdate(part.due_date) < getdate() else "Assigned"
		followups.settle(part.name, status, todo=own, due_date=part.due_date, due_alone=None)
	hand_over(todo)


def _due_by_itself(parts: list) -> dict:
	"""The day of a ToDo whose parts have theirs back, if they had to go along with a planned visit."""
	for part in parts:
		if part.due_alone:
			part.due_date = part.due_alone
			status = "Late" if getdate(part.due_date) < getdate() else "Assigned"
			back = {"due_date": part.due_date, "due_alone": None, "status": status}
			frappe.db.set_value("Follow Up", part.name, back)
	days = [getdate(part.due_date) for part in parts if part.due_alone]
	return {"date": min(days)} if days else {}


def validate(todo, method=None) -> None:
	"""Remember the status before the change, only available before the ToDo is written; let what the list shows follow it."""
	todo.flags.keep_status_before = None if todo.is_new() else todo.get_db_value("status")
	todo.flags.keep_moved = not todo.is_new() and todo.has_value_changed("date")
	if todo.get("keep_follow_up") and not todo.is_new():
		_stay_with_the_customer(todo)
		stakes.follow(todo)
		_speak_to(todo)


def _stay_with_the_customer(todo) -> None:
	"""Whom a contact is with is not written on its ToDo, and it is always on somebody's list: else nobody would hear what
	becomes of it."""
	before = todo.get_doc_before_save()
	if before and frappe.db.exists("Follow Up", {"name": todo.keep_follow_up, "todo": todo.name}):
		todo.reference_type, todo.reference_name = before.reference_type, before.reference_name
		todo.allocated_to = todo.allocated_to or before.allocated_to


def _speak_to(todo) -> None:
	"""Who gets it reads it in their own language."""
	before = todo.get_doc_before_save()
	if not before or language_of(before.allocated_to) == language_of(todo.allocated_to):
		return
	own = {todo.keep_follow_up, *followups.gone_with(todo.name, todo.reference_name)}
	parts = frappe.get_all(
		"Follow Up", filters={"todo": todo.name, "name": ("in", own)}, fields=["name", *DESCRIBED]
	)
	parts.sort(key=lambda part: (part.name != todo.keep_follow_up, part.name))
	if parts:
		with speaking(language_of(todo.allocated_to)):
			todo.update({"description": _description(parts), "keep_why": stakes.why(parts)})


def on_update(todo, method=None) -> None:
	"""Let the follow-up go with its ToDo: closed, cancelled, reopened, or given to somebody else."""
	name = todo.get("keep_follow_up")
	# No follow-up can know a ToDo that is being made; what it is made for gets to know it afterwards.
	if not name or todo.flags.keep_customers_settled or todo.flags.in_insert:
		return
	# Anybody may write a follow-up's name into a ToDo; only the one made for it moves it.
	if not frappe.db.exists("Follow Up", {"name": name, "todo": todo.name}):
		return
	# Several follow-ups may be one contact.
	parts = followups.gone_with(todo.name, todo.reference_name)
	before = todo.flags.keep_status_before
	status, touch = frappe.db.get_value("Follow Up", name, ["status", "touch"])
	values = {"assigned_to": todo.allocated_to}
	if todo.status == "Closed" and before != "Closed":
		values |= {"status": "Done", "done_on": today(), "hold_reason": ""}
	elif todo.status == "Cancelled" and before != "Cancelled" and not touch:
		values |= {"status": "Cancelled", "hold_reason": followups.TODO_CANCELLED}
	elif todo.status == "Open" and (before in ("Closed", "Cancelled") or status in followups.OPEN):
		late = todo.date and getdate(todo.date) < getdate()
		values["status"] = "Late" if late else "Assigned"
		if before != "Open":
			# Another contact is asked for; the one on record stays where it is.
			values |= {"done_on": None, "hold_reason": "", "touch": None, **followups.USEFUL_AFTER_ALL}
			# Who opens a ToDo that ended by itself asks for what it was for.
			parts = sorted({name, *parts})
			for part in parts:
				followups.drop_asked_again(part)
	if todo.date:
		values["due_date"] = todo.date
		if todo.flags.keep_moved:
			values["due_alone"] = None
	# A contact on record has a day of its own: it may have been told later.
	recorded = {"name": ("in", parts), "status": "Done", "touch": ("is", "set")}
	on_record = frappe.get_all("Follow Up", recorded, pluck="name") if values.get("status") == "Done" else ()
	for part in parts:
		own = {**values}
		if part in on_record:
			del own["done_on"]
		frappe.db.set_value("Follow Up", part, own)
		if values.get("status") == "Done":
			followups.note_done(part)


def on_trash(todo, method=None) -> None:
	"""A deleted ToDo takes its follow-up off the list, not out of the records."""
	# A touch that mentions a ToDo that is gone could not be saved again.
	for field in ("todo", "routed_todo"):
		name_no_more("Customer Touch", field, todo.name)
	if not todo.get("keep_follow_up"):
		return
	for part in frappe.get_all("Follow Up", filters={"todo": todo.name}, fields=["name", "status"]):
		if part.status in followups.OPEN:
			followups.settle(part.name, "Cancelled", hold_reason="ToDo deleted", todo=None)
		else:
			frappe.db.set_value("Follow Up", part.name, "todo", None)


@frappe.whitelist()
@typed
def follow_up_of(todo: str) -> dict:
	"""What the touch form on a care ToDo starts from."""
	doc = named("ToDo", todo)
	if not doc.get("keep_follow_up"):
		return {}
	follow_up = _asked_for(doc)
	return {
		"customer": follow_up.customer,
		"channel": follow_up.channel,
		"status": follow_up.status,
		"hold_reason": follow_up.hold_reason,
		# What a call came to that was made from here.
		"result": follow_up.call_result,
		# In which a stated demand is taken down.
		"currency": currencies.currency_of(follow_up.customer),
	}


@frappe.whitelist(methods=["POST"])
@typed
def record_touch(
	todo: str,
	result: str,
	channel: str | None = None,
	notes: str | None = None,
	satisfaction: float | None = None,
	next_step: str | None = None,
	next_step_date: str | None = None,
	route_to: str | None = None,
	demand_date: str | None = None,
	demand_amount: float | None = None,
	competitor: str | None = None,
	competitor_price: float | None = None,
	price_remark: str | None = None,
	event_wish: str | None = None,
) -> str:
	"""Record the contact a care ToDo asked for; the caller closes the ToDo itself.

	:returns: the Customer Touch's name
	:raises frappe.PermissionError: if the user may not write the ToDo or not read the customer
	"""
	# Two clicks wait for each other here: the second one finds what the first has done.
	frappe.db.get_value("ToDo", todo, "name", for_update=True)
	doc = named("ToDo", todo, "write")
	if not doc.get("keep_follow_up"):
		frappe.throw(
			_("This ToDo was not created by a care rule. Please record the contact from the customer.")
		)
	follow_up = _asked_for(doc)
	said = {
		"result": result,
		"notes": notes,
		"satisfaction": satisfaction,
		"next_step": next_step,
		"next_step_date": next_step_date,
		"route_to": route_to,
		"demand_date": demand_date,
		"demand_amount": demand_amount,
		"competitor": competitor,
		"competitor_price": competitor_price,
		"price_remark": price_remark,
		"event_wish": event_wish,
	}
	if touch := frappe.db.get_value("Follow Up", follow_up.name, "touch", for_update=True):
		complete(touch, said)
		return touch
	said["channel"] = channel or follow_up.channel
	return new_touch(follow_up, todo=doc.name, follow_up=follow_up.name, **said)


def new_touch(row, **contact) -> str:
	"""A contact of the user of this session, on record.

	:param row: with customer and channel
	:param contact: fields of Customer Touch
	"""
	touch = frappe.get_doc(
		{
			"doctype": "Customer Touch",
			"customer": row.customer,
			"rep": frappe.session.user,
			"channel": row.channel,
			**contact,
		}
	)
	return without_form(touch, *contact).insert().name


def complete(name: str, said: dict) -> bool:
	"""A call made from the ToDo is a contact already; who made it adds what was said. Whether it was such a call."""
	touch = frappe.get_doc("Customer Touch", name)
	own = bool(touch.call_id) and touch.rep == frappe.session.user
	if own:
		touch.update({field: value for field, value in said.items() if value})
		without_form(touch, *said).save()
	return own


def care_todo(todo: str, right: str):
	"""A care ToDo and its follow-up, for who may see them.

	:param right: to the ToDo, such as read or write
	:returns: the ToDo, and :data:`keep_customers.care.followups.TO_CARRY_OUT` of its leading follow-up
	:raises frappe.PermissionError: if the user may not do this to the ToDo, or not read its follow-up or customer
	:raises frappe.ValidationError: if it is no care ToDo
	"""
	doc = named("ToDo", todo, right)
	name = doc.get("keep_follow_up")
	# Anybody may write a follow-up's name into a ToDo; only the one made for it speaks to the customer.
	if not name or not frappe.db.exists("Follow Up", {"name": name, "todo": doc.name}):
		frappe.throw(_("This ToDo was not created by a care rule."))
	_asked_for(doc)
	row = frappe.db.get_value("Follow Up", name, list(TO_CARRY_OUT), as_dict=True)
	if not may_read("Customer", row.customer):
		not_there("ToDo", todo)
	return doc, row


def _asked_for(todo):
	"""The follow-up a ToDo was made for; who may not read it is told as little of it as of any other ToDo."""
	follow_up = if_readable("Follow Up", todo.keep_follow_up)
	if not follow_up:
		not_there("ToDo", todo.name)
	return follow_up
