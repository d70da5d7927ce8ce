"""Deleted documents that somebody brings back: the host's own functions, for who may read what was deleted; what is ours comes
back as it was (``comes_back`` of ``erp/document.py``)."""

import frappe
from frappe.core.doctype.deleted_document import deleted_document as host

from keep_customers.access.lookups import named
from keep_customers.erp.api import names_sent, typed
from keep_customers.erp.document import bringing_back

DELETED = "Deleted Document"


@frappe.whitelist()
@typed
def restore(name: str, alert: str | bool = True) -> None:
	"""As the host's; it takes anybody's word that they may."""
	named(DELETED, name)
	with bringing_back():
		host.restore(name, alert=frappe.utils.sbool(alert))


@frappe.whitelist()
@typed
def bulk_restore(docnames: str | list) -> dict:
	"""As :func:`restore`, of several."""
	names = names_sent("docnames", docnames)
	for name in names:
		named(DELETED, name)
	with bringing_back():
		return host.bulk_restore(names)
