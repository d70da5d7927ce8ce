from keep_customers.erp.document import Document


class ForgottenPerson(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from keep_customers.keep_customers.doctype.forgotten_person_count.forgotten_person_count import (
			ForgottenPersonCount,
		)

		asked_by: DF.Link | None
		asked_on: DF.Datetime | None
		counts: DF.Table[ForgottenPersonCount]
		finished_on: DF.Datetime | None
		marks: DF.SmallText | None
		status: DF.Literal["Waiting", "Running", "Done", "Failed", "Came Back"]
		stopped_by: DF.Data | None
		work: DF.LongText | None
	# end: auto-generated types

	pass
