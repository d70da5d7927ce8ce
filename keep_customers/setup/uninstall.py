"""Takes back everything installing and running the app has added to the site.

The reps' ToDos stay: they are ordinary ToDos of the host and may still be somebody's work. Nobody's permission is asked:
whoever may uninstall the app decides about what it leaves.
"""

import frappe

from keep_customers.benefits import pricing_rules
from keep_customers.complaints import assignment_rules
from keep_customers.erp.host import forget_columns
from keep_customers.setup import desktop
from keep_customers.setup.custom_fields import custom_fields
from keep_customers.setup.kanban import remove_boards
from keep_customers.setup.onboarding import remove_steps
from keep_customers.worth import ledger, stored

APP, MODULE, ROLE = "keep_customers", "Keep Customers", "Keep Customers Manager"
YEARLY = "-.YYYY.-"  # between a name's prefix and its number


def before_uninstall() -> None:
	doctypes = frappe.get_all("DocType", filters={"module": MODULE}, pluck="name")
	assignment_rules.remove_rules()
	pricing_rules.take_back_everything()
	forget_records_about(doctypes)
	remove_boards(doctypes)
	remove_custom_fields()
	ledger.drop_index()
	stored.forget()
	remove_steps()
	desktop.leave()


def after_uninstall() -> None:
	remove_role()
	remove_jobs()
	# The framework has committed before, and does not after.
	frappe.db.commit()  # nosemgrep: frappe-manual-commit, see above
	frappe.clear_cache()


def forget_records_about(doctypes: list[str]) -> None:
	"""What the host keeps about documents of ours: attachments, comments, versions, searches, saved filters …"""
	# Through their own life: the file on the disk goes too, unless something else uses it. It leaves a comment.
	for name in frappe.get_all("File", filters={"attached_to_doctype": ("in", doctypes)}, pluck="name"):
		frappe.delete_doc("File", name, ignore_permissions=True, force=True)
	for host, field in (
		("Comment", "reference_doctype"),
		("Version", "ref_doctype"),
		("View Log", "reference_doctype"),
		("Tag Link", "document_type"),
		("DocShare", "share_doctype"),
		("List Filter", "reference_doctype"),
		("User Permission", "applicable_for"),
		("Property Setter", "doc_type"),
		("Custom DocPerm", "parent"),
		("Deleted Document", "deleted_doctype"),
		("Logs To Clear", "ref_doctype"),
		("Notification Log", "document_type"),
		("Document Follow", "ref_doctype"),
		("Prepared Report", "report_name"),
		("Portal Menu Item", "reference_doctype"),
	):
		if frappe.db.table_exists(host) and frappe.db.has_column(host, field):
			frappe.db.delete(host, {field: ("in", doctypes)})
	# Nobody can approve a plan, answer a case or save a ToDo about what is gone; the reps' own are about customers.
	todos = frappe.get_all("ToDo", filters={"reference_type": ("in", doctypes)}, pluck="name") or [""]
	frappe.db.delete("ToDo", {"name": ("in", todos)})
	# What was written to the customer stays; it is about nothing any more.
	frappe.db.set_value(
		"Communication",
		{"reference_doctype": ("in", doctypes)},
		{"reference_doctype": None, "reference_name": None},
		update_modified=False,
	)
	for host in ("Email Account", "IMAP Folder"):
		frappe.db.set_value(host, {"append_to": ("in", doctypes)}, "append_to", None, update_modified=False)
	search = frappe.qb.Table("__global_search")
	of_todos = (search.doctype == "ToDo") & search.name.isin(todos)
	frappe.qb.from_(search).delete().where(search.doctype.isin(doctypes) | of_todos).run()
	for name in (MODULE, *doctypes):
		frappe.db.delete("Route History", {"route": ("like", f"%/{name}%")})
	user_settings = frappe.qb.Table("__UserSettings")
	frappe.qb.from_(user_settings).delete().where(user_settings.doctype.isin(doctypes)).run()
	frappe.db.delete("Singles", {"doctype": ("in", doctypes)})
	# Each day the host asks them what they are about, and those of others behind one that fails.
	for name in frappe.get_all("Notification", filters={"document_type": ("in", doctypes)}, pluck="name"):
		frappe.delete_doc("Notification", name, ignore_permissions=True, force=True)
	series = frappe.qb.Table("tabSeries")
	yearly = {"name": ("in", doctypes), "autoname": ("like", f"%{YEARLY}%")}
	for autoname in frappe.get_all("DocType", filters=yearly, pluck="autoname"):
		prefix = autoname.partition(YEARLY)[0]
		frappe.qb.from_(series).delete().where(series.name.like(f"{prefix}-____-")).run()


def remove_custom_fields() -> None:
	for doctype, fields in custom_fields().items():
		names = [field["fieldname"] for field in fields]
		for name in frappe.get_all(
			"Custom Field", filters={"dt": doctype, "fieldname": ("in", names)}, pluck="name"
		):
			frappe.delete_doc("Custom Field", name, ignore_permissions=True, force=True)
		frappe.db.delete("Property Setter", {"doc_type": doctype, "field_name": ("in", names)})
		frappe.clear_cache(doctype=doctype)
		drop_columns(doctype, names)


def drop_columns(doctype: str, names: list[str]) -> None:
	"""Deleting a Custom Field leaves its column and its values in the table; they are ours to take along."""
	for name in names:
		if frappe.db.has_column(doctype, name):
			# SQLite refuses to drop a column that an index still needs.
			if frappe.db.db_type == "sqlite":
				# nosemgrep: frappe-using-db-sql, names are ours and texts are parameters
				for (index,) in frappe.db.sql(
					"select name from sqlite_master where type = 'index' and tbl_name = %s and sql like %s",
					(f"tab{doctype}", f"%{name}%"),
				):
					# nosemgrep: frappe-using-db-sql, names are ours and texts are parameters
					frappe.db.sql_ddl(f"drop index `{index}`")
			# nosemgrep: frappe-using-db-sql, names are ours and texts are parameters
			frappe.db.sql_ddl(f"alter table `tab{doctype}` drop column `{name}`")
	forget_columns(doctype)


def remove_role() -> None:
	frappe.db.delete("Has Role", {"role": ROLE})
	frappe.db.delete("Custom DocPerm", {"role": ROLE})
	if frappe.db.exists("Role", ROLE):
		frappe.delete_doc("Role", ROLE, ignore_permissions=True, force=True)


def remove_jobs() -> None:
	jobs = frappe.get_all("Scheduled Job Type", filters={"method": ("like", f"{APP}.%")}, pluck="name")
	if jobs:
		frappe.db.delete("Scheduled Job Log", {"scheduled_job_type": ("in", jobs)})
		frappe.db.delete("Scheduled Job Type", {"name": ("in", jobs)})
	frappe.db.delete("Patch Log", {"patch": ("like", f"{APP}.%")})
