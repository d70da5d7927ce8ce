import frappe
from frappe.utils import add_days, cint, now_datetime

SETTINGS = "Keep Customers Settings"


def execute():
	"""Cases that nobody moves from now on; customers of old ones are not asked by themselves."""
	days = frappe.db.get_single_value(SETTINGS, "idle_days")
	# The new setting gets its usual value after the patches.
	days = cint(days or frappe.get_meta(SETTINGS).get_field("idle_days").default)
	case = frappe.qb.DocType("Complaint Case")
	(
		frappe.qb.update(case)
		.set(case.next_idle, add_days(now_datetime(), days))
		.where((case.status != "Closed") & case.next_ask.isnull() & case.next_idle.isnull())
	).run()
