from frappe.model.document import Document

from keep_customers.events import documents


class VIPEvent(Document):
	def validate(self):
		documents.validate(self)

	def on_update(self):
		documents.on_update(self)

	def on_trash(self):
		documents.on_trash(self)
