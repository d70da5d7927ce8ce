"""People of a customer: who is its contact, who is reached at an address, who speaks for it, who decides."""

import frappe
from frappe.query_builder.functions import Lower

from keep_customers.erp.tables import chunks

ROLE = "Customer"  # of website users


def who_decides(person):
	"""The condition on Customer File Person that it is somebody who decides."""
	return (person.decides == 1) | person.relation.isin(["Owner", "Decision Maker"])


def customers_of_address(email: str) -> dict[str, str]:
	"""Customer -> the contact of theirs who has this e-mail address."""
	contact, address, link = (frappe.qb.DocType(one) for one in ("Contact", "Contact Email", "Dynamic Link"))
	email = email.lower()
	rows = (
		frappe.qb.from_(contact)
		.inner_join(link)
		.on((link.parent == contact.name) & (link.parenttype == "Contact"))
		.left_join(address)
		.on((address.parent == contact.name) & (address.parenttype == "Contact"))
		.select(link.link_name, contact.name)
		.where(link.link_doctype == "Customer")
		.where((Lower(contact.email_id) == email) | (Lower(address.email_id) == email))
		.orderby(contact.creation)
	).run()
	return dict(reversed(rows))


def customers_of(user: str) -> set[str]:
	"""The customers a website user speaks for: by its contact, or as one of ERPNext's portal users."""
	if user == "Guest" or ROLE not in frappe.get_roles(user):
		return set()
	contact, link = frappe.qb.DocType("Contact"), frappe.qb.DocType("Dynamic Link")
	rows = (
		frappe.qb.from_(contact)
		.inner_join(link)
		.on((link.parent == contact.name) & (link.parenttype == "Contact"))
		.select(link.link_name)
		.where((contact.user == user) & (link.link_doctype == "Customer"))
	).run()
	customers = {name for (name,) in rows}
	if frappe.db.exists("DocType", "Portal User"):
		customers.update(
			frappe.get_all("Portal User", filters={"user": user, "parenttype": "Customer"}, pluck="parent")
		)
	return customers


def primary_contact(customer: str) -> str | None:
	"""The Contact the customer names, else the one linked to it that is primary, else the oldest linked one."""
	named = frappe.db.get_value("Customer", customer, "customer_primary_contact")
	if named and frappe.db.exists("Contact", named):
		return named
	contact, link = frappe.qb.DocType("Contact"), frappe.qb.DocType("Dynamic Link")
	rows = (
		frappe.qb.from_(link)
		.inner_join(contact)
		.on(contact.name == link.parent)
		.select(contact.name)
		.where((link.parenttype == "Contact") & (link.link_doctype == "Customer"))
		.where(link.link_name == customer)
		.orderby(contact.is_primary_contact, order=frappe.qb.desc)
		.orderby(contact.creation)
		.limit(1)
	).run()
	return rows[0][0] if rows else None


def primary_contacts(customers: list[str]) -> dict[str, str]:
	"""Customer -> the Contact of :func:`primary_contact`, for many customers; who has none is not there."""
	found: dict[str, str] = {}
	customer, contact, link = (frappe.qb.DocType(name) for name in ("Customer", "Contact", "Dynamic Link"))
	for part in chunks(customers, 1000):
		linked = (
			frappe.qb.from_(link)
			.inner_join(contact)
			.on(contact.name == link.parent)
			.select(link.link_name, contact.name)
			.where((link.parenttype == "Contact") & (link.link_doctype == "Customer"))
			.where(link.link_name.isin(part))
			.orderby(contact.is_primary_contact)
			.orderby(contact.creation, order=frappe.qb.desc)
		)
		named = (
			frappe.qb.from_(customer)
			.inner_join(contact)
			.on(contact.name == customer.customer_primary_contact)
			.select(customer.name, contact.name)
			.where(customer.name.isin(part))
		)
		# The last word counts.
		found |= dict(linked.run()) | dict(named.run())
	return found


def is_contact_of(contact: str, customer: str) -> bool:
	return bool(
		frappe.db.exists(
			"Dynamic Link",
			{
				"parenttype": "Contact",
				"parent": contact,
				"link_doctype": "Customer",
				"link_name": customer,
			},
		)
	)


def contact_or_main(customer: str, contact: str | None) -> str | None:
	"""The contact, if it is the customer's, else the customer's main one: a word of theirs is asked of nobody else,
	whatever address stands in the case."""
	if contact and is_contact_of(contact, customer):
		return contact
	return primary_contact(customer)
