import frappe
from erpnext.controllers.coupons import WithCoupon
from erpnext.controllers.selling_controller import Selling, mapped


class SalesOrder(WithCoupon, Selling):
	pass


@frappe.whitelist()
def make_sales_invoice(source_name, target_doc=None):
	return mapped("Sales Order", source_name, "Sales Invoice", {"name": "so_detail", "parent": "sales_order"})


@frappe.whitelist()
def make_delivery_note(source_name, target_doc=None):
	names = {"name": "so_detail", "parent": "against_sales_order"}
	return mapped("Sales Order", source_name, "Delivery Note", names)
