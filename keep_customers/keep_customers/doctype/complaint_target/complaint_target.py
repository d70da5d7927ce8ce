from frappe.model.document import Document


class ComplaintTarget(Document):
	pass
