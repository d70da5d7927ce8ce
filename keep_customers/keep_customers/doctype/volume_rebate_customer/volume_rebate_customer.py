from frappe.model.document import Document


class VolumeRebateCustomer(Document):
	pass
