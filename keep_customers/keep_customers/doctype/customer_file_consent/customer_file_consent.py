from frappe.model.document import Document

from keep_customers.erp.row_permissions import RowOfFile


class CustomerFileConsent(RowOfFile, Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		channel: DF.Literal["", "Phone", "Visit", "Email", "SMS", "Messenger", "Letter"]
		consent: DF.Literal["", "Given", "Refused"]
		date: DF.Date | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		source: DF.Data | None
	# end: auto-generated types

	pass
