"""Plans are the rep's own and the managers'; nobody else is any the wiser."""

import json
from datetime import timedelta

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils import getdate

from keep_customers.erp.document_permissions import may_approve_plans
from tests.site.removal import remove_everything
from tests.site.story import ANNA, BEN, EVE, MIA, TERRITORY, _user
from tests.site.visits.plans import approved, draft
from tests.site.web import Browser, Server


@pytest.fixture
def browsers(story):
	server, sessions = Server(), {}

	def browser(user=None):
		if user not in sessions:
			sessions[user] = Browser(server, user)
		return sessions[user]

	yield browser
	server.stop()


def refused(answer):
	assert answer.status_code in (401, 403, 404, 417), f"{answer.status_code} {answer.text[:500]}"
	assert "new tools" not in answer.text
	return answer


def shown(answer):
	"""The names in a list's answer."""
	assert answer.status_code == 200, answer.text
	return sorted(row["name"] for row in answer.json()["data"])


def test_plans_are_the_reps_own_and_the_managers(story, firms, browsers):
	own, bens = draft(firms), draft(firms, user=BEN, rep=BEN)
	frappe.set_user("Administrator")
	frappe.db.commit()
	assert shown(browsers(ANNA).resource("Visit Plan")) == [own.name]
	assert shown(browsers(BEN).resource("Visit Plan")) == [bens.name]
	assert shown(browsers(MIA).resource("Visit Plan")) == sorted([own.name, bens.name])
	anna = browsers(ANNA)
	found = anna.call("frappe.desk.search.search_link", doctype="Visit Plan", txt="VISIT")
	assert own.name in found.text and bens.name not in found.text
	events = anna.call(
		"frappe.desk.calendar.get_events", "GET", doctype="Visit Plan", start=str(getdate()),
		end=str(getdate() + timedelta(days=2)), field_map={"start": "from_date", "end": "to_date", "title": "rep_name"},
		fields=["name", "rep_name"],
	)  # fmt: skip
	assert own.name in events.text and bens.name not in events.text
	for child in ("Visit Plan Stop", "Visit Plan Day Note"):
		params = {"parent": "Visit Plan", "fields": '["parent"]', "limit_page_length": 0}
		rows = anna.resource(child, params=params).json().get("data", [])
		assert {row["parent"] for row in rows} <= {own.name}, child
	assert anna.resource("Visit Plan Stop", params={"parent": "Visit Plan"}).json()["data"]
	refused(anna.resource("Visit Plan Stop", bens.stops[0].name))
	for user, plan in ((ANNA, bens), (BEN, own), (EVE, own), (None, own)):
		browser = browsers(user)
		refused(browser.resource("Visit Plan", plan.name))
		refused(browser.resource("Visit Plan", plan.name, "PUT", json={"purpose": "Mine now"}))
		refused(browser.resource("Visit Plan", plan.name, "PUT", json={"rep": user}))
		refused(browser.resource("Visit Plan", plan.name, "DELETE"))
		for method in (
			"approval.ask_for_approval",
			"approval.send_back",
			"preparations.fill_preparations",
			"preparations.people_to_name",
			"stops.file_report",
		):
			arguments = {"why": "x"} if method.endswith("send_back") else {}
			refused(browser.call(f"keep_customers.visits.{method}", plan=plan.name, **arguments))
	# She may ask for her plan, not approve it, in whatever way she says so.
	refused(anna.resource("Visit Plan", own.name, "PUT", json={"docstatus": 1}))
	refused(anna.call("frappe.client.submit", doc=json.loads(own.as_json())))
	refused(anna.resource("Visit Plan", own.name, "DELETE"))
	frappe.db.rollback()
	assert frappe.db.get_value("Visit Plan", own.name, ["docstatus", "purpose"]) == (0, own.purpose)
	assert not frappe.get_all("ToDo", {"reference_type": "Visit Plan"})


def test_a_rep_reports_on_an_approved_plan_over_http_and_cancels_none(story, firms, browsers):
	plan = approved(firms[:1])
	frappe.db.commit()
	anna = browsers(ANNA)
	answer = anna.resource("Visit Plan", plan.name, "PUT", json={"market": "Growing"})
	assert answer.status_code == 200, answer.text
	refused(anna.resource("Visit Plan", plan.name, "PUT", json={"docstatus": 2}))
	refused(anna.call("frappe.client.cancel", doctype="Visit Plan", name=plan.name))
	frappe.db.rollback()
	assert frappe.db.get_value("Visit Plan", plan.name, ["docstatus", "market"]) == (1, "Growing")


def test_a_plan_with_a_customer_out_of_sight_is_out_of_sight(story, firms, browsers):
	both, mine = draft(firms), draft(firms[:1])
	frappe.set_user("Administrator")
	add_user_permission("Customer", firms[0], ANNA, ignore_permissions=True)
	frappe.db.commit()
	try:
		anna = browsers(ANNA)
		assert shown(anna.resource("Visit Plan")) == [mine.name]
		refused(anna.resource("Visit Plan", both.name))
		refused(anna.call("keep_customers.visits.preparations.fill_preparations", plan=both.name))
		refused(anna.resource("Visit Plan", mine.name, "PUT", json={"stops": [{"customer": firms[1]}]}))
		rows = anna.resource("Visit Plan Stop", params={"parent": "Visit Plan", "fields": '["customer"]'})
		assert {row["customer"] for row in rows.json()["data"]} == {firms[0]}
	finally:
		frappe.db.delete("User Permission", {"user": ANNA})
		frappe.db.commit()
		frappe.clear_cache(user=ANNA)


def test_a_manager_who_may_read_no_customer_sees_no_plan(story, firms):
	plan = draft(firms)
	kim = "kim@keep-test.example"
	frappe.set_user("Administrator")
	_user(kim, [])
	frappe.get_doc("User", kim).add_roles("Keep Customers Manager")
	frappe.set_user(kim)
	assert may_approve_plans(kim)
	assert frappe.get_list("Visit Plan") == []
	assert not frappe.has_permission("Visit Plan", "read", doc=plan.name)


def test_the_story_leaves_nothing(story, firms):
	approved(firms)
	frappe.set_user("Administrator")
	remove_everything()
	for doctype in ("Visit Plan", "Visit Plan Stop", "Visit Plan Day Note"):
		assert not frappe.db.count(doctype)
	assert frappe.db.exists("Territory", TERRITORY)
