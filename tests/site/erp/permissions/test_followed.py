"""Who follows a document is mailed what they may read of it."""

import frappe
import pytest
from frappe.desk.form import document_follow
from frappe.permissions import add_user_permission
from frappe.utils import add_to_date, now_datetime

from keep_customers.access import followed
from tests.site.story import ANNA, MIA

FILE = "Customer File"


@pytest.fixture
def firms(story, monkeypatch):
	"""Anna wants mails of what she follows, and may read one of two customers."""
	monkeypatch.setattr(document_follow, "get_message", document_follow.get_message)
	monkeypatch.setattr(document_follow, "_keep_customers", False, raising=False)
	followed.install()
	names = [story.customer("Hers"), story.customer("Theirs")]
	for name in names:
		story.file(name)
	frappe.db.set_value("User", ANNA, {"document_follow_notify": 1, "document_follow_frequency": "Hourly"})
	frappe.clear_cache(user=ANNA)
	return names


def mailed():
	rows, _documents = document_follow.get_message_for_user("Hourly", ANNA)
	return {row["doc_name"] for row in rows}


def written(*names):
	"""Mia writes down what only a few shall read."""
	frappe.set_user(MIA)
	for name in names:
		frappe.get_doc(FILE, name).update({"family": "His son is ill"}).save()
		frappe.get_doc(FILE, name).add_comment("Comment", "He is divorced")
	# The host tells of what was done until a moment ago.
	just_now = add_to_date(now_datetime(), minutes=-5)
	for doctype in ("Version", "Comment"):
		frappe.db.set_value(doctype, {"owner": MIA}, "modified", just_now, update_modified=False)
	frappe.set_user("Administrator")


def test_who_may_not_read_it_is_mailed_nothing(firms, monkeypatch):
	hers, theirs = firms
	add_user_permission("Customer", hers, ANNA)
	frappe.set_user(ANNA)
	for name in firms:
		assert document_follow.follow_document(FILE, name, ANNA), "the host asks nobody"
	written(hers, theirs)
	assert mailed() == {hers}
	# The same process serves sites that do not have the app.
	monkeypatch.setattr(frappe, "get_installed_apps", lambda **_how: ["frappe", "erpnext"])
	assert mailed() == {hers, theirs}, "there it is as the host has it"


def test_who_may_read_it_no_longer_is_mailed_nothing_more(firms):
	hers, theirs = firms
	frappe.set_user(ANNA)
	for name in firms:
		assert document_follow.follow_document(FILE, name, ANNA)
	written(*firms)
	assert mailed() == {hers, theirs}
	add_user_permission("Customer", hers, ANNA)
	assert mailed() == {hers}
	# What is deleted is no reason not to tell of the rest.
	frappe.delete_doc(FILE, theirs, force=True)
	assert mailed() == {hers}
