from frappe.model.document import Document


class ForecastCheckCandidate(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		candidate: DF.Data | None
		dates: DF.Int
		in_use: DF.Check
		log_loss: DF.Float
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		points: DF.Float
		purchases: DF.Percent
		top_20: DF.Percent
		top_5: DF.Percent
		value: DF.Percent
	# end: auto-generated types

	pass
