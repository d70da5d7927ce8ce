"""A complaint as a contact: its number, what to say at this step, and a call nobody has taken."""

import frappe
import pytest
from frappe.permissions import add_user_permission

from keep_customers.complaints import contact
from tests.site.story import ANNA, BEN


def test_the_number_is_the_cases_own_and_what_to_say_follows_the_step(story):
	firm = story.customer("Firm")
	case = story.case(firm, "broke", contact_name="Olga", contact_mobile="+49 170 1", description="It broke.")
	frappe.set_user(ANNA)
	known = contact.for_case(case.name)
	assert (known["customer"], known["reach"]["person"], known["reach"]["phone"]) == (
		firm,
		"Olga",
		"+49 170 1",
	)
	assert known["to_say"][:2] == ["Let them tell all of it, and do not argue.", "They said: It broke."]
	case = frappe.get_doc("Complaint Case", case.name)
	case.take_step("Listened")
	assert contact.for_case(case.name)["to_say"][0] == "Say sorry for the trouble they have."


def test_that_nobody_was_reached_is_on_record(story):
	firm = story.customer("Firm")
	case = story.case(firm)
	frappe.set_user(ANNA)
	contact.not_reached(case.name, "Engaged")
	[touch] = frappe.get_all("Customer Touch", {"customer": firm}, ["rep", "result", "notes"])
	assert (touch.rep, touch.result, touch.notes) == (ANNA, "Not Reached", "Engaged")


def test_who_may_not_read_the_customer_is_told_nothing(story):
	case = story.case(story.customer("Firm"))
	add_user_permission("Customer", story.customer("Other"), BEN, ignore_permissions=True)
	frappe.set_user(BEN)
	for ask in (contact.for_case, contact.not_reached):
		with pytest.raises(frappe.PermissionError):
			ask(case.name)
