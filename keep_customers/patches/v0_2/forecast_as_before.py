import frappe
from frappe import _

from keep_customers.erp.todos import notify_managers
from keep_customers.worth.forecasts import AS_BEFORE
from keep_customers.worth.values import COMPLETED

SETTINGS = "Keep Customers Settings"


def execute():
	"""Values and stages go on as before where a night has run; somebody looks at what would move, and accepts it."""
	if not frappe.db.exists("Care Run", {"status": ("in", COMPLETED)}):
		return
	frappe.db.set_single_value(SETTINGS, "forecasts", AS_BEFORE)
	notify_managers(
		SETTINGS,
		SETTINGS,
		_(
			"There are forecasts that are checked every month. The report Forecast Preview shows after the next night what would move; accept them there."
		),
	)
