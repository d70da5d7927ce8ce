import frappe
from frappe import _
from frappe.model.document import Document


class Lead(Document):
	def validate(self):
		if self.first_name:
			self.lead_name = " ".join(filter(None, [self.first_name, self.last_name]))
		self.lead_name = self.lead_name or self.company_name
		if not self.lead_name:
			frappe.throw(_("A Lead requires either a person's name or an organization's name"))
		self.title = self.company_name or self.lead_name
