import frappe

from keep_customers.care.full_day import BY_RISK

SETTINGS = "Keep Customers Settings"


def execute():
	"""A full day goes on by value at risk; who switches to the other order explores with a share that is not 0."""
	there = frappe.db.get_singles_dict(SETTINGS)
	for field, value in (("full_day_order", BY_RISK), ("exploring_share", 20)):
		if there.get(field) in (None, ""):
			frappe.db.set_single_value(SETTINGS, field, value)
