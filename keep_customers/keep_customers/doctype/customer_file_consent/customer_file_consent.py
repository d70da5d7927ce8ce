from frappe.model.document import Document


class CustomerFileConsent(Document):
	pass
