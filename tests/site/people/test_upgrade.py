"""A site that has believed every link: what who may has made stays so, all else waits; nobody hears of it."""

import frappe
import pytest

from keep_customers.messaging import recipients
from keep_customers.patches.v0_2 import confirm_contacts
from keep_customers.people import contacts
from tests.site.complaints.guests.said import OLGA, PAVEL, portal_user
from tests.site.mail import contact
from tests.site.people.links import own_contact, pairs, report, said
from tests.site.story import ANNA, BEN, PREFIX, _user

POLLY = "polly@keep-test.example"


def messages():
	return [frappe.db.count(doctype) for doctype in ("Email Queue", "Notification Log", "ToDo", "Comment")]


def made_by(owner, customer, first_name, address, **values):
	frappe.set_user("Administrator")
	doc = contact(customer, first_name=f"{PREFIX} {first_name}", email=address, **values)
	frappe.db.set_value("Contact", doc.name, "owner", owner, update_modified=False)
	# Whose row it is can be sent along.
	frappe.db.set_value("Dynamic Link", {"parent": doc.name}, "owner", "Administrator", update_modified=False)
	return doc.name


@pytest.fixture
def old(guest, firm, olga, story):
	"""Contacts of all kinds, as they were before anybody was asked."""
	_user(POLLY, ["Purchase User"])
	portal_user(None, PAVEL)
	left = made_by(BEN, firm, "Left", "left@firm.example", mobile="+49 1")
	frappe.db.set_value("User", BEN, "enabled", 0)
	bought = made_by(POLLY, firm, "Bought", "bought@firm.example")
	named = made_by(POLLY, story.customer("Named"), "Named", "named@firm.example")
	frappe.db.set_value("Customer", f"{PREFIX} Named", "customer_primary_contact", named)
	foreign = made_by(PAVEL, firm, "Foreign", PAVEL)
	frappe.db.set_value("Customer", story.customer("Planted"), "email_id", PAVEL)
	planted = made_by(PAVEL, f"{PREFIX} Planted", "Planted", PAVEL)
	frappe.db.set_value("Customer", f"{PREFIX} Planted", "customer_primary_contact", planted)
	own = made_by(PAVEL, story.customer("Own"), "Own", PAVEL, user=PAVEL)
	frappe.db.set_value("Customer", f"{PREFIX} Own", "owner", PAVEL)
	lead = frappe.get_doc(
		{"doctype": "Lead", "lead_name": f"{PREFIX} Lea", "first_name": "Lea", "email_id": "lea@lead.example"}
	).insert()
	lea = made_by(
		"Guest", story.customer("Lea", lead_name=lead.name), "Lea", "lea@lead.example", mobile="+49 2"
	)
	story.customer("Imported", email_id="office@imported.example")
	nobody = made_by("nobody@gone.example", firm, "Nobody", "nobody@firm.example")
	frappe.db.delete("Contact Confirmation")
	frappe.db.commit()
	return frappe._dict(
		left=left,
		bought=bought,
		named=named,
		foreign=foreign,
		planted=planted,
		own=own,
		lea=lea,
		nobody=nobody,
	)


def test_what_who_may_has_made_stays_and_all_else_waits_for_a_person(old, firm, olga):
	assert contacts.contacts_of(firm) == []
	before = messages()
	confirm_contacts.execute()
	first = pairs()
	by_name = {
		customer.removeprefix(f"{PREFIX} "): how
		for (_one, customer), how in first.items()
		if customer != firm
	}
	assert {name: how for (name, customer), how in first.items() if customer == firm} == {
		olga: "Upgrade", old.left: "Upgrade",
	}  # fmt: skip
	lea = [customer for _one, customer in first if customer.startswith(f"{PREFIX} Lea")]
	# ERPNext itself makes more of a lead.
	assert first[old.lea, lea[0]] == "From a Lead" and by_name.pop("Lea")
	assert by_name == {"Named": "Upgrade", "Own": "Own Customer", "Imported": "Upgrade"}
	assert recipients.addresses(f"{PREFIX} Imported")["email"] == "office@imported.example"
	assert contacts.primary_contact(f"{PREFIX} Planted") is None
	assert recipients.addresses(f"{PREFIX} Planted")["email"] is None
	assert contacts.reached_at(old.left, firm).mobile_no == "+49 1"
	where = contacts.reached_at(old.lea, lea[0])
	assert (where.email_id, where.mobile_no) == ("lea@lead.example", None)
	assert contacts.customers_of(PAVEL) == {f"{PREFIX} Own"}
	waits = {contact for contact, _customer in report()}
	assert waits == {old.bought, old.foreign, old.planted, old.nobody, old.lea}
	confirm_contacts.execute()
	assert pairs() == first and len(said()) == len(first) and messages() == before


def test_a_role_of_the_sites_own_may_write_customers_too(old, firm):
	if frappe.db.exists("Custom DocPerm", {"parent": "Customer"}):
		pytest.skip("this site has roles of its own for Customer; they are not ours to put back")
	role = frappe.get_doc({"doctype": "Role", "role_name": f"{PREFIX} Buyers"}).insert()
	frappe.permissions.add_permission("Customer", role.name)
	frappe.permissions.update_permission_property("Customer", role.name, 0, "write", 1)
	frappe.get_doc("User", POLLY).add_roles(role.name)
	confirm_contacts.execute()
	assert (old.bought, firm) in pairs() and (old.foreign, firm) not in pairs()
	frappe.permissions.reset_perms("Customer")
	frappe.delete_doc("Role", role.name, force=True)


def test_who_has_a_login_gets_nothing_from_the_upgrade(guest, firm, pavel):
	foreign = own_contact(pavel, firm)
	confirm_contacts.execute()
	assert (foreign, firm) not in pairs() and contacts.customers_of(PAVEL) == set() and ANNA and OLGA
