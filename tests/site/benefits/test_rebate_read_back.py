"""A Volume Rebate says what it would have come to, while it is written."""

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils import formatdate, getdate

from keep_customers.access.read_back import read_back
from tests.site.story import ANNA, COMPANY, GROUP, ITEM, _user

KAI = "kai@keep-test.example"
SENT = {
	"doctype": "Volume Rebate",
	"__islocal": 1,
	"name": "new-1",
	"company": COMPANY,
	"period": "Year",
	"rebate_on": "Whole Amount",
	"customer_group": GROUP,
	"item_code": ITEM,
	"settle_after_days": 14,
	"approve_role": "Accounts Manager",
	"steps": [{"from_amount": 1000, "percent": 2}, {"from_amount": 5000, "percent": 5}],
}


@pytest.fixture
def firms(story):
	"""In the last twelve months they bought for 6,000, 2,000 and 500; before that for 90,000 each."""
	_user(KAI, ["Accounts Manager", "Sales User"])
	ago = (story.today - getdate()).days
	names = [story.customer(name) for name in ("One", "Two", "Three")]
	for name, amount in zip(names, (6000, 2000, 500), strict=True):
		story.history(name, [(ago + 100, amount), (ago + 500, 90_000)])
	yield names
	frappe.set_user("Administrator")


def test_a_rebate_says_what_it_would_have_come_to(story, firms):
	told = read_back(SENT)
	assert told["says"] == [
		f"It is for customers of the group {GROUP}.",
		f"Of all they buy from {COMPANY} in a year they get back: 2 % from € 1,000.00 on, 5 % from € 5,000.00 on.",
		"14 days after the end a credit note is proposed; who has the role Accounts Manager submits it.",
	]
	# 5 % of 6,000 and 2 % of 2,000
	assert told["figure"] == "For the last twelve months 2 of 3 would have got one: € 340.00 in all."
	above = read_back({**SENT, "rebate_on": "Amount Above the Step"})
	# 2 % of 4,000 and 5 % of 1,000; 2 % of 1,000
	assert above["figure"].endswith("€ 150.00 in all.")
	quarter = read_back(
		{**SENT, "period": "Quarter", "customer_group": None, "customers": [{"customer": firms[0]}]}
	)
	assert quarter["says"][0] == "It is for one customer by name."
	assert quarter["figure"] == "For the last three months 0 of 1 would have got one: € 0.00 in all."


def test_what_is_missing_is_said_with_its_field(story):
	lacks = read_back({**SENT, "customer_group": None, "steps": [], "item_code": None, "company": "Nobody"})
	assert [one["field"] for one in lacks["missing"]] == ["company", "customer_group", "steps", "item_code"]
	steps = [{"from_amount": 5000, "percent": 2}, {"from_amount": 9000, "percent": 1}]
	assert read_back({**SENT, "steps": steps})["missing"][0]["field"] == "steps"


def test_only_customers_of_its_reader_count(story, firms):
	add_user_permission("Customer", firms[1], KAI)
	frappe.set_user(KAI)
	named = [{"customer": name} for name in firms]
	told = read_back({**SENT, "customers": named})
	assert "It is for one customer by name." in told["says"]
	assert told["figure"] == "For the last twelve months 1 of 1 would have got one: € 40.00 in all."
	frappe.set_user(ANNA)
	with pytest.raises(frappe.PermissionError):
		read_back(SENT)


@pytest.mark.parametrize(
	("values", "says"),
	[
		(
			{
				"status": "Running",
				"period_end": "2026-12-31",
				"reached": 400,
				"next_from": 1000,
				"next_percent": 2,
			},
			[
				f"The period runs until {formatdate('2026-12-31')}; then a credit note is proposed.",
				"€ 600.00 more, and it is 2 %.",
			],
		),
		({"status": "Not Reached"}, ["No step was reached in this period, so nothing is credited."]),
		({"status": "Credited", "credited": 20}, ["It was credited: € 20.00."]),
	],
)
def test_a_claim_says_how_far_it_is(story, firms, values, says):
	assert read_back(_claim(firms, **values))["says"] == says


@pytest.mark.parametrize(
	("status", "way"), [("Proposed", "Accounts Manager"), ("Declined", "by hand"), ("Cancelled", "Amend it")]
)
def test_a_claim_says_what_can_be_done_with_it(story, firms, status, way):
	said, more = read_back(_claim(firms, status=status, difference=5))["says"]
	assert way in said and "€ 5.00" in more


def _claim(firms, **values):
	claim = frappe.get_doc({"doctype": "Rebate Claim", "customer": firms[0], "currency": "EUR", **values})
	claim.flags.ignore_mandatory = True
	return claim.insert().as_dict()
