"""An e-mail to a customer's contact came back: the address is not there, and the rep is asked for a better one."""

from collections.abc import Collection

import frappe
from frappe import _
from frappe.utils import escape_html

from keep_customers.care.assignment import Assignment
from keep_customers.erp import todos


def ask_for_better(lost: Collection[tuple[str, str]]) -> None:
	"""One ToDo for each contact, as long as one is open; never with the address, as ToDos have a weaker guard.

	:param lost: (customer, contact)
	"""
	assignment = Assignment(
		{customer for customer, _contact in lost}, frappe.get_cached_doc("Keep Customers Settings")
	)
	for customer, contact in lost:
		user = assignment.user_for(customer)
		if user and not todos.has_open(user, "Contact", contact):
			name = frappe.db.get_value("Contact", contact, "full_name") or contact
			[sentence] = sentences()
			text = sentence.format(escape_html(name), todos.link_to("Contact", contact))
			todos.add(user, "Contact", contact, f"<p>{text}</p>")


def sentences() -> list[str]:
	return [
		_("An e-mail to {0} came back: there is no such address. Please ask for a better one.") + " ({1})",
	]
