"""Who somebody is: all that is theirs, and nothing of others who are reached at the same address."""

import frappe
import pytest
from frappe.permissions import add_user_permission

from keep_customers.privacy import desk, forgetting, person
from keep_customers.privacy.words import GONE
from tests.site.mail import contact
from tests.site.privacy.told import EMAIL, FIRST, LAST, NAME, PHONE
from tests.site.story import MIA, _user

OTHERWISE = "0170-555 12 34"  # the same number as the host takes it


def forget(who):
	name = forgetting.begin(who, forgetting.Wish())
	frappe.db.commit()
	forgetting.run(name)


def people():
	return frappe.get_all(
		"Customer File Person", fields=["full_name", "email"], as_list=True, order_by="full_name"
	)


def test_another_at_the_same_address_of_another_firm_stays(story):
	made = contact(story.customer("Firm"), first_name=FIRST, last_name=LAST, email=EMAIL, mobile=PHONE)
	other = story.customer("Other")
	story.file(other, people=[{"full_name": "Otto Brandt", "email": EMAIL.upper()}])
	case = story.case(other, "His", description=f"Please write to {EMAIL}.")
	who = person.of_contact(made.name)
	assert (who.shared, who.customers, who.emails) == ([EMAIL], [made.links[0].link_name], [])
	forget(who)
	assert list(people()) == [("Otto Brandt", EMAIL.upper())]
	assert frappe.db.get_value("Complaint Case", case.name, "description") == f"Please write to {EMAIL}."


def test_the_same_in_another_firms_file_is_theirs_for_who_may_write_both(story):
	firm, other = story.customer("Firm"), story.customer("Other")
	row = story.file(firm, people=[{"full_name": NAME, "email": EMAIL}]).people[0]
	story.file(other, people=[{"full_name": NAME.upper(), "email": f" {EMAIL.title()}"}])
	assert desk.what_would_go(customer=firm, row=row.name)["customers"] == [firm, other]
	_user(MIA, [])
	frappe.get_doc("User", MIA).add_roles("Keep Customers Manager", "Sales Manager")
	add_user_permission("Customer", firm, MIA, ignore_permissions=True)
	frappe.set_user(MIA)
	with pytest.raises(frappe.PermissionError):
		desk.forget(customer=firm, row=row.name)
	frappe.set_user("Administrator")
	forget(person.of_row(row.name))
	assert list(people()) == []


@pytest.mark.parametrize("who", ["Contact", "Lead", "Customer"])
def test_a_number_is_the_same_however_it_is_written(story, who):
	story.system_settings(country="Germany")
	made = contact(story.customer("Firm"), first_name=FIRST, last_name=LAST, mobile=PHONE)
	if who == "Contact":
		contact(story.customer("Other"), first_name="Otto", mobile=OTHERWISE)
	elif who == "Customer":
		frappe.db.set_value("Customer", story.customer("Other"), "mobile_no", OTHERWISE)
	else:
		frappe.get_doc(
			{"doctype": "Lead", "lead_name": "Otto", "first_name": "Otto", "mobile_no": OTHERWISE}
		).insert()
	found = person.of_contact(made.name)
	assert (found.shared, found.phones) == ([PHONE], [])


def test_a_lead_that_became_their_customer_is_themselves(story):
	frappe.get_doc({"doctype": "Lead", "lead_name": NAME, "first_name": NAME, "email_id": EMAIL}).insert()
	made = contact(story.customer("Firm"), first_name=FIRST, last_name=LAST, email=EMAIL)
	assert person.of_contact(made.name).emails == [EMAIL]


def queued(*recipients):
	mail = frappe.get_doc(
		{"doctype": "Email Queue", "sender": "hello@tools.example", "status": "Not Sent", "message": "Hi"}
	)
	mail.name = frappe.generate_hash(length=10)
	mail.db_insert()
	for to in recipients:
		row = {"parent": mail.name, "parenttype": "Email Queue", "parentfield": "recipients", "recipient": to}
		frappe.get_doc({"doctype": "Email Queue Recipient", "status": "Not Sent", **row}).db_insert()
	return mail.name


def test_mails_that_wait_for_others_still_go_to_these(story):
	other = f"jo.{EMAIL}"
	hers, his = queued(f"{NAME} <{EMAIL.upper()}>"), queued(other)
	theirs = queued(EMAIL, "otto@zyxelbaum.example")
	made = contact(story.customer("Firm"), first_name=FIRST, last_name=LAST, email=EMAIL)
	case = story.case(
		story.customer("Other"), "His", description=f"{other}, {EMAIL}, {EMAIL}.org and ({EMAIL})."
	)
	forget(person.of_contact(made.name))

	def left(mail):
		return frappe.get_all("Email Queue Recipient", {"parent": mail}, pluck="recipient")

	assert [bool(frappe.db.exists("Email Queue", one)) for one in (hers, his, theirs)] == [False, True, True]
	assert (left(hers), left(his), left(theirs)) == ([], [other], ["otto@zyxelbaum.example"])
	said = frappe.db.get_value("Complaint Case", case.name, "description")
	assert said == f"{other}, {GONE}, {EMAIL}.org and ({GONE})."
