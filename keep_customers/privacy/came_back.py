"""Who was forgotten and is here again, as a backup from before was restored.

From then on nobody writes to them, where they were not to be written to; whether they are forgotten again a manager says, who sees
first what would go. The backup may have been restored to look something up.
"""

from collections import defaultdict
from collections.abc import Iterator

import frappe
from frappe import _
from frappe.utils import get_datetime

from keep_customers.engine.consent import CHANNELS, REFUSED
from keep_customers.erp.attempts import attempt
from keep_customers.erp.todos import notify_managers
from keep_customers.people import ledger
from keep_customers.people.addresses import EMAIL, KINDS, mark
from keep_customers.people.reached import CONTACT, PERSON
from keep_customers.privacy import erasure_log, forgetting, person
from keep_customers.privacy.forgetting import CAME_BACK, DOCTYPE, DONE, Wish
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
	"""Note who came back, and tell the managers; of who did not, that they were forgotten."""
	noted = erasure_log.entries()
	known = set(frappe.get_all(DOCTYPE, filters={"name": ("in", list(noted))}, pluck="name")) if noted else ()
	undone = {name: entry for name, entry in noted.items() if name not in known}
	if not undone:
		return
	here = _here(undone)
	for name, entry in undone.items():
		attempt(lambda name=name, entry=entry: _note(name, entry, here.get(name)))
	back = sorted(here)
	if back:
		attempt(lambda: _tell(back))


def whom(forgotten: str) -> Person:
	"""Who it is by now.

	:raises frappe.ValidationError: if they did not come back, or are gone
	"""
	row = frappe.db.get_value(DOCTYPE, forgotten, ["status", "work"], as_dict=True)
	if not row or row.status != CAME_BACK:
		frappe.throw(_("There is nobody to be forgotten again."))
	work = frappe.parse_json(row.work)
	return person.once_more(Person.of(work["person"]))


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


def _note(name: str, entry: dict, who: Person | None) -> None:
	"""The record under its old name, and the noes; all of it or nothing."""
	wish = Wish(**entry["wish"])
	doc = frappe.get_doc(
		{
			"doctype": DOCTYPE,
			"status": CAME_BACK if who else DONE,
			"asked_by": entry["asked_by"] if frappe.db.exists("User", entry["asked_by"]) else None,
			"asked_on": get_datetime(entry["asked_on"]),
			"marks": " ".join(sorted({*entry["emails"], *entry["phones"]})),
			"work": forgetting.work_of(who, wish) if who else None,
		}
	)
	doc.insert(ignore_permissions=True, set_name=name)
	if wish.never_again:
		day = get_datetime(entry["asked_on"]).date()
		ledger.note(
			ledger.Entry(channel, REFUSED, ledger.MESSAGE, day, mark=one)
			for channel in CHANNELS
			if channel in KINDS
			for one in entry["emails" if KINDS[channel] == EMAIL else "phones"]
		)


def _tell(back: list[str]) -> None:
	subject = _("An older backup was restored: {0} people who had been forgotten are stored again.")
	if len(back) == 1:
		subject = _("An older backup was restored: a person who had been forgotten is stored again.")
	notify_managers(DOCTYPE, back[0], subject.format(len(back)), by_mail=True)
