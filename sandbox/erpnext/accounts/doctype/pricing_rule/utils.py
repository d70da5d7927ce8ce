"""Coupons, as ERPNext checks and counts them. Prices are not worked out here: that takes a genuine ERPNext."""

import frappe
from frappe import _
from frappe.utils import getdate


def validate_coupon_code(coupon_name):
	coupon = frappe.get_doc("Coupon Code", coupon_name)
	if coupon.valid_from and getdate(coupon.valid_from) > getdate():
		frappe.throw(_("Sorry, this coupon code's validity has not started"))
	elif coupon.valid_upto and getdate(coupon.valid_upto) < getdate():
		frappe.throw(_("Sorry, this coupon code's validity has expired"))
	elif coupon.maximum_use and coupon.used >= coupon.maximum_use:
		frappe.throw(_("Sorry, this coupon code is no longer valid"))


def update_coupon_code_count(coupon_name, transaction_type):
	coupon = frappe.get_doc("Coupon Code", coupon_name)
	if transaction_type == "used":
		if coupon.used >= coupon.maximum_use:
			frappe.throw(
				_("{0} Coupon used are {1}. Allowed quantity is exhausted").format(
					coupon.coupon_code, coupon.used
				)
			)
		coupon.used += 1
	elif coupon.used > 0:
		coupon.used -= 1
	coupon.save(ignore_permissions=True)
