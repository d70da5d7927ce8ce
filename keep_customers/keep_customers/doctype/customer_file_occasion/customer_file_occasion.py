from frappe.model.document import Document

from keep_customers.erp.row_permissions import RowOfFile


class CustomerFileOccasion(RowOfFile, Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		calendar: DF.Literal["Gregorian", "Lunar"]
		date: DF.Date | None
		day: DF.Int
		month: DF.Int
		note: DF.Data | None
		occasion: DF.Data
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		person: DF.Data | None
		recurs: DF.Data | None
	# end: auto-generated types

	pass
