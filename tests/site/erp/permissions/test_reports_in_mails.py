"""A report that the host mails by itself tells its user what they may read, whoever runs the scheduler."""

import frappe
import pytest

from keep_customers.access import host_reports
from tests.site.erp.permissions.regions import NORTH, _forget_permissions, _permit
from tests.site.story import ANNA, MIA


@pytest.fixture
def mail(firm):
	"""Anna, of the north, who may have reports mailed, has one."""
	frappe.set_user("Administrator")
	frappe.get_doc("User", ANNA).add_roles("Report Manager", "Sales Manager")
	_permit(ANNA, [("Territory", NORTH)])
	frappe.set_user(ANNA)
	made = frappe.get_doc(
		{
			"doctype": "Auto Email Report", "report": "Tier Overview", "report_type": "Script Report", "user": ANNA, "enabled": 1,
			"frequency": "Daily", "format": "CSV", "email_to": ANNA, "filters": "{}",
		}
	).insert()  # fmt: skip
	frappe.db.commit()
	yield made.name
	frappe.set_user("Administrator")
	frappe.db.rollback()
	frappe.delete_doc("Auto Email Report", made.name, force=True)
	_forget_permissions(ANNA)
	frappe.get_doc("User", ANNA).remove_roles("Report Manager", "Sales Manager")
	frappe.db.commit()


def told(mail, user):
	frappe.set_user(user)
	return frappe.get_doc("Auto Email Report", mail).get_report_content()


def test_the_scheduler_mails_what_its_user_may_read(mail):
	host_reports.install()
	own = told(mail, ANNA)
	assert told(mail, "Administrator") == own
	assert frappe.session.user == "Administrator"
	frappe.db.set_value("Auto Email Report", mail, "user", MIA)
	assert told(mail, "Administrator") not in (own, None), "Mia may read the south, too"
	assert told(mail, ANNA) == own, "whoever it is for"


def test_an_admin_who_sends_it_now_tells_no_more_and_who_has_left_is_told_nothing(mail, monkeypatch):
	host_reports.install()
	own = told(mail, ANNA)
	with_roles = frappe.get_doc("User", MIA)
	frappe.set_user("Administrator")
	with_roles.add_roles("System Manager")
	assert told(mail, MIA) == own
	frappe.set_user("Administrator")
	frappe.db.set_value("User", ANNA, "enabled", 0)
	sent = []
	monkeypatch.setattr(frappe, "sendmail", lambda **mail: sent.append(mail["recipients"]))
	for addresses in (ANNA, f"{ANNA}\nteam@example.com"):
		one = frappe.get_doc("Auto Email Report", mail)
		one.email_to = addresses
		one.send()
	assert sent == [["team@example.com"]]
	frappe.db.rollback()
	frappe.clear_cache(user=MIA)


def test_a_report_is_mailed_as_oneself_and_by_an_admin_as_somebody(mail):
	frappe.set_user(ANNA)
	one = frappe.get_doc("Auto Email Report", mail)
	one.user = MIA
	one.save()
	assert one.user == ANNA
	frappe.set_user("Administrator")
	one.user = MIA
	one.save()
	assert one.user == MIA


def test_a_report_of_our_documents_is_ours_in_whichever_module(firm, mail):
	frappe.set_user(ANNA)
	report = frappe.get_doc(
		{
			"doctype": "Report", "report_name": "Keep Test Values", "ref_doctype": "Customer Value", "report_type": "Report Builder",
			"is_standard": "No", "module": "Desk", "json": '{"fields": [["name", "Customer Value"]]}',
		}
	).insert(ignore_permissions=True)  # fmt: skip
	one = frappe.get_doc("Auto Email Report", mail)
	one.update({"report": report.name, "report_type": report.report_type, "user": "Administrator"})
	one.save()
	assert one.user == ANNA, "nobody but an admin has it read by somebody else"
	prepared = frappe.get_doc(
		{"doctype": "Prepared Report", "report_name": report.name, "status": "Completed", "owner": MIA}
	)
	assert not host_reports.has_permission(prepared, user=ANNA)
	names = frappe.db.sql(host_reports.OURS, pluck=True)
	assert report.name in names and "Tier Overview" in names
	frappe.db.rollback()
