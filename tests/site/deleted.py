"""What was deleted, brought back as a System Manager does it from the list of Deleted Documents."""

import frappe

from keep_customers.access import brought_back


def deleted(doc):
	frappe.delete_doc(doc.doctype, doc.name)
	return frappe.db.get_value("Deleted Document", {"deleted_doctype": doc.doctype, "deleted_name": doc.name})


def back(doc):
	"""The document that takes the place of a deleted one."""
	name = deleted(doc)
	brought_back.restore(name, alert=False)
	return frappe.get_doc(doc.doctype, frappe.db.get_value("Deleted Document", name, "new_name"))
