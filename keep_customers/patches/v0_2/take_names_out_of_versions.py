import frappe

from keep_customers.access.named_rows import NOT_IN_VERSIONS, without_names


def execute():
	"""Earlier versions of documents with tables of customers, which the framework shows to whoever reads the document."""
	for row in frappe.get_all(
		"Version",
		filters={"ref_doctype": ("in", list(NOT_IN_VERSIONS))},
		fields=["name", "ref_doctype", "data"],
	):
		if row.data and (data := without_names(row.ref_doctype, row.data)) != row.data:
			frappe.db.set_value("Version", row.name, "data", data, update_modified=False)
