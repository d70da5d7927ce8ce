"""Who was kept and who was lost, with a table made by hand: returns, two companies, two currencies, merged customers."""

from datetime import date, timedelta

import frappe
import pytest
from frappe.utils import add_days, add_months, flt, get_first_day, getdate

from keep_customers.engine import retention
from keep_customers.retention import books, cohorts, movements
from tests.site.care.reported import run
from tests.site.story import ABROAD, BEN, COMPANY, EVE, GROUP, MIA, PREFIX, _company, _tree, once, rate
from tests.site.web import Browser

BRIDGE, COHORTS, AHEAD = "Revenue Bridge", "Retention Cohorts", "Next Four Quarters"


def quarter(back: int) -> int:
	"""The number of the quarter so many before the one that is running."""
	return int(retention.quarter([getdate().toordinal()])[0]) - back


def on(back: int, day: int) -> date:
	"""A day of that quarter, the first is 0."""
	return date(*retention.quarter_begins(quarter(back)), 1) + timedelta(days=day)


def named(back: int) -> str:
	return cohorts.name(quarter(back))


def bought(story, customer, *purchases, **values):
	story.history(customer, [((story.today - day).days, amount) for day, amount in purchases], **values)


def first_opening(story, customer, day, amount):
	bought(story, customer, (day, amount))
	frappe.db.set_value("Sales Invoice", {"customer": customer}, "is_opening", "Yes")
	frappe.db.commit()


@pytest.fixture
def only_stored_rates():
	doctype = "Currency Exchange Settings"
	there = frappe.db.exists("DocType", doctype)
	if there:
		before = frappe.db.get_single_value(doctype, "disabled")
		frappe.db.set_single_value(doctype, "disabled", 1)
		frappe.clear_document_cache(doctype, doctype)
	yield
	if there:
		frappe.db.set_single_value(doctype, "disabled", before)
		frappe.clear_document_cache(doctype, doctype)


@pytest.fixture
@once
def company(story, only_stored_rates):
	"""Six customers of five quarters; what they bought, in EUR, counted from the running quarter backwards:

	          5        4        3       2        1
	A      1000      500              300.25   400      and 200.50 of the first purchase returned in 4
	B      2000                                         and never again
	C               1100    10.00               4.17    of it 8,000, 80 and 33.33 CNY at 0.125
	D    (500)                       700                credited in full in 4: not bought
	E        50                                 60      two customers, merged into one
	F       (0)                                 70      an opening entry: bought, but no revenue
	"""
	story.today = getdate()
	_company(ABROAD, "KTA", "CNY", "China")
	rate(0.125, get_first_day(story.today))
	story.policy(company=None)
	_tree("Customer Group", f"{PREFIX} Dealers")
	a = story.customer("A", customer_group=f"{PREFIX} Dealers")
	b, c, d, e, f = (story.customer(name) for name in "BCDEF")
	whole = story.invoice(a, 1000, on(5, 3))
	story.credit(whole, 200.5, on(4, 8))
	bought(story, a, (on(4, 20), 500), (on(2, 2), 300.25), (on(1, 60), 400))
	bought(story, b, (on(5, 70), 1500), (on(5, 71), 500))
	bought(story, c, (on(4, 5), 100))
	bought(story, c, (on(4, 6), 8000), (on(3, 0), 80), (on(1, 1), 33.33), company=ABROAD)
	wrong = story.invoice(d, 500, on(5, 1))
	story.credit(wrong, 500, on(4, 30))
	bought(story, d, (on(2, 50), 700))
	twin = story.customer("E Again")
	bought(story, e, (on(5, 10), 50))
	bought(story, twin, (on(1, 10), 60))
	frappe.rename_doc("Customer", twin, e, merge=True, show_alert=False)
	first_opening(story, f, on(5, 0), 999)
	bought(story, f, (on(1, 0), 70))
	# Nobody's business: our own branch, and the counter.
	inside = story.customer("Inside")
	bought(story, inside, (on(5, 3), 7777), (on(1, 3), 7777))
	frappe.db.set_value("Customer", inside, "is_internal_customer", 1)
	walk_in = story.customer("Walk In")
	bought(story, walk_in, (on(5, 3), 8888), (on(1, 3), 8888))
	story.settings(excluded_customers=[{"customer": walk_in}])
	frappe.db.commit()
	return story


def percent(shown: str) -> float:
	return float(shown.removesuffix(" %").replace(",", "."))


def cohort_rows(**filters):
	rows = run(COHORTS, **filters)[0]
	return {
		row["cohort"]: [row.get(f"q{after}") for after in range(1, 5)] + [row["customers"], row["begun"]]
		for row in rows
	}


def test_cohorts_equal_the_table_made_by_hand(company):
	assert cohort_rows(shown_as="Number") == {
		# Three quarters later there are the first four customers and C.
		"All Together": [2, 0, 2, 3, 6, 4850],
		named(5): [1, 0, 1, 3, 4, 3050],
		named(4): [1, 0, 1, None, 1, 1100],
		named(2): [0, None, None, None, 1, 700],
	}
	assert cohort_rows(shown_as="Number", measure="Revenue") == {
		"All Together": [309.5, 0, 304.42, 530, 6, 4850],
		named(5): [299.5, 0, 300.25, 530, 4, 3050],
		named(4): [10, 0, 4.17, None, 1, 1100],
		named(2): [0, None, None, None, 1, 700],
	}


def test_shares_are_of_those_who_have_come_so_far(company):
	rows = cohort_rows()
	assert rows[named(5)][:4] == [25, 0, 25, 75]
	assert rows["All Together"][:4] == [33.3, 0, 40, 75]  # 2 of 6, 0 of 6, 2 of 5, 3 of 4
	assert cohort_rows(measure="Revenue")["All Together"][0] == flt(100 * 309.5 / 4850, 1)
	_rows, message, chart, totals = run(COHORTS)
	# A site may have companies of its own, in a currency without a rate.
	assert (message is None or message.startswith("No exchange rate")) and chart["type"] == "line"
	assert totals["New Customers"] == 6
	assert [percent(totals[name]) for name in ("Buy a Year Later", "Revenue a Year Later")] == [75, 17.4]


def test_the_running_quarter_counts_when_it_is_asked_for(company):
	bought(company, f"{PREFIX} B", (company.today, 1))
	assert cohort_rows(shown_as="Number")[named(5)][:4] == [1, 0, 1, 3]
	rows = run(COHORTS, shown_as="Number", running=1)[0]
	assert [row["q5"] for row in rows if row["cohort"] == named(5)] == [1]


def test_a_thousandth_of_a_dinar_is_not_lost(story, only_stored_rates):
	story.today = getdate()
	if not frappe.db.exists("Currency", "KWD"):
		frappe.get_doc({"doctype": "Currency", "currency_name": "KWD", "fraction_units": 1000}).insert()
	exchange = rate(0.5, get_first_day(story.today), "EUR", "KWD")
	customer = story.customer("Dinar")
	bought(story, customer, (on(2, 3), 12.25), (on(1, 3), 4.25), (on(1, 4), 4.25))
	story.settings(reporting_currency="KWD")
	story.policy(company=COMPANY)
	try:
		found = steps(**between(2, 1), company=COMPANY)
		assert (found["Before"], found["Shrunk"], found["Now"]) == ((1, 6.125), (1, -1.875), (1, 4.25))
		[row] = run(BRIDGE, **between(2, 1), company=COMPANY, about="Shrunk")[0]
		assert (row["before"], row["now"], row["change"]) == (6.125, 4.25, -1.875)
		totals = run(BRIDGE, **between(2, 1), company=COMPANY)[3]
		assert (totals["Revenue Before"], totals["Revenue Now"]) == (6.125, 4.25)
		rows = run(COHORTS, shown_as="Number", measure="Revenue", company=COMPANY)[0]
		assert [(row["begun"], row["q1"]) for row in rows if row["cohort"] == named(2)] == [(6.125, 4.25)]
	finally:
		exchange.delete()
		frappe.db.commit()


def test_a_cohorts_figure_opens_its_customers(company):
	rows, *_more = run(COHORTS, cohort=named(5), after="4", who="Bought")
	assert [(row["customer"], row["begun"], row["amount"]) for row in rows] == [
		(f"{PREFIX} A", 1000, 400), (f"{PREFIX} F", 0, 70), (f"{PREFIX} E", 50, 60),
	]  # fmt: skip
	rows, *_more = run(COHORTS, cohort=named(5), after="4", who="Did Not Buy")
	assert [row["customer"] for row in rows] == [f"{PREFIX} B"]
	[row] = run(COHORTS, cohort=named(5), after="1", who="Revenue")[0]
	assert row["amount"] == 299.5


def between(back_before, back_now):
	return {
		"from_date": str(on(back_now, 0)), "to_date": str(add_days(add_months(on(back_now, 0), 3), -1)),
		"compared": "Right Before" if back_before == back_now + 1 else "A Year Earlier",
	}  # fmt: skip


def steps(**filters):
	rows = run(BRIDGE, **filters)[0]
	return {row["step"]: (row["customers"], row["amount"]) for row in rows}


def test_the_bridge_to_the_same_quarter_a_year_later(company):
	assert steps(**between(5, 1)) == {
		"Before": (4, 3050), "Lost": (1, -2000), "Shrunk": (1, -600), "Grown": (2, 80), "Won Back": (0, 0),
		"New": (1, 4.17), "Now": (4, 534.17),
	}  # fmt: skip
	totals = run(BRIDGE, **between(5, 1))[3]
	shares = [totals[name] for name in ("Customers Kept", "Revenue Kept", "Revenue Kept, at Least")]
	assert [percent(one) for one in shares] == [75, 17.4, 14.8]


def test_the_bridge_from_quarter_to_quarter(company):
	assert steps(**between(2, 1)) == {
		"Before": (2, 1000.25), "Lost": (1, -700), "Shrunk": (0, 0), "Grown": (1, 99.75), "Won Back": (3, 134.17),
		"New": (0, 0), "Now": (4, 534.17),
	}  # fmt: skip
	# D's sale and its credit are in neither quarter; of A's return only what was returned.
	assert steps(**between(5, 4))["Before"] == (4, 3050)
	assert steps(**between(5, 4))["Now"] == (2, 299.5 + 1100)


def test_who_bought_in_neither_and_was_credited_is_a_correction(company):
	g = company.customer("G")
	sale = company.invoice(g, 100, on(8, 0))
	company.credit(sale, 40, on(1, 5))
	found = steps(**between(2, 1))
	assert found["Corrections Only"] == (1, -40) and found["Now"] == (4, 494.17)


def test_groups_add_up_to_both_revenues_to_the_cent(company):
	steps_between = ("lost", "shrunk", "grown", "won_back", "new", "corrected")
	for by in movements.GROUPED_BY:
		*groups, every = run(BRIDGE, group_by=by, **between(5, 1))[0]
		for field in ("before", *steps_between, "now", "customers_before", "customers_now"):
			assert round(sum(row[field] for row in groups), 2) == every[field], (by, field)
		assert (every["before"], every["now"]) == (3050, 534.17)
		for row in (*groups, every):
			moved = sum(round(100 * row[field]) for field in steps_between)
			assert round(100 * row["before"]) + moved == round(100 * row["now"]), (by, row)


def test_the_books_of_one_company_hold_its_sales_only(company):
	assert steps(company=ABROAD, **between(5, 4))["Now"] == (1, 1000)
	assert steps(company=COMPANY, **between(5, 4))["Now"] == (2, 399.5)
	company.policy(company=COMPANY)
	assert steps(**between(5, 4))["Now"] == (2, 399.5)


def test_revenue_is_what_the_invoices_of_a_period_say(company):
	"""Counted by plain SQL, but for what was credited in full."""
	wanted = {5: 3050, 4: 1399.5, 3: 10, 2: 1000.25, 1: 534.17}
	for back, revenue in wanted.items():
		days = between(back + 1, back)
		rows = frappe.db.sql(
			"""select sum(round(base_net_total * if_rate, 2)) from (select base_net_total,
			case when company = %(abroad)s then 0.125 else 1 end as if_rate from `tabSales Invoice`
			where docstatus = 1 and customer like %(ours)s and coalesce(is_opening, 'No') <> 'Yes'
			and customer not in (%(d)s, %(inside)s, %(walk_in)s)
			and posting_date between %(from_date)s and %(to_date)s) x""",
			{
				**days, "abroad": ABROAD, "ours": f"{PREFIX}%", "d": f"{PREFIX} D", "inside": f"{PREFIX} Inside",
				"walk_in": f"{PREFIX} Walk In",
			},
		)  # fmt: skip
		of_d = 700 if back == 2 else 0
		assert flt(flt(rows[0][0]) + of_d, 2) == revenue == steps(**days)["Now"][1], back


def test_a_tier_is_that_of_the_first_day_of_the_period(company):
	def moved(customer, day, before, after):
		frappe.get_doc(
			{
				"doctype": "Tier Change", "customer": customer, "date": day, "direction": "Up" if before else "First",
				"from_tier": before, "to_tier": after, "policy": f"{PREFIX} Policy",
			}
		).insert()  # fmt: skip

	a, b = f"{PREFIX} A", f"{PREFIX} B"
	(
		moved(a, on(3, 0), None, "Iron"),
		moved(a, on(1, 0), "Iron", "Gold"),
		moved(a, on(1, 9), "Gold", "Platinum"),
	)
	moved(b, on(0, 0), "Platinum", "Lead")  # was Platinum, for all that is known
	found = {row["label"]: row["before"] for row in run(BRIDGE, group_by="Tier", **between(5, 1))[0]}
	assert (found["Gold"], found["Platinum"], found["Not Ranked"]) == (1000, 2000, 50)
	assert steps(tier="Gold", **between(5, 1))["Shrunk"] == (1, -600)
	assert [row["customers"] for row in run(COHORTS, tier="Iron")[0]] == [
		1
	]  # the first tier that A was given


def test_what_a_point_of_retention_is_worth(company):
	rows, _message, _chart, totals = run(
		BRIDGE, show="A Point of Retention", group_by="Customer Group", **between(5, 1)
	)
	*groups, every = rows
	assert {row["label"]: (row["customers_before"], row["customers_lost"]) for row in groups} == {
		f"{PREFIX} Dealers": (1, 0), GROUP: (3, 1),
	}  # fmt: skip
	# Of four customers one has left, who had brought 2,000; the others bring 530 of 1,050.
	worth = 0.04 * 2000 * 530 / 1050
	assert (every["more"], every["each"], every["worth"]) == (0.04, 2000, flt(worth, 2))
	assert every["ahead"] == flt(worth * sum(0.75**number for number in range(5)), 2)
	assert totals["A Point Is Worth"] == every["worth"]


def test_who_has_left_is_lost_also_when_disabled_since(company):
	frappe.db.set_value("Customer", f"{PREFIX} B", "disabled", 1)
	assert steps(**between(5, 1))["Lost"] == (1, -2000)


# Next Four Quarters


def forecast(story, customer, expected, at_risk, tier="Gold", buys=50):
	frappe.get_doc(
		{
			"doctype": "Customer Value", "customer": customer, "customer_name": customer, "tier": tier, "status": "Active",
			"policy": f"{PREFIX} Policy", "currency": "EUR", "potential_value": expected, "value_at_risk": at_risk,
			"buys_quarter": buys, "buys_year": 2 * buys,
		}
	).insert()  # fmt: skip


def test_the_next_four_quarters_go_as_the_last_ones_and_add_up_to_the_forecasts(story):
	story.today = getdate()
	firm, other = story.customer("Firm"), story.customer("Other")
	edges = [books.months_on(story.today, -12 + 3 * number) for number in range(4)]
	bought(story, firm, (edges[0] - timedelta(days=40), 1000), *((day + timedelta(days=9), amount) for day, amount in
		zip(edges, (400, 300, 200, 100), strict=True)))  # fmt: skip
	bought(
		story, other, (edges[2] + timedelta(days=1), 5000)
	)  # came within the year: says nothing of how it goes
	forecast(story, firm, 1000.01, 99.99)
	forecast(story, other, 0.03, 500, tier="Iron", buys=25)
	rows, message, chart, totals = run(AHEAD)
	*quarters, year = rows
	assert [row["expected"] for row in quarters] == [400.01, 300.02, 200.01, 100]
	assert (year["expected"], year["at_risk"], year["last_year"]) == (1000.04, 599.99, 6000)
	assert [row["at_risk"] for row in quarters] == [240, 179.99, 120, 60]
	assert [row["last_year"] for row in quarters] == [400, 300, 5200, 100]
	assert all(
		share in message.replace(".0", "").replace(",0", "") for share in ("40 %", "30 %", "20 %", "10 %")
	)
	assert len(chart["data"]["labels"]) == 4
	assert totals == {
		"Customers": 2, "Expected in 12 Months": 1000.04, "At Risk in 12 Months": 599.99,
		"Will Buy Within 90 Days, About": 1, "Will Buy Within 12 Months, About": 2,
	}  # fmt: skip
	gold, iron, every = run(AHEAD, group_by="Tier")[0]
	assert (gold["expected"], iron["at_risk"], every["expected_1"]) == (1000.01, 500, 400.01)


@pytest.mark.parametrize("by", ["", "Territory", "Customer Group", "Cause"])
def test_of_very_many_customers_the_database_adds_up_the_same(company, monkeypatch, by):
	for filters in (between(5, 4), between(4, 1), between(2, 1)):
		few = run(BRIDGE, group_by=by, **filters)[0]
		with monkeypatch.context() as many:
			many.setattr(books, "BY_NAME", 0)
			assert run(BRIDGE, group_by=by, **filters)[0] == few
			listed = run(BRIDGE, about="Now", **filters)[0]
		assert listed == run(BRIDGE, about="Now", **filters)[0]
	assert few


def test_without_a_year_behind_it_the_next_one_is_spread_evenly(story):
	story.today = getdate()
	firm = story.customer("Firm")
	bought(story, firm, (story.days_ago(30), 100))
	forecast(story, firm, 100.02, 0)
	rows, message, *_more = run(AHEAD)
	assert [row["expected"] for row in rows] == [25, 25.01, 25.01, 25, 100.02] and "evenly" in message


# Whose figures they are


def test_a_rep_sees_own_customers_only_over_http(company, server):
	"""What Ben may read is A; B, C … are read by nobody but who may read all."""
	for name in "AB":
		forecast(company, f"{PREFIX} {name}", 100, 10)
	frappe.get_doc(
		{"doctype": "User Permission", "user": BEN, "allow": "Customer", "for_value": f"{PREFIX} A"}
	).insert()
	frappe.db.commit()
	rep, manager, intruder = (Browser(server, user) for user in (BEN, MIA, EVE))
	days, first = between(5, 1), named(5)
	for name, filters, mine, everybodys in (
		(COHORTS, {"shown_as": "Number"}, ("customers", [1]), ("customers", [6, 4, 1, 1])),
		(COHORTS, {"cohort": first, "after": "0", "who": "Bought"}, ("customer", ["A"]), ("customer", [*"BAEF"])),
		(COHORTS, {"cohort": "All", "after": "1", "who": "Did Not Buy"}, ("customer", []), ("customer", [*"BDEF"])),
		(BRIDGE, days, ("customers", [1, 0, 1, 0, 0, 0, 1]), ("customers", [4, 1, 1, 2, 0, 1, 4])),
		(BRIDGE, {**days, "show": "A Point of Retention"}, ("customers_before", [1, 1]), None),
		(BRIDGE, {**days, "group_by": "Territory"}, ("before", [1000, 1000]), None),
		(BRIDGE, {**days, "group_by": "Cause"}, ("before", [1000, 1000]), None),
		(BRIDGE, {**days, "group_by": "Rep", "rep": MIA}, ("before", [1000, 1000]), None),
		(BRIDGE, {**days, "about": "Before"}, ("customer", ["A"]), ("customer", [*"BAEF"])),
		(BRIDGE, {**days, "about": "Lost"}, ("customer", []), ("customer", ["B"])),
		(BRIDGE, {**days, "about": "Lost", "group_by": "Territory", "of": "-"}, ("customer", []), None),
		# How a year is spread over its quarters hangs on the day; its sum does not.
		(AHEAD, {}, ("expected", [100]), ("expected", [200])),
		(AHEAD, {"group_by": "Rep"}, ("customers", [1, 1]), ("customers", [2, 2])),
		(AHEAD, {"measure": "Expected", "quarter": "Year"}, ("customer", ["A"]), ("customer", ["A", "B"])),
	):  # fmt: skip
		ask = {"report_name": name, "filters": filters}
		answer = rep.call("frappe.desk.query_report.run", **ask)
		assert answer.status_code == 200, (ask, answer.text)
		for other in "BCDEF":
			assert f"{PREFIX} {other}" not in answer.text, (ask, other)
		for asked, wanted in (
			(answer, mine),
			(manager.call("frappe.desk.query_report.run", **ask), everybodys),
		):
			if wanted:
				field, values = wanted
				values = [f"{PREFIX} {one}" for one in values] if field == "customer" else values
				found = [row[field] for row in asked.json()["message"]["result"]]
				found = found[-1:] if ask["filters"] == {} and name == AHEAD else found
				assert found == values, (ask, asked.text)
		assert intruder.call("frappe.desk.query_report.run", **ask).status_code == 403, ask


def test_what_nobody_can_mean_is_said_so_and_changes_nothing(company):
	for name, filters in (
		(COHORTS, {"measure": "Luck"}), (COHORTS, {"cohort": "2025-Q7"}), (COHORTS, {"cohort": named(5), "after": "-1"}),
		(BRIDGE, {"group_by": "Moon"}), (BRIDGE, {"about": "Luck"}), (AHEAD, {"group_by": "Cause"}),
		(AHEAD, {"measure": "Expected", "quarter": "9"}), (BRIDGE, {"from_date": "2026-02-01", "to_date": "2026-01-01"}),
	):  # fmt: skip
		with pytest.raises(frappe.ValidationError):
			run(name, **filters)


def test_a_period_is_compared_with_as_many_months_or_days():
	def of(since, until, compared=movements.RIGHT_BEFORE):
		found = movements.spans(getdate(since), getdate(until), compared, getdate("2026-05-20"))
		return tuple(map(str, found.before))

	assert of("2026-01-01", "2026-03-31") == ("2025-10-01", "2025-12-31")
	assert of("2025-05-01", "2026-04-30") == ("2024-05-01", "2025-04-30")
	assert of("2026-03-10", "2026-03-19") == ("2026-02-28", "2026-03-09")
	assert of("2024-02-01", "2024-02-29", movements.A_YEAR_EARLIER) == ("2023-02-01", "2023-02-28")
	assert of("2025-01-01", "2026-03-31", movements.A_YEAR_EARLIER) == ("2023-01-01", "2024-03-31")
	found = movements.spans(None, None, movements.RIGHT_BEFORE, getdate("2026-05-20"))
	assert (str(found.before[0]), str(found.now[0]), str(found.now[1])) == (
		"2024-05-01",
		"2025-05-01",
		"2026-04-30",
	)
