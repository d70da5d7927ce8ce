"""The framework's own requests: a user of the website who wants to be forgotten, or to know what is stored."""

import json

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime

from keep_customers.privacy import desk, export, exported, forgetting, person
from tests.site.mail import contact, mailbox  # noqa: F401
from tests.site.privacy.told import EMAIL, FIRST, LAST, NAME
from tests.site.story import ANNA

REQUEST, DOWNLOAD = "Personal Data Deletion Request", "Personal Data Download Request"


@pytest.fixture
def wilma(story):
	"""Wilhelmine, who logs in to see her complaint; and what Anna has noted about her."""
	customer = story.customer("Firm")
	frappe.get_doc(
		{
			"doctype": "User", "email": EMAIL, "first_name": FIRST, "last_name": LAST, "user_type": "Website User",
			"send_welcome_email": 0, "enabled": 1,
		}
	).insert()  # fmt: skip
	for name in frappe.get_all("Contact", {"user": EMAIL}, pluck="name"):
		frappe.delete_doc("Contact", name, force=True)
	made = contact(customer, first_name=FIRST, last_name=LAST, email=EMAIL, user=EMAIL)
	story.file(customer, people=[{"full_name": NAME, "contact": made.name, "note": "Collects owls"}])
	story.case(customer, "Hers", contact=made.name, description="My owl is broken.")
	yield made
	frappe.set_user("Administrator")
	for name in (
		EMAIL,
		*frappe.get_all("User", {"name": ("like", "%deleted-user%")}, pluck="name"),
		*frappe.get_all("User", {"name": ("like", "forgotten-%")}, pluck="name"),
	):
		frappe.delete_doc("User", name, force=True, ignore_missing=True)


def test_who_asks_the_framework_is_forgotten_here_too(wilma):
	request = frappe.get_doc({"doctype": REQUEST, "email": EMAIL}).insert()
	request.db_set("status", "Pending Approval")
	request.add_deletion_steps()
	[waiting] = forgetting.unfinished()
	forgetting.run(waiting)
	assert frappe.db.get_value("Forgotten Person", waiting, "status") == "Done"
	assert not frappe.db.exists("Contact", wilma.name)
	assert not frappe.db.exists("Customer File Person", {"full_name": NAME})
	assert frappe.get_all("Complaint Case", pluck="description") == ["[…]"]
	request.reload()
	request.save()  # the framework goes on; it is not begun again
	assert forgetting.unfinished() == []


def test_their_user_goes_with_them(wilma):
	forgetting.run(forgetting.begin(person.of_contact(wilma.name), forgetting.Wish()))
	assert not frappe.db.exists("User", EMAIL)
	[user] = frappe.get_all(
		"User", {"name": ("like", "forgotten-%")}, ["name", "email", "enabled", "full_name", "first_name"]
	)
	assert (user.email, user.enabled, user.full_name, user.first_name) == (user.name, 0, "[…]", "[…]")
	assert not frappe.get_all("Comment", {"content": ("like", f"%{EMAIL}%")})


def test_who_works_here_is_not_forgotten_by_the_button(story):
	made = contact(story.customer("Firm"), first_name="Anna", email=ANNA, user=ANNA)
	for ask in (desk.what_would_go, desk.forget):
		with pytest.raises(frappe.ValidationError):
			ask(contact=made.name)
	assert forgetting.unfinished() == []


def test_who_asks_what_is_stored_gets_what_is_theirs(wilma):
	found = export.of(person.of_email(EMAIL), own_words=True)
	text = exported.as_text(found)
	assert "My owl is broken." in text and "Collects owls" not in text
	request = frappe.get_doc({"doctype": DOWNLOAD, "user": EMAIL, "user_name": NAME}).insert()
	of = {
		"attached_to_doctype": DOWNLOAD,
		"attached_to_name": request.name,
		"file_name": ("like", "%customers%"),
	}
	[file] = frappe.get_all("File", of, ["name", "is_private", "owner"])
	assert (file.is_private, file.owner) == (1, EMAIL)
	assert json.loads(frappe.get_doc("File", file.name).get_content())["names"] == [NAME]


def test_everything_is_in_the_file_for_who_answers(wilma):
	url = export.make(contact=wilma.name)
	file = frappe.get_doc("File", {"file_url": url})
	assert (file.is_private, file.owner) == (1, "Administrator")
	told = json.loads(file.get_content())
	assert told["addresses"] == [EMAIL]
	assert "Collects owls" in json.dumps(told["documents"])
	# A file that is given out is not to lie about.
	exported.remove_old()
	assert frappe.db.exists("File", file.name)
	file.db_set("creation", add_to_date(now_datetime(), days=-exported.DAYS - 1), update_modified=False)
	exported.remove_old()
	assert not frappe.db.exists("File", file.name)
