"""Who may not read a customer neither sees nor moves its cases; what the buttons write is written by nobody else."""

import json

import frappe
import pytest
from frappe.permissions import add_user_permission

from tests.site.complaints.cases.case import CASE, START, compensated, complaint
from tests.site.removal import remove_everything
from tests.site.story import ANNA, BEN, EVE, MIA, PREFIX, _tree
from tests.site.web import Browser, Server

NORTH, SOUTH = f"{PREFIX} North", f"{PREFIX} South"


@pytest.fixture
def regions(story, firm):
	"""Anna may read the north only; the south's customer has a case that is Ben's."""
	for region in (NORTH, SOUTH):
		_tree("Territory", region)
	mine = story.customer("Mine", territory=NORTH)
	theirs = story.customer("Theirs", territory=SOUTH)
	story.file(theirs, dedicated_rep=BEN)
	add_user_permission("Territory", NORTH, ANNA, ignore_permissions=True)
	add_user_permission("Territory", SOUTH, BEN, ignore_permissions=True)
	case = complaint(theirs, subject="Theirs is broken", description="Theirs alone")
	case.wait(note="Theirs to say")
	compensated(case, cost=7, status="Proposed", description="Theirs to get")
	story.settings(fallback_user=MIA)
	frappe.db.commit()
	yield frappe._dict(mine=mine, theirs=theirs, case=case, story=story)
	frappe.set_user("Administrator")
	remove_everything()


def button(browser, name, method, **arguments):
	return browser.resource(CASE, name, "POST", json={"run_method": method, **arguments})


def test_nobody_from_another_region_sees_or_moves_a_case(regions):
	case, server = regions.case, Server()
	invoice = regions.story.invoice(regions.theirs, 100)
	contact = frappe.get_doc(
		{
			"doctype": "Contact",
			"first_name": f"{PREFIX} Theirs Only",
			"links": [{"link_doctype": "Customer", "link_name": regions.theirs}],
		}
	).insert()
	frappe.db.commit()
	before = frappe.get_doc(CASE, case.name).as_dict()
	try:
		for browser in (Browser(server, ANNA), Browser(server, EVE), Browser(server)):
			answers = [
				browser.resource(CASE),
				browser.resource(CASE, params={"fields": '["*"]', "limit_page_length": 0}),
				browser.resource(CASE, case.name),
				browser.resource(CASE, case.name, "PUT", json={"subject": "Mine now"}),
				browser.resource(CASE, case.name, "DELETE"),
				browser.call("frappe.client.get", doctype=CASE, name=case.name),
				browser.call("frappe.client.get_value", doctype=CASE, fieldname="description",
					filters={"name": case.name}),
				browser.call("frappe.desk.reportview.get", doctype=CASE, fields=["name", "description"]),
				browser.call("frappe.desk.search.search_link", doctype=CASE, txt="Theirs"),
				button(browser, case.name, "close", override_reason="Mine"),
				button(browser, case.name, "take_step", step="Listened"),
				browser.call("keep_customers.complaints.standard_answers.offered", case=case.name),
			]  # fmt: skip
			for table in ("Complaint Step", "Complaint Pause", "Complaint Compensation"):
				row = frappe.get_all(table, filters={"parent": case.name}, pluck="name")[0]
				answers += [
					browser.resource(table, params={"fields": '["*"]', "limit_page_length": 0}),
					browser.resource(table, row),
					browser.resource(table, row, "PUT", json={"note": "Mine", "status": "Approved"}),
					browser.resource(table, row, "DELETE"),
					browser.call("frappe.client.get_list", doctype=table, parent=CASE, fields=["*"]),
				]
			for number, answer in enumerate(answers):
				assert "Theirs is" not in answer.text and "Theirs alone" not in answer.text, number
				assert "Theirs to" not in answer.text, number
		anna = Browser(server, ANNA)
		new = {"subject": "Tell me", "description": "All", "channel": "Phone"}
		mine = {**new, "customer": regions.mine}
		for values in (
			{"customer": regions.theirs}, {"customer": None, "sales_invoice": invoice.name}, {"contact": contact.name},
			{"sales_invoice": invoice.name},
		):  # fmt: skip
			answer = anna.resource(CASE, None, "POST", json={**mine, **values})
			assert answer.status_code == 417 and "Could not find" in answer.text, answer.text
		name = anna.resource(CASE, None, "POST", json=mine).json()["data"]["name"]
		for values in ({"customer": regions.theirs}, {"contact": contact.name}, {"issue": "None"}):
			assert anna.resource(CASE, name, "PUT", json=values).status_code >= 400
	finally:
		server.stop()
	frappe.db.rollback()
	now = frappe.get_doc(CASE, case.name).as_dict()
	assert json.loads(frappe.as_json(now)) == json.loads(frappe.as_json(before))


def test_what_the_buttons_write_is_written_by_nobody_else(regions):
	server = Server()
	forged = {
		"status": "Closed", "step": "Followed Up", "word": "Yes", "word_on": "2026-01-01 00:00:00", "tier": "Platinum",
		"answered_on": "2026-01-01 00:00:00", "solved_on": "2026-01-01 00:00:00", "solve_due": "2030-01-01 00:00:00",
		"answer_due": "2030-01-01 00:00:00", "next_alarm": None, "closed_on": "2026-01-01 00:00:00", "closed_by": MIA,
		"override_reason": "Mine", "second_chance": 1, "compensation_cost": 9, "answer_escalation": 3,
		"solve_escalation": 3, "solution_rating": 1, "person_rating": 1, "rated_user": ANNA, "repeat_of": None,
		"escalated_to": ANNA, "currency": "CNY", "answers_used": "All", "word_by": "Customer",
		"steps": [{"step": "Confirmed", "done_by": MIA}], "pauses": [{"paused_on": "2026-01-01 00:00:00"}],
	}  # fmt: skip
	new = {
		"customer": regions.mine, "subject": "Broken", "description": "All of it", "channel": "Phone",
		"opened_on": "2026-03-04 09:00:00",
	}  # fmt: skip
	fields = [field for field in forged if field not in ("steps", "pauses")]

	def of(name):
		frappe.db.rollback()
		doc = frappe.get_doc(CASE, name)
		return [doc.get(field) for field in fields], sorted(row.step for row in doc.steps), len(doc.pauses)

	try:
		anna = Browser(server, ANNA)
		plain = anna.resource(CASE, None, "POST", json=new).json()["data"]["name"]
		answer = anna.resource(CASE, None, "POST", json={**new, "subject": "Forged", **forged})
		assert answer.status_code == 200, answer.text
		assert of(answer.json()["data"]["name"]) == of(plain)
		before = of(plain)
		answer = anna.resource(CASE, plain, "PUT", json={**forged, "description": "Changed"})
		assert answer.status_code == 200, answer.text
		assert of(plain) == before and frappe.db.get_value(CASE, plain, "description") == "Changed"
		for field, value in (("status", "Closed"), ("word", "Yes")):
			anna.call("frappe.client.set_value", doctype=CASE, name=plain, fieldname=field, value=value)
		assert of(plain) == before
		for row in (
			{"doctype": "Complaint Step", "step": "Confirmed"},
			{"doctype": "Complaint Compensation", "kind": "Gift", "status": "Approved", "cost": 1000},
		):
			parent = {"parent": plain, "parenttype": CASE, "parentfield": "steps"}
			if row["doctype"] != "Complaint Step":
				parent["parentfield"] = "compensations"
			anna.call("frappe.client.insert", doc={**row, **parent})
			anna.resource(row["doctype"], None, "POST", json={**row, **parent})
		assert of(plain) == before
		assert not frappe.db.exists("Complaint Compensation", {"parent": plain})
		# A button pressed on a form that says something else acts on what is stored.
		form = anna.resource(CASE, plain).json()["data"]
		form |= {"status": "Solution Given", "word": "Yes"}
		answer = anna.http.post(
			f"{anna.base}/api/method/run_doc_method", data={"docs": json.dumps(form), "method": "close"}
		)
		assert answer.status_code >= 400 and of(plain) == before
		assert "has not said yes" in answer.text
		answer = button(anna, plain, "take_step", step="Listened", note="By phone")
		assert answer.status_code == 200, answer.text
		assert of(plain)[1] == ["Listened", "Received"]
	finally:
		server.stop()


def test_a_case_without_a_customer_is_for_who_may_read_all_and_who_is_asked(regions):
	case = frappe.get_doc(
		{"doctype": CASE, "subject": "Who knows", "description": "A letter", "channel": "Web Page",
			"responsible": ANNA, "opened_on": START}
	)  # fmt: skip
	case.insert(ignore_permissions=True)
	frappe.db.commit()

	def sees(user):
		frappe.set_user(user)
		listed = case.name in frappe.get_list(CASE, pluck="name")
		assert listed == bool(frappe.has_permission(CASE, "read", doc=case.name))
		frappe.set_user("Administrator")
		return listed

	assert (sees(ANNA), sees(BEN), sees(MIA)) == (True, False, True)
	frappe.set_user(ANNA)
	doc = frappe.get_doc(CASE, case.name)
	with pytest.raises(frappe.ValidationError, match="choose the customer first"):
		doc.take_step("Listened")
	doc.reload()
	doc.customer = regions.mine
	doc.save()
	assert doc.customer_name == regions.mine
	doc.take_step("Listened")
	doc.customer = None
	with pytest.raises(frappe.ValidationError, match="stays with its customer"):
		doc.save()
