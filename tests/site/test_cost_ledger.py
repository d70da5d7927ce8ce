"""What was spent on whom: a view that equals the documents it looks at, for those who may read the customer."""

import json
import random
from datetime import datetime, timedelta

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils import getdate, now_datetime

from keep_customers.benefits.costs import CostLedger, of_the_year
from keep_customers.care.panel import customer_care
from keep_customers.keep_customers.report.customer_cost_and_value import customer_cost_and_value
from keep_customers.keep_customers.report.ratings_of_people import ratings_of_people
from tests.site.story import ANNA, BEN, COMPANY, EVE, MIA, PREFIX, abroad

REPORT = "Customer Cost and Value"
# What the story's rate makes of a yuan.
YUAN = 0.125


@pytest.fixture
def firms(story):
	return [story.customer(name) for name in ("Firm", "Works", "Shop")]


def touch(customer, cost, kind="Gift", **values):
	return frappe.get_doc(
		{
			"doctype": "Customer Touch",
			"customer": customer,
			"date": datetime(2026, 3, 3, 10),
			"channel": "Visit",
			"result": "Reached",
			"cost_kind": kind,
			"cost": cost,
			**values,
		}
	).insert()


def plan(stops, submit=True, **values):
	doc = frappe.get_doc(
		{
			"doctype": "Visit Plan",
			"rep": "Administrator",
			"from_date": "2026-03-02",
			"to_date": "2026-03-04",
			"purpose": "See how the tools do",
			"currency": "EUR",
			"stops": [{"goal": "See them", **stop} for stop in stops],
			**values,
		}
	).insert()
	if submit:
		doc.submit()
	return doc


def compensated(story, customer, *rows, **values):
	case = story.case(customer, **values)
	for row in rows:
		case.append("compensations", {"kind": "Gift", **row})
	return case.save()


def row(doctype, **values):
	"""A document as it stands in the database, whatever its own life would say of it."""
	doc = frappe.get_doc(
		{"doctype": doctype, "name": f"{PREFIX}-{frappe.generate_hash(length=10)}", **values}
	)
	doc.db_insert()
	return doc


def event(cost, *guests, **values):
	"""
	:param guests: (customer, status, companions)
	"""
	party = row(
		"VIP Event", theme=f"{PREFIX} Party", status="Held", starts_on="2026-03-03 18:00", actual_cost=cost,
		**{"currency": "EUR", **values},
	)  # fmt: skip
	for number, (customer, status, companions) in enumerate(guests):
		row(
			"VIP Invitation",
			event=party.name,
			customer=customer,
			contact=f"{number}",
			status=status,
			companions=companions,
		)
	return party


def rebate(story, customer, amount, company=COMPANY, submit=True):
	note = story.invoice(customer, amount, company=company, qty=-1, is_return=1, submit=submit)
	row(
		"Rebate Claim",
		customer=customer,
		company=company,
		status="Proposed",
		credit_note=note.name,
		currency="EUR",
	)
	return note


def benefit(kind):
	"""The pricing rule of a tier benefit."""
	name = f"{PREFIX} {kind}"
	row("Tier Benefit", name=name, benefit_name=name, kind=kind, enabled=1)
	return row("Pricing Rule", title=name, keep_benefit=name, company=COMPANY, currency="EUR").name


def discounted(invoice, off, *rules):
	"""As if pricing rules had taken so much a piece off the invoice's only item."""
	frappe.db.set_value(
		"Sales Invoice Item",
		invoice.items[0].name,
		{"pricing_rules": json.dumps(rules), "discount_amount": off},
		update_modified=False,
	)
	return invoice


def gift_of_tier(customer, cost, status="Done", **values):
	return row(
		"Follow Up", customer=customer, status=status, occurrence=frappe.generate_hash(length=8), gift="A calendar",
		gift_cost=cost, done_on="2026-03-03" if status == "Done" else None, **{"currency": "EUR", **values},
	)  # fmt: skip


def spent(**filters):
	"""(customer, kind) -> amount."""
	found: dict[tuple, float] = {}
	for cost in CostLedger(**filters).costs():
		key = cost.customer, cost.kind
		found[key] = round(found.get(key, 0) + cost.amount, 6)
	return found


def report(**filters):
	_columns, rows, message, chart, summary = customer_cost_and_value.execute(filters)
	return rows, message, chart, {one["label"]: one["value"] for one in summary}


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


# Against value


@pytest.fixture
def tiered(story, firms):
	firm, works, _shop = firms
	story.history(firm, [(5, 900), (40, 1100)])
	story.history(works, [(8, 400)])
	frappe.db.set_value("Care Rule", {"name": ("!=", "")}, "enabled", 0)
	story.night()
	touch(firm, 50)
	event(300, (firm, "Attended", 0), (works, "Attended", 1))
	return firms


def test_the_manager_sees_cost_against_value_by_customer(story, tiered):
	firm, works, shop = tiered
	frappe.set_user(MIA)
	rows, _message, chart, total = report()
	assert [(each["customer"], each["cost"]) for each in rows] == [(works, 200), (firm, 150)]
	assert (rows[1]["current_value"], rows[1]["of_current"]) == (2000, 7.5)
	assert (rows[1]["gift"], rows[1]["event"], rows[0]["of_current"]) == (50, 100, 50)
	assert rows[1]["of_potential"] == pytest.approx(100 * 150 / rows[1]["potential_value"], abs=0.1)
	assert (total["Cost"], total["Current Value"]) == (350, 2400)
	assert [one["name"] for one in chart["data"]["datasets"]] == ["Gifts", "Events"]
	with_all = {each["customer"]: each for each in report(without_costs=1)[0]}
	assert with_all[shop]["cost"] == 0 and with_all[shop]["of_current"] is None
	assert {each["customer"] for each in report(tier=story.value(firm).tier)[0]} >= {firm}
	assert report(territory=f"{PREFIX} Elsewhere")[0] == []


def test_the_manager_sees_cost_against_value_by_tier(story, tiered):
	firm = tiered[0]
	rows, _message, _chart, total = report(show="tiers")
	assert sum(each["cost"] for each in rows) == 350
	of_firm = next(each for each in rows if each["tier"] == story.value(firm).tier)
	assert of_firm["reached"] >= 1 and of_firm["mean_cost"] == of_firm["cost"] / of_firm["customers"]
	# Whom nobody spends anything on counts in a tier's value all the same.
	assert sum(each["current_value"] for each in rows) == total["Current Value"]
	assert rows[-1]["tier"] == "" and rows[-1]["cost"] == 0, "who has not bought is ranked nowhere"


def test_the_costs_one_by_one_name_their_documents(story, tiered):
	firm = tiered[0]
	rows, *_ = report(show="costs", customer=firm)
	assert {(each["kind"], each["document_type"], each["cost"]) for each in rows} == {
		("Gifts", "Customer Touch", 50),
		("Events", "VIP Event", 100),
	}


def test_values_in_another_currency_are_no_measure(story, tiered):
	frappe.db.set_value("Customer Value", tiered[0], "currency", "USD")
	[firm] = report(customer=tiered[0])[0]
	assert firm["cost"] == 150 and firm["current_value"] is None and firm["of_current"] is None


def test_nothing_spent_and_bad_filters(story, firms):
	rows, message, chart, total = report()
	assert (rows, message, chart, total["Cost"]) == ([], None, None, 0)
	assert report(show="costs")[0] == []
	assert all(each["cost"] == 0 for each in report(show="tiers")[0])
	for wrong in ({"show": "everything"}, {"from_date": "2026-03-02", "to_date": "2026-03-01"}):
		with pytest.raises(frappe.ValidationError):
			report(**wrong)


# Who sees it


def test_a_rep_sees_the_costs_of_customers_one_may_read_and_the_shares_stay_right(story, tiered):
	firm, works, _shop = tiered
	plan([{"customer": firm}, {"customer": works}], travel_cost=100)
	add_user_permission("Customer", works, BEN)
	frappe.set_user(BEN)
	assert spent() == {(works, "Event"): 200, (works, "Visit"): 50}
	assert {each["customer"] for each in report()[0]} == {works}
	assert report()[3]["Cost"] == 250
	assert of_the_year(firm)["total"] == 0
	with pytest.raises(frappe.PermissionError):
		customer_care(firm)
	frappe.set_user(EVE)
	assert spent() == {} and report()[0] == []


def test_desk_runs_the_reports_for_those_who_have_the_role(story, tiered):
	from frappe.desk.query_report import run

	for user in (MIA, ANNA):
		frappe.set_user(user)
		assert len(run(REPORT, filters={"show": "customers"})["result"]) == 2
	with pytest.raises(frappe.PermissionError):
		run("Ratings of People", filters={})
	frappe.set_user(EVE)
	with pytest.raises(frappe.PermissionError):
		run(REPORT, filters={})


def test_the_customers_form_says_what_was_spent_in_a_year(story, firms):
	firm = firms[0]
	story.history(firm, [(5, 900)])
	story.night()
	touch(firm, 50, date=now_datetime() - timedelta(days=1))
	touch(firm, 70, date=now_datetime() - timedelta(days=400))
	frappe.set_user(ANNA)
	assert customer_care(firm)["cost"] == {"total": 50, "currency": "EUR"}
	assert customer_care(firms[1])["cost"] is None, "nobody knows its value yet"


# How people are rated


def feedback(customer, user, stars, kind="Visit", on="2026-03-03 10:00"):
	return row(
		"Customer Feedback",
		customer=customer,
		rated_user=user,
		person_rating=stars / 5,
		kind=kind,
		given_on=on,
	)


def test_managers_see_how_customers_rate_people(story, firms):
	firm, works, _shop = firms
	feedback(firm, ANNA, 5)
	feedback(firm, ANNA, 4, "Complaint")
	feedback(works, ANNA, 3)
	feedback(works, BEN, 2)
	feedback(works, BEN, 0)  # said nothing about the person
	feedback(works, None, 0)
	feedback(works, BEN, 5, on="2025-01-01 10:00")
	frappe.set_user(MIA)
	columns, rows, _message, chart = ratings_of_people.execute({"from_date": "2026-01-01"})
	assert [(each["rated_user"], each["ratings"], each["average"]) for each in rows] == [
		(ANNA, 3, 4),
		(BEN, 1, 2),
	]
	assert (rows[0]["visit_average"], rows[0]["complaint_average"]) == (4, 4)
	assert "event_average" not in {column["fieldname"] for column in columns}
	assert chart["data"]["datasets"][0]["values"] == [4, 2]
	[ben] = ratings_of_people.execute({"rated_user": BEN})[1]
	assert (ben["ratings"], ben["average"]) == (2, 3.5)
	frappe.set_user("Administrator")
	add_user_permission("Customer", firm, MIA)
	frappe.set_user(MIA)
	assert [(each["rated_user"], each["ratings"]) for each in ratings_of_people.execute({})[1]] == [(ANNA, 2)]


def test_nobody_was_rated_yet(story):
	assert ratings_of_people.execute({})[1:] == ([], None, None)
