"""What each step of a case asks for: its cause, its solution, and what is given for it. A tick means that it was done."""

from dataclasses import dataclass

import frappe
from frappe import _
from frappe.utils import escape_html, now_datetime

from keep_customers.complaints import cases, compensations
from keep_customers.engine import complaints as engine


@dataclass
class Told:
	"""What is told with the steps it is asked at.

	:param cause: a Complaint Cause
	:param cause_text: what went wrong
	:param solution: what was offered, in words the customer may read
	:param given: what they get for the trouble
	"""

	cause: str | None = None
	cause_text: str | None = None
	solution: str | None = None
	given: compensations.Given | None = None


# Its field, and the case's -> the step.
ASKED_AT = {"cause": engine.CAUSE_FOUND, "cause_text": engine.CAUSE_FOUND, "solution": engine.OFFERED}


def take(case, state: engine.Case, steps: list[str], note: str, reason: str, told: Told) -> engine.Case:
	"""Do the steps of one call, in their order.

	:param note: what was said or done, kept at the last of them that is done
	:param reason: why those between them are left out
	:returns: the case after them
	:raises engine.Refused: if one is not its turn
	:raises frappe.ValidationError: if one is ticked with nothing in it
	"""
	for field, step in ASKED_AT.items():
		if step in steps and getattr(told, field):
			case.set(field, getattr(told, field))
	in_order = [step for step in engine.STEPS if step in steps]
	for step in in_order:
		state = _take(case, state, step, note if step == in_order[-1] else "", reason, told)
	if note and in_order[-1] not in state.done:
		_keep(case, note, in_order[:-1])
	return state


def _keep(case, note: str, done: list[str]) -> None:
	"""What was said with a compensation that is only on its way stands at the step before it, if that was done with it."""
	if done:
		case.steps[-1].note = note
	else:
		case.add_comment("Comment", escape_html(note))


def _take(case, state: engine.Case, step: str, note: str, reason: str, told: Told) -> engine.Case:
	if step == engine.COMPENSATED and told.given:
		proposed = compensations.first_owed(case)
		compensations.settle(case, told.given)
		state, reason = cases.with_compensations(state, case), told.given.because or ""
		# On its way: the step is done with it. What is decided before a solution is offered, as after a No, waits for that.
		early = proposed and engine.OFFERED not in state.done
		if early and reason:
			case.add_comment("Comment", escape_html(reason))
		if early or (state.owed and engine.OFFERED in state.done):
			return state
	state, left_out = engine.take_step(state, step, reason)
	for one in left_out:
		cases.add_step(case, one, reason, left_out=True)
	if step not in left_out:
		cases.add_step(case, step, note or _words(case, step))
	if step != engine.FOLLOWED_UP:
		case.answered_on = case.answered_on or now_datetime()
	_look_inside(case, step, note)
	if step == engine.OFFERED:
		case.solved_on = now_datetime()
		cases.suggest_compensation(case)
		state = cases.with_compensations(state, case)
	return state


def _words(case, step: str) -> str:
	"""What is read at a step of which nothing was said in particular."""
	if step == engine.CAUSE_FOUND:
		return ": ".join(filter(None, (case.cause and _(case.cause), case.cause_text)))
	if step == engine.OFFERED:
		return case.solution or ""
	if step == engine.COMPENSATED:
		return compensations.in_words(case)
	return ""


def _look_inside(case, step: str, note: str) -> None:
	"""
	:raises frappe.ValidationError: if a step was ticked with nothing in it
	"""
	if step == engine.CAUSE_FOUND and not (case.cause or case.cause_text):
		if not note:
			frappe.throw(_("Please say what went wrong, or choose the cause."))
		case.cause_text = note
	# A note is among ourselves, the solution is for the customer to read: one does not become the other.
	if step == engine.OFFERED and not (case.solution or note):
		frappe.throw(_("Please say what was offered to the customer."))
