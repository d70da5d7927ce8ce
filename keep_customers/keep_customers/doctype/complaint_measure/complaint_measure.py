import frappe
from frappe import _
from frappe.utils import getdate

from keep_customers.erp.document import Document


class ComplaintMeasure(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		category: DF.Link | None
		cause: DF.Link | None
		description: DF.SmallText | None
		in_force_since: DF.Date | None
		kind: DF.Literal["Corrective", "Preventive"]
		non_conformance: DF.Link | None
		quality_action: DF.Link | None
		responsible: DF.Link | None
		title: DF.Data
		withdrawn_on: DF.Date | None
	# end: auto-generated types

	def validate(self):
		if not (self.cause or self.category):
			frappe.throw(_("Please choose the cause or the category it is against."))
		if self.withdrawn_on and not self.in_force_since:
			frappe.throw(_("What was never in force cannot be withdrawn."))
		if self.withdrawn_on and getdate(self.withdrawn_on) < getdate(self.in_force_since):
			frappe.throw(_("It cannot be withdrawn before it was in force."))
