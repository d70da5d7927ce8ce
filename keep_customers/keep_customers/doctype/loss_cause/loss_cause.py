from keep_customers.erp.document import Document


class LossCause(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		cause_name: DF.Data
		description: DF.SmallText | None
		disabled: DF.Check
		final: DF.Check
	# end: auto-generated types

	pass
