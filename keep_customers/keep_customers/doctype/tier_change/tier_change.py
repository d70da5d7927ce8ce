import frappe
from frappe import _
from frappe.model.document import Document


class TierChange(Document):
	"""A log: the nightly run adds to it, nobody changes it. It goes with its customer, past the document life."""

	def validate(self):
		if not self.is_new():
			frappe.throw(_("A tier change is a record of what happened and cannot be edited."))

	def on_trash(self):
		frappe.throw(_("A tier change is a record of what happened and cannot be deleted."))
