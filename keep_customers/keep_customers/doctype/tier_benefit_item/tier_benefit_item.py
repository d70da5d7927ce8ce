from frappe.model.document import Document


class TierBenefitItem(Document):
	pass
