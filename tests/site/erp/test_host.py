"""What the host's versions differ in is found out by what is there."""

from urllib.parse import urlsplit

import frappe
import pytest
from frappe.utils import get_url_to_form

from keep_customers.erp import host, soon, todos


def test_fields_that_the_host_has_not_are_empty_and_no_error(story):
	customer = story.customer("Mill")
	found = host.values("Customer", customer, ["customer_name", "salutation", "no_such_field"])
	assert found.customer_name == frappe.db.get_value("Customer", customer, "customer_name")
	assert "salutation" in found and found.no_such_field is None
	assert host.fields("Customer", ["territory", "no_such_field"]) == ["territory"]
	assert host.has("Customer", "territory") and not host.has("Customer", "territory", "no_such_field")
	assert not host.has("No Such Doctype", "name")
	assert host.values("Customer", "No such customer", ["customer_name"]) == {"customer_name": None}


def test_the_care_tab_on_a_customer_holds_what_is_ours_and_nothing_of_the_host():
	tabs, tab = {}, None
	for field in frappe.get_meta("Customer").fields:
		if field.fieldtype == "Tab Break":
			tab = field.fieldname
			continue
		tabs.setdefault(tab, []).append(field.fieldname)
	ours = [name for name in tabs["keep_tab"] if name.startswith("keep_")]
	assert (
		ours[:2] == ["keep_care_section", "keep_care"]
		and ours[-1] == "keep_file_score"
		and tabs["keep_tab"] == ours
	)
	assert list(tabs).index("keep_tab") == 1, "the second tab"
	assert "territory" in tabs[None] and "keep_referred_by" in tabs[None]
	assert "sales_team" in tabs["sales_team_tab"]


def test_a_link_in_a_todo_is_the_host_s_own_without_the_address_that_it_has_today():
	path = urlsplit(get_url_to_form("Complaint Case", "CC-1")).path
	assert path.endswith("/complaint-case/CC-1")
	assert todos.link_to("Complaint Case", "CC-1", "The <drill>") == f'<a href="{path}">The &lt;drill&gt;</a>'
	assert "<script>" not in todos.link_to("Complaint Case", '"><script>')


def test_a_queue_that_is_full_stops_nobody_who_saves_something(story, monkeypatch):
	"""Frappe 16 refuses what is too much; whoever submits an invoice has not asked for any of it."""

	def refuse(*args, **more):
		raise soon.NoRedis("Too many queued background jobs")

	monkeypatch.setattr(frappe, "enqueue", refuse)
	said = len(frappe.local.message_log)
	soon.soon("keep_customers.care.planning.at_once", reference_doctype="Customer", reference_name="x")
	assert len(frappe.local.message_log) == said


@pytest.mark.skipif(not host.QUEUE_FULL, reason="This Frappe queues without end")
def test_the_host_s_own_refusal_is_known(monkeypatch):
	def refuse(*args, **more):
		frappe.throw("Too many queued background jobs", exc=frappe.QueueOverloaded)

	monkeypatch.setattr(frappe, "enqueue", refuse)
	said = len(frappe.local.message_log)
	soon.soon("keep_customers.care.planning.at_once")
	assert len(frappe.local.message_log) == said
