"""Currencies and companies: what is added up, at which rate, and what is left out."""

from datetime import date, timedelta
from html import unescape

import frappe
import pytest

from tests.site.story import ABROAD, COMPANY, PREFIX, abroad, rate
from tests.site.worth.money import GOLD_OR_IRON, money, ranked


@pytest.fixture
def only_stored_rates():
	"""ERPNext asks the internet where it has no rate of its own; here it does not."""
	doctype = "Currency Exchange Settings"
	if not frappe.db.exists("DocType", doctype):
		yield
		return
	before = frappe.db.get_single_value(doctype, "disabled")
	frappe.db.set_single_value(doctype, "disabled", 1)
	frappe.clear_document_cache(doctype, doctype)
	frappe.db.commit()
	yield
	frappe.db.set_single_value(doctype, "disabled", before)
	frappe.clear_document_cache(doctype, doctype)
	frappe.db.commit()


def test_an_invoice_in_a_foreign_currency_counts_in_the_companys_own(story):
	customer = story.customer("Dollar Firm")
	account = receivable_in("USD")
	invoice = story.invoice(
		customer, 2000, story.days_ago(20), currency="USD", conversion_rate=0.5, debit_to=account
	)
	assert (invoice.net_total, invoice.base_net_total) == (2000, 1000)
	story.credit(invoice, 400, story.days_ago(3), debit_to=account)
	story.night()
	assert money(story, customer) == (800, 800, 1)  # (2,000 − 400) × 0.5


def receivable_in(currency):
	"""Where there is a chart of accounts, what is owed in a foreign currency has an account of its own."""
	if not frappe.db.exists("DocType", "Account"):
		return None
	name = f"{PREFIX} Debtors {currency}"
	known = frappe.db.exists("Account", {"account_name": name, "company": COMPANY})
	return known or frappe.get_doc(
		{
			"doctype": "Account", "account_name": name, "company": COMPANY, "account_currency": currency,
			"account_type": "Receivable",
			"parent_account": frappe.db.get_value(
				"Account", {"company": COMPANY, "account_type": "Receivable", "is_group": 0}, "parent_account"
			),
		}
	).insert().name  # fmt: skip


def test_two_companies_are_added_up_at_the_rate_of_the_first_of_the_month(story, only_stored_rates):
	abroad()  # 0.125 EUR for a CNY since 1 March
	rate(0.5, date(2026, 3, 3))  # not on the first: it counts from April
	story.policy(company=None, **GOLD_OR_IRON)
	both, far = story.customer("Both"), story.customer("Far")
	story.invoice(both, 1000, story.days_ago(10))
	story.history(both, [(9, 8000)], company=ABROAD)
	story.history(far, [(20, 4000), (1, 800)], company=ABROAD)
	story.night()
	assert money(story, both) == (2000, 2000, 2)  # 1,000 + 8,000 × 0.125
	assert money(story, far) == (600, 600, 2)  # 4,800 × 0.125
	assert story.value(far).currency == "EUR"
	story.night(date(2026, 3, 31))
	assert money(story, both) == (2000, 2000, 2), "the month's rate holds for the whole month"
	story.night(date(2026, 4, 1))
	assert money(story, both) == (5000, 5000, 2)  # 1,000 + 8,000 × 0.5
	assert money(story, far) == (2400, 2400, 2)


def test_without_a_rate_a_company_is_left_out_and_once_known_its_last_rate_is_used(story, only_stored_rates):
	abroad()
	frappe.db.delete("Currency Exchange", {"from_currency": "CNY", "to_currency": "EUR"})
	story.policy(company=None)
	both, far = story.customer("Both"), story.customer("Far")
	story.history(both, [(10, 1000)])
	for customer in (both, far):
		story.history(customer, [(9, 8000)], company=ABROAD)
	run = story.night()
	assert f"the invoices of {ABROAD} are left out" in run.warnings
	assert money(story, both) == (1000, 1000, 1)
	assert ranked() == {both}

	rate(0.125, date(2026, 3, 1))
	run = story.night(story.today + timedelta(days=1))
	assert ABROAD not in run.warnings
	assert money(story, both) == (2000, 2000, 2) and ranked() == {both, far}

	frappe.db.delete("Currency Exchange", {"from_currency": "CNY", "to_currency": "EUR"})
	run = story.night(story.today + timedelta(days=2))
	assert f"the last known one was used for {ABROAD}" in run.warnings
	assert money(story, both) == (2000, 2000, 2) and ranked() == {both, far}


def test_a_rate_known_for_one_reporting_currency_is_not_used_for_another(story, only_stored_rates):
	abroad()
	story.policy(company=None)
	both = story.customer("Both")
	story.history(both, [(10, 1000)])
	story.history(both, [(9, 8000)], company=ABROAD)
	story.night()
	assert money(story, both) == (2000, 2000, 2)
	to_dollar = rate(2, date(2026, 3, 1), "EUR", "USD")
	from_renminbi = {"from_currency": "CNY", "to_currency": "USD"}
	kept = frappe.get_all("Currency Exchange", filters=from_renminbi, fields=["name", "date"])
	frappe.db.set_value("Currency Exchange", from_renminbi, "date", "2090-01-01")
	try:
		story.settings(reporting_currency="USD")
		run = story.night(story.today + timedelta(days=1))
	finally:
		to_dollar.delete()
		for row in kept:
			frappe.db.set_value("Currency Exchange", row.name, "date", row.date)
		frappe.db.commit()
	assert f"the invoices of {ABROAD} are left out" in run.warnings
	assert money(story, both) == (2000, 2000, 1)  # 1,000 EUR × 2; nothing for 8,000 CNY
	assert story.value(both).currency == "USD"


def test_a_policy_for_one_company_counts_only_what_was_bought_from_it(story, only_stored_rates):
	abroad()
	both, far = story.customer("Both"), story.customer("Far")
	story.history(both, [(10, 1000)])
	for customer in (both, far):
		story.history(customer, [(9, 8000)], company=ABROAD)
	story.night()
	assert money(story, both) == (1000, 1000, 1) and ranked() == {both}
	story.policy(company=None)
	story.night(story.today + timedelta(days=1))
	assert money(story, both) == (2000, 2000, 2) and ranked() == {both, far}
	story.policy(company=ABROAD)
	story.night(story.today + timedelta(days=2))
	assert money(story, both) == (1000, 1000, 1) and money(story, far) == (1000, 1000, 1)
	# Whose purchase there was undone is ranked by what it buys elsewhere.
	story.policy(f"{PREFIX} At Home", company=COMPANY, priority=2)
	undone = story.customer("Undone")
	story.credit(story.invoice(undone, 800, story.days_ago(5), company=ABROAD), 800)
	story.history(undone, [(10, 500)])
	story.night(story.today + timedelta(days=3))
	assert money(story, undone) == (500, 500, 1) and story.value(undone).policy == f"{PREFIX} At Home"
	assert story.value(both).policy == f"{PREFIX} Policy"


def test_who_changes_the_reporting_currency_hears_which_amounts_are_now_another(story, only_stored_rates):
	abroad()
	kept = frappe.get_all(
		"Currency Exchange", {"from_currency": "EUR", "to_currency": "CNY"}, ["name", "date"]
	)
	back = rate(8, date(2026, 3, 1), "EUR", "CNY")
	story.settings(compensation_limit=50)
	story.policy(review_losses=1, losses_from=2000)
	story.rule("Large", min_amount=500)
	story.rule("Off", min_amount=700, enabled=0)
	story.night()
	try:
		frappe.clear_messages()
		story.settings(reporting_currency="CNY")
		[told] = [frappe.parse_json(one)["message"] for one in frappe.message_log]
		run = story.night(story.today + timedelta(days=1))
		again = story.night(story.today + timedelta(days=2))
	finally:
		back.delete()
		frappe.db.commit()
	for text in (told, run.warnings):
		assert f"{PREFIX} Policy, From a Year's Revenue Of" in unescape(text)
		assert f"{PREFIX} Large, Minimum Amount" in text and "Approval Needed Above: " in text
		assert f"{PREFIX} Off" not in text
		for amount in ("16,000", "4,000", "400"):
			assert amount in text
	assert "reporting currency" not in (again.warnings or "")
	frappe.clear_messages()
	story.settings(compensation_limit=60)
	assert not frappe.message_log, "it is what it was"
	assert kept == frappe.get_all(
		"Currency Exchange", {"from_currency": "EUR", "to_currency": "CNY"}, ["name", "date"]
	)


def test_settings_are_checked_whoever_saves_them(story):
	doc = frappe.get_doc("Keep Customers Settings")
	doc.exploring_share = 200
	doc.flags.ignore_mandatory = True
	with pytest.raises(frappe.ValidationError, match="between 0 and 100"):
		doc.save()
