"""Reports that say the same thing say the same number: of who is ranked no more, in other currencies, of corrected papers."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import add_days, add_months, get_first_day, getdate

from keep_customers.care import panel, rules, stakes, triggers
from keep_customers.complaints.measures import purchases_by_day
from keep_customers.evidence import letter
from keep_customers.evidence.effect import VALUE, effect
from keep_customers.files import scope
from keep_customers.keep_customers.report.management_letter import management_letter
from keep_customers.retention.movements import BOUGHT_NOW
from keep_customers.visits.read_back import _worth as worth_of_plan
from keep_customers.worth import trend
from keep_customers.worth.forecasts import AS_BEFORE
from tests.site.care.reported import ranked, referral, run, touch
from tests.site.evidence.test_effect_of_care import drawn
from tests.site.story import ABROAD, COMPANY, PREFIX, abroad, rate

from .money import ranked as who_is_ranked
from .test_forecasts import checks_of_policy, firms

ALL = {"from_date": "2020-01-01", "to_date": "2026-12-31"}


@pytest.fixture
def one_left(story):
	"""Two firms were ranked, and one of them is disabled since."""
	stays, left = story.customer("Stays"), story.customer("Left")
	story.history(stays, [(40, 100), (20, 100)])
	story.history(left, [(40, 40_000), (20, 30_000)])
	return stays, left


def leaves(story, customer, **settings):
	"""
	:param settings: that somebody changes on that day
	"""
	story.night(story.days_ago(1))
	story.settings(**settings)
	frappe.db.set_value("Customer", customer, "disabled", 1)
	story.night()
	assert customer not in who_is_ranked() and story.value(customer).current_value == 70_000
	assert story.value(customer).computed_on == story.days_ago(1), "the figures are of yesterday"
	assert stakes.known([customer]) == {}


def amounts(report, **filters):
	"""What stands above a report: (label, value, currency) of the amounts."""
	_columns, _rows, _message, _chart, summary, *_rest = frappe.get_doc(
		"Report", report
	).execute_script_report(filters)
	return [
		(one["label"], one["value"], one.get("currency")) for one in summary if one["datatype"] == "Currency"
	]


# Who is ranked no more


def test_who_is_ranked_no_more_has_no_current_value_in_any_report(story, one_left):
	stays, left = one_left
	referral(stays, left, story.days_ago(30), "Won")
	leaves(story, left)
	remark = {"price_remark": "Too dear."}
	touch(story, left, "Administrator", 3, cost=70, cost_kind="Gift", cost_currency="EUR", **remark)
	overview = run("Tier Overview")[3]["Current Value"]
	assert overview == 200
	for show in ("customers", "tiers", "costs"):
		assert run("Customer Cost and Value", show=show)[3]["Current Value"] == overview, show
	[row] = run("Customer Cost and Value")[0]
	assert (row["customer"], row["cost"], row["current_value"], row["of_current"]) == (left, 70, None, None)
	assert run("Referrals", **ALL)[3]["Value Brought"] == 0
	[row] = run("Referrals", show="One by One", **ALL)[0]
	assert not row["brought"]
	said = run("Prices and Competitors", **ALL)[3]
	assert (said["Remarks"], said["Their Current Value"], said["Their Value at Risk"]) == (1, 0, 0)
	assert panel.customer_care(left)["cost"]["of_value"] is None
	# Nor is it at risk for a rule, or worth anything on a Visit Plan.
	frappe.db.set_value("Customer", left, "disabled", 0)
	assert story.value(left).value_at_risk > 0
	[rule] = rules.read({"name": story.rule().name})
	asked = triggers.customers(rule)[0].run(as_dict=True)
	assert not next(one.value_at_risk for one in asked if one.customer == left)
	assert worth_of_plan({left}) == ""


def test_who_is_ranked_no_more_would_not_move_with_the_checked_forecasts(story, one_left):
	stays, left = one_left
	story.settings(forecasts=AS_BEFORE)
	rate(8, get_first_day(story.today), "EUR", "CNY")
	leaves(story, left, reporting_currency="CNY")
	was = frappe.get_last_doc("Tier Change", {"customer": left, "direction": "Left"})
	assert (was.current_value, was.currency) == (70_000, "EUR"), "as the night said that ranked it last"
	rows, _message, _chart, totals = run("Forecast Preview")
	assert [row["customer"] for row in rows] == [stays] and totals["Tiers Up"] == 0


def test_who_has_given_everything_back_is_none_of_the_years_best(story):
	story.rule(trigger="Year's Best", top_n=1, yearly_on=f"2020-{story.today:%m-%d}", channel="Visit")
	good, sham = story.customer("Good"), story.customer("Sham")
	story.history(good, [(40, 100), (20, 100)])
	invoice = story.invoice(sham, 50_000, story.days_ago(30))
	story.completed_yesterday()
	story.night(story.days_ago(1))
	story.credit(invoice, 50_000)
	story.night()
	assert sham not in who_is_ranked()
	assert not story.follow_ups(sham) and len(story.follow_ups(good)) == 1
	worth = {one.customer: one.value for one in scope._customers((), None)}
	assert (worth[good], worth[sham]) == (200, 0), "nor of the best of a Maintenance Drive"


# The month in a few lines


def line(words):
	[found] = [row for row in management_letter.execute({})[1] if words in row["line"]]
	return found


def test_what_a_lost_customer_brought_is_what_its_review_says(story):
	"""Of the last twelve months the most is silence by the time a loss is noticed."""
	story.today = getdate()
	story.policy(company=COMPANY)
	first = letter.month(None, story.today)
	gone = ranked(story, "Gone", status="Lost", status_since=add_days(first, 4), current_value=7,
		last_purchase=story.days_ago(300))  # fmt: skip
	story.history(gone, [(300, 400), (330, 400), (900, 5000)])
	back = ranked(story, "Back", status="Won Back", status_since=add_days(first, 5), current_value=9,
		last_purchase=story.days_ago(20))  # fmt: skip
	story.history(back, [(20, 250), (500, 3000)])
	frappe.db.commit()
	assert "800" in line("Customers lost")["now"]
	assert "250" in line("Customers won back")["now"]


def test_compensations_in_two_currencies_are_added_up_in_one(story):
	story.today = getdate()
	first = letter.month(None, story.today)
	rate(0.5, first, "USD", "EUR")
	firm = story.customer("Firm")
	for amount, currency in ((100, "EUR"), (60, "USD")):
		case = story.case(firm, f"Broken {currency}", compensation_cost=amount)
		case.db_set({"opened_on": f"{add_days(first, 3)} 10:00:00", "currency": currency})
	assert "130" in line("Cost of compensation")["now"]


# Currencies


def test_amounts_of_two_currencies_have_no_sum(story):
	"""As where the reporting currency is another one since."""
	firm = story.customer("Firm")
	for currency, amount in (("EUR", 100), ("USD", 7)):
		frappe.get_doc(
			{
				"doctype": "Tier Change", "customer": firm, "date": story.days_ago(3), "direction": "Up", "from_tier": "Iron",
				"to_tier": "Gold", "current_value": amount, "currency": currency, "policy": f"{PREFIX} Policy",
			}
		).insert()  # fmt: skip
		review = frappe.get_doc(
			{
				"doctype": "Loss Review", "customer": firm, "customer_name": firm, "lost_on": story.days_ago(amount),
				"last_purchase": story.days_ago(300), "revenue_before": amount, "currency": currency, "status": "Open",
			}
		)  # fmt: skip
		review.flags.by_machine = True
		review.insert(ignore_permissions=True)
		known = ranked(
			story, f"In {currency}", currency=currency, new_tier="Gold", new_status="At Risk", new_value_at_risk=amount,
			current_value=amount,
		)  # fmt: skip
		touch(story, known, "Administrator", 3, price_remark="Too dear.")
		frappe.get_doc(
			{
				"doctype": "Customer Item Group", "name": frappe.generate_hash(length=10), "customer": known,
				"item_group": "All Item Groups", "amount": amount, "share": 20, "currency": currency, "purchases": 5, "gap": 30,
				"regular": 1, "last_purchase": story.days_ago(90), "next_purchase": story.days_ago(60),
				"slipping_from": story.days_ago(30), "given_up_from": add_days(getdate(), 100),
			}
		).db_insert()  # fmt: skip
	story.settings(forecasts=AS_BEFORE)
	moved = [one[1:] for one in amounts("Tier Moves", **ALL) if one[1]]
	assert sorted(moved) == [(7, "USD"), (100, "EUR")]
	for report, label in (
		("Losses", "Revenue of the Year Before"),
		("Forecast Preview", "New Value at Risk"),
		("Slipping Away", "Amount a Year"),
	):
		found = [one[1:] for one in amounts(report, **ALL) if one[0] == label]
		assert sorted(found) == [(7, "USD"), (100, "EUR")], report
	# What was said of prices has the worth of all of them in one.
	rate(0.5, get_first_day(getdate()), "USD", "EUR")
	assert next(one[1:] for one in amounts("Prices and Competitors", **ALL)) == (103.5, "EUR")


def test_forecasts_are_in_the_currency_that_is_reported_in(story):
	names = firms(story, number=30, years=2)
	story.night(story.days_ago(1))
	before = {name: story.value(name).potential_value for name in names if name in who_is_ranked()}
	rate(8, get_first_day(story.today), "EUR", "CNY")
	story.settings(reporting_currency="CNY")
	story.night()
	for name, euros in before.items():
		value = story.value(name)
		assert value.currency == "CNY"
		assert value.potential_value == pytest.approx(8 * euros, rel=0.05), name
	if frappe.get_meta("Number Card").has_field("currency"):
		assert frappe.db.get_value("Number Card", "Value at Risk", "currency") == "CNY"


def test_a_policy_that_looks_at_something_else_has_its_forecasts_checked_anew(story):
	firms(story, number=5, years=1)
	story.night(story.days_ago(1))
	assert checks_of_policy()[0].checked_on == story.days_ago(1)
	story.policy(value_basis="Gross Profit")
	story.night()
	[check] = checks_of_policy()
	assert check.checked_on == story.today
	story.night(story.today + timedelta(days=1))
	assert checks_of_policy()[0].checked_on == story.today


# Papers that correct others


def test_the_months_of_a_customer_are_those_of_the_revenue_bridge(story):
	firm = story.customer("Firm")
	story.today = getdate()
	month = get_first_day(add_months(story.today, -1))
	story.history(firm, [((story.today - add_days(month, 2)).days, 100)])
	wrong = story.invoice(firm, 400, add_days(month, 3))
	story.credit(wrong, 400, story.today)
	opening = story.invoice(firm, 900, add_days(month, 4))
	frappe.db.set_value("Sales Invoice", opening.name, "is_opening", "Yes")
	frappe.db.commit()
	found = trend.of_customer(firm, {"currency": "EUR"}, story.today)
	shown = {one["month"]: one["amount"] for one in found["months"]}
	last = add_days(get_first_day(story.today), -1)
	[row] = run("Revenue Bridge", about=BOUGHT_NOW, from_date=str(month), to_date=str(last), company=COMPANY)[
		0
	]
	assert row["now"] == 100
	assert (shown[month], shown[get_first_day(story.today)]) == (100, 0)


def test_what_was_given_back_in_full_is_nothing_that_care_has_brought(story):
	story.today = getdate()
	rule = story.rule(control_share=50)
	for at, customer in enumerate(story.customers(*(f"Firm {at:02}" for at in range(24)))):
		story.history(customer, [(150, 900), (11, 100)])
		drawn(story, customer, rule.name, "Held Back" if at < 12 else "Cared For")
	for at in range(12, 24):
		story.credit(story.invoice(f"{PREFIX} Firm {at}", 500, story.days_ago(15)), 500, story.days_ago(5))
	frappe.db.commit()
	# Bought on a day that counts, and given back after the days that do.
	[means] = effect(VALUE, 90, story.today).each.compared.means.tolist()
	assert means == [100, 100]


def test_a_day_with_a_second_invoice_has_its_purchase_when_the_first_is_credited(story):
	firm = story.customer("Firm")
	story.history(firm, [(10, 100)])
	story.credit(story.invoice(firm, 400, story.days_ago(10)), 400, story.days_ago(2))
	since = story.days_ago(20)
	assert purchases_by_day(since, story.today, 20).sum() == 1


# What a customer has said


def test_the_size_a_customer_names_for_its_next_purchase_is_expected(story):
	firm = story.customer("Firm")
	story.history(firm, [(ago, 100) for ago in range(10, 300, 30)])
	story.night(story.days_ago(1))
	usual = story.value(firm).expected_order_value
	assert usual < 1000
	day = story.today + timedelta(days=12)
	said = touch(story, firm, "Administrator", 0, demand_date=day)
	story.night()
	assert (story.value(firm).next_purchase, story.value(firm).expected_order_value) == (day, usual)
	frappe.db.set_value("Customer Touch", said.name, {"demand_amount": 5000, "demand_currency": "EUR"})
	story.night(story.today + timedelta(days=1))
	assert (story.value(firm).next_purchase, story.value(firm).expected_order_value) == (day, 5000)
	[row], _message, _chart, totals = run("Expected Purchases", **ALL)
	assert row["expected_order_value"] == totals["Expected Amount"] == 5000
	frappe.db.set_value("Customer Touch", said.name, "demand_date", None)
	story.night(story.today + timedelta(days=2))
	assert story.value(firm).expected_order_value == pytest.approx(usual, rel=0.05)


# One company of several


def test_the_next_quarters_of_a_company_are_its_part_of_the_forecast(story):
	story.today = getdate()
	abroad()
	rate(0.125, get_first_day(story.today))
	story.policy(company=None)
	both, here = story.customer("Both"), story.customer("Here")
	story.history(both, [(100, 300)])
	story.history(both, [(90, 800)], company=ABROAD)  # 100 EUR
	story.history(here, [(80, 50)])
	for customer, expected in ((both, 1000), (here, 500)):
		frappe.get_doc(
			{
				"doctype": "Customer Value", "customer": customer, "customer_name": customer, "tier": "Gold", "status": "Active",
				"policy": f"{PREFIX} Policy", "currency": "EUR", "potential_value": expected, "value_at_risk": 40,
			}
		).insert()  # fmt: skip
	frappe.db.commit()

	def expected(**filters):
		return run("Next Four Quarters", **filters)[0][-1]["expected"]

	assert (expected(), expected(company=COMPANY), expected(company=ABROAD)) == (1500, 1250, 250)
	said = "it is gross profit that is expected"
	assert said not in run("Next Four Quarters")[1]
	story.policy(company=None, value_basis="Gross Profit")
	assert said in run("Next Four Quarters")[1]
	# Nothing is forecast of a company that no policy looks at.
	story.policy(company=COMPANY, value_basis="Net Sales")
	assert expected(company=COMPANY) == 1500
	assert run("Next Four Quarters", company=ABROAD)[0] == []
