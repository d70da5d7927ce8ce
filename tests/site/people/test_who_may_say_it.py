"""Who makes a contact counts as having confirmed it, if they may write the customer; ERPNext's own ways are thought of."""

import frappe
import pytest

from keep_customers.care import contacts_seen
from keep_customers.people import confirmations, contacts
from tests.site.complaints.guests.said import OLGA, PAVEL, portal_user
from tests.site.mail import contact
from tests.site.people.links import own_contact, pairs, report
from tests.site.story import ANNA, BEN, PREFIX, TERRITORY, _user

POLLY = "polly@keep-test.example"


@pytest.fixture
def works(story):
	return story.customer("Works")


def test_a_contact_made_by_a_rep_counts_at_once(works):
	frappe.set_user(BEN)
	made = contact(works, email=PAVEL)
	assert contacts.primary_contact(works) == made.name and pairs() == {(made.name, works): "Made"}
	assert contacts.reached_at(made.name, works).email_id == PAVEL and report() == []


def test_a_colleague_who_may_not_write_the_customer_leaves_it_to_who_may(works):
	_user(POLLY, ["Purchase User"])
	frappe.set_user(POLLY)
	made = contact(works, email=PAVEL)
	assert contacts.primary_contact(works) is None
	assert report() == [], "she has nothing to confirm"
	with pytest.raises(frappe.PermissionError):
		frappe.get_attr("keep_customers.care.confirming.confirm")(made.name, works)
	frappe.set_user(ANNA)
	assert report() == [(made.name, works)]
	frappe.get_attr("keep_customers.care.confirming.confirm")(made.name, works)
	assert contacts.primary_contact(works) == made.name and report() == []
	frappe.set_user("Administrator")
	frappe.db.set_value("Customer", works, "disabled", 1)
	assert contacts.is_contact_of(made.name, works), "what was said holds, whether or not we do business"


def test_of_two_customers_each_is_asked_for_itself(works, story):
	other = story.customer("Other")
	frappe.permissions.add_user_permission("Customer", works, ANNA)
	frappe.set_user(ANNA)
	made = contact(works, email=PAVEL)
	made.append("links", {"link_doctype": "Customer", "link_name": other})
	made.flags.ignore_permissions = True
	made.save()
	assert contacts.customers_of_address(PAVEL) == {works: made.name} and report() == []
	frappe.set_user("Administrator")
	assert report() == [(made.name, other)]


def test_who_names_a_contact_on_the_customer_confirms_it(works):
	other = contact(works, first_name=f"{PREFIX} Other", email=OLGA)
	frappe.db.delete("Contact Confirmation")
	frappe.set_user(ANNA)
	doc = frappe.get_doc("Customer", works)
	doc.customer_primary_contact = other.name
	doc.save()
	assert pairs(contact=other.name) == {(other.name, works): "Named"}
	assert contacts.primary_contact(works) == other.name
	doc.customer_primary_contact = None
	doc.save()
	assert contacts.is_contact_of(other.name, works), "it is still linked"


def test_a_portal_user_counts_with_their_own_address_only(guest, works, pavel, story):
	foreign = own_contact(pavel, works)
	portal_user(works, OLGA, by="portal user")
	forged = own_contact(pavel, works, user=OLGA, first_name=f"{PREFIX} Forged")
	assert contacts.contacts_of(works) == []
	portal_user(works, PAVEL, by="portal user")
	assert contacts.contacts_of(works) == [foreign] and contacts.customers_of(PAVEL) == {works}
	assert contacts.customers_of_address(PAVEL) == {works: foreign}
	where = contacts.reached_at(foreign, works)
	assert (where.email_id, where.mobile_no) == (PAVEL, None), "ERPNext knows nothing of the number"
	doc = frappe.get_doc("Customer", works)
	doc.portal_users = []
	doc.save()
	assert contacts.contacts_of(works) == [] and contacts.customers_of(PAVEL) == set() and forged


def test_who_buys_on_the_website_speaks_for_the_customer_erpnext_makes_for_them(guest, pavel, story):
	frappe.set_user(PAVEL)
	made = frappe.get_doc(
		{
			"doctype": "Customer",
			"customer_name": f"{PREFIX} Pavel",
			"customer_group": None,
			"territory": TERRITORY,
		}
	)
	made.flags.ignore_mandatory = True
	made.insert(ignore_permissions=True)
	own = frappe.get_doc({"doctype": "Contact", "first_name": f"{PREFIX} Pavel"})
	own.append("email_ids", {"email_id": PAVEL, "is_primary": 1})
	own.append("links", {"link_doctype": "Customer", "link_name": made.name})
	own.insert(ignore_permissions=True)
	assert pairs() == {(own.name, made.name): "Own Customer"} and contacts.customers_of(PAVEL) == {made.name}
	other = frappe.get_doc({"doctype": "Contact", "first_name": f"{PREFIX} Friend"})
	other.append("email_ids", {"email_id": OLGA, "is_primary": 1})
	other.append("links", {"link_doctype": "Customer", "link_name": made.name})
	other.insert(ignore_permissions=True)
	assert contacts.contacts_of(made.name) == [own.name]


def test_of_a_lead_its_own_person_becomes_the_customers_and_nobody_else(guest, pavel, story):
	"""ERPNext links whatever is linked to a lead to the customer that is made of it."""
	lead = frappe.get_doc(
		{"doctype": "Lead", "lead_name": f"{PREFIX} Lea", "first_name": "Lea", "email_id": "Lea@lead.example"}
	).insert()

	def of_lead(first_name, address, user):
		frappe.set_user(user)
		doc = frappe.get_doc({"doctype": "Contact", "first_name": f"{PREFIX} {first_name}"})
		doc.append("email_ids", {"email_id": address, "is_primary": 1})
		doc.append("phone_nos", {"phone": "+49 666", "is_primary_mobile_no": 1})
		doc.append("links", {"link_doctype": "Lead", "link_name": lead.name})
		return doc.insert(ignore_permissions=True).name

	# From the form on the website; by a rep; by somebody who has a login there.
	lea, ruth, evil = (
		of_lead("Lea", "lea@lead.example", "Guest"),
		of_lead("Ruth", "ruth@lead.example", BEN),
		of_lead("Pavel", PAVEL, PAVEL),
	)
	# As ERPNext takes it over from whatever contact comes last.
	frappe.db.set_value("Lead", lead.name, "mobile_no", "+49 666")
	frappe.set_user(ANNA)
	made = story.customer("Lea", lead_name=lead.name)
	for name in (lea, ruth, evil):
		doc = frappe.get_doc("Contact", name)
		if not doc.has_link("Customer", made):  # genuine ERPNext has done it
			doc.append("links", {"link_doctype": "Customer", "link_name": made})
			doc.save()
	said = {name: how for (name, _customer), how in pairs(customer=made).items() if name in (lea, ruth, evil)}
	assert said == {lea: "From a Lead", ruth: "Made"}
	where = contacts.reached_at(lea, made)
	assert (where.email_id, where.mobile_no) == ("lea@lead.example", None), "the number is not the lead's"
	# Lea herself is waiting because of the number.
	assert report(made) == [(evil, made), (lea, made)]


def test_mails_of_a_stranger_are_no_contact_with_the_customer(guest, works, pavel, story):
	foreign = own_contact(pavel, works)

	def mail(days, *links, sender=PAVEL):
		doc = frappe.get_doc(
			{
				"doctype": "Communication", "communication_type": "Communication", "communication_medium": "Email",
				"sent_or_received": "Received", "subject": f"{PREFIX} Hello", "sender": sender,
				"communication_date": f"{story.days_ago(days)} 10:00:00",
			}
		)  # fmt: skip
		for doctype, name in links:
			doc.append("timeline_links", {"link_doctype": doctype, "link_name": name})
		doc.insert()
		frappe.db.set_value(
			"Communication", doc.name, "communication_date", f"{story.days_ago(days)} 10:00:00"
		)

	mail(3, ("Contact", foreign))
	# The host adds the customer of its own accord.
	mail(2, ("Contact", foreign), ("Customer", works))
	assert contacts_seen.latest(story.today) == {}
	mail(9, ("Customer", works), sender="new@works.example")
	assert contacts_seen.latest(story.today) == {works: story.days_ago(9)}
	confirmations.confirm(foreign, works)
	assert contacts_seen.latest(story.today) == {works: story.days_ago(2)}


def test_the_night_says_how_many_wait(guest, works, pavel, story):
	assert not story.completed_yesterday().warnings
	own_contact(pavel, works)
	assert "One contact of a customer waits" in story.night().warnings
