"""Complaint cases: what a new one is completed with, when it is due, who hears of it when it is late.

What may follow what, and how the clock runs, is decided in ``engine/complaints.py``.
"""

from contextlib import contextmanager
from datetime import datetime

import frappe
from frappe import _
from frappe.desk.form import assign_to
from frappe.query_builder.functions import IfNull
from frappe.utils import add_days, flt, get_datetime, get_system_timezone, get_time, getdate, now_datetime

from keep_customers.engine import complaints as engine
from keep_customers.erp import followups, ledger, todos
from keep_customers.erp.assignment import Assignment, superior
from keep_customers.erp.messages import primary_contact
from keep_customers.erp.values import tier_ranks

DOCTYPE = "Complaint Case"
DOCUMENTS = {
	"sales_invoice": "Sales Invoice", "delivery_note": "Delivery Note", "issue": "Issue",
	"warranty_claim": "Warranty Claim",
}  # fmt: skip
# A case of the same customer about the same thing within these days is a repeat.
REPEAT_DAYS = 90
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
RESPONSIBLE, SUPERIOR, HEAD = range(3)  # who hears of a late case, one after the other
LEVELS = 3
IMPORTANT_RANKS = 2  # Platinum and Gold, as shipped
OWED = ("Suggested", "Proposed", "Approved")


# What a new case knows


def complete(case) -> None:
	"""Fill in what follows from what is known: the customer of the invoice, its tier, its contact, who is responsible.

	:raises frappe.PermissionError: if the user may not read the customer an invoice leads to, or the contact
	"""
	# An import brings no defaults.
	case.opened_on = case.opened_on or now_datetime()
	case.severity = case.severity or "Normal"
	for field, doctype in DOCUMENTS.items():
		if not case.customer and case.get(field):
			case.customer = frappe.db.get_value(doctype, case.get(field), "customer")
	set_customer(case)
	for field, doctype, item in (("serial_no", "Serial No", "item_code"), ("batch_no", "Batch", "item")):
		if case.get(field) and not case.item:
			case.item = frappe.db.get_value(doctype, case.get(field), item)
	if case.category:
		usual = frappe.db.get_value("Complaint Category", case.category, "default_severity")
		if usual and engine.SEVERITIES.index(usual) > engine.SEVERITIES.index(case.severity):
			case.severity = usual
	if case.customer and not case.contact:
		case.contact = primary_contact(case.customer)
	set_contact(case)
	settings = frappe.get_cached_doc("Keep Customers Settings")
	case.currency = ledger.reporting_currency(settings)
	if not case.responsible:
		case.responsible = responsible_for(case, settings)


def set_customer(case) -> None:
	"""Take name and tier of the case's customer."""
	if not case.customer:
		case.customer_name = case.tier = None
		return
	if not case.flags.ignore_permissions:
		frappe.has_permission("Customer", "read", doc=case.customer, throw=True)
	case.customer_name = frappe.db.get_value("Customer", case.customer, "customer_name")
	case.tier = frappe.db.get_value("Customer Value", case.customer, "tier")


def set_contact(case, anew: bool = False) -> None:
	"""Take name and addresses of the case's contact, as far as the user may read it.

	:param anew: whether they replace those of another contact
	:raises frappe.ValidationError: if it is another customer's
	"""
	if not case.contact:
		return
	of = {"parenttype": "Contact", "parent": case.contact, "link_doctype": "Customer"}
	owners = frappe.get_all("Dynamic Link", filters=of, pluck="link_name")
	if case.customer and owners and case.customer not in owners:
		frappe.throw(_("{0} is no contact of this customer.").format(case.contact))
	if not (case.flags.ignore_permissions or frappe.has_permission("Contact", "read", doc=case.contact)):
		return
	known = frappe.db.get_value(
		"Contact", case.contact, ["first_name", "last_name", "email_id", "mobile_no", "phone"], as_dict=True
	)
	for field, value in {
		"contact_name": " ".join(filter(None, (known.first_name, known.last_name))),
		"contact_email": known.email_id,
		"contact_mobile": known.mobile_no or known.phone,
	}.items():
		if anew or not case.get(field):
			case.set(field, value)


def responsible_for(case, settings) -> str | None:
	"""Who answers it: the customer's rep; None if the category's team does, of whom an Assignment Rule chooses one."""
	if case.category and frappe.db.get_value("Complaint Category", case.category, "assign_to") == "Team":
		return None
	assignment = Assignment([case.customer] if case.customer else [], settings)
	return assignment.user_for(case.customer) if case.customer else assignment.head_office()


# What may be done with it


def state(case) -> engine.Case:
	"""The case as the engine sees it."""
	current = max((row.round or 1 for row in case.steps), default=1)
	done = {row.step for row in case.steps if (row.round or 1) == current}
	if case.word != engine.YES:
		done.discard(engine.CONFIRMED)  # taken back by a later No
	return engine.Case(
		status=case.status,
		done=frozenset(done or {engine.RECEIVED}),
		word=case.word or "",
		second_chance=bool(case.second_chance),
		repeat=bool(case.repeat_of),
		learnt=bool(case.cause and case.quality_action),
		owed=any(row.status in OWED for row in case.compensations),
		overridden=bool(case.override_reason),
	)


def note_state(case, after: engine.Case) -> None:
	"""Take over what an action has made of it."""
	case.status, case.step, case.word = after.status, after.step, after.word
	case.second_chance = int(after.second_chance)


def current_round(case) -> int:
	"""1, or 2 after a first no."""
	return 2 if case.second_chance else 1


def add_step(case, step: str, note: str = "", left_out: bool = False) -> None:
	case.append(
		"steps",
		{
			"step": step,
			"done_on": now_datetime(),
			"done_by": frappe.session.user,
			"left_out": int(left_out),
			"note": note,
			"round": current_round(case),
		},
	)


def why_not() -> dict[str, str]:
	"""What the engine refuses -> what to tell the user; {0} are the steps it is about."""
	return {
		"closed": _("This case is closed. Please open a new one; it will be recognised as a repeat."),
		"done": _("{0} is done already."),
		"left out": _("Please say why {0} is left out."),
		"customer's word": _(
			"Only the customer's answer confirms a case. Please ask them, or record what they said."
		),
		"not waiting": _("The case is not waiting for the customer."),
		"waiting": _("The case is waiting for the customer already."),
		"no solution": _("Please offer a solution first."),
		"no answer": _(
			"The customer has not said yes. Please ask them, or let a manager close the case with a reason."
		),
		"refused": _("The customer is not satisfied. Only a manager can close the case, with a reason."),
		"repeat": _(
			"This has happened before. Please give the cause and a measure (Quality Action) before the case is closed."
		),
		"compensation": _(
			"A compensation is still undecided or not handed over. Please settle it before the case is closed."
		),
		"not closed": _("The check-back call comes after the case is closed."),
		"answered": _("A solution was given. Please ask the customer whether it is solved."),
	}


def refuse(refused: engine.Refused) -> None:
	"""Tell the user why not, and what to do.

	:raises frappe.ValidationError: always
	"""
	steps = ", ".join(_(step, context="Complaint Case") for step in refused.steps)
	frappe.throw(why_not()[refused.why].format(steps), title=_("Not Yet"))


# The clock


def working_time(settings) -> engine.WorkingTime:
	"""When complaints are worked on: the table of working hours and the holiday list; round the clock without a table."""
	hours: dict[int, list] = {}
	for row in settings.working_hours:
		hours.setdefault(WEEKDAYS.index(row.workday), []).append(
			(get_time(row.start_time), get_time(row.end_time))
		)
	holidays = (
		frappe.get_all("Holiday", filters={"parent": settings.holiday_list}, pluck="holiday_date")
		if hours and settings.holiday_list
		else ()
	)
	return engine.WorkingTime(
		zone=get_system_timezone(),
		hours=hours or None,
		holidays=frozenset(getdate(day) for day in holidays),
	)


def targets(tier: str | None, severity: str, settings) -> tuple[float, float]:
	"""(hours to the first answer, hours to the solution); what the settings say of tier and severity goes before what
	they say of one of them, and that before what the tier says."""

	def fits(row) -> bool:
		return (not row.tier or row.tier == tier) and (not row.severity or row.severity == severity)

	rows = [row for row in settings.complaint_targets if fits(row)]
	if rows:
		best = max(rows, key=lambda row: (bool(row.tier) + bool(row.severity), bool(row.severity)))
		return flt(best.answer_within_hours), flt(best.solve_within_hours)
	of_tier = (
		frappe.db.get_value("Customer Tier", tier, ["answer_within_hours", "solve_within_hours"])
		if tier
		else None
	)
	answer, solve = of_tier or (0, 0)
	return flt(answer) or engine.ANSWER_WITHIN, flt(solve) or engine.SOLVE_WITHIN


def set_clock(case) -> None:
	"""When it is due, how long it took, and when somebody hears of it if nothing happens."""
	settings = frappe.get_cached_doc("Keep Customers Settings")
	work = working_time(settings)
	answer_hours, solve_hours = targets(case.tier, case.severity, settings)
	opened = get_datetime(case.opened_on)
	pauses = [
		(get_datetime(row.paused_on), get_datetime(row.resumed_on) if row.resumed_on else None)
		for row in case.pauses
	]
	# A second chance has its own time.
	start = get_datetime(case.word_on) if case.second_chance and case.word_on else opened
	try:
		if not case.answered_on:
			case.answer_due = engine.due(opened, answer_hours, work)
		if not case.solved_on:
			case.solve_due = engine.due(start, solve_hours, work, pauses) or case.solve_due
		case.next_alarm = _next_alarm(case, settings, work)
	except ValueError:
		frappe.throw(
			_(
				"There is no working time. Please look at the working hours and the holiday list in {0}."
			).format(_("Keep Customers Settings"))
		)
	if case.answered_on:
		case.answer_minutes = engine.elapsed(opened, get_datetime(case.answered_on), work)
		case.answer_late = int(get_datetime(case.answered_on) > get_datetime(case.answer_due))
	if case.solved_on:
		case.solve_minutes = engine.elapsed(opened, get_datetime(case.solved_on), work, pauses)
		late = get_datetime(case.solved_on) > get_datetime(case.solve_due)
		# What was late the first time is not in time for a second chance.
		case.solve_late = int(late or bool(case.second_chance and case.solve_late))


def open_targets(case) -> list[tuple[str, datetime]]:
	"""(fieldname of the level, due) of what the case still owes the customer.

	A promise is watched besides the target: promising a later day makes nothing less late.
	"""
	if case.status in (engine.CLOSED, engine.WAITING):
		return []
	owed = []
	if not case.answered_on:
		owed.append(("answer_escalation", get_datetime(case.answer_due)))
	if not case.solved_on:
		owed.append(("solve_escalation", get_datetime(case.solve_due)))
		if case.promised_on:
			owed.append(("promise_escalation", get_datetime(case.promised_on)))
	return owed


def alarms(case, settings, work) -> list[tuple[str, datetime]]:
	"""(fieldname of the level, when its next level hears of it) of all that can still become louder."""
	gap = flt(settings.escalate_after_hours) or 1.0
	return [
		(field, engine.due(due, gap * (case.get(field) or 0), work))
		for field, due in open_targets(case)
		if (case.get(field) or 0) < LEVELS
	]


def _next_alarm(case, settings, work) -> datetime | None:
	return min((when for _field, when in alarms(case, settings, work)), default=None)


# Repeats


def recognise_repeat(case) -> None:
	"""Note whether it has happened before: to this customer with the same item or category, or to another with the same
	serial number or batch, or the same item in the same category."""
	found = _earlier(case)
	case.repeat_of, case.repeat_reason = found or (None, None)


def _earlier(case) -> tuple[str, str] | None:
	doc = frappe.qb.DocType(DOCTYPE)
	opened = get_datetime(case.opened_on)
	query = (
		frappe.qb.from_(doc)
		.select(doc.name)
		.where((doc.name != (case.name or "")) & (doc.opened_on < opened))
		.where(doc.opened_on >= add_days(opened, -REPEAT_DAYS))
		.orderby(doc.opened_on, order=frappe.qb.desc)
		.limit(1)
	)
	questions = []
	if case.customer and case.item:
		questions.append(
			((doc.customer == case.customer) & (doc.item == case.item), _("Same customer, same item"))
		)
	if case.customer and case.category:
		questions.append(
			(
				(doc.customer == case.customer) & (doc.category == case.category),
				_("Same customer, same category"),
			)
		)
	if case.serial_no:
		questions.append((doc.serial_no == case.serial_no, _("Same serial number")))
	if case.batch_no:
		questions.append((doc.batch_no == case.batch_no, _("Same batch")))
	if case.item and case.category:
		questions.append(
			((doc.item == case.item) & (doc.category == case.category), _("Same item, same category"))
		)
	for condition, reason in questions:
		if rows := query.where(condition).run():
			return rows[0][0], reason
	return None


# Who hears of it


def person(case, level: int, settings) -> str | None:
	"""Who hears of a late case at this level; nobody twice."""
	if level == RESPONSIBLE:
		return case.responsible
	territory = case.customer and frappe.db.get_value("Customer", case.customer, "territory")

	def may_read(user: str) -> bool:
		return bool(frappe.has_permission(DOCTYPE, "read", doc=case, user=user))

	above = superior(case.responsible or "", territory, settings, may_read)
	if level == SUPERIOR:
		return above
	head = settings.head_of_service or settings.fallback_user
	return head if head not in (case.responsible, above) else None


def follow_tiers() -> int:
	"""Let open cases of customers who have moved up be due as soon as their new tier deserves; who moved down keeps what
	was promised. Returns how many were changed; each is committed."""
	ranks = tier_ranks()
	changed = 0
	for name, old, new in _other_tiers():
		if new and ranks.get(new, 99) < ranks.get(old, 99):
			with alone(name) as case:
				case.tier = new
				set_clock(case)
				_store(case, ("tier", "answer_due", "solve_due", "next_alarm"))
			changed += 1
	return changed


def _other_tiers() -> list[tuple]:
	"""(open case, its tier, its customer's tier now), where the two differ."""
	doc, value = frappe.qb.DocType(DOCTYPE), frappe.qb.DocType("Customer Value")
	return (
		frappe.qb.from_(doc)
		.inner_join(value)
		.on(value.name == doc.customer)
		.select(doc.name, doc.tier, value.tier)
		.where((doc.status != engine.CLOSED) & (IfNull(doc.tier, "") != IfNull(value.tier, "")))
	).run()


@contextmanager
def alone(name: str):
	"""A case that nobody else writes until the block is over; then what was done in it is committed."""
	yield frappe.get_doc(DOCTYPE, name, for_update=True)
	frappe.db.commit()


def _store(case, fields: tuple[str, ...]) -> None:
	"""Past the document life: who has the case open keeps it, and nothing a person wrote has changed."""
	case.db_set({field: case.get(field) for field in fields}, update_modified=False)


def cost_of_compensation(case) -> float:
	return sum(flt(row.cost) for row in case.compensations if row.status in ("Approved", "Handed Over"))


def due_cases(now: datetime) -> list[str]:
	"""The cases of which somebody has to hear now."""
	return frappe.get_all(
		DOCTYPE,
		filters={"next_alarm": ("<=", now), "status": ("!=", engine.CLOSED)},
		pluck="name",
		order_by="next_alarm asc",
	)


def may_override() -> bool:
	"""Whether the user of this session closes cases without the customer's yes."""
	roles = {"System Manager", "Keep Customers Manager", "Sales Manager"}
	return frappe.session.user == "Administrator" or bool(roles & set(frappe.get_roles()))


def suggest_compensation(case) -> None:
	"""A grave case and an important customer deserve more than an answer; what and whether is for people to say."""
	settings = frappe.get_cached_doc("Keep Customers Settings")
	important = tier_ranks().get(case.tier, 99) <= IMPORTANT_RANKS
	if settings.suggest_compensation and not case.compensations and (case.severity == "Grave" or important):
		case.append("compensations", {"kind": "Gift", "status": "Suggested", "currency": case.currency})


def tell(case, field: str, settings) -> None:
	"""Tell the next one in line of what is late; where nobody is, the one after."""
	due = dict(open_targets(case))[field]
	while (case.get(field) or 0) < LEVELS:
		user = person(case, case.get(field) or 0, settings)
		case.set(field, (case.get(field) or 0) + 1)
		if user:
			late = {
				"answer_escalation": _("The customer waits for a first answer to {0} since {1}."),
				"solve_escalation": _("The customer waits for a solution of {0} since {1}."),
				"promise_escalation": _("A solution of {0} was promised for {1}."),
			}[field]
			text = late.format(todos.link_to(DOCTYPE, case.name), frappe.utils.format_datetime(due))
			ask(case, user, text, "High")
			if case.get(field) > RESPONSIBLE + 1:
				case.escalated_to = user
			return


def ask(case, user: str, text: str, priority: str = "Medium") -> None:
	"""Notify a user and put the case on their list; one who has it there is only notified."""
	if not todos.has_open(user, DOCTYPE, case.name):
		todos.add(user, DOCTYPE, case.name, f"<p>{text}</p>", priority)
	todos.notify(user, DOCTYPE, case.name, text)


def store_alarms(case) -> None:
	fields = ("answer_escalation", "solve_escalation", "promise_escalation", "escalated_to", "next_alarm")
	_store(case, fields)


def hand_over(case, before: str | None) -> None:
	"""Who is no longer responsible has it no longer on the list; who is now has it there."""
	if before:
		todos.end_all(DOCTYPE, case.name, "Cancelled", allocated_to=before)
	# An Assignment Rule gives a case to nobody as long as anybody, such as the superior of a late one, has it.
	user = case.responsible
	if user and case.status != engine.CLOSED and not todos.has_open(user, DOCTYPE, case.name):
		assign_to.add(
			{
				"doctype": DOCTYPE,
				"name": case.name,
				"assign_to": [user],
				"description": _("Please answer the complaint {0}.").format(case.name),
			},
			# Who makes somebody responsible need not be allowed to assign.
			ignore_permissions=True,
		)


def accept(name: str, user: str) -> None:
	"""Who got a case that nobody is responsible for is."""
	if not frappe.db.get_value(DOCTYPE, name, "responsible"):
		frappe.db.set_value(DOCTYPE, name, "responsible", user, update_modified=False)


def _manager(case) -> str | None:
	"""Who hears of a customer who is not satisfied: the superior, else the head of service, else who is responsible."""
	settings = frappe.get_cached_doc("Keep Customers Settings")
	return person(case, SUPERIOR, settings) or person(case, HEAD, settings) or case.responsible


def tell_of_second_chance(case) -> None:
	if manager := _manager(case):
		text = _("The customer is not satisfied with {0}. This is our second chance.").format(
			todos.link_to(DOCTYPE, case.name)
		)
		ask(case, manager, text, "High")
		case.escalated_to = manager
		_store(case, ("escalated_to",))


def tell_what_is_left(case) -> None:
	"""The customer has the last word, but the case is not closed by it."""
	left = why_not()[engine.why_not_closed(state(case))]
	if case.word == engine.YES:
		user, text = case.responsible, _("The customer is satisfied with {0}.")
	else:
		user = _manager(case)
		text = _("The customer is still not satisfied with {0}.")
	if user:
		ask(case, user, f"{text.format(todos.link_to(DOCTYPE, case.name))} {left}", "High")


def plan_check_back(case) -> None:
	"""The call after a closed case: not a rule's, so it is always made unless the settings say zero days."""
	settings = frappe.get_cached_doc("Keep Customers Settings")
	if not case.customer or not settings.check_back_days:
		return
	day = getdate(add_days(case.closed_on, settings.check_back_days))
	followups.add(
		[
			{
				"customer": case.customer,
				"customer_name": case.customer_name,
				"occurrence": case.name,
				"status": "Planned",
				"priority": "Medium",
				"reason": _("Call back after the complaint {0}: is everything all right now?").format(
					case.name
				),
				"channel": "Phone",
				"planned_on": day,
				"due_date": day,
				"reference_doctype": DOCTYPE,
				"reference_name": case.name,
			}
		]
	)


def note_check_back(follow_up: str) -> None:
	"""The check-back call was made: the last step of its case is done."""
	row = frappe.db.get_value(
		"Follow Up",
		{"name": follow_up, "care_rule": ("is", "not set"), "reference_doctype": DOCTYPE},
		["reference_name", "touch"],
		as_dict=True,
	)
	if not row or not frappe.db.exists(DOCTYPE, row.reference_name):
		return
	if row.touch and frappe.db.get_value("Customer Touch", row.touch, "result") == "Not Reached":
		return
	case = frappe.get_doc(DOCTYPE, row.reference_name)
	if case.status != engine.CLOSED or case.step == engine.FOLLOWED_UP:
		return
	# Who may close the call's ToDo need not be allowed to write the case.
	case.flags.ignore_permissions = True
	case.take_step(engine.FOLLOWED_UP)


# Whose life it shares


def on_case_trash(case) -> None:
	"""Take back what is asked because of it, and what mentions it."""
	followups.take_back(DOCTYPE, case.name, "Complaint deleted")
	frappe.db.delete("ToDo", {"reference_type": DOCTYPE, "reference_name": case.name})
	frappe.db.set_value(DOCTYPE, {"repeat_of": case.name}, "repeat_of", None, update_modified=False)


def on_customer_trash(customer: str) -> list[str]:
	"""Delete a customer's cases for good, with steps, attachments and ToDos; returns their names."""
	names = frappe.get_all(DOCTYPE, filters={"customer": customer}, pluck="name")
	for name in names:
		# Whoever may delete the customer decides about its cases.
		frappe.delete_doc(DOCTYPE, name, force=True, ignore_permissions=True, delete_permanently=True)
	return names
