"""VIP events and their invitations: whom to ask, who has a place, who moves up, who was there.

What is decided is decided in ``engine/events.py``. Whoever changes anything about an event's guests holds the lock on the
event's row first and reads the guests under it (:func:`_room`), so any number of replies at the same moment come one after
the other. What is told to guests are Follow Ups, as everything else: by e-mail where the customer agreed to e-mails,
otherwise as a ToDo of the rep.
"""

from datetime import datetime, time, timedelta

import frappe
from frappe import _
from frappe.utils import add_days, cint, escape_html, flt, formatdate, get_datetime, getdate, now_datetime

from keep_customers.engine import events as engine
from keep_customers.erp import event_wishes, feedback, followups, ledger, messages, todos
from keep_customers.erp.assignment import Assignment
from keep_customers.erp.language import site_language
from keep_customers.erp.notices import not_excluded
from keep_customers.erp.permissions import only_readable
from keep_customers.erp.tables import chunks, insert, lock, standard_columns
from keep_customers.erp.triggers import customers, matching

EVENT, INVITATION = "VIP Event", "VIP Invitation"
FIELDS = (
	"name", "theme", "status", "starts_on", "ends_on", "reply_until", "capacity", "max_companions", "wave", "host",
)  # fmt: skip
# What only buttons, guests and nights write.
OF_EVENT = (
	"suggestion", "wave", "invited", "accepted", "waiting", "attended", "no_shows", "rating", "ratings", "cost_per_head",
	"bought_invited", "bought_compared", "compared", "result_until", "result_currency",
)  # fmt: skip
OF_INVITATION = (
	"status", "companions", "wave", "invited_on", "reminded_on", "replied_on", "waiting_since", "checked_in_on",
	"checked_in_by",
)  # fmt: skip
# Kinds of Care Messages; a follow-up without a rule says by its occurrence which one it sends.
ASK, REMIND, MOVE_UP, CALL_OFF = "Event Invitation", "Event Reminder", "Event Moved Up", "Event Called Off"
MESSAGE_KINDS = (ASK, REMIND, MOVE_UP, CALL_OFF)
# Ways to ask somebody who did not agree to e-mails, the usual one first.
BY_HAND = ("Phone", "Visit", "Messenger", "SMS", "Letter")
NAMES_SHOWN = 50
DAYS_TO_ASK = 3  # a rep has for asking by hand
OVER = "Event is over"
CALLED_OFF = "Event called off"


def why_not() -> dict[str, str]:
	"""What to say where the engine refuses."""
	return {
		"final": _("This event is over or called off. Please plan another one; you can copy it."),
		"not next": _("This is not the next step of the event."),
		"no day": _("Please say when the event starts."),
		"over": _("The event is over."),
		"not yet": _("The event has not begun yet. Please wait until it was held, or correct its day."),
		"nobody checked in": _(
			"Nobody was checked in. Please check in who came, or say that everybody came."
		),
		"invitation cancelled": _("This invitation was cancelled. Please call us."),
		"too many companions": _("So many companions are not possible. Please choose fewer."),
		"larger than the room": _("There is not so much room. Please come with fewer companions."),
		"no place for more companions": _(
			"There is no place left for more companions. Your own places stay reserved."
		),
		"full": _(
			"There is no free place left. If there is room all the same, please raise the capacity of the event."
		),
		"not open": _("Nobody can reply to this event now."),
		"too late to reply": _("The time to reply is over. Please call us."),
		"not the day": _("Guests are checked in on the day of the event."),
	}


def _refuse(refused: engine.Refused) -> None:
	frappe.throw(why_not()[refused.why])


# The guests under the event's lock


def _lock(event: str | None):
	"""The event's row; until this transaction ends nobody else changes anything about its guests.

	:raises frappe.DoesNotExistError: if there is no such event
	"""
	row = None
	if event:
		lock(EVENT, event)
		row = frappe.db.get_value(EVENT, event, FIELDS, as_dict=True, for_update=True)
	if not row:
		frappe.throw(_("This event does not exist any more."), frappe.DoesNotExistError)
	return row


def _room(row) -> engine.Room:
	"""The guests of a locked event."""
	# For update, because this transaction may have read the rows before it had the lock, and would see them as then.
	rows = frappe.db.get_values(
		INVITATION,
		{"event": row.name},
		["name", "status", "companions", "waiting_since"],
		as_dict=True,
		for_update=True,
	)
	return engine.Room(
		cint(row.capacity),
		cint(row.max_companions),
		tuple(
			engine.Guest(
				one.name,
				one.status,
				cint(one.companions),
				get_datetime(one.waiting_since) if one.waiting_since else None,
			)
			for one in rows
		),
	)


def _store(row, room: engine.Room, changed: list[engine.Guest], **values) -> engine.Room:
	"""Write what the engine made of guests, and what follows from it: who moves up, the figures of the event."""
	_write(changed, values)
	room = room.with_(changed)
	up = engine.moved_up(room) if _goes_on(row) else []
	if up:
		_write(up, {})
		_tell_moved_up(row, [guest.key for guest in up])
		room = room.with_(up)
	_count(row.name, room)
	return room


def _write(changed: list[engine.Guest], values: dict) -> None:
	for guest in changed:
		state = {
			"status": guest.status,
			"companions": guest.companions,
			"waiting_since": guest.waiting_since,
		}
		frappe.db.set_value(INVITATION, guest.key, {**state, **values})


def _goes_on(row) -> bool:
	"""Whether people may still be told that they have a place."""
	return row.status == engine.INVITING and get_datetime(row.starts_on) > now_datetime()


def _count(event: str, room: engine.Room) -> None:
	def persons(*statuses):
		return sum(guest.persons for guest in room.guests if guest.status in statuses)

	asked = (guest.status not in (engine.UNASKED, engine.CANCELLED) for guest in room.guests)
	figures = {
		"invited": sum(asked),
		"accepted": persons(engine.ACCEPTED, engine.ATTENDED, engine.NO_SHOW),
		"waiting": persons(engine.WAITING),
		"attended": persons(engine.ATTENDED),
		"no_shows": sum(guest.status == engine.NO_SHOW for guest in room.guests),
	}
	cost = flt(frappe.db.get_value(EVENT, event, "actual_cost"))
	# The form may be open, and shall be able to save.
	frappe.db.set_value(
		EVENT, event, {**figures, "cost_per_head": cost_per_head(cost, figures)}, update_modified=False
	)


def cost_per_head(cost: float, figures) -> float:
	return flt(cost) / figures["attended"] if figures["attended"] else 0.0


def settle(event: str) -> None:
	"""Bring an event in order after its guests or its capacity changed: who can move up does."""
	if frappe.db.exists(EVENT, event):
		row = _lock(event)
		_store(row, _room(row), [])


# What guests, reps and the team at the door do; whoever calls these has asked for permission, or holds a signed link


def may_reply(invitation, event) -> bool:
	"""Whether a guest may answer now, or change the answer."""
	answering = (engine.INVITED, engine.ACCEPTED, engine.WAITING, engine.DECLINED)
	return invitation.status in answering and not _why_no_reply(event)


def _why_no_reply(event, late: bool = False) -> str | None:
	if event.status != engine.INVITING:
		return "not open"
	if get_datetime(event.starts_on) <= now_datetime():
		return "over"
	if event.reply_until and getdate(event.reply_until) < getdate() and not late:
		return "too late to reply"


def reply(name: str, answer: str, companions: int = 0, remark: str | None = "", late: bool = False) -> str:
	"""Take a guest's answer down.

	:param answer: Yes or No
	:param remark: in the guest's own words; None leaves what is there
	:param late: whether the time to reply does not count, as for what a rep takes down
	:returns: the new status: Accepted, Waiting List or Declined
	:raises frappe.ValidationError: with what to do instead, if it cannot be answered like this
	"""
	row = _lock(frappe.db.get_value(INVITATION, name, "event"))
	room = _room(row)
	try:
		if why := _why_no_reply(row, late):
			raise engine.Refused(why)
		guest = engine.reply(room, name, answer, companions, now_datetime())
	except engine.Refused as refused:
		_refuse(refused)
	values = {} if remark is None else {"remark": remark}
	if room.find(name).status == engine.UNASKED:
		values["invited_on"] = now_datetime()  # by whoever took the answer down
	if guest != room.find(name):
		_store(row, room, [guest], replied_on=now_datetime(), **values)
		_nothing_left_to_ask(name)
	elif values:
		frappe.db.set_value(INVITATION, name, values)
	return guest.status


def check_in(name: str, companions: int | None = None) -> None:
	"""A guest is at the door. The second time changes nothing.

	:param companions: how many came along, by default as many as were announced
	:raises frappe.ValidationError: if it is not the day, or there is no place for whom nobody expected
	"""
	row = _lock(frappe.db.get_value(INVITATION, name, "event"))
	room = _room(row)
	try:
		if row.status not in (engine.INVITING, engine.HELD):
			raise engine.Refused("not open")
		if getdate(row.starts_on) > getdate():
			raise engine.Refused("not the day")
		guest = engine.check_in(room, name, companions)
	except engine.Refused as refused:
		_refuse(refused)
	if guest != room.find(name):
		_store(row, room, [guest], checked_in_on=now_datetime(), checked_in_by=frappe.session.user)


def undo_check_in(name: str) -> None:
	"""The guest is not here after all, and expected again; or did not come, if the event is over."""
	row = _lock(frappe.db.get_value(INVITATION, name, "event"))
	if row.status not in (engine.INVITING, engine.HELD):
		_refuse(engine.Refused("not open"))
	room = _room(row)
	changed = [engine.leave(room, name)]
	if row.status == engine.HELD:
		changed = engine.after(room.with_(changed))
	_store(row, room, changed, checked_in_on=None, checked_in_by=None)


def cancel_invitation(name: str) -> None:
	"""Take an invitation back; whoever waits moves up."""
	row = _lock(frappe.db.get_value(INVITATION, name, "event"))
	if row.status in (engine.HELD, *(status for status, to in engine.NEXT.items() if not to)):
		_refuse(engine.Refused("over"))
	room = _room(row)
	guest = engine.Guest(name, engine.CANCELLED)
	_store(row, room, [guest])
	followups.take_back(INVITATION, name, CALLED_OFF)


@frappe.whitelist(methods=["POST"])
def record(invitation: str, what: str, companions: int = 0) -> str:
	"""What the buttons of an invitation do.

	:param what: Yes, No, Check In, Undo Check In or Cancel
	:param companions: who come along, for Yes
	:returns: the new status
	:raises frappe.PermissionError: if the user may not write the invitation
	"""
	frappe.get_doc(INVITATION, invitation).check_permission("write")
	if what in (engine.YES, engine.NO):
		return reply(invitation, what, cint(companions), remark=None, late=True)
	actions = {"Check In": check_in, "Undo Check In": undo_check_in, "Cancel": cancel_invitation}
	if what not in actions:
		_refuse(engine.Refused("not next"))
	actions[what](invitation)
	return frappe.db.get_value(INVITATION, invitation, "status")


# Whom to ask


@frappe.whitelist()
def preview(event: str) -> dict:
	"""Whom the event would be planned for if this user did it now.

	:returns: ``customers`` (how many, without those on record), ``refused`` (left out, as they want to be contacted in
		no way), ``names`` (the first 50 in the order in which they are asked), ``free`` (places for the next wave, None
		for no limit)
	:raises frappe.PermissionError: if the user may not write the event
	"""
	doc = frappe.get_doc(EVENT, event)
	doc.check_permission("write")
	rows, refused = audience(doc, frappe.session.user)
	room = engine.Room(cint(doc.capacity), cint(doc.max_companions), ())
	return {
		"customers": len(rows),
		"refused": refused,
		"names": [row.customer_name or row.customer for row in rows[:NAMES_SHOWN]],
		"free": max(0, cint(doc.capacity) - cint(doc.accepted)) if room.capacity else None,
	}


def audience(event, user: str) -> tuple[list, int]:
	"""Whom an event is for, without whom it has an invitation for already, in the order in which they are asked.

	:param user: only customers this user may read
	:returns: (rows with customer, customer_name and contact; how many more want to be contacted in no way)
	"""
	listed = [(row.customer, row.contact or "") for row in event.guests]
	found = {row.customer: row for row in _chosen(event, user, {customer for customer, _contact in listed})}
	known = frappe.get_all(
		INVITATION, filters={"event": event.name}, fields=["customer", "contact"], as_list=True
	)
	on_record, asked = set(known), {customer for customer, _contact in known}
	wanted = [pair for pair in listed if pair[0] in found]
	wanted += [(customer, "") for customer in found if customer not in {pair[0] for pair in listed}]
	# A customer is asked once; further persons are those of the list who are named.
	wanted = [
		pair for pair in dict.fromkeys(wanted) if pair not in on_record and (pair[1] or pair[0] not in asked)
	]
	channels = _channels(sorted({customer for customer, _contact in wanted}))
	rows = [
		frappe._dict(found[customer], contact=contact) for customer, contact in wanted if channels[customer]
	]
	return rows, len(wanted) - len(rows)


def _chosen(event, user: str, listed: set[str]) -> list:
	"""Rows of the customers with customer and customer_name: those of the list first, then by their value."""
	chosen = frappe._dict(
		tiers={row.tier for row in event.tiers},
		customer_group=event.customer_group,
		territory=event.territory,
	)
	questions = []
	if any(chosen.values()):
		questions.append((chosen, None))
	if listed:
		questions.append((frappe._dict(tiers=set()), sorted(listed)))
	rows = {}
	for about, names in questions:
		query, customer, value = customers(about)
		query = query.select(value.current_value)
		if names:
			query = query.where(customer.name.isin(names))
		found = only_readable(query, customer.name, user).run(as_dict=True)
		rows |= {row.customer: row for row in not_excluded(matching(about, found))}
	worth = "value_at_risk" if event.invite_by == "Value at Risk" else "current_value"
	return sorted(rows.values(), key=lambda row: (row.customer not in listed, -flt(row[worth]), row.customer))


def _channels(names: list[str]) -> dict[str, str | None]:
	"""Customer -> how to ask: by e-mail who agreed to it, else by hand; None for who wants neither."""
	consents = {}
	for part in chunks(names, 1000):
		consents |= followups.consents(part)
	return {
		name: "Email"
		if consents.get((name, "Email")) == "Given"
		else next((way for way in BY_HAND if consents.get((name, way)) != "Refused"), None)
		for name in names
	}


@frappe.whitelist(methods=["POST"])
def plan(event: str) -> int:
	"""An invitation, not sent yet, for everybody in the audience who has none; may be called again.

	:returns: how many are new
	:raises frappe.PermissionError: if the user may not write the event
	:raises frappe.ValidationError: if nobody is chosen, or it is too late for that
	"""
	doc = frappe.get_doc(EVENT, event)
	doc.check_permission("write")
	row = _lock(event)
	if row.status not in (engine.PLANNED, engine.INVITING):
		frappe.throw(_("Guests are chosen once the event is planned, and until it is held."))
	if not (doc.tiers or doc.customer_group or doc.territory or doc.guests):
		frappe.throw(_("Please choose whom to invite: tiers, a group, a territory, or customers by name."))
	rows, _refused = audience(doc, frappe.session.user)
	main = messages.primary_contacts([one.customer for one in rows if not one.contact])
	for one in rows:
		one.contact = one.contact or main.get(one.customer, "")
	names = _contact_names({one.contact for one in rows})
	standard = standard_columns()
	insert(
		INVITATION,
		["name", "event", "customer", "customer_name", "contact", "guest_name", "status", *standard],
		[
			[
				frappe.generate_hash(length=10), event, one.customer, one.customer_name, one.contact,
				names.get(one.contact) or one.customer_name, engine.UNASKED, *standard.values(),
			]
			for one in rows
		],
		# The main contact may be on record by name, or stand in the list twice.
		ignore_existing=True,
	)  # fmt: skip
	return len(rows)


def _contact_names(contacts: set[str]) -> dict[str, str]:
	names: dict[str, str] = {}
	for part in chunks(sorted(contacts - {""}), 1000):
		names |= dict(
			frappe.get_all(
				"Contact", filters={"name": ("in", part)}, fields=["name", "full_name"], as_list=True
			)
		)
	return names


@frappe.whitelist(methods=["POST"])
def invite(event: str) -> dict:
	"""Send the next wave: as many invitations as there are free places, to those worth most. Called again it goes on.

	:returns: ``sent`` (how many), ``left`` (planned and not sent), ``pending`` (sent and not answered), ``waiting``
		(persons on the waiting list)
	:raises frappe.PermissionError: if the user may not write the event
	:raises frappe.ValidationError: if nobody can be invited now
	"""
	frappe.get_doc(EVENT, event).check_permission("write")
	settings = frappe.get_cached_doc("Keep Customers Settings")
	if not settings.enabled or not followups.a_night_is_over():
		frappe.throw(
			_(
				"Invitations become ToDos and e-mails once the nights run. Please switch them on in Keep Customers Settings and run the first one."
			)
		)
	return send_wave(event)


def send_wave(event: str) -> dict:
	"""As :func:`invite`, without asking for permission."""
	row = _lock(event)
	try:
		if row.status != engine.INVITING:
			starts_on = get_datetime(row.starts_on) if row.starts_on else None
			engine.may_become(row.status, engine.INVITING, starts_on, now_datetime())
		elif why := _why_no_reply(row):
			raise engine.Refused(why)
	except engine.Refused as refused:
		_refuse(refused)
	room = _room(row)
	channels = _may_be_asked(event)
	order = {name: index for index, name in enumerate(channels)}
	# Who is not in the order any more, being disabled or unwilling, is not asked.
	guests = [guest for guest in room.guests if guest.status != engine.UNASKED or guest.key in order]
	guests.sort(key=lambda guest: order.get(guest.key, -1))
	wave = engine.wave(engine.Room(room.capacity, room.max_companions, tuple(guests)))
	if wave:
		number = cint(row.wave) + 1
		changed = {"status": engine.INVITING, "wave": number}
		frappe.db.set_value(EVENT, event, changed, update_modified=row.status != engine.INVITING)
		row.update(changed)
		asked = {"status": engine.INVITED, "wave": number, "invited_on": now_datetime()}
		for part in chunks([guest.key for guest in wave], 1000):
			frappe.db.set_value(INVITATION, {"name": ("in", part)}, asked)
		_tell(row, [guest.key for guest in wave], ASK)
		room = room.with_(wave)
		_count(event, room)
	statuses = [guest.status for guest in room.guests]
	return {
		"sent": len(wave),
		"left": statuses.count(engine.UNASKED),
		"pending": statuses.count(engine.INVITED),
		"waiting": sum(guest.persons for guest in room.guests if guest.status == engine.WAITING),
	}


def _may_be_asked(event: str) -> dict[str, str]:
	"""Invitation -> channel, of those not sent yet whose customers may be contacted; in the order of the waves."""
	invitation, customer, value = (
		frappe.qb.DocType(name) for name in (INVITATION, "Customer", "Customer Value")
	)
	rows = (
		frappe.qb.from_(invitation)
		.inner_join(customer)
		.on(customer.name == invitation.customer)
		.left_join(value)
		.on(value.name == invitation.customer)
		.select(
			invitation.name,
			invitation.customer,
			customer.customer_group,
			value.current_value,
			value.value_at_risk,
		)
		.where((invitation.event == event) & (invitation.status == engine.UNASKED) & (customer.disabled == 0))
	).run(as_dict=True)
	rows = not_excluded(rows)
	listed = set(frappe.get_all("VIP Event Guest", filters={"parent": event}, pluck="customer"))
	by_risk = frappe.db.get_value(EVENT, event, "invite_by") == "Value at Risk"
	worth = "value_at_risk" if by_risk else "current_value"
	rows.sort(key=lambda row: (row.customer not in listed, -flt(row[worth]), row.customer, row.name))
	channels = _channels(sorted({row.customer for row in rows}))
	return {row.name: channels[row.customer] for row in rows if channels[row.customer]}


# What guests are told, and reps


def _tell(row, names: list[str], kind: str) -> None:
	"""A follow-up for each invitation, and what has room today at once: sent by e-mail or asked of the rep."""
	today = getdate()
	last = min(getdate(row.starts_on), getdate(row.reply_until or row.starts_on))
	due = {ASK: min(today + timedelta(days=DAYS_TO_ASK), last), REMIND: last}.get(kind, today)
	language = site_language()
	reason = {
		ASK: _("Invite to “{0}” on {1}; the invitation has the details.", language),
		REMIND: _("No answer yet to “{0}” on {1}. Please ask whether they will come.", language),
		MOVE_UP: _("There is a place at “{0}” on {1} now. Please tell who was waiting.", language),
		CALL_OFF: _("“{0}” on {1} is called off. Please tell who was invited.", language),
	}[kind].format(row.theme, formatdate(row.starts_on))
	invitations = []
	for part in chunks(names, 1000):
		invitations += frappe.get_all(
			INVITATION, filters={"name": ("in", part)}, fields=["name", "customer", "customer_name"]
		)
	channels = _channels(sorted({one.customer for one in invitations}))
	followups.add(
		[
			{
				"customer": one.customer,
				"customer_name": one.customer_name,
				"occurrence": kind,
				"status": "Planned",
				"priority": "Medium" if kind == ASK else "High",
				"reason": reason,
				"channel": channels[one.customer] or BY_HAND[0],
				"planned_on": today,
				"due_date": max(today, due),
				"expires": kind == REMIND,
				"occasion": row.theme,
				"reference_doctype": INVITATION,
				"reference_name": one.name,
			}
			for one in invitations
		]
	)
	if invitations:
		frappe.enqueue(
			"keep_customers.jobs.planning.at_once",
			enqueue_after_commit=True,
			reference_doctype=INVITATION,
			reference_name=names,
		)


def _tell_moved_up(row, names: list[str]) -> None:
	"""The guests, and their reps."""
	_tell(row, names, MOVE_UP)
	rows = frappe.get_all(
		INVITATION, filters={"name": ("in", names)}, fields=["name", "customer", "customer_name"]
	)
	assignment = Assignment({one.customer for one in rows}, frappe.get_cached_doc("Keep Customers Settings"))
	text = _("{0} was waiting for “{1}” and has a place now.", site_language())
	for one in rows:
		if rep := assignment.user_for(one.customer):
			subject = text.format(escape_html(one.customer_name or one.customer), escape_html(row.theme))
			todos.notify(rep, INVITATION, one.name, subject)


def _nothing_left_to_ask(name: str) -> None:
	"""Whoever has answered need not be asked or reminded any more."""
	for one in frappe.get_all(
		"Follow Up",
		filters={
			"reference_doctype": INVITATION,
			"reference_name": name,
			"occurrence": ("in", (ASK, REMIND)),
			"status": ("in", followups.PENDING),
		},
		fields=["name", "todo", "send_status"],
	):
		if one.send_status == "Sending":
			continue  # it is on its way; what became of it is noted when it is known
		followups.settle(
			one.name,
			"Done" if one.todo else "Cancelled",
			hold_reason="",
			done_on=getdate() if one.todo else None,
		)
		followups.close_todo(one.todo)


def _take_back(event: str, why: str) -> None:
	"""Nobody is asked, reminded or told anything more that was still to be said."""
	invitation, follow_up = frappe.qb.DocType(INVITATION), frappe.qb.DocType("Follow Up")
	names = (
		frappe.qb.from_(follow_up)
		.inner_join(invitation)
		.on((follow_up.reference_doctype == INVITATION) & (follow_up.reference_name == invitation.name))
		.select(invitation.name)
		.distinct()
		.where((invitation.event == event) & follow_up.status.isin(followups.PENDING))
		.where(follow_up.care_rule.isnull())
	).run()
	for (name,) in names:
		followups.take_back(INVITATION, name, why)


# The event itself


@frappe.whitelist(methods=["POST"])
def set_status(event: str, status: str, everybody_came: bool = False) -> None:
	"""What the event's buttons do; to invite see :func:`invite`.

	:param everybody_came: for Held, where nobody was at the door to check in
	:raises frappe.PermissionError: if the user may not write the event
	:raises frappe.ValidationError: with what to do instead, if it cannot become that
	"""
	doc = frappe.get_doc(EVENT, event, for_update=True)
	doc.check_permission("write")
	row = _lock(event)
	room = _room(row)
	statuses = [guest.status for guest in room.guests]
	try:
		engine.may_become(
			doc.status,
			status,
			get_datetime(doc.starts_on) if doc.starts_on else None,
			now_datetime(),
			checked_in=statuses.count(engine.ATTENDED) + cint(everybody_came),
			expected=statuses.count(engine.ACCEPTED),
		)
	except engine.Refused as refused:
		_refuse(refused)
	doc.flags.becomes = status
	doc.save()
	row.status = status
	if status == engine.HELD:
		_take_back(event, OVER)
		_store(row, room, engine.after(room, bool(cint(everybody_came))))
	elif status == engine.CALLED_OFF:
		_call_off(row, room)


def _call_off(row, room: engine.Room) -> None:
	_take_back(row.name, CALLED_OFF)
	told = [g.key for g in room.guests if g.status in (engine.INVITED, engine.ACCEPTED, engine.WAITING)]
	gone = [g for g in room.guests if g.key in set(told) or g.status == engine.UNASKED]
	if told and get_datetime(row.starts_on) > now_datetime():
		_tell(row, told, CALL_OFF)
	_store(row, room, [engine.Guest(g.key, engine.CANCELLED, g.companions) for g in gone])


def validate(doc) -> None:
	"""
	:raises frappe.ValidationError: with what to do, if days, places or guests of an event do not fit
	"""
	before = doc.get_doc_before_save()
	for field in OF_EVENT:
		# A suggestion that is accepted says so in the new event.
		if before or not (field == "suggestion" and doc.flags.from_suggestion):
			doc.set(field, before.get(field) if before else None)
	doc.status = doc.flags.becomes or (before.status if before else engine.IDEA)
	for field in ("capacity", "max_companions", "budget", "actual_cost"):
		if flt(doc.get(field)) < 0:
			frappe.throw(_("{0} cannot be negative.").format(_(doc.meta.get_label(field))))
	if not doc.starts_on and doc.status not in (engine.IDEA, engine.CALLED_OFF):
		_refuse(engine.Refused("no day"))
	if doc.ends_on and (not doc.starts_on or get_datetime(doc.ends_on) < get_datetime(doc.starts_on)):
		frappe.throw(_("The event ends before it starts. Please check the times."))
	if doc.reply_until and doc.starts_on and getdate(doc.reply_until) > getdate(doc.starts_on):
		frappe.throw(_("Guests reply before the event starts. Please choose an earlier day."))
	if cint(doc.capacity) and cint(doc.max_companions) >= cint(doc.capacity):
		frappe.throw(_("One guest would fill the whole room. Please allow fewer companions."))
	doc.currency = (
		frappe.get_cached_value("Company", doc.company, "default_currency")
		if doc.company
		else ledger.reporting_currency(frappe.get_cached_doc("Keep Customers Settings"))
	)
	doc.cost_per_head = cost_per_head(doc.actual_cost, {"attended": cint(doc.attended)})
	_validate_guests(doc)
	if before and cint(doc.capacity) and cint(doc.capacity) < cint(before.capacity or doc.capacity + 1):
		_validate_room(doc)


def _validate_room(doc) -> None:
	taken = _room(_lock(doc.name)).taken
	if taken > cint(doc.capacity):
		frappe.throw(
			_(
				"{0} persons are coming already. Please cancel some of their invitations first, or leave more places."
			).format(taken)
		)


def _validate_guests(doc) -> None:
	known = {(row.customer, row.contact or "") for row in (doc.get_doc_before_save() or doc).guests}
	seen = set()
	for row in doc.guests:
		pair = (row.customer, row.contact or "")
		if pair in seen:
			frappe.throw(_("Row {0}: this guest is there already.").format(row.idx))
		seen.add(pair)
		if doc.is_new() or pair not in known:
			frappe.has_permission("Customer", "read", doc=row.customer, throw=True)
		if row.contact and not feedback.is_contact_of(row.contact, row.customer):
			frappe.throw(_("Row {0}: {1} is no contact of this customer.").format(row.idx, row.contact))


def on_update(doc) -> None:
	"""More places: who waits moves up."""
	before = doc.get_doc_before_save()
	if before and cint(before.capacity) != cint(doc.capacity):
		settle(doc.name)


def on_trash(doc) -> None:
	"""
	:raises frappe.ValidationError: if people were invited: who was asked, and came, stays on record
	"""
	if frappe.db.exists(INVITATION, {"event": doc.name, "status": ("!=", engine.UNASKED)}):
		frappe.throw(_("People were invited to this event. Please call it off instead."))
	frappe.db.delete(INVITATION, {"event": doc.name})
	event_wishes.event_is_gone(doc.name)


def validate_invitation(doc) -> None:
	"""
	:raises frappe.ValidationError: if the event takes no guests any more, or the contact is another customer's
	"""
	before = doc.get_doc_before_save()
	for field in OF_INVITATION:
		doc.set(field, before.get(field) if before else None)
	doc.status = doc.status or engine.UNASKED
	# A text, even an empty one: the unique index takes two rows with nothing for different ones.
	doc.contact = doc.contact or ""
	if doc.contact and not feedback.is_contact_of(doc.contact, doc.customer):
		frappe.throw(_("{0} is no contact of this customer.").format(doc.contact))
	if not doc.guest_name:
		doc.guest_name = _contact_names({doc.contact}).get(doc.contact) or doc.customer_name
	if doc.is_new() and frappe.db.get_value(EVENT, doc.event, "status") not in (
		engine.IDEA,
		engine.PLANNED,
		engine.INVITING,
	):
		frappe.throw(_("This event is over or called off; nobody can be invited any more."))
	if frappe.db.exists(
		INVITATION,
		{
			"event": doc.event,
			"customer": doc.customer,
			"contact": doc.contact,
			"name": ("!=", doc.name or ""),
		},
	):
		frappe.throw(
			_("{0} has an invitation to this event already.").format(doc.guest_name),
			frappe.UniqueValidationError,
		)


# A customer's life


def make_room(old: str, new: str) -> None:
	"""Both of two merged customers may be invited to the same event: of the same contact's rows the better one stays."""
	best = (
		engine.ATTENDED, engine.ACCEPTED, engine.WAITING, engine.NO_SHOW, engine.DECLINED, engine.INVITED, engine.UNASKED,
		engine.CANCELLED,
	)  # fmt: skip
	rows = {}
	for customer in (old, new):
		for row in frappe.get_all(
			INVITATION, filters={"customer": customer}, fields=["name", "event", "contact", "status"]
		):
			rows.setdefault((row.event, row.contact or ""), []).append(row)
	doubled = {key: pair for key, pair in rows.items() if len(pair) > 1}
	for event in sorted({event for event, _contact in doubled}):
		row = _lock(event)
		for pair in (pair for (of, _contact), pair in doubled.items() if of == event):
			less = max(pair, key=lambda one: best.index(one.status))
			followups.take_back(INVITATION, less.name, "Customer merged")
			frappe.db.delete(INVITATION, {"name": less.name})
		_store(row, _room(row), [])


def events_of(customer: str) -> list[str]:
	"""The events a customer has invitations to."""
	return sorted(set(frappe.get_all(INVITATION, filters={"customer": customer}, pluck="event")))


# What the calendar brings


def remind(today) -> None:
	"""Ask once more those who have not answered, some days before the last day to reply; each guest once."""
	days = frappe.db.get_single_value("Keep Customers Settings", "event_reminder_days")
	if not cint(days):
		return
	for event in frappe.get_all(
		EVENT,
		filters={"status": engine.INVITING, "reply_until": ("between", (today, add_days(today, cint(days))))},
		pluck="name",
		order_by="reply_until asc",
	):
		row = _lock(event)
		names = frappe.get_all(
			INVITATION,
			filters={
				"event": event,
				"status": engine.INVITED,
				"reminded_on": ("is", "not set"),
				# Whoever was asked today has not had the time.
				"invited_on": ("<", datetime.combine(today, time())),
			},
			pluck="name",
		)
		if names:
			frappe.db.set_value(INVITATION, {"name": ("in", names)}, "reminded_on", now_datetime())
			_tell(row, names, REMIND)
		frappe.db.commit()


def next_waves(today) -> None:
	"""Send what places have become free for, where the event says so."""
	for event in frappe.get_all(
		EVENT,
		filters={"status": engine.INVITING, "auto_waves": 1, "starts_on": (">", now_datetime())},
		fields=["name", "reply_until"],
		order_by="starts_on asc",
	):
		if not event.reply_until or getdate(event.reply_until) >= today:
			send_wave(event.name)
			frappe.db.commit()
