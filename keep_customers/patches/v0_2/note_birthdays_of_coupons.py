"""A coupon says whose day it was made for: until now that was the middle of its days, whatever the benefit says since."""

import frappe
from frappe.custom.doctype.custom_field.custom_field import create_custom_fields
from frappe.utils import date_diff, getdate

from keep_customers.setup.custom_fields import custom_fields

COUPON = "Coupon Code"


def execute():
	# Before the migration brings it.
	create_custom_fields({COUPON: custom_fields()[COUPON]}, update=True)
	rules = frappe.get_all("Pricing Rule", {"keep_benefit": ("is", "set")}, pluck="name")
	for one in frappe.get_all(
		COUPON,
		{
			"pricing_rule": ("in", rules or [""]),
			"name": ("like", "BIRTHDAY-%-%"),
			"keep_birthday": ("is", "not set"),
		},
		["name", "valid_from", "valid_upto"],
	):
		if one.valid_from and one.valid_upto:
			half = date_diff(one.valid_upto, one.valid_from) // 2
			day = frappe.utils.add_days(getdate(one.valid_from), half)
			frappe.db.set_value(COUPON, one.name, "keep_birthday", day, update_modified=False)
