"""Who hears of a case: its responsible, and of a late one or a customer who is not satisfied those above."""

from collections.abc import Callable

import frappe
from frappe import _
from frappe.desk.form import assign_to
from frappe.desk.form.document_follow import follow_document
from frappe.utils import escape_html

from keep_customers.care.assignment import superior
from keep_customers.complaints.assignment_rules import BY_FIELD
from keep_customers.complaints.cases import DOCTYPE, state, store, why_not
from keep_customers.complaints.clock import HEAD, LEVELS, RESPONSIBLE, SUPERIOR, open_targets
from keep_customers.complaints.told import sentences
from keep_customers.engine import complaints as engine
from keep_customers.erp import todos
from keep_customers.erp.language import language_of, moment_shown, speaking
from keep_customers.erp.leavers import absent, is_told_together, set_fallback, who_can


def person(case, level: int, settings) -> str | None:
	"""Who hears of a late case at this level; nobody twice."""

	def may_read(user: str) -> bool:
		return _may_read(case, user)

	away = absent(settings)
	if level == RESPONSIBLE:
		return who_can([case.responsible], may_read, away)
	territory = case.customer and frappe.db.get_value("Customer", case.customer, "territory")
	above = superior(case.responsible or "", territory, settings, may_read)
	if level == SUPERIOR:
		return above
	heads = [settings.head_of_service, settings.fallback_user]
	return who_can(heads, may_read, away, case.responsible, above)


def _may_read(case, user: str) -> bool:
	return bool(frappe.has_permission(DOCTYPE, "read", doc=case, user=user))


def tell(case, field: str, settings) -> None:
	"""Tell the next one in line of what is late; where nobody is, the one after."""
	due = dict(open_targets(case))[field]
	text = sentences()[field].format(todos.link_to(DOCTYPE, case.name), moment_shown(due))
	while (case.get(field) or 0) < LEVELS:
		user = person(case, case.get(field) or 0, settings)
		case.set(field, (case.get(field) or 0) + 1)
		if user:
			ask(case, user, text, "High")
			if case.get(field) > RESPONSIBLE + 1:
				case.escalated_to = user
			return
	_tell_managers(case, text)


def ask_responsible(case, text: str, priority: str = "Medium") -> None:
	"""As :func:`ask`, who is responsible; where they cannot act, who is above."""
	_ask_or_tell(case, _who_acts(case), text, priority)


def _who_acts(case) -> str | None:
	return person(case, RESPONSIBLE, frappe.get_cached_doc("Keep Customers Settings")) or manager(case)


def _ask_or_tell(case, user: str | None, text: str, priority: str = "High") -> None:
	if user:
		ask(case, user, text, priority)
	else:
		_tell_managers(case, text)


def _tell_managers(case, text: str) -> None:
	nobody = _("There is nobody else to tell.")
	hint = set_fallback(may=lambda user: _may_read(case, user))
	todos.notify_managers(DOCTYPE, case.name, f"{text} {nobody} {hint}".rstrip())


def ask(case, user: str, text: str, priority: str = "Medium") -> None:
	"""Notify a user and put the case on their list; one who has it there is only notified."""
	if not todos.has_open(user, DOCTYPE, case.name):
		todos.add(user, DOCTYPE, case.name, f"<p>{text}</p>", priority)
	todos.notify(user, DOCTYPE, case.name, text)


def store_alarms(case) -> None:
	fields = ("answer_escalation", "solve_escalation", "promise_escalation", "escalated_to", "next_alarm")
	store(case, fields)


def hand_over(case, before: str | None) -> Callable[[], None] | None:
	"""Who is no longer responsible has it no longer on the list; who is now has it there.

	:returns: how the host would tell them, where they are told of it together with other cases
	"""
	if before:
		todos.end_all(DOCTYPE, case.name, "Cancelled", allocated_to=before)
	# An Assignment Rule gives a case to nobody as long as anybody, such as the superior of a late one, has it.
	user = case.responsible
	if not user or case.status == engine.CLOSED or todos.has_open(user, DOCTYPE, case.name):
		return None
	with speaking(language_of(user)):
		text = sentences()["answer"].format(case.name)
	if is_told_together():
		return _assign_quietly(case, user, text)
	assign_to.add(
		{"doctype": DOCTYPE, "name": case.name, "assign_to": [user], "description": text},
		# Who makes somebody responsible need not be allowed to assign.
		ignore_permissions=True,
	)
	return None


def _assign_quietly(case, user: str, text: str) -> Callable[[], None]:
	"""As the host assigns a case, without a notification; returns what tells them of it."""
	todos.add(user, DOCTYPE, case.name, escape_html(text))
	if not frappe.has_permission(DOCTYPE, "read", doc=case, user=user):
		frappe.share.add(DOCTYPE, case.name, user)
	if frappe.get_cached_value("User", user, "follow_assigned_documents"):
		follow_document(DOCTYPE, case.name, user)
	by = frappe.session.user
	return lambda: assign_to.notify_assignment(by, user, DOCTYPE, case.name, "ASSIGN", text)


def accept(name: str, user: str, rule: str) -> None:
	"""Who got a case that nobody is responsible for is, if the Assignment Rule names them."""
	by = frappe.get_all(
		"Assignment Rule", {"name": rule, "document_type": DOCTYPE, "disabled": 0}, pluck="rule"
	)
	# By a field, the rule gives it to whoever stands there.
	may = by and (
		by[0] == BY_FIELD or frappe.db.exists("Assignment Rule User", {"parent": rule, "user": user})
	)
	if may and not frappe.db.get_value(DOCTYPE, name, "responsible"):
		frappe.db.set_value(DOCTYPE, name, "responsible", user, update_modified=False)


def manager(case) -> str | None:
	"""Who hears of a customer who is not satisfied: the superior, else the head of service, else who is responsible."""
	settings = frappe.get_cached_doc("Keep Customers Settings")
	return next(
		filter(None, (person(case, level, settings) for level in (SUPERIOR, HEAD, RESPONSIBLE))), None
	)


def ask_manager(case, text: str) -> None:
	_ask_or_tell(case, manager(case), text)


def ask_for_approval(case) -> None:
	ask_manager(case, sentences()["approve"].format(todos.link_to(DOCTYPE, case.name)))


def let_know(case, text: str) -> None:
	"""A line for who is responsible, or above; there is nothing to do."""
	if user := _who_acts(case):
		todos.notify(user, DOCTYPE, case.name, text)
	else:
		_tell_managers(case, text)


def tell_of_second_chance(case) -> None:
	text = sentences()["second chance"].format(todos.link_to(DOCTYPE, case.name))
	user = manager(case)
	_ask_or_tell(case, user, text)
	if user:
		case.escalated_to = user
		store(case, ("escalated_to",))


def tell_what_is_left(case) -> None:
	"""The customer has the last word, but the case is not closed by it."""
	left = why_not()[engine.why_not_closed(state(case))]
	link = todos.link_to(DOCTYPE, case.name)
	if case.word == engine.YES:
		return ask_responsible(case, f"{sentences()['satisfied'].format(link)} {left}", "High")
	ask_manager(case, f"{sentences()['not satisfied'].format(link)} {left}")
