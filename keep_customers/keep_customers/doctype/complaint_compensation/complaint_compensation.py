from frappe.model.document import Document

from keep_customers.access.lookups import NamesOnlyReadable
from keep_customers.erp.row_permissions import RowOfCase


class ComplaintCompensation(NamesOnlyReadable, RowOfCase, Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		approved_by: DF.Link | None
		approved_on: DF.Datetime | None
		cost: DF.Currency
		currency: DF.Link | None
		description: DF.Data | None
		handed_over_on: DF.Date | None
		kind: DF.Literal["Gift", "Discount", "Credit Note", "Replacement", "Refund", "Free Service", "Other"]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		reference_doctype: DF.Link | None
		reference_name: DF.DynamicLink | None
		status: DF.Literal["Suggested", "Proposed", "Approved", "Handed Over", "Rejected"]
	# end: auto-generated types

	pass
