from frappe.model.document import Document

from keep_customers.erp import events


class VIPEvent(Document):
	def validate(self):
		events.validate(self)

	def on_update(self):
		events.on_update(self)

	def on_trash(self):
		events.on_trash(self)
