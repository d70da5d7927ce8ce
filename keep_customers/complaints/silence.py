"""A solution the customer never answers, and a case nobody moves: both come to an end.

Who does not say whether it is solved is asked again as often as the settings say; then the case is closed with that reason,
and any later word of the customer opens it again. When each is due stands on the case, and is worked out whenever it is
saved: cases from before an upgrade ask nobody anything by themselves.
"""

from datetime import datetime, timedelta

import frappe
from frappe import _
from frappe.utils import cint, escape_html, get_datetime

from keep_customers.complaints import escalation, feedback, mail
from keep_customers.complaints.cases import DOCTYPE, alone, state, store, why_not
from keep_customers.complaints.told import sentences
from keep_customers.complaints.waiting import ask_after, set_times
from keep_customers.engine import complaints as engine
from keep_customers.erp import todos
from keep_customers.erp.language import counted, moment_shown
from keep_customers.messaging.feedback import AskedAlready


def ask_again(name: str, now: datetime) -> None:
	"""Ask the customer once more, or close the case; commits."""
	settings = frappe.get_cached_doc("Keep Customers Settings")
	with alone(name) as case:
		if not case.next_ask or get_datetime(case.next_ask) > now:
			return
		if not ask_after(settings):
			# Nobody is asked any more since this was worked out.
			set_times(case, now)
			return store(case, ("asked_again", "next_ask", "next_idle", "idle_alarms"))
		if mail.has_written(case, max(map(get_datetime, filter(None, (case.solved_on, case.word_asked_on))))):
			# Not whether it is solved, but they are not silent: what it says, somebody has to read and note.
			case.next_ask, case.next_idle = None, _next_idle(settings, now)
			store(case, ("next_ask", "next_idle"))
			text = sentences()["read it"].format(todos.link_to(DOCTYPE, case.name))
			return escalation.ask_responsible(case, text, "High")
		if cint(case.asked_again) >= cint(settings.ask_again_times):
			return _close(case, now)
		try:
			feedback.send(case, "Email")
		except AskedAlready:
			# About something else. The pause is some hours.
			frappe.clear_messages()
			case.next_ask = now + timedelta(hours=1)
			return store(case, ("next_ask",))
		except frappe.ValidationError:
			frappe.clear_messages()
			text = sentences()["not asked"]
			escalation.ask_responsible(case, text.format(todos.link_to(DOCTYPE, case.name)))
		else:
			case.word_asked_on = now
		case.asked_again = cint(case.asked_again) + 1
		set_times(case, now, moved=False)
		store(case, ("asked_again", "word_asked_on", "next_ask"))


def _close(case, now: datetime) -> None:
	link = todos.link_to(DOCTYPE, case.name)
	if why := engine.why_not_closed(state(case), override=True):
		# It is theirs to settle; the reminders of what nobody moves go on.
		case.next_ask, case.next_idle = None, now
		store(case, ("next_ask", "next_idle"))
		text = sentences()["not said"].format(link)
		return escalation.ask_responsible(case, f"{text} {why_not()[why]}")
	if case.word_asked_on and get_datetime(case.word_asked_on) >= get_datetime(case.solved_on):
		reason = counted(
			case.asked_again,
			_("No answer: asked again once, on {1}."),
			_("No answer: asked again {0} times, last on {1}."),
			moment_shown(case.word_asked_on),
		)
	else:
		reason = _("No answer is on record; the customer could not be asked by e-mail.")
	# The policy closes it, nobody in person.
	case.flags.ignore_permissions = case.flags.ignore_mandatory = case.flags.ignore_links = True
	case.flags.unanswered = True
	case.close(reason)
	text = _("{0} was closed: the customer has not answered whether it is solved.").format(link)
	escalation.let_know(case, text)


def remind(name: str, now: datetime) -> None:
	"""Tell who is responsible for a case that nobody has moved, later who is above; commits."""
	settings = frappe.get_cached_doc("Keep Customers Settings")
	with alone(name) as case:
		if not case.next_idle or get_datetime(case.next_idle) > now:
			return
		if not cint(settings.idle_days):
			case.next_idle = None
			return store(case, ("next_idle",))
		text = sentences()["not moved"].format(
			todos.link_to(DOCTYPE, case.name),
			moment_shown(case.modified),
			escape_html(_(case.status, context=DOCTYPE)),
		)
		if cint(case.idle_alarms):
			escalation.ask_manager(case, text)
		else:
			escalation.ask_responsible(case, text, "High")
		case.idle_alarms = cint(case.idle_alarms) + 1
		case.next_idle = _next_idle(settings, now)
		store(case, ("idle_alarms", "next_idle"))


def _next_idle(settings, now: datetime) -> datetime | None:
	days = cint(settings.idle_days)
	return now + timedelta(days=days) if days else None
