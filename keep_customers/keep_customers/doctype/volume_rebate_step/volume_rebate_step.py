from frappe.model.document import Document


class VolumeRebateStep(Document):
	pass
