from frappe.model.document import Document

from keep_customers.erp.permissions import RowOfPlan


class VisitPlanStop(RowOfPlan, Document):
	pass
