"""Documents that somebody names: who may not read one is answered as if there were none of that name.

Else an invoice's number, typed into a case, would say whose it is, and a name that there is such a customer.
"""

from typing import NoReturn

import frappe
from frappe import _
from frappe.utils import cstr, escape_html

from keep_customers.erp.permissions import nothing_said, readable_among, readable_documents

# The framework's own word, in its own translation.
ROW = "Row"


def named(doctype: str, name: str, right: str = "read", for_update: bool = False):
	"""The document that a caller of ours names.

	:param right: besides reading it
	:raises frappe.PermissionError: in the same words if there is none, and if the user may not read it
	"""
	doc = if_readable(doctype, name, for_update)
	if not doc:
		not_there(doctype, name)
	if right != "read":
		doc.check_permission(right)
	return doc


def if_readable(doctype: str, name: str, for_update: bool = False):
	"""The document, if there is one and the user of this session may read it; without a word of why not."""
	with nothing_said():
		try:
			doc = frappe.get_doc(doctype, name, for_update=for_update)
		except (
			frappe.DoesNotExistError,
			ImportError,
		):  # the host looks for the code of a doctype that is none
			return None
		return doc if doc.has_permission("read") else None


def may_read(doctype: str, name: str) -> bool:
	"""Whether :func:`if_readable` finds it."""
	return if_readable(doctype, name) is not None


def not_there(doctype: str, name: str) -> NoReturn:
	"""
	:raises frappe.PermissionError: always
	"""
	# The way it took here would tell the two apart.
	frappe.local.flags.disable_traceback = True
	if doctype == "ToDo":  # its name says nothing to anybody
		frappe.throw(_("This ToDo is gone, or somebody else has it now."), frappe.PermissionError)
	frappe.throw(
		_("There is no {0} {1}, or you may not read it.").format(_(doctype), escape_html(name)),
		frappe.PermissionError,
	)


def guarded(doctype: str) -> bool:
	"""Whether we say who may read documents of this kind."""
	hooks = (
		frappe.get_hooks(hook).get(doctype) or ()
		for hook in ("has_permission", "permission_query_conditions")
	)
	return any(path.startswith("keep_customers.") for paths in hooks for path in paths)


def out_of_sight(doctype: str, names: set[str]) -> set[str]:
	"""Those of the names that are of customers the user of this session may not read, or are of ours and not theirs."""
	if doctype == "Customer":
		return names - readable_among(names)
	if doctype == "Lead" or guarded(doctype):
		return names - readable_documents(doctype, names)
	if doctype == "Contact":
		of = {"parenttype": "Contact", "parent": ("in", list(names)), "link_doctype": "Customer"}
		rows = frappe.get_all("Dynamic Link", filters=of, fields=["parent", "link_name"], as_list=True)
	else:
		field = frappe.get_meta(doctype).get_field("customer")
		if not field or field.options != "Customer":
			return set()
		of = {"name": ("in", list(names)), "customer": ("is", "set")}
		rows = frappe.get_all(doctype, filters=of, fields=["name", "customer"], as_list=True)
	readable = readable_among({customer for _name, customer in rows})
	return {name for name, _customer in rows} - {name for name, customer in rows if customer in readable}


class NamesOnlyReadable:
	"""What its user links anew must be theirs to read: the framework refuses it as it refuses what does not exist.

	Of a document and of the rows of its tables.
	"""

	names_only_readable = True

	def get_invalid_links(self, is_submittable=False):
		document = getattr(self, "parent_doc", None) or self
		if document is self:  # asked before its rows
			self.flags.out_of_sight = named_out_of_sight(self)
		hidden = (document.flags.out_of_sight or {}).get(id(self), ())
		sent = {field.fieldname: (field, name) for field, _doctype, name in _links(self)}
		invalid, cancelled = super().get_invalid_links(is_submittable=is_submittable)
		for fieldname in hidden:
			if fieldname not in {each[0] for each in invalid}:
				field, name = sent[fieldname]
				row = f"{_(ROW)} #{self.idx}: " if self.get("parentfield") else ""
				invalid.append((fieldname, name, f"{row}{_(field.label, context=field.parent)}: {name}"))
		# In the order in which the framework finds them: it tells nothing either.
		order = list(sent)
		return sorted(invalid, key=lambda each: order.index(each[0])), cancelled


def _links(doc) -> list[tuple]:
	"""(field, doctype, name) of all that a document or row names."""
	fields = doc.meta.get_link_fields() + doc.meta.get("fields", {"fieldtype": ("=", "Dynamic Link")})
	return [
		(
			field,
			field.options if field.fieldtype == "Link" else doc.get(field.options),
			doc.get(field.fieldname),
		)
		for field in fields
		if doc.get(field.fieldname)
	]


def named_out_of_sight(document) -> dict[int, list[str]]:
	"""Fields, by the id of the document or row, that name anew what is not the user's; one question a doctype."""
	if document.flags.ignore_permissions or frappe.session.user == "Administrator":
		return {}
	stored = document.get_doc_before_save()
	before = {(doc.doctype, doc.name): doc for doc in (stored, *stored.get_all_children())} if stored else {}
	anew: dict[str, list[tuple]] = {}
	for doc in (document, *document.get_all_children()):
		was = before.get((doc.doctype, doc.name), {})
		for field, doctype, name in _links(doc):
			if doctype and name != was.get(field.fieldname):
				anew.setdefault(doctype, []).append((doc, field.fieldname, cstr(name)))
	found: dict[int, list[str]] = {}
	for doctype, named_anew in anew.items():
		hidden = out_of_sight(doctype, {name for _doc, _fieldname, name in named_anew})
		for doc, fieldname, name in named_anew:
			if name in hidden:
				found.setdefault(id(doc), []).append(fieldname)
	return found
