"""When things happen to complaint cases: at once on saving, and what the clock brings."""

from collections.abc import Callable
from functools import partial

import frappe
from frappe.utils import get_datetime, now_datetime

from keep_customers.complaints import (
	cases,
	check_back,
	clock,
	compensations,
	escalation,
	feedback,
	silence,
)
from keep_customers.engine import complaints as engine
from keep_customers.erp.aside import out_of_the_way
from keep_customers.erp.attempts import attempt, nobodys_fault
from keep_customers.erp.language import language_of_the_site
from keep_customers.erp.registered import registered
from keep_customers.erp.soon import soon
from keep_customers.jobs.clock import asks, is_in_doubt


def on_case(case) -> None:
	"""After every save: who is responsible gets it, who is late hears of it, who is satisfied is called once more."""
	before = case.get_doc_before_save()
	if before and before.responsible != case.responsible:
		escalation.hand_over(case, before.responsible)
	if case.next_alarm and get_datetime(case.next_alarm) <= now_datetime() and not is_in_doubt():
		soon(sound, case=case.name)
	if not before:
		return
	if case.word and case.has_value_changed("word_on"):
		if case.status == engine.REOPENED:
			escalation.tell_of_second_chance(case)
		elif case.status != engine.CLOSED:
			escalation.tell_what_is_left(case)
	if compensations.asks_for_approval(case, before):
		escalation.ask_for_approval(case)
	if case.status == engine.CLOSED and before.status != engine.CLOSED:
		check_back.plan_check_back(case)
	elif before.status == engine.CLOSED != case.status:
		check_back.take_back(case)
	feedback.on_case(case)
	if (case.status, case.word) != (before.status, before.word):
		for tell in registered("keep_customers_complaint_moved"):
			with out_of_the_way("other app hears of complaint"):
				tell(case, before)


def on_todo(todo, method=None) -> None:
	"""Whom an Assignment Rule has given a case that nobody answers is responsible for it."""
	# The host assigns past all permissions; whoever sends a ToDo may name a rule as well.
	by_rule = todo.flags.ignore_permissions and todo.get("assignment_rule")
	if todo.reference_type == cases.DOCTYPE and by_rule:
		escalation.accept(todo.reference_name, todo.allocated_to, todo.assignment_rule)


@asks  # who was told that something is late was told
def run() -> None:
	"""What the scheduler calls: cases whose time has come, and only those."""
	with language_of_the_site():
		for name, tier in clock.better_tiers():
			_settle(name, partial(clock.follow_tier, name, tier))
		for name in clock.due_cases("next_alarm", now_datetime()):
			_settle(name, partial(sound, name))
		for name in clock.due_cases("next_ask", now_datetime()):
			_settle(name, partial(silence.ask_again, name, now_datetime()))
		for name in clock.due_cases("next_idle", now_datetime()):
			_settle(name, partial(silence.remind, name, now_datetime()))


def _settle(case: str, work: Callable) -> None:
	"""One case that cannot be settled must not keep the others silent."""
	try:
		attempt(work)
	except Exception as error:
		if nobodys_fault(error):
			raise  # the job is over, and with it all that is left to do
		frappe.log_error(
			title="Keep Customers: late complaint",
			message=frappe.get_traceback(),
			reference_doctype=cases.DOCTYPE,
			reference_name=case,
		)
		frappe.db.commit()


def sound(case: str) -> None:
	"""Tell the next person of what is late in one case, and commit: everybody is told once."""
	if not frappe.db.exists(cases.DOCTYPE, case):
		return
	settings = frappe.get_cached_doc("Keep Customers Settings")
	work = clock.working_time(settings)
	now = now_datetime()
	with cases.alone(case) as doc:
		for field, when in clock.alarms(doc, settings, work):
			if when <= now:
				escalation.tell(doc, field, settings)
		clock.set_clock(doc)
		escalation.store_alarms(doc)
