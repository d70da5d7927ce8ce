import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import cint


class Customer(Document):
	def autoname(self):
		# Named by customer name, as ERPNext's Selling Settings have it from the start.
		self.name = self.customer_name
		if frappe.db.exists("Customer", self.customer_name) and not frappe.flags.in_import:
			names = frappe.get_all("Customer", {"name": ["like", f"%{self.customer_name} - %"]}, pluck="name")
			last = max((cint(name.rsplit(" ", 1)[-1]) for name in names), default=0)
			self.name = f"{self.customer_name} - {last + 1}"

	def validate(self):
		if not self.is_internal_customer:
			self.represents_company = None
		if self.sales_team and sum(row.allocated_percentage or 0 for row in self.sales_team) != 100:
			frappe.throw(_("Total contribution percentage should be equal to 100"))

	def on_update(self):
		if frappe.db.exists("Customer Group", self.name):
			frappe.throw(
				_(
					"A Customer Group exists with same name please change the Customer name or rename the Customer Group"
				),
				frappe.NameError,
			)
		if self.lead_name:
			frappe.db.set_value("Lead", self.lead_name, "status", "Converted")

	def after_rename(self, olddn, newdn, merge=False):
		if frappe.defaults.get_global_default("cust_master_name") == "Customer Name":
			self.db_set("customer_name", newdn)

	def on_trash(self):
		from frappe.contacts.address_and_contact import delete_contact_and_address

		if self.customer_primary_contact:
			self.db_set("customer_primary_contact", None)
		if self.customer_primary_address:
			self.db_set("customer_primary_address", None)
		delete_contact_and_address("Customer", self.name)
