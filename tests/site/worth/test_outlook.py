"""What is to be expected of a customer is told in a sentence, for who talks to it."""

from datetime import date, timedelta

import frappe
import pytest

from keep_customers.care.panel import customer_care
from keep_customers.worth.outlook import sentence
from tests.site.story import ANNA

TODAY = date(2026, 3, 4)


def told(since, buys, gap=35, purchases=9, forecast="MBG/NBD & Learner"):
	last = TODAY - timedelta(days=since)
	value = {
		"purchases": purchases, "gap": gap, "last_purchase": last, "forecast": forecast, "buys_year": buys,
	}  # fmt: skip
	return sentence(value, TODAY)


@pytest.mark.parametrize(
	("since", "buys", "gap", "text"),
	[
		(84, 33, 35, "Bought every 5 weeks, silent for 12 weeks; two of three like this do not come back within a year."),
		(63, 34, 35, "Bought every 5 weeks, silent for 9 weeks; two of three like this do not come back within a year."),
		(14, 92, 35, "Buys every 5 weeks, last 2 weeks ago; nine of ten like this buy again within a year."),
		(0, 99, 35, "Buys every 5 weeks, last today; nearly all like this buy again within a year."),
		(1, 80, 10, "Buys every 10 days, last a day ago; four of five like this buy again within a year."),
		(800, 2, 200, "Bought every 7 months, silent for 2 years; nearly all like this do not come back within a year."),
		(300, 50, 200, "Bought every 7 months, silent for 10 months; one of two like this buy again within a year."),
	],
)  # fmt: skip
def test_the_sentence(since, buys, gap, text):
	assert told(since, buys, gap) == text


def test_who_bought_once():
	assert told(84, 10, purchases=1) == (
		"Bought once, 12 weeks ago; nine of ten like this do not come back within a year."
	)
	assert told(0, 70, purchases=1).startswith("Bought once, today; ")


def test_without_a_forecast_and_without_a_purchase():
	assert told(63, 0, forecast=None) == "Bought every 5 weeks, silent for 9 weeks."
	assert sentence({"purchases": 0, "last_purchase": None, "gap": 0}) == ""


def test_it_is_on_the_customer_for_who_may_read_it_and_in_their_language(story):
	firm = story.customer("Firm")
	story.history(firm, [(ago, 100) for ago in range(100, 400, 35)])
	story.night()
	frappe.set_user(ANNA)
	try:
		outlook = customer_care(firm)["value"].outlook
		assert outlook.startswith("Bought every 5 weeks, silent for") and "like this" in outlook
		frappe.local.lang = "zh"
		assert "like this" not in customer_care(firm)["value"].outlook
	finally:
		frappe.local.lang = "en"
		frappe.set_user("Administrator")
	doc = story.value(firm)
	doc.run_method("onload")
	assert doc.get_onload("outlook").startswith("Bought every 5 weeks")
