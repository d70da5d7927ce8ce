"""What a correction does to a rebate: it counts in the period of the sale, whatever day it comes."""

from datetime import date

import frappe
import pytest

from keep_customers.benefits import costs, rebates
from tests.site.benefits.test_rebates import Q1, claim, night, policy, story  # noqa: F401

Q2 = date(2026, 4, 1)


@pytest.fixture
def dealer(story):  # noqa: F811
	policy()
	return story.customer("Dealer")


def reached(customer, period):
	found = claim(customer, period_start=period)
	return found.reached if found else 0


def test_a_late_return_counts_in_the_period_of_what_it_returns(story, dealer):  # noqa: F811
	sold = story.invoice(dealer, 6_000, date(2026, 3, 20), qty=2)
	story.invoice(dealer, 11_000, date(2026, 4, 10))
	night(date(2026, 4, 11))
	assert (reached(dealer, Q1), reached(dealer, Q2)) == (12_000, 11_000)
	story.credit(sold, 6_000, date(2026, 5, 2))
	story.invoice(dealer, 500, date(2026, 5, 3), is_debit_note=1, return_against=sold.name)
	story.invoice(dealer, 100, date(2026, 5, 4), qty=-1, is_return=1)  # nobody knows of what
	night(date(2026, 5, 5))
	assert (reached(dealer, Q1), reached(dealer, Q2)) == (6_500, 10_900)
	assert claim(dealer, period_start=Q1).rebate == 0, "below the first step now"


def test_a_return_after_the_credit_note_is_shown_as_a_difference(story, dealer):  # noqa: F811
	sold = story.invoice(dealer, 6_000, date(2026, 3, 20), qty=2)
	night(date(2026, 4, 15))
	assert claim(dealer, period_start=Q1).status == "Proposed"
	story.credit(sold, 6_000, date(2026, 4, 20))
	night(date(2026, 4, 21))
	told = claim(dealer, period_start=Q1)
	assert (told.reached, told.rebate, told.difference) == (6_000, 0, -240)
	assert reached(dealer, Q2) == 0


def test_an_invoice_written_anew_stays_in_its_period_and_an_opening_entry_is_in_none(story, dealer):  # noqa: F811
	wrong = story.invoice(dealer, 12_000, date(2026, 3, 20))
	opening = story.invoice(dealer, 70_000, date(2026, 2, 1), qty=2)
	frappe.db.set_value("Sales Invoice", opening.name, "is_opening", "Yes")
	story.credit(opening, 70_000, date(2026, 3, 1))
	story.credit(wrong, 12_000, date(2026, 4, 2))
	anew = story.invoice(dealer, 5_750, date(2026, 4, 2), qty=2)
	night(date(2026, 4, 3))
	assert (reached(dealer, Q1), reached(dealer, Q2)) == (11_500, 0)
	assert rebates.running(dealer) == []
	# So does what is given back of it.
	story.credit(anew, 4_000, date(2026, 4, 5))
	story.invoice(dealer, 300, date(2026, 4, 6), is_debit_note=1, return_against=anew.name)
	night(date(2026, 4, 7))
	assert (reached(dealer, Q1), reached(dealer, Q2)) == (7_800, 0)


def test_a_discount_that_was_taken_back_in_full_has_cost_nothing(story):  # noqa: F811
	firm = story.customer("Firm")
	benefit = story.benefit(item_groups=["All Item Groups"], discount_percentage=10)
	[rule] = frappe.get_all("Pricing Rule", {"keep_benefit": benefit.name}, pluck="name")

	def discounted(invoice, off, qty=1):
		frappe.db.set_value(
			"Sales Invoice Item", {"parent": invoice.name},
			{"pricing_rules": f'["{rule}"]', "discount_amount": off},
		)  # fmt: skip
		return invoice

	kept = discounted(story.invoice(firm, 90, date(2026, 1, 10), qty=2), 10)
	gone = discounted(story.invoice(firm, 900, date(2025, 12, 20)), 100)
	discounted(story.credit(kept, 90, date(2026, 2, 10)), 10)
	discounted(story.credit(gone, 900, date(2026, 2, 1)), 100)
	discounted(story.invoice(firm, 810, date(2026, 2, 1)), 90)
	discounted(story.invoice(firm, 5, date(2026, 2, 3), is_debit_note=1, return_against=kept.name), 7)
	frappe.db.commit()

	def spent(since, until=None):
		return [(cost.day, cost.amount) for cost in costs.CostLedger(since, until, firm).costs()]

	assert spent(date(2026, 1, 1)) == [(date(2026, 1, 10), 20), (date(2026, 2, 10), -10)]
	assert spent(date(2025, 12, 1)) == [
		(date(2025, 12, 20), 90), (date(2026, 1, 10), 20), (date(2026, 2, 10), -10),
	]  # fmt: skip
	# What was written anew in another month is the first one's, and of no other.
	assert spent(date(2025, 12, 1), date(2025, 12, 31)) == [(date(2025, 12, 20), 90)]
	assert spent(date(2026, 2, 1), date(2026, 2, 28)) == [(date(2026, 2, 10), -10)]
