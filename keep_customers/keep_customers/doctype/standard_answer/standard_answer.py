from keep_customers.engine.wording import ANSWER_VARIABLES
from keep_customers.erp.document import Document
from keep_customers.messaging import templates


class StandardAnswer(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		category: DF.Link
		disabled: DF.Check
		language: DF.Link
		last_used: DF.Date | None
		text: DF.Text
		times_used: DF.Int
		title: DF.Data
	# end: auto-generated types

	def validate(self):
		templates.validate(self, "text", ANSWER_VARIABLES)
