"""Tier Benefits: what a tier's customers get, and that nobody else gets or loses anything by it.

Prices are worked out by ERPNext, so the tests that look at them run where it is genuine.
"""

import itertools
import json
from datetime import date, timedelta

import frappe
import pytest
from frappe.utils import getdate

from keep_customers.benefits import coupons as birthday_coupons
from keep_customers.benefits import pricing_rules, sales
from keep_customers.setup import uninstall
from tests.site.host import GENUINE
from tests.site.story import ANNA, COMPANY, ITEM, MIA, PREFIX, Story, _tree, _user, remove_everything

if GENUINE:
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

priced_by_erpnext = pytest.mark.skipif(not GENUINE, reason="the stand-in works out no prices")
PRICES = f"{PREFIX} Prices"
DRILLS, BITS = f"{PREFIX} Drills", f"{PREFIX} Bits"
BRAND = f"{PREFIX} Brand"
DRILL, BIT, RARE = f"{PREFIX} Drill", f"{PREFIX} Bit", f"{PREFIX} Rare"
RATES = {DRILL: 1299.99, BIT: 7.35, RARE: 499.0, ITEM: 100.0}
KAY = "kay@keep-test.example"


@pytest.fixture
def story():
	frappe.set_user("Administrator")
	story = Story()
	for group in (DRILLS, BITS):
		_tree("Item Group", group)
	for code, group in ((DRILL, DRILLS), (BIT, BITS), (RARE, DRILLS)):
		story.item(code.removeprefix(f"{PREFIX} "))
		frappe.db.set_value("Item", code, "item_group", group)
	frappe.clear_cache(doctype="Item")
	if GENUINE:
		_prices()
	_user(KAY, ["Sales User", "Keep Customers Manager"])
	frappe.db.commit()
	yield story
	frappe.set_user("Administrator")
	frappe.db.rollback()
	remove_everything()


def _prices():
	if not frappe.db.exists("Brand", BRAND):
		frappe.get_doc({"doctype": "Brand", "brand": BRAND}).insert()
	if not frappe.db.exists("Price List", PRICES):
		frappe.get_doc(
			{
				"doctype": "Price List",
				"price_list_name": PRICES,
				"currency": "EUR",
				"selling": 1,
				"enabled": 1,
			}
		).insert()
	for item, rate in RATES.items():
		if not frappe.db.exists("Item Price", {"item_code": item, "price_list": PRICES}):
			frappe.get_doc(
				{"doctype": "Item Price", "item_code": item, "price_list": PRICES, "price_list_rate": rate}
			).insert()
	frappe.db.set_value("Item", BIT, "brand", BRAND)
	frappe.clear_cache(doctype="Item")


def document(doctype, customer, lines, currency="EUR", **values):
	"""A draft with what a form sends; what it costs is left to ERPNext."""
	party = (
		{"quotation_to": "Customer", "party_name": customer}
		if doctype == "Quotation"
		else {"customer": customer}
	)
	plain = {} if GENUINE else {"uom": "Nos", "conversion_factor": 1}
	doc = frappe.get_doc(
		{
			"doctype": doctype,
			**party,
			"company": COMPANY,
			"currency": currency,
			"conversion_rate": 1 if currency == "EUR" else 0.125,
			"selling_price_list": PRICES,
			"price_list_currency": "EUR",
			"plc_conversion_rate": 1,
			"delivery_date": getdate() + timedelta(days=30),
			"items": [
				{
					"item_code": item,
					"qty": qty,
					**({} if GENUINE else {"rate": RATES[item], "item_name": item}),
					**plain,
				}
				for item, qty in lines
			],
			**values,
		}
	)
	return doc.insert()


def rates(doc):
	return {row.item_code: row.rate for row in doc.items}


# A discount is one Pricing Rule


def test_a_discount_is_one_pricing_rule_that_asks_for_the_tier(story):
	benefit = story.benefit("Ten", ("Platinum", "Gold"), discount_percentage=10)
	rule = frappe.get_doc("Pricing Rule", benefit.pricing_rule)
	assert (rule.disable, rule.selling, rule.buying, rule.discount_percentage) == (0, 1, 0, 10)
	assert rule.condition == "keep_tier in ('Gold', 'Platinum')"
	assert [row.item_group for row in rule.item_groups] == frappe.get_all(
		"Item Group", filters={"parent_item_group": ("is", "not set")}, pluck="name"
	)
	# What keeps it out of ERPNext's choice among the admin's rules.
	assert (rule.apply_multiple_pricing_rules, rule.has_priority, rule.coupon_code_based) == (1, 0, 0)
	assert not rule.priority and not rule.valid_from

	benefit.update(
		{"discount_percentage": 12, "tiers": [{"tier": "Platinum"}], "item_groups": [{"item_group": BITS}]}
	)
	benefit.save()
	assert frappe.db.count("Pricing Rule", {"keep_benefit": benefit.name}) == 1
	rule.reload()
	assert (rule.discount_percentage, rule.condition) == (12, "keep_tier in ('Platinum',)")
	assert [row.item_group for row in rule.item_groups] == [BITS]

	benefit.update({"enabled": 0}).save()
	assert frappe.db.get_value("Pricing Rule", rule.name, "disable") == 1
	benefit.update({"enabled": 1}).save()
	assert frappe.db.get_value("Pricing Rule", rule.name, "disable") == 0
	frappe.delete_doc("Tier Benefit", benefit.name)
	assert not frappe.db.exists("Pricing Rule", rule.name)


def test_names_that_change_are_followed(story):
	tier = frappe.get_doc({"doctype": "Customer Tier", "tier_name": f"{PREFIX} O'Tier", "rank": 77}).insert()
	try:
		benefit = story.benefit("Ten", (tier.name,), discount_percentage=10)
		frappe.rename_doc("Customer Tier", tier.name, f"{PREFIX} 白金", force=True)
		rule = benefit.pricing_rule
		assert frappe.db.get_value("Pricing Rule", rule, "condition") == f"keep_tier in ('{PREFIX} 白金',)"
		birthday = story.benefit("Day", (f"{PREFIX} 白金",), kind="Birthday Discount", discount_percentage=5)
		frappe.rename_doc("Tier Benefit", birthday.name, f"{PREFIX} Party", force=True)
		assert frappe.db.get_value("Pricing Rule", birthday.pricing_rule, ["keep_benefit", "condition"]) == (
			f"{PREFIX} Party",
			f"keep_benefit == '{PREFIX} Party'",
		)
	finally:
		frappe.db.rollback()


def test_nobody_changes_a_benefits_rule_past_it(story):
	_user(MIA, [])
	benefit = story.benefit("Ten", discount_percentage=10)
	rule = frappe.get_doc("Pricing Rule", benefit.pricing_rule)
	for change in ({"discount_percentage": 50}, {"disable": 1}, {"keep_benefit": None, "condition": ""}):
		rule.reload()
		rule.update(change)
		with pytest.raises(frappe.ValidationError, match="kept by the Tier Benefit"):
			rule.save()
	with pytest.raises(frappe.ValidationError, match="kept by the Tier Benefit"):
		frappe.delete_doc("Pricing Rule", rule.name)
	# Nor does a rule of one's own become a benefit's.
	own = admins_rule(
		"Own", "Item Group", item_groups=[DRILLS], keep_benefit=benefit.name, discount_percentage=3
	)
	assert not own.keep_benefit
	own.update({"discount_percentage": 4, "keep_benefit": benefit.name}).save()
	assert not own.keep_benefit


def test_what_makes_no_sense_is_refused_with_what_to_do(story):
	rule = story.rule("Christmas", trigger="Festival", festival="Christmas")
	for values, told in (
		({"discount_percentage": 0}, "above 0 %"),
		({"discount_percentage": 100}, "below 100 %"),
		({"kind": "Reserved Items"}, "which items"),
		({"kind": "Holiday Gift", "gift": "Wine"}, "which rule"),
		({"kind": "Birthday Discount", "discount_percentage": 5, "days_around": 90}, "up to 60 days"),
	):
		with pytest.raises(frappe.ValidationError, match=told):
			story.benefit("Bad", **values)
	root = frappe.get_all("Item Group", filters={"parent_item_group": ("is", "not set")}, pluck="name")[0]
	with pytest.raises(frappe.ValidationError, match="lies in"):
		story.benefit("Twice", discount_percentage=5, item_groups=[DRILLS, root])
	story.benefit("Ten", ("Platinum", "Gold"), discount_percentage=10)
	with pytest.raises(frappe.ValidationError, match="to Gold already"):
		story.benefit("Again", ("Gold", "Iron"), discount_percentage=5, item_groups=[DRILLS])
	story.benefit("Iron", ("Iron",), discount_percentage=1)
	rule.db_set("send_automatically", 1)
	with pytest.raises(frappe.ValidationError, match="nobody would hand over"):
		story.benefit("Gift", kind="Holiday Gift", gift="Wine", care_rule=rule.name)


def test_who_may_set_benefits_need_not_be_allowed_to_write_pricing_rules(story):
	frappe.set_user(KAY)
	benefit = story.benefit("Ten", discount_percentage=10)
	assert frappe.db.get_value("Pricing Rule", benefit.pricing_rule, "disable") == 0
	frappe.set_user(ANNA)
	with pytest.raises(frappe.PermissionError):
		story.benefit("Mine", ("Iron",), discount_percentage=50)
	assert frappe.has_permission("Tier Benefit", "read", doc=benefit.name)


def test_a_rule_that_erpnext_could_not_choose_from_is_pointed_out(story):
	frappe.clear_messages()
	story.benefit("Ten", discount_percentage=10)
	assert "priority" not in str(frappe.get_message_log())
	admins_rule("Sale", "Item Group", item_groups=[DRILLS], discount_percentage=3)
	assert f"{PREFIX} Sale" in str(frappe.get_message_log()) and "priority" in str(frappe.get_message_log())
	frappe.clear_messages()
	story.benefit("One", ("Iron",), discount_percentage=1)
	assert f"{PREFIX} Sale" in str(frappe.get_message_log())
	frappe.clear_messages()
	admins_rule(
		"Other", "Item Group", item_groups=[DRILLS], discount_percentage=3, apply_multiple_pricing_rules=1
	)
	assert "priority" not in str(frappe.get_message_log())


def admins_rule(title, apply_on, item_groups=(), **values):
	rule = frappe.get_doc(
		{
			"doctype": "Pricing Rule",
			"title": f"{PREFIX} {title}",
			"apply_on": apply_on,
			"item_groups": [{"item_group": group} for group in item_groups],
			"price_or_product_discount": "Price",
			"rate_or_discount": "Discount Percentage",
			"selling": 1,
			"currency": "EUR",
			"valid_from": "2026-01-01",
			**values,
		}
	)
	rule.dont_update_if_missing = ["company"]  # the site's default
	return rule.insert()


# The tier on a document


@pytest.mark.parametrize("doctype", ["Quotation", "Sales Order", "Sales Invoice"])
def test_nobody_can_claim_a_tier(story, doctype):
	firm = story.customer("Firm")
	for ignore_links in (False, True):
		doc = document(doctype, firm, [(ITEM, 1)], keep_tier="Platinum", keep_benefit="Anything")
		assert not doc.keep_tier and not doc.keep_benefit
		doc.update({"keep_tier": "Platinum", "keep_benefit": "Anything"})
		doc.flags.ignore_links = ignore_links
		doc.save()
		assert not doc.keep_tier and not doc.keep_benefit
	story.in_tier(firm, "Gold")
	doc.save()
	assert doc.keep_tier == "Gold"
	doc.submit()
	story.in_tier(firm, None)
	assert frappe.db.get_value(doctype, doc.name, "keep_tier") == "Gold"


def test_a_quotation_to_a_lead_has_no_tier(story):
	lead = frappe.get_doc(
		{"doctype": "Lead", "first_name": f"{PREFIX} Lena", "company_name": f"{PREFIX} Lena"}
	).insert()
	doc = document("Quotation", None, [(ITEM, 1)], quotation_to="Lead", party_name=lead.name)
	assert not doc.keep_tier


@pytest.mark.parametrize("named", ["{rule}", '["{rule}"]', '["Other", "{rule}"]'])
def test_a_row_that_names_a_benefits_rule_without_the_tier_loses_it(story, named):
	benefit = story.benefit("Ten", discount_percentage=10)
	doc = frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"company": COMPANY,
			"customer": story.customer("Firm"),
			"items": [
				{
					"item_code": ITEM, "rate": 90, "price_list_rate": 100, "discount_percentage": 10,
					"discount_amount": 10, "pricing_rules": named.replace("{rule}", benefit.pricing_rule),
				}
			],
		}
	)  # fmt: skip
	sales.before_validate(doc)
	[row] = doc.items
	assert (row.pricing_rules, row.discount_percentage, row.discount_amount, row.rate) == ("", 0, 0, 100)
	# What was agreed on an order holds; so does what somebody priced by hand.
	order = document("Sales Order", doc.customer, [(ITEM, 1)])
	for source, ignore, rate in (
		(None, 1, 90),
		(order.items[0].name, 0, 100),
		("forged", 0, 100),
		(order.items[0].name, 0, 90),
	):
		if rate == 90 and source:
			order.submit()
		doc.ignore_pricing_rule = ignore
		row.update(
			{
				"rate": 90,
				"discount_percentage": 10,
				"pricing_rules": benefit.pricing_rule,
				"so_detail": source,
			}
		)
		sales.before_validate(doc)
		assert row.rate == rate, (source, ignore)
	doc.customer = story.customer("Another")
	sales.before_validate(doc)
	assert row.rate == 100


# Reserved items


def test_a_reserved_item_is_for_its_tiers(story):
	story.benefit("Rare", ("Platinum", "Gold"), kind="Reserved Items", items=[RARE])
	firm, best = story.customer("Firm"), story.customer("Best")
	story.in_tier(firm, "Iron")
	story.in_tier(best, "Gold")
	frappe.get_doc("User", ANNA).add_roles("Accounts User")
	frappe.get_doc("User", MIA).add_roles("Accounts User")
	try:
		frappe.set_user(ANNA)
		with pytest.raises(
			frappe.ValidationError,
			match=r"Row 2: .*reserved for customers of the tiers Gold, Platinum.*Sales Manager",
		):
			document("Sales Invoice", firm, [(ITEM, 1), (RARE, 1)])
		draft = document("Sales Invoice", best, [(ITEM, 1), (RARE, 1)])
		# Not by the back door either: for the other, or after the move.
		draft.customer = firm
		with pytest.raises(frappe.ValidationError, match="reserved"):
			draft.save()
		draft.reload()
		story.in_tier(best, "Iron")
		with pytest.raises(frappe.ValidationError, match="reserved"):
			draft.save()
		frappe.set_user(MIA)
		draft.reload()
		draft.save()
		frappe.set_user(ANNA)
		# What the manager has put on it, or let pass, is the rep's to go on with.
		draft.reload()
		draft.items[1].qty = 2
		draft.save()
	finally:
		frappe.set_user("Administrator")
		for user in (ANNA, MIA):
			frappe.get_doc("User", user).remove_roles("Accounts User")


def test_a_group_of_items_is_reserved_with_all_below_and_any_benefit_opens_it(story):
	story.benefit("Drills", ("Gold",), kind="Reserved Items", item_groups=[DRILLS], override_role=None)
	story.benefit("Drill", ("Iron",), kind="Reserved Items", items=[DRILL], company=COMPANY)
	firm = story.customer("Firm")
	for tier, item, works in (
		("Gold", RARE, True), ("Gold", DRILL, True), ("Iron", DRILL, True), ("Iron", RARE, False), (None, BIT, True),
		("Lead", DRILL, False),
	):  # fmt: skip
		story.in_tier(firm, tier)
		doc = frappe.get_doc(
			{
				"doctype": "Sales Invoice",
				"customer": firm,
				"company": COMPANY,
				"items": [{"item_code": item, "qty": 1}],
			}
		)
		frappe.set_user(ANNA)
		if works:
			sales.before_validate(doc)
		else:
			with pytest.raises(frappe.ValidationError, match="reserved"):
				sales.before_validate(doc)
		frappe.set_user("Administrator")
	# A return of what was sold then, and what an order has promised.
	story.in_tier(firm, "Iron")
	order = document("Sales Order", firm, [(DRILL, 1)])
	order.submit()
	story.in_tier(firm, "Lead")
	doc.items[0].update({"item_code": DRILL})
	frappe.set_user(ANNA)
	for values, on in (({"is_return": 1}, {}), ({}, {"so_detail": order.items[0].name})):
		doc.update({"is_return": 0, **values})
		doc.items[0].update(on)
		sales.before_validate(doc)
	assert doc.keep_tier == "Iron"


# Birthdays


def celebrating(story, name, ahead, tier="Platinum", **person):
	"""A customer whose owner has a birthday so many days from today."""
	customer = story.customer(name)
	story.in_tier(customer, tier)
	day = getdate() + timedelta(days=ahead)
	born = date(1984, day.month, day.day)
	story.file(
		customer,
		people=[
			{"full_name": "Olga", "relation": "Owner", "birthday": born, "calendar": "Gregorian", **person}
		],
	)
	return customer


def coupons(customer):
	return frappe.get_all("Coupon Code", filters={"customer": customer}, fields=["*"], order_by="name")


def test_a_coupon_is_made_the_night_before_its_week_and_once_a_year(story):
	benefit = story.benefit(
		"Day", ("Platinum", "Gold"), kind="Birthday Discount", discount_percentage=15, days_around=3
	)
	today = getdate()
	tomorrow = celebrating(story, "Tomorrow", 4)
	running = celebrating(story, "Running", -3, "Gold")
	others = [
		celebrating(story, "Too Early", 5), celebrating(story, "Over", -4), celebrating(story, "Iron", 1, "Iron"),
		celebrating(story, "Clerk", 1, relation="Other", decides=0),
	]  # fmt: skip
	for _night in range(2):
		birthday_coupons.make(today)
	assert not any(coupons(customer) for customer in others)
	[coupon] = coupons(tomorrow)
	assert (coupon.coupon_type, coupon.maximum_use, coupon.used) == ("Gift Card", 1, 0)
	assert (coupon.valid_from, coupon.valid_upto) == (today + timedelta(days=1), today + timedelta(days=7))
	assert coupon.pricing_rule == benefit.pricing_rule and tomorrow not in coupon.name
	assert len(coupons(running)) == 1
	assert frappe.db.count("Pricing Rule", {"keep_benefit": ("is", "set")}) == 1
	assert birthday_coupons.valid(tomorrow) == []  # from tomorrow on
	[seen] = birthday_coupons.valid(running)
	assert (seen["discount"], seen["benefit"], seen["code"]) == (
		15,
		benefit.name,
		coupons(running)[0].coupon_code,
	)
	story.in_tier(running, "Iron")
	assert birthday_coupons.valid(running) == []


def test_a_birthday_of_the_lunar_calendar(story):
	from keep_customers.engine.occasions import marks

	story.benefit("Day", kind="Birthday Discount", discount_percentage=15, days_around=3)
	day = date(2026, 9, 25)  # the 15th of the eighth month
	assert "L-08-15" in marks(day)
	firm = celebrating(story, "Firm", 0, birthday=date(1984, 9, 10), calendar="Lunar")
	assert frappe.get_doc("Customer File", firm).people[0].recurs == "L-08-15"
	birthday_coupons.make(day - timedelta(days=5))
	assert not coupons(firm)
	birthday_coupons.make(day - timedelta(days=4))
	assert [(c.valid_from, c.valid_upto) for c in coupons(firm)] == [
		(day - timedelta(days=3), day + timedelta(days=3))
	]


def test_coupons_nobody_used_are_deleted_after_their_week(story):
	story.benefit("Day", kind="Birthday Discount", discount_percentage=15, days_around=3)
	used, unused, mentioned = (celebrating(story, name, 0) for name in ("Used", "Unused", "Mentioned"))
	birthday_coupons.make(getdate())
	frappe.db.set_value("Coupon Code", coupons(used)[0].name, "used", 1)
	document("Quotation", mentioned, [(ITEM, 1)], coupon_code=coupons(mentioned)[0].name)
	foreign = frappe.get_doc(
		{
			"doctype": "Coupon Code", "coupon_name": f"{PREFIX} Own", "coupon_type": "Promotional",
			"pricing_rule": admins_rule("Own", "Item Group", item_groups=[DRILLS], discount_percentage=3, coupon_code_based=1).name,
			"valid_upto": getdate() - timedelta(days=1), "maximum_use": 5,
		}
	).insert()  # fmt: skip
	birthday_coupons.remove_expired(getdate() + timedelta(days=3))
	assert coupons(unused)
	birthday_coupons.remove_expired(getdate() + timedelta(days=4))
	assert not coupons(unused) and coupons(used) and coupons(mentioned)
	assert frappe.db.exists("Coupon Code", foreign.name)


@pytest.mark.parametrize(
	("doctype", "field"), [("Sales Order", "coupon_code"), ("Sales Invoice", "keep_coupon")]
)
def test_a_coupon_is_its_customers_and_good_for_once(story, doctype, field):
	benefit = story.benefit("Day", kind="Birthday Discount", discount_percentage=15, days_around=3)
	firm, other = celebrating(story, "Firm", 1), story.customer("Other")
	birthday_coupons.make(getdate())
	[coupon] = coupons(firm)
	with pytest.raises(frappe.ValidationError, match="belongs to another customer"):
		document(doctype, other, [(ITEM, 1)], **{field: coupon.name})
	doc = document(doctype, firm, [(ITEM, 1)], **{field: coupon.name})
	assert doc.keep_benefit == benefit.name
	story.in_tier(firm, "Iron")
	with pytest.raises(frappe.ValidationError, match="no longer has the benefit"):
		doc.save()
	story.in_tier(firm, "Platinum")
	doc.reload()
	doc.submit()
	if GENUINE or doctype == "Sales Invoice":  # on orders ERPNext counts
		assert coupons(firm)[0].used == 1
		with pytest.raises(frappe.ValidationError, match="no longer valid"):
			document(doctype, firm, [(ITEM, 1)], **{field: coupon.name})
		doc.cancel()
		assert coupons(firm)[0].used == 0
	frappe.db.set_value("Coupon Code", coupon.name, "valid_upto", getdate() - timedelta(days=1))
	with pytest.raises(frappe.ValidationError, match="expired"):
		document("Sales Invoice", firm, [(ITEM, 1)], keep_coupon=coupon.name)
	with pytest.raises(frappe.ValidationError, match="expired"):
		document("Quotation", firm, [(ITEM, 1)], coupon_code=coupon.name)


@priced_by_erpnext
def test_a_coupon_found_later_comes_on_top_of_the_tier_price(story):
	story.benefit("Price", discount_percentage=10)
	story.benefit("Day", kind="Birthday Discount", discount_percentage=20, days_around=3)
	firm = celebrating(story, "Firm", 1)
	birthday_coupons.make(getdate())
	invoice = document("Sales Invoice", firm, [(ITEM, 1)])
	assert invoice.items[0].rate == RATES[ITEM] * 0.9
	invoice.keep_coupon = coupons(firm)[0].name
	invoice.save()
	assert len(pricing_rules.rules_on(invoice.items[0])) == 2
	with_both = invoice.items[0].rate
	assert with_both == pytest.approx(RATES[ITEM] * 0.7)
	invoice.save()
	assert invoice.items[0].rate == with_both
	invoice.keep_coupon = None
	invoice.save()
	assert invoice.items[0].rate == RATES[ITEM] * 0.9


def test_the_rep_is_told_of_the_coupon_and_no_stranger_is(story):
	from frappe.permissions import add_user_permission

	story.benefit("Day", kind="Birthday Discount", discount_percentage=15, days_around=3)
	firm, mine = celebrating(story, "Firm", 1), story.customer("Mine")
	birthday_coupons.make(getdate())
	frappe.set_user(ANNA)
	told = birthday_coupons.for_document(firm, COMPANY)
	assert (told["coupon"], told["discount"]) == (coupons(firm)[0].name, 15)
	from keep_customers.care import panel

	assert [one["coupon"] for one in panel.customer_care(firm)["coupons"]] == [told["coupon"]]
	frappe.set_user("Administrator")
	add_user_permission("Customer", mine, ANNA)
	frappe.set_user(ANNA)
	with pytest.raises(frappe.PermissionError):
		birthday_coupons.for_document(firm, COMPANY)


# Gifts


def test_a_holiday_gift_is_planned_with_its_cost(story):
	story.completed_yesterday()
	best, firm = story.customer("Best"), story.customer("Firm")
	for customer, amount in ((best, 9000), (firm, 100)):
		story.history(customer, [(60, amount), (30, amount)])
	story.file(
		best, pinned_tier="Platinum", pinned_until=date(2030, 1, 1), pin_reason="A friend", dedicated_rep=ANNA
	)
	story.file(
		firm, pinned_tier="Iron", pinned_until=date(2030, 1, 1), pin_reason="A friend", dedicated_rep=ANNA
	)
	rule = story.rule("Women", trigger="Festival", festival="Women's Day", days_before=10)
	story.benefit(
		"Wine", ("Platinum", "Gold"), kind="Holiday Gift", care_rule=rule.name, gift="Wine", gift_cost=25.5
	)
	story.night()
	[row] = story.follow_ups(best)
	assert (row.gift, row.gift_cost, row.benefit, row.currency) == ("Wine", 25.5, f"{PREFIX} Wine", "EUR")
	assert row.reason.endswith("Gift: Wine.")
	[row] = story.follow_ups(firm)
	assert (row.gift, row.gift_cost, row.benefit) == (None, 0, None) and "Gift" not in row.reason
	frappe.delete_doc("Tier Benefit", f"{PREFIX} Wine")
	assert story.follow_ups(best)[0].gift_cost == 25.5


def test_the_letter_on_moving_up_has_words_in_all_languages():
	assert (
		frappe.db.get_value(
			"Care Rule", {"trigger": "Tier Up", "name": ("not like", f"{PREFIX}%")}, "message_kind"
		)
		== "Tier Up"
	)
	assert set(frappe.get_all("Care Message", filters={"kind": "Tier Up"}, pluck="language")) == {
		"en",
		"zh",
		"zh-TW",
	}


# Uninstalling


def test_taking_everything_back_leaves_the_sites_own_rules_and_the_prices_given(story):
	own = admins_rule("Own", "Item Group", item_groups=[DRILLS], discount_percentage=3)
	benefit = story.benefit("Ten", discount_percentage=10)
	birthday = story.benefit("Day", kind="Birthday Discount", discount_percentage=15, days_around=3)
	firm = celebrating(story, "Firm", 0)
	birthday_coupons.make(getdate())
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
	birthday_coupons.make(getdate())
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
