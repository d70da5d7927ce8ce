import frappe
from frappe.utils import add_days, cint, now_datetime

SETTINGS = "Keep Customers Settings"


def execute():
	"""Cases that nobody moves from now on; customers of old ones are not asked by themselves."""
	days = cint(
		frappe.db.get_single_value(SETTINGS, "idle_days")
		or frappe.get_meta(SETTINGS).get_field("idle_days").default
	)
	frappe.db.set_value(
		"Complaint Case",
		{"status": ("!=", "Closed"), "next_ask": ("is", "not set"), "next_idle": ("is", "not set")},
		"next_idle",
		add_days(now_datetime(), days),
		update_modified=False,
	)
