from frappe.model.document import Document


class CustomerValue(Document):
	pass
