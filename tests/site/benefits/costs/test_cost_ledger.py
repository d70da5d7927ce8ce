"""What was spent on whom: a view that equals the documents it looks at."""

import json
import random
from datetime import datetime

import frappe
import pytest
from frappe.utils import getdate

from keep_customers.benefits.costs import CostLedger
from keep_customers.keep_customers.report.customer_cost_and_value import customer_cost_and_value
from tests.site.benefits.costs.spending import (
	YUAN,
	benefit,
	compensated,
	discounted,
	event,
	gift_of_tier,
	plan,
	rebate,
	report,
	row,
	spent,
	touch,
)
from tests.site.story import COMPANY, PREFIX, abroad

# What counts


def test_a_gift_a_meal_and_a_reward_count_on_their_days(story, firms):
	firm, works, shop = firms
	touch(firm, 40)
	touch(firm, 25, "Meal", date=datetime(2026, 3, 1, 9))
	touch(works, 0)
	referral = frappe.get_doc(
		{
			"doctype": "Referral",
			"referrer": works,
			"referred_customer": shop,
			"date": "2026-03-01",
			"reward_cost": 30,
		}
	).insert()
	assert spent() == {(firm, "Gift"): 40, (firm, "Contact"): 25}
	referral.update({"reward": "Wine", "reward_given_on": "2026-03-02"})
	referral.save()
	assert spent()[works, "Referral"] == 30
	assert spent(since=getdate("2026-03-02"), until=getdate("2026-03-02")) == {(works, "Referral"): 30}
	# The last day counts to its end.
	assert spent(since=getdate("2026-03-03"), until=getdate("2026-03-03")) == {(firm, "Gift"): 40}
	assert spent(customer=works) == {(works, "Referral"): 30}


def test_the_costs_of_a_journey_are_shared_by_who_was_visited(story, firms):
	firm, works, shop = firms
	journey = plan(
		[{"customer": firm, "cost": 10}, {"customer": works}, {"customer": shop}],
		travel_cost=90,
		other_cost=30,
	)
	# Nobody was there yet: so far it was for all of them.
	assert spent() == {(firm, "Visit"): 50, (works, "Visit"): 40, (shop, "Visit"): 40}
	for stop in journey.stops[:2]:
		stop.update({"visited": 1, "visited_on": "2026-03-03 10:00"})
	journey.save()
	assert spent() == {(firm, "Visit"): 70, (works, "Visit"): 60}
	plan([{"customer": shop}], submit=False, travel_cost=500)
	assert (shop, "Visit") not in spent()
	journey.cancel()
	assert spent() == {}


def test_a_visit_is_not_paid_for_by_its_contact_too_but_a_gift_is(story, firms):
	firm, works, _shop = firms
	journey = plan([{"customer": firm}, {"customer": works}], travel_cost=100)
	meal, gift, other = touch(firm, 60, "Meal"), touch(works, 20), touch(works, 5, "Travel")
	journey.stops[0].db_set("touch", meal.name)
	journey.stops[1].db_set("touch", gift.name)
	assert spent() == {
		(firm, "Visit"): 50,
		(works, "Visit"): 50,
		(works, "Gift"): 20,
		(works, "Contact"): 5,
	}
	assert other.name in {cost.name for cost in CostLedger().costs()}
	journey.cancel()
	assert spent()[firm, "Contact"] == 60, "a cancelled plan pays for nothing"


def test_a_plan_without_costs_leaves_them_to_the_contact(story, firms):
	journey = plan([{"customer": firms[0]}])
	journey.stops[0].db_set("touch", touch(firms[0], 60, "Meal").name)
	assert spent() == {(firms[0], "Contact"): 60}


def test_a_compensation_counts_once_it_is_granted(story, firms):
	firm = firms[0]
	story.settings(compensation_limit=1000)
	case = compensated(
		story,
		firm,
		{"cost": 70, "status": "Proposed"},
		{"cost": 30, "status": "Approved", "kind": "Credit Note"},
	)
	assert spent() == {(firm, "Compensation"): 30}
	case.compensations[0].status = "Handed Over"
	case.compensations[0].handed_over_on = "2026-03-02"
	case.save()
	assert spent() == {(firm, "Compensation"): 100}
	assert spent(until=getdate("2026-03-02")) == {(firm, "Compensation"): 70}
	assert case.compensation_cost == 100


def test_an_event_costs_each_customer_its_heads(story, firms):
	firm, works, shop = firms
	event(
		600,
		(firm, "Attended", 1),
		(firm, "Attended", 0),
		(works, "Attended", 2),
		(works, "No Show", 3),
		(shop, "Accepted", 0),
	)
	event(500, (shop, "No Show", 0))
	event(0, (shop, "Attended", 0))
	assert spent() == {(firm, "Event"): 300, (works, "Event"): 300}


def test_a_tiers_gift_counts_when_it_is_given_and_what_it_really_cost(story, firms):
	firm, works, shop = firms
	gift_of_tier(firm, 20)
	gift_of_tier(works, 20, "Assigned")
	gift_of_tier(shop, 20, touch=touch(shop, 35).name)
	gift_of_tier(works, 20, touch=touch(works, 0).name)
	gift_of_tier(works, 20, touch=touch(works, 8, "Travel").name)
	assert spent() == {
		(firm, "Gift"): 20,
		(shop, "Gift"): 35,
		(works, "Gift"): 40,
		(works, "Contact"): 8,
	}


def test_a_rebate_counts_once_its_credit_note_is_submitted(story, firms):
	note = rebate(story, firms[0], 150, submit=False)
	assert spent() == {}
	note.submit()
	assert spent() == {(firms[0], "Rebate"): 150}
	story.invoice(firms[0], 80, qty=-1, is_return=1)
	assert spent() == {(firms[0], "Rebate"): 150}, "an ordinary return is no rebate"
	note.reload()
	note.cancel()
	assert spent() == {}


def test_a_tier_price_costs_what_it_took_off_and_a_return_gives_it_back(story, firms):
	firm, works, _shop = firms
	tier, birthday, own = benefit("Discount"), benefit("Birthday Discount"), f"{PREFIX} Summer Sale"
	sold = discounted(story.invoice(firm, 90, qty=5), 10, tier)
	discounted(story.invoice(works, 80), 20, birthday)
	discounted(story.invoice(works, 70), 30, own)
	discounted(story.invoice(works, 70), 30, own, birthday)
	discounted(story.invoice(works, 70, submit=False), 30, birthday)
	assert spent() == {(firm, "Discount"): 50, (works, "Coupon"): 35}
	discounted(story.credit(sold, 90), 10, tier)
	assert spent()[firm, "Discount"] == 40
	# As ERPNext noted them before.
	frappe.db.set_value("Sales Invoice Item", sold.items[0].name, "pricing_rules", f"{own},{tier}")
	assert spent()[firm, "Discount"] == 15
	# Of what a till has sold, its own row says it; the tax was in the price there.
	paper = row("POS Invoice", customer=works, company=COMPANY, posting_date=story.today)
	line = row(
		"POS Invoice Item", parent=paper.name, parenttype="POS Invoice", parentfield="items", qty=3, amount=300,
		discount_amount=20, pricing_rules=json.dumps([tier]),
	)  # fmt: skip
	day = story.invoice(works, 80, qty=3)
	frappe.db.set_value("Sales Invoice Item", day.items[0].name, "pos_invoice_item", line.name)
	assert spent()[works, "Discount"] == 48


def test_a_price_that_holds_the_tax_is_taken_off_net(story, firms):
	"""A list price of 238 with 19 % of tax in it, of which a tenth is taken off."""
	tier = benefit("Discount")
	sold = discounted(story.invoice(firms[0], 214.2, qty=2), 23.8, tier)
	frappe.db.set_value("Sales Invoice Item", sold.items[0].name, {"net_rate": 180, "net_amount": 360})
	given = discounted(story.invoice(firms[1], 0, qty=2), 50, tier)
	assert not given.net_total
	assert spent() == {(firms[0], "Discount"): 40, (firms[1], "Discount"): 100}


def test_other_currencies_are_converted_and_what_has_no_rate_is_left_out_and_said(story, firms):
	abroad()
	touch(firms[0], 80, cost_currency="CNY")
	touch(firms[0], 80, cost_currency="CNY", date=datetime(2026, 2, 27, 9))
	plan([{"customer": firms[1]}], travel_cost=800, currency="CNY")
	books = CostLedger()
	costs = books.costs()
	assert {(cost.customer, cost.amount) for cost in costs} == {(firms[0], 10), (firms[1], 100)}
	assert books.unknown == {("CNY", getdate("2026-02-01"))}
	assert "CNY" in report()[1]
	assert report(from_date="2026-03-01")[1] is None


# Equal to its sources, whatever they are


@pytest.mark.parametrize("seed", range(4))
def test_the_ledger_equals_the_sum_of_its_sources(story, firms, seed):
	dice = random.Random(seed)
	asia = abroad()
	story.settings(compensation_limit=1e6)
	rules = [benefit("Discount"), benefit("Birthday Discount"), f"{PREFIX} Own Rule"]

	def one():
		return dice.choice(firms)

	def money():
		return dice.choice((0, dice.randint(1, 50_000) / 100))

	def currency():
		return dice.choice(("EUR", "CNY"))

	touches = [
		touch(one(), money(), dice.choice(("Gift", "Meal", "Travel", "Other")), cost_currency=currency())
		for _ in range(6)
	]
	for _ in range(4):
		stops = [
			{
				"customer": one(),
				"cost": money(),
				**dice.choice(({}, {"visited": 1, "visited_on": "2026-03-03 10:00"})),
			}
			for _ in range(dice.randint(1, 4))
		]
		journey = plan(
			stops, submit=dice.random() < 0.8, travel_cost=money(), other_cost=money(), currency=currency()
		)
		if dice.random() < 0.6:
			its = dice.choice(journey.stops)
			fitting = [each for each in touches if each.customer == its.customer]
			if fitting:
				its.db_set("touch", dice.choice(fitting).name)
		if journey.docstatus == 1 and dice.random() < 0.5:
			journey.reload()
			journey.cancel()
			if dice.random() < 0.7:
				amended = frappe.copy_doc(journey)
				amended.amended_from = journey.name
				amended.travel_cost = money()
				amended.insert()
				amended.submit()
	for number in range(4):
		compensated(
			story,
			one(),
			*(
				{"cost": money(), "status": dice.choice(("Proposed", "Approved", "Handed Over", "Rejected"))}
				for _ in range(dice.randint(0, 3))
			),
			subject=f"Broken {number}",
		)
	for _ in range(4):
		guests = [
			(one(), dice.choice(("Attended", "Attended", "No Show", "Declined")), dice.randint(0, 3))
			for _ in range(dice.randint(1, 6))
		]
		event(money(), *guests, currency=currency())
	for referrer, referred in ((0, 1), (1, 2), (2, 0)):
		frappe.get_doc(
			{
				"doctype": "Referral",
				"referrer": firms[referrer],
				"referred_customer": firms[referred],
				"date": "2026-03-01",
				"reward_cost": money(),
				"reward_currency": currency(),
				"reward_given_on": dice.choice((None, "2026-03-03")),
			}
		).insert()
	for _ in range(4):
		gift_of_tier(
			one(),
			money(),
			dice.choice(("Done", "Skipped")),
			currency=currency(),
			touch=dice.choice((None, dice.choice(touches).name)),
		)
	for _ in range(5):
		company = dice.choice((COMPANY, asia))
		note = rebate(story, one(), dice.randint(1, 500), company, submit=dice.random() < 0.8)
		if note.docstatus == 1 and dice.random() < 0.3:
			note.reload()
			note.cancel()
		sold = story.invoice(one(), 100, company=company, qty=dice.randint(1, 9), submit=dice.random() < 0.8)
		discounted(sold, dice.randint(0, 30), *dice.sample(rules, dice.randint(1, 3)))

	found: dict[str, float] = {}
	for (_customer, kind), amount in spent().items():
		found[kind] = found.get(kind, 0) + amount
	expected = {kind: amount for kind, amount in sources(rules).items() if amount}
	assert found == pytest.approx(expected, abs=1e-4)
	assert sum(found.values()) > 0
	rows, _message, _chart, total = report()
	assert total["Cost"] == pytest.approx(sum(expected.values()), abs=1e-4)
	assert sum(each["cost"] for each in rows) == pytest.approx(total["Cost"])
	for show in ("tiers", "costs"):
		assert sum(each["cost"] for each in report(show=show)[0]) == pytest.approx(total["Cost"])


def sources(rules) -> dict[str, float]:
	"""Kind -> what the documents say, read one by one and whole: no shares, no queries of ours."""
	totals = dict.fromkeys(customer_cost_and_value.KINDS, 0.0)

	def count(kind, amount, currency):
		totals[kind] += (amount or 0) * (YUAN if currency == "CNY" else 1)

	plans = [frappe.get_doc("Visit Plan", name) for name in frappe.get_all("Visit Plan", pluck="name")]
	plans = [each for each in plans if each.docstatus == 1]
	paid = {stop.touch for each in plans if each.total_cost for stop in each.stops}
	for each in plans:
		count("Visit", each.total_cost, each.currency)
	for each in frappe.get_all("Customer Touch", fields=["*"]):
		if each.cost_kind == "Gift":
			count("Gift", each.cost, each.cost_currency)
		elif each.name not in paid:
			count("Contact", each.cost, each.cost_currency)
	given = frappe.get_all("Customer Touch", {"cost_kind": "Gift", "cost": (">", 0)}, pluck="name")
	for each in frappe.get_all("Follow Up", {"status": "Done"}, ["gift_cost", "currency", "touch"]):
		if each.touch not in given:
			count("Gift", each.gift_cost, each.currency)
	for each in frappe.get_all("Complaint Case", fields=["compensation_cost", "currency"]):
		count("Compensation", each.compensation_cost, each.currency)
	for each in frappe.get_all("VIP Event", fields=["*"]):
		if frappe.db.exists("VIP Invitation", {"event": each.name, "status": "Attended"}):
			count("Event", each.actual_cost, each.currency)
	for each in frappe.get_all("Referral", fields=["*"]):
		if each.reward_given_on:
			count("Referral", each.reward_cost, each.reward_currency)
	for name in frappe.get_all("Rebate Claim", pluck="credit_note"):
		note = frappe.get_doc("Sales Invoice", name)
		if note.docstatus == 1:
			count("Rebate", -note.net_total, note.currency)
	for name in frappe.get_all("Sales Invoice", {"docstatus": 1, "is_return": 0}, pluck="name"):
		invoice = frappe.get_doc("Sales Invoice", name)
		for item in invoice.items:
			applied = json.loads(item.pricing_rules or "[]")
			for kind, rule in (("Discount", rules[0]), ("Coupon", rules[1])):
				if rule in applied:
					count(kind, item.discount_amount * item.qty / len(applied), invoice.currency)
	return totals
