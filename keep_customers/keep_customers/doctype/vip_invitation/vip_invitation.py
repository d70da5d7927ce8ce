import frappe
from frappe.model.document import Document

from keep_customers.care import ending
from keep_customers.events import documents, room, terms


class VIPInvitation(Document):
	def validate(self):
		documents.validate_invitation(self)

	def on_trash(self):
		ending.take_back(self.doctype, self.name, terms.CALLED_OFF)

	def after_delete(self):
		room.settle(self.event)


def on_doctype_update():
	"""A person is invited once, whatever runs twice or at the same time."""
	frappe.db.add_unique("VIP Invitation", ["event", "customer", "contact"], "one_invitation_a_person")
