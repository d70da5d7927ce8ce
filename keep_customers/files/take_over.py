"""People and birthdays taken over from Contacts into Customer Files: what is there is never overwritten, and what was taken
over is not taken twice.

Only contacts that count, with the addresses they were confirmed with (``people/contacts.py``): anybody who is logged in can
link a contact to a customer. Two contacts of one person become one of the file.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

import frappe
from frappe import _
from frappe.utils import cstr, getdate

from keep_customers.access.lookups import named
from keep_customers.engine.drives import plain, real_birthday, real_text
from keep_customers.erp.api import names_sent, rows_sent, typed
from keep_customers.erp.document import without_form
from keep_customers.erp.permissions import readable_among
from keep_customers.erp.tables import chunks
from keep_customers.files.facts import FILE, PERSON
from keep_customers.people.addresses import mark
from keep_customers.people.contacts import all_contacts, confirmed_marks, linked

MOST = 500  # customers at once
# ERPNext's contacts have no birthday; a site may have given them a field for it.
BIRTHDAYS = (
	"birthday",
	"birth_date",
	"date_of_birth",
	"dob",
	"custom_birthday",
	"custom_birth_date",
	"custom_date_of_birth",
)
TAKEN = ("phone", "email", "birthday", "contact", "note")


class Known(NamedTuple):
	"""Somebody whom the contacts of a customer know; several contacts of one person are one."""

	contact: str
	full_name: str
	phone: str | None
	email: str | None
	birthday: str | None
	note: str | None


class Change(NamedTuple):
	"""What would become of a file.

	:ivar row: the person of the file who is completed; None for a new one
	:ivar values: field -> what is written, where nothing is
	"""

	customer: str
	contact: str
	full_name: str
	row: str | None
	values: dict


@frappe.whitelist()
@typed
def preview(customers: list | str) -> dict:
	"""What taking over would write, of the customers the user may write files of.

	:param customers: names, as a list or as JSON
	:returns:
		- rows: dicts of customer, customer_name, contact, full_name, adds (whether they are new in the file), phone, email,
		  birthday, note: what would be written
		- waiting: how many linked contacts of these customers nobody has confirmed, which are not taken over
	:raises frappe.PermissionError: if the user may not write Customer Files, or not read Contacts
	"""
	names = _asked(customers)
	changes = _changes(names)
	titles = dict(
		frappe.get_all(
			"Customer",
			filters={"name": ("in", names or [""])},
			fields=["name", "customer_name"],
			as_list=True,
		)
	)
	return {
		"rows": [
			{
				"customer": one.customer,
				"customer_name": titles.get(one.customer),
				"contact": one.contact,
				"full_name": one.full_name,
				"adds": not one.row,
				**{field: one.values.get(field) for field in TAKEN if field != "contact"},
			}
			for one in changes
		],
		"waiting": _waiting(names),
	}


@frappe.whitelist(methods=["POST"])
@typed
def take_over(
	customers: list | str, contacts: list | str | None = None, rows: list | str | None = None
) -> dict:
	"""Write it.

	:param customers: names, as a list or as JSON
	:param contacts: only these of their contacts; by default all
	:param rows: only these of the preview's rows, pairs of customer and contact: somebody may be a contact of two customers
	:returns: people added, people completed, and files made
	:raises frappe.PermissionError: as :func:`preview`
	"""
	names = _asked(customers)
	chosen = None if contacts is None else set(names_sent("contacts", contacts))
	pairs = None if rows is None else {tuple(names_sent("rows", pair)) for pair in rows_sent("rows", rows)}
	of_file: dict[str, list[Change]] = defaultdict(list)
	for one in _changes(names):
		if chosen is not None and one.contact not in chosen:
			continue
		if pairs is None or (one.customer, one.contact) in pairs:
			of_file[one.customer].append(one)
	found = {"added": 0, "completed": 0, "files": 0}
	for customer, changes in of_file.items():
		is_new = not frappe.db.exists(FILE, customer)
		file = (
			frappe.new_doc(FILE, customer=customer)
			if is_new
			else frappe.get_doc(FILE, customer, for_update=True)
		)
		people = {row.name: row for row in file.people}
		for one in changes:
			if not one.row:
				file.append("people", {"full_name": one.full_name, **one.values})
				found["added"] += 1
			elif one.row in people:
				row = people[one.row]
				row.update({field: value for field, value in one.values.items() if not row.get(field)})
				found["completed"] += 1
		without_form(file).save()
		found["files"] += is_new
	return found


def _asked(sent: list | str) -> list[str]:
	"""Those of the customers whose files the user may write."""
	customers = names_sent("customers", sent)
	if len(customers) > MOST:
		frappe.throw(_("Please choose at most {0} customers at once.").format(MOST))
	frappe.has_permission("Contact", "read", throw=True)
	for right in ("write", "create"):
		frappe.has_permission(FILE, right, throw=True)
	if len(customers) == 1:
		return [named("Customer", customers[0]).name]
	return sorted(readable_among(set(customers)))


def _changes(customers: list[str]) -> list[Change]:
	people = defaultdict(list)
	fields = [
		"name",
		"parent",
		"full_name",
		"contact",
		"phone",
		"email",
		"birthday",
		"month",
		"note",
		"left_on",
	]
	for part in chunks(customers, 1000):
		for row in frappe.get_all(
			PERSON, {"parent": ("in", part), "parenttype": FILE}, fields, order_by="idx asc"
		):
			people[row.parent].append(row)
	changes = []
	for customer, known in contacts_of(customers).items():
		for one in known:
			row = _same(one, people[customer])
			if row and row.left_on:
				continue
			values = {field: getattr(one, field) for field in TAKEN if getattr(one, field)}
			if row:
				values = {field: value for field, value in values.items() if not row.get(field)}
				if row.month:
					values.pop("birthday", None)
			if not row or set(values) - {"note"}:
				changes.append(Change(customer, one.contact, one.full_name, row and row.name, values))
	return changes


def _same(one: Known, people: Iterable):
	"""The person of the file who is meant: whose contact it is, or who is reached at the same address, or is called so."""
	for sign in (
		lambda row: row.contact == one.contact,
		lambda row: (
			bool({mark(row.email), mark(row.phone)} & ({mark(one.email), mark(one.phone)} - {""}))
			and _alike(row.full_name, one.full_name)
		),
		lambda row: plain(row.full_name) == plain(one.full_name),
	):
		if found := next(filter(sign, people), None):
			return found
	return None


def _alike(one: str, other: str) -> bool:
	"""Whether two names may be one person's: a word of the one is among those of the other. A firm's number is everybody's."""
	return bool({*plain(one).split()} & {*plain(other).split()})


def contacts_of(customers: Collection[str]) -> dict[str, list[Known]]:
	"""Customer -> whom its contacts know, the main one first."""
	customers = list(customers)
	pairs = list(dict.fromkeys(reversed(all_contacts(customers))))
	rows = _contact_rows({contact for _customer, contact in pairs})
	confirmed = confirmed_marks(customers)
	found: dict[str, list[Known]] = defaultdict(list)
	for customer, contact in pairs:
		if contact not in rows:
			continue
		one = _known(rows[contact], confirmed.get((customer, contact), set()))
		if not real_text(one.full_name):
			continue
		known = found[customer]
		at = next((at for at, other in enumerate(known) if _is_doubled(one, other)), None)
		if at is None:
			known.append(one)
		else:
			known[at] = Known(*(mine or theirs for mine, theirs in zip(known[at], one, strict=True)))
	return found


def _is_doubled(one: Known, other: Known) -> bool:
	if plain(one.full_name) == plain(other.full_name):
		return not (
			one.email and other.email and one.birthday and other.birthday and one.birthday != other.birthday
		)
	shared = {mark(one.email), mark(one.phone)} & {mark(other.email), mark(other.phone)} - {""}
	return bool(shared) and _alike(one.full_name, other.full_name)


def _contact_rows(names: Collection[str]) -> dict[str, frappe._dict]:
	"""Those that the user of this session may read: what they say is shown, and written where others read it."""
	fields = ["name", "full_name", "first_name", "last_name", "email_id", "mobile_no", "phone", "designation"]
	if birthday := birthday_field():
		fields.append(f"{birthday} as birthday")
	return {
		row.name: row
		for part in chunks(sorted(names), 1000)
		for row in frappe.get_list("Contact", filters={"name": ("in", part)}, fields=fields, limit=0)
	}


def birthday_field() -> str | None:
	meta = frappe.get_meta("Contact")
	dates = {field.fieldname for field in meta.get("fields", {"fieldtype": "Date"})}
	return next((name for name in BIRTHDAYS if name in dates), None)


def _known(row, marks: set[str]) -> Known:
	name = row.full_name or " ".join(filter(None, [row.first_name, row.last_name])) or row.name
	phone = next((one for one in (row.mobile_no, row.phone) if one and mark(one) in marks), None)
	email = row.email_id if row.email_id and mark(row.email_id) in marks else None
	day = getdate(row.birthday) if row.get("birthday") else None
	birthday = str(day) if real_birthday(day, getdate()) and day <= getdate() else None
	return Known(row.name, name, phone, email, birthday, cstr(row.designation).strip() or None)


def _waiting(customers: list[str]) -> int:
	if not customers:
		return 0
	query, contact, link = linked()
	pairs = query.select(link.link_name, contact.name).where(link.link_name.isin(customers)).distinct().run()
	counting = set(all_contacts(customers))
	return sum(tuple(pair) not in counting for pair in pairs)
