"""What a rep sees of consent, and one click for what somebody has just said."""

import frappe
import pytest
from frappe.permissions import add_user_permission

from keep_customers.care import known_people
from keep_customers.care.rep_help import for_todo, refuse_for_todo
from keep_customers.messaging.by_hand import message_for_todo, send_for_todo
from keep_customers.people import desk, unsubscribed
from tests.site.mail import mailbox  # noqa: F401
from tests.site.people.consent.firm import (
	OLGA,
	firm_with_olga,
	of_main,
	pavel_of,
	reached_at,
	records,
	told,
	word,
)
from tests.site.story import ANNA, BEN, EVE, MIA


def asked_to_call(story):
	"""Anna has a ToDo to call Olga, the firm's main contact."""
	firm, olga = firm_with_olga(story)
	story.file(firm, dedicated_rep=ANNA)
	story.history(firm, [(40, 100), (3, 3000)])
	story.rule(message_kind="Thank You")
	story.completed_yesterday()
	story.night()
	[todo] = story.todos(ANNA)
	return firm, olga, todo.name


def test_who_is_told_no_on_the_phone_notes_it_with_one_click(story):
	firm, olga, todo = asked_to_call(story)
	pavel = pavel_of(firm)
	frappe.set_user(ANNA)
	for _click in range(2):
		assert refuse_for_todo(todo) == {"channel": "Phone", "by": "Olga Kern"}
	assert (word(firm, channel="Phone"), word(firm, pavel, "Phone"), word(firm)) == ("refused", "", "")
	[row] = records()
	assert (row.source, row.owner, row.person) == ("Told a Rep", ANNA, olga.name)
	assert for_todo(todo)["refused"] == ["Phone"]
	frappe.set_user(EVE)
	with pytest.raises(frappe.PermissionError):
		refuse_for_todo(todo)


def test_a_rep_sees_which_ways_are_refused_and_by_whom(story):
	firm, olga, todo = asked_to_call(story)
	told(firm, "Email", "Refused", olga)
	told(firm, "SMS", "Refused")
	frappe.set_user(ANNA)
	ways = {way["channel"]: way for way in message_for_todo(todo)["ways"]}
	assert {name: (way["refused"], way["by"]) for name, way in ways.items()} == {
		"Email": (True, "Olga Kern"),
		"Phone": (False, None),
		"SMS": (True, ""),
	}
	with pytest.raises(frappe.ValidationError, match="Olga Kern does not want"):
		send_for_todo(todo, "Email", "Hello", "Thanks")
	assert for_todo(todo)["refused"] == ["Email", "SMS"]


def test_who_may_not_read_the_contact_is_not_told_her_name(story):
	firm, olga, todo = asked_to_call(story)
	told(firm, "Email", "Refused", olga)
	add_user_permission("Contact", pavel_of(story.customer("Other")).name, ANNA, applicable_for="Contact")
	frappe.set_user(ANNA)
	known = for_todo(todo)
	assert known["refused"] == ["Email"] and OLGA not in frappe.as_json(known)
	assert "Kern" not in frappe.as_json(desk.overview(firm))
	[said] = records()
	assert not frappe.get_list("Consent Record", {"name": said.name})
	# What it was said to may be deleted since.
	for customer in (firm, None):
		frappe.db.set_value("Consent Record", records()[0].name, "customer", customer)
		with pytest.raises(frappe.PermissionError):
			frappe.get_doc("Consent Record", records()[0].name).check_permission("read")
	# Nor where the Contact of somebody in the file is reached: what stands in the file itself is the rep's.
	frappe.set_user("Administrator")
	file = frappe.get_doc("Customer File", firm)
	file.append("people", {"full_name": "Olga Kern", "contact": olga.name})
	file.append("people", {"full_name": "Ada", "phone": "+49 30 77"})
	file.save()
	about = {"reference_doctype": "Customer File Person", "reference_name": file.people[0].name}
	frappe.db.set_value("Follow Up", {"customer": firm}, about)
	for user, phones in (("Administrator", ["+49 170 12", "+49 30 77"]), (ANNA, [None, "+49 30 77"])):
		frappe.set_user(user)
		assert for_todo(todo)["reach"]["phone"] == phones[0]
		people = known_people.of_customer(firm, frappe.get_doc("Customer File", firm), story.today)
		assert [one["phone"] for one in people] == phones, user


def test_the_file_shows_everybody_with_what_they_said(story):
	firm, olga = firm_with_olga(story)
	pavel = pavel_of(firm)
	told(firm, "Email", "Given", olga, words="Form of May")
	frappe.set_user(ANNA)
	for _click in range(2):
		desk.tell(firm, "Phone", False, "Contact", pavel.name)
	assert len(records(consent="Refused")) == 1, "two clicks are one no"
	words = {
		one["person"]: [
			(row["channel"], row["consent"], row["address"], row["words"]) for row in one["words"]
		]
		for one in desk.overview(firm)
		if one["person_type"] == "Contact"
	}
	assert words == {
		olga.name: [("Email", "Given", OLGA, "Form of May")],
		pavel.name: [("Phone", "Refused", "+49 171 34", "")],
	}
	assert word(firm, pavel, "Phone") == "refused"


@pytest.mark.parametrize(
	"values",
	[
		{"channel": "Smoke"},
		{"purpose": "Fun"},
		{"person": "Nobody"},
		{"on_date": "2999-01-01"},
	],
)
def test_odd_words_are_refused(story, values):
	firm, olga = firm_with_olga(story)
	said = {"channel": "Email", "given": True, "person_type": "Contact", "person": olga.name, **values}
	with pytest.raises(frappe.ValidationError):
		desk.tell(firm, **said)
	assert not records()


def test_words_are_noted_by_who_may_write_the_file(story):
	firm, olga = firm_with_olga(story)
	for user in (EVE, BEN):
		if user == BEN:
			add_user_permission("Customer", story.customer("Other"), BEN)
		frappe.set_user(user)
		with pytest.raises(frappe.PermissionError):
			desk.tell(firm, "Email", True, "Contact", olga.name)
		with pytest.raises(frappe.PermissionError):
			desk.overview(firm)
		frappe.set_user("Administrator")


def test_what_was_noted_by_mistake_is_made_void_by_a_manager_and_stays_on_record(story):
	firm, olga = firm_with_olga(story)
	told(firm, "Email", "Given", olga)
	told(firm, "Email", "Given", olga, address="olga@home.example")
	desk.take_back(records(address="olga@home.example")[0].name)
	assert word(firm) == "agreed", "of two addresses on one day one was a mistake"
	frappe.set_user(ANNA)
	desk.tell(firm, "Email", False, "Contact", olga.name)
	[no] = records(consent="Refused")
	with pytest.raises(frappe.PermissionError):
		desk.take_back(no.name)
	frappe.set_user(MIA)
	desk.take_back(no.name)
	assert word(firm) == "agreed"
	frappe.set_user("Administrator")
	assert [(row.consent, bool(row.void_since), row.modified_by) for row in records()] == [
		("Given", False, "Administrator"),
		("Given", True, "Administrator"),
		("Refused", True, MIA),
	]
	frappe.set_user(ANNA)
	desk.tell(firm, "Email", False, "Contact", olga.name)
	assert word(firm) == "refused", "it was none"


def test_mail_that_came_back_by_mistake_is_not_noted_anew_the_next_night(story):
	firm, _olga = firm_with_olga(story)
	mail = frappe.get_doc(
		{
			"doctype": "Communication", "communication_type": "Communication", "subject": "Keep Test Mail",
			"communication_medium": "Email", "sent_or_received": "Sent", "recipients": OLGA,
			"reference_doctype": "Customer", "reference_name": firm,
		}
	).insert()  # fmt: skip
	frappe.db.set_value("Communication", mail.name, "delivery_status", "Bounced")
	unsubscribed.catch_up()
	assert not of_main(firm).reachable
	desk.take_back(records()[0].name)
	unsubscribed.catch_up()
	assert of_main(firm).reachable and len(records()) == 1


def test_a_mark_of_somebody_who_is_gone_is_made_void_by_a_manager(story):
	firm, olga = firm_with_olga(story)
	olga.unsubscribed = 1
	olga.save()
	frappe.delete_doc("Contact", olga.name)
	reached_at(firm, OLGA)
	assert word(firm) == "refused"
	desk.take_back(records()[0].name)
	assert word(firm) == ""


def test_the_hosts_mark_is_taken_off_where_it_was_set(story):
	firm, olga = firm_with_olga(story)
	olga.unsubscribed = 1
	olga.save()
	with pytest.raises(frappe.ValidationError, match="where it was set"):
		desk.take_back(records()[0].name)
	assert word(firm) == "refused"
