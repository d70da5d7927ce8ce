from frappe.model.document import Document

from keep_customers.erp.permissions import RowOfCase


class ComplaintPause(RowOfCase, Document):
	pass
