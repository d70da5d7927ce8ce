"""What ERPNext makes of the rules, and that nobody else gets or loses anything by them.

Prices are worked out by ERPNext, so these tests run where it is genuine.
"""

import itertools
import json
from datetime import date, timedelta

import frappe
import pytest
from frappe.utils import getdate

from keep_customers.benefits import coupons as birthday_coupons
from keep_customers.benefits import pricing_rules
from keep_customers.erp.aside import Aside
from keep_customers.setup import uninstall
from tests.site.benefits.offers.shop import (
	BIT,
	BITS,
	BRAND,
	DRILL,
	DRILLS,
	PRICES,
	RARE,
	admins_rule,
	celebrating,
	coupons,
	document,
	priced_by_erpnext,
	rates,
)
from tests.site.host import GENUINE
from tests.site.story import ITEM, PREFIX

if GENUINE:
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice


# Uninstalling


def test_taking_everything_back_leaves_the_sites_own_rules_and_the_prices_given(story):
	own = admins_rule("Own", "Item Group", item_groups=[DRILLS], discount_percentage=3)
	benefit = story.benefit("Ten", discount_percentage=10)
	birthday = story.benefit("Day", kind="Birthday Discount", discount_percentage=15, days_around=3)
	firm = celebrating(story, "Firm", 0)
	birthday_coupons.make(getdate(), Aside())
	order = document("Sales Order", firm, [(ITEM, 1)], coupon_code=coupons(firm)[0].name)
	row = order.items[0]
	row.db_set({"pricing_rules": json.dumps([own.name, benefit.pricing_rule]), "rate": 77})
	for rule in (own.name, benefit.pricing_rule):
		frappe.get_doc(
			{
				"doctype": "Pricing Rule Detail", "parenttype": "Sales Order", "parent": order.name,
				"parentfield": "pricing_rules", "pricing_rule": rule,
			}
		).insert()  # fmt: skip
	pricing_rules.take_back_everything()
	assert frappe.db.exists("Pricing Rule", own.name)
	for one in (benefit, birthday):
		assert not frappe.db.exists("Pricing Rule", one.pricing_rule)
	assert not coupons(firm)
	assert frappe.db.get_value("Sales Order", order.name, "coupon_code") is None
	assert frappe.db.get_value("Sales Order Item", row.name, ["pricing_rules", "rate"]) == (
		json.dumps([own.name]),
		77,
	)
	assert (
		frappe.get_all(
			"Pricing Rule Detail", filters={"parent": order.name, "pricing_rule": benefit.pricing_rule}
		)
		== []
	)
	assert uninstall.pricing_rules is pricing_rules


# What ERPNext makes of it


@priced_by_erpnext
def test_a_platinum_customer_gets_the_tiers_price_until_it_moves_down(story):
	story.completed_yesterday()
	firm = story.customer("Firm")
	story.history(firm, [(60, 500), (30, 500)])
	file = story.file(firm, pinned_tier="Platinum", pinned_until=story.today, pin_reason="A friend")
	story.benefit("Ten", discount_percentage=10)
	story.benefit("Three", ("Gold",), discount_percentage=3, item_groups=[BITS])
	before = document("Sales Invoice", firm, [(DRILL, 1), (BIT, 3)])
	assert rates(before) == {DRILL: 1299.99, BIT: 7.35}
	story.night()
	draft = document("Sales Invoice", firm, [(DRILL, 1), (BIT, 3)])
	assert rates(draft) == {DRILL: pytest.approx(1169.99, abs=0.006), BIT: pytest.approx(6.615, abs=0.006)}
	assert [row.discount_percentage for row in draft.items] == [10, 10]
	# A draft of the day before gets it too, when it is saved.
	before.save()
	assert rates(before) == rates(draft)
	order = document("Sales Order", firm, [(DRILL, 1)])
	order.submit()
	file.reload()
	file.update({"pinned_tier": "Gold", "pinned_until": date(2030, 1, 1)}).save()
	story.night(story.today + timedelta(days=1))
	assert frappe.db.get_value("Customer", firm, "keep_tier") == "Gold"
	after = document("Sales Invoice", firm, [(DRILL, 1), (BIT, 3)])
	assert rates(after)[DRILL] == 1299.99 and after.items[1].discount_percentage == 3
	# A draft that was begun as Platinum is finished as Gold; a price that was agreed holds.
	draft.save()
	assert rates(draft) == rates(after)
	invoice = make_sales_invoice(order.name)
	invoice.insert()
	assert rates(invoice) == rates(order) and invoice.keep_tier == "Platinum"
	invoice.append("items", {"item_code": BIT, "qty": 1})
	invoice.save()
	assert rates(invoice)[DRILL] == rates(order)[DRILL] and invoice.keep_tier == "Gold"
	assert [row.discount_percentage for row in invoice.items] == [10, 3]


@priced_by_erpnext
def test_a_tiers_rule_cannot_be_claimed_from_outside(story):
	benefit = story.benefit("Ten", discount_percentage=10)
	firm = story.customer("Firm")
	doc = document("Sales Invoice", firm, [(DRILL, 1)])
	doc.keep_tier = "Platinum"
	doc.items[0].update(
		{"pricing_rules": json.dumps([benefit.pricing_rule]), "discount_percentage": 10, "rate": 1169.99}
	)
	doc.save()
	assert rates(doc) == {DRILL: 1299.99} and doc.items[0].discount_percentage == 0
	assert not json.loads(doc.items[0].pricing_rules or "[]")


@priced_by_erpnext
def test_the_birthday_coupon_works_once_and_on_top_of_the_tiers_price(story):
	story.benefit("Ten", discount_percentage=10)
	story.benefit("Day", kind="Birthday Discount", discount_percentage=5, days_around=3)
	firm, second = celebrating(story, "Firm", 1), celebrating(story, "Second", 0)
	birthday_coupons.make(getdate(), Aside())
	assert rates(document("Sales Order", firm, [(ITEM, 2)])) == {ITEM: 90}
	# Each customer has a coupon of its own, and one rule serves both.
	for customer in (firm, second):
		order = document("Sales Order", customer, [(ITEM, 2)], coupon_code=coupons(customer)[0].name)
		assert rates(order) == {ITEM: 85}
		assert rates(
			document("Sales Invoice", customer, [(ITEM, 2)], keep_coupon=coupons(customer)[0].name)
		) == {ITEM: 85}
		assert rates(document("Quotation", customer, [(ITEM, 2)], coupon_code=coupons(customer)[0].name)) == {
			ITEM: 85
		}
		order.submit()
		invoice = make_sales_invoice(order.name)
		invoice.insert()
		assert rates(invoice) == {ITEM: 85}
		with pytest.raises(frappe.ValidationError, match="no longer valid"):
			document("Sales Order", customer, [(ITEM, 2)], coupon_code=coupons(customer)[0].name)
		assert rates(document("Sales Order", customer, [(ITEM, 2)])) == {ITEM: 90}
	# Taking the coupon off a draft takes the discount off.
	frappe.db.set_value("Coupon Code", coupons(firm)[0].name, "used", 0)
	draft = document("Sales Invoice", firm, [(ITEM, 2)], keep_coupon=coupons(firm)[0].name)
	draft.keep_coupon = None
	draft.save()
	assert rates(draft) == {ITEM: 90}


RULES = {
	"Item": {"apply_on": "Item Code", "items": [{"item_code": DRILL}], "rate_or_discount": "Rate", "rate": 1111.11},
	"Item with priority": {
		"apply_on": "Item Code", "items": [{"item_code": BIT}], "discount_percentage": 4, "priority": "3", "min_qty": 5,
	},
	"Group": {"apply_on": "Item Group", "item_groups": [BITS], "discount_percentage": 7, "min_qty": 20},
	"Brand": {"apply_on": "Brand", "brands": [{"brand": BRAND}], "discount_percentage": 9},
	"Together": {
		"apply_on": "Item Group", "item_groups": [DRILLS], "discount_percentage": 2,
		"apply_multiple_pricing_rules": 1,
	},
	"Free": {
		"apply_on": "Item Code", "items": [{"item_code": ITEM}], "price_or_product_discount": "Product", "min_qty": 10,
		"free_item": RARE, "free_qty": 1,
	},
	"Transaction": {"apply_on": "Transaction", "rate_or_discount": "Discount Percentage", "discount_percentage": 6, "min_amt": 3000},
}  # fmt: skip


def figures(doc):
	"""Everything a price consists of; rates as they are stored."""
	doc = frappe.get_doc(doc.doctype, doc.name)
	return (
		[
			(
				row.item_code, row.qty, row.price_list_rate, row.discount_percentage, row.discount_amount, row.rate,
				row.amount, row.net_amount, row.base_net_amount, row.margin_rate_or_amount, row.is_free_item,
				row.pricing_rules,
			)
			for row in doc.items
		],
		[(row.pricing_rule, row.item_code) for row in doc.pricing_rules],
		doc.net_total, doc.base_net_total, doc.grand_total, doc.discount_amount, doc.additional_discount_percentage,
	)  # fmt: skip


def everything_an_ordinary_customer_buys(customer):
	"""Every kind of document, currency, quantity and reduction by hand, saved twice as people do."""
	by_hand = itertools.cycle(({}, {"additional_discount_percentage": 2.5}, {"discount_amount": 1.23}))
	result = []
	for doctype, currency, lines in itertools.product(
		("Quotation", "Sales Order", "Sales Invoice"),
		("EUR", "CNY"),
		(
			[(DRILL, 3), (BIT, 4)], [(BIT, 24), (RARE, 2)], [(ITEM, 12), (RARE, 1)], [(BIT, 5), (DRILL, 2), (ITEM, 10)],
		),
	):  # fmt: skip
		values = next(by_hand)
		doc = document(doctype, customer, lines, currency, **values)
		once = figures(doc)
		doc.save()
		result.append((doctype, currency, lines, values, once, figures(doc)))
	return result


@priced_by_erpnext
@pytest.mark.parametrize(
	"rules", [(), *((name,) for name in RULES), tuple(RULES)], ids=lambda rules: "+".join(rules) or "none"
)
def test_who_has_no_tier_pays_to_the_cent_what_it_paid_before(story, rules):
	firm = story.customer("Firm")
	setting = "allow_multi_currency_invoices_against_single_party_account"
	frappe.db.set_single_value("Accounts Settings", setting, 1)
	for name in rules:
		admins_rule(name, **RULES[name])
	before = everything_an_ordinary_customer_buys(firm)
	for name in rules if len(rules) == 1 else ():  # it is at work
		rule = frappe.db.get_value("Pricing Rule", {"title": f"{PREFIX} {name}"})
		assert rule in str(before) or any(twice[-1] == 6 for *_what, twice in before), name
	for name, tiers, values in (
		("Ten", ("Platinum",), {}), ("Three", ("Gold",), {"item_groups": [BITS]}),
		("Day", ("Platinum", "Gold"), {"kind": "Birthday Discount"}),
	):  # fmt: skip
		story.benefit(name, tiers, discount_percentage=10, **values)
	assert frappe.db.count("Pricing Rule", {"keep_benefit": ("is", "set"), "disable": 0}) == 3
	after = everything_an_ordinary_customer_buys(firm)
	for one, other in zip(before, after, strict=True):
		assert one == other


@priced_by_erpnext
def test_the_browser_is_told_the_same_price_before_saving(story):
	"""What the form asks the server while it is filled in."""
	from erpnext.accounts.doctype.pricing_rule.pricing_rule import apply_pricing_rule

	story.benefit("Ten", discount_percentage=10)
	firm = story.customer("Firm")
	doc = document("Sales Invoice", firm, [(DRILL, 1)])
	for tier, discount in (("Platinum", 10), ("Gold", 0), (None, 0)):
		sent = {**doc.as_dict(), "keep_tier": tier}
		args = {
			**{key: doc.get(key) for key in ("customer", "currency", "conversion_rate", "company", "doctype", "name")},
			"price_list": PRICES, "transaction_date": doc.posting_date,
			"items": [{**doc.items[0].as_dict(), "child_docname": doc.items[0].name}],
		}  # fmt: skip
		[told] = apply_pricing_rule(frappe.as_json(args), frappe.as_json(sent))
		assert (told.get("discount_percentage") or 0) == discount


@priced_by_erpnext
def test_which_of_the_admins_rules_go_first_for_a_tiers_customer(story):
	story.benefit("Ten", discount_percentage=10)
	firm = story.customer("Firm")
	story.in_tier(firm, "Platinum")

	def discount_on(item, qty=1):
		return document("Sales Invoice", firm, [(item, qty)]).items[0].discount_percentage

	assert discount_on(BIT) == 10
	own = admins_rule("Item", "Item Code", items=[{"item_code": BIT}], discount_percentage=1)
	assert discount_on(BIT) == 1  # a rule for the item itself
	own.update({"disable": 1}).save()
	own = admins_rule("Group", "Item Group", item_groups=[BITS], discount_percentage=2, priority="1")
	assert discount_on(BIT) == 2  # one with a priority
	own.update({"disable": 1}).save()
	admins_rule(
		"Together", "Item Group", item_groups=[BITS], discount_percentage=3, apply_multiple_pricing_rules=1
	)
	assert discount_on(BIT) == 13  # both together


def test_where_there_is_no_benefit_coupons_without_a_rule_are_left_where_they_are(story):
	"""ERPNext 16 knows them from shops; to look for those of no rule finds them all."""
	shops = frappe.get_doc(
		{"doctype": "Coupon Code", "name": f"{PREFIX} Shop", "coupon_name": f"{PREFIX} Shop"}
	)
	shops.db_insert()
	order = document("Sales Order", story.customer("Firm"), [(ITEM, 1)])
	order.db_set("coupon_code", shops.name)
	assert not frappe.db.exists("Pricing Rule", {"keep_benefit": ("is", "set")})
	pricing_rules.take_back_everything()
	assert frappe.db.get_value("Sales Order", order.name, "coupon_code") == shops.name
	assert frappe.db.exists("Coupon Code", shops.name)
