from frappe.model.document import Document


class EventSuggestion(Document):
	pass
