from frappe.model.document import Document

from keep_customers.erp.permissions import RowOfSuggestion


class EventSuggestionVote(RowOfSuggestion, Document):
	pass
