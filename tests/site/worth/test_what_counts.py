"""What counts as bought when papers are corrected: debit notes, whole credits, invoices written anew, opening entries."""

from datetime import timedelta

import frappe

from keep_customers.care import panel
from keep_customers.messaging import messages
from keep_customers.visits import preparations
from keep_customers.worth import demand, ledger
from tests.site.story import ABROAD, COMPANY, PREFIX, abroad
from tests.site.worth.money import GOLD_OR_IRON, delivery, money, of_order, ranked, tier_changes


def debit(story, invoice, amount, on=None):
	"""A debit note: the price of what was sold goes up."""
	return story.invoice(
		invoice.customer, amount, on, is_debit_note=1, return_against=invoice.name, company=invoice.company
	)


def opening(story, customer, amount, on):
	# Not by submitting it: ERPNext would ask for another account.
	frappe.db.set_value("Sales Invoice", story.invoice(customer, amount, on).name, "is_opening", "Yes")
	frappe.db.commit()


def occasions(story, customer):
	value = story.value(customer)
	return value.first_purchase, value.last_purchase, value.purchases


# Debit notes


def test_a_debit_note_adds_to_the_amount_and_is_no_purchase(story):
	firm, only, late = (story.customer(name) for name in ("Firm", "Only", "Late"))
	first = story.invoice(firm, 1000, story.days_ago(60))
	story.invoice(firm, 500, story.days_ago(40))
	debit(story, first, 100, story.days_ago(10))
	story.invoice(only, 80, story.days_ago(20), is_debit_note=1)
	debit(story, story.invoice(late, 1000, story.days_ago(400)), 50, story.days_ago(10))
	story.night()
	assert money(story, firm) == (1600, 1600, 2)
	assert occasions(story, firm) == (story.days_ago(60), story.days_ago(40), 2)
	assert story.value(firm).median_gap == 20
	assert ranked() == {firm, late}, "who only had a price corrected has bought nothing"
	assert money(story, late) == (50, 1050, 1)


# Credited in full


def test_what_was_credited_in_full_was_not_bought(story):
	whole, parts, both, kept, back = (
		story.customer(name) for name in ("Whole", "Parts", "Both", "Kept", "Back")
	)
	story.credit(story.invoice(whole, 1000, story.days_ago(30)), 1000, story.days_ago(5))
	sold = story.invoice(parts, 300, story.days_ago(30), qty=3)
	story.invoice(parts, 70, story.days_ago(50))
	for ago in (20, 15, 10):
		story.credit(sold, 300, story.days_ago(ago))
	# Of two invoices of a day one is left.
	story.credit(story.invoice(both, 200, story.days_ago(30)), 200, story.days_ago(1))
	story.invoice(both, 90, story.days_ago(30))
	story.credit(story.invoice(kept, 300, story.days_ago(30), qty=3), 300, story.days_ago(2))
	note = story.credit(story.invoice(back, 1000, story.days_ago(30)), 1000, story.days_ago(5))
	story.night(story.days_ago(1))
	assert ranked() == {parts, both, kept}
	assert money(story, parts) == (70, 70, 1) and story.value(parts).last_purchase == story.days_ago(50)
	assert money(story, both) == (90, 90, 1) and money(story, kept) == (600, 600, 1)

	note.reload()
	note.cancel()
	story.night()
	assert money(story, back) == (1000, 1000, 1), "the credit note was the mistake"
	story.night(story.days_ago(12))
	assert whole in ranked(), "by then nobody knew"
	assert money(story, parts) == (370, 370, 2)  # 70 + 3 × 300 − 2 × 300


def test_a_sale_that_left_the_window_takes_its_whole_credit_with_it(story):
	firm = story.customer("Firm")
	old = story.invoice(firm, 1000, story.days_ago(400))
	story.invoice(firm, 200, story.days_ago(100))
	story.credit(old, 1000, story.days_ago(10))
	story.night()
	assert money(story, firm) == (200, 200, 1)
	assert occasions(story, firm)[0] == story.days_ago(100)


# Written anew


def test_an_invoice_corrected_by_credit_note_and_new_invoice_is_one_purchase_at_the_first_date(story):
	firm = story.customer("Firm")
	story.invoice(firm, 100, story.days_ago(90))
	wrong = story.invoice(firm, 1000, story.days_ago(60))
	story.credit(wrong, 1000, story.days_ago(30))
	again = story.invoice(firm, 950, story.days_ago(28))
	story.night(story.days_ago(20))
	assert money(story, firm) == (1050, 1050, 2)
	assert occasions(story, firm) == (story.days_ago(90), story.days_ago(60), 2)
	# Wrong once more.
	story.credit(again, 950, story.days_ago(15))
	story.invoice(firm, 900, story.days_ago(15))
	story.night()
	assert money(story, firm) == (1000, 1000, 2)
	assert occasions(story, firm) == (story.days_ago(90), story.days_ago(60), 2)


def test_what_is_another_purchase_stays_on_its_own_day(story):
	abroad()
	other_item, later, elsewhere, parts, twice = (
		story.customer(name) for name in ("Other Item", "Later", "Elsewhere", "Parts", "Twice")
	)
	for customer in (other_item, later, elsewhere):
		story.credit(story.invoice(customer, 1000, story.days_ago(60)), 1000, story.days_ago(30))
	story.invoice(other_item, 1000, story.days_ago(30), item={"item_code": story.item("Other")})
	story.invoice(later, 1000, story.days_ago(22))
	story.invoice(elsewhere, 1000, story.days_ago(30), company=ABROAD)
	story.credit(story.invoice(parts, 500, story.days_ago(60), qty=2), 500, story.days_ago(30))
	story.invoice(parts, 500, story.days_ago(30))
	# Two invoices were wrong, and each has its own in its place.
	wrong = [story.invoice(twice, 100, story.days_ago(ago)) for ago in (80, 60)]
	for invoice in wrong:
		story.credit(invoice, 100, story.days_ago(30))
		story.invoice(twice, 90, story.days_ago(30))
	books = ledger.from_anybody(story.today, [other_item, later, elsewhere, parts, twice])
	assert {name: (one.first, one.last) for name, one in books.items()} == {
		other_item: (story.days_ago(30),) * 2,
		later: (story.days_ago(22),) * 2,
		elsewhere: (story.days_ago(30),) * 2,
		parts: (story.days_ago(60), story.days_ago(30)),
		twice: (story.days_ago(80), story.days_ago(60)),
	}


def test_a_correction_counts_in_the_window_of_the_first_date(story):
	firm = story.customer("Firm")
	wrong = story.invoice(firm, 1000, story.days_ago(370))
	story.credit(wrong, 1000, story.days_ago(360))
	story.invoice(firm, 950, story.days_ago(360))
	story.invoice(firm, 40, story.days_ago(5))
	story.night()
	assert money(story, firm) == (40, 990, 2)
	assert occasions(story, firm)[0] == story.days_ago(370)


# Opening entries


def test_an_opening_entry_is_history_and_no_revenue_of_the_window(story):
	known, only = story.customer("Known"), story.customer("Only")
	opening(story, known, 5000, story.days_ago(50))
	story.invoice(known, 100, story.days_ago(20))
	opening(story, only, 900, story.days_ago(30))
	story.night()
	assert money(story, known) == (100, 5100, 2)
	assert occasions(story, known) == (story.days_ago(50), story.days_ago(20), 2)
	assert money(story, only) == (0, 900, 1) and story.value(only).tier


# POS


def test_what_a_till_has_sold_counts_once_when_it_is_consolidated(story):
	firm = story.customer("At the Till")
	for amount in (30, 70):
		frappe.db.bulk_insert(
			"POS Invoice",
			["name", "customer", "company", "posting_date", "docstatus", "creation", "modified"],
			[(f"{PREFIX}-POS-{amount}", firm, COMPANY, story.days_ago(3), 1, story.today, story.today)],
		)
	story.night(story.days_ago(1))
	assert firm not in ranked(), "ERPNext books it when the till is closed"
	day = story.invoice(firm, 100, story.days_ago(3))
	story.credit(day, 30)
	story.night()
	assert money(story, firm) == (70, 70, 1)


# Where else it is asked


def test_a_stated_demand_is_met_by_a_purchase_only(story):
	firm = story.customer("Firm")
	wrong = story.invoice(firm, 1000, story.days_ago(30))
	frappe.get_doc(
		{
			"doctype": "Customer Touch", "customer": firm, "date": story.days_ago(20), "channel": "Phone",
			"result": "Reached", "demand_date": story.today + timedelta(days=5), "demand_amount": 500,
		}
	).insert()  # fmt: skip

	def is_open():
		return bool(demand.open_demands(story.today))

	debit(story, wrong, 10, story.days_ago(2))
	assert is_open(), "a price that was corrected"
	story.credit(wrong, 1000, story.days_ago(2))
	story.invoice(firm, 990, story.days_ago(2))
	assert is_open(), "the purchase of a month ago, written anew"
	sold = story.invoice(firm, 400, story.days_ago(1), item={"item_code": story.item("Other")})
	assert not is_open()
	story.credit(sold, 400)
	assert is_open()


def test_forms_visits_and_messages_tell_of_purchases_only(story):
	firm = story.customer("Firm")
	pump, valve = story.item("Pump"), story.item("Valve")
	today = story.today = frappe.utils.getdate()
	opening(story, firm, 7777, today - timedelta(days=300))
	kept = story.invoice(firm, 10, today - timedelta(days=90), qty=5, item={"item_code": pump})
	story.credit(kept, 10, today - timedelta(days=80), item={"item_code": pump})
	debit(story, kept, 3, today - timedelta(days=70))
	gone = story.invoice(firm, 500, today - timedelta(days=60), item={"item_code": valve})
	story.credit(gone, 500, today - timedelta(days=50), item={"item_code": valve})
	[deal] = panel.deal_archive(firm)
	assert (deal.item_code, deal.times, deal.qty, deal.amount) == (pump, 1, 4, 40)
	assert (deal.last, deal.rate) == (kept.posting_date, 10)
	# A box of twelve is counted by the piece, and so is what it costs.
	box = {"parent": kept.name}
	frappe.db.set_value("Sales Invoice Item", box, {"rate": 120, "conversion_factor": 12})
	assert panel.deal_archive(firm)[0].rate == 10
	frappe.db.set_value("Sales Invoice Item", box, {"rate": 10, "conversion_factor": 1})
	told = preparations._recent_sales([firm])[firm].split("\n")
	assert "43" in told[0] and "7,777" not in told[0]  # 50 − 10 + 3
	assert told[1].count(";") == 0 and "50" in told[1], "one purchase, not the debit note, not what came back"
	assert messages._last_purchase(firm).name == kept.name


# An update


def test_the_first_night_by_new_rules_says_who_counts_differently_and_moved(story):
	"""Five firms as the rules before have ranked them: a debit note was a purchase, what was credited in full as well."""
	story.policy(company=COMPANY, **GOLD_OR_IRON)
	plain, noted, returned, known, old = (
		story.customer(name) for name in ("Plain", "Noted", "Returned", "Known", "Old")
	)
	for customer, amount in ((plain, 900), (noted, 800), (old, 700)):
		story.invoice(customer, amount, story.days_ago(50))
	debit(story, story.invoice(noted, 10, story.days_ago(40)), 5, story.days_ago(20))
	story.credit(story.invoice(returned, 1000, story.days_ago(30)), 1000, story.days_ago(5))
	opening(story, known, 400, story.days_ago(60))
	story.night(story.days_ago(1))
	assert ranked() == {plain, noted, known, old}
	# As they were before.
	by_hand = {"lens": f"Net Sales|{COMPANY}"}
	frappe.db.set_value("Customer Value", {"customer": ("in", (plain, old))}, by_hand)
	frappe.db.set_value(
		"Customer Value", noted, {**by_hand, "purchases": 3, "last_purchase": story.days_ago(20)}
	)
	frappe.db.delete("Customer Value", {"customer": known})
	frappe.db.delete("Tier Change", {"customer": known})
	newest = max(frappe.get_all("Sales Invoice", {"customer": returned}, pluck="modified"))
	frappe.get_doc(
		{
			"doctype": "Customer Value", "name": returned, "customer": returned, "tier": "Gold", "status": "Active",
			"policy": frappe.db.get_value("Customer Value", plain, "policy"), "purchases": 1,
			"first_purchase": story.days_ago(30), "last_purchase": story.days_ago(30), "invoices": 2,
			"source_modified": str(newest), **by_hand,
		}
	).db_insert()  # fmt: skip
	frappe.db.commit()
	run = story.night()
	[told] = [line for line in run.warnings.split("\n") if "debit notes" in line]
	assert "So 3 customers" in told, "who was noted, returned all, or had been known before"
	assert "2 of them have another tier" in told  # one left, one came
	assert occasions(story, noted) == (story.days_ago(50), story.days_ago(40), 2)
	assert [change.direction for change in tier_changes(returned)] == ["Left"]
	assert tier_changes(known)[0].direction == "First"
	assert not tier_changes(plain, date=story.today)
	again = story.night(story.today + timedelta(days=1))
	assert "debit notes" not in (again.warnings or ""), "it is told once"


def test_who_counts_differently_by_what_goods_have_cost_is_told_and_net_sales_are_not_read_again(story):
	"""An invoice and a delivery note of one order: all of it was taken for profit before."""
	story.policy(company=COMPANY, value_basis="Gross Profit", **GOLD_OR_IRON)
	service, goods = story.customer("Service"), story.customer("Goods")
	story.invoice(service, 900, story.days_ago(50))
	of_order(story.invoice(goods, 100, story.days_ago(40), qty=4), "row of an order")
	delivery(story, goods, (4, 80), so_detail="row of an order")
	story.night(story.days_ago(1))
	assert story.value(goods).measured_total == 80
	before = {"lens": f"Gross Profit|{COMPANY}|2"}
	frappe.db.set_value("Customer Value", service, before)
	frappe.db.set_value("Customer Value", goods, {**before, "measured_total": 400, "current_value": 400})
	frappe.db.commit()
	run = story.night()
	[told] = [line for line in run.warnings.split("\n") if "gross profit" in line]
	assert "So 1 customers" in told and story.value(goods).measured_total == 80
	again = story.night(story.today + timedelta(days=1))
	assert "gross profit" not in (again.warnings or ""), "it is told once"
	assert ledger.Lens(None, "Net Sales", story.today).key == "Net Sales||2", "as the release before"


def test_the_index_is_made_anew_where_it_is_an_older_one(story):
	before = ledger.INDEXED
	ledger.drop_index()
	columns = [column for column in before if column != "is_debit_note"]
	frappe.db.add_index("Sales Invoice", columns, ledger.INDEX)
	assert ledger._indexed() == tuple(columns)
	for _time in range(2):
		ledger.add_index()
		assert ledger._indexed() == before
