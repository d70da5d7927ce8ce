"""Money on a real site: what counts as a purchase, what it is worth, and which tier follows from it.

Every figure is worked out by hand beside the story that leads to it.
"""

from datetime import date, timedelta

import frappe
import pytest
from frappe.utils import fmt_money

from tests.site.story import ABROAD, COMPANY, GROUP, ITEM, PREFIX, abroad, rate

# Tiers by current value alone: no top and no low tier, so that no model decides.
GOLD_OR_IRON = {"high_share": 20, "top_share": 0, "low_share": 0, "keep_band": 0}


def money(story, customer):
	value = story.value(customer)
	return value.current_value, value.lifetime_value, value.purchases


def bought_on(story, customer, *purchases, **values):
	"""A history by dates instead of days ago."""
	story.history(customer, [((story.today - day).days, amount) for day, amount in purchases], **values)


def eur(amount):
	"""As the site writes numbers."""
	return f"{fmt_money(amount, 2)} EUR"


def tier_changes(customer, **filters):
	return frappe.get_all(
		"Tier Change",
		filters={"customer": customer, **filters},
		fields=["date", "direction", "from_tier", "to_tier", "reason", "current_value", "policy", "care_run"],
		order_by="date, creation",
	)


def ranked():
	return set(
		frappe.get_all(
			"Customer Value", filters={"status": ("!=", "Not Ranked")}, pluck="customer", order_by="name"
		)
	)


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


# Returns


def test_a_return_subtracts_on_its_own_day_and_never_undoes_that_the_customer_came(story):
	same_day, other_day, whole, late = (
		story.customer(name) for name in ("Same Day", "Other Day", "Whole", "Late")
	)
	first = story.invoice(same_day, 1000, story.days_ago(30))
	story.credit(first, 250, story.days_ago(30))
	first = story.invoice(other_day, 1000, story.days_ago(30))
	story.invoice(other_day, 500, story.days_ago(20))
	story.credit(first, 200, story.days_ago(10))
	story.credit(story.invoice(whole, 1000, story.days_ago(30)), 1000, story.days_ago(5))
	story.credit(story.invoice(late, 1000, story.days_ago(400)), 300, story.days_ago(10))
	story.night()
	assert money(story, same_day) == (750, 750, 1)  # 1,000 − 250
	assert money(story, other_day) == (1300, 1300, 2)  # 1,000 + 500 − 200
	assert story.value(other_day).last_purchase == story.days_ago(20), "a return is not a purchase"
	assert money(story, whole) == (0, 0, 1)
	assert money(story, late) == (-300, 700, 1), "the sale left the window, its return is still in it"
	assert story.value(late).value_at_risk == 0


def test_customers_who_brought_nothing_or_less_are_ranked_and_never_high(story):
	story.policy(company=COMPANY, high_share=100, top_share=0, low_share=0)
	good, nothing, less = (story.customer(name) for name in ("Good", "Nothing", "Less"))
	story.history(good, [(40, 10)])
	story.credit(story.invoice(nothing, 1000, story.days_ago(30)), 1000, story.days_ago(5))
	story.credit(story.invoice(less, 1000, story.days_ago(400)), 300, story.days_ago(10))
	free = story.customer("Free of Charge")
	story.history(free, [(10, 0)])
	story.night()
	# Everybody would be among the top 100 %, but only one has brought anything.
	assert [story.value(name).tier for name in (good, nothing, less)] == ["Gold", "Iron", "Iron"]
	assert ranked() == {good, nothing, less}, "goods free of charge are not a purchase"


# Currencies and companies


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


# The life of an invoice


def test_cancelled_amended_and_deleted_invoices_are_read_as_they_are_now(story):
	firm, gone, deleted = story.customer("Amends"), story.customer("Cancels"), story.customer("Deletes")
	story.invoice(firm, 1000, story.days_ago(30))
	second = story.invoice(firm, 500, story.days_ago(20))
	only = story.invoice(gone, 400, story.days_ago(20))
	story.invoice(deleted, 100, story.days_ago(30))
	mistake = story.invoice(deleted, 300, story.days_ago(20))
	story.night(story.days_ago(2))
	assert money(story, firm) == (1500, 1500, 2)
	assert money(story, gone) == (400, 400, 1) and money(story, deleted) == (400, 400, 2)

	for invoice in (second, only, mistake):
		invoice.reload()
		invoice.cancel()
	frappe.delete_doc("Sales Invoice", mistake.name)
	story.night(story.days_ago(1))
	assert money(story, firm) == (1000, 1000, 1)
	assert money(story, deleted) == (100, 100, 1)
	left = story.value(gone)
	assert (left.status, left.tier) == ("Not Ranked", None) and "no purchases" in left.tier_reason
	assert [c.direction for c in tier_changes(gone)] == ["First", "Left"]

	amended = frappe.copy_doc(second)
	amended.update({"amended_from": second.name, "set_posting_time": 1, "posting_date": story.days_ago(10)})
	amended.due_date = story.today
	amended.items[0].rate = 700
	amended.insert()
	amended.submit()
	run = story.night()
	assert run.changed == 1
	assert money(story, firm) == (1700, 1700, 2)  # 1,000 + 700
	assert story.value(firm).last_purchase == story.days_ago(10)


def test_an_invoice_changed_in_date_alone_is_noticed(story):
	firm = story.customer("Changes Date")
	story.invoice(firm, 1000, story.days_ago(30))
	second = story.invoice(firm, 500, story.days_ago(20))
	story.night(story.days_ago(1))
	second.reload()
	second.cancel()
	amended = frappe.copy_doc(second)
	amended.update({"amended_from": second.name, "set_posting_time": 1, "posting_date": story.days_ago(5)})
	amended.due_date = story.today
	amended.insert()
	amended.submit()
	story.night()
	value = story.value(firm)
	assert money(story, firm) == (1500, 1500, 2)
	assert (value.last_purchase, value.median_gap) == (story.days_ago(5), 25)


# Who is not counted, who is not ranked


def test_opening_entries_drafts_and_what_lies_ahead_are_no_purchases(story):
	opening, draft, ahead, mixed = (story.customer(name) for name in ("Opening", "Draft", "Ahead", "Mixed"))
	story.history(opening, [(30, 900)])
	frappe.db.set_value("Sales Invoice", {"customer": opening}, "is_opening", "Yes")
	story.invoice(draft, 900, story.days_ago(3), submit=False)
	story.invoice(ahead, 900, story.today + timedelta(days=6))
	story.history(mixed, [(30, 100), (20, 5000)])
	frappe.db.set_value("Sales Invoice", {"customer": mixed, "base_net_total": 5000}, "is_opening", "Yes")
	story.invoice(mixed, 9000, story.today + timedelta(days=1))
	story.night()
	assert ranked() == {mixed} and money(story, mixed) == (100, 100, 1)
	story.night(story.today + timedelta(days=6))
	assert ranked() == {mixed, ahead} and money(story, mixed) == (9100, 9100, 2)


def test_who_is_disabled_internal_or_excluded_loses_the_tier_and_reads_why(story):
	parent = frappe.get_doc(
		{
			"doctype": "Customer Group", "customer_group_name": f"{PREFIX} Walk In", "is_group": 1,
			"parent_customer_group": frappe.db.get_value("Customer Group", GROUP, "parent_customer_group"),
		}
	).insert()  # fmt: skip
	child = frappe.get_doc(
		{
			"doctype": "Customer Group", "customer_group_name": f"{PREFIX} Counter",
			"parent_customer_group": parent.name,
		}
	).insert()  # fmt: skip
	try:
		stays, disabled, internal, excluded = (
			story.customer(name) for name in ("Stays", "Disabled", "Internal", "Excluded")
		)
		counter = story.customer("At the Counter", customer_group=child.name)
		everybody = [stays, disabled, internal, excluded, counter]
		for name in everybody:
			story.history(name, [(40, 100), (20, 100)])
		story.night(story.days_ago(1))
		assert ranked() == set(everybody)
		tiers = {name: story.value(name).tier for name in everybody}

		frappe.db.set_value("Customer", disabled, "disabled", 1)
		frappe.db.set_value("Customer", internal, "is_internal_customer", 1)
		story.settings(
			excluded_customers=[{"customer": excluded}], excluded_groups=[{"customer_group": parent.name}]
		)
		run = story.night()
		assert ranked() == {stays} and run.customers == 1
		for name, why in (
			(disabled, "disabled"), (internal, "internal"), (excluded, "excluded"), (counter, "excluded"),
		):  # fmt: skip
			value = story.value(name)
			assert (value.tier, value.status, value.next_purchase) == (None, "Not Ranked", None)
			assert why in value.tier_reason and value.current_value == 200
			shown = frappe.db.get_value("Customer", name, ["keep_tier", "keep_status", "keep_next_purchase"])
			assert shown == (None, "Not Ranked", None)
			[left] = tier_changes(name, direction="Left")
			assert (left.from_tier, left.to_tier, left.date) == (tiers[name], None, story.today)
			assert left.reason == value.tier_reason and left.care_run == run.name
		again = story.night()
		assert (again.moves, again.written) == (0, 0), "leaving is noted once"

		frappe.db.set_value("Customer", disabled, "disabled", 0)
		story.settings(excluded_customers=[], excluded_groups=[])
		story.night(story.today + timedelta(days=1))
		assert ranked() == set(everybody) - {internal}
		assert [c.direction for c in tier_changes(disabled)] == ["First", "Left", "First"]
		assert story.value(counter).tier
	finally:
		frappe.db.delete("Keep Excluded Group")
		frappe.db.delete("Customer", {"customer_group": child.name})
		for name in (child.name, parent.name):
			frappe.delete_doc("Customer Group", name, force=True)
		frappe.db.commit()


# Gross profit


def test_gross_profit_takes_the_cost_of_the_goods_off_wherever_it_is_recorded(story):
	story.policy(
		company=COMPANY, value_basis="Gross Profit", high_share=25, top_share=0, low_share=0, keep_band=0
	)
	goods, delivered, service, loss = (
		story.customer(name) for name in ("Goods", "Delivered", "Service", "Loss")
	)
	sold = story.invoice(goods, 250, story.days_ago(30), qty=4)
	cost(sold, 170)
	returned = story.credit(sold, 250, story.days_ago(10))
	cost(returned, 170)
	shipped = story.invoice(delivered, 100, story.days_ago(20), qty=4)
	with_delivery_note(story, shipped, 30)
	story.invoice(service, 230, story.days_ago(20))
	below_cost = story.invoice(loss, 500, story.days_ago(20))
	cost(below_cost, 600)
	story.night()
	assert money(story, goods) == (240, 240, 1)  # 4 × (250 − 170), one of them returned
	assert money(story, delivered) == (280, 280, 1)  # 4 × (100 − 30)
	assert money(story, service) == (230, 230, 1)  # no goods, no cost
	assert money(story, loss) == (-100, -100, 1), "a sale at a loss is a purchase all the same"
	assert [story.value(name).tier for name in (goods, delivered, service, loss)] == [
		"Iron", "Gold", "Iron", "Iron",
	]  # fmt: skip
	assert f"{eur(280)} gross profit in 12 months" in story.value(delivered).tier_reason
	cost(sold, 100)  # the stock was valued anew
	story.night(story.today + timedelta(days=1))
	assert money(story, goods) == (520, 520, 1)  # 4 × (250 − 100) − (250 − 170)
	assert story.value(goods).tier == "Gold"


def cost(invoice, rate):
	frappe.db.set_value("Sales Invoice Item", {"parent": invoice.name}, "incoming_rate", rate)
	frappe.db.commit()


def with_delivery_note(story, invoice, rate):
	note = frappe.get_doc(
		{
			"doctype": "Delivery Note",
			"customer": invoice.customer,
			"company": invoice.company,
			"currency": invoice.currency,
			"set_posting_time": 1,
			"posting_date": invoice.posting_date,
			"items": [{"item_code": ITEM, "qty": 4, "rate": 100}],
		}
	).insert()
	frappe.db.set_value("Delivery Note Item", note.items[0].name, "incoming_rate", rate)
	frappe.db.set_value("Sales Invoice Item", {"parent": invoice.name}, "dn_detail", note.items[0].name)
	frappe.db.commit()


# Policies


def test_dealers_and_end_customers_are_ranked_among_themselves(story):
	dealers_group = frappe.get_doc(
		{
			"doctype": "Customer Group", "customer_group_name": f"{PREFIX} Dealers",
			"parent_customer_group": frappe.db.get_value("Customer Group", GROUP, "parent_customer_group"),
		}
	).insert().name  # fmt: skip
	try:
		cuts = {**GOLD_OR_IRON, "high_share": 25, "company": COMPANY}
		story.policy(**cuts, priority=20)
		dealers_policy = story.policy(
			f"{PREFIX} Dealers", customer_group=dealers_group, priority=10, **cuts
		).name
		dealers = [
			story.customer(f"Dealer {number}", customer_group=dealers_group) for number in (1, 2, 3, 4)
		]
		ends = [story.customer(f"End {number}") for number in (1, 2, 3, 4)]
		for place, name in enumerate(dealers):
			story.history(name, [(20, 90000 - 10000 * place)])
		for place, name in enumerate(ends):
			story.history(name, [(20, 900 - 100 * place)])
		story.night(story.days_ago(1))
		assert [story.value(name).tier for name in dealers] == ["Gold", "Iron", "Iron", "Iron"]
		assert [story.value(name).tier for name in ends] == ["Gold", "Iron", "Iron", "Iron"]
		assert {story.value(name).policy for name in dealers} == {dealers_policy}
		assert f"cut {eur(900)}" in story.value(ends[0]).tier_reason
		assert f"cut {eur(90000)}" in story.value(dealers[1]).tier_reason

		# The second dealer turns out to be an end customer, and is far above them.
		frappe.db.set_value("Customer", dealers[1], "customer_group", GROUP)
		story.night()
		moved = story.value(dealers[1])
		assert (moved.tier, moved.policy) == ("Gold", f"{PREFIX} Policy")
		[_first, up] = tier_changes(dealers[1])
		assert (up.direction, up.from_tier, up.to_tier) == ("Up", "Iron", "Gold")
		assert f"cut {eur(80000)}" in up.reason
		assert story.value(ends[0]).tier == "Gold", "only a second review takes a tier away"
	finally:
		frappe.db.delete("Tier Policy", {"customer_group": dealers_group})
		frappe.db.set_value("Customer", {"customer_group": dealers_group}, "customer_group", GROUP)
		frappe.delete_doc("Customer Group", dealers_group, force=True)
		frappe.db.commit()


# The window


def test_the_window_begins_the_day_after_the_same_day_twelve_months_ago(story):
	leap, common, now = date(2024, 2, 29), date(2025, 2, 28), date(2026, 3, 4)
	story.today = now
	out, inside = story.customer("Out"), story.customer("In")
	# Twelve months before 29 February 2024 there was no 29th.
	bought_on(story, out, (date(2023, 2, 28), 1), (date(2024, 2, 28), 10), (date(2025, 3, 4), 100))
	bought_on(
		story, inside,
		(date(2023, 3, 1), 1), (leap, 10), (date(2025, 3, 5), 100), (now, 1000), (now + timedelta(days=1), 5),
	)  # fmt: skip
	story.night(leap)
	assert money(story, out) == (10, 11, 2)
	assert money(story, inside) == (11, 11, 2)
	story.night(common)
	assert money(story, out) == (0, 11, 2), "28 February 2024 is exactly twelve months ago"
	assert money(story, inside) == (10, 11, 2), "29 February 2024 is not"
	story.night(now)
	assert money(story, out) == (0, 111, 3)
	assert money(story, inside) == (1100, 1111, 4)


def test_a_day_of_the_past_is_replayed_with_what_had_happened_by_then(story):
	old, new = story.customer("Old"), story.customer("New")
	bought_on(story, old, (date(2025, 6, 1), 100), (date(2025, 12, 1), 200), (date(2026, 2, 1), 400))
	bought_on(story, new, (date(2026, 2, 2), 50))
	story.night()
	today = money(story, old), money(story, new), story.value(old).last_purchase
	assert today == ((700, 700, 3), (50, 50, 1), date(2026, 2, 1))
	story.night(date(2025, 12, 31))
	assert money(story, old) == (300, 300, 2)
	assert story.value(old).last_purchase == date(2025, 12, 1)
	assert ranked() == {old}, "who had not bought yet was no customer yet"
	story.night()
	assert (money(story, old), money(story, new), story.value(old).last_purchase) == today


# Moving between tiers


def ten_firms(story):
	"""Ten customers worth 1,000, 900 … 100."""
	firms = [story.customer(f"Firm {number}") for number in range(10)]
	for place, name in enumerate(firms):
		story.history(name, [(20, 1000 - 100 * place)])
	return firms


def test_a_tier_is_kept_within_the_band_and_lost_at_the_second_review_outside_it(story):
	story.policy(company=COMPANY, **{**GOLD_OR_IRON, "keep_band": 10})
	firms = ten_firms(story)
	story.night()  # the first night is a review: two of ten are Gold
	first, second, third = firms[:3]
	assert [story.value(name).tier for name in (first, second, third)] == ["Gold", "Gold", "Iron"]

	# 900 + 500: the third overtakes at once, the second is third now: inside the band of one place.
	bought_on(story, third, (date(2026, 3, 10), 500))
	story.night(date(2026, 3, 11))
	[_first, up] = tier_changes(third)
	assert (up.direction, up.from_tier, up.to_tier, up.date) == ("Up", "Iron", "Gold", date(2026, 3, 11))
	assert eur(1300) in up.reason and f"cut {eur(1000)}" in up.reason
	for review in (date(2026, 4, 1), date(2026, 5, 1)):
		story.night(review)
		assert story.value(second).tier == "Gold" and not story.value(second).below_since
	assert story.value(second).tier_reason.endswith("It keeps Gold for now.")

	# Two more overtake; the second is fifth, outside the band.
	for name in firms[3:5]:
		bought_on(story, name, (date(2026, 5, 10), 1000))
	story.night(date(2026, 5, 11))
	assert not story.value(second).below_since, "between reviews nothing is noted against anybody"
	story.night(date(2026, 6, 1))
	value = story.value(second)
	assert (value.tier, value.below_since) == ("Gold", date(2026, 6, 1))
	story.night(date(2026, 6, 30))
	assert story.value(second).tier == "Gold"
	run = story.night(date(2026, 7, 1))
	value = story.value(second)
	assert (value.tier, value.tier_since, value.below_since) == ("Iron", date(2026, 7, 1), None)
	[down] = tier_changes(second, direction="Down")
	assert (down.from_tier, down.to_tier, down.care_run) == ("Gold", "Iron", run.name)
	# 700 + 1,000 and 600 + 1,000 are the best two now.
	assert down.reason.startswith(f"Iron: {eur(900)} net sales in 12 months")
	assert f"below the cut {eur(1600)} of the top 20 %" in down.reason
	assert frappe.db.get_value("Customer", second, "keep_tier") == "Iron"


def test_who_comes_back_inside_the_band_at_a_review_starts_anew(story):
	story.policy(company=COMPANY, **GOLD_OR_IRON)
	firms = ten_firms(story)
	story.night()
	second = firms[1]
	bought_on(story, firms[2], (date(2026, 3, 10), 500))
	story.night(date(2026, 4, 1))
	assert story.value(second).below_since == date(2026, 4, 1)
	bought_on(story, second, (date(2026, 4, 10), 500))
	story.night(date(2026, 5, 1))
	assert (story.value(second).tier, story.value(second).below_since) == ("Gold", None)
	bought_on(story, firms[2], (date(2026, 5, 10), 500))
	bought_on(story, firms[0], (date(2026, 5, 10), 1000))
	story.night(date(2026, 6, 1))
	assert (story.value(second).tier, story.value(second).below_since) == ("Gold", date(2026, 6, 1))


def test_a_pinned_tier_holds_until_its_last_day_and_not_a_day_longer(story):
	story.policy(company=COMPANY, **GOLD_OR_IRON)
	firms = ten_firms(story)
	low = firms[9]
	story.night(story.days_ago(1))
	file = story.file(
		low, pinned_tier="Platinum", pinned_until=date(2026, 5, 10), pin_reason="Sister of the mayor"
	)
	story.night()
	value = story.value(low)
	assert value.tier == "Platinum" and "Sister of the mayor" in value.tier_reason
	[_first, pinned] = tier_changes(low)
	assert (pinned.direction, pinned.from_tier, pinned.to_tier) == ("Pinned", "Iron", "Platinum")
	assert "Sister of the mayor" in pinned.reason
	for day in (date(2026, 4, 1), date(2026, 5, 1), date(2026, 5, 10)):
		story.night(day)
		assert story.value(low).tier == "Platinum"
		assert not story.value(low).below_since, "what a manager decided is not held against the customer"
	story.night(date(2026, 5, 11))
	assert story.value(low).tier == "Iron"
	down = tier_changes(low)[-1]
	assert (down.direction, down.from_tier, down.to_tier) == ("Down", "Platinum", "Iron")
	assert eur(100) in down.reason

	# Pinned to the tier it has, then released: the reason follows, no move is noted.
	moves = len(tier_changes(low))
	file.reload()
	file.update({"pinned_tier": "Iron", "pinned_until": date(2026, 12, 31), "pin_reason": "Slow payer"})
	file.save()
	story.night(date(2026, 5, 12))
	assert "Slow payer" in story.value(low).tier_reason
	file.pinned_tier = None
	file.save()
	story.night(date(2026, 5, 13))
	assert "Slow payer" not in story.value(low).tier_reason and len(tier_changes(low)) == moves
