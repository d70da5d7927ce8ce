"""The board of complaint cases that comes with the app, and what uninstalling takes back."""

import frappe
from frappe import _

from keep_customers.complaints.cases import DOCTYPE
from keep_customers.erp.language import site_language

BOARD = "Complaint Cases"
COLOURS = {
	"Open": "Blue",
	"Waiting for Customer": "Gray",
	"Solution Given": "Purple",
	"Reopened": "Red",
	"Closed": "Green",
}
SHOWN = ("customer_name", "severity", "step", "solve_due")


def add_board() -> None:
	"""A board by status, if there is no board of cases yet."""
	if frappe.db.exists("Kanban Board", {"reference_doctype": DOCTYPE}):
		return
	name = _(BOARD, site_language())
	board = frappe.get_doc(
		{
			"doctype": "Kanban Board",
			"kanban_board_name": name if not frappe.db.exists("Kanban Board", name) else f"{name} (2)",
			"reference_doctype": DOCTYPE,
			"field_name": "status",
			"private": 0,
			"show_labels": 1,
			"fields": frappe.as_json(list(SHOWN)),
			# No "filters": version 15 takes the first even of an empty list.
			# What is closed comes back on a click.
			"columns": [
				{
					"column_name": status,
					"indicator": colour,
					"status": "Archived" if status == "Closed" else "Active",
				}
				for status, colour in COLOURS.items()
			],
		}
	)
	# Installing and migrating add it, whoever does so.
	board.insert(ignore_permissions=True)


def remove_boards(doctypes: list[str]) -> None:
	"""All boards of our documents, people's own too."""
	boards = frappe.get_all("Kanban Board", filters={"reference_doctype": ("in", doctypes)}, pluck="name")
	frappe.db.delete("Kanban Board Column", {"parent": ("in", boards or [""])})
	frappe.db.delete("Kanban Board", {"name": ("in", boards or [""])})
