from frappe.model.document import Document


class StandardAnswer(Document):
	pass
