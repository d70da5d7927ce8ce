"""Personal links go to the addresses that somebody who may has entered or confirmed, and to no others."""

import frappe
import pytest

from keep_customers.complaints import feedback
from keep_customers.messaging import recipients
from keep_customers.people import contacts
from keep_customers.people.addresses import mark
from tests.site.complaints.guests.said import OLGA, PAVEL, offered, portal_user
from tests.site.guests import guest_server, page
from tests.site.people.links import CONFIRM, CONFIRMATION, own_contact, report, said
from tests.site.story import ANNA, BEN, PREFIX
from tests.site.web import Browser

EVIL = "evil@elsewhere.example"


def notes(firm):
	return frappe.get_all(
		"Comment",
		filters={"reference_name": firm, "comment_type": "Info"},
		fields=["content", "reference_doctype"],
	)


def asked():
	about = {"reference_type": CONFIRMATION, "status": "Open"}
	return frappe.get_all("ToDo", filters=about, fields=["allocated_to", "description"])


def test_what_the_owner_of_a_confirmed_contact_changes_is_told_and_waits(guest, firm, pavel, anna, story):
	case = offered(firm)
	foreign = own_contact(pavel, firm)
	anna.call(CONFIRM, contact=foreign, customer=firm)
	frappe.db.rollback()
	case.reload()
	case.contact = foreign
	case.save()
	frappe.db.commit()
	new = {"email_ids": [{"email_id": EVIL, "is_primary": 1}], "phone_nos": []}
	for _twice in range(2):
		assert pavel.resource("Contact", foreign, "PUT", json=new).status_code == 200
		new["phone_nos"] = [{"phone": "+1 900", "is_primary_mobile_no": 1}]
	frappe.db.rollback()
	[todo] = asked()
	assert todo.allocated_to == ANNA
	written = [todo.description, *(note.content for note in notes(firm))]
	written += frappe.get_all("Notification Log", filters={"for_user": ANNA}, pluck="subject")
	assert written and not any(EVIL in text or "900" in text for text in written)
	assert {note.reference_doctype for note in notes(firm)} == {"Customer File"}
	assert contacts.is_contact_of(foreign, firm), (
		"Pavel is still Firm's; only where he is reached is not sure"
	)
	assert contacts.customers_of(PAVEL) == {firm}
	assert contacts.customers_of_address(EVIL) == {}
	for channel in ("Email", "SMS"):
		with pytest.raises(frappe.ValidationError, match="is known of"):
			feedback.ask(case.name, channel)
	frappe.db.rollback()  # as the request that was refused
	assert report(firm) == [(foreign, firm)]
	assert anna.call(CONFIRM, contact=foreign, customer=firm).status_code == 200
	frappe.db.rollback()
	assert asked() == [] and report(firm) == []
	assert contacts.reached_at(foreign, firm).email_id == EVIL


def test_what_a_sheet_changes_stands_on_the_list_and_is_no_notification(guest, firm, pavel, anna):
	foreign = own_contact(pavel, firm)
	anna.call(CONFIRM, contact=foreign, customer=firm)
	frappe.db.rollback()
	frappe.db.delete("Notification Log", {"for_user": ANNA})
	frappe.set_user(PAVEL)
	frappe.flags.in_import = True
	try:
		contact = frappe.get_doc("Contact", foreign)
		contact.set("email_ids", [{"email_id": EVIL, "is_primary": 1}])
		contact.save(ignore_permissions=True)
	finally:
		frappe.flags.in_import = False
		frappe.set_user("Administrator")
	assert [todo.allocated_to for todo in asked()] == [ANNA]
	assert not frappe.get_all("Notification Log", {"for_user": ANNA})


def test_what_is_written_past_the_form_is_not_the_word_of_who_saves_it_next(guest, firm, pavel, anna):
	foreign = own_contact(pavel, firm)
	anna.call(CONFIRM, contact=foreign, customer=firm)
	frappe.db.rollback()
	row = frappe.db.get_value("Contact Email", {"parent": foreign})
	if pavel.resource("Contact Email", row, "PUT", json={"email_id": EVIL}).status_code != 200:
		# This host does not let him; another app may.
		frappe.db.set_value("Contact Email", row, "email_id", EVIL)
	frappe.db.commit()
	frappe.set_user(ANNA)
	doc = frappe.get_doc("Contact", foreign)
	doc.designation = "Buyer"
	doc.save()
	frappe.set_user("Administrator")
	assert frappe.db.get_value("Contact", foreign, "email_id") == EVIL
	assert contacts.reached_at(foreign, firm).email_id is None and contacts.customers_of_address(EVIL) == {}
	assert report(firm) == [(foreign, firm)]


def test_a_contact_handed_to_another_user_lets_nobody_in(guest, firm, pavel, anna, story):
	case = offered(firm)
	foreign = own_contact(pavel, firm)
	anna.call(CONFIRM, contact=foreign, customer=firm)
	olga = Browser(guest_server(guest), portal_user(None, OLGA))
	assert pavel.resource("Contact", foreign, "PUT", json={"user": OLGA}).status_code == 200
	frappe.db.set_value("Contact", {"email_id": OLGA}, "user", None)
	frappe.db.commit()
	for browser in (olga, pavel):
		assert page(browser, f"complaints/{case.name}").status_code == 404


def test_what_who_may_changes_goes_on_at_once_and_the_rep_hears_of_it(firm, olga, story):
	frappe.set_user(BEN)
	doc = frappe.get_doc("Contact", olga)
	doc.set("email_ids", [{"email_id": "O.Kern@Firm.example", "is_primary": 1}])
	doc.save()
	frappe.set_user("Administrator")
	assert recipients.addresses(firm)["email"] == "O.Kern@Firm.example"
	assert set(contacts.customers_of_address("o.kern@firm.example")) == {firm}
	assert contacts.customers_of_address(OLGA) == {}, "it is hers no more"
	assert asked() == [] and report() == []
	told = frappe.get_all(
		"Notification Log", filters={"for_user": ANNA, "document_name": olga}, pluck="subject"
	)
	assert len(told) == 1 and "@" not in told[0] and len(notes(firm)) == 1
	# Anna knows what she has done herself; and a first address is no change.
	frappe.set_user(ANNA)
	doc.reload()
	doc.set("phone_nos", [{"phone": "+49 170 99", "is_primary_mobile_no": 1}])
	doc.save()
	doc.append("email_ids", {"email_id": "office@firm.example"})
	doc.save()
	assert frappe.db.count("Notification Log", {"for_user": ANNA, "document_name": olga}) == 1
	assert recipients.addresses(firm)["mobile"] == "+49 170 99"
	assert set(contacts.customers_of_address("office@firm.example")) == {firm}


def test_a_number_is_the_same_however_it_is_written(firm, olga):
	assert mark("+49 (170) 12-34") == mark("0049 1701234") != mark("+491701235")
	assert mark(" Olga@Firm.example ") == mark("olga@firm.EXAMPLE") and mark(None) == ""


def test_an_address_on_the_customer_counts_if_who_may_has_entered_it(story):
	frappe.set_user(ANNA)
	works = story.customer("Works")
	doc = frappe.get_doc("Customer", works)
	doc.email_id = "office@works.example"
	doc.save()
	assert recipients.addresses(works)["email"] == "office@works.example"
	frappe.db.set_value("Customer", works, "email_id", EVIL)
	frappe.get_doc("Customer", works).save()
	# ERPNext may have made a contact of hers of the first one.
	assert recipients.addresses(works)["email"] in (None, "office@works.example")


def test_a_person_on_the_file_and_a_guest_are_reached_only_through_a_contact_that_counts(
	guest, firm, pavel, story
):
	foreign = own_contact(pavel, firm)
	file = frappe.get_doc("Customer File", firm)
	file.append("people", {"full_name": "Pavel", "contact": foreign, "birthday": "1990-03-04"})
	file.save()
	about = frappe._dict(customer=firm, due_date=story.today)
	about.update(reference_doctype="Customer File Person", reference_name=file.people[-1].name)
	assert not any(recipients.person_of(about)[way] for way in ("email", "mobile", "phone"))
	file.people[-1].email = "typed@firm.example"
	file.save()
	assert recipients.person_of(about)["email"] == "typed@firm.example", "that is the rep's own word"
	invitation = frappe.get_doc(
		{"doctype": "VIP Invitation", "customer": firm, "contact": foreign, "guest_name": f"{PREFIX} Pavel"}
	)
	invitation.db_insert()
	about.update(reference_doctype="VIP Invitation", reference_name=invitation.name)
	assert not any(recipients.person_of(about)[way] for way in ("email", "mobile", "phone"))
	assert said(contact=foreign) == []
