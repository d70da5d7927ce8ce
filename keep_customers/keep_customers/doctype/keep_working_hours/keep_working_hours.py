from frappe.model.document import Document


class KeepWorkingHours(Document):
	pass
