"""What each customer buys by item group, read out of the invoices of ERPNext."""

from datetime import timedelta

import frappe
import pytest

from keep_customers.worth import baskets
from tests.site.story import ABROAD, PREFIX, abroad, once
from tests.site.worth.shop import BEANS, BEANS_UNTIL, CUPS, MILK, groups, kaffeehaus, open_shop, sold


@pytest.fixture
@once
def shop(story):
	open_shop()
	return story


def read_again(story, monkeypatch):
	"""The customers whose lines a night reads."""
	read = []
	measured = baskets._measured

	def watched(reader, customers, *args):
		read.extend(customers)
		return measured(reader, customers, *args)

	monkeypatch.setattr(baskets, "_measured", watched)
	story.night()
	monkeypatch.undo()
	return sorted(read)


def test_rhythm_and_share_of_what_a_coffee_house_buys(shop):
	firm = kaffeehaus(shop)
	shop.night()
	beans, cups = groups(firm)[BEANS], groups(firm)[CUPS]
	last = shop.days_ago(BEANS_UNTIL)
	assert (beans.purchases, beans.gap, beans.regular, beans.last_purchase) == (12, 21, 1, last)
	assert beans.next_purchase == last + timedelta(days=21)
	# Twice its gap; by then it had bought cups three times, twice since beans were expected.
	assert beans.overdue_from == beans.slipping_from == last + timedelta(days=42)
	assert beans.given_up_from == last + timedelta(days=4 * 21 + 365)
	# 12 times 150 in the year up to its last beans, and cups for 50 on 12 days of it.
	assert (beans.amount, beans.share) == (1800, 75)
	assert (beans.currency, beans.customer_name) == ("EUR", firm)
	assert (cups.purchases, cups.gap, cups.slipping_from) == (15, 21, None)


def test_only_whose_invoices_changed_are_read_again(shop, monkeypatch):
	firm, other = kaffeehaus(shop), kaffeehaus(shop, "Bistro")
	assert read_again(shop, monkeypatch) == sorted([firm, other])
	before = groups(other)[BEANS].name
	assert read_again(shop, monkeypatch) == []
	sold(shop, firm, {BEANS: [0]})
	assert read_again(shop, monkeypatch) == [firm]
	assert groups(firm)[BEANS].last_purchase == shop.today
	assert groups(other)[BEANS].name == before


def test_a_night_that_is_killed_is_made_good_by_the_next(shop, monkeypatch):
	firm, other = kaffeehaus(shop), kaffeehaus(shop, "Bistro")
	monkeypatch.setattr(baskets, "CUSTOMERS", 1)
	write, written = baskets._write, []

	def killed(reader, rules, part, *found):
		if written:
			raise SystemExit
		written.extend(one.name for one in part)
		return write(reader, rules, part, *found)

	monkeypatch.setattr(baskets, "_write", killed)
	with pytest.raises(SystemExit):
		shop.night()
	frappe.db.rollback()
	monkeypatch.undo()
	[done] = written
	[left] = {firm, other} - {done}
	assert groups(done) and not groups(left)
	# The values were written, so nothing is new for the next night but what was not read.
	assert read_again(shop, monkeypatch) == [left]
	assert set(groups(left)) == {BEANS, CUPS}


def test_one_customer_who_cannot_be_read_is_set_aside(shop, monkeypatch):
	firm, other = kaffeehaus(shop), kaffeehaus(shop, "Bistro")
	write = baskets._write

	def fails(reader, rules, part, *found):
		if firm in {one.name for one in part}:
			raise ValueError("odd")
		return write(reader, rules, part, *found)

	monkeypatch.setattr(baskets, "_write", fails)
	run = shop.night()
	assert run.status == "Completed With Errors" and not groups(firm) and groups(other)
	monkeypatch.undo()
	assert read_again(shop, monkeypatch) == [firm]


def test_what_was_credited_in_full_was_not_bought(shop):
	firm = shop.customer("Firm")
	for ago in (90, 60, 30):
		invoice = shop.invoice(firm, 100, shop.days_ago(ago), item={"item_code": BEANS})
	shop.invoice(firm, 100, shop.days_ago(20), item={"item_code": CUPS})
	shop.credit(invoice, 100, shop.days_ago(28), item={"item_code": BEANS})
	shop.night()
	beans = groups(firm)[BEANS]
	assert (beans.purchases, beans.last_purchase, beans.amount) == (2, shop.days_ago(60), 200)
	assert groups(firm)[CUPS].amount == 100
	# Of 300 within the year up to the last cups.
	assert groups(firm)[CUPS].share == pytest.approx(100 / 3, abs=0.1)
	# Written anew a few days later it is the same purchase, on its first day.
	shop.invoice(firm, 130, shop.days_ago(26), item={"item_code": BEANS})
	shop.night()
	beans = groups(firm)[BEANS]
	assert (beans.purchases, beans.last_purchase, beans.amount) == (3, shop.days_ago(30), 330)


def test_a_return_of_a_part_and_a_debit_note_change_the_money_only(shop):
	firm = shop.customer("Firm")
	shop.invoice(firm, 100, shop.days_ago(60), item={"item_code": BEANS})
	invoice = shop.invoice(firm, 100, shop.days_ago(30), item={"item_code": BEANS})
	shop.credit(invoice, 40, shop.days_ago(30), item={"item_code": BEANS})
	sold(shop, firm, {BEANS: [(20, 15)]}, is_debit_note=1)
	sold(shop, firm, {CUPS: [(10, 0), (5, 100)]})
	shop.night()
	beans, cups = groups(firm)[BEANS], groups(firm)[CUPS]
	assert (beans.purchases, beans.last_purchase, beans.amount) == (2, shop.days_ago(30), 160)
	assert (cups.purchases, cups.amount) == (1, 100), "what cost nothing was no purchase"


def test_who_has_too_many_invoices_is_added_up_by_the_database(shop, monkeypatch):
	firm, other = kaffeehaus(shop), shop.customer("Bistro")
	sold(shop, other, {BEANS: [5], MILK: [5]})
	invoice = shop.invoice(firm, 100, shop.days_ago(6), item={"item_code": MILK})
	shop.credit(invoice, 100, shop.days_ago(5), item={"item_code": MILK})
	shop.invoice(firm, 90, shop.days_ago(4), item={"item_code": MILK})
	shop.night()
	fields = ("item_group", "purchases", "last_purchase", "amount", "share", "gap", "slipping_from")

	def known():
		return {
			name: {group: [row[field] for field in fields] for group, row in groups(name).items()}
			for name in (firm, other)
		}

	before = known()
	assert before[firm][MILK][1:4] == [1, shop.days_ago(6), 90]
	frappe.db.set_value("Customer Value", {"name": ("in", [firm, other])}, "baskets_of", None)
	monkeypatch.setattr(baskets, "INVOICES", 1)
	shop.night()
	assert known() == before


def test_an_opening_entry_is_history_and_no_revenue(shop):
	firm = shop.customer("Firm")
	sold(shop, firm, {BEANS: [(300, 5000)]}, is_opening="Yes")
	sold(shop, firm, {BEANS: [30], CUPS: [30]})
	shop.night()
	beans = groups(firm)[BEANS]
	assert (beans.purchases, beans.first_purchase, beans.amount, beans.share) == (
		2,
		shop.days_ago(300),
		100,
		50,
	)


def test_money_of_another_company_comes_in_the_reporting_currency(shop):
	abroad()
	shop.policy(company=None)
	firm = shop.customer("Firm")
	sold(shop, firm, {BEANS: [(30, 100)]})
	sold(shop, firm, {CUPS: [(30, 800)]}, company=ABROAD)
	shop.night()
	assert (groups(firm)[BEANS].share, groups(firm)[CUPS].amount) == (50, 100)
	shop.policy(company=ABROAD)
	shop.night()
	assert set(groups(firm)) == {CUPS}, "ranked by what it buys from one company"


def test_the_level_is_that_of_the_settings(shop, monkeypatch):
	firm = kaffeehaus(shop)
	shop.night()
	drinks = frappe.get_doc(
		{
			"doctype": "Item Group",
			"item_group_name": f"{PREFIX} Drinks",
			"parent_item_group": frappe.db.get_value("Item Group", BEANS, "parent_item_group"),
			"is_group": 1,
		}
	).insert()
	for group in (BEANS, MILK):
		doc = frappe.get_doc("Item Group", group)
		doc.parent_item_group = drinks.name
		doc.save()
	assert read_again(shop, monkeypatch) == [], "each item's own group is what it was"
	shop.settings(item_group_level=1)
	assert read_again(shop, monkeypatch) == [firm]
	assert set(groups(firm)) == {drinks.name, CUPS}
	assert groups(firm)[drinks.name].purchases == 12
	assert read_again(shop, monkeypatch) == []
	shop.settings(item_group_level=0)
	assert read_again(shop, monkeypatch) == [firm]
	assert set(groups(firm)) == {BEANS, CUPS}


def test_an_item_that_moves_takes_its_past_along(shop, monkeypatch):
	firm = kaffeehaus(shop)
	shop.night()
	monkeypatch.setattr(baskets, "soon", lambda work, queue, item: work(item))
	item = frappe.get_doc("Item", BEANS)
	item.item_group = MILK
	item.save()
	assert read_again(shop, monkeypatch) == [firm]
	assert set(groups(firm)) == {MILK, CUPS}, "nobody has stopped buying anything"


def test_groups_that_are_renamed_merged_or_deleted(shop, monkeypatch):
	firm = kaffeehaus(shop)
	sold(shop, firm, {MILK: [10]})
	shop.night()
	new = f"{PREFIX} Coffee"
	frappe.rename_doc("Item Group", BEANS, new, show_alert=False)
	assert set(groups(firm)) == {new, CUPS, MILK}
	assert read_again(shop, monkeypatch) == []
	frappe.rename_doc("Item Group", new, MILK, merge=True, show_alert=False)
	assert set(groups(firm)) == {CUPS, MILK}
	assert read_again(shop, monkeypatch) == [firm]
	assert groups(firm)[MILK].purchases == 13


def test_rows_share_the_life_of_their_customer(shop):
	firm, other = kaffeehaus(shop), shop.customer("Bistro")
	sold(shop, other, {BEANS: [5], MILK: [5]})
	shop.night()
	renamed = frappe.rename_doc("Customer", firm, f"{PREFIX} Café", show_alert=False)
	assert set(groups(renamed)) == {BEANS, CUPS} and not groups(firm)
	assert {row.customer_name for row in groups(renamed).values()} == {
		frappe.db.get_value("Customer", renamed, "customer_name")
	}
	frappe.rename_doc("Customer", other, renamed, merge=True, show_alert=False)
	assert set(groups(renamed)) == {BEANS, CUPS} and not groups(other)
	shop.night()
	assert {group: row.purchases for group, row in groups(renamed).items()} == {BEANS: 13, CUPS: 15, MILK: 1}
	frappe.db.delete("Sales Invoice", {"customer": renamed})
	frappe.delete_doc("Customer", renamed)
	assert not groups(renamed)
