"""What the host does for whoever names a document: not of a customer that is not theirs, by no name of it.

Anna's is the north, Theirs is in the south and Ben's.
"""

import calendar

import frappe
import pytest

from keep_customers.erp import host
from tests.site.erp.permissions.regions import MINE, NORTH, THEIRS, refused
from tests.site.mail import contact
from tests.site.story import ANNA, BEN, COMPANY, MIA, PREFIX

NOBODY = f"{PREFIX} Nobody"


def test_who_follows_and_what_became_of_it_is_told_of_what_one_may_read(north, browsers):
	for path, name, more in (
		("frappe.desk.form.document_follow.get_follow_users", "doc_name", {}),
		("frappe.desk.form.document_follow.follow_document", "doc_name", {"user": ANNA}),
		("frappe.desk.form.document_follow.update_follow", "doc_name", {"following": 1}),
		("frappe.core.doctype.submission_queue.submission_queue.get_latest_submissions", "docname", {}),
	):
		for doctype in ("Customer", "Customer File"):
			refused(north.call(path, **{"doctype": doctype, name: THEIRS, **more}))
			refused(north.call(path, **{"doctype": doctype, name: NOBODY, **more}))
			assert north.call(path, **{"doctype": doctype, name: MINE, **more}).status_code == 200


def test_what_another_user_is_restricted_to_is_not_told(firm, north, browsers):
	kept = frappe.get_doc(
		{"doctype": "User Permission", "user": BEN, "allow": "Customer", "for_value": THEIRS}
	).insert()
	frappe.db.commit()
	path = "frappe.core.doctype.user_permission.user_permission.get_user_permissions"
	refused(north.call(path, user=BEN))
	for sent in ({}, {"user": ANNA}):
		assert north.call(path, **sent).json()["message"]["Territory"][0]["doc"] == NORTH
	kept.delete()
	frappe.db.commit()


def test_what_others_have_in_their_calendar_is_not_told(north):
	starts = frappe.utils.now_datetime()
	private = {
		"subject": "Theirs",
		"event_type": "Private",
		"starts_on": starts,
		"owner": BEN,
		"status": "Open",
	}
	frappe.get_doc({"doctype": "Event", "name": f"{PREFIX} Event", **private}).db_insert()
	frappe.db.set_value("Event", f"{PREFIX} Event", "owner", BEN)
	frappe.db.commit()
	path, days = "frappe.desk.doctype.event.event.get_events", {"start": starts.date(), "end": starts.date()}
	days = {key: str(day) for key, day in days.items()}
	refused(north.call(path, user=BEN, **days))
	for sent in ({}, {"user": ANNA}):
		answer = north.call(path, **days, **sent)
		assert answer.status_code == 200 and "Theirs" not in answer.text, answer.text
	frappe.db.delete("Event", {"name": f"{PREFIX} Event"})
	frappe.db.commit()


def test_what_was_imported_is_its_importers(north):
	"""Frappe 15 asks nobody, and takes a filter for a name."""
	frappe.get_doc(
		{"doctype": "Data Import", "name": f"{PREFIX} Import", "reference_doctype": "Customer File", "import_type": "Insert New Records",
		"payload_count": 1}
	).db_insert()  # fmt: skip
	frappe.db.commit()
	within = "frappe.core.doctype.data_import.data_import"
	for method, sent in (
		("get_import_status", "data_import_name"),
		("download_import_log", "data_import_name"),
		("download_errored_template", "data_import_name"),
		("get_preview_from_template", "data_import"),
		("form_start_import", "data_import"),
	):
		refused(north.call(f"{within}.{method}", **{sent: f"{PREFIX} Import"}))
		any_of_them = {sent: {"reference_doctype": "Customer File"}}
		answer = north.http.post(f"{north.base}/api/method/{within}.{method}", json=any_of_them, timeout=60)
		assert answer.status_code == 417, answer.text
	frappe.db.delete("Data Import", {"name": f"{PREFIX} Import"})
	frappe.db.commit()


def test_a_rule_assigns_what_one_may_read(firm, north):
	rule = frappe.get_doc(
		{
			"doctype": "Assignment Rule", "name": f"{PREFIX} Rule", "document_type": "Customer File", "description": "x",
			"assign_condition": "True", "rule": "Round Robin", "users": [{"user": ANNA}],
			"assignment_days": [{"day": day} for day in calendar.day_name],
		}
	).insert()  # fmt: skip
	frappe.db.commit()
	path = "frappe.automation.doctype.assignment_rule.assignment_rule.bulk_apply"
	refused(north.call(path, doctype="Customer File", docnames=[MINE, THEIRS]))
	assert north.call(path, doctype="Customer File", docnames=[MINE]).status_code == 200
	frappe.db.rollback()
	assert frappe.get_all("ToDo", {"reference_type": "Customer File"}, pluck="reference_name") == [MINE]
	rule.delete()
	frappe.db.commit()


# ERPNext's


def test_what_erpnext_tells_of_a_customer_is_told_to_who_may_read_it(firm, north, browsers):
	if not host.function("erpnext.accounts.utils.get_balance_on"):
		pytest.skip("The sandbox has none of it.")
	party = {"party_type": "Customer", "company": COMPANY, "date": "2026-01-01"}
	contact(THEIRS, first_name="Theirs")
	frappe.db.commit()
	for path, sent in (
		("erpnext.accounts.utils.get_balance_on", party),
		("erpnext.accounts.doctype.payment_entry.payment_entry.get_party_details", party),
	):
		answer = north.call(path, **{**sent, "party": THEIRS})
		refused(answer)
		assert north.call(path, **{**sent, "party": MINE}).status_code == 200, path
	query = "erpnext.selling.doctype.customer.customer.get_customer_primary"
	for customer, status in ((THEIRS, 403), (MINE, 200)):
		of_whom = {"customer": customer, "type": "Contact"}
		for path, sent in (
			(query, {"searchfield": "name", "start": 0, "page_len": 9}),
			("frappe.desk.search.search_widget", {"query": query}),
		):
			sent = {"doctype": "Customer", "txt": "", "filters": of_whom, **sent}
			answer = north.http.post(f"{north.base}/api/method/{path}", json=sent, timeout=60)
			assert answer.status_code == status, answer.text
	listed = "erpnext.accounts.doctype.invoice_discounting.invoice_discounting.get_invoices"
	refused(north.call(listed, filters={}))
	refused(north.call(listed, filters={"customer": THEIRS}))
	assert north.call(listed, filters={"customer": MINE}).status_code == 200
	assert browsers(MIA).call(listed, filters={}).status_code == 200
	point = "erpnext.selling.page.point_of_sale.point_of_sale.set_customer_info"
	refused(north.call(point, customer=THEIRS, fieldname="email_id", value="mine@keep-test.example"))
	frappe.db.rollback()
	assert not frappe.db.get_value("Customer", THEIRS, "email_id")


def test_a_mail_becomes_an_issue_for_who_may_read_it(firm, north):
	path = "erpnext.support.doctype.issue.issue.make_issue_from_communication"
	if not host.function(path):
		pytest.skip("The sandbox has none of it.")
	about = {"reference_doctype": "Customer File", "reference_name": THEIRS}
	mail = {"doctype": "Communication", "subject": "x", "content": "x", "communication_type": "Communication"}
	name = frappe.get_doc({**mail, **about}).insert().name
	frappe.db.commit()
	refused(north.call(path, communication=name))
	frappe.db.rollback()
	assert frappe.db.get_value("Communication", name, "reference_name") == THEIRS


# By another's hand


@pytest.mark.parametrize(
	("path", "sent"),
	(
		("frappe.desk.search.search_widget", {"doctype": "Tier Overview", "txt": "{}", "searchfield": "Administrator", "page_length": 0, "query": "frappe.desk.query_report.run"}),
		("frappe.desk.search.search_link", {"doctype": "Tier Overview", "txt": "{}", "query": "frappe.core.doctype.report.report.run"}),
		("frappe.desk.treeview.get_all_nodes", {"doctype": "Customer", "label": "x", "parent": "[]", "field": "assigned_to", "tree_method": "frappe.desk.listview.get_group_by_count"}),
		("frappe.model.mapper.make_mapped_doc", {"method": "frappe.core.doctype.user_permission.user_permission.get_user_permissions", "source_name": BEN}),
	),
)  # fmt: skip
def test_what_is_asked_is_asked_of_who_has_it_called(north, path, sent):
	"""The host calls what it is named, as its caller likes."""
	if not host.function(sent.get("query") or sent.get("tree_method") or sent["method"]):
		pytest.skip("This Frappe has no such name for it.")
	refused(north.http.post(f"{north.base}/api/method/{path}", json=sent, timeout=60))


def test_a_path_that_goes_on_is_the_same_name(north):
	name = "frappe.core.doctype.report.report.run"
	if not host.function(name):
		pytest.skip("This Frappe has no such name for it.")
	answer = north.call(f"{name}/x", report_name="Tier Overview")
	assert answer.status_code == 403, answer.text
