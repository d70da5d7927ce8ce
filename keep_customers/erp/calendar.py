"""Working days from ERPNext's Holiday List."""

import frappe

from keep_customers.engine.followups import WorkingDays


def working_days(settings) -> WorkingDays:
	"""The settings' holiday list, else the default company's, else Monday to Friday."""
	company = frappe.db.get_single_value("Global Defaults", "default_company")
	name = settings.holiday_list or (
		company and frappe.db.get_value("Company", company, "default_holiday_list")
	)
	if not name:
		return WorkingDays()
	return WorkingDays(frozenset(frappe.get_all("Holiday", filters={"parent": name}, pluck="holiday_date")))
