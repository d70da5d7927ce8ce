import frappe
from frappe.utils import getdate

from keep_customers.engine.occasions import recurs


def execute():
	"""Birthdays and occasions entered before the rules that greet on them."""
	for doctype, field in (("Customer File Person", "birthday"), ("Customer File Occasion", "date")):
		for row in frappe.get_all(
			doctype,
			filters={field: ("is", "set"), "recurs": ("is", "not set")},
			fields=["name", field, "calendar"],
		):
			try:
				text = recurs(getdate(row[field]), row.calendar)
			except ValueError:  # before the lunar calendar's tables: nobody to greet any more
				continue
			frappe.db.set_value(doctype, row.name, "recurs", text, update_modified=False)
