import frappe
from erpnext.controllers.coupons import WithCoupon
from erpnext.controllers.selling_controller import SellingController, mapped
from frappe.utils import flt


class Invoice(SellingController):
	def validate(self):
		super().validate()
		self.due_date = self.due_date or self.posting_date
		self.is_opening = self.is_opening or "No"
		self.party_account_currency = self.party_account_currency or self.currency
		if self.update_stock:
			self.set_incoming_rate()
		self.outstanding_amount = self.rounded_total or self.grand_total
		self.set_status()

	def on_submit(self):
		self.set_status(update=True)
		self.mark_returned("Credit Note Issued")

	def on_update_after_submit(self):
		self.set_status(update=True)

	def on_cancel(self):
		self.set_status(update=True)
		self.mark_returned("Unpaid")

	def set_status(self, update=False):
		outstanding, total = flt(self.outstanding_amount), flt(self.rounded_total or self.grand_total)
		if self.docstatus == 2:
			self.status = "Cancelled"
		elif self.docstatus == 0:
			self.status = "Draft"
		elif self.is_return:
			self.status = "Return"
		elif self.is_internal_customer and self.represents_company == self.company:
			self.status = "Internal Transfer"
		elif outstanding > 0 and self.is_due:
			self.status = "Overdue"
		elif 0 < outstanding < total:
			self.status = "Partly Paid"
		else:
			self.status = "Unpaid" if outstanding > 0 else "Paid"
		if update:
			self.db_set("status", self.status)


class SalesInvoice(WithCoupon, Invoice):
	pass


@frappe.whitelist()
def make_delivery_note(source_name, target_doc=None):
	names = {"name": "si_detail", "parent": "against_sales_invoice", "so_detail": "so_detail"}
	return mapped("Sales Invoice", source_name, "Delivery Note", names)


@frappe.whitelist()
def make_sales_return(source_name, target_doc=None):
	source = frappe.get_doc("Sales Invoice", source_name)
	source.check_permission("read")
	doc = frappe.copy_doc(source)
	doc.is_return, doc.return_against = 1, source.name
	for row in doc.items:
		row.qty = -row.qty
	return doc
