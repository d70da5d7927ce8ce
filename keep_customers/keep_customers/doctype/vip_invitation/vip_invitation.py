import frappe
from frappe.model.document import Document


class VIPInvitation(Document):
	def validate(self):
		# A text, even an empty one: the unique index takes two rows with nothing for different ones.
		self.contact = self.contact or ""


def on_doctype_update():
	"""A person is invited once, whatever runs twice or at the same time."""
	frappe.db.add_unique("VIP Invitation", ["event", "customer", "contact"], "one_invitation_a_person")
