"""A Tier Benefit says who gets what, and what it would have cost or changed in a year."""

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils import getdate

from keep_customers.access.read_back import read_back
from tests.site.story import ANNA, COMPANY, EVE


@pytest.fixture
def firms(story):
	"""One and Two are Gold, Three is Iron; in the last year they bought for 1,000, 500 and 300."""
	ago = (story.today - getdate()).days
	names = [story.customer(name) for name in ("One", "Two", "Three")]
	for name, tier, amount in zip(names, ("Gold", "Gold", "Iron"), (1000, 500, 300), strict=True):
		story.history(name, [(ago + 30, amount), (ago + 500, 7000)])
		story.in_tier(name, tier)
	yield names
	frappe.set_user("Administrator")


def new(**values):
	return read_back(
		{"doctype": "Tier Benefit", "__islocal": 1, "name": "new-1", "tiers": [{"tier": "Gold"}], **values}
	)


def test_a_discount_says_what_it_would_have_been(story, firms):
	told = new(kind="Discount", discount_percentage=3)
	assert told["says"] == [
		"Customers of these tiers get 3 % off the price list: Gold.",
		"It is for everything they buy.",
	]
	# 3 % of 1,500
	assert told["figure"] == (
		"2 customers have it today. On what they bought in the last 12 months it would have been about € 45.00."
	)


def test_two_discounts_that_would_add_up_are_said_before_the_second_is_switched_on(story, firms):
	values = {"kind": "Discount", "discount_percentage": 3, "tiers": [{"tier": "Gold"}]}
	first, second = (
		frappe.get_doc({"doctype": "Tier Benefit", "benefit_name": name, "enabled": on, **values}).insert()
		for name, on in (("First", 1), ("Second", 0))
	)
	[missing] = read_back(second.as_dict())["missing"]
	assert missing["route"] == ["Form", "Tier Benefit", first.name] and "switch it off" in missing["text"]
	assert not read_back(first.as_dict())["missing"]
	assert not new(**{**values, "tiers": [{"tier": "Iron"}]})["missing"]
	second.enabled = 1
	with pytest.raises(frappe.ValidationError, match="switch it off, or choose other"):
		second.save()


def test_a_coupon_needs_a_birthday_of_who_decides(story, firms):
	values = {"kind": "Birthday Discount", "discount_percentage": 10, "days_around": 7}
	told = new(**values)
	assert told["figure"] == "2 customers have these tiers. 0 coupons a year."
	assert told["missing"][0]["route"] == ["List", "Customer File"]
	person = {"full_name": "Ada", "relation": "Owner", "birthday": "1971-05-05"}
	story.file(firms[0], people=[person, {**person, "full_name": "Bea"}])
	assert new(**values)["figure"] == "2 customers have these tiers. One coupon a year."


def test_what_is_reserved_says_who_else_bought_it(story, firms):
	item = story.item("Rare")
	for firm in firms[1:]:
		story.invoice(firm, 10, on=getdate(), item={"item_code": item})
	told = new(kind="Reserved Items", items=[{"item_code": item}], override_role="Sales Manager")
	assert f"These items are reserved: {item}." in told["says"]
	assert told["figure"] == "2 customers may buy them today. In the last 12 months one other has."
	assert new(kind="Reserved Items")["missing"][0]["field"] == "item_groups"


def test_a_gift_needs_a_rule_that_is_on(story, firms):
	rule = story.rule(trigger="Festival", festival="Christmas", enabled=0)
	told = new(kind="Holiday Gift", care_rule=rule.name, gift="Tea", gift_cost=12)
	assert told["figure"] == "2 customers have these tiers. One gift for each costs € 24.00."
	assert told["missing"][0]["route"] == ["Form", "Care Rule", rule.name]


def test_what_is_missing_is_said(story, firms):
	assert {one["field"] for one in new(kind="Discount", tiers=[])["missing"]} == {
		"tiers",
		"discount_percentage",
	}
	[nobody] = new(kind="Discount", discount_percentage=3, tiers=[{"tier": "Lead"}])["missing"]
	assert nobody["route"] == ["keep-set-up"]


def test_it_counts_whom_its_reader_may_read(story, firms):
	benefit = story.benefit(tiers=("Gold",), discount_percentage=3, company=COMPANY, enabled=0)
	add_user_permission("Customer", firms[1], ANNA)
	frappe.set_user(ANNA)
	told = read_back({**benefit.as_dict(), "discount_percentage": 50})
	assert told["figure"].startswith("One customer has it today.") and told["figure"].endswith("€ 15.00.")
	with pytest.raises(frappe.PermissionError):
		new(kind="Discount")
	frappe.set_user(EVE)
	with pytest.raises(frappe.PermissionError):
		read_back(benefit.as_dict())
