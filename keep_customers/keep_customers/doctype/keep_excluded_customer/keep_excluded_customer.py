from frappe.model.document import Document


class KeepExcludedCustomer(Document):
	pass
