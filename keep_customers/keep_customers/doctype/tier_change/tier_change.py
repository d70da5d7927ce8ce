from frappe.model.document import Document


class TierChange(Document):
	pass
