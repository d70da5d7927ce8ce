import frappe

SETTINGS = "Keep Customers Settings"


def execute():
	"""Sites that had the app before nights asked: what is new in the settings has its usual values."""
	there = frappe.db.get_singles_dict(SETTINGS)
	for field in ("most_days_ahead", "tell_after_nights"):
		if field not in there:
			default = frappe.get_meta(SETTINGS).get_field(field).default
			frappe.db.set_single_value(SETTINGS, field, default)
