from frappe.model.document import Document


class CustomerFilePerson(Document):
	pass
