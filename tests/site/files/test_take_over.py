"""People whom Contacts know come into the files: once, without overwriting, and only whom somebody has confirmed."""

import frappe
import pytest
from frappe.custom.doctype.custom_field.custom_field import create_custom_field
from frappe.permissions import add_user_permission

from keep_customers.files import take_over
from tests.site.care.asked import as_user
from tests.site.mail import contact
from tests.site.story import ANNA, EVE

FIELD = "date_of_birth"


@pytest.fixture
def birthdays():
	"""A site whose contacts have a field for it."""
	create_custom_field("Contact", {"fieldname": FIELD, "label": "Date of Birth", "fieldtype": "Date"})
	frappe.clear_cache(doctype="Contact")
	yield
	frappe.delete_doc("Custom Field", f"Contact-{FIELD}", force=True)
	frappe.clear_cache(doctype="Contact")


def people(customer):
	return [
		(row.full_name, row.phone, row.email, row.birthday and str(row.birthday))
		for row in frappe.get_doc("Customer File", customer).people
	]


def test_people_and_their_birthdays_come_over_once(story, birthdays):
	firm = story.customer("Firm")
	olga = contact(firm, first_name="Olga", last_name="Berg", email="olga@firm.example")
	olga.update({FIELD: "1980-05-06", "designation": "Buyer"})
	olga.save()
	max_ = contact(firm, first_name="Max", email="max@firm.example")
	max_.update({FIELD: "1900-01-01"})
	max_.save()
	rows = take_over.preview([firm])["rows"]
	assert {(row["full_name"], row["birthday"], row["note"], row["adds"]) for row in rows} == {
		("Olga Berg", "1980-05-06", "Buyer", True), ("Max", None, None, True),
	}  # fmt: skip
	assert not frappe.db.exists("Customer File", firm), "a preview writes nothing"
	assert take_over.take_over([firm], [olga.name]) == {"added": 1, "completed": 0, "files": 1}
	assert people(firm) == [("Olga Berg", None, "olga@firm.example", "1980-05-06")]
	assert take_over.take_over([firm])["added"] == 1
	assert take_over.take_over([firm]) == {"added": 0, "completed": 0, "files": 0}
	assert take_over.preview([firm]) == {"rows": [], "waiting": 0}
	assert len(people(firm)) == 2


def test_what_is_in_the_file_stays_and_what_is_empty_is_completed(story, birthdays):
	firm = story.customer("Firm")
	olga = contact(firm, first_name="Olga", last_name="Berg", email="olga@firm.example")
	olga.update({FIELD: "1980-05-06"})
	olga.save()
	gone = contact(firm, first_name="Ida", email="ida@firm.example")
	story.file(
		firm,
		people=[
			{"full_name": "olga  BERG", "email": "private@olga.example", "relation": "Owner"},
			{"full_name": "Ida", "contact": gone.name, "left_on": "2026-01-01"},
		],
	)
	assert take_over.take_over([firm]) == {"added": 0, "completed": 1, "files": 0}
	assert people(firm)[0] == ("olga  BERG", None, "private@olga.example", "1980-05-06")
	assert frappe.get_doc("Customer File", firm).people[0].contact == olga.name
	assert len(people(firm)) == 2, "who has left does not come back"


def test_two_contacts_of_one_person_are_one(story):
	firm = story.customer("Firm")
	contact(firm, first_name="Olga", last_name="Berg", email="olga@firm.example")
	contact(firm, first_name="Olga", last_name="Berg", email="o.berg@firm.example")
	contact(firm, first_name="O.", last_name="Berg", email="olga@firm.example")
	# A mailbox of the firm is everybody's.
	contact(firm, first_name="Max", email="olga@firm.example")
	take_over.take_over([firm])
	assert sorted(name for name, *_more in people(firm)) == ["Max", "Olga Berg"]


def test_a_contact_of_two_customers_comes_into_the_file_it_was_chosen_for(story):
	one, two = story.customer("One"), story.customer("Two")
	olga = contact(one, first_name="Olga", email="olga@firm.example")
	olga.append("links", {"link_doctype": "Customer", "link_name": two})
	olga.save()
	assert {row["customer"] for row in take_over.preview([one, two])["rows"]} == {one, two}
	assert take_over.take_over([one, two], rows=[[two, olga.name]])["added"] == 1
	assert not frappe.db.exists("Customer File", one) and len(people(two)) == 1
	assert take_over.take_over([one, two], rows=[])["added"] == 0


def test_whom_nobody_has_confirmed_waits(story):
	firm = story.customer("Firm")
	as_user(EVE)
	try:
		frappe.get_doc(
			{
				"doctype": "Contact", "first_name": "Mallory", "links": [{"link_doctype": "Customer", "link_name": firm}],
				"phone_nos": [{"phone": "+49 30 666666", "is_primary_mobile_no": 1}],
			}
		).insert(ignore_permissions=True)  # fmt: skip
	finally:
		as_user("Administrator")
	assert take_over.preview([firm]) == {"rows": [], "waiting": 1}
	assert take_over.take_over([firm])["files"] == 0


def test_a_rep_takes_over_for_own_customers_only(story):
	mine, other = story.customer("Mine"), story.customer("Other")
	for firm in (mine, other):
		contact(firm, first_name="Olga", email=f"olga@{firm.replace(' ', '-').lower()}.example")
	# Of a contact that she may not read she is shown nothing, nor is it written where she reads it.
	contact(mine, first_name="Ida", email="ida@private.example")
	add_user_permission("Customer", mine, ANNA)
	for name in frappe.get_all("Contact", {"first_name": "Olga"}, pluck="name"):
		add_user_permission("Contact", name, ANNA)
	as_user(ANNA)
	try:
		with pytest.raises(frappe.PermissionError):
			take_over.preview([other])
		[row] = take_over.preview([mine, other])["rows"]
		assert (row["customer"], row["full_name"]) == (mine, "Olga")
		assert take_over.take_over([mine, other])["files"] == 1
	finally:
		as_user("Administrator")
	assert not frappe.db.exists("Customer File", other)
	assert frappe.get_all("Customer File Person", {"parent": mine}, pluck="full_name") == ["Olga"]
