"""When a case that does not move is looked at again: worked out whenever it is saved."""

from datetime import datetime, timedelta

import frappe
from frappe.utils import cint, get_datetime

from keep_customers.engine import complaints as engine


def set_times(case, now: datetime, moved: bool = True) -> None:
	"""
	:param moved: whether somebody has done something about it
	"""
	settings = frappe.get_cached_doc("Keep Customers Settings")
	case.next_ask = _next_ask(case, ask_after(settings))
	if not case.next_ask and case.status != engine.CLOSED:
		case.asked_again = 0
	if moved:
		days = cint(settings.idle_days)
		open_still = case.status != engine.CLOSED and not case.next_ask
		case.next_idle = now + timedelta(days=days) if days and open_still else None
		case.idle_alarms = 0


def ask_after(settings) -> int:
	"""After how many days without an answer the customer is asked again; 0 for never."""
	return cint(settings.ask_again_days) if cint(settings.ask_again_times) else 0


def _next_ask(case, days: int) -> datetime | None:
	if case.status != engine.GIVEN or not case.solved_on or not case.customer or not days:
		return None
	offered = get_datetime(case.solved_on)
	if case.word_on and get_datetime(case.word_on) >= offered:
		return None
	asked = get_datetime(case.word_asked_on) if case.word_asked_on else offered
	# Of who could not be written to, who is responsible was asked instead: that is no word that was asked of the customer.
	turns = timedelta(days=days * (cint(case.asked_again) + 1))
	return max(asked + timedelta(days=days), offered + turns)
