"""A site that may be taken apart: the app is installed, migrated and uninstalled on it.

The sandbox makes a fresh site for it. Elsewhere it is done to the given site itself, and only if
KEEP_TEST_UNINSTALL=1 allows that everything the app knows there is deleted.
"""

import contextlib
import os
import sys
from pathlib import Path

import frappe
import pytest

from tests.site import putback
from tests.site.removal import remove_everything

sys.path.insert(0, str(Path(__file__).parents[3]))
from sandbox import layers, paths

APP, MODULE = "keep_customers", "Keep Customers"
FRESH = Path(os.environ.get("KEEP_TEST_SITES_PATH", ".")).resolve() == paths.SITES
ALLOWED = os.environ.get("KEEP_TEST_UNINSTALL") == "1"
ONLY_WHERE_ALLOWED = pytest.mark.skipif(
	not (FRESH or ALLOWED),
	reason="would delete this site's data: set KEEP_TEST_UNINSTALL=1 to allow it",
)

# The host's own memory of what happened; it is nobody's to delete.
LOGS = {
	"tabError Log", "tabScheduled Job Log", "tabActivity Log", "tabDeleted Document", "tabAccess Log",
	"tabPermission Log", "tabVersion",
}  # fmt: skip
# Rewritten by the framework when the user next opens Desk.
VERSIONS = ("tabUser", "last_known_versions")
# Words, of which the host uses some itself: ERPNext has a field "Customer Feedback".
LABELS = ("tabDocField", "label")


def connect(site):
	sites = os.getcwd()
	frappe.destroy()
	frappe.init(site, sites_path=sites)
	frappe.connect()
	frappe.set_user("Administrator")
	frappe.flags.mute_emails = True


@contextlib.contextmanager
def site_without():
	"""Connected to a site without the app; afterwards to the tests' own again."""
	home = frappe.local.site
	frappe.db.commit()
	if FRESH:
		with layers.temporary_site(frappe.conf.db_type, dict(os.environ), "erpnext") as site:
			connect(site)
			try:
				yield
			finally:
				connect(home)
	else:
		remove_everything()
		with putback.paused():
			uninstall()
			try:
				yield
			finally:  # the other tests need it, as it ships
				connect(home)  # what went wrong may have gone on without it
				if APP in frappe.get_installed_apps():
					uninstall()
				install()


def install():
	from frappe.installer import install_app

	install_app(APP)
	frappe.db.commit()
	connect(frappe.local.site)


def uninstall():
	from frappe.installer import remove_app
	from frappe.utils.background_jobs import get_queue

	get_queue("default").empty()  # nobody works on it while tests run, and uninstalling waits for room there
	remove_app(APP, yes=True, no_backup=True)
	# The framework does not commit what is done after it; that is up to the app.
	frappe.db.rollback()
	connect(frappe.local.site)


def migrate():
	from frappe.migrate import SiteMigration

	site = frappe.local.site
	frappe.db.commit()
	SiteMigration(skip_search_index=True).run(site=site)
	connect(site)


def tables() -> dict[str, list[str]]:
	"""Every table of the database with its columns and indexes."""
	return {table: sorted(columns(table)) + sorted(_indexes(table)) for table in _tables()}


def _indexes(table) -> set[str]:
	if frappe.db.db_type == "sqlite":
		return {f"index {row[1]}" for row in frappe.db.sql(f"pragma index_list(`{table}`)")}
	if frappe.db.db_type == "postgres":
		return {
			f"index {row[0]}"
			for row in frappe.db.sql("select indexname from pg_indexes where tablename = %s", table)
		}
	return {f"index {row[2]}" for row in frappe.db.sql(f"show index from `{table}`")}


def _tables() -> list[str]:
	if frappe.db.db_type == "sqlite":
		return [row[0] for row in frappe.db.sql("select name from sqlite_master where type = 'table'")]
	if frappe.db.db_type == "postgres":
		return frappe.db.get_tables(cached=False)
	return [row[0] for row in frappe.db.sql("show tables")]


def columns(table, kinds=("",)) -> list[str]:
	"""Its columns, of those kinds."""
	if frappe.db.db_type == "sqlite":
		rows = [(row[1], row[2]) for row in frappe.db.sql(f"pragma table_info(`{table}`)")]
	elif frappe.db.db_type == "postgres":
		rows = frappe.db.sql(
			"select column_name, data_type from information_schema.columns where table_schema = 'public' and table_name = %s",
			table,
		)
	else:
		rows = [row[:2] for row in frappe.db.sql(f"show columns from `{table}`")]
	return [name for name, kind in rows if any(word in kind.lower() for word in kinds)]


def mentions(doctypes) -> list[str]:
	"""Every table and column of the database that speaks of the app or of one of its doctypes."""
	found = []
	for table in _tables():
		if table in LOGS:
			continue
		for column in columns(table, ("char", "text")):
			if (table, column) in (VERSIONS, LABELS):
				continue
			rows = frappe.db.sql(
				f"select `{column}` from `{table}` where `{column}` like %s or `{column}` like %s or `{column}` in %s",
				(f"%{APP}%", f"%{MODULE}%", tuple(doctypes)),
			)
			found += [f"{table}.{column}: {str(row[0])[:80]}" for row in rows]
	return found


def ours() -> list[str]:
	return frappe.get_all("DocType", filters={"module": MODULE}, pluck="name")


def everything_written() -> dict:
	"""All rows of the app's documents, and its fields on others, without the time they were touched."""
	state = {}
	for doctype in sorted(ours()):
		if frappe.get_meta(doctype).issingle:
			state[doctype] = sorted(
				frappe.db.sql("select field, value from tabSingles where doctype = %s", doctype)
			)
		else:
			state[doctype] = frappe.db.sql(f"select * from `tab{doctype}` order by name")
	for doctype in (
		"Custom Field",
		"Scheduled Job Type",
		"Number Card",
		"Dashboard Chart",
		"Workspace",
		"Role",
		"Assignment Rule",
	):
		rows = frappe.get_all(doctype, fields=["*"], order_by="name", limit=0)
		state[doctype] = [
			{
				key: value
				for key, value in row.items()
				if key not in ("modified", "creation", "last_execution")
			}
			for row in rows
			if row.get("module") == MODULE or "keep" in row.name.lower() or doctype == "Assignment Rule"
		]
	return state
