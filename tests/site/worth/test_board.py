"""Customers by tier, side by side: the numbers of whom one may read, and money for who may read that."""

import frappe
import pytest
from frappe.permissions import add_user_permission, update_permission_property

from keep_customers.worth.board import by_tier
from tests.site.story import ANNA, BEN, EVE
from tests.site.web import Browser, Server

METHOD = "keep_customers.worth.board.by_tier"


@pytest.fixture
def firms(story):
	"""Four who are ranked; the first is the best, the last lost."""
	names = [story.customer(name) for name in ("One", "Two", "Three", "Four")]
	for name, amount in zip(names, (900, 500, 200, 100), strict=True):
		story.history(name, [(5 + 30 * number, amount) for number in range(4)])
	story.night()
	frappe.db.set_value("Customer", names[-1], "keep_status", "Lost")
	yield names
	frappe.set_user("Administrator")


def shown(tiers):
	return [row["customer"] for tier in tiers for row in tier["rows"]]


def test_every_tier_has_its_customers_and_the_best_tier_comes_first(story, firms):
	frappe.set_user(ANNA)
	tiers = by_tier()
	assert [tier.rank for tier in tiers] == sorted(tier.rank for tier in tiers)
	ours = {row["customer"]: tier.tier for tier in tiers for row in tier.rows if row["customer"] in firms}
	assert ours == {name: frappe.db.get_value("Customer", name, "keep_tier") for name in firms}
	for tier in tiers:
		of_tier = {"keep_tier": tier.tier, "disabled": 0}
		assert tier.number == frappe.db.count("Customer", of_tier)
		stages = [row.stage == "Lost" for row in tier.rows]
		assert stages == sorted(stages), "who is lost comes last"


def test_only_whom_one_may_read_and_money_only_for_who_may_read_it(story, firms):
	add_user_permission("Customer", firms[1], BEN)
	frappe.db.commit()
	answer = Browser(Server(), BEN).call(METHOD).json()["message"]
	assert shown(answer) == [firms[1]] and sum(tier["number"] for tier in answer) == 1
	assert [tier["at_risk"] for tier in answer if tier["number"]] == [
		pytest.approx(story.value(firms[1]).value_at_risk, abs=0.01)
	]
	for user in (EVE, None):
		assert Browser(Server(), user).call(METHOD).status_code == 403
	update_permission_property("Customer Value", "Sales User", 0, "read", 0)
	frappe.set_user(BEN)
	[tier] = [one for one in by_tier() if one.number]
	assert tier.at_risk is None and tier.rows[0].at_risk is None and tier.currency is None
