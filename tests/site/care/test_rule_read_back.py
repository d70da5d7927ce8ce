"""A Care Rule says what it will do while it is written, and what it would have done last month."""

import frappe
import pytest
from frappe.exceptions import FrappeTypeError
from frappe.permissions import add_user_permission
from frappe.utils import add_days, getdate

from keep_customers.access.read_back import read_back
from keep_customers.care import rules
from keep_customers.erp import outgoing
from keep_customers.patches.v0_2 import group_rules_by_purpose
from tests.site.story import ANNA, COMPANY, EVE, GROUP, MIA


@pytest.fixture
def firms(story):
	"""Three firms; what is asked looks at today, whatever day the story tells of."""
	ago = (story.today - getdate()).days
	names = [story.customer(name) for name in ("One", "Two", "Three")]
	for name, purchases in zip(names, ([(10, 2500)], [(10, 1900), (20, 2000)], [(40, 9000)]), strict=True):
		story.history(name, [(ago + days, amount) for days, amount in purchases])
	yield names
	frappe.set_user("Administrator")


def new(**values):
	return read_back({"doctype": "Care Rule", "__islocal": 1, "name": "new-1", **LARGE, **values})


LARGE = {
	"trigger": "Purchase Amount",
	"min_amount": 2000,
	"channel": "Phone",
	"due_in_days": 7,
	"assign_to": "Dedicated Rep",
}


def test_a_new_rule_is_read_back_with_what_last_month_would_have_been(story, firms):
	told = new()
	assert told["says"] == [
		"When a customer is invoiced € 2,000.00 or more, call within 7 days; the customer's own rep gets the ToDo."
	]
	assert told["figure"] == "In the last 30 days this would have been 2 calls."
	assert not told["missing"] and not told["next_step"]


def test_what_is_typed_counts_before_it_is_saved(story, firms):
	rule = story.rule(enabled=0)
	sent = {**rule.as_dict(), "min_amount": 1900, "channel": "Visit", "tiers": [{"tier": "Gold"}]}
	told = read_back(sent)
	[said] = told["says"]
	assert "€ 1,900.00 or more, visit within 7 days; only for customers of these tiers: Gold; " in said
	assert told["next_step"]["values"] == {"enabled": 1}
	assert read_back({**sent, "tiers": []})["figure"] == "In the last 30 days this would have been 3 visits."
	assert frappe.db.get_value("Care Rule", rule.name, "min_amount") == 2000


def test_a_rule_that_sends_by_itself_says_what_it_would_send_with(story, firms, monkeypatch):
	monkeypatch.setattr(outgoing.EmailAccount, "find_outgoing", lambda **_for: None)
	frappe.db.set_single_value("SMS Settings", "sms_gateway_url", "")

	def lacks(channel, **values):
		return [one["route"] for one in new(channel=channel, **values)["missing"]]

	by_itself = {"message_kind": "Thank You", "send_automatically": 1}
	assert not lacks("Email") and not lacks("SMS"), "a rep has ways of their own"
	assert lacks("Email", **by_itself) == [["List", "Email Account"]]
	assert lacks("SMS", **by_itself) == [["Form", "SMS Settings", "SMS Settings"]]
	frappe.db.set_single_value("SMS Settings", "sms_gateway_url", "https://gateway.example")
	assert not lacks("SMS", **by_itself)


def test_who_may_not_mend_what_is_missing_hears_whom_to_ask(story, firms, monkeypatch):
	monkeypatch.setattr(outgoing.EmailAccount, "find_outgoing", lambda **_for: None)
	frappe.db.set_single_value("SMS Settings", "sms_gateway_url", "")
	for channel, lack in (("Email", "Please set one up."), ("SMS", "SMS Settings.")):
		rule = story.rule(channel, channel=channel, message_kind="Thank You", send_automatically=1)
		frappe.set_user(MIA)
		[missing] = read_back(rule.as_dict())["missing"]
		assert missing["text"].endswith(f"{lack} Your administrator can do that.")
		assert not missing["route"], "Desk would say that Page is not permitted"
		frappe.set_user("Administrator")


def test_what_a_rule_has_made_already_counts_as_well(story, firms):
	rule = story.rule(switched_on=add_days(getdate(), -60))
	story.night(add_days(getdate(), -1))
	story.night(getdate())
	assert len(story.follow_ups(care_rule=rule.name)) >= 2
	assert read_back(rule.as_dict())["figure"] == "In the last 30 days this would have been 2 calls."


def test_what_is_missing_leads_there(story):
	assert new(min_amount=0)["missing"][0]["field"] == "min_amount"
	assert new(trigger="Festival", festival="", holiday_list="")["missing"][0]["field"] == "festival"
	[tiers] = new(trigger="Reorder Overdue")["missing"]
	assert tiers["route"] == ["keep-set-up"] and "No customer has a tier yet" in tiers["text"]
	assert new(trigger="Birthday")["missing"][0]["route"] == ["List", "Customer File"]
	frappe.db.set_single_value("Keep Customers Settings", "enabled", 0)
	assert "switched off" in new()["missing"][0]["text"]


def test_greetings_of_the_month_that_is_over_are_counted(story):
	day = add_days(getdate(), -12)
	for name, born in (("One", day), ("Two", add_days(day, -40)), ("Three", add_days(getdate(), 5))):
		story.file(story.customer(name), people=[{"full_name": name, "birthday": born.replace(year=1971)}])
	told = new(trigger="Birthday", whose="Everybody")
	[said] = told["says"]
	assert said.startswith("On the birthdays that stand in a Customer File, call; ")
	assert told["figure"] == "In the last 30 days this would have been one call."


@pytest.mark.parametrize("trigger", sorted(rules.TRIGGERS))
def test_every_trigger_is_said(story, trigger):
	values = {
		"min_amount": 5,
		"top_n": 3,
		"silent_days": 90,
		"max_score": 50,
		"festival": "Easter",
		"season": "Grain Rain",
	}
	told = new(trigger=trigger, **values)
	assert told["says"] and told["figure"] and "this happens" not in told["says"][0]
	assert len(told["says"]) == 1 and told["says"][0].endswith(".")
	assert rules.purpose(trigger) != "Other"


def test_a_rep_hears_of_the_saved_rule_and_of_their_own_customers(story, firms):
	rule = story.rule()
	add_user_permission("Customer", firms[0], ANNA)
	frappe.set_user(ANNA)
	shown = len(frappe.local.message_log)
	told = read_back({**rule.as_dict(), "min_amount": 1})
	assert "€ 2,000.00" in told["says"][0]
	assert len(frappe.local.message_log) == shown, "who may only read is not shown an empty message"
	assert told["figure"] == "In the last 30 days this would have been one call."
	with pytest.raises(frappe.PermissionError):
		new()


def test_others_hear_nothing(story, firms):
	rule = story.rule()
	frappe.set_user(EVE)
	for ask in (
		new,
		lambda: read_back(rule.as_dict()),
		lambda: read_back({"doctype": "Care Rule", "name": "–"}),
	):
		with pytest.raises(frappe.PermissionError):
			ask()
	frappe.set_user(MIA)
	with pytest.raises(frappe.PermissionError):
		new()
	with pytest.raises(FrappeTypeError):
		read_back({"doctype": "Customer", "name": firms[0]})


@pytest.mark.parametrize(
	"odd", ("x", -1, 10**30, float("nan"), {"a": 1}, [1], None, "0000-00-00", "9999-12-31")
)
def test_odd_values_are_none(story, odd):
	for field in (
		"min_amount",
		"due_in_days",
		"channel",
		"tiers",
		"yearly_on",
		"trigger",
		"company",
		"days_before",
	):
		new(**{field: odd})
	new(trigger="Season", season="", yearly_on=odd)
	new(trigger="Silence", silent_days=odd)


def test_what_is_left_empty_means_everybody(story):
	frappe.defaults.set_user_default("company", COMPANY)
	frappe.db.set_default("customer_group", GROUP)
	doc = frappe.get_doc({"doctype": "Care Rule", "rule_name": "Keep Test Everybody", **LARGE}).insert()
	assert not (doc.company or doc.customer_group)
	assert (
		frappe.get_doc({**doc.as_dict(), "name": None, "rule_name": "Keep Test Ours", "company": COMPANY})
		.insert()
		.company
	)


def test_rules_there_were_are_grouped_and_nothing_else_of_them_changes(story):
	rule = story.rule()
	before = rule.reload().as_dict()
	assert rule.purpose == "After a Purchase"
	rule.db_set("purpose", None, update_modified=False)
	group_rules_by_purpose.execute()
	assert rule.reload().as_dict() == before
