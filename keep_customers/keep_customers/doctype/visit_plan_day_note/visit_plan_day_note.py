from frappe.model.document import Document

from keep_customers.erp.permissions import RowOfPlan


class VisitPlanDayNote(RowOfPlan, Document):
	pass
