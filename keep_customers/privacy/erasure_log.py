"""Who was forgotten, noted beside the database: a backup from before, when it is restored, takes back what the database says of it.

A file of the site that the host's backups leave out. There are no names in it and no addresses, only fingerprints: of the documents
somebody was, made with the site's own key, and of where they alone were reached.
"""

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import frappe

from keep_customers.erp.signed import keyed
from keep_customers.people.addresses import mark
from keep_customers.people.reached import CONTACT, PERSON
from keep_customers.privacy.person import Person

OURS_ALONE = 0o600
KEYS = {"name", "asked_by", "asked_on", "documents", "emails", "phones", "wish"}


def note(forgotten: str, person: Person, wish: dict, asked_by: str, asked_on) -> None:
	"""Add somebody; who is added again is there once.

	:param forgotten: the Forgotten Person
	:param wish: how they were forgotten
	"""
	entry = {
		"name": forgotten,
		"asked_by": asked_by,
		"asked_on": str(asked_on),
		"documents": sorted(
			[fingerprint(CONTACT, one) for one in person.contacts]
			+ [fingerprint(PERSON, one) for one in person.rows]
		),
		"emails": sorted({mark(one) for one in person.emails} - {""}),
		"phones": sorted({mark(one) for one in person.phones} - {""}),
		"wish": wish,
	}
	path = _path()
	path.parent.mkdir(parents=True, exist_ok=True)
	# In one piece, after whatever another job has added; a line that was cut off when the disk was full does not spoil it.
	file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, OURS_ALONE)
	try:
		os.write(file, f"\n{json.dumps(entry)}\n".encode())
	finally:
		os.close(file)


def entries() -> dict[str, dict]:
	"""Forgotten Person -> what was noted."""
	return {entry["name"]: entry for entry in _read()}


def _read() -> Iterator[dict]:
	try:
		lines = _path().read_text(errors="replace").splitlines()
	except OSError:
		return
	for line in filter(None, lines):
		with suppress(ValueError):
			entry = json.loads(line)
			if isinstance(entry, dict) and entry.keys() == KEYS:
				yield entry


def fingerprint(doctype: str, name: str) -> str:
	"""Of a document: what it is called may be guessed, so it takes the site's key to try."""
	return keyed(f"keep_customers forgotten {doctype} {name}")[:20]


def remove() -> None:
	"""Uninstalling leaves nothing on the disk."""
	with suppress(OSError):
		_path().unlink(missing_ok=True)
		_path().parent.rmdir()


def _path() -> Path:
	return Path(frappe.get_site_path("private", "keep_customers", "forgotten.jsonl"))
