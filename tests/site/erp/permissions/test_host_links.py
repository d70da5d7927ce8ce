"""What the host's documents say of customers is believed; who may not read one says nothing of it."""

import json
from datetime import timedelta

import frappe
from frappe.utils import getdate

from keep_customers.care import contacts_seen
from tests.site.erp.permissions.regions import MINE, MINE_ODD, NORTH, THEIRS, of, refused
from tests.site.story import ANNA, EVE, PREFIX

NOBODY = f"{PREFIX} Nobody"


def test_a_lead_is_not_recommended_by_who_is_not_hers(firm, north):
	def lead(referrer):
		sent = {
			"first_name": "Lena",
			"company_name": f"{PREFIX} New",
			"territory": NORTH,
			"keep_referred_by": referrer,
		}
		return north.resource("Lead", None, "POST", json=sent)

	told = [lead(name) for name in (THEIRS, NOBODY)]
	words = {json.loads(json.loads(answer.json()["_server_messages"])[0])["message"] for answer in told}
	assert {word.replace(THEIRS, "…").replace(NOBODY, "…") for word in words} == {
		"Could not find Referred By: …"
	}
	frappe.db.rollback()
	assert not frappe.db.count("Referral", {"referrer": THEIRS})
	made = lead(MINE)
	assert made.status_code == 200, made.text
	frappe.db.rollback()
	[referral] = frappe.get_all("Referral", {"referrer": MINE}, ["lead"])
	assert referral.lead == made.json()["data"]["name"]
	# What a colleague has put there stays, whoever saves it, and goes with the lead when it becomes a customer.
	frappe.db.set_value("Lead", referral.lead, "keep_referred_by", THEIRS)
	frappe.db.commit()
	assert north.resource("Lead", referral.lead, "PUT", json={"first_name": "Lea"}).status_code == 200
	changed = north.resource("Customer", MINE_ODD, "PUT", json={"keep_referred_by": THEIRS})
	assert changed.status_code == 417 and "Could not find" in changed.text


def test_an_event_is_no_contact_of_who_is_not_hers(firm, north):
	def event(who):
		sent = {
			"subject": f"{PREFIX} Tea", "event_type": "Private", "starts_on": "2026-03-03 10:00:00",
			"event_participants": [{"reference_doctype": "Customer", "reference_docname": who}],
		}  # fmt: skip
		return north.resource("Event", None, "POST", json=sent)

	refusal = event(THEIRS)
	assert refusal.status_code == 417 and "Could not find Row #1" in refusal.text, refusal.text
	made = event(MINE)
	assert made.status_code == 200, made.text
	# A colleague adds another, and she changes the hour.
	name = made.json()["data"]["name"]
	frappe.db.rollback()
	doc = frappe.get_doc("Event", name)
	doc.append("event_participants", {"reference_doctype": "Customer", "reference_docname": THEIRS})
	doc.save()
	frappe.db.commit()
	assert north.resource("Event", name, "PUT", json={"starts_on": "2026-03-03 11:00:00"}).status_code == 200


def test_a_todo_that_names_a_rule_makes_nobody_responsible(firm, north):
	frappe.set_user("Administrator")
	frappe.db.rollback()
	case = firm.case(MINE, "Nobody's").name
	frappe.db.set_value("Complaint Case", case, {"responsible": None, "customer": None})
	frappe.db.commit()
	sent = {"reference_type": "Complaint Case", "reference_name": case, "assignment_rule": "Complaint Cases"}
	answer = north.resource("ToDo", None, "POST", json={**sent, "allocated_to": ANNA, "description": "Mine"})
	assert answer.status_code in (200, 403, 417), answer.text
	frappe.db.rollback()
	assert not frappe.db.get_value("Complaint Case", case, "responsible")
	refused(north.resource("Complaint Case", case))


def test_a_todo_is_not_for_the_follow_up_that_its_user_writes_there(firm, north):
	sent = {"allocated_to": ANNA, "description": "Mine", "keep_follow_up": of("Follow Up", MINE)}
	made = north.resource("ToDo", None, "POST", json=sent)
	assert made.status_code == 200 and not made.json()["data"].get("keep_follow_up"), made.text
	hers = frappe.get_doc("ToDo", {"allocated_to": ANNA, "reference_name": MINE})
	changed = north.resource("ToDo", hers.name, "PUT", json={"keep_follow_up": None, "priority": "High"})
	assert changed.json()["data"]["keep_follow_up"] == hers.keep_follow_up, changed.text


def test_an_event_is_a_contact_if_a_colleague_has_made_it(firm):
	frappe.set_user("Administrator")
	frappe.db.rollback()
	event = frappe.get_doc(
		{
			"doctype": "Event", "subject": f"{PREFIX} Tea", "event_type": "Private", "starts_on": "2026-03-02 10:00:00",
			"event_participants": [{"reference_doctype": "Customer", "reference_docname": MINE_ODD}],
		}
	).insert()  # fmt: skip
	day = getdate("2026-03-02")
	for owner, contacts in (
		("Administrator", {MINE_ODD: 1}), (ANNA, {MINE_ODD: 1}), (EVE, {}), ("Guest", {}),
	):  # fmt: skip
		event.db_set("owner", owner)
		seen = contacts_seen.within([MINE_ODD], day - timedelta(days=1), day)
		assert seen == contacts, owner
	event.db_set("owner", ANNA)
	frappe.db.set_value("User", ANNA, "enabled", 0)
	assert contacts_seen.within([MINE_ODD], day - timedelta(days=1), day), "also after she has left"
