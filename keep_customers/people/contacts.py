"""People of a customer: who is its contact, who is reached at an address, who speaks for it, who decides.

A link proves nothing: the host lets everybody who is logged in make a contact, link it to any customer and call it the
primary one. What counts is a Contact Confirmation, written when somebody who may write the customer has made, named or
confirmed the contact (``people/confirmations.py``), or that it is one of ERPNext's portal users of the customer.
"""

from datetime import date

import frappe
from frappe import _
from frappe.query_builder import Case
from frappe.query_builder.functions import Lower, Max, Sum
from frappe.utils import getdate
from pypika.terms import Criterion, ExistsCriterion

from keep_customers.access.lookups import named
from keep_customers.erp.api import typed
from keep_customers.erp.tables import FALLING, chunks
from keep_customers.people.addresses import mark

ROLE = "Customer"  # of website users
CONFIRMATION = "Contact Confirmation"


def who_decides(person):
	"""The condition on Customer File Person that it is somebody who decides."""
	return (person.decides == 1) | person.relation.isin(["Owner", "Decision Maker"])


# Who counts


def counts(contact, customer) -> Criterion:
	"""The condition that a contact speaks for a customer, reads its cases and is written to.

	:param contact, customer: columns with their names, of a row that links them
	"""
	said, portal_user = (
		frappe.qb.DocType(CONFIRMATION).as_("said"),
		frappe.qb.DocType("Portal User").as_("named"),
	)
	own = frappe.qb.DocType("Contact").as_("own")
	by_people = (
		frappe.qb.from_(said).select(said.name).where((said.contact == contact) & (said.customer == customer))
	)
	by_the_portal = (
		frappe.qb.from_(portal_user)
		.inner_join(own)
		.on(is_of_portal_user(own, portal_user))
		.select(portal_user.name)
		.where((own.name == contact) & (portal_user.parent == customer))
	)
	return ExistsCriterion(by_people) | ExistsCriterion(by_the_portal)


def is_of_portal_user(contact, portal_user) -> Criterion:
	"""The condition that a contact is a portal user's own: of their user and their address, as a name in a field of the
	contact is anybody's to write."""
	return (
		(portal_user.parenttype == "Customer")
		& (contact.user == portal_user.user)
		& (Lower(contact.email_id) == Lower(portal_user.user))
	)


def linked():
	"""(query of what links contacts to customers, its table of contacts, its table of links), whether they count or not."""
	contact, link = frappe.qb.DocType("Contact"), frappe.qb.DocType("Dynamic Link")
	query = (
		frappe.qb.from_(link)
		.inner_join(contact)
		.on(contact.name == link.parent)
		.where((link.parenttype == "Contact") & (link.link_doctype == "Customer"))
	)
	return query, contact, link


def naming_fields() -> list[str]:
	"""The customer's own fields that name a contact; other apps have theirs."""
	return [
		one.fieldname for one in frappe.get_meta("Customer").get_link_fields() if one.options == "Contact"
	]


def named_by(field: str):
	"""(query of the contacts that customers name in one of these fields, its table of contacts, its table of customers),
	whether they count or not."""
	customer, contact = frappe.qb.DocType("Customer"), frappe.qb.DocType("Contact")
	query = frappe.qb.from_(customer).inner_join(contact).on(contact.name == customer[field])
	return query, contact, customer


def _contacts(customers: list[str]) -> list[tuple[str, str]]:
	"""(customer, contact that counts), of each customer last whom it names, else the primary one, else the oldest."""
	query, contact, link = linked()
	rows = [
		*query.select(link.link_name, contact.name)
		.where(link.link_name.isin(customers) & counts(contact.name, link.link_name))
		.orderby(contact.is_primary_contact)
		.orderby(contact.creation, order=FALLING)
		.run()
	]
	for field in naming_fields():
		query, contact, customer = named_by(field)
		query = query.select(customer.name, contact.name)
		found = query.where(customer.name.isin(customers) & counts(contact.name, customer.name)).run()
		rows = [*rows, *found] if field == "customer_primary_contact" else [*found, *rows]
	return rows


def who_left(customers: list[str]) -> dict[tuple[str, str], date]:
	"""(customer, contact) of who is no longer there, as the file says -> since when; who stands there again is."""
	person = frappe.qb.DocType("Customer File Person")
	there = Case().when(person.left_on <= getdate(), 0).else_(1)
	query = (
		frappe.qb.from_(person)
		.select(person.parent, person.contact, Max(person.left_on))
		.where((person.parenttype == "Customer File") & (person.contact > ""))
		.groupby(person.parent, person.contact)
		.having(Sum(there) == 0)
	)
	parts = (query.where(person.parent.isin(part)).run() for part in chunks(customers, 1000))
	return {(customer, contact): getdate(day) for rows in parts for customer, contact, day in rows}


def told_apart(customers: list[str]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
	"""(customer, contact that counts) of many customers: those who have left, and those who are there, the main one of each
	customer last."""
	left, here = [], []
	for part in chunks(customers, 1000):
		gone = who_left(part)
		for pair in _contacts(part):
			(left if tuple(pair) in gone else here).append(pair)
	return left, here


def named_or_oldest(customers: list[str]) -> dict[str, str]:
	"""As :func:`primary_contacts`, whether or not they have left."""
	return {customer: contact for part in chunks(customers, 1000) for customer, contact in _contacts(part)}


def contacts_of(customer: str) -> list[str]:
	"""The contacts that count, the main one first, who has left last."""
	return list(dict.fromkeys(contact for _customer, contact in reversed(all_contacts([customer]))))


def primary_contact(customer: str) -> str | None:
	"""The Contact the customer names, else the one linked to it that is primary, else the oldest linked one; of those
	that count and are still there."""
	return primary_contacts([customer]).get(customer)


def primary_contacts(customers: list[str]) -> dict[str, str]:
	"""Customer -> the Contact of :func:`primary_contact`, for many customers; who has none is not there."""
	return dict(told_apart(customers)[1])


def all_contacts(customers: list[str]) -> list[tuple[str, str]]:
	"""(customer, contact that counts) of many customers, who has left first, the main one of each last."""
	left, here = told_apart(customers)
	return left + here


def is_contact_of(contact: str, customer: str) -> bool:
	return contact in contacts_of(customer)


def has_moved(contact: str | None, customer: str | None) -> bool:
	"""Whether a contact is another customer's by now and this one's no more: no link that was sent before is theirs to answer.
	Who is linked to both, or is named by this one, is still this one's, also who has left."""
	if not contact or not customer:
		return False
	about = {"parenttype": "Contact", "parent": contact, "link_doctype": "Customer"}
	linked_to = frappe.get_all("Dynamic Link", about, pluck="link_name")
	return bool(linked_to) and customer not in linked_to and not is_contact_of(contact, customer)


def contact_or_main(customer: str, contact: str | None) -> str | None:
	"""The contact, if it is the customer's and still there, else the customer's main one: a word of theirs is asked of
	nobody else, whatever address stands in the case."""
	_left, here = told_apart([customer])
	return contact if contact and (customer, contact) in here else dict(here).get(customer)


@frappe.whitelist()
@typed
def contact_query(
	doctype: str,
	txt: str,
	searchfield: str,
	start: int,
	page_len: int,
	filters: dict | None = None,
	**more: object,
) -> list:
	"""What a Link field to Contact offers: the contacts of the ``customer`` in its filters that count, the main one first, who
	has left last, and said so.

	:raises frappe.PermissionError: if the user may not read the customer
	"""
	customer = (filters or {}).get("customer")
	if not customer:
		return []
	named("Customer", customer)
	like = ("like", f"%{txt}%")
	left, here = ([contact for _customer, contact in pairs] for pairs in told_apart([customer]))
	places = {contact: at for at, contact in enumerate([*left, *here])}
	found = frappe.get_list(
		"Contact",
		filters={"name": ("in", list(places) or [""])},
		or_filters={"name": like, "full_name": like, "email_id": like},
		fields=["name", "full_name", "company_name"],
		limit=0,
		as_list=True,
	)
	found = sorted(found, key=lambda row: -places[row[0]])
	gone = {*left} - {*here}
	return [(*row, *([_("Has left")] if row[0] in gone else [])) for row in found[start : start + page_len]]


# Where they are reached


def confirmed_marks(customers: list[str]) -> dict[tuple[str, str], set[str]]:
	"""(customer, contact) -> the fingerprints of the addresses and users for which a contact that counts was confirmed;
	without a contact those that were entered on the customer. What the contact says by now may be the word of anybody who
	may write it."""
	marks: dict[tuple[str, str], set[str]] = {}
	said, named, own = (frappe.qb.DocType(one) for one in (CONFIRMATION, "Portal User", "Contact"))
	for part in chunks(customers, 1000):
		rows = frappe.qb.from_(said).select(said.customer, said.contact, said.addresses)
		for customer, contact, addresses in rows.where(said.customer.isin(part)).run():
			marks[customer, contact or ""] = set((addresses or "").split())
		# A portal user's own address is what ERPNext lets them in by.
		rows = frappe.qb.from_(named).inner_join(own).on(is_of_portal_user(own, named))
		for customer, contact, user in (
			rows.select(named.parent, own.name, named.user).where(named.parent.isin(part)).run()
		):
			marks.setdefault((customer, contact), {mark(user)})
	return marks


def reached_at(contact: str | None, customer: str) -> frappe._dict | None:
	"""How a contact is called, and the addresses at which it may hear what is for this customer; None if it does not count."""
	if not contact or not is_contact_of(contact, customer):
		return None
	fields = ["name", "full_name", "first_name", "last_name", "salutation", "unsubscribed"]
	addresses = ["email_id", "mobile_no", "phone"]
	row = frappe.db.get_value("Contact", contact, [*fields, *addresses], as_dict=True)
	confirmed = confirmed_marks([customer]).get((customer, contact), set())
	for field in addresses:
		if mark(row[field]) not in confirmed:
			row[field] = None
	return row


# Who speaks


def customers_of_address(email: str, also_left: bool = False) -> dict[str, str]:
	"""Customer -> the contact of theirs who has this e-mail address, and was confirmed with it.

	:param also_left: with those who are no longer there, for who can ask them
	"""
	email = (email or "").strip().lower()
	contact, address, said = (frappe.qb.DocType(one) for one in ("Contact", "Contact Email", CONFIRMATION))
	confirmed = (
		frappe.qb.from_(contact)
		.inner_join(said)
		.on(said.contact == contact.name)
		.left_join(address)
		.on((address.parent == contact.name) & (address.parenttype == "Contact"))
		.select(said.customer, contact.name)
		.where((Lower(contact.email_id) == email) | (Lower(address.email_id) == email))
		.where(said.addresses.like(f"%{mark(email) or '-'}%"))
		.orderby(contact.creation)
	).run()
	query, contact, link = linked()
	portal_user = frappe.qb.DocType("Portal User")
	portal = (
		query.inner_join(portal_user)
		.on((portal_user.parent == link.link_name) & is_of_portal_user(contact, portal_user))
		.select(link.link_name, contact.name)
		.where(Lower(portal_user.user) == email)
		.orderby(contact.creation)
	).run()
	return dict(_that_count([*reversed(portal), *reversed(confirmed)], also_left))


def contacts_at(number: str | None) -> list[tuple[str, str]]:
	"""(customer, contact) of who counts and was confirmed with a telephone number, however that is written."""
	sign = mark(number)
	if not sign:
		return []
	said = frappe.qb.DocType(CONFIRMATION)
	rows = (
		frappe.qb.from_(said)
		.select(said.customer, said.contact)
		.where(said.addresses.like(f"%{sign}%") & said.contact.isnotnull() & (said.contact != ""))
		.orderby(said.creation)
	).run()
	return _that_count(rows)


def contact_at(number: str | None) -> str | None:
	"""Who is reached at a telephone number; None if nobody is, or people of several customers are: nobody knows who it was."""
	found = contacts_at(number)
	return found[0][1] if len({customer for customer, _contact in found}) == 1 else None


def _that_count(pairs: list[tuple[str, str]], also_left: bool = True) -> list[tuple[str, str]]:
	"""Those of the pairs of customer and contact where the contact counts, in their order; asked in one go."""
	left, here = told_apart([customer for customer, _contact in pairs])
	counting = {*here, *(left if also_left else ())}
	return [pair for pair in pairs if tuple(pair) in counting]


def customers_of(user: str) -> set[str]:
	"""The customers a website user speaks for: by a contact confirmed with this user or their address, or as one of
	ERPNext's portal users; not those where they are no longer."""
	if user == "Guest" or ROLE not in frappe.get_roles(user):
		return set()
	contact, said = frappe.qb.DocType("Contact"), frappe.qb.DocType(CONFIRMATION)
	rows = (
		frappe.qb.from_(contact)
		.inner_join(said)
		.on(said.contact == contact.name)
		.select(said.customer, contact.name)
		.where((contact.user == user) & said.addresses.like(f"%{mark(user)}%"))
	).run()
	by_contact = {customer for customer, _contact in _that_count(rows, also_left=False)}
	return by_contact | customers_of_portal_user(user)


def customers_of_portal_user(user: str) -> set[str]:
	"""The customers that name somebody as one of ERPNext's portal users, but those whose files say that they have left."""
	named = {"user": user, "parenttype": "Customer"}
	customers = set(frappe.get_all("Portal User", filters=named, pluck="parent"))
	gone = who_left(sorted(customers))
	if not gone:
		return customers
	own = frappe.get_all("Contact", or_filters={"user": user, "email_id": user}, pluck="name")
	return customers - {customer for customer, contact in gone if contact in own}
