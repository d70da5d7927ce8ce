"""A coupon says whose day it was made for: until now that was in the middle of its days, whatever the benefit says since."""

from datetime import date, timedelta

import frappe
from frappe.custom.doctype.custom_field.custom_field import create_custom_fields
from frappe.utils import getdate

from keep_customers.engine.occasions import marks
from keep_customers.setup.custom_fields import custom_fields

COUPON = "Coupon Code"


def execute():
	# Before the migration brings it.
	create_custom_fields({COUPON: custom_fields()[COUPON]}, update=True)
	rules = frappe.get_all("Pricing Rule", {"keep_benefit": ("is", "set")}, pluck="name")
	if not rules:
		return
	for one in frappe.get_all(
		COUPON,
		{
			"pricing_rule": ("in", rules),
			"name": ("like", "BIRTHDAY-%-%"),
			"keep_birthday": ("is", "not set"),
		},
		["name", "customer", "valid_from", "valid_upto"],
	):
		if one.valid_from and one.valid_upto:
			frappe.db.set_value(COUPON, one.name, "keep_birthday", _birthday(one), update_modified=False)


def _birthday(coupon) -> date:
	"""Whose day lies in the coupon's days, for somebody may have made it valid longer; else the middle of them."""
	first, last = getdate(coupon.valid_from), getdate(coupon.valid_upto)
	middle = first + (last - first) // 2
	of_file = {"parenttype": "Customer File", "parent": coupon.customer, "recurs": ("is", "set")}
	people = set(frappe.get_all("Customer File Person", of_file, pluck="recurs"))
	days = (first + timedelta(days=n) for n in range((last - first).days + 1))
	return min(
		(day for day in days if marks(day) & people), key=lambda day: abs(day - middle), default=middle
	)
