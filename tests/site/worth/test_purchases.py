"""What counts as a purchase, on which day, and what it is worth.

Every figure is worked out by hand beside the story that leads to it.
"""

from datetime import date, timedelta

import frappe
import pytest

from keep_customers.worth import currencies, ledger
from tests.site.host import GENUINE
from tests.site.jobs.test_night import a_hundred_days_of_business
from tests.site.story import COMPANY, GROUP, ITEM, PREFIX
from tests.site.worth.money import bought_on, delivery, eur, money, of_order, ranked, tier_changes

# Returns


def test_a_return_of_a_part_subtracts_on_its_own_day_and_never_undoes_that_the_customer_came(story):
	same_day, other_day, late = (story.customer(name) for name in ("Same Day", "Other Day", "Late"))
	first = story.invoice(same_day, 1000, story.days_ago(30))
	story.credit(first, 250, story.days_ago(30))
	first = story.invoice(other_day, 1000, story.days_ago(30))
	story.invoice(other_day, 500, story.days_ago(20))
	story.credit(first, 200, story.days_ago(10))
	story.credit(story.invoice(late, 1000, story.days_ago(400)), 300, story.days_ago(10))
	story.night()
	assert money(story, same_day) == (750, 750, 1)  # 1,000 − 250
	assert money(story, other_day) == (1300, 1300, 2)  # 1,000 + 500 − 200
	assert story.value(other_day).last_purchase == story.days_ago(20), "a return is not a purchase"
	assert money(story, late) == (-300, 700, 1), "the sale left the window, its return is still in it"
	assert story.value(late).value_at_risk >= 0


def test_customers_who_brought_nothing_or_less_are_ranked_and_never_high(story):
	story.policy(company=COMPANY, high_share=100, top_share=0, low_share=0)
	good, nothing, less = (story.customer(name) for name in ("Good", "Nothing", "Less"))
	story.history(good, [(40, 10)])
	story.invoice(nothing, 1000, story.days_ago(30))
	story.invoice(nothing, 1000, story.days_ago(5), qty=-1, is_return=1)  # whatever it is that came back
	story.credit(story.invoice(less, 1000, story.days_ago(400)), 300, story.days_ago(10))
	free = story.customer("Free of Charge")
	story.history(free, [(10, 0)])
	story.night()
	# Everybody would be among the top 100 %, but only one has brought anything.
	assert [story.value(name).tier for name in (good, nothing, less)] == ["Gold", "Iron", "Iron"]
	assert ranked() == {good, nothing, less}, "goods free of charge are not a purchase"


# The life of an invoice


@pytest.fixture
def ledgers_go_too(story):
	"""ERPNext refuses to delete an invoice that has ledger entries, unless its settings say that they go with it."""
	if not GENUINE:
		return (yield)
	setting = "Accounts Settings", "delete_linked_ledger_entries"
	before = frappe.db.get_single_value(*setting)
	frappe.db.set_single_value(*setting, 1)
	yield
	frappe.db.set_single_value(*setting, before)


def test_cancelled_amended_and_deleted_invoices_are_read_as_they_are_now(story, ledgers_go_too):
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


def test_drafts_and_what_lies_ahead_are_no_purchases(story):
	draft, ahead, mixed = (story.customer(name) for name in ("Draft", "Ahead", "Mixed"))
	story.invoice(draft, 900, story.days_ago(3), submit=False)
	story.invoice(ahead, 900, story.today + timedelta(days=6))
	story.history(mixed, [(30, 100)])
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


def test_gross_profit_knows_the_cost_of_goods_that_went_out_on_a_paper_of_their_own(story):
	"""As ERPNext 16 leaves it: an invoice without stock knows no cost, a delivery note does."""
	story.policy(company=COMPANY, value_basis="Gross Profit")
	ordered, invoiced, parts, returned, again, unknown = (
		story.customer(name) for name in ("Ordered", "Invoiced", "Parts", "Returned", "Again", "Unknown")
	)
	# Order to invoice, order to delivery.
	of_order(story.invoice(ordered, 100, story.days_ago(20), qty=4), "row of an order")
	delivery(story, ordered, (4, 30), so_detail="row of an order")
	# Invoice to delivery.
	sold = story.invoice(invoiced, 100, story.days_ago(20), qty=4)
	delivery(story, invoiced, (4, 40), si_detail=sold.items[0].name)
	# A part at 20, a part at 40, one of these taken back; what is still to come will cost about as much.
	of_order(story.invoice(parts, 100, story.days_ago(20), qty=8), "another row")
	delivery(story, parts, (2, 20), so_detail="another row")
	delivery(story, parts, (2, 40), so_detail="another row")
	delivery(story, parts, (-1, 40), so_detail="another row")
	delivery(story, parts, (8, 99), docstatus=2, so_detail="another row")
	# As 15 leaves it with FIFO: the credit note of an invoice without stock knows no cost.
	sold = story.invoice(returned, 250, story.days_ago(30))
	cost(sold, 170)
	story.credit(sold, 250, story.days_ago(10), item={"sales_invoice_item": sold.items[0].name})
	story.invoice(returned, 10, story.days_ago(5))
	sold = of_order(story.invoice(again, 100, story.days_ago(30), qty=3), "third row")
	delivery(story, again, (3, 60), so_detail="third row")
	story.credit(sold, 100, story.days_ago(10), item={"sales_invoice_item": sold.items[0].name})
	# A row of no order is not that of everybody's delivery notes of no order.
	delivery(story, unknown, (4, 70))
	of_order(story.invoice(unknown, 100, story.days_ago(20)), "")
	frappe.db.commit()
	story.night()
	assert money(story, ordered) == (280, 280, 1)  # 4 × (100 − 30)
	assert money(story, invoiced) == (240, 240, 1)  # 4 × (100 − 40)
	assert money(story, parts) == (560, 560, 1)  # 8 × (100 − 30)
	assert money(story, returned)[:1] == (10,)
	assert money(story, again)[:2] == (80, 80)  # 3 × (100 − 60) − (100 − 60)
	assert money(story, unknown) == (100, 100, 1)


def test_gross_profit_knows_what_was_packed_for_a_bundle(story):
	"""As ERPNext leaves it: the bundle's own row moves no stock and knows no cost, the rows of what was packed do."""
	story.policy(company=COMPANY, value_basis="Gross Profit")
	counter, shipped, ordered, returned, plain = (
		story.customer(name) for name in ("Counter", "Shipped", "Ordered", "Returned", "Plain")
	)
	sold = story.invoice(counter, 100, story.days_ago(20), qty=2)
	packed(sold, sold.items[0].name, (2, 30), (4, 5))
	sold = story.invoice(shipped, 100, story.days_ago(20), qty=4)
	with_delivery_note(story, sold, 0)
	[row] = frappe.get_all("Sales Invoice Item", {"parent": sold.name}, pluck="dn_detail")
	packed(sold, row, (4, 30), parenttype="Delivery Note")
	of_order(story.invoice(ordered, 100, story.days_ago(20), qty=4), "row of an order")
	note = delivery(story, ordered, (4, 0), so_detail="row of an order")
	packed(sold, note, (4, 20), parenttype="Delivery Note")
	packed(sold, note, (4, 99), parenttype="Delivery Note", docstatus=0)
	sold = story.invoice(returned, 100, story.days_ago(20), qty=3)
	packed(sold, sold.items[0].name, (3, 60))
	story.credit(sold, 100, story.days_ago(10), item={"sales_invoice_item": sold.items[0].name})
	story.invoice(plain, 100, story.days_ago(20))
	frappe.db.commit()
	story.night()
	assert money(story, counter) == (120, 120, 1)  # 2 × 100 − 2 × 30 − 4 × 5
	assert money(story, shipped) == (280, 280, 1)  # 4 × (100 − 30)
	assert money(story, ordered) == (320, 320, 1)  # 4 × (100 − 20)
	assert money(story, returned)[:2] == (80, 80)  # 2 × (100 − 60)
	assert money(story, plain) == (100, 100, 1)


def packed(paper, row, *parts, **values):
	for qty, rate in parts:
		line = {"doctype": "Packed Item", "parent": paper.name, "parenttype": "Sales Invoice", "docstatus": 1}
		line |= {
			"parentfield": "packed_items",
			"parent_item": ITEM,
			"item_code": ITEM,
			"parent_detail_docname": row,
		}
		frappe.get_doc({**line, "qty": qty, "incoming_rate": rate, **values}).db_insert()


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


# A large company


def known(books, lens):
	"""Customer -> its totals, and what it bought on which day."""
	found = books.totals(lens, with_purchases=True)
	fields = (found.invoices, found.total, found.window, found.modified)
	totals = dict(zip(found.customers, zip(*(field.tolist() for field in fields), strict=True), strict=True))
	names, bought = books.purchases(lens)
	rows = zip(
		*(column.tolist() for column in (bought.customer, bought.day, bought.net, bought.occasion)),
		strict=True,
	)
	return totals, sorted((names[who], *rest) for who, *rest in rows)


def test_what_everybody_bought_is_read_in_stretches(story, monkeypatch):
	"""The purchases of a million customers at once took three gigabytes."""
	names = a_hundred_days_of_business(story, 9)
	story.customer("A Never Came"), story.customer("Zz Never Came")
	story.credit(story.invoice(names[2], 1000, story.days_ago(400)), 300, story.days_ago(10))
	whole = story.invoice(names[5], 700, story.days_ago(40))
	story.credit(whole, 700, story.days_ago(20))
	story.invoice(names[5], 650, story.days_ago(19))
	books = ledger.Ledger(story.today, dict.fromkeys(currencies.companies(), 1.0))
	for basis in (ledger.NET_SALES, ledger.GROSS_PROFIT):
		lens = ledger.Lens(None, basis, story.days_ago(365))
		monkeypatch.setattr(ledger, "STRETCH", 10**6)
		at_once = known(books, lens)
		assert set(at_once[0]) == set(names)
		for size in (1, 4):
			monkeypatch.setattr(ledger, "STRETCH", size)
			assert known(books, lens) == at_once
