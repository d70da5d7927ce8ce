from frappe.model.document import Document


class KeepAbsence(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from_date: DF.Date
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		substitute: DF.Link | None
		to_date: DF.Date
		user: DF.Link
	# end: auto-generated types

	pass
