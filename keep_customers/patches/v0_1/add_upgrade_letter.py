import frappe

from keep_customers.setup.install import add_shipped_messages


def execute():
	"""Sites that had the app before the letter to who has moved up; rules with a message of their own keep it."""
	add_shipped_messages()
	for rule in frappe.get_all(
		"Care Rule", filters={"trigger": "Tier Up", "message_kind": ("is", "not set")}, pluck="name"
	):
		frappe.db.set_value("Care Rule", rule, "message_kind", "Tier Up")
