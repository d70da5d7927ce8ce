from frappe.model.document import Document


class ComplaintTarget(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		answer_within_hours: DF.Float
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		severity: DF.Literal["", "Low", "Normal", "High", "Grave"]
		solve_within_hours: DF.Float
		tier: DF.Link | None
	# end: auto-generated types

	pass
