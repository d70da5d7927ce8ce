from frappe.model.document import Document


class VIPEvent(Document):
	pass
