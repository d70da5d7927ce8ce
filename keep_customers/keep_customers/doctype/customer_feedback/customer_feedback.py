from frappe.model.document import Document

from keep_customers.erp import event_results, feedback


class CustomerFeedback(Document):
	def validate(self):
		feedback.validate(self)

	def on_update(self):
		event_results.on_feedback(self)

	def after_delete(self):
		event_results.on_feedback(self)
