"""Files: the host takes anybody's word that one of theirs is at some address, and then gives them what is there."""

import os
from urllib.parse import unquote

import frappe
from frappe.core.api import file as host_api
from frappe.core.doctype.communication import email
from frappe.core.doctype.file import file as host
from frappe.utils import file_manager, get_files_path

from keep_customers.access.lookups import named
from keep_customers.erp.api import refuse, rows_sent, typed
from keep_customers.erp.permissions import nothing_said


def has_file_permission(doc, ptype: str = "read", user: str | None = None, debug: bool = False) -> bool:
	"""As the host's; and who says that a file is at an address may read the one that is there."""
	if ptype in ("create", "write") and not doc.is_folder and not _may_be_there(doc, user):
		return False
	# Frappe 15 asks no further once somebody has answered; and it would name what the file hangs on.
	with nothing_said():
		return bool(host.has_permission(doc, ptype, user, debug))


def _may_be_there(doc, user: str | None) -> bool:
	if (user or frappe.session.user) == "Administrator" or (doc.get("content") and not doc.file_url):
		return True  # what is sent gets a name of its own
	stored = frappe.db.get_value("File", doc.name, ["file_url", "file_name", "is_private"], as_dict=True)
	place = _place(doc)
	if stored and _place(stored) == place:
		return True
	private = os.path.realpath(get_files_path(is_private=1))
	if os.path.commonpath((private, place)) != private:
		return True
	address = f"/private/files/{os.path.relpath(place, private)}"
	there = frappe.get_all("File", filters={"file_url": address}, pluck="name")
	with nothing_said():
		return not there or any(
			host.has_permission(frappe.get_doc("File", one), "read", user) for one in there
		)


def _place(file) -> str:
	"""Where on the disk the host would look for it, however the address is spelled."""
	address = unquote(file.file_url or "")
	named = {"file_url": address, "file_name": file.file_name or "", "is_private": file.is_private}
	return os.path.realpath(frappe.get_doc({"doctype": "File", **named}).get_full_path())


@frappe.whitelist()
@typed
def add_attachments(doctype: str, name: str | int, attachments: str | list) -> list:
	"""As the host's, of files that the user may read, to a document that they may write; it asks for neither."""
	named(doctype, str(name), "write")
	return file_manager.add_attachments(doctype, name, _readable_files(attachments))


@frappe.whitelist()
@typed
def make(subject: str, attachments: str | list | None = None, **more: object) -> dict:
	"""As the host's; an e-mail takes along what its sender may read."""
	files = _readable_files(attachments) or None
	return frappe.call(email.make, subject=subject, attachments=files, **more)


@frappe.whitelist()
@typed
def unzip_file(name: str) -> list:
	"""As the host's; who unpacks a file owns what was in it."""
	named("File", name)
	return host_api.unzip_file(name)


def _readable_files(sent: object) -> list:
	"""
	:raises frappe.PermissionError: if one is named that the user may not read
	"""
	found = rows_sent("attachments", sent)
	if not all(isinstance(one, str | dict) for one in found):
		refuse("Argument 'attachments' should be a list of files.")
	for one in found:
		if isinstance(one, str):
			named("File", one)
	return found
