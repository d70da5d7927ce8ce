"""A Care Message says for what it is found, and what a customer would read."""

import frappe
import pytest
from frappe.permissions import add_user_permission

from keep_customers.access.read_back import read_back
from tests.site.story import ANNA, EVE

SENT = {"doctype": "Care Message", "__islocal": 1, "kind": "Thank You", "language": "en", "enabled": 1}


@pytest.fixture
def firm(story):
	yield story.customer("0 Firm")
	frappe.set_user("Administrator")


def test_a_message_is_shown_as_a_customer_would_read_it(story, firm):
	told = read_back({**SENT, "channel": "SMS", "message": "Thank you, {{ customer_name }}."})
	assert told["says"] == [
		"It is offered for contacts of this kind: Thank You.",
		"Only for this channel: SMS.",
		"For customers whose language is this one: English.",
	]
	name = frappe.get_list("Customer", pluck="customer_name", order_by="name asc", limit=1)[0]
	assert told["figure"] == f"To {name} it would say: Thank you, {name}."


def test_what_would_be_refused_is_said_while_it_is_written(story, firm):
	assert {one["field"] for one in read_back({**SENT, "language": ""})["missing"]} == {"language", "message"}
	shown = len(frappe.local.message_log)
	[unknown] = read_back({**SENT, "message": "{{ nobody_knows }}"})["missing"]
	assert "nobody_knows" in unknown["text"] and len(frappe.local.message_log) == shown
	[advertises] = read_back({**SENT, "kind": "Birthday", "message": "Buy now"})["missing"]
	assert "does not advertise" in advertises["text"]
	rule = story.rule(message_kind="Thank You", enabled=0)
	frappe.db.set_value("Care Rule", {"message_kind": "Thank You"}, "enabled", 0)
	assert read_back({**SENT, "message": "Thank you."})["missing"][0]["route"] == ["List", "Care Rule"]
	rule.db_set("enabled", 1)
	assert not read_back({**SENT, "message": "Thank you."})["missing"]


def test_a_rep_reads_the_saved_one_as_a_customer_of_theirs_would(story, firm):
	other = story.customer("1 Firm")
	doc = frappe.get_doc(
		{**SENT, "title": "Keep Test Thanks", "message": "Dear {{ customer_name }}"}
	).insert()
	add_user_permission("Customer", other, ANNA)
	frappe.set_user(ANNA)
	told = read_back({**doc.as_dict(), "message": "Mine"})
	assert told["figure"] == f"To {other} it would say: Dear {other}"
	with pytest.raises(frappe.PermissionError):
		read_back(SENT)
	frappe.set_user(EVE)
	with pytest.raises(frappe.PermissionError):
		read_back(doc.as_dict())
