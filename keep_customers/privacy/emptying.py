"""Words are taken out of documents that are about somebody, and what the host keeps beside these documents goes.

The documents stay, nameless: how many contacts there were, what a gift has cost, how long a complaint took.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

import frappe
from pypika.terms import Criterion

from keep_customers.erp.tables import chunks
from keep_customers.people.reached import CONTACT, FILE, PERSON
from keep_customers.privacy import among, places
from keep_customers.privacy.belongings import Names
from keep_customers.privacy.person import OCCASION, Person
from keep_customers.privacy.words import GONE

MANY = 1000  # documents a statement
DELETED, EMPTIED, CHANGED = "Deleted", "Emptied", "Changed"
Counts = Counter  # (doctype, what was done) -> documents
UNSUBSCRIBE = "Email Unsubscribe"
# Rows that are nothing without the person.
ROWS = (PERSON, OCCASION, "Contact Confirmation")
# What the framework writes beside a document: its doctype, its name.
BESIDE = {
	"Comment": ("reference_doctype", "reference_name"),
	"Version": ("ref_doctype", "docname"),
	"Notification Log": ("document_type", "document_name"),
	"View Log": ("reference_doctype", "reference_name"),
	"Tag Link": ("document_type", "document_name"),
	"Document Follow": ("ref_doctype", "ref_docname"),
	"DocShare": ("share_doctype", "share_name"),
	"Document Share Key": ("reference_doctype", "reference_docname"),
	"Activity Log": ("reference_doctype", "reference_name"),
	"Access Log": ("export_from", "reference_document"),
	"Error Log": ("reference_doctype", "reference_name"),
	"Deleted Document": ("deleted_doctype", "deleted_name"),
	"Milestone": ("reference_type", "reference_name"),
	"Energy Point Log": ("reference_doctype", "reference_name"),
	"Integration Request": ("reference_doctype", "reference_docname"),
	"Webhook Request Log": ("reference_doctype", "reference_document"),
	UNSUBSCRIBE: ("reference_doctype", "reference_name"),
	"Reminder": ("reminder_doctype", "reminder_docname"),
	"Communication Link": ("link_doctype", "link_name"),
	"Event Participants": ("reference_doctype", "reference_docname"),
}
# What the framework keeps with a document itself.
WITH_IT = ("_comments", "_user_tags", "_liked_by", "_seen")


def empty(doctype: str, names: Collection[str], links: bool = True) -> int:
	"""Take the words out of documents, and the links to who it was; how many there were.

	:param links: whether the links go; where words are only old, it stays known who it was
	"""
	place, table = places.place(doctype, old=not links), frappe.qb.DocType(doctype)
	values = {one: GONE if one in place.needed else None for one in place.words}
	values |= dict.fromkeys(places.links_to(doctype, CONTACT) if links else ())
	values |= dict.fromkeys(places.stored(doctype, *WITH_IT))
	for part in chunks(sorted(names), MANY):
		if values:
			query = frappe.qb.update(table).where(table.name.isin(part))
			for field, value in values.items():
				query = query.set(table[field], value)
			query.run()
		if links:
			_unlink(doctype, part)
		_forget_copies(doctype, part)
	return len(names)


def _unlink(doctype: str, names: Sequence[str]) -> None:
	"""Nothing leads to rows that are gone."""
	table = frappe.qb.DocType(doctype)
	for kind, field in places.open_links(doctype):
		query = frappe.qb.update(table).set(table[kind], None).set(table[field], None)
		query.where(table.name.isin(names) & table[kind].isin([CONTACT, PERSON, OCCASION])).run()


def empty_files(person: Person, whole: bool) -> int:
	"""The personal part of the Customer Files whose only person it was; how many there were."""
	if not whole or not person.customers:
		return 0
	empty_personal_parts(person.customers)
	return among.count(FILE, "name", person.customers)


def empty_personal_parts(files: Sequence[str]) -> None:
	"""Of Customer Files; what the firm makes and needs stays."""
	file = frappe.qb.DocType(FILE)
	query = frappe.qb.update(file).where(file.name.isin(files))
	for field in (*places.personal_words(), *places.stored(FILE, *WITH_IT)):
		query = query.set(file[field], None)
	query.run()
	_forget_copies(FILE, files)


def rows_gone(owned: Names) -> Counts:
	"""Rows that are nothing without the person; the files say that they have changed, so that no open form writes them back."""
	done: Counts = Counter()
	for doctype in ROWS:
		if names := owned.get(doctype):
			parents = set(_column(doctype, "parent", names)) if frappe.get_meta(doctype).istable else set()
			for part in chunks(names, MANY):
				frappe.db.delete(doctype, {"name": ("in", part)})
			_touch(parents)
			done[doctype, DELETED] += len(names)
	return done


def _touch(files: Iterable[str]) -> None:
	for name in sorted(filter(None, files)):
		for doctype in (PERSON, OCCASION):
			about = {"parent": name, "parenttype": FILE}
			for at, row in enumerate(frappe.get_all(doctype, about, pluck="name", order_by="idx asc"), 1):
				frappe.db.set_value(doctype, row, "idx", at, update_modified=False)
		if frappe.db.exists(FILE, name):
			frappe.db.set_value(FILE, name, "modified", frappe.utils.now())


def _column(doctype: str, column: str, names: Collection[str]) -> list[str]:
	return sorted(among.pluck(doctype, "name", names, column))


def _forget_copies(doctype: str, names: Collection[str]) -> None:
	for name in names:
		frappe.clear_document_cache(doctype, name)


# What the host keeps beside them


def beside(doctype: str, names: Collection[str]) -> Counts:
	"""Delete what the framework keeps beside documents: who said what about them, what they were, who heard of it."""
	done: Counts = Counter()
	for part in chunks(sorted(names), MANY):
		done += _files(doctype, part)
		for host, columns in BESIDE.items():
			if len(places.stored(host, *columns)) == 2:
				table = frappe.qb.DocType(host)
				about = _about(table, columns, doctype, part)
				if host == UNSUBSCRIBE:
					# The no to all of the host's mails is kept, see mentions.py.
					about = about & (table.global_unsubscribe == 0)
				done[host, DELETED] += delete(host, about)
		done += queued(_queue_about(doctype, part))
		search = frappe.qb.Table("__global_search")
		of_them = (search.doctype == doctype) & search.name.isin(part)
		frappe.qb.from_(search).delete().where(of_them).run()
	return +done


def versions_of(files: Collection[str]) -> int:
	"""What Customer Files were before: it tells of rows by their place."""
	version = frappe.qb.DocType("Version")
	return sum(
		delete("Version", _about(version, ("ref_doctype", "docname"), FILE, part))
		for part in chunks(sorted(files), MANY)
	)


def delete(doctype: str, condition: Criterion) -> int:
	"""Delete rows past the document's life; how many there were."""
	table = frappe.qb.DocType(doctype)
	[[count]] = (
		frappe.qb.from_(table).select(frappe.query_builder.functions.Count("*")).where(condition).run()
	)
	if count:
		frappe.qb.from_(table).delete().where(condition).run()
	return count


def _about(table, columns: tuple[str, str], doctype: str, names: Sequence[str]) -> Criterion:
	kind, name = columns
	return (table[kind] == doctype) & table[name].isin(list(names))


def _files(doctype: str, names: Sequence[str]) -> Counts:
	"""Attachments, through their own life: what lies on the disk goes too, unless something else uses it."""
	found = among.find("File", "attached_to_name", names, attached_to_doctype=doctype)
	for name in found:
		frappe.delete_doc("File", name, ignore_permissions=True, force=True, delete_permanently=True)
	return Counter({("File", DELETED): len(found)})


def _queue_about(doctype: str, names: Sequence[str]) -> list[str]:
	if not places.stored("Email Queue", "reference_doctype"):
		return []
	return among.find("Email Queue", "reference_name", names, reference_doctype=doctype)


def queued(mails: Collection[str]) -> Counts:
	"""Delete mails that are sent, or wait to be."""
	for part in chunks(sorted(mails), MANY):
		frappe.db.delete("Email Queue Recipient", {"parent": ("in", part)})
		frappe.db.delete("Email Queue", {"name": ("in", part)})
	return Counter({("Email Queue", DELETED): len(mails)})
