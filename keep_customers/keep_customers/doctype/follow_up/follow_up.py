import frappe
from frappe.model.document import Document


class FollowUp(Document):
	pass


def on_doctype_update():
	"""A rule acts once on an occurrence, whatever runs twice or at the same time."""
	frappe.db.add_unique("Follow Up", ["care_rule", "customer", "occurrence"], "one_per_occurrence")
