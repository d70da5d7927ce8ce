from frappe.model.document import Document


class CustomerFileOccasion(Document):
	pass
