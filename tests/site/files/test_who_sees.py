"""Over HTTP: a rep sees own customers only, a drive's figures if they take part, and nothing of what is drawn of their own."""

import frappe
import pytest
from frappe.permissions import add_user_permission

from keep_customers.files import panel
from tests.site.files.conftest import CLEO
from tests.site.story import ANNA, BEN, EVE, MIA
from tests.site.web import Browser, Server

RUN = "frappe.desk.query_report.run"


@pytest.fixture
def drawn(drives):
	"""A drive of Anna and Ben of which facts are drawn; Anna reads her own customers only, Cleo Ben's."""
	for name, firm in drives.firms.items():
		add_user_permission("Customer", firm, ANNA if name.startswith("A") else CLEO)
	drive = drives.started(sample_size=3)
	drives.enter_all(ANNA, "A1")
	drives.enter_all(BEN, "B1")
	drives.by(MIA, panel.draw, drive.name)
	frappe.db.commit()
	return drive


def listed(browser, doctype, **params):
	answer = browser.resource(doctype, params={"fields": '["*"]', "limit_page_length": "0", **params})
	return answer.json()["data"] if answer.status_code == 200 else []


def test_a_rep_sees_own_customers_only(drives, drawn):
	anna = Browser(Server(), ANNA)
	mine, other = drives.firms["A1"], drives.firms["B1"]
	files = listed(anna, "Maintenance Drive File")
	assert {row["customer"] for row in files} == {drives.firms[name] for name in ("A1", "A2", "A3")}
	theirs = frappe.db.get_value("Maintenance Drive File", {"customer": other})
	assert anna.resource("Maintenance Drive File", theirs).status_code == 403
	shown = anna.call("keep_customers.files.panel.shown", "GET", drive=drawn.name)
	assert shown.status_code == 200 and {row["name"] for row in shown.json()["message"]["rows"]} == {
		"Anna",
		"Ben",
	}
	assert other not in shown.text and mine not in shown.text, (
		"figures of all who take part, customers of nobody"
	)
	report = anna.call(RUN, report_name="File Quality", filters={"group_by": "Customers"})
	assert mine in report.text and other not in report.text
	question = anna.call("keep_customers.files.fill.next_question", skipped=[], customer=other)
	assert question.status_code == 200 and other not in question.text
	answer = anna.call(
		"keep_customers.files.fill.answer", customer=other, fact="usage", said={"text": "Mine"}
	)
	assert answer.status_code == 403
	for method, verb in (("preview", "GET"), ("take_over", "POST")):
		assert (
			anna.call(f"keep_customers.files.take_over.{method}", verb, customers=[other]).status_code == 403
		)
	frappe.db.rollback()
	assert not frappe.db.exists("Customer File", {"name": other, "usage": "Mine"})


def test_what_is_drawn_is_the_checkers(drives, drawn):
	anna, cleo = Browser(Server(), ANNA), Browser(Server(), CLEO)
	[of_anna, *_more] = drives.checks(drawn, rep=ANNA)
	of_ben = drives.checks(drawn, rep=BEN)
	assert not listed(anna, "Fact Check")
	assert {row["name"] for row in listed(cleo, "Fact Check")} == {one.name for one in of_ben}
	for browser, name in ((anna, of_anna.name), (anna, of_ben[0].name), (cleo, of_anna.name)):
		assert browser.resource("Fact Check", name).status_code == 403
		assert browser.call("keep_customers.files.checks.shown", "GET", check=name).status_code == 403
		answer = browser.call("keep_customers.files.checks.answer", check=name, result="Right")
		assert answer.status_code == 403 and drives.firms["A1"] not in answer.text
	# Nobody writes a result past the question of who may.
	assert cleo.resource("Fact Check", of_ben[0].name, "PUT", json={"result": "Right"}).status_code == 403
	assert (
		cleo.call("keep_customers.files.checks.answer", check=of_ben[0].name, result="Maybe").status_code
		== 417
	)
	told = cleo.call("keep_customers.files.checks.answer", check=of_ben[0].name, result="Right")
	assert told.status_code == 200 and told.json()["message"]["next"] in {one.name for one in of_ben[1:]}
	frappe.db.rollback()
	assert frappe.db.get_value("Fact Check", of_ben[0].name, ["result", "checked_by"]) == ("Right", CLEO)


def test_a_drive_is_of_who_takes_part_and_led_by_managers(drives, drawn):
	anna, cleo, eve = (Browser(Server(), user) for user in (ANNA, CLEO, EVE))
	coming = drives.new(users=[ANNA])
	frappe.db.commit()
	assert [row["name"] for row in listed(anna, "Maintenance Drive")] == [drawn.name], (
		"what is prepared is not announced"
	)
	assert anna.resource("Maintenance Drive", coming.name).status_code == 403
	rows = listed(anna, "Maintenance Drive Participant", parent="Maintenance Drive")
	assert {row["parent"] for row in rows} == {drawn.name}
	for browser in (cleo, eve):
		assert not listed(browser, "Maintenance Drive")
		assert not listed(browser, "Maintenance Drive Participant", parent="Maintenance Drive")
		assert browser.resource("Maintenance Drive", drawn.name).status_code == 403
		assert browser.call("keep_customers.files.panel.shown", "GET", drive=drawn.name).status_code == 403
	row = rows[0]["name"]
	assert cleo.resource("Maintenance Drive Participant", row).status_code == 403
	for action in ("start", "count", "draw", "close", "cancel"):
		assert anna.call(f"keep_customers.files.panel.{action}", drive=drawn.name).status_code == 403
	assert anna.resource("Maintenance Drive", drawn.name, "PUT", json={"title": "Mine"}).status_code == 403
	assert anna.resource("Maintenance Drive Participant", row, "PUT", json={"points": 999}).status_code == 403


def test_who_reads_no_files_reads_no_report(drives):
	eve = Browser(Server(), EVE)
	answer = eve.call(RUN, report_name="File Quality", filters={})
	assert answer.status_code == 403
