"""Where Desk leads to the app, from Frappe 16 on: one icon, one sidebar with everything of ours, both shipped as files.

Whenever an app is installed, the framework makes an icon and a sidebar for each workspace that has none of its name. Of our
workspaces by role it makes four more, below the app's icon: that one then opens a box of four grey letters, without the
workspace the others are below, and theirs hide the sidebar that has everything.
"""

import frappe
from frappe.utils import add_days, get_datetime, now_datetime

from keep_customers.erp.host import has

APP, MODULE = "keep_customers", "Keep Customers"


def keep_one_entrance(app: str | None = None) -> None:
	"""Take away what the framework has made of our workspaces, and nobody has changed since."""
	workspaces = frappe.get_all(
		"Workspace", filters={"module": MODULE, "for_user": ("is", "not set")}, pluck="name"
	)
	made = {"name": ("in", workspaces or [""]), "standard": 0, "owner": "Administrator"}
	gone = 0
	for doctype, whose in (
		("Desktop Icon", {"link_type": "Workspace Sidebar"}),
		("Workspace Sidebar", {"for_user": ("is", "not set")}),
	):
		if has(doctype, *whose):
			rows = frappe.get_all(doctype, {**made, **whose}, ["name", "creation", "modified"])
			gone += _delete(doctype, [row.name for row in rows if row.creation == row.modified])
	if gone:
		frappe.clear_cache()  # each user's Desk remembers its icons and sidebars


def keep_changes() -> None:
	"""Before a migration, which writes a workspace or sidebar anew if its file is newer: what somebody has changed passes for
	the newest, and stays. Who wants ours again deletes it and migrates."""
	for doctype, ours in (
		("Workspace", {"module": MODULE}),
		# Some the host has saved itself as it was upgraded.
		("Workspace Sidebar", {"app": APP, "standard": 1, "modified_by": ("!=", "Administrator")}),
	):
		if not has(doctype, *(field for field in ours if field != "modified_by")):
			continue
		for row in frappe.get_all(doctype, ours, ["name", "modified"]):
			# The times in our files are full seconds; those of who saves have fractions.
			if get_datetime(row.modified).microsecond:
				newest = add_days(now_datetime(), 1)  # wherever on earth the file was written
				frappe.db.set_value(doctype, row.name, "modified", newest, update_modified=False)


def leave() -> None:
	"""Take away all icons and sidebars of ours: the framework keeps them when an app goes."""
	workspaces = frappe.get_all("Workspace", filters={"module": MODULE}, pluck="name")
	for doctype in ("Desktop Icon", "Workspace Sidebar"):
		if has(doctype, "app"):
			_delete(
				doctype,
				frappe.get_all(
					doctype, or_filters={"app": APP, "name": ("in", {MODULE, *workspaces})}, pluck="name"
				),
			)


def _delete(doctype: str, names: list[str]) -> int:
	"""Past the documents' own ways, which look for the files of an app that is not there, or is."""
	for table in frappe.get_meta(doctype).get_table_fields():
		frappe.db.delete(table.options, {"parenttype": doctype, "parent": ("in", names or [""])})
	frappe.db.delete(doctype, {"name": ("in", names or [""])})
	return len(names)
