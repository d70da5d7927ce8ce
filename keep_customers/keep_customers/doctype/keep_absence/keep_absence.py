from frappe.model.document import Document


class KeepAbsence(Document):
	pass
