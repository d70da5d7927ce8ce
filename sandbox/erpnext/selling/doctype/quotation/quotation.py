import frappe
from erpnext.controllers.selling_controller import mapped
from frappe.model.document import Document


class Quotation(Document):
	pass


@frappe.whitelist()
def make_sales_order(source_name, target_doc=None):
	order = mapped("Quotation", source_name, "Sales Order", {"name": "quotation_item"})
	kind, party = frappe.db.get_value("Quotation", source_name, ["quotation_to", "party_name"])
	order.customer = (
		party if kind == "Customer" else frappe.db.get_value("Customer", {"lead_name": party}, "name")
	)
	return order
