"""What is asked of reps no longer: because of a document that does not count any more, or because it was done elsewhere."""

import frappe
from frappe import _

from keep_customers.care.followups import OPEN, PENDING, asked_again, settle
from keep_customers.care.todos import hand_over
from keep_customers.erp.todos import save_todo


def take_back(reference_doctype: str, reference_name: str, why: str) -> None:
	"""Cancel what is pending because of a document that no longer counts, and the ToDos asked for it.

	What a rule has made due is found again should the document count again, corrected or closed anew.
	"""
	pending = frappe.get_all(
		"Follow Up",
		filters={
			"reference_doctype": reference_doctype,
			"reference_name": reference_name,
			"status": ("in", PENDING),
		},
		fields=["name", "todo", "care_rule", "occurrence"],
	)
	if not pending:
		return
	# An invoice's own call comes to life again, see followups.add_or_revive.
	calls = set(frappe.get_all("Care Rule", {"trigger": "Purchase Amount"}, pluck="name"))
	for row in pending:
		again = row.care_rule and row.care_rule not in calls
		values = {"occurrence": asked_again(row.occurrence, row.name)} if again else {}
		take_back_one(row, why, **values)


def take_back_one(row, why: str, **values) -> None:
	"""Cancel one follow-up and its ToDo, on which the rep finds why.

	:param row: with name, todo and reason
	:param values: to write on the follow-up besides
	"""
	settle(row.name, "Cancelled", hold_reason=why, **values)
	if row.todo and frappe.db.exists("ToDo", {"name": row.todo, "status": "Open"}):
		frappe.get_doc("ToDo", row.todo).add_comment(
			"Info", _("Not due any more: {0}").format(_(why, context="Follow Up"))
		)
	cancel_todo(row.todo)


def drop_doubled(field: str, old: str, new: str, why: str) -> None:
	"""Two customers or two rules become one: of what was due of both in the same way, one is enough.

	:param field: customer or care_rule
	"""
	other = {"customer": "care_rule", "care_rule": "customer"}[field]
	# For update: as they are now, with what a night has just noted, and not as this transaction saw them at first.
	taken = set(frappe.db.get_values("Follow Up", {field: new}, [other, "occurrence"], for_update=True))
	for row in frappe.db.get_values(
		"Follow Up",
		{field: old},
		["name", "customer", "care_rule", "occurrence", "status", "todo", "reference_doctype"],
		as_dict=True,
		for_update=True,
	):
		once = row.care_rule or row.reference_doctype == "Care Notice"
		if once and (row[other], row.occurrence) in taken:
			pending = row.status in PENDING
			settle(
				row.name,
				"Cancelled" if pending else row.status,
				occurrence=f"{row.occurrence} ({old})"[:140],
				hold_reason=why,
			)
			if pending:
				cancel_todo(row.todo)


def cancel_todo(name: str | None) -> None:
	"""Close a rep's ToDo as cancelled, or leave it to what else it is for; the follow-up is already settled."""
	_end_todo(name, "Cancelled")


def close_todo(name: str | None) -> bool:
	"""Close a rep's ToDo as done, or leave it to what else it is for, and say so; the follow-up is already settled."""
	return _end_todo(name, "Closed")


def _end_todo(name: str | None, status: str) -> bool:
	"""Whether it goes on for something else."""
	# For update: a night may have made it in this moment, and who renames the customer finds it afterwards.
	if not name or frappe.db.get_value("ToDo", name, "status", for_update=True) != "Open":
		return False
	left = {"todo": name, "status": ("in", OPEN)}
	if frappe.db.get_value("Follow Up", left, "name", for_update=True):
		hand_over(name)
		return True
	todo = frappe.get_doc("ToDo", name, for_update=True)
	todo.status = status
	todo.flags.keep_customers_settled = True
	# Whoever cancels an invoice or files a report need not be allowed to write the rep's ToDo.
	save_todo(todo, ignore_permissions=True)
	return False
