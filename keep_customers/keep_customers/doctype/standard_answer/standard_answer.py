import frappe
from frappe import _
from frappe.model.document import Document

from keep_customers.engine.wording import ANSWER_VARIABLES, BadTemplate, check


class StandardAnswer(Document):
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
