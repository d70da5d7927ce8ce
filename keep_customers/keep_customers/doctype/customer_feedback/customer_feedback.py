from frappe.model.document import Document


class CustomerFeedback(Document):
	pass
