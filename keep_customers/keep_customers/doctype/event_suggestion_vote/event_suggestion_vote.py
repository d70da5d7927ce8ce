from frappe.model.document import Document

from keep_customers.access.lookups import NamesOnlyReadable
from keep_customers.erp.row_permissions import RowOfSuggestion


class EventSuggestionVote(NamesOnlyReadable, RowOfSuggestion, Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		customer: DF.Link
		customer_name: DF.Data | None
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
		said_on: DF.Datetime | None
		source_doctype: DF.Link | None
		source_name: DF.DynamicLink | None
	# end: auto-generated types

	pass
