import frappe

from keep_customers.care.rules import purpose


def execute():
	"""What the rules there are for, by their triggers; nothing else of them changes."""
	for rule in frappe.get_all("Care Rule", fields=["name", "trigger"]):
		frappe.db.set_value("Care Rule", rule.name, "purpose", purpose(rule.trigger), update_modified=False)
