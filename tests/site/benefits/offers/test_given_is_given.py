"""What was given to a customer is billed, returned and consolidated, whatever was reserved, moved or priced anew since.

The rare item is 499.00; Platinum gets 10 % off: 449.10.
"""

import json
from datetime import timedelta

import frappe
import pytest
from erpnext.accounts.doctype.sales_invoice import sales_invoice
from erpnext.selling.doctype.quotation.quotation import make_sales_order
from erpnext.selling.doctype.sales_order import sales_order
from erpnext.stock.doctype.delivery_note import delivery_note
from frappe.utils import getdate

from keep_customers.benefits import coupons as birthday_coupons
from keep_customers.benefits import sales
from keep_customers.benefits.pricing_rules import rules_on
from keep_customers.erp.aside import Aside
from tests.site.benefits.offers.shop import (
	PRICES,
	RARE,
	amended,
	celebrating,
	coupons,
	document,
	paid,
	priced,
	rates,
	till,
)
from tests.site.host import GENUINE
from tests.site.story import ANNA, GROUP, ITEM, PREFIX, once

AGREED, FULL = 449.1, 499


@pytest.fixture
@once
def ten(story):
	return story.benefit("Ten", discount_percentage=10)


@pytest.fixture
@once
def firm(story, ten):
	firm = story.customer("Firm")
	story.in_tier(firm, "Platinum")
	return firm


@pytest.fixture
def anna(story):
	"""A rep who does everything, and may not put reserved items on documents."""
	user = frappe.get_doc("User", ANNA)
	user.add_roles("Accounts User", "Stock User")
	yield lambda save: _as(ANNA, save)
	user.remove_roles("Accounts User", "Stock User")


def _as(user, save):
	frappe.set_user(user)
	try:
		return save()
	finally:
		frappe.set_user("Administrator")


def since_then(story, firm):
	"""Moved down, the item is reserved, and all prices are new."""
	story.in_tier(firm, "Iron")
	story.benefit("Rare", ("Gold",), kind="Reserved Items", items=[RARE])
	if GENUINE:
		frappe.db.set_value("Item Price", {"item_code": RARE, "price_list": PRICES}, "price_list_rate", 777)


def sold(doctype, customer, lines, *benefits, **values):
	doc = priced(document(doctype, customer, lines, **values), *benefits)
	doc.submit()
	return doc


def test_what_was_delivered_and_ordered_is_billed_in_parts_by_the_rep_herself(story, ten, firm, anna):
	order = sold("Sales Order", firm, [(RARE, 4)], ten)
	note = sales_order.make_delivery_note(order.name)
	note.items[0].qty = 1
	note.insert().submit()
	direct = sold("Delivery Note", firm, [(RARE, 1)], ten)
	since_then(story, firm)
	for invoice, qty in (
		(delivery_note.make_sales_invoice(note.name), 1),
		(delivery_note.make_sales_invoice(direct.name), 1),
		(sales_order.make_sales_invoice(order.name), 2),
		(sales_order.make_sales_invoice(order.name), 1),
	):
		invoice.items[0].qty = qty
		# Written for a day of last week, too.
		invoice.update({"set_posting_time": 1, "posting_date": getdate() - timedelta(days=7)})
		anna(invoice.insert)
		anna(invoice.save)
		assert (rates(invoice), invoice.keep_tier) == ({RARE: AGREED}, "Platinum")
		invoice.submit()
		assert rates(invoice) == {RARE: AGREED}
	with pytest.raises(frappe.ValidationError, match="reserved"):
		anna(lambda: document("Sales Invoice", firm, [(RARE, 1)]))
	# Nor does it stay on a draft that lets go of the order, to be billed from it once more.
	order = sold("Sales Order", firm, [(RARE, 1)])
	draft = anna(sales_order.make_sales_invoice(order.name).insert)
	draft.items[0].so_detail = draft.items[0].sales_order = None
	with pytest.raises(frappe.ValidationError, match="reserved"):
		anna(draft.save)


def test_what_was_billed_is_delivered_credited_and_charged_more_for(story, ten, firm, anna):
	invoice = sold("Sales Invoice", firm, [(RARE, 2)], ten)
	since_then(story, firm)
	note = sales_invoice.make_delivery_note(invoice.name)
	anna(note.insert)
	assert (note.keep_tier, rates(note)) == ("Platinum", {RARE: AGREED})
	back = frappe.copy_doc(invoice)
	back.update({"docstatus": 0, "is_return": 1, "return_against": invoice.name})
	back.items[0].update({"docstatus": 0, "qty": -1, "sales_invoice_item": invoice.items[0].name})
	anna(back.insert)
	assert (back.keep_tier, rates(back)) == ("Platinum", {RARE: AGREED})
	more = frappe.get_doc(
		{
			"doctype": "Sales Invoice", "customer": firm, "company": invoice.company, "is_debit_note": 1, "currency": "EUR",
			"conversion_rate": 1, "selling_price_list": PRICES, "price_list_currency": "EUR", "plc_conversion_rate": 1,
			"return_against": invoice.name, "items": [{"item_code": RARE, "item_name": RARE, "qty": 0, "rate": 5}],
		}
	)  # fmt: skip
	# It asks for 5.00: no discount on the list price instead, neither by the tier nor by the invoice it was copied from.
	more.items[0].pricing_rules = ten.pricing_rule
	anna(lambda: sales.before_validate(more))
	assert not more.keep_tier
	assert more.insert().items[0].rate == 5
	story.in_tier(firm, "Platinum")
	more.save()
	assert more.items[0].rate == 5
	# Against no invoice it is for whom the item is there, or by who may.
	more.return_against = None
	with pytest.raises(frappe.ValidationError, match="reserved"):
		anna(more.save)
	more.reload()
	more.return_against = None
	story.in_tier(firm, "Gold")
	anna(more.save)
	assert not more.keep_tier
	more.return_against = invoice.name
	story.in_tier(firm, "Iron")
	# With goods it is a sale.
	more.update_stock = 1
	with pytest.raises(frappe.ValidationError, match="reserved"):
		anna(lambda: sales.before_validate(more))


def test_what_was_offered_is_ordered_also_by_who_was_a_lead_then(story, ten, firm, anna):
	lead = frappe.get_doc(
		{"doctype": "Lead", "first_name": f"{PREFIX} Lena", "company_name": f"{PREFIX} Lena"}
	).insert()
	offers = [
		(sold("Quotation", firm, [(RARE, 2)], ten), AGREED, "Platinum"),
		(sold("Quotation", None, [(RARE, 1)], quotation_to="Lead", party_name=lead.name), FULL, None),
	]
	withdrawn = sold("Quotation", None, [(RARE, 1)], quotation_to="Lead", party_name=lead.name)
	withdrawn.cancel()
	lena = story.customer("Lena", lead_name=lead.name)
	for customer in (firm, lena):
		story.in_tier(customer, "Iron")
	since_then(story, firm)
	corrected = amended(withdrawn)
	anna(lambda: sales.before_validate(corrected))
	corrected.party_name = "Somebody Else"
	with pytest.raises(frappe.ValidationError, match="reserved"):
		anna(lambda: sales.before_validate(corrected))
	for offer, rate, tier in offers:
		order = make_sales_order(offer.name)
		order.delivery_date = order.items[0].delivery_date = getdate() + timedelta(days=9)
		anna(order.insert)
		assert (rates(order), order.keep_tier) == ({RARE: rate}, tier)
		order.submit()
		order.cancel()
		again = amended(order)
		again.items[0].qty = 3
		anna(again.insert)
		assert (rates(again), again.keep_tier) == ({RARE: rate}, tier)


def test_one_invoice_of_two_orders_gives_each_what_was_agreed_in_it(story, ten, firm):
	first = sold("Sales Order", firm, [(RARE, 1)], ten)
	story.in_tier(firm, "Gold")
	second = sold("Sales Order", firm, [(RARE, 1)])
	story.in_tier(firm, "Iron")
	invoice = sales_order.make_sales_invoice(first.name)
	other = sales_order.make_sales_invoice(second.name)
	invoice.append("items", {**other.items[0].as_dict(), "name": None, "idx": 2})
	invoice.insert()
	invoice.save()
	assert [row.rate for row in invoice.items] == [AGREED, FULL]
	assert invoice.keep_tier == "Iron"


def test_a_discount_that_is_changed_leaves_what_was_agreed_and_drafts_get_the_new_one(story, ten, firm):
	order = sold("Sales Order", firm, [(RARE, 1)], ten)
	draft = priced(document("Sales Order", firm, [(RARE, 1)]), ten)
	agreed = frappe.get_doc("Pricing Rule", ten.pricing_rule)
	ten.update({"discount_percentage": 4}).save()
	invoice = sales_order.make_sales_invoice(order.name).insert()
	assert rates(invoice) == {RARE: AGREED}
	# ERPNext has looked for the rule of today when it made the invoice.
	invoice.items[0].pricing_rules = json.dumps([ten.pricing_rule])
	invoice.save()
	assert rules_on(invoice.items[0]) == [agreed.name]
	assert rates(invoice) == {RARE: AGREED if GENUINE else FULL}
	agreed.reload()
	assert (agreed.discount_percentage, agreed.disable) == (10, 1)
	assert frappe.db.get_value("Pricing Rule", ten.pricing_rule, ["discount_percentage", "disable"]) == (4, 0)
	draft.save()
	assert rates(draft) == {RARE: 479.04 if GENUINE else FULL}
	# Neither is anybody's to change, whatever the benefit is called.
	frappe.rename_doc("Tier Benefit", ten.name, f"{PREFIX} Four", force=True)
	agreed.reload()
	assert agreed.keep_benefit == f"{PREFIX} Four"
	with pytest.raises(frappe.ValidationError, match="kept by the Tier Benefit"):
		agreed.update({"disable": 0}).save()
	# By a rule that nobody was given a price by, no second one is made.
	before = frappe.db.count("Pricing Rule")
	five = frappe.get_doc("Tier Benefit", f"{PREFIX} Four")
	five.update({"discount_percentage": 5}).save()
	assert frappe.db.count("Pricing Rule") == before + GENUINE  # there the draft names it


def test_a_coupon_outlives_a_change_of_its_discount(story):
	day = story.benefit("Day", kind="Birthday Discount", discount_percentage=20, days_around=3)
	olga, piet = (celebrating(story, name, 0) for name in ("Olga", "Piet"))
	birthday_coupons.make(getdate(), Aside())
	order = sold("Sales Order", olga, [(ITEM, 1)], day, coupon_code=coupons(olga)[0].name)
	day.update({"discount_percentage": 15}).save()
	birthday_coupons.make(getdate(), Aside())
	assert [len(coupons(one)) for one in (olga, piet)] == [1, 1]
	assert [one["discount"] for one in birthday_coupons.valid(piet)] == [15]
	invoice = sales_order.make_sales_invoice(order.name).insert()
	assert rates(invoice) == {ITEM: 80}
	invoice.delete()
	order.cancel()
	again = amended(order).insert()
	again.submit()
	assert (rates(again), coupons(olga)[0].used) == ({ITEM: 80}, 1)


# At the till


def at_the_till(customer, lines, *benefits, **values):
	return paid(priced(document("POS Invoice", customer, lines, **values, **till()), *benefits))


def consolidate(sold, customer, **values):
	log = frappe.get_doc(
		{
			"doctype": "POS Invoice Merge Log", "company": sold[0].company, "posting_date": getdate(),
			"posting_time": "20:00:00", "merge_invoices_based_on": "Customer", "customer": customer,
			"pos_invoices": [
				{"pos_invoice": one.name, "customer": one.customer, "posting_date": getdate(), "grand_total": 1}
				for one in sold
			],
			**values,
		}
	)  # fmt: skip
	log.flags.ignore_permissions = True
	return log.insert().submit()


def test_the_tills_day_is_consolidated_although_the_item_was_reserved_since(story, ten, firm, anna):
	sales_of_the_day = [at_the_till(firm, [(RARE, 1)], ten)]
	since_then(story, firm)
	log = anna(lambda: consolidate(sales_of_the_day, firm))
	invoice = frappe.get_doc("Sales Invoice", log.consolidated_invoice)
	assert (invoice.docstatus, rates(invoice), invoice.keep_tier) == (1, {RARE: AGREED}, "Platinum")
	# Once. Afterwards nobody names its row, nor calls an invoice consolidated, to sell it again.
	again = frappe.copy_doc(invoice)
	again.update({"docstatus": 0, "ignore_pricing_rule": 0})
	again.items[0].update(
		{
			"docstatus": 0,
			"pos_invoice": sales_of_the_day[0].name,
			"pos_invoice_item": sales_of_the_day[0].items[0].name,
		}
	)
	with pytest.raises(frappe.ValidationError, match="reserved"):
		anna(lambda: sales.before_validate(again))


def test_a_group_of_customers_is_consolidated_to_one_and_each_coupon_counts_once(story, anna):
	day = story.benefit("Day", kind="Birthday Discount", discount_percentage=20, days_around=3)
	people = [celebrating(story, name, 1) for name in ("Olga", "Piet")]
	counter = story.customer("Counter")
	birthday_coupons.make(getdate(), Aside())
	sales_of_the_day = [
		at_the_till(one, [(ITEM, 1)], day, coupon_code=coupons(one)[0].name) for one in people
	]
	assert [coupons(one)[0].used for one in people] == [1, 1]
	story.benefit("Reserved", ("Gold",), kind="Reserved Items", items=[ITEM])
	log = anna(
		lambda: consolidate(
			sales_of_the_day, counter, merge_invoices_based_on="Customer Group", customer_group=GROUP
		)
	)
	invoice = frappe.get_doc("Sales Invoice", log.consolidated_invoice)
	assert [row.rate for row in invoice.items] == [80, 80]
	assert not invoice.keep_coupon and not invoice.get("coupon_code")
	assert [coupons(one)[0].used for one in people] == [1, 1]
	# Nobody else's: a row that no log has brought together proves nothing.
	other = at_the_till(story.customer("Other"), [(ITEM, 1)])
	claim = document("Sales Invoice", counter, [(RARE, 1)])
	claim.update({"is_consolidated": 1})
	claim.items[0].update(
		{"item_code": ITEM, "pos_invoice": other.name, "pos_invoice_item": other.items[0].name}
	)
	with pytest.raises(frappe.ValidationError, match="reserved"):
		anna(lambda: sales.before_validate(claim))


def test_what_comes_back_to_the_till_uses_no_coupon(story):
	day = story.benefit("Day", kind="Birthday Discount", discount_percentage=20, days_around=3)
	olga = celebrating(story, "Olga", 1)
	birthday_coupons.make(getdate(), Aside())
	sale = at_the_till(olga, [(ITEM, 2)], day, coupon_code=coupons(olga)[0].name)
	back = frappe.copy_doc(sale)
	back.update({"docstatus": 0, "is_return": 1, "return_against": sale.name})
	back.items[0].update({"docstatus": 0, "qty": -2, "stock_qty": -2, "pos_invoice_item": sale.items[0].name})
	for row in back.get("payments") or ():
		row.update({"docstatus": 0, "amount": -row.amount})
	paid(back.insert())
	assert (back.coupon_code, coupons(olga)[0].used) == (None, 1)
