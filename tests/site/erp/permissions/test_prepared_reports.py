"""A report that takes long is a prepared one to the host: its rows are kept, and shown to who names them. Not those of ours."""

import threading

import frappe
import pytest
from frappe.core.doctype.prepared_report.prepared_report import create_json_gz_file
from frappe.core.doctype.report.report import enable_prepared_report

from keep_customers.erp import host
from keep_customers.erp.api import report
from tests.site.story import ANNA, MIA, PREFIX

NOBODY = f"{PREFIX} Nobody"


@pytest.fixture
def prepared(firm, browsers):
	"""A report that took too long for Mia is a prepared one."""
	frappe.set_user("Administrator")
	frappe.db.rollback()
	frappe.db.set_value("Report", "Tier Overview", "prepared_report", 1)
	frappe.set_user(MIA)
	doc = frappe.get_doc({"doctype": "Prepared Report", "report_name": "Tier Overview", "filters": "{}"})
	doc.name, doc.status = f"{PREFIX}-prepared", "Completed"
	doc.set_user_and_timestamp()
	doc.db_insert()
	rows = {"columns": [{"fieldname": "tier", "label": "Tier"}], "result": [{"tier": "Theirs"}]}
	create_json_gz_file(rows, doc.doctype, doc.name, doc.report_name)
	frappe.set_user("Administrator")
	frappe.clear_document_cache("Report", "Tier Overview")
	frappe.db.commit()
	yield doc.name
	frappe.set_user("Administrator")
	frappe.db.rollback()
	frappe.delete_doc("Prepared Report", doc.name, force=True)
	frappe.db.set_value("Report", "Tier Overview", "prepared_report", 0)
	frappe.db.commit()


@pytest.mark.parametrize(
	"sent",
	({"user": MIA}, {"filters": {"prepared_report_name": f"{PREFIX}-prepared"}}, {"filters": {}}),
	ids=("as another", "by name", "plain"),
)
def test_a_report_of_ours_is_never_shown_as_another_got_it(north, prepared, sent):
	answer = north.call(
		"frappe.desk.query_report.run", **{"report_name": "Tier Overview", "filters": {}, **sent}
	)
	assert answer.status_code == 200 and "Theirs" not in answer.text, answer.text
	rows = [row for row in answer.json()["message"]["result"] if isinstance(row, dict)]
	assert sum(row["customers"] for row in rows) == 2
	frappe.db.rollback()
	assert not frappe.db.get_value("Report", "Tier Overview", "prepared_report")


def test_a_report_is_exported_as_its_user_gets_it(north, browsers, prepared):
	for browser, status in ((north, 403), (browsers(MIA), 200)):
		answer = browser.call(
			"frappe.desk.query_report.export_query", report_name="Tier Overview", file_format_type="CSV",
			filters={"prepared_report_name": prepared}, visible_idx=[0, 1, 2],
		)  # fmt: skip
		assert answer.status_code == status and "Theirs" not in answer.text, answer.text


def test_what_a_report_told_one_is_kept_for_that_one(north, browsers, prepared):
	for user in (ANNA, MIA):
		frappe.get_doc("User", user).add_roles("Prepared Report User")
	frappe.db.commit()
	ask = "frappe.core.doctype.prepared_report.prepared_report"
	for browser, status in ((north, 403), (browsers(MIA), 200)):
		assert bool(browser.resource("Prepared Report").json()["data"]) == (status == 200)
		assert browser.resource("Prepared Report", prepared).status_code == status
	assert north.call(f"{ask}.download_attachment", "GET", dn=prepared).status_code == 417
	assert (
		north.call(f"{ask}.enqueue_json_to_csv_conversion", prepared_report_name=prepared).status_code != 200
	)


def test_however_long_a_report_of_ours_takes_it_is_no_prepared_one(firm):
	clock = threading.Timer(
		99, enable_prepared_report, kwargs={"report": "Tier Overview", "site": frappe.local.site}
	)
	clock.start()
	try:
		assert host.report_watches() == [clock]
		assert report(lambda filters: host.report_watches())({}) == []
	finally:
		clock.cancel()
