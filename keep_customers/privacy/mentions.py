"""Somebody is taken out of what others have written: their names and addresses, wherever these stand in texts.

In the papers of their customers first and last names mean them as well; elsewhere only what can mean nobody else does.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from email import message_from_string
from email.policy import default

import frappe
from frappe.utils import cint
from pypika.terms import Criterion

from keep_customers.erp.tables import chunks, like
from keep_customers.people.reached import CUSTOMER, FILE
from keep_customers.privacy import belongings, emptying, places
from keep_customers.privacy.emptying import (
	CHANGED,
	DELETED,
	MANY,
	UNSUBSCRIBE,
	WITH_IT,
	Counts,
	delete,
	queued,
)
from keep_customers.privacy.person import Person
from keep_customers.privacy.words import Words

# A row of these says nothing without whom it names.
DROPPED = {
	"Deleted Document", "Document Follow", "Email Group Member", "Email Queue Recipient", UNSUBSCRIBE,
	"Notification Log", "Prepared Report", "Reminder", "Route History", "Tag Link", "Unhandled Email", "View Log",
}  # fmt: skip
# Tables of the framework's that are no doctypes: name, what a row is known by, words, what it is called.
BARE = (
	("__global_search", ("doctype", "name"), ("title", "content"), "Global Search"),
	("__UserSettings", ("user", "doctype"), ("data",), "User Settings"),
	("tabSingles", ("doctype", "field"), ("value",), "Settings"),
)
# What the host says beside a document: its doctype, its name.
BESIDE = {
	**emptying.BESIDE,
	"Communication": ("reference_doctype", "reference_name"),
	"ToDo": ("reference_type", "reference_name"),
}
OF_CUSTOMERS = (CUSTOMER, FILE)
MANY_TABLES = 100  # in one statement; SQLite takes 500 parts


def doctypes() -> list[str]:
	"""All that are looked through, ours first."""
	return filled([*places.ours(), *places.of_the_framework()])


def filled(names: Sequence[str]) -> list[str]:
	"""Those of the doctypes that have a row at all: most of a site's have none."""
	there = set(frappe.db.get_tables(cached=False))
	found: set[str] = set()
	for part in chunks([name for name in names if f"tab{name}" in there], MANY_TABLES):
		rows = " union all ".join(
			f"select '{name}' from (select 1 from `tab{name}` limit 1) one"  # noqa: S608 (the same)
			for name in part
		)
		# nosemgrep: frappe-using-db-sql, the names are of doctypes that the site has
		found |= {name for (name,) in frappe.db.sql(rows)}
	return [name for name in names if name in found]


def take_out(doctype: str, person: Person, words: Words) -> Counts:
	"""Take a person out of all rows of a doctype."""
	done: Counts = Counter()
	columns = _columns(doctype)
	if not columns or (doctype == "Email Queue"):
		return done
	for rows, here in (
		(_near(doctype, columns, person), True),
		(_anywhere(doctype, columns, words), False),
	):
		for row in rows:
			changed = {
				column: text
				for column in columns
				if row[column] and (text := words.without(row[column], here)) != row[column]
			}
			if (
				changed
				and doctype == UNSUBSCRIBE
				and frappe.db.get_value(doctype, row.name, "global_unsubscribe")
			):
				continue  # the host knows of no fingerprints: without it newsletters began again
			if changed and doctype in DROPPED:
				frappe.db.delete(doctype, {"name": row.name})
				done[doctype, DELETED] += 1
			elif changed:
				frappe.db.set_value(doctype, row.name, _fitting(doctype, changed), update_modified=False)
				frappe.clear_document_cache(doctype, row.name)
				done[doctype, CHANGED] += 1
	return done


def _fitting(doctype: str, changed: dict[str, str]) -> dict[str, str]:
	"""What replaces a short word may be longer than the column."""
	longest = {
		one.fieldname: cint(one.length) or 140
		for one in frappe.get_meta(doctype).fields
		if one.fieldtype in ("Data", "Phone")
	}
	return {field: text[: longest.get(field)] for field, text in changed.items()}


def _columns(doctype: str) -> list[str]:
	if not frappe.db.table_exists(doctype):
		return []
	place = places.place(doctype)
	return places.stored(doctype, *place.words, *WITH_IT[:2])


def _near(doctype: str, columns: Sequence[str], person: Person) -> Iterator:
	"""Rows in the papers of the person's customers: all of them, as what may stand there is written in too many ways."""
	table = frappe.qb.DocType(doctype)
	condition = _here(doctype, table, person)
	if condition is not None:
		yield from _read(doctype, columns, condition & _any_text(table, columns))


def _here(doctype: str, table, person: Person) -> Criterion | None:
	if not person.customers:
		return None
	if frappe.get_meta(doctype).module == places.MODULE:
		return belongings.near(doctype, table, person)
	pair = BESIDE.get(doctype)
	if not pair or len(places.stored(doctype, *pair)) < 2:
		return None
	kind, name = pair
	return Criterion.any(
		(table[kind] == about) & table[name].isin(names) for about, names in _papers(person).items()
	)


def _papers(person: Person) -> dict:
	"""Doctype -> names, or the query for them, of what is about the person's customers."""
	found: dict = dict.fromkeys(OF_CUSTOMERS, person.customers)
	for doctype in places.ours():
		column = places.customer_field(doctype)
		if column and doctype not in found and not frappe.get_meta(doctype).istable:
			table = frappe.qb.DocType(doctype)
			found[doctype] = (
				frappe.qb.from_(table).select(table.name).where(table[column].isin(person.customers))
			)
	return found


def _any_text(table, columns: Iterable[str]) -> Criterion:
	return Criterion.any(table[one].isnotnull() & (table[one] != "") for one in columns)


def _anywhere(doctype: str, columns: Sequence[str], words: Words) -> Iterator:
	likes, last = words.likes(here=False), ""
	if not likes:
		return
	# Written down: to put so many conditions together costs more than to ask them.
	fields = ", ".join(f"`{one}`" for one in ("name", *columns))
	verb = "ilike" if frappe.db.db_type == "postgres" else "like"  # big or small
	found = " or ".join(f"`{column}` {verb} %s" for column in columns for _like in likes)
	values = likes * len(columns)
	while True:
		query = f"select {fields} from `tab{doctype}` where ({found}) and `name` > %s order by `name` limit {MANY}"  # noqa: S608 (names are the site's, texts are parameters)
		# nosemgrep: frappe-using-db-sql, doctype and columns are the site's own, every word is a parameter
		rows = frappe.db.sql(query, (*values, last), as_dict=True)
		yield from rows
		if len(rows) < MANY:
			return
		last = rows[-1].name


def _read(doctype: str, columns: Sequence[str], condition: Criterion) -> Iterator:
	"""Some rows at a time, in the order of their names: what was changed meanwhile is not read again."""
	table, last = frappe.qb.DocType(doctype), None
	while True:
		query = frappe.qb.from_(table).select(table.name, *(table[one] for one in columns)).where(condition)
		if last is not None:
			query = query.where(table.name > last)
		rows = query.orderby(table.name).limit(MANY).run(as_dict=True)
		yield from rows
		if len(rows) < MANY:
			return
		last = rows[-1].name


def take_out_of_bare_tables(words: Words, person: Person) -> Counts:
	"""The index of the search, what users have set for lists, single documents. The host's documents about who buys for
	themselves are found by the customer's name still, as they have it."""
	ours = set(places.ours())
	done: Counts = Counter()
	for name, keys, columns, called in BARE:
		table = frappe.qb.Table(name)
		likes = words.likes(here=False)
		if not likes:
			continue
		found = Criterion.any(like(table[column], one) for column in columns for one in likes)
		if name == "tabSingles":
			singles = frappe.get_all("DocType", {"module": places.MODULE, "issingle": 1}, pluck="name")
			found = found & table.doctype.isin(singles)
		for row in frappe.qb.from_(table).select(*keys, *columns).where(found).run(as_dict=True):
			stays = person.is_customer and called == "Global Search" and row.doctype not in ours
			wanted = words.addresses if stays else words
			changed = {
				one: text
				for one in columns
				if row[one] and (text := wanted.without(row[one], False)) != row[one]
			}
			if changed:
				query = frappe.qb.update(table)
				for column, text in changed.items():
					query = query.set(table[column], text)
				query.where(Criterion.all(table[key] == row[key] for key in keys)).run()
				done[called, CHANGED] += 1
	return done


def mails_that_name(words: Words) -> Counts:
	"""Mails in the queue are stored as they are sent, in whatever code: each is read."""
	found = []
	table = frappe.qb.DocType("Email Queue")
	for row in _read("Email Queue", ["message"], table.message.isnotnull()):
		text = row.message or ""
		try:
			parts = [
				part.get_content()
				for part in message_from_string(text, policy=default).walk()
				if part.get_content_maintype() == "text"
			]
		except (LookupError, ValueError, KeyError, AttributeError):
			parts = []
		text = "\n".join([text, *map(str, parts)])
		if words.without(text, False) != text:
			found.append(row.name)
	return queued(found)


def deleted_of(person: Person, whole: bool) -> int:
	"""What the host keeps of deleted documents of ours about a customer that is nobody else's."""
	if not whole:
		return 0
	table = frappe.qb.DocType("Deleted Document")
	about = Criterion.any(table.data.like(f'%"customer": "{one}"%') for one in person.customers)
	return delete("Deleted Document", table.deleted_doctype.isin(places.ours()) & about)
