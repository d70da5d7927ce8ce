from frappe.model.document import Document

from keep_customers.erp.permissions import RowOfEvent


class VIPEventGuest(RowOfEvent, Document):
	pass
