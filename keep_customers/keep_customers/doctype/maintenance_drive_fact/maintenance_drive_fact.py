from frappe.model.document import Document

from keep_customers.erp.row_permissions import RowOfDrive


class MaintenanceDriveFact(RowOfDrive, Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		fact: DF.Literal[
			"Decision Maker",
			"Birthday or Occasion",
			"Phone",
			"Sizes and Specifications",
			"What It Is Used For",
			"Preferred Channel",
			"Family",
			"Work and Career",
			"Character",
			"Leisure",
			"Values",
			"Buying Habits",
			"Taste",
			"Preferred Way of Being Served",
			"Attitude to Promotions",
		]
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		weight: DF.Int
	# end: auto-generated types

	pass
