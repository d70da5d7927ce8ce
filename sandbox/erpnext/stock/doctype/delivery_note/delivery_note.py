import frappe
from erpnext.controllers.selling_controller import SellingController, mapped


class DeliveryNote(SellingController):
	def validate(self):
		super().validate()
		self.set_incoming_rate()
		self.status = "Draft"

	def on_submit(self):
		self.db_set("status", "To Bill")
		self.mark_returned("Return Issued")

	def on_cancel(self):
		self.db_set("status", "Cancelled")
		self.mark_returned("To Bill")


@frappe.whitelist()
def make_sales_invoice(source_name, target_doc=None):
	names = {"name": "dn_detail", "parent": "delivery_note", "so_detail": "so_detail"}
	return mapped("Delivery Note", source_name, "Sales Invoice", names)
