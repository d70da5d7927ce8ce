"""What the app says of a company in which everything goes wrong, beside the same figures counted slowly and plainly."""

from datetime import date, timedelta
from itertools import pairwise

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils import add_months, fmt_money, getdate

from keep_customers.complaints import over_time
from keep_customers.evidence import letter
from keep_customers.retention import ahead, cohorts, movements
from keep_customers.worth import ledger, trend
from tests.site.oracle import plain
from tests.site.oracle.nasty import (
	DEALERS,
	GONE,
	INSIDE,
	ITEMS,
	PARTS,
	RATES,
	TODAY,
	WALK_IN,
	firm,
	nasty,
)
from tests.site.story import ABROAD, BEN, COMPANY, once


@pytest.fixture(autouse=True)
def only_stored_rates():
	"""ERPNext asks the internet where it has no rate of its own; here it does not."""
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


@once
def after_a_night(
	story, currency: str = "EUR", company: str | None = None, basis: str = ledger.NET_SALES
) -> None:
	nasty(story)
	story.settings(reporting_currency=currency)
	story.policy(company=company, value_basis=basis)
	run = story.night(TODAY)
	assert run.status == "Completed", story.errors(run)


def pile_of(
	found, currency: str = "EUR", company: str | None = None, as_of: date = TODAY, **more
) -> plain.Pile:
	return plain.Pile(found.papers, as_of, RATES[currency], company, PARTS[currency], **more)


def decimals(currency: str) -> int:
	return len(str(PARTS[currency])) - 1


# Customer Value


@pytest.mark.parametrize(
	("currency", "company", "basis"),
	[
		("EUR", None, ledger.NET_SALES),
		("JPY", ABROAD, ledger.NET_SALES),
		("KWD", None, ledger.GROSS_PROFIT),
	],
)
def test_values_and_tiers(story, currency, company, basis):
	after_a_night(story, currency, company, basis)
	found = firm()
	pile = pile_of(found, currency, company, profit=basis == ledger.GROSS_PROFIT)
	ranked = {name for name in found.counted if name != GONE and pile.occasions(name)}
	rows = {row.customer: row for row in frappe.get_all("Customer Value", fields=["*"])}
	assert {name for name, row in rows.items() if row.status != "Not Ranked"} == ranked
	to = decimals(currency)
	for name in ranked:
		row, days = rows[name], pile.occasions(name)
		assert row.currency == currency
		assert (row.first_purchase, row.last_purchase, row.purchases) == (days[0], days[-1], len(days)), name
		assert row.median_gap == pile.gap(name), name
		assert row.lifetime_value == float(round(pile.total(name), to)), name
		assert row.current_value == float(round(pile.in_window(name, date(2023, 2, 28)), to)), name
	figures = {name: (row.current_value, row.potential_value) for name, row in rows.items() if name in ranked}
	assert {name: rows[name].tier for name in ranked} == plain.tiers(figures, 20, 5, 20)
	shown = dict(
		frappe.get_all(
			"Customer", {"name": ("in", sorted(found.customers))}, ["name", "keep_tier"], as_list=True
		)
	)
	assert {name: tier for name, tier in shown.items() if tier} == {name: rows[name].tier for name in ranked}


def test_a_year_after_a_leap_day(story):
	after_a_night(story)
	today, start = date(2025, 2, 28), date(2024, 2, 28)
	story.night(today)
	pile = pile_of(firm(), as_of=today)
	for row in frappe.get_all("Customer Value", {"status": ("!=", "Not Ranked")}, ["*"]):
		assert row.current_value == float(round(pile.in_window(row.customer, start), 2)), row.customer
		assert row.last_purchase == pile.occasions(row.customer)[-1]


# Who stays


SPANS = [
	movements.Spans((date(2022, 2, 1), date(2023, 1, 31)), (date(2023, 2, 1), date(2024, 1, 31))),
	movements.Spans((date(2023, 3, 1), date(2023, 8, 31)), (date(2023, 9, 1), TODAY)),
	movements.Spans((date(2023, 2, 28), date(2023, 2, 28)), (TODAY, TODAY)),
	movements.Spans((date(2022, 12, 31), date(2022, 12, 31)), (date(2023, 12, 31), date(2023, 12, 31))),
]  # fmt: skip


def readers(found):
	"""(user, whom they may read of those counted)"""
	some = [name for number, name in enumerate(found.counted) if number % 3 != 1]
	yield "Administrator", found.counted
	for name in some:
		add_user_permission("Customer", name, BEN)
	yield BEN, some


def test_revenue_bridge_and_cohorts(story):
	currency = "KWD"
	after_a_night(story, currency)
	found = firm()
	for user, mine in readers(found):
		frappe.set_user(user)
		for company in (None, COMPANY, ABROAD):
			pile, asked = pile_of(found, currency, company), {"company": company}
			for spans in SPANS:
				steps = pile.steps(mine, spans.before, spans.now)
				told = movements.movements(asked, spans, TODAY)
				names = told.books.people.names.tolist()
				is_told = {
					name: movements.STEPS[step] for name, step in zip(names, told.step.tolist(), strict=True) if step >= 0
				}  # fmt: skip
				assert is_told == steps, (user, company, spans)
				for period, span in ((told.before, spans.before), (told.now, spans.now)):
					for name, cents in zip(names, period.cents.tolist(), strict=True):
						assert cents == pile.sold(name, *span), (name, company, span)
			for number in (3, 12):
				table = cohorts.table({**asked, "running": 1}, number, TODAY).cohorts
				plainly = pile.cohorts(mine, plain.quarter(TODAY), number)
				assert [cohorts.name(quarter) for quarter in table.first.tolist()] == [
					f"{year}-Q{part}" for year, part in plainly
				]
				for at, cells in enumerate(plainly.values()):
					kept, cents = table.kept[at].tolist(), table.cents[at].tolist()
					assert list(zip(kept, cents, strict=True))[: len(cells)] == cells
		groups = movements.movements({}, SPANS[0], TODAY)
		keys, bridge = groups.bridge(movements.keys(groups, "Customer Group"))
		pile = pile_of(found, currency)
		dealers = [name for name in mine if found.customers[name]["customer_group"] == DEALERS]
		assert bridge.now[keys.index(DEALERS)].sum() == sum(
			pile.sold(name, *SPANS[0].now) for name in dealers
		)


def test_the_next_four_quarters(story):
	after_a_night(story)
	found = firm()
	for user, mine in readers(found):
		frappe.set_user(user)
		told, pile = ahead.ahead({}, TODAY), pile_of(found)
		values = {
			row.customer: row
			for row in frappe.get_all("Customer Value", {"status": ("!=", "Not Ranked"), "customer": ("in", mine)}, ["*"])
		}  # fmt: skip
		names = told.books.people.names.tolist()
		assert set(names) == set(values)
		edges = [getdate(add_months(date(2023, 3, 1), 3 * number)) for number in range(5)]
		came = [[0] * 4, [0] * 4]
		for name, year, of_last in zip(
			names, told.money["Expected"].tolist(), told.money["Last Year"].tolist(), strict=True
		):
			assert sum(year) == round(100 * values[name].potential_value), name
			plainly = [pile.sold(name, a, b - timedelta(days=1)) for a, b in pairwise(edges)]
			assert of_last == plainly, name
		for years in (1, 2):
			begin = getdate(add_months(date(2024, 3, 1), -12 * years))
			for name in mine:
				if (days := pile.occasions(name)) and days[0] < begin:
					for number in range(4):
						a, b = (getdate(add_months(begin, 3 * (number + one))) for one in (0, 1))
						came[years - 1][number] += pile.sold(name, a, b - timedelta(days=1))
		sums = [max(sum(of), 0) for of in zip(*came, strict=True)]
		assert told.shares.tolist() == pytest.approx([one / sum(sums) for one in sums])


def test_between_a_new_reporting_currency_and_its_first_night(story):
	after_a_night(story)
	values = frappe.get_all("Customer Value", {"status": ("!=", "Not Ranked")}, ["*"])
	story.settings(reporting_currency="KWD")
	told, dinar = ahead.ahead({}, TODAY), float(RATES["KWD"][COMPANY])
	for measure, field in (("Expected", "potential_value"), ("At Risk", "value_at_risk")):
		fils = 1000 * dinar * sum(one[field] for one in values)
		assert told.money[measure].sum() == pytest.approx(fils, abs=len(values)), measure
	risk = dinar * sum(one.value_at_risk for one in values if one.status in ("Overdue", "At Risk"))
	lines = {line.line: line.now for line in letter.lines(date(2024, 2, 1), TODAY)}
	said = lines["All customers at risk today, and the value at risk"]
	assert said.endswith(fmt_money(risk, precision=0, currency="KWD").replace(" ", letter.NO_BREAK))


# A customer's own form


def test_at_a_glance_and_item_groups(story):
	after_a_night(story)
	found = firm()
	pile = pile_of(found)
	today = {item: now for item, (_then, now) in ITEMS.items()}
	stored = {}
	for row in frappe.get_all("Customer Item Group", fields=["*"]):
		stored.setdefault(row.customer, {})[row.item_group] = row
	for value in frappe.get_all("Customer Value", {"status": ("!=", "Not Ranked")}, ["*"]):
		name = value.customer
		told = trend.of_customer(name, value, TODAY)
		assert len(told["months"]) == 24 and told["months"][0]["month"] == date(2022, 3, 1)
		for one in told["months"]:
			until = getdate(add_months(one["month"], 1)) - timedelta(days=1)
			assert round(100 * one["amount"]) == pile.sold(name, one["month"], until), (name, one)
		assert [one["day"] for one in told["purchases"]] == [
			day for day in pile.occasions(name) if day >= date(2022, 3, 1)
		]
		plainly = {group: of for group, of in pile.of_groups(name, today).items() if of.days}
		assert set(stored.get(name, {})) == set(plainly), name
		for group, row in stored.get(name, {}).items():
			of = plainly[group]
			assert (row.purchases, row.first_purchase, row.last_purchase) == (
				len(of.days),
				of.days[0],
				of.days[-1],
			), name
			assert row.amount == float(round(max(of.year(), 0), 2)), (name, group)


def test_purchases_that_complaints_are_counted_beside(story):
	after_a_night(story)
	found = firm()
	months = over_time.periods(date(2023, 1, 15), date(2024, 1, 31), "Month")
	readable = [*found.counted, INSIDE, WALK_IN]
	some = [name for number, name in enumerate(readable) if number % 2]
	frappe.db.delete("User Permission", {"user": BEN})
	for name in some:
		add_user_permission("Customer", name, BEN)
	pile = pile_of(found, as_of=date(2030, 1, 1))
	for user, mine in (("Administrator", readable), (BEN, some)):
		frappe.set_user(user)
		plainly = [
			sum(one.first <= day <= one.last for name in mine for day in pile.occasions(name, opening=False))
			for one in months
		]
		assert over_time.bought(months) == plainly
		assert over_time.bought(months[:3]) == plainly[:3], (
			"a month is what it is, however many are looked at"
		)
