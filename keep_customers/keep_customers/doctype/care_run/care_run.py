from frappe.model.document import Document


class CareRun(Document):
	pass
