import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import get_datetime, getdate, now_datetime

from keep_customers.erp import followups, visits


class CustomerTouch(Document):
	def validate(self):
		if get_datetime(self.date) > now_datetime():
			frappe.throw(_("A contact is recorded after it happened. Use the next step for what is to come."))
		if self.follow_up and frappe.db.get_value("Follow Up", self.follow_up, "customer") != self.customer:
			frappe.throw(_("{0} is a follow-up of another customer.").format(self.follow_up))
		if self.next_step and not self.next_step_date:
			frappe.throw(_("When is the next step due?"))
		if self.next_step_date and getdate(self.next_step_date) < getdate(self.date):
			frappe.throw(_("The next step cannot be due before the contact."))
		if not self.next_step:
			self.next_step_date = None

	def after_insert(self):
		followups.contact_happened(self)

	def on_update(self):
		followups.plan_next_step(self)
		followups.show_last_touch(self.customer)

	def on_trash(self):
		followups.drop_next_step(self)
		frappe.db.set_value("Follow Up", {"touch": self.name}, "touch", None)
		visits.forget_contact(self.name)

	def after_delete(self):
		followups.show_last_touch(self.customer)
