from frappe.model.document import Document

from keep_customers.erp.row_permissions import RowOfCase


class ComplaintStep(RowOfCase, Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		done_by: DF.Link | None
		done_on: DF.Datetime | None
		left_out: DF.Check
		note: DF.SmallText | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		round: DF.Int
		step: DF.Literal[
			"Received",
			"Listened",
			"Apologised",
			"Cause Found",
			"Explained",
			"Solution Offered",
			"Compensated",
			"Confirmed",
			"Followed Up",
		]
	# end: auto-generated types

	pass
