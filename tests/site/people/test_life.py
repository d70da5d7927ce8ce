"""What was said of a contact goes with contact and customer: renamed, merged, deleted, unlinked."""

import frappe
import pytest
from frappe.model.rename_doc import rename_doc

from keep_customers.people import contacts
from tests.site.complaints.guests.said import OLGA, PAVEL
from tests.site.mail import contact
from tests.site.people.links import own_contact, pairs, report, said
from tests.site.story import ANNA, PREFIX, _user

POLLY = "polly@keep-test.example"


def test_a_customer_is_renamed_and_merged_with_what_was_said_of_its_contacts(guest, firm, olga, pavel, story):
	works = story.customer("Works")
	paula = contact(works, first_name=f"{PREFIX} Paula", email="paula@works.example")
	both = contact(works, first_name=f"{PREFIX} Both", email="both@works.example")
	both.append("links", {"link_doctype": "Customer", "link_name": firm})
	both.save()
	frappe.db.commit()
	foreign = own_contact(pavel, works)
	frappe.db.set_value("Customer", works, "customer_name", "Old")
	new = rename_doc("Customer", works, f"{PREFIX} New Works", force=True)
	assert set(contacts.contacts_of(new)) == {paula.name, both.name}
	assert {row.customer_name for row in said(customer=new)} == {f"{PREFIX} New Works"}
	rename_doc("Customer", new, firm, merge=True, force=True)
	assert set(contacts.contacts_of(firm)) == {olga, paula.name, both.name}
	assert len(said(contact=both.name)) == 1 and said(customer=new) == []
	assert report() == [(foreign, firm)], "merging customers says nothing of who waits"


def test_contacts_merged_by_who_may_are_one_and_by_who_may_not_are_to_be_confirmed(firm, olga, story):
	frappe.set_user(ANNA)
	twice = contact(firm, first_name=f"{PREFIX} Olga again", email="kern@firm.example")
	rename_doc("Contact", twice.name, olga, merge=True, force=True)
	assert pairs() == {(olga, firm): "Made"} and contacts.reached_at(olga, firm).email_id == OLGA
	frappe.set_user("Administrator")
	other = contact(story.customer("Other"), first_name=f"{PREFIX} Third", email=PAVEL)
	frappe.db.set_value("Customer", firm, "customer_primary_contact", olga)
	_user(POLLY, ["Purchase Master Manager"])  # who may delete contacts
	frappe.set_user(POLLY)
	rename_doc("Contact", olga, other.name, merge=True, force=True)
	frappe.set_user("Administrator")
	assert frappe.db.get_value("Customer", firm, "customer_primary_contact") == other.name
	assert contacts.primary_contact(firm) is None and contacts.customers_of_address(PAVEL) == {
		f"{PREFIX} Other": other.name
	}
	told = {
		"for_user": ANNA,
		"document_name": other.name,
		"subject": ("like", "%may not write the customer%"),
	}
	assert frappe.db.exists("Notification Log", told)


def test_a_renamed_contact_stays_who_it_is(firm, olga):
	new = rename_doc("Contact", olga, f"{PREFIX} Mrs Kern", force=True)
	assert contacts.contacts_of(firm) == [new] and contacts.customers_of_address(OLGA) == {firm: new}
	shouted = rename_doc("Contact", new, new.upper(), force=True)
	assert contacts.contacts_of(firm) == [shouted]


@pytest.mark.parametrize("way", ["deleted", "gone"])
def test_a_new_contact_of_an_old_name_is_somebody_else(guest, firm, olga, pavel, way):
	"""A contact's name is that of the person and the customer: anybody can make it again."""
	doc = frappe.get_doc("Contact", olga)
	if way == "deleted":
		frappe.delete_doc("Contact", olga)
		assert said() == []
	else:  # past the document life, as some tools clean up
		for doctype, field in (("Contact", "name"), ("Dynamic Link", "parent"), ("Contact Email", "parent")):
			frappe.db.delete(doctype, {field: olga})
	frappe.db.commit()
	again = own_contact(pavel, firm, first_name=doc.first_name, last_name=doc.last_name)
	assert again == olga and contacts.contacts_of(firm) == []
	assert report() == [(olga, firm)]


def test_what_is_unlinked_counts_no_more_and_a_deleted_customer_takes_it_along(firm, olga, story):
	works = story.customer("Works")
	doc = frappe.get_doc("Contact", olga)
	doc.append("links", {"link_doctype": "Customer", "link_name": works})
	doc.save()
	assert pairs() == {(olga, firm): "Made", (olga, works): "Made"}
	doc.links = doc.links[1:]
	doc.save()
	assert pairs() == {(olga, works): "Made"} and contacts.contacts_of(firm) == []
	frappe.delete_doc("Customer", works)
	assert said() == []
