"""What the host gives to whoever asks, of documents that are for some: its own functions, with a question before them.

They are called over HTTP by the host's forms, so they stand in place of the host's (``override_whitelisted_methods``).
"""

import frappe
from frappe import _
from frappe.core.doctype.data_export import exporter
from frappe.core.doctype.data_import import data_import
from frappe.desk import like, reportview, search

from keep_customers.access.lookups import guarded, named
from keep_customers.erp.api import chosen, filters_sent, names_sent, refuse, typed
from keep_customers.erp.permissions import TABLES_OF_CUSTOMERS, reads_all_customers

# Of what somebody looks for; a text that is longer is in no name, and more than SQLite compares.
LONGEST = 500
# Whose customers are hidden by us, row by row, and not by the framework.
ROWS = {table for tables in TABLES_OF_CUSTOMERS.values() for table in tables.values()}


@frappe.whitelist()
@typed
def search_link(doctype: str, txt: str = "", **more: object) -> object:
	"""As the host's; its *ignore_user_permissions* skips all permissions on Frappe 15, whoever asks for it."""
	return frappe.call(search.search_link, doctype=doctype, txt=txt[:LONGEST], **_asked(doctype, more))


@frappe.whitelist()
@typed
def search_widget(doctype: str, txt: str = "", **more: object) -> object:
	"""As :func:`search_link`."""
	return frappe.call(search.search_widget, doctype=doctype, txt=txt[:LONGEST], **_asked(doctype, more))


def _asked(doctype: str, more: dict) -> dict:
	ours = guarded(doctype) or more.get("reference_doctype") in ROWS
	return {**more, "ignore_user_permissions": 0} if ours else more


@frappe.whitelist()
@typed
def get_count(doctype: str, filters: str | dict | list | None = None, **more: object) -> int:
	"""As that of Frappe 16, what a list would show; that of 15 counts by any filter, for anybody."""
	asked = {"doctype": doctype, "filters": filters_sent(filters)}
	frappe.local.form_dict = frappe._dict({key: value for key, value in asked.items() if value is not None})
	return reportview.get_count()


@frappe.whitelist()
@typed
def toggle_like(doctype: str, name: str | int, add: str | bool = False) -> None:
	"""As the host's, which lets anybody who knows a name write on the document."""
	named(doctype, str(name))
	like.toggle_like(doctype, name, add)


@frappe.whitelist()
@typed
def export_data(doctype: str | list | None = None, **more: object) -> None:
	"""As the host's, which asks for no permission on the rows of tables.

	:raises frappe.PermissionError: if some of the rows might not be for the user
	"""
	_with_tables(doctype, more.get("parent_doctype"))
	frappe.call(exporter.export_data, doctype=doctype, **more)


@frappe.whitelist()
@typed
def download_template(doctype: str, **more: object) -> None:
	"""As :func:`export_data`."""
	_with_tables(doctype, None)
	fields = chosen(more.pop("export_fields", None), "export_fields")
	if not fields:
		refuse("Argument 'export_fields' should say which fields.")
	more["export_fields"] = {table: names_sent("export_fields", some) for table, some in fields.items()}
	if more.get("export_filters"):
		more["export_filters"] = filters_sent(more["export_filters"])
	frappe.call(data_import.download_template, doctype=doctype, **more)


def _with_tables(doctype: str | list | None, parent: object) -> None:
	several = isinstance(doctype, list) or str(doctype).startswith("[")
	names = names_sent("doctype", doctype) if several else [doctype]
	if not names or not all(names):
		refuse("Argument 'doctype' should name a doctype.")
	asked = [*names, parent]
	if any(one in asked for one in TABLES_OF_CUSTOMERS) and not reads_all_customers():
		frappe.throw(
			_("You may not read every customer in these tables. Please export them from the list instead."),
			frappe.PermissionError,
		)
