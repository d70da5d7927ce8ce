from frappe.model.document import Document


class TierBenefitItemGroup(Document):
	pass
