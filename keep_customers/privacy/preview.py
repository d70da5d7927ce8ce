"""What would be gone of somebody, and what would stay: shown before it is done."""

from collections import Counter

import frappe
from frappe import _

from keep_customers.engine.consent import REFUSED
from keep_customers.erp.permissions import nothing_said
from keep_customers.people import ledger
from keep_customers.people.reached import CONTACT, FILE
from keep_customers.privacy import among, belongings, host_papers, person, sheets
from keep_customers.privacy.emptying import DELETED, EMPTIED, ROWS, UNSUBSCRIBE
from keep_customers.privacy.person import Person
from keep_customers.privacy.words import folded


def of(who: Person, whole: bool) -> dict:
	"""
	:param whole: what is written about their customers goes, too
	:returns: names (whom it is about), customers (with what else their Contacts are linked to), user (all of theirs), alone, goes and stays: rows of kind, done, number; open_cases,
		shared (addresses others have as well)
	"""
	owned = belongings.of(who, whole)
	goes: Counter = Counter()
	for doctype, names in owned.items():
		if doctype == CONTACT:
			goes[doctype, DELETED] += len(names)
		elif doctype != ledger.DOCTYPE:
			goes[doctype, DELETED if doctype in ROWS else EMPTIED] += len(names)
	goes["ToDo", EMPTIED] += len(host_papers.todos_of(owned))
	goes["Communication", EMPTIED] += len(host_papers.mails_of(who, owned))
	sheet_files = {file for files in sheets.naming(who.words).values() for file in files}
	goes["File", DELETED] += _attached(owned) + len(sheet_files)
	goes["Follow Up", "Cancelled"] += len(host_papers.due(who))
	if whole:
		goes[FILE, EMPTIED] += among.count(FILE, "name", who.customers)
	goes["User", EMPTIED] += len(who.users)
	refused, other = _consent(who, owned.get(ledger.DOCTYPE, []))
	goes[ledger.DOCTYPE, DELETED] += other
	stays = Counter(host_papers.sales_documents(who)) + Counter({ledger.DOCTYPE: refused})
	# What they are called as a customer stands on its papers.
	named = among.find(person.CUSTOMER, "name", who.customers, ["customer_name"])
	full_names = {folded(one) for one in who.full_names}
	stays[person.CUSTOMER] += sum(folded(row.customer_name) in full_names for row in named)
	stays[UNSUBSCRIBE] += among.count(UNSUBSCRIBE, "email", who.emails, global_unsubscribe=1)
	return {
		"names": who.full_names,
		"customers": [*_titles(who.customers), *_elsewhere(who)],
		"user": ", ".join(who.users),
		"alone": who.alone,
		"goes": [
			{"kind": kind, "done": what, "number": number}
			for (kind, what), number in sorted(goes.items(), key=lambda one: (-one[1], one[0]))
			if number
		],
		"stays": [{"kind": kind, "number": number} for kind, number in sorted(stays.items())],
		"open_cases": among.count(
			"Complaint Case", "name", owned.get("Complaint Case", []), status=("!=", "Closed")
		),
		"shared": who.shared,
	}


def _attached(owned: belongings.Names) -> int:
	return sum(
		among.count("File", "attached_to_name", names, attached_to_doctype=doctype)
		for doctype, names in owned.items()
		if not frappe.get_meta(doctype).istable
	)


def _consent(who: Person, names: list[str]) -> tuple[int, int]:
	"""How many noes stay as fingerprints, and how many lines go."""
	fields = ["name", "consent", "address_mark"]
	found = among.find(ledger.DOCTYPE, "name", names, fields)
	found += among.find(ledger.DOCTYPE, "address_mark", who.marks, fields)
	rows = {row.name: row for row in found}.values()
	refused = sum(row.consent == REFUSED and bool(row.address_mark) for row in rows)
	return refused, len(rows) - refused


def _elsewhere(who: Person) -> list[str]:
	"""Suppliers, leads and so on whose Contact goes as well: of these the user may read."""
	rows = among.find(
		"Dynamic Link",
		"parent",
		who.contacts,
		["link_doctype", "link_name"],
		parenttype=CONTACT,
		link_doctype=("not in", (person.CUSTOMER, "User")),
	)
	linked = sorted({(row.link_doctype, row.link_name) for row in rows if row.link_name})
	with nothing_said():
		return [
			f"{_(doctype)} {name}"
			for doctype, name in linked
			if frappe.db.exists(doctype, name) and frappe.has_permission(doctype, "read", doc=name)
		]


def _titles(customers: list[str]) -> list[str]:
	return sorted(among.pluck(person.CUSTOMER, "name", customers, "customer_name"))
