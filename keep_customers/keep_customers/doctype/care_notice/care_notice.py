import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from keep_customers.care import notices
from keep_customers.jobs.notices import start

OURS = ("status", "progress", "sent_by", "released_on", "audience_size")


class CareNotice(Document):
	def validate(self):
		before = self.get_doc_before_save()
		for field in OURS:
			self.set(field, before.get(field) if before else None)
		self.status = self.status or "Draft"
		self.progress = self.progress or 0
		if (self.due_in_days or 0) < 0:
			frappe.throw(_("A notice cannot be due before it is released."))

	def before_submit(self):
		if not notices.audience(self, frappe.session.user):
			frappe.throw(_("This reaches nobody. Please widen the audience."))
		self.status = "Planning"
		self.sent_by, self.released_on = frappe.session.user, now_datetime()

	def on_submit(self):
		start(self.name)

	def before_cancel(self):
		self.status = "Cancelled"

	def on_cancel(self):
		notices.take_back(self)
