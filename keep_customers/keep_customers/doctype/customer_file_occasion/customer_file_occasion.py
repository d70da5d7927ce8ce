from frappe.model.document import Document

from keep_customers.erp.permissions import RowOfFile


class CustomerFileOccasion(RowOfFile, Document):
	pass
