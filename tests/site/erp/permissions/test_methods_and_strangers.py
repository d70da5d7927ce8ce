"""Our own methods follow the customer, strangers see nothing, and shares are kept."""

import frappe
import pytest

from tests.site.erp.permissions.regions import (
	CHILDREN,
	GUARDED,
	KIM,
	MINE,
	MINE_ODD,
	THEIRS,
	THEIRS_ODD,
	WAYS,
	_forget_permissions,
	_permit,
	of,
	refused,
)
from tests.site.story import ANNA, BEN, EVE, MIA

# Our own methods


def test_the_care_section_and_the_deal_archive_follow_the_customer(firm, browsers, anna):
	of_care = ("panel.customer_care", "panel.deal_archive", "at_a_glance.at_a_glance", "timeline.touches")
	methods = [f"keep_customers.care.{one}" for one in of_care]
	for method in methods:
		for customer in (THEIRS, THEIRS_ODD):
			refused(browsers(anna).call(method, customer=customer))
		assert browsers(anna).call(method, customer=MINE_ODD).status_code == 200
		for user in (EVE, None):
			refused(browsers(user).call(method, customer=MINE))
		assert browsers(MIA).call(method, customer=THEIRS_ODD).status_code == 200
	care = browsers(anna).call(methods[0], customer=MINE).json()["message"]
	assert care["value"]["current_value"] == 1500 and len(care["follow_ups"]) == 1


def test_a_care_todo_tells_only_who_may_read_it(firm, browsers, anna):
	todo = frappe.get_doc("ToDo", {"allocated_to": BEN, "reference_name": THEIRS})
	ask, write = "keep_customers.care.todos.follow_up_of", "keep_customers.care.todos.record_touch"
	panel = "keep_customers.care.rep_help.for_todo"
	for user in (anna, EVE, None):
		refused(browsers(user).call(ask, todo=todo.name))
		refused(browsers(user).call(panel, todo=todo.name))
		refused(browsers(user).call(write, todo=todo.name, result="Reached", notes="Not me"))
	assert browsers(BEN).call(ask, todo=todo.name).json()["message"]["customer"] == THEIRS
	assert browsers(BEN).call(panel, todo=todo.name).json()["message"]["people"]
	assert frappe.db.count("Customer Touch") == 4


def test_a_todo_handed_to_a_rep_of_another_region_opens_no_door(firm, browsers, anna):
	todo = frappe.get_doc("ToDo", {"allocated_to": BEN, "reference_name": THEIRS})
	frappe.db.set_value("ToDo", todo.name, "allocated_to", anna)
	frappe.db.commit()
	try:
		refused(browsers(anna).call("keep_customers.care.todos.follow_up_of", todo=todo.name))
		refused(browsers(anna).call("keep_customers.care.rep_help.for_todo", todo=todo.name))
		refused(
			browsers(anna).call("keep_customers.care.todos.record_touch", todo=todo.name, result="Reached")
		)
		assert frappe.db.count("Customer Touch") == 4
	finally:
		frappe.db.set_value("ToDo", todo.name, "allocated_to", BEN)
		frappe.db.commit()


@pytest.mark.parametrize("user", (ANNA, MIA, EVE, None), ids=("rep", "sales manager", "no role", "guest"))
def test_only_the_apps_managers_start_a_night(firm, browsers, user):
	refused(browsers(user).call("keep_customers.jobs.nightly.run_now"))


def test_care_runs_are_not_for_reps(firm, browsers):
	for user in (ANNA, EVE, None):
		refused(browsers(user).resource("Care Run"))
		refused(browsers(user).resource("Care Run", frappe.get_all("Care Run", pluck="name")[0]))
	assert len(browsers(MIA).resource("Care Run").json()["data"]) == 2


def test_nothing_of_ours_goes_into_the_global_search_which_asks_for_no_customer(firm):
	assert frappe.get_meta("Customer").get_global_search_fields()
	for doctype in GUARDED:
		assert not frappe.get_meta(doctype).get_global_search_fields(), doctype


# Who has no business here


@pytest.mark.parametrize("user", (EVE, None), ids=("a user without a role", "a guest"))
@pytest.mark.parametrize("doctype", (*GUARDED, *CHILDREN, "Care Run", "Tier Policy", "Referral"))
def test_strangers_see_nothing(firm, browsers, user, doctype):
	stranger, child = browsers(user), doctype in CHILDREN
	answers = [
		stranger.resource(doctype, params={"parent": "Customer File"} if child else None),
		stranger.call(
			"frappe.client.get_list", doctype=doctype, **({"parent": "Customer File"} if child else {})
		),
		stranger.call("frappe.desk.reportview.get", doctype=doctype, fields=["name"]),
		stranger.call("frappe.desk.search.search_link", doctype=doctype, txt=""),
		stranger.call("frappe.desk.query_report.run", report_name="Tier Overview", user="Administrator"),
	]
	for answer in answers:
		assert answer.status_code != 200 or not answer.json().get("message"), answer.text
		assert "Mine" not in answer.text and "Theirs" not in answer.text and "Platinum" not in answer.text
	assert answers[0].status_code in (401, 403)
	frappe.set_user(user or "Guest")
	with pytest.raises(frappe.PermissionError):
		frappe.get_list(doctype, parent_doctype="Customer File" if child else None)


def test_the_settings_are_read_by_the_apps_managers_only(firm, browsers):
	name = "Keep Customers Settings"
	for user in (ANNA, MIA, EVE, None):
		refused(browsers(user).resource(name, name))
		refused(browsers(user).call("frappe.client.get_value", doctype=name, fieldname="fallback_user"))
	assert browsers(KIM).resource(name, name).json()["data"]["fallback_user"] == MIA


# Shares


def test_a_customer_shared_with_a_rep_is_shared_with_what_is_known_about_it(firm, browsers):
	_permit(ANNA, WAYS["Territory"])
	try:
		anna = browsers(ANNA)
		refused(anna.resource("Customer Value", THEIRS_ODD))
		frappe.share.add("Customer", THEIRS_ODD, ANNA, read=1)
		frappe.db.commit()
		for doctype in GUARDED:
			rows = anna.resource(doctype, params={"fields": '["customer"]'}).json()["data"]
			assert sorted(row["customer"] for row in rows) == sorted([MINE, MINE_ODD, THEIRS_ODD]), doctype
			assert anna.resource(doctype, of(doctype, THEIRS_ODD)).status_code == 200
			refused(anna.resource(doctype, of(doctype, THEIRS)))
		frappe.set_user(ANNA)
		from frappe.desk.query_report import run

		rows = [row for row in run("Tier Overview", filters={})["result"] if isinstance(row, dict)]
		assert sum(row["customers"] for row in rows) == 3
	finally:
		frappe.set_user("Administrator")
		_forget_permissions(ANNA)


def test_a_share_of_the_customer_alone_gives_no_right_to_its_file(firm, browsers):
	frappe.share.add("Customer", THEIRS, EVE, read=1)
	frappe.db.commit()
	try:
		assert browsers(EVE).resource("Customer", THEIRS).status_code == 200
		for doctype in GUARDED:
			refused(browsers(EVE).resource(doctype))
			refused(browsers(EVE).resource(doctype, of(doctype, THEIRS)))
	finally:
		_forget_permissions(EVE)


def test_a_keep_customers_manager_who_may_read_no_customer_sees_what_is_shared_and_nothing_else(
	firm, browsers
):
	kim = browsers(KIM)
	for doctype in GUARDED:
		assert kim.resource(doctype).json()["data"] == []
		refused(kim.resource(doctype, of(doctype, MINE)))
	frappe.share.add("Customer", MINE_ODD, KIM, read=1)
	frappe.db.commit()
	try:
		for doctype in GUARDED:
			rows = kim.resource(doctype, params={"fields": '["customer"]'}).json()["data"]
			assert [row["customer"] for row in rows] == [MINE_ODD], doctype
			refused(kim.resource(doctype, of(doctype, MINE)))
		run = kim.call("frappe.desk.query_report.run", report_name="Tier Overview", filters={})
		assert run.status_code == 200, run.text
		rows = [row for row in run.json()["message"]["result"] if isinstance(row, dict)]
		assert sum(row["customers"] for row in rows) == 1
	finally:
		_forget_permissions(KIM)
