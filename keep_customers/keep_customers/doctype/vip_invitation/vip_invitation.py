import frappe
from frappe.model.document import Document

from keep_customers.erp import events, followups


class VIPInvitation(Document):
	def validate(self):
		events.validate_invitation(self)

	def on_trash(self):
		followups.take_back(self.doctype, self.name, events.CALLED_OFF)

	def after_delete(self):
		events.settle(self.event)


def on_doctype_update():
	"""A person is invited once, whatever runs twice or at the same time."""
	frappe.db.add_unique("VIP Invitation", ["event", "customer", "contact"], "one_invitation_a_person")
