from frappe.model.document import Document

from keep_customers.events import wishes


class EventSuggestion(Document):
	def validate(self):
		wishes.validate(self)

	def on_trash(self):
		wishes.on_trash(self)
