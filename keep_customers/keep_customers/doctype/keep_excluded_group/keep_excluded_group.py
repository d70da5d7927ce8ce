from frappe.model.document import Document


class KeepExcludedGroup(Document):
	pass
