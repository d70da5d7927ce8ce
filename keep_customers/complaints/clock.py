"""When a case is due, how long it took, and when somebody has to hear of it."""

from datetime import datetime

import frappe
from frappe import _
from frappe.query_builder.functions import IfNull
from frappe.utils import flt, get_datetime, get_system_timezone, get_time, now_datetime

from keep_customers.complaints.cases import DOCTYPE, alone, store
from keep_customers.engine import complaints as engine
from keep_customers.erp.calendar import WEEKDAYS, days_off, holiday_list
from keep_customers.worth.values import tier_ranks

RESPONSIBLE, SUPERIOR, HEAD = range(3)  # who hears of a late case, one after the other
LEVELS = 3
YEAR = 365 * 24  # hours; no target is later


def working_time(settings) -> engine.WorkingTime:
	"""When complaints are worked on: the table of working hours and the holiday list; round the clock without a table.

	Of the company's own list, which counts where the settings name none, only the holidays: on which weekdays people work here, the
	table says.
	"""
	hours: dict[int, list] = {}
	for row in settings.working_hours:
		hours.setdefault(WEEKDAYS.index(row.workday), []).append(
			(get_time(row.start_time), get_time(row.end_time))
		)
	name = holiday_list(settings) if hours else None
	holidays = (
		day for day, weekly in (days_off(name) if name else {}).items() if settings.holiday_list or not weekly
	)
	return engine.WorkingTime(
		zone=get_system_timezone(),
		hours=hours or None,
		holidays=frozenset(holidays),
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
	return within(*(of_tier or (0, 0)))


def within(answer: float | None, solve: float | None) -> tuple[float, float]:
	"""A tier's (hours to the first answer, hours to the solution), and what holds where it says nothing."""
	return flt(answer) or engine.ANSWER_WITHIN, flt(solve) or engine.SOLVE_WITHIN


def answer_to_anybody(settings) -> tuple[float, datetime | None, bool]:
	"""Within how many hours a complaint is answered whoever writes it, when that is for one that comes now, and whether
	the clock stops at times.

	:returns: (hours, moment; None without any working time, whether there are working hours)
	"""
	work = working_time(settings)
	tiers = frappe.get_all("Customer Tier", pluck="name")
	hours = max(targets(tier, "Normal", settings)[0] for tier in (None, *tiers))
	try:
		by = engine.due(now_datetime(), hours, work)
	except ValueError:
		by = None
	return hours, by, bool(work.hours)


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
	if case.answered_on and not _is_noted(case, "answered_on"):
		case.answer_minutes = engine.elapsed(opened, get_datetime(case.answered_on), work)
		case.answer_late = int(get_datetime(case.answered_on) > get_datetime(case.answer_due))
	if case.solved_on and not _is_noted(case, "solved_on"):
		case.solve_minutes = engine.elapsed(opened, get_datetime(case.solved_on), work, pauses)
		late = get_datetime(case.solved_on) > get_datetime(case.solve_due)
		# What was late the first time is not in time for a second chance.
		case.solve_late = int(late or bool(case.second_chance and case.solve_late))


def _is_noted(case, field: str) -> bool:
	"""Whether it stood there already: how long it took was said by the working hours and holidays of then."""
	before = case.get_doc_before_save()
	return bool(
		before and before.get(field) and get_datetime(before.get(field)) == get_datetime(case.get(field))
	)


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


def due_cases(field: str, now: datetime) -> list[str]:
	"""The cases whose moment has come: ``next_alarm``, of which somebody has to hear now, ``next_ask`` or ``next_idle``."""
	case = frappe.qb.DocType(DOCTYPE)
	# The host's filters take a moment that is not set for one long ago.
	query = (
		frappe.qb.from_(case).select(case.name).where((case[field] <= now) & (case.status != engine.CLOSED))
	)
	return [name for (name,) in query.orderby(case[field]).run()]


def better_tiers() -> list[tuple[str, str]]:
	"""(open case, its customer's tier) where that is better than it was; who moved down keeps what was promised."""
	ranks = tier_ranks()
	return [
		(name, new) for name, old, new in _other_tiers() if new and ranks.get(new, 99) < ranks.get(old, 99)
	]


def follow_tier(name: str, tier: str) -> None:
	"""Let a case be due as soon as its customer's new tier deserves; commits."""
	with alone(name) as case:
		case.tier = tier
		set_clock(case)
		store(case, ("tier", "answer_due", "solve_due", "next_alarm"))


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
