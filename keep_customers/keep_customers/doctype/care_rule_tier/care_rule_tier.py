from frappe.model.document import Document


class CareRuleTier(Document):
	pass
