"""The files with what is stored of somebody: each is its maker's alone, lasts a week, and goes with whom it is about."""

import json
from collections import Counter

import frappe
from frappe.utils import add_to_date, now_datetime

from keep_customers.privacy.emptying import DELETED, Counts
from keep_customers.privacy.person import Person
from keep_customers.privacy.words import folded

FILE = "File"
BEGINS, ENDS = "personal-data-", ".json"
DAYS = 7
KEYS = {"made_on", "names", "addresses", "documents"}  # what each has in it


def keep(found: dict, owner: str | None = None) -> str:
	"""What is known of somebody, as a private file of one user, else of the one of this session; returns its address."""
	file = frappe.get_doc(
		{
			"doctype": FILE,
			"file_name": f"{BEGINS}{frappe.generate_hash(length=8)}{ENDS}",
			"content": as_text(found),
			"is_private": 1,
		}
	)
	# Attached to nothing, so that nobody else finds it; who made it was asked for their right.
	file.insert(ignore_permissions=True)
	if owner and owner != file.owner:
		frappe.db.set_value(FILE, file.name, "owner", owner, update_modified=False)
	return file.file_url


def made_lately(owner: str) -> bool:
	"""Whether one of theirs was made within the hour, so that nobody has files made without end."""
	since = add_to_date(now_datetime(), hours=-1)
	return bool(_names(owner=owner, creation=(">", since)))


def as_text(found: dict) -> str:
	return json.dumps(found, indent=1, ensure_ascii=False, default=str)


def remove_old() -> None:
	"""Those that have lasted; a background job: it commits."""
	old = _names(creation=("<", add_to_date(now_datetime(), days=-DAYS)))
	# As they were made before: whoever sent the request reads what hangs on it.
	for name in dict.fromkeys([*old, *_names(attached_to_doctype="Personal Data Download Request")]):
		if _is_ours(name):
			frappe.delete_doc(FILE, name, ignore_permissions=True, delete_permanently=True)
			frappe.db.commit()  # nosemgrep: frappe-manual-commit, each file by itself


def _is_ours(name: str) -> bool:
	"""What hangs on nothing and is called so is; of the others their content says so."""
	file = frappe.get_doc(FILE, name)
	return not file.attached_to_doctype or _told(file) is not None


def gone_with(person: Person) -> Counts:
	"""Those about somebody who is forgotten."""
	done: Counts = Counter()
	for name in _names():
		if _is_about(person, frappe.get_doc(FILE, name)):
			frappe.delete_doc(FILE, name, ignore_permissions=True, delete_permanently=True)
			done[FILE, DELETED] += 1
	return done


def _names(**more) -> list[str]:
	"""Wherever they hang: somebody may have given one on with a document."""
	named = {"file_name": ("like", f"{BEGINS}%{ENDS}"), "is_private": 1, **more}
	return frappe.get_all(FILE, filters=named, pluck="name")


def _told(file) -> tuple[set, set] | None:
	"""(names, addresses) it is about; None for somebody else's file of such a name, or one that is gone already."""
	try:
		found = json.loads(file.get_content())
		return (set(found["names"]), set(found["addresses"])) if KEYS <= found.keys() else None
	except (OSError, ValueError, TypeError, KeyError, AttributeError):
		return None


def _is_about(person: Person, file) -> bool:
	names, addresses = _told(file) or (set(), set())
	own = {one for one in person.own_names if folded(one) not in person.namesakes}
	return bool(names & own or addresses & set(person.addresses))
