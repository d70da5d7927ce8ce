from frappe.model.document import Document

from keep_customers.erp import event_wishes


class EventSuggestion(Document):
	def validate(self):
		event_wishes.validate(self)

	def on_trash(self):
		event_wishes.on_trash(self)
