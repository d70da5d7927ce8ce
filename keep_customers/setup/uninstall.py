"""Takes back everything installing and running the app has added to the site.

The reps' ToDos stay: they are ordinary ToDos of the host and may still be somebody's work. Nobody's permission is asked:
whoever may uninstall the app decides about what it leaves.
"""

import time

import frappe
from frappe import _
from frappe.utils.background_jobs import get_queue

from keep_customers.benefits import pricing_rules
from keep_customers.complaints import assignment_rules
from keep_customers.erp.host import forget_columns, has, most_queued
from keep_customers.privacy import erasure_log
from keep_customers.setup import desktop
from keep_customers.setup.custom_fields import custom_fields
from keep_customers.setup.kanban import remove_boards
from keep_customers.setup.onboarding import remove_steps
from keep_customers.worth import ledger, stored

APP, MODULE, ROLE = "keep_customers", "Keep Customers", "Keep Customers Manager"
YEARLY = "-.YYYY.-"  # between a name's prefix and its number
# The host queues a job for each document that it deletes: a field of ours and what stands on our pages; afterwards doctypes and reports.
OURS, HOSTS = 90, 150
PATIENCE = 20  # seconds without a single job done
# What people have made about documents and reports of ours. Without these it is about nothing, and the host would go on asking for
# it: each day, those of others behind one that fails; whenever somebody opens the dashboard; or it holds what customers are worth.
ABOUT_DOCUMENTS = (
	("Notification", "document_type"),
	("Workflow", "document_type"),
	("Dashboard Chart", "document_type"),
	("Number Card", "document_type"),
	("Data Import", "reference_doctype"),
)
ABOUT_REPORTS = (
	("Auto Email Report", "report"),
	("Prepared Report", "report_name"),
	("Dashboard Chart", "report_name"),
	("Number Card", "report_name"),
	("Custom Role", "report"),
	("Report", "reference_report"),
)
ABOUT_PAGES = (("Custom Role", "page"),)
# A dashboard or workspace that names one that is gone is not shown, with all that is not ours on it.
PLACES = {
	"Dashboard Chart": (("Dashboard Chart Link", "chart"), ("Workspace Chart", "chart_name")),
	"Number Card": (("Number Card Link", "card"), ("Workspace Number Card", "number_card_name")),
}
# One that leads nowhere keeps its workspace from being saved.
LEADING = (
	("Workspace Shortcut", "type"),
	("Workspace Link", "link_type"),
	("Workspace Sidebar Item", "link_type"),
)


def before_uninstall() -> None:
	wait_for_room_in_the_queue(OURS + HOSTS)
	doctypes = frappe.get_all("DocType", filters={"module": MODULE}, pluck="name")
	assignment_rules.remove_rules()
	pricing_rules.take_back_everything()
	forget_records_about(doctypes)
	forget_what_was_made_of(doctypes)
	let_go(doctypes)
	remove_boards(doctypes)
	remove_custom_fields()
	ledger.drop_index()
	stored.forget()
	erasure_log.remove()
	remove_steps()
	desktop.leave()
	wait_for_room_in_the_queue(HOSTS)  # a job for each file and rule is in it by now


def wait_for_room_in_the_queue(jobs: int) -> None:
	"""Frappe 16 refuses what is too much for its queue. In the midst of uninstalling that would leave half an app.

	:param jobs: how many there has to be room for
	:raises ValidationError: if nobody works on what waits there
	"""
	most = most_queued()
	if not most:
		return
	queue, fewest, since = get_queue("default"), None, time.monotonic()
	while (waiting := queue.count) and waiting + jobs > most:
		if fewest is None or waiting < fewest:
			fewest, since = waiting, time.monotonic()
		elif time.monotonic() - since > PATIENCE:
			frappe.throw(
				_(
					"{0} jobs wait in the queue, and no worker does them. Uninstalling needs room for {1} more: please start"
					" a worker (bench worker --queue default) or empty the queue (bench purge-jobs), and uninstall again."
				).format(waiting, jobs),
				title=_("The queue is full"),
			)
		time.sleep(0.5)


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
		("User Permission", "allow"),  # else who has one is let in nowhere
		("Session Default", "ref_doctype"),
		("Global Search DocType", "document_type"),
		("Property Setter", "doc_type"),
		("Custom DocPerm", "parent"),
		("Deleted Document", "deleted_doctype"),
		("Logs To Clear", "ref_doctype"),
		("Notification Log", "document_type"),
		("Document Follow", "ref_doctype"),
		("DocType Link", "link_doctype"),
		("Workspace Quick List", "document_type"),
		("Custom Field", "dt"),
		("Reminder", "reminder_doctype"),
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
	series = frappe.qb.Table("tabSeries")
	yearly = {"name": ("in", doctypes), "autoname": ("like", f"%{YEARLY}%")}
	for autoname in frappe.get_all("DocType", filters=yearly, pluck="autoname"):
		prefix = autoname.partition(YEARLY)[0]
		frappe.qb.from_(series).delete().where(series.name.like(f"{prefix}-____-")).run()


def forget_what_was_made_of(doctypes: list[str]) -> None:
	"""What people have made about our documents and reports, with its files, and what is ours on pages of others."""
	reports = frappe.get_all("Report", filters={"module": MODULE}, pluck="name")
	reports += frappe.get_all("Report", filters={"reference_report": ("in", reports)}, pluck="name")
	gone = {host: frappe.get_all(host, filters={"module": MODULE}, pluck="name") for host in PLACES}
	pages = frappe.get_all("Page", filters={"module": MODULE}, pluck="name")
	for tables, about in ((ABOUT_DOCUMENTS, doctypes), (ABOUT_REPORTS, reports), (ABOUT_PAGES, pages)):
		for host, field in tables:
			# Of no names the host would find what names nobody.
			if about and has(host, field):
				names = frappe.get_all(host, filters={field: ("in", about)}, pluck="name")
				gone.setdefault(host, []).extend(names)
	for host, places in PLACES.items():
		for table, field in places if gone[host] else ():
			frappe.db.delete(table, {field: ("in", gone[host])})
	workspaces = frappe.get_all("Workspace", filters={"module": MODULE}, pluck="name")
	for table, field in LEADING:
		if has(table, field):
			for kind, names in (
				("DocType", doctypes),
				("Report", reports),
				("Page", pages),
				("Workspace", workspaces),
			):
				if names:
					frappe.db.delete(table, {field: kind, "link_to": ("in", names)})
	for host, names in gone.items():
		for name in set(names):
			frappe.delete_doc(host, name, ignore_permissions=True, force=True, ignore_missing=True)


def let_go(doctypes: list[str]) -> None:
	"""What is other people's and leads to us: where their day begins, their pages below ours, their fields."""
	workspaces = frappe.get_all("Workspace", filters={"module": MODULE}, pluck="name")
	# Without it the host refuses to open Desk for who begins there.
	for host, field, ours in (
		("User", "default_workspace", workspaces),
		("User", "default_app", [APP]),
		("Workspace", "parent_page", workspaces),
	):
		if ours and has(host, field):
			frappe.db.set_value(host, {field: ("in", ours)}, field, "", update_modified=False)
	everybodys = "System Settings", "default_app"
	if has(*everybodys) and frappe.db.get_single_value(*everybodys) == APP:
		frappe.db.set_single_value(*everybodys, "")
	# What stands in a link to one of our documents stays, as text: nobody could save it as what it was.
	for table, whose in (("Custom Field", "dt"), ("DocField", "parent")):
		links = {"fieldtype": "Link", "options": ("in", doctypes), whose: ("not in", doctypes)}
		for name in frappe.get_all(table, filters=links, pluck="name"):
			frappe.db.set_value(table, name, {"fieldtype": "Data", "options": None})


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
