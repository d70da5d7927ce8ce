"""What a case's form shows of what is next: whose complaint it may be, what is missing, what helps with a step, who is asked."""

import frappe
import pytest
from frappe.permissions import add_user_permission

from keep_customers.complaints import contact, dialogs, feedback
from keep_customers.complaints.steps import Told
from tests.site.complaints.cases.case import CASE, QUALITY, START, complaint, offered
from tests.site.story import ANNA, BEN, MIA, PREFIX


def from_outside(**values):
	"""A case as the public page makes it of somebody it does not know."""
	words = {
		"subject": "It broke",
		"description": "On the first day.",
		"channel": "Web Page",
		"opened_on": START,
	}
	return frappe.get_doc({"doctype": CASE, **words, **values}).insert(ignore_permissions=True)


def opens(case):
	return {row["what"]: row["text"] for row in contact.for_case(case.name)["open"]}


def test_a_known_address_proposes_its_customer_to_who_may_read_it_and_takes_one_click(story, firm):
	case = from_outside(contact_name="Olga", contact_email="OLGA@keep-test.example")
	add_user_permission("Customer", story.customer("Other"), BEN, ignore_permissions=True)
	frappe.set_user(ANNA)
	[proposed] = contact.for_case(case.name)["proposed"]
	assert (proposed["customer"], proposed["person"]) == (firm, f"{PREFIX} Olga")
	assert opens(case) == {"customer": "Whose complaint is it? Please choose the customer."}
	with pytest.raises(frappe.ValidationError, match="choose the customer"):
		case.take_customer(f"{PREFIX} Other")
	case.take_customer(firm)
	assert (case.customer, case.contact, case.contact_email) == (
		firm, proposed["contact"], "olga@keep-test.example",
	)  # fmt: skip
	assert opens(case) == {} and contact.for_case(case.name)["proposed"] == []
	with pytest.raises(frappe.ValidationError, match="choose the customer"):
		case.take_customer(firm)
	# Whom Ben may not read is proposed to nobody like him.
	frappe.set_user("Administrator")
	again = from_outside(contact_email="olga@keep-test.example")
	frappe.set_user(BEN)
	if frappe.has_permission(CASE, "read", doc=again):
		assert contact.for_case(again.name)["proposed"] == []
	with pytest.raises(frappe.ValidationError):
		again.take_customer(firm)


def test_a_person_of_the_customers_file_is_known_too(story, firm):
	file = frappe.get_doc("Customer File", firm)
	file.append("people", {"full_name": "Otto", "relation": "Buyer", "phone": "+49 (0)170 555 0123"})
	file.save()
	[proposed] = contact.for_case(from_outside(contact_mobile="+49 170 5550123").name)["proposed"]
	assert (proposed["customer"], proposed["contact"], proposed["person"]) == (firm, None, "Otto")
	assert contact.for_case(from_outside(contact_mobile="+49 170 5559123").name)["proposed"] == []


def test_what_is_missing_is_named_with_where_it_is_mended(story, firm, clock):
	story.settings(compensation_limit=0)
	complaint(firm, category=QUALITY)
	clock.goes_on(1)
	frappe.set_user(ANNA)
	case = complaint(firm, category=QUALITY, severity="Grave")
	assert set(opens(case)) == {"cause", "measure"}
	told = Told(cause="Misuse", solution="A new one")
	case.take_steps(["Cause Found", "Solution Offered"], reason="All in one call", told=told)
	missing = opens(case)
	assert set(missing) == {"measure", "compensation", "answer"}
	assert missing["compensation"].endswith("decided by somebody with the role Sales Manager.")
	frappe.set_user(MIA)
	assert opens(case)["compensation"] == "Somebody has to decide what the customer gets for the trouble."


def test_a_step_comes_with_what_was_like_it_and_what_we_say_at_this(firm, clock):
	first = complaint(firm, category=QUALITY, cause="Misuse")
	clock.goes_on(1)
	answer = {"title": "We replace it", "category": QUALITY, "language": "en", "text": "You get a new one."}
	frappe.get_doc({"doctype": "Standard Answer", **answer}).insert()
	case = complaint(firm, category=QUALITY)
	frappe.set_user(ANNA)
	help = dialogs.for_steps(case.name)
	[alike] = help["repeats"]
	assert (alike["name"], alike["cause"], alike["why"]) == (
		first.name,
		"Misuse",
		"Same customer, same category",
	)
	assert [row["text"] for row in help["answers"]] == ["You get a new one."]
	assert help["given"]["role"] == "Sales Manager"


def test_the_link_is_a_way_where_nothing_can_be_sent(story, firm):
	frappe.set_user(ANNA)
	case = offered(complaint(firm))
	asked = dialogs.for_asking(case.name)
	assert asked["person"] == f"{PREFIX} Olga" and "/complaint-answer?token=" in asked["link"]
	ways = {way["channel"]: way for way in asked["ways"]}
	assert ways["Email"]["to"] == "olga@keep-test.example"
	assert ways["SMS"]["why_not"] == f"No mobile number is known of {PREFIX} Olga."
	assert ways["SMS"]["route"][:2] == ["Form", "Contact"]
	assert asked["asked_on"] is None
	feedback.note_link_given(case.name)
	assert dialogs.for_asking(case.name)["asked_on"]

	alone = offered(complaint(story.customer("Alone"), contact_name="Somebody"))
	asked = dialogs.for_asking(alone.name)
	assert {way["why_not"] for way in asked["ways"]} == {"The customer has no contact. Please add one first."}
	assert [way["route"] for way in asked["ways"]] == [["Form", "Customer", alone.customer]] * 2
	assert asked["person"] == "Somebody" and asked["link"]
	with pytest.raises(frappe.ValidationError, match="offer a solution first"):
		dialogs.for_asking(complaint(firm).name)
	with pytest.raises(frappe.ValidationError, match="offer a solution first"):
		feedback.note_link_given(complaint(firm).name)


def test_who_may_not_read_the_customer_is_shown_no_dialog(story, firm):
	case = offered(complaint(firm))
	add_user_permission("Customer", story.customer("Other"), BEN, ignore_permissions=True)
	frappe.set_user(BEN)
	for ask in (dialogs.for_steps, dialogs.for_asking, feedback.note_link_given):
		with pytest.raises(frappe.PermissionError):
			ask(case.name)
