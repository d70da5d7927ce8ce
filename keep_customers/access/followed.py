"""Documents that somebody follows: the host mails them every change and comment, and asks neither then nor later whether they
may read the document.

That is asked when it is mailed, as rights change, and as the host itself lets people follow what is assigned to them.
"""

import frappe
from frappe.desk.form import document_follow

from keep_customers.erp.acting import acting_as
from keep_customers.erp.host import where_we_are


def install(**_about) -> None:
	"""What is mailed of a document is mailed to who may read it on that day."""
	if getattr(document_follow, "_keep_customers", False):
		return
	told = document_follow.get_message

	def to_who_may_read(doc_name, doctype, frequency, user):
		return told(doc_name, doctype, frequency, user) if _reads(user, doctype, doc_name) else []

	document_follow.get_message = where_we_are(told, to_who_may_read)
	document_follow._keep_customers = True


def _reads(user: str, doctype: str, name: str) -> bool:
	if not frappe.db.exists(doctype, name):
		return False
	with acting_as(user):
		return bool(frappe.has_permission(doctype, "read", doc=name))
