"""A Care Notice says how many it reaches, a Referral what follows from it; before they are saved."""

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils import formatdate, getdate

from keep_customers.access.read_back import read_back
from keep_customers.care import notices
from keep_customers.care.read_back import notice as says
from tests.site import mail
from tests.site.story import ANNA, BEN, EVE, GROUP, MIA


@pytest.fixture
def firms(story):
	"""One does not want to be called; One and Two are Gold."""
	names = [story.customer(name) for name in ("One", "Two", "Three")]
	story.file(names[0], stop_phone=1)
	yield names
	frappe.set_user("Administrator")


def notice(**values):
	return read_back(
		{
			"doctype": "Care Notice",
			"__islocal": 1,
			"title": "Snow",
			"channel": "Phone",
			"due_in_days": 3,
			"customer_group": GROUP,
			**values,
		}
	)


def test_a_notice_says_whom_it_would_reach(story, firms):
	last = notices.due_date(frappe._dict(due_in_days=3), getdate())
	told = notice()
	assert told["says"] == [
		f"Customers are told: Snow; call within 3 days; only for customers of the group {GROUP}; "
		"the customer's own rep gets the ToDo.",
		f"The reps have room for it by {formatdate(last)} (new follow-ups per rep and day: 10).",
		"Nothing is sent before it is submitted; then the ToDos come with the next night.",
	]
	assert told["figure"] == "3 customers would be reached. One of them does not want this channel."
	nobody = notice(tiers=[{"tier": "Platinum"}])
	assert not nobody["figure"] and nobody["missing"][0]["field"] == "tiers"


@pytest.mark.parametrize(("channel", "with_what"), [("SMS", "own phones"), ("Email", "own mail programs")])
def test_a_notice_says_with_what_reps_write_where_the_site_can_send_nothing(
	story, firms, channel, with_what, monkeypatch
):
	frappe.db.set_single_value("SMS Settings", "sms_gateway_url", "")
	monkeypatch.setattr(says, "mail_works", lambda: False)
	assert with_what in notice(channel=channel)["says"][-1]
	frappe.db.set_single_value("SMS Settings", "sms_gateway_url", "https://gateway.example")
	monkeypatch.setattr(says, "mail_works", lambda: True)
	assert "own" not in notice(channel=channel)["says"][-1]


def test_a_notice_counts_whom_its_writer_may_read(story, firms):
	add_user_permission("Customer", firms[1], MIA)
	frappe.set_user(MIA)
	assert notice()["figure"] == "One customer would be reached."
	for user in (ANNA, EVE):
		frappe.set_user(user)
		with pytest.raises(frappe.PermissionError):
			notice()


def test_a_notice_names_whom_the_settings_leave_out_to_who_may_read_them(story, firms):
	story.settings(excluded_customers=[{"customer": name} for name in firms[:2]])
	told = notice()
	assert told["figure"] == "One customer would be reached."
	[left] = told["missing"]
	assert left["text"] == (
		f"2 customers are left out, excluded in Keep Customers Settings: {firms[0]}, {firms[1]}. To reach them, take them off there."
	)
	assert left["route"][1] == "Keep Customers Settings"
	nobody = notice(words="no file says this")
	assert [one["field"] for one in nobody["missing"]] == ["tiers"], "of who is not meant nothing is said"
	add_user_permission("Customer", firms[1], MIA)
	frappe.set_user(MIA)
	reaches_nobody, left = notice()["missing"]
	assert reaches_nobody["field"] == "tiers"
	assert firms[1] in left["text"] and firms[0] not in left["text"]


def referral(**values):
	return read_back({"doctype": "Referral", "__islocal": 1, "date": "2026-01-01", **values})


def test_a_referral_says_what_follows(story, firms):
	assert referral()["missing"][0]["field"] == "referrer"
	told = referral(referrer=firms[0])
	assert [one["field"] or one["route"] for one in told["missing"]] == ["lead", ["List", "Care Rule"]]
	story.rule(trigger="Referral: Thank Referrer", due_in_days=2)
	story.rule("Welcome", trigger="Referral: Welcome")
	frappe.get_doc({"doctype": "Referral", "referrer": firms[0], "referred_customer": firms[1]}).insert()
	told = referral(referrer=firms[0], referred_customer=firms[2], reward="Tea")
	assert told["says"] == [
		"Who has recommended us is thanked, whether or not anybody buys; call within 2 days.",
		"Who was brought is welcomed.",
		"The reward is still to be given: Tea.",
	]
	assert told["figure"] == "One recommendation of this customer is on record. 0 became customers."
	assert [one["text"] for one in told["missing"]] == [
		f"No contact is known of {firms[0]}. Please add one at the customer."
	]
	assert told["missing"][0]["route"] == ["Form", "Customer", firms[0]]
	mail.contact(firms[0], mobile="+49 170 1234567")
	assert not referral(referrer=firms[0], referred_customer=firms[2])["missing"]


def test_a_referral_promises_nothing_to_who_is_excluded(story, firms):
	story.rule(trigger="Referral: Thank Referrer", due_in_days=2)
	story.rule("Welcome", trigger="Referral: Welcome")
	story.settings(excluded_customers=[{"customer": firms[0]}])
	mail.contact(firms[1], mobile="+49 170 1234567")
	for by, whom, said, lack in (
		(firms[0], firms[1], ["Who was brought is welcomed."], "thank them"),
		(firms[1], firms[0], ["Who has recommended us is thanked, whether or not anybody buys; call within 2 days."], "welcome them"),
	):  # fmt: skip
		told = referral(referrer=by, referred_customer=whom)
		assert told["says"] == said
		[missing] = told["missing"]
		assert lack in missing["text"] and missing["route"][1] == "Keep Customers Settings"


def test_of_a_customer_that_is_not_theirs_a_rep_hears_nothing(story, firms):
	made = frappe.get_doc(
		{"doctype": "Referral", "referrer": firms[0], "referred_customer": firms[1]}
	).insert()
	add_user_permission("Customer", firms[2], BEN)
	frappe.set_user(BEN)
	asked_for = [referral(referrer=name) for name in (firms[0], "nobody of that name")]
	assert asked_for[0] == asked_for[1]
	with pytest.raises(frappe.PermissionError):
		read_back({"doctype": "Referral", "name": made.name})
	assert (
		referral(referrer=firms[2])["figure"]
		== "Nothing is on record of what this customer has brought before."
	)


@pytest.mark.parametrize(
	("status", "first"),
	[
		("Thanked", "Who has recommended us has been thanked."),
		("Won", "Who was brought is a customer."),
		("Lost", "Who was brought has not become a customer. If they do after all, it is won by itself."),
	],
)
def test_a_referral_says_what_came_of_it(story, firms, status, first):
	story.rule(trigger="Referral: Thank Referrer", due_in_days=2)
	told = referral(referrer=firms[0], referred_customer=firms[1], status=status)
	assert told["says"][0] == first
	# Who was thanked is not promised thanks once more.
	assert any("is thanked" in one for one in told["says"]) == (status != "Thanked")
