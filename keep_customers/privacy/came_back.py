"""Who was forgotten and is here again, as a backup from before was restored.

From then on nobody writes to them, where they were not to be written to; whether they are forgotten again a manager says, who sees
first what would go. The backup may have been restored to look something up.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator

import frappe
from frappe import _
from frappe.utils import get_datetime

from keep_customers.erp.attempts import attempt
from keep_customers.erp.todos import notify_managers
from keep_customers.people.addresses import mark
from keep_customers.people.reached import CONTACT, PERSON
from keep_customers.privacy import among, erasure_log, person
from keep_customers.privacy.forgetting import CAME_BACK, DOCTYPE, DONE, Wish, note_never_again
from keep_customers.privacy.person import Person

# Where somebody is reached: doctype, column, and which document says so.
REACHED_AT = (
	("Contact Email", "email_id", CONTACT, "parent"),
	("Contact Phone", "phone", CONTACT, "parent"),
	(PERSON, "email", PERSON, "name"),
	(PERSON, "phone", PERSON, "name"),
)
Documents = dict[str, set[str]]  # doctype -> names


def look() -> None:
	"""Note who came back, and tell the managers; of who did not, or is gone again by other ways, that they were forgotten."""
	noted = erasure_log.entries()
	known = _records(noted)
	undone = {name: entry for name, entry in noted.items() if known.get(name) in (None, CAME_BACK)}
	if not undone:
		return
	here = _here(undone)
	for name, entry in undone.items():
		if name not in known:
			attempt(lambda name=name, entry=entry: _note(name, entry, name in here))
		elif name not in here:
			attempt(lambda name=name: frappe.db.set_value(DOCTYPE, name, "status", DONE))
	back = sorted(here.keys() - known)
	if back:
		attempt(lambda: _tell(back))


def _records(names: Collection[str]) -> dict[str, str]:
	"""Forgotten Person -> status, of those the database knows."""
	rows = among.find(DOCTYPE, "name", names, ["name", "status"])
	return {row.name: row.status for row in rows}


def whom(forgotten: str) -> Person:
	"""Who it is by now.

	:raises frappe.ValidationError: if they did not come back, or are gone again
	"""
	entry = erasure_log.entries().get(forgotten)
	came_back = entry and _records([forgotten]).get(forgotten) == CAME_BACK
	found = _here({forgotten: entry}) if came_back else {}
	if not found:
		frappe.throw(_("There is nobody to be forgotten again."))
	return found[forgotten]


def _here(undone: dict[str, dict]) -> dict[str, Person]:
	"""Forgotten Person -> who it is, of those who are here."""
	found: dict[str, Documents] = defaultdict(lambda: defaultdict(set))
	by_document = {one: name for name, entry in undone.items() for one in entry["documents"]}
	by_address = {one: name for name, entry in undone.items() for one in (*entry["emails"], *entry["phones"])}
	for doctype, document in _documents():
		if name := by_document.get(erasure_log.fingerprint(doctype, document)):
			found[name][doctype].add(document)
	for doctype, document, address in _addresses() if by_address else ():
		if name := by_address.get(mark(address)):
			found[name][doctype].add(document)
	return {
		name: person.of_documents(documents[CONTACT], documents[PERSON]) for name, documents in found.items()
	}


def _documents() -> Iterator[tuple[str, str]]:
	for doctype in (CONTACT, PERSON):
		for name in frappe.get_all(doctype, pluck="name"):
			yield doctype, name


def _addresses() -> Iterator[tuple[str, str, str]]:
	for table, column, doctype, named in REACHED_AT:
		rows = frappe.get_all(table, filters={column: ("is", "set")}, fields=[named, column])
		for row in rows:
			yield doctype, row[named], row[column]


def _note(name: str, entry: dict, is_here: bool) -> None:
	"""The record under its old name, and the noes; all of it or nothing. Who it is stands nowhere, so that it is gone with them."""
	wish = Wish(**entry["wish"])
	doc = frappe.get_doc(
		{
			"doctype": DOCTYPE,
			"status": CAME_BACK if is_here else DONE,
			"asked_by": entry["asked_by"] if frappe.db.exists("User", entry["asked_by"]) else None,
			"asked_on": get_datetime(entry["asked_on"]),
			"marks": " ".join(sorted({*entry["emails"], *entry["phones"]})),
		}
	)
	doc.insert(ignore_permissions=True, set_name=name)
	if wish.never_again:
		note_never_again(entry["emails"], entry["phones"], get_datetime(entry["asked_on"]).date())


def _tell(back: list[str]) -> None:
	subject = _("An older backup was restored: {0} people who had been forgotten are stored again.")
	if len(back) == 1:
		subject = _("An older backup was restored: a person who had been forgotten is stored again.")
	notify_managers(DOCTYPE, back[0], subject.format(len(back)), by_mail=True)
