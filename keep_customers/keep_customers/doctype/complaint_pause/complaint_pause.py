from frappe.model.document import Document

from keep_customers.erp.row_permissions import RowOfCase


class ComplaintPause(RowOfCase, Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		note: DF.SmallText | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		paused_on: DF.Datetime
		resumed_on: DF.Datetime | None
	# end: auto-generated types

	pass
