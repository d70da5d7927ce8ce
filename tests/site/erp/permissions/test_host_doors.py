"""What the host gives to whoever asks, or takes from whoever says so: not of a customer that is not theirs.

Anna's is the north. How all the others try is in the matrix; here stands what each function is for, too.
"""

import json

import frappe
import pytest
from frappe.desk.doctype.dashboard_chart import dashboard_chart
from frappe.desk.doctype.tag.tag import add_tag

from keep_customers.access import host_doors
from keep_customers.erp import host
from tests.site.erp.permissions.regions import (
	MINE,
	MINE_ODD,
	THEIRS,
	of,
	refused,
)
from tests.site.story import ANNA, BEN, EVE, MIA, PREFIX

NOBODY = f"{PREFIX} Nobody"


# Counted and listed


def counted(browser, doctype, field):
	answer = browser.call(
		"frappe.workflow.doctype.workflow.workflow.get_workflow_state_count",
		doctype=doctype, workflow_state_field=field, states=["x"],
	)  # fmt: skip
	assert answer.status_code == 200, answer.text
	return (
		{row[field]: row["count"] for row in answer.json()["message"]} if answer.json().get("message") else {}
	)


def test_states_are_counted_of_what_one_may_read_and_by_fields_one_may_read(north, browsers):
	assert counted(north, "Customer Value", "customer") == {MINE: 1, MINE_ODD: 1}
	assert counted(browsers(MIA), "Follow Up", "status") == {"Assigned": 4}
	assert counted(north, "Follow Up", "status") == {"Assigned": 2}
	frappe.db.set_value("Follow Up", of("Follow Up", MINE), "arm", "Cared For")
	frappe.db.commit()
	assert counted(browsers(MIA), "Follow Up", "arm") == {"Cared For": 1}
	assert counted(north, "Follow Up", "arm") == {}, "reps do not know of control groups"
	assert not any("Theirs" in text for text in counted(browsers(EVE), "ToDo", "description"))


def test_assignments_are_counted_of_what_one_may_read(north, browsers):
	def assigned(browser):
		asked = {
			"doctype": "Customer",
			"current_filters": {"customer_name": ("like", "%")},
			"field": "assigned_to",
		}
		answer = browser.call("frappe.desk.listview.get_group_by_count", **asked)
		return {row["name"]: row["count"] for row in answer.json()["message"]}

	assert assigned(browsers(MIA)) == {ANNA: 2, BEN: 2}
	assert assigned(north) == {ANNA: 2}


def test_a_goals_graph_adds_up_what_one_may_read(north, browsers):
	def graph(browser, **more):
		asked = {
			"title": "Touches", "doctype": "Customer Touch", "docname": of("Customer Touch", MINE), "goal_value_field": "idx",
			"goal_total_field": "idx", "goal_history_field": "notes", "goal_doctype": "Customer Touch", "goal_doctype_link": "",
			"goal_field": "name", "date_field": "date", "aggregation": "count", "filters": {"customer": THEIRS}, **more,
		}  # fmt: skip
		return browser.call("frappe.utils.goal.get_monthly_goal_graph_data", **asked)

	def added_up(answer):
		assert answer.status_code == 200, answer.text
		return sum(answer.json()["message"]["data"]["datasets"][0]["values"])

	if frappe.db.db_type != "sqlite":  # with which the host cannot do it
		assert added_up(graph(browsers(MIA))) == 1
		assert added_up(graph(north)) == 0
		assert added_up(graph(north, filters={"customer": MINE})) == 1
	for odd in ({"aggregation": "sleep"}, {"goal_field": "1"}, {"date_field": "now()"}):
		assert graph(north, **odd).status_code == 417
	refused(graph(north, docname=of("Customer Touch", THEIRS)))


def test_a_heatmap_adds_up_what_one_may_read(firm, monkeypatch):
	"""On Frappe 15 it reads past all permissions; later ones cannot draw one."""

	def whatever_is_asked_for(chart, filters, year):
		return frappe.get_all(chart.document_type, filters=filters, pluck="customer")

	monkeypatch.setattr(dashboard_chart, "get_heatmap_chart_config", whatever_is_asked_for)
	asked = {
		"doctype": "Dashboard Chart",
		"name": "x",
		"chart_type": "Count",
		"type": "Heatmap",
		"based_on": "date",
	}

	def found(customer, **more):
		which = json.dumps([["Customer Touch", "customer", "=", customer]])
		chart = {**asked, "document_type": "Customer Touch", "filters_json": which, **more}
		return host_doors.get_chart(chart=json.dumps(chart))

	frappe.set_user(MIA)
	assert (found(MINE), found(THEIRS)) == ([MINE], [THEIRS])
	frappe.set_user(ANNA)
	assert (found(MINE), found(THEIRS)) == ([MINE], [])
	for odd in ({"based_on": "now()"}, {"value_based_on": "profit_before", "document_type": "Loss Review"}):
		with pytest.raises(frappe.exceptions.FrappeTypeError):
			found(MINE, **odd)
	with pytest.raises(frappe.PermissionError):
		found(MINE, document_type="Volume Rebate")
	path = "frappe.desk.doctype.dashboard_chart.dashboard_chart.get"
	assert frappe.get_hooks("override_whitelisted_methods")[path]


def test_tagged_documents_are_listed_to_who_may_read_them(north, browsers):
	frappe.set_user("Administrator")
	frappe.db.rollback()
	for customer in (MINE, THEIRS):
		add_tag(f"{PREFIX} Large", "Customer Value", customer)
		frappe.db.set_value("Tag Link", {"document_name": customer}, "title", customer)
	frappe.db.commit()
	ask = "frappe.desk.doctype.tag.tag.get_tagged_docs"
	for browser, names in ((north, [[MINE]]), (browsers(MIA), [[MINE], [THEIRS]])):
		assert sorted(browser.call(ask, doctype="Customer Value", tag="%").json()["message"]) == names
		links = browser.resource("Tag Link", params={"fields": '["title"]'}).json()["data"]
		assert sorted([row["title"]] for row in links) == names
	refused(north.resource("Tag Link", frappe.db.get_value("Tag Link", {"document_name": THEIRS})))


# By name


def test_the_next_one_is_told_of_what_one_may_read(north):
	def following(name):
		asked = {
			"doctype": "Customer Value",
			"value": name,
			"prev": 0,
			"sort_field": "name",
			"sort_order": "asc",
		}
		return north.call("frappe.desk.form.utils.get_next", **asked)

	assert following(MINE).json()["message"] == MINE_ODD
	told = [
		refused(following(name)).json()["_server_messages"].replace(name, "…") for name in (THEIRS, NOBODY)
	]
	told = [json.loads(json.loads(each)[0])["message"] for each in told]
	assert told == ["There is no Customer Value …, or you may not read it."] * 2


def test_open_activities_are_told_of_what_one_may_read(firm, north, monkeypatch):
	monkeypatch.setattr(host, "function", lambda name: lambda *of: {"tasks": [name, *of]})
	frappe.set_user(ANNA)
	path = "erpnext.crm.utils.get_open_activities"
	assert host_doors.get_open_activities("Customer", MINE) == {"tasks": [path, "Customer", MINE]}
	for doctype, name in (("Customer", THEIRS), ("Customer File", THEIRS), ("Customer", NOBODY)):
		with pytest.raises(frappe.PermissionError, match="There is no"):
			host_doors.get_open_activities(doctype, name)
	assert frappe.get_hooks("override_whitelisted_methods")[path]


def test_linked_documents_are_told_of_what_one_may_read(north):
	ask = "frappe.desk.form.linked_with.get_submitted_linked_docs"
	assert north.call(ask, doctype="Customer", name=MINE).json()["message"]["count"] == 3, "its invoices"
	refused(north.call(ask, doctype="Customer", name=THEIRS))


def test_an_email_is_hung_elsewhere_by_who_may_read_it(firm, north):
	frappe.set_user("Administrator")
	frappe.db.rollback()
	mails = [
		frappe.get_doc(
			{
				"doctype": "Communication", "communication_type": "Communication", "subject": name, "content": name,
				"reference_doctype": "Customer File", "reference_name": name,
			}
		).insert().name
		for name in (THEIRS, MINE)
	]  # fmt: skip
	frappe.db.commit()
	for mail, doctype, name in (
		(mails[0], "User", ANNA),
		(mails[0], "Customer File", MINE),
		(mails[1], "Customer File", THEIRS),
	):
		refused(north.call("frappe.email.relink", name=mail, reference_doctype=doctype, reference_name=name))
	frappe.db.rollback()
	for mail, name in zip(mails, (THEIRS, MINE), strict=True):
		assert frappe.db.get_value("Communication", mail, "reference_name") == name


def test_a_number_and_an_address_are_told_of_whom_one_may_read(firm, north, browsers):
	frappe.set_user("Administrator")
	frappe.db.rollback()
	people = {}
	for customer, number in ((THEIRS, "0301"), (MINE, "0302")):
		links = [{"link_doctype": "Customer", "link_name": customer}]
		phones = [{"phone": number, "is_primary_mobile_no": 1}]
		person = {"doctype": "Contact", "first_name": f"At {customer}", "links": links, "phone_nos": phones}
		people[customer] = frappe.get_doc(person).insert().name
		place = {"address_title": customer, "address_line1": "1", "city": "Bonn", "country": "Germany"}
		frappe.get_doc({"doctype": "Address", "address_type": "Billing", **place, "links": links}).insert()
	frappe.db.commit()

	def told(browser, customer):
		of_person = {"contact_name": people[customer], "ref_doctype": "Customer", "ref_name": customer}
		asked = (
			browser.call("frappe.core.doctype.sms_settings.sms_settings.get_contact_number", **of_person),
			browser.call(
				"frappe.contacts.doctype.address.address.get_default_address",
				doctype="Customer",
				name=customer,
			),
		)
		assert {answer.status_code for answer in asked} == {200}, [answer.text for answer in asked]
		return [answer.json().get("message") or "" for answer in asked]

	assert told(north, MINE) == ["0302", f"{MINE}-Billing"]
	assert told(north, THEIRS) == ["", ""]
	assert told(browsers(MIA), THEIRS) == ["0301", f"{THEIRS}-Billing"]


# Said by who may not


def test_a_websites_comment_is_written_on_nothing_of_ours(firm, north, browsers):
	todo = frappe.get_doc("ToDo", {"allocated_to": BEN, "reference_name": THEIRS}).name
	case = firm.case(THEIRS, "Theirs").name
	frappe.db.commit()
	comments = frappe.db.count("Comment", {"comment_type": "Comment"})
	invoice = frappe.db.get_value("Sales Invoice", {"customer": THEIRS})
	for doctype, name in (
		("Complaint Case", case),
		("Sales Invoice", invoice),
		("Customer", THEIRS),
		("ToDo", todo),
		("Customer File", MINE),
	):
		for user in (EVE, ANNA, None):
			answer = browsers(user).call(
				"frappe.templates.includes.comments.comments.add_comment", comment="All is well", comment_email=MIA,
				comment_by="Mia", reference_doctype=doctype, reference_name=name, route="",
			)  # fmt: skip
			refused(answer)
	frappe.db.rollback()
	assert frappe.db.count("Comment", {"comment_type": "Comment"}) == comments


@pytest.mark.parametrize(
	"name",
	("frappe.automation.doctype.auto_repeat.auto_repeat.make", "frappe.core.doctype.report.report.run"),
)
def test_what_is_replaced_has_no_other_name(north, name):
	if not host.function(name):
		pytest.skip("This Frappe has no such name for it.")
	sent = {"report_name": "Tier Overview", "subject": "x", "content": "x"}
	for version in ("", "/v2"):
		answer = north.http.post(f"{north.base}/api{version}/method/{name}", json=sent, timeout=60)
		assert answer.status_code == 403, answer.text
	assert north.http.post(f"{north.base}/", data={"cmd": name}, timeout=60).status_code == 403
