"""WhatsApp by frappe_whatsapp: what may be written when, what becomes of it, and what customers write.

Meta is ours here. Without the genuine app its doctypes are made as it publishes them (published.py), and what it does when
a message is inserted, which is to send it to Meta, is done here as well.
"""

import json

import frappe
import pytest
from frappe.model.document import Document
from frappe.modules import load_doctype_module
from frappe.utils import add_to_date, now_datetime

from keep_customers.care import contacts_seen
from keep_customers.engine.consent import NOTHING_SAID
from keep_customers.integrations import whatsapp
from keep_customers.messaging import by_hand, delivery, sending
from keep_customers.people import consent
from tests.site.integrations.conftest import NUMBER, as_, contact, set_aside
from tests.site.integrations.published import is_genuine
from tests.site.messaging.sending.thanks import thanked
from tests.site.story import ANNA, BEN

APP = "frappe_whatsapp"
PATH = "keep_customers.integrations.whatsapp.contacts"
DIGITS = "49305550101"


@pytest.fixture(autouse=True)
def meta(story, monkeypatch):
	"""Meta, with an account of ours; what it was given, and whether it takes it."""
	run_method, given, genuine = Document.run_method, [], is_genuine(whatsapp.APP)

	def post(*args, **kwargs):
		"""What the host's function for this answers, and leaves behind if the answer is a no."""
		if meta.refuses:
			answer = {"error": {"code": meta.refuses, "message": "No"}}
			frappe.flags.integration_request = frappe._dict(json=lambda: answer)
			raise ValueError("400 Client Error")
		return {"messages": [{"id": f"wamid.{len(given) + 1}"}], "id": "1", "status": "PENDING"}

	def with_meta(doc, method, *args, **kwargs):
		sends = (doc.doctype, doc.get("type"), method) == ("WhatsApp Message", "Outgoing", "before_insert")
		if sends and not genuine:
			try:
				answer = post()
			except ValueError:
				frappe.throw("Failed to send message")
			doc.update({"message_id": answer["messages"][0]["id"], "status": "Success"})
		result = run_method(doc, method, *args, **kwargs)
		if sends:
			given.append(doc)
		return result

	meta.refuses, meta.given = None, given
	monkeypatch.setattr(Document, "run_method", with_meta)
	if genuine:
		for doctype in (whatsapp.MESSAGE, whatsapp.TEMPLATE):
			monkeypatch.setattr(load_doctype_module(doctype), "make_post_request", post)
	frappe.get_doc(
		{
			"doctype": "WhatsApp Account", "account_name": "Us", "status": "Active", "is_default_outgoing": 1,
			"is_default_incoming": 1, "token": "x", "url": "https://meta.invalid", "version": "v1", "phone_id": "1",
		}
	).insert()  # fmt: skip
	return meta


def writes(words, number=DIGITS, hours_ago=1, **values):
	"""A customer's message as the app's webhook writes it."""
	doc = frappe.get_doc(
		{
			"doctype": "WhatsApp Message", "type": "Incoming", "from": number, "message": words, "content_type": "text",
			"message_id": frappe.generate_hash(), **values,
		}
	)  # fmt: skip
	as_("Guest", doc.insert, ignore_permissions=True)
	doc.db_set("creation", add_to_date(now_datetime(), hours=-hours_ago), update_modified=False)
	return doc


def template(text, status="APPROVED", samples="x"):
	doc = frappe.get_doc(
		{
			"doctype": "WhatsApp Templates", "template_name": frappe.generate_hash(), "template": text,
			"language": "en", "category": "UTILITY", "sample_values": samples,
		}
	).insert()  # fmt: skip
	doc.db_set("status", status)  # as Meta tells it later
	return doc.name


def reports(status, code=None):
	"""What Meta tells the app of the newest message."""
	name = frappe.get_all("WhatsApp Message", {"type": "Outgoing"}, order_by="creation desc", pluck="name")[0]

	def told():
		doc = frappe.get_doc("WhatsApp Message", name)
		statuses = [
			{
				"id": doc.message_id,
				"status": status,
				"errors": [{"code": code, "title": "No"}] if code else [],
			}
		]
		frappe.local.form_dict = frappe._dict(entry=[{"changes": [{"value": {"statuses": statuses}}]}])
		doc.status = status
		doc.save(ignore_permissions=True)

	as_("Guest", told)


def send(todo, text, user=ANNA):
	return as_(user, by_hand.send_for_todo, todo, "WhatsApp", text)


def state(firm):
	[row] = frappe.get_all("Follow Up", {"customer": firm}, ["status", "send_status", "send_error"])
	return row.status, row.send_status, row.send_error or ""


def answer(firm, channel="Messenger"):
	return consent.of_customers([firm], channel)[firm]


def test_who_has_just_written_is_answered_freely(story, firm, todo, meta):
	writes("When do you come?")
	assert send(todo, "Tomorrow at ten.") == "Sent"
	[one] = meta.given
	assert (one.to, one.message_type, one.message, one.get("template")) == (
		DIGITS,
		"Manual",
		"Tomorrow at ten.",
		None,
	)
	assert state(firm)[:2] == ("Assigned", "Sent")
	for told, shown in (
		("sent", "Sent"),
		("delivered", "Delivered"),
		("read", "Read"),
		("delivered", "Read"),
	):
		reports(told)
		assert state(firm)[1] == shown
	assert answer(firm) == NOTHING_SAID


@pytest.mark.parametrize("other", [{"hours_ago": 25}, {"number": "49301"}])
def test_later_only_an_approved_template_goes_out(story, firm, todo, meta, other):
	writes("Hello", **other)
	template("Dear {{1}}, we call on {{2}}.")
	template("Dear {{1}}, buy on {{2}}!", status="REJECTED")
	template("Dear {{1}}, come on {{2}}.", samples="")
	for text in (
		"Dear Olga, buy on Friday!",
		"Dear Olga, come on Friday.",
		"Dear Olga, we call on Friday. Buy!",
	):
		with pytest.raises(frappe.ValidationError, match="within 24 hours"):
			send(todo, text)
	assert meta.given == [] and state(firm)[1] in (None, "")
	send(todo, "Dear Olga, we call on Friday.")
	[one] = meta.given
	assert (one.message_type, frappe.db.get_value("WhatsApp Templates", one.template, "template")) == (
		"Template",
		"Dear {{1}}, we call on {{2}}.",
	)
	assert json.loads(one.body_param) == {"1": "Olga", "2": "Friday"}


def test_who_may_not_have_the_todo_writes_nothing(story, firm, todo, meta):
	writes("Hello")
	with pytest.raises(frappe.PermissionError):
		send(todo, "Hi", user=BEN)
	assert meta.given == []


def test_it_says_what_is_not_set_up(story, firm, todo, meta):
	frappe.db.set_value("WhatsApp Account", "Us", "status", "Inactive")
	with pytest.raises(frappe.ValidationError, match="default for outgoing"):
		send(todo, "Hi")


@pytest.mark.parametrize("code, final", [(131056, False), (131047, True), (0, True)])
def test_what_is_not_taken_is_tried_again_only_if_that_helps(story, firm, todo, meta, code, final):
	writes("Hello")
	meta.refuses = code or "nothing"
	[row] = story.follow_ups(firm)
	with pytest.raises(delivery.NotSent) as error:
		whatsapp.send(firm, NUMBER, "Hi", None, row.name)
	assert error.value.final == final


def test_where_nobody_has_whatsapp_the_rep_asks(story, meta):
	"""What a rule sent by itself and did not arrive becomes a ToDo, and the number is known to be of no use."""
	firm = thanked(story, channel="Messenger")
	writes("Hello", "4917012")
	assert sending.send_due(story.today) == {"Sent": 1}
	assert state(firm)[:2] == ("Done", "Sent")
	assert answer(firm).reachable
	for _time in range(2):
		reports("failed", 131026)
	assert state(firm) == ("Assigned", "Failed", "No")
	assert [one.allocated_to for one in story.todos(status="Open")] == [ANNA]
	assert not answer(firm).reachable and not answer(firm).refused
	assert answer(firm, "SMS").reachable


def test_a_failure_of_the_day_says_nothing_of_the_number(story, firm, todo, meta):
	writes("Hello")
	send(todo, "Hi")
	reports("failed", 131047)
	assert state(firm)[1:] == ("Failed", "No") and answer(firm).reachable


def test_who_switched_our_messages_off_gets_no_more(story, meta):
	firm = thanked(story, channel="Messenger")
	writes("Hello", "4917012")
	sending.send_due(story.today)
	reports("failed", 131050)
	assert answer(firm).refused and not answer(firm, "Email").refused
	[row] = story.follow_ups(firm)
	assert (row.status, row.hold_reason) == ("Skipped", "No consent") and not story.todos()


def test_stop_is_a_no_to_whatsapp(story, firm, todo, meta):
	writes("Please stop by on Monday")
	assert not answer(firm).refused
	writes("STOP.")
	assert answer(firm).refused and not answer(firm, "Phone").refused and not answer(firm, "Email").refused
	with pytest.raises(frappe.ValidationError, match="does not want this channel"):
		send(todo, "But")
	[record] = frappe.get_all("Consent Record", {"customer": firm}, ["source", "words", "channel"])
	assert record == {"source": "Customer's Message", "words": "STOP.", "channel": "Messenger"}
	frappe.db.set_value("Follow Up", {"customer": firm}, "channel", "Messenger")
	writes("STOP")
	assert frappe.db.get_value("ToDo", todo, "status") == "Cancelled", "at once, as by the link in a mail"


def test_a_no_of_a_number_nobody_knows_is_theirs_once_they_are_known(story, firm):
	writes("退订", "49301234")
	other = story.customer("Other")
	contact(other, "+49 30 1234")
	assert answer(other).refused and not answer(firm).refused


def test_a_strangers_no_is_not_the_customers(story, firm):
	"""Somebody links a contact with a number of theirs to the firm; nobody has confirmed it."""
	frappe.flags.in_import = True
	stranger = contact(firm, "+49 666")
	frappe.flags.in_import = False
	frappe.db.delete("Contact Confirmation", {"contact": stranger})
	writes("STOP", "49666")
	assert not answer(firm).refused
	writes("Hello", "49666")
	assert contacts_seen.latest(frappe.utils.getdate()) == {}


def test_what_customers_write_is_a_contact(story, firm):
	today = frappe.utils.getdate()
	assert contacts_seen.latest(today) == {}
	frappe.get_doc(
		{
			"doctype": "WhatsApp Message",
			"type": "Outgoing",
			"to": DIGITS,
			"message": "x",
			"content_type": "text",
			"bulk_message_reference": "B",
		}
	).insert()
	assert contacts_seen.latest(today) == {}  # to many
	writes("Hello", hours_ago=0)
	assert contacts_seen.latest(today) == {firm: today}


def test_what_failed_is_no_contact(story, firm):
	doc = frappe.get_doc(
		{
			"doctype": "WhatsApp Message",
			"type": "Outgoing",
			"to": DIGITS,
			"message": "x",
			"content_type": "text",
		}
	).insert()
	today = frappe.utils.getdate()
	assert contacts_seen.latest(today) == {firm: today}
	doc.db_set("status", "failed")
	assert contacts_seen.latest(today) == {}


def test_a_broken_app_is_no_channel_and_costs_no_night(story, firm, todo, monkeypatch):
	assert "WhatsApp" in delivery.other_channels()
	monkeypatch.setitem(whatsapp.NEEDS, "WhatsApp Message", ("direction",))
	monkeypatch.setitem(whatsapp.TO_SEND, "WhatsApp Message", ("direction",))
	assert "WhatsApp" not in delivery.other_channels()
	run = story.night(frappe.utils.add_days(story.today, 1))
	assert run.status == "Completed With Errors" and "direction" in set_aside(run)[PATH]
	writes("STOP")  # the app's own work goes on


def test_another_apps_channel_comes_first(monkeypatch):
	hooks = {"keep_customers_channels": {"WhatsApp": ["frappe.utils.cint"], "WeChat": ["frappe.utils.cstr"]}}
	hooks["keep_customers_channel_available"] = {
		"WhatsApp": ["keep_customers.integrations.whatsapp.available"]
	}
	monkeypatch.setattr(frappe, "get_hooks", lambda name: hooks[name])
	assert list(delivery.other_channels()) == ["WeChat", "WhatsApp"]
