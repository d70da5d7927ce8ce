"""Cases of who has left, or is the customer's rep no longer: by the chain that a new case goes by."""

import frappe

from keep_customers.complaints import assignment_rules, cases, escalation
from keep_customers.engine import complaints as engine
from keep_customers.erp import leavers
from keep_customers.erp.aside import Aside
from keep_customers.erp.leavers import Hands, give_todo, nobody, note


def open_cases(hands: Hands) -> list[str]:
	case = frappe.qb.DocType(cases.DOCTYPE)
	query = hands.holding(cases.DOCTYPE, "responsible").where(case.status != engine.CLOSED)
	query = hands.narrowed(query, case.responsible)
	if hands.customer:
		query = query.where(case.customer == hands.customer)
	rows = query.select(case.name, case.responsible, case.customer).orderby(case.name).run()
	return [name for name, *_whose in hands.out_of(rows, lambda row: (row[1], [*filter(None, row[2:])]))]


def pass_on(hands: Hands, aside: Aside) -> None:
	"""Cases go to who would be responsible for new ones; what else was asked of somebody, to who is above now."""
	leavers.pass_on(
		aside, open_cases(hands), lambda name: _pass_on(name, aside), lambda name: (cases.DOCTYPE, name)
	)
	if hands.customer:
		return
	todo, case = frappe.qb.DocType("ToDo"), frappe.qb.DocType(cases.DOCTYPE)
	held = hands.holding("ToDo", "allocated_to").where(
		(todo.status == "Open") & (todo.reference_type == cases.DOCTYPE)
	)
	query = hands.narrowed(held, todo.allocated_to).left_join(case).on(case.name == todo.reference_name)
	rows = query.select(todo.name, todo.reference_name, todo.allocated_to, case.customer).run()
	asked = [row[:3] for row in hands.out_of(rows, lambda row: (row[2], [*filter(None, row[3:])]))]
	leavers.pass_on(aside, asked, lambda row: _ask_another(*row, aside), lambda row: (cases.DOCTYPE, row[1]))


def _pass_on(name: str, aside: Aside) -> None:
	case = frappe.get_doc(cases.DOCTYPE, name, for_update=True)
	before, settings = case.responsible, frappe.get_cached_doc("Keep Customers Settings")
	user = cases.responsible_for(case, settings) or assignment_rules.of_team(case)
	if not user:
		return nobody(aside, before)
	if user == before:
		return
	# Not through its life: what is wrong with an old case must not keep it with somebody who has left.
	case.db_set("responsible", user)
	note(
		case,
		"responsible",
		before,
		user,
		{"status": ["!=", engine.CLOSED]},
		escalation.hand_over(case, before),
	)


def _ask_another(todo: str, name: str, before: str, aside: Aside) -> None:
	case = frappe.get_doc(cases.DOCTYPE, name, for_update=True)
	user = escalation.manager(case)
	if not user:
		return nobody(aside, before)
	give_todo(todo, user)
	if case.escalated_to == before:
		case.db_set("escalated_to", user)
