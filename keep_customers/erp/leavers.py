"""Who has what on their hands, and who cannot do it any more: disabled, or gone as a user."""

from typing import NamedTuple

import frappe
from frappe import _
from frappe.query_builder.functions import IfNull
from frappe.utils import escape_html, get_fullname

from keep_customers.erp import todos
from keep_customers.erp.aside import Aside


class Hands(NamedTuple):
	"""Out of whose hands things are taken: of all who cannot act any more, or of a user who is a customer's rep no longer."""

	user: str | None = None
	customer: str | None = None

	def holding(self, doctype: str, field: str):
		"""A query of the documents whose ``field`` names such a user."""
		doc, user = frappe.qb.DocType(doctype), frappe.qb.DocType("User")
		query = frappe.qb.from_(doc).left_join(user).on(user.name == doc[field])
		if self.user:
			return query.where(doc[field] == self.user)
		return query.where((IfNull(doc[field], "") != "") & (IfNull(user.enabled, 0) == 0))


def can_log_in(user: str | None) -> bool:
	return bool(user and frappe.db.get_value("User", user, "enabled"))


def note(doc, before: str, user: str) -> None:
	"""Say on a document who has it now, and tell them."""
	text = _("{0} takes over from {1}.").format(*(escape_html(get_fullname(one)) for one in (user, before)))
	doc.add_comment("Info", text)
	if user != frappe.session.user:
		todos.notify(user, doc.doctype, doc.name, f"{text} {todos.link_to(doc.doctype, doc.name)}")


def give_todo(name: str, user: str) -> None:
	"""Let somebody else do a ToDo; who has one about the same document keeps that one."""
	todo = frappe.get_doc("ToDo", name, for_update=True)
	before = todo.allocated_to
	if todo.status != "Open" or before == user:
		return
	same = todos.has_open(user, todo.reference_type, todo.reference_name)
	if same and todo.reference_type != "Customer":
		todo.status = "Cancelled"
	else:
		todo.allocated_to = user
	# Who takes over follows from the files and settings; who causes it is an admin, or the night.
	todo.save(ignore_permissions=True)
	note(todo, before, user)


def nobody(aside: Aside, user: str) -> None:
	"""Nobody is there to take over: that, too, is told."""
	aside.add(
		"",
		_("What {0} has left open").format(user),
		_("There is nobody to take it over. Please set a fallback user in Keep Customers Settings."),
	)
