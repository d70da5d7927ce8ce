from frappe.model.document import Document

from keep_customers.erp import feedback


class CustomerFeedback(Document):
	def validate(self):
		feedback.validate(self)
