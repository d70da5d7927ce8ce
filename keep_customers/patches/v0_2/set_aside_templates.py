import frappe
from frappe import _
from frappe.utils import escape_html

from keep_customers.engine.wording import ANSWER_VARIABLES, VARIABLES, BadTemplate, check
from keep_customers.erp.language import language_of_the_site
from keep_customers.erp.todos import notify_managers


def execute():
	"""Messages and answers with loops, repetitions or calls, which are no longer filled in: off, their words as they are."""
	messages = set_aside("Care Message", ("subject", "message"), {"enabled": 0}, VARIABLES)
	answers = set_aside("Standard Answer", ("text",), {"disabled": 1}, ANSWER_VARIABLES)
	with language_of_the_site():
		if messages:
			text = _(
				"These messages can no longer be sent and were switched off: {0}. Please change their words and switch them on again."
			)
			notify_managers("Care Message", messages[0], text.format(escape_html(", ".join(messages))))
		if answers:
			text = _(
				"These standard answers can no longer be used and were switched off: {0}. Please change their words and switch them on again."
			)
			notify_managers("Standard Answer", answers[0], text.format(escape_html(", ".join(answers))))


def set_aside(doctype, fields, off, variables):
	found = []
	filters = {field: ("!=", value) for field, value in off.items()}
	for row in frappe.get_all(doctype, filters=filters, fields=["name", *fields], order_by="name asc"):
		try:
			for field in fields:
				check(row[field] or "", variables)
		except BadTemplate:
			frappe.db.set_value(doctype, row.name, off)
			found.append(row.name)
	return found
