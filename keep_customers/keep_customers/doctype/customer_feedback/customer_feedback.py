from frappe.model.document import Document

from keep_customers.events import results
from keep_customers.messaging import feedback


class CustomerFeedback(Document):
	def validate(self):
		feedback.validate(self)

	def on_update(self):
		results.on_feedback(self)

	def after_delete(self):
		results.on_feedback(self)
