from frappe.model.document import Document

from keep_customers.access.lookups import NamesOnlyReadable
from keep_customers.erp.row_permissions import RowOfFile


class CustomerFilePerson(NamesOnlyReadable, RowOfFile, Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		birthday: DF.Date | None
		calendar: DF.Literal["Gregorian", "Lunar"]
		contact: DF.Link | None
		day: DF.Int
		decides: DF.Check
		email: DF.Data | None
		full_name: DF.Data
		left_on: DF.Date | None
		month: DF.Int
		note: DF.SmallText | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		phone: DF.Data | None
		recurs: DF.Data | None
		relation: DF.Literal[
			"",
			"Owner",
			"Decision Maker",
			"Buyer",
			"Technician",
			"Accountant",
			"Assistant",
			"Spouse",
			"Partner",
			"Child",
			"Parent",
			"Sibling",
			"Friend",
			"Other",
		]
	# end: auto-generated types

	pass
