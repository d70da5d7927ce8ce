"""What can be done with several care ToDos at once in the host's list."""

import frappe
from frappe import _
from frappe.utils import getdate

from keep_customers.access.lookups import named
from keep_customers.erp.api import day_sent, names_sent, typed
from keep_customers.erp.todos import save_todo

MOST = 500  # as many as the host's list shows


@frappe.whitelist(methods=["POST"])
@typed
def later(todos: list[str] | str, day: str) -> int:
	"""Put ToDos off to another day; those that are done stay as they are.

	:param todos: their names, as a list or as JSON
	:returns: how many
	:raises frappe.PermissionError: if the user may not write one of them; then none is put off
	:raises frappe.ValidationError: if the day is over, or they are too many
	"""
	until = day_sent("day", day)
	if until < getdate():
		frappe.throw(_("Please choose a day that is not over."))
	todos = names_sent("todos", todos)
	if len(todos) > MOST:
		frappe.throw(_("Please choose {0} ToDos at most.").format(MOST))
	docs = [named("ToDo", name, "write") for name in dict.fromkeys(todos)]
	moved = [doc for doc in docs if doc.status == "Open"]
	for doc in moved:
		doc.date = until
		save_todo(doc)
	return len(moved)
