"""The host's own documents about somebody: mails, ToDos, what a customer shows of its contact, the Contact itself, their user."""

from collections import Counter
from collections.abc import Collection

import frappe
from frappe.model.rename_doc import get_link_fields
from frappe.utils import cstr, getdate

from keep_customers.care.ending import take_back_one
from keep_customers.care.followups import PENDING
from keep_customers.care.triggers.relationships import LONGEST_ABOUT
from keep_customers.engine import occasions
from keep_customers.erp.tables import chunks
from keep_customers.events import room
from keep_customers.messaging import sending
from keep_customers.people.addresses import spelled
from keep_customers.people.reached import CONTACT, CUSTOMER, FILE, GUEST, PERSON
from keep_customers.privacy import among, emptying, places
from keep_customers.privacy.belongings import Names
from keep_customers.privacy.emptying import CHANGED, DELETED, EMPTIED, MANY, Counts
from keep_customers.privacy.person import OCCASION, Person, addresses_in, having
from keep_customers.privacy.words import GONE

MAIL, TODO, FOLLOW_UP, RECIPIENT = "Communication", "ToDo", "Follow Up", "Email Queue Recipient"
COUPON = "Coupon Code"
COMING = ("Planned", "Invited", "Accepted", "Waiting List")
# What a sales document shows of its contact.
SHOWN = ("contact_display", "contact_email", "contact_mobile", "contact_phone")


# What is due for them


def due(person: Person) -> list:
	"""Follow-ups that are still to be done for this person: their birthday, their invitation."""
	theirs = {
		PERSON: person.rows,
		CONTACT: person.contacts,
		GUEST: _invitations(person),
		OCCASION: _occasions(person),
	}
	found = []
	for doctype, names in theirs.items():
		pending = {"reference_doctype": doctype, "status": ("in", PENDING)}
		found += among.find(FOLLOW_UP, "reference_name", names, ["name", "todo", "reason"], **pending)
	return found


def _invitations(person: Person) -> list[str]:
	return among.find(GUEST, "contact", person.contacts)


def _occasions(person: Person) -> list[str]:
	rows = among.find(OCCASION, "parent", person.customers, ["name", "person"], parenttype=FILE)
	return [row.name for row in rows if row.person and row.person in person.own_names]


def end_what_is_due(person: Person) -> Counts:
	"""Nobody calls, greets or expects somebody who is gone."""
	_note_what_has_left(person)
	pending = due(person)
	for row in pending:
		take_back_one(row, "No longer true")
	events = set()
	for row in among.find(GUEST, "contact", person.contacts, ["name", "event"], status=("in", COMING)):
		if frappe.db.get_value("VIP Event", row.event, "status") in ("Idea", "Planned", "Inviting"):
			frappe.db.set_value(GUEST, row.name, "status", "Cancelled")
			events.add(row.event)
	for event in sorted(events):
		room.settle(event)
	return Counter({(FOLLOW_UP, "Cancelled"): len(pending)})


def _note_what_has_left(person: Person) -> None:
	"""What has been sent to them is sent, although its e-mail goes with them: else a rep would be asked to see to it."""
	on_the_way = {"send_status": "Sending"}
	sending.note_sent(
		{
			*among.find(FOLLOW_UP, "sent_to", person.marks, **on_the_way),
			*among.find(FOLLOW_UP, "sent_to_person", person.keys, **on_the_way),
		}
	)


def birthdays_of_coupons(person: Person, whole: bool) -> Counts:
	"""A coupon says for whose birthday it was, by the day; what it was worth stays.

	:param whole: nobody else is known at their customers
	"""
	if len(places.stored(COUPON, "customer", "keep_birthday")) < 2:
		return Counter()
	said = ["name", "parent", "recurs"]
	of_files = among.find(PERSON, "parent", person.customers, said, parenttype=FILE)
	hers = {(row.parent, row.recurs) for row in of_files if row.name in person.rows}
	hers -= {(row.parent, row.recurs) for row in of_files if row.name not in person.rows}
	done, said = 0, ["name", "customer", "keep_birthday"]
	for row in among.find(COUPON, "customer", person.customers, said, keep_birthday=("is", "set")):
		if whole or any((row.customer, one) in hers for one in occasions.marks(getdate(row.keep_birthday))):
			frappe.db.set_value(COUPON, row.name, "keep_birthday", None, update_modified=False)
			done += 1
	return Counter({(COUPON, CHANGED): done})


# Mails and ToDos


def mails_of(person: Person, owned: Names) -> list[str]:
	"""Communications with the person and about documents that are theirs."""
	mail, link = frappe.qb.DocType(MAIL), frappe.qb.DocType("Communication Link")
	found: set[str] = set()
	for doctype, names in {**owned, CONTACT: person.contacts}.items():
		if frappe.get_meta(doctype).istable:
			continue
		for part in chunks(names, MANY):
			about = (mail.reference_doctype == doctype) & mail.reference_name.isin(part)
			found |= set(frappe.qb.from_(mail).select(mail.name).where(about).run(pluck=True))
	# The host links a mail to whatever Contact has an address of it, among those that anybody has typed.
	for part in chunks(person.contacts if not person.outside else [], MANY):
		linked = (link.link_doctype == CONTACT) & link.link_name.isin(part)
		found |= set(frappe.qb.from_(link).select(link.parent).where(linked).run(pluck=True))
	theirs = {spelled(one) for one in person.addresses}
	for column, alone in (("sender", False), ("phone_no", False), ("recipients", True)):
		for row, said in having(MAIL, [column], "name", person.addresses):
			# To several it is the others' as well.
			if not alone or addresses_in(said) <= theirs:
				found.add(row.name)
	return sorted(found)


def empty_mails(names: Collection[str]) -> Counts:
	"""That there was a mail, and when, stays: the host's figures count them."""
	done: Counts = Counter({(MAIL, EMPTIED): emptying.empty(MAIL, names)})
	for part in chunks(sorted(names), MANY):
		of_them = {"communication": ("in", part)}
		done += emptying.queued(frappe.get_all("Email Queue", of_them, pluck="name"))
		frappe.db.delete("Communication Link", {"parent": ("in", part), "link_doctype": CONTACT})
	done += emptying.beside(MAIL, names)
	return done


def mails_to(person: Person) -> Counts:
	"""What lies in the queue for them, sent or not."""
	theirs, mails = {spelled(one) for one in person.emails}, set()
	done: Counts = Counter()
	for address in theirs:
		told = {"recipient": ("like", f"%{address}%")}
		for row in frappe.get_all(RECIPIENT, filters=told, fields=["name", "parent", "recipient"]):
			if spelled(row.recipient) == address:
				frappe.db.delete(RECIPIENT, {"name": row.name})
				mails.add(row.parent)
				done[RECIPIENT, DELETED] += 1
	# Others it was for still get it.
	return done + emptying.queued(mails - among.pluck(RECIPIENT, "parent", mails, "parent"))


def todos_of(owned: Names) -> list[str]:
	"""The reps' ToDos for follow-ups that are theirs, and about documents that are."""
	found: set[str] = set()
	for doctype, names in owned.items():
		if frappe.get_meta(doctype).istable and doctype != PERSON:
			continue
		found |= set(among.find(TODO, "reference_name", names, reference_type=doctype))
	follow_ups = owned.get(FOLLOW_UP, [])
	found |= set(among.find(TODO, "keep_follow_up", follow_ups))
	found |= among.pluck(FOLLOW_UP, "name", follow_ups, "todo")
	# One that is also for something else is still somebody's work.
	open_ones = among.find(TODO, "name", found, status="Open")
	busy = among.pluck(FOLLOW_UP, "todo", open_ones, "todo", status=("in", PENDING))
	return sorted(found - busy)


# The Contact, and what leads to it


def customers_forget(person: Person) -> int:
	"""What ERPNext copies from the primary contact to the customer."""
	done = 0
	for customer in person.customers:
		row = frappe.db.get_value(CUSTOMER, customer, ["email_id", "mobile_no"], as_dict=True) or {}
		stands = {field: spelled(value) for field, value in row.items() if value}
		alone = {spelled(one) for one in person.addresses}
		theirs = alone | {spelled(one) for one in person.shared}
		gone = {field: None for field, value in stands.items() if value in theirs}
		primary = frappe.db.get_value(CUSTOMER, customer, "customer_primary_contact")
		if gone and (primary in person.contacts or alone.intersection(stands.values())):
			frappe.db.set_value(CUSTOMER, customer, gone)
			done += 1
	return done


def sales_documents(person: Person) -> dict[str, int]:
	"""Doctype -> how many of the host's documents name this person as the contact."""
	found = {}
	for doctype, field in _naming_contacts():
		if "contact_display" in places.stored(doctype, "contact_display"):
			if count := among.count(doctype, field, person.contacts):
				found[doctype] = found.get(doctype, 0) + count
	return found


def shown_on_sales_documents(person: Person) -> dict[str, list[dict]]:
	"""Doctype -> what each of these documents shows of this person, with its name and when it was made."""
	found: dict[str, list[dict]] = {}
	for doctype, field in _naming_contacts():
		if "contact_display" in (shown := places.stored(doctype, *SHOWN)):
			rows = among.find(doctype, field, person.contacts, ["name", "creation", *shown])
			found.setdefault(doctype, []).extend(rows)
	return found


def sales_documents_forget(person: Person) -> Counts:
	"""Take the person off sales documents: their name and addresses, not the customer's."""
	done: Counts = Counter()
	for doctype, field in _naming_contacts() if person.contacts else ():
		shown = places.stored(doctype, *SHOWN)
		if not shown:
			continue
		table = frappe.qb.DocType(doctype)
		query = frappe.qb.update(table).where(table[field].isin(person.contacts))
		for column in shown:
			query = query.set(table[column], None)
		if count := among.count(doctype, field, person.contacts):
			query.run()
			done[doctype, emptying.CHANGED] += count
	return done


def _naming_contacts() -> list[tuple[str, str]]:
	return [
		(row.parent, row.fieldname)
		for row in get_link_fields(CONTACT)
		if not row.issingle and places.stored(row.parent, row.fieldname)
	]


def contacts_gone(person: Person) -> Counts:
	"""Delete the Contacts; what linked to them links to nobody."""
	if not person.contacts:
		return Counter()
	for doctype, field in _naming_contacts():
		table = frappe.qb.DocType(doctype)
		frappe.qb.update(table).set(table[field], None).where(table[field].isin(person.contacts)).run()
	_nameless_occurrences(person)
	for name in person.contacts:
		# Of the host's life of it, everything but the copy it would keep.
		frappe.delete_doc(CONTACT, name, force=True, ignore_permissions=True, delete_permanently=True)
	links = frappe.qb.DocType("Dynamic Link")
	emptying.delete("Dynamic Link", (links.link_doctype == CONTACT) & links.link_name.isin(person.contacts))
	return Counter({(CONTACT, DELETED): len(person.contacts)})


def _nameless_occurrences(person: Person) -> None:
	"""What asked whether somebody is still there is known by what their Contact is called: it stays one of its own, of nobody."""
	for contact in person.contacts:
		about = f"{contact[:LONGEST_ABOUT]} "
		known_so = {"occurrence": ("like", about.replace("\\", "_") + "%")}
		for row in frappe.get_all(FOLLOW_UP, filters=known_so, fields=["name", "occurrence"]):
			if row.occurrence.startswith(about):
				nameless = f"{frappe.generate_hash(length=10)} {row.occurrence.removeprefix(about)}"
				frappe.db.set_value(FOLLOW_UP, row.name, "occurrence", nameless, update_modified=False)


def users_gone(person: Person) -> Counts:
	"""Their users of the website: nobody logs in with them any more, and what they have made is by nobody in particular."""
	return sum((_user_gone(user) for user in among.find("User", "name", person.users)), Counter())


def _user_gone(user: str) -> Counts:
	nameless = f"forgotten-{frappe.generate_hash(length=10)}@{_domain()}"
	words = places.place("User").words
	keep = {"name", "email", "username", "language", "time_zone", "roles", "module_profile", "desk_theme"}
	values = {one: None for one in words if one not in keep and places.stored("User", one)}
	values |= {"enabled": 0, "first_name": GONE, "username": None, "full_name": GONE, "birth_date": None}
	# Their picture, and what was noted beside them.
	done = emptying.beside("User", [user])
	frappe.db.set_value("User", user, values)
	frappe.db.delete("Portal User", {"user": user})
	frappe.db.delete("User Social Login", {"parent": user})
	# What was chosen for them, such as a time zone, is filed under their address.
	frappe.db.delete("DefaultValue", {"parent": user})
	frappe.clear_cache(user=user)
	frappe.db.delete("Sessions", {"user": user})
	frappe.clear_document_cache("User", user)
	frappe.rename_doc("User", user, nameless, force=True, show_alert=False)
	return done + Counter({("User", EMPTIED): 1})


def _domain() -> str:
	site = cstr(frappe.local.site).split(":")[0].replace("_", "-")
	return site if "." in site else f"{site}.invalid"
