import frappe
from frappe import _
from frappe.model.document import Document

from keep_customers.engine.wording import ANSWER_VARIABLES, BadTemplate, check


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
		try:
			check(self.text, ANSWER_VARIABLES)
		except BadTemplate as error:
			if error.unknown:
				frappe.throw(
					_("There is no variable {0}. Please use only these: {1}.").format(
						frappe.utils.escape_html(error.detail), ", ".join(ANSWER_VARIABLES)
					)
				)
			frappe.throw(
				_("This cannot be filled in. Please check the braces: {0}").format(
					frappe.utils.escape_html(error.detail)
				)
			)
