from frappe.model.document import Document

from keep_customers.access.lookups import NamesOnlyReadable
from keep_customers.erp.row_permissions import RowOfEvent


class VIPEventGuest(NamesOnlyReadable, RowOfEvent, Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		contact: DF.Link | None
		customer: DF.Link
		customer_name: DF.Data | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
	# end: auto-generated types

	pass
