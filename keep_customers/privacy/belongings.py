"""Which documents are about one person: those that name them, and those that hang on one of these.

It is read off the doctypes: a link to a Contact, an address, a name that is all there is in a field, a link to another
document that is theirs. A document that names somebody else is somebody else's, whatever it hangs on.
"""

from collections import defaultdict
from collections.abc import Iterable

import frappe
from pypika.terms import Criterion

from keep_customers.care.followups import PENDING
from keep_customers.erp.tables import chunks
from keep_customers.people.reached import CONTACT, FILE, PERSON
from keep_customers.privacy import places
from keep_customers.privacy.person import OCCASION, Person, having, namesakes_in_files

FOLLOW_UP = "Follow Up"
OF_FILES = (OCCASION, "Customer File Consent")
Names = dict[str, list[str]]  # doctype -> documents
MANY = 500  # names a query; many such lists stand in one
ROUNDS = 8  # a chain of links is shorter: guest, follow-up, touch, feedback, its row


def of(person: Person, whole: bool = False) -> Names:
	"""All documents and rows of ours that are about a person, the Contacts among them.

	:param whole: what is about their customers counts as about them, as nobody else is known there
	"""
	found: dict[str, set[str]] = defaultdict(set)
	found[CONTACT] |= set(person.contacts)
	found[PERSON] |= set(person.rows)
	doctypes, new = places.ours(), {CONTACT, PERSON, ""}
	others = set(namesakes_in_files(person))
	for _round in range(ROUNDS):
		before = {doctype: len(names) for doctype, names in found.items()}
		for doctype in doctypes:
			found[doctype] |= set(_theirs(doctype, person, found, new, whole)) - (
				others if doctype == PERSON else set()
			)
		new = {doctype for doctype, names in found.items() if len(names) > before.get(doctype, 0)}
		if not new:
			break
	return {doctype: sorted(names) for doctype, names in sorted(found.items()) if names}


def _theirs(
	doctype: str, person: Person, found: dict[str, set[str]], new: set[str], whole: bool
) -> Iterable[str]:
	table = frappe.qb.DocType(doctype)
	conditions = list(_hanging_on(doctype, table, found, new))
	if "" in new:  # the first round
		conditions += _naming(doctype, table, person)
		column = places.customer_field(doctype)
		if whole and column and doctype not in places.ABOUT_THE_FIRM:
			conditions += _among(table[column], person.customers)
		if whole and doctype in OF_FILES:
			# A founding day is the firm's, somebody's wedding is not.
			whose = table.person.notin([""]) if doctype == OCCASION else table.name.isnotnull()
			conditions += [whose & one for one in _among(table.parent, person.customers)]
	for condition in conditions:
		query = frappe.qb.from_(table).select(table.name).where(condition)
		for field in places.links_to(doctype, CONTACT):
			query = query.where(_nobody_else(table[field], person))
		if doctype == FOLLOW_UP:
			# What a rep is still to do is asked in a program's words; what is due for the person is cancelled before.
			query = query.where(table.status.notin(PENDING))
		yield from query.run(pluck=True)


def _naming(doctype: str, table, person: Person) -> list[Criterion]:
	found = []
	for field in places.links_to(doctype, CONTACT):
		# The file of a firm says whom to ask for; it is not about them.
		if doctype != FILE:
			found += _among(table[field], person.contacts)
	if person.addresses and (fields := places.address_fields(doctype)):
		# However they are written there.
		theirs = having(doctype, places.stored(doctype, *fields), "name", person.addresses)
		found += _among(table.name, {row.name for row, _address in theirs})
	for field in places.mark_fields(doctype):
		found += _among(table[field], person.marks)
	if doctype == FOLLOW_UP:
		# At an address that is others', too.
		found += _among(table.sent_to_person, person.keys)
	here = near(doctype, table, person)
	if here is not None and person.own_names:
		place = places.place(doctype)
		for field in frappe.get_meta(doctype).fields:
			if field.fieldtype == "Data" and field.fieldname in place.words:
				found += [here & one for one in _among(table[field.fieldname], person.own_names)]
	return found


def near(doctype: str, table, person: Person) -> Criterion | None:
	"""That it is in the papers of the person's customers, where others of the name are not meant."""
	if not person.customers:
		return None
	if column := places.customer_field(doctype):
		return table[column].isin(person.customers)
	if doctype.startswith(FILE) and frappe.get_meta(doctype).istable:
		return (table.parenttype == FILE) & table.parent.isin(person.customers)
	return None


def _hanging_on(doctype: str, table, found: dict[str, set[str]], new: set[str]) -> Iterable[Criterion]:
	meta = frappe.get_meta(doctype)
	for target in sorted(new - {""}):
		names = sorted(found[target])
		if meta.istable:
			for condition in _among(table.parent, names):
				yield condition & (table.parenttype == target)
		if target != doctype and target != CONTACT:
			for field in places.links_to(doctype, target):
				yield from _among(table[field], names)
		for kind, field in places.open_links(doctype):
			if target != doctype:
				for condition in _among(table[field], names):
					yield condition & (table[kind] == target)


def _nobody_else(column, person: Person) -> Criterion:
	nobody = column.isnull() | (column == "")
	return nobody | column.isin(person.contacts) if person.contacts else nobody


def _among(column, values: Iterable[str]) -> list[Criterion]:
	return [column.isin(part) for part in chunks(sorted({*values} - {None, ""}), MANY)]
