"""A discount is one Pricing Rule that asks for the tier; who has no such tier neither gets nor claims it."""

from datetime import timedelta

import frappe
import pytest

from keep_customers.benefits import coupons, sales
from tests.site.benefits.offers.shop import BIT, BITS, DRILL, DRILLS, KAY, RARE, admins_rule, document
from tests.site.story import ANNA, COMPANY, ITEM, MIA, PREFIX, _user

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
		# Of one that becomes another nothing is left but what somebody was given.
		five = story.benefit("Five", ("Iron",), discount_percentage=5)
		with pytest.raises(
			frappe.ValidationError, match="Five gives a discount on some of these items to Iron"
		):
			frappe.rename_doc("Customer Tier", f"{PREFIX} 白金", "Iron", merge=True, force=True)
		frappe.rename_doc("Tier Benefit", benefit.name, five.name, merge=True, force=True)
		assert not frappe.db.exists("Pricing Rule", rule)
		assert frappe.get_all("Pricing Rule", {"keep_benefit": five.name}, pluck="name") == [
			five.pricing_rule
		]
		party = frappe.get_doc("Tier Benefit", f"{PREFIX} Party")
		feast = story.benefit("Feast", ("Iron",), kind="Birthday Discount", discount_percentage=6)
		firm = story.customer("Firm")
		coupons._coupon(party, firm, story.today, timedelta(days=7))
		frappe.rename_doc("Tier Benefit", party.name, feast.name, merge=True, force=True)
		assert frappe.get_all("Pricing Rule", {"keep_benefit": feast.name}, pluck="name") == [
			feast.pricing_rule
		]
		assert frappe.db.get_value("Coupon Code", {"customer": firm}, "pricing_rule") == feast.pricing_rule
	finally:
		frappe.db.rollback()


def test_item_groups_that_become_one_or_lie_in_each_other_are_named_once(story):
	def group(name, parent):
		values = {"item_group_name": f"{PREFIX} {name}", "parent_item_group": parent, "is_group": 1}
		return frappe.get_doc({"doctype": "Item Group", **values}).insert()

	root = frappe.get_all("Item Group", filters={"parent_item_group": ("is", "not set")}, pluck="name")[0]
	try:
		cups, mugs, jugs = (group(name, root) for name in ("Cups", "Mugs", "Jugs"))
		ten = story.benefit(
			"Ten", discount_percentage=10, item_groups=[one.name for one in (cups, mugs, jugs)]
		)
		frappe.rename_doc("Item Group", mugs.name, cups.name, merge=True, force=True)
		assert named_by(ten) == [cups.name, jugs.name]
		jugs.reload()
		jugs.update({"parent_item_group": cups.name}).save()
		assert named_by(ten) == [cups.name]
		jugs.reload()
		jugs.update({"parent_item_group": root}).save()
		assert named_by(ten) == [cups.name, jugs.name]
	finally:
		frappe.db.rollback()


def named_by(benefit):
	of_rule = {"parent": benefit.pricing_rule, "parenttype": "Pricing Rule"}
	return frappe.get_all("Pricing Rule Item Group", of_rule, pluck="item_group", order_by="idx asc")


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
	agreed = order.items[0]
	for source, ignore, submitted, on_order, rate in (
		(None, 1, 0, None, 90),
		(agreed.name, 0, 0, benefit.pricing_rule, 100),
		("forged", 0, 0, None, 100),
		(agreed.name, 0, 1, None, 100),
		(agreed.name, 0, 1, benefit.pricing_rule, 90),
	):
		if submitted > order.docstatus:
			order.submit()
		agreed.db_set("pricing_rules", on_order)
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


def test_nothing_reserved_is_added_to_an_order_that_is_submitted(story):
	story.benefit("Rare", ("Gold",), kind="Reserved Items", items=[RARE])
	firm = story.customer("Firm")
	story.in_tier(firm, "Iron")
	order = document("Sales Order", firm, [(ITEM, 1)])
	order.submit()

	def add(item):
		"""As ERPNext's "Update Items" does: the row first, by itself."""
		order.reload()
		row = frappe.new_doc("Sales Order Item", parent_doc=order, parentfield="items")
		row.update({"item_code": item, "item_name": item, "qty": 1, "uom": "Nos", "conversion_factor": 1})
		row.update({"idx": 2, "delivery_date": order.delivery_date, "docstatus": 1})
		row.flags.ignore_validate_update_after_submit = True
		return row.insert()

	frappe.set_user(ANNA)
	with pytest.raises(frappe.ValidationError, match="reserved for customers of the tiers Gold"):
		add(RARE)
	frappe.set_user(MIA)
	assert add(RARE).parent == order.name
	frappe.set_user("Administrator")
	story.in_tier(firm, "Gold")
	frappe.set_user(ANNA)
	assert add(RARE).parent == order.name
	frappe.set_user("Administrator")


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


def test_a_reserved_item_in_a_bundle_is_reserved_too(story):
	story.benefit("Rare", ("Gold",), kind="Reserved Items", items=[RARE])
	firm, best, kit = story.customer("Firm"), story.customer("Best"), story.item("Kit")
	parts = [{"item_code": item, "qty": 1, "uom": "Nos"} for item in (BIT, RARE)]
	bundle = frappe.get_doc({"doctype": "Product Bundle", "new_item_code": kit, "items": parts}).insert()
	story.in_tier(firm, "Iron")
	story.in_tier(best, "Gold")

	def sell(customer):
		doc = {"doctype": "Sales Invoice", "customer": customer, "company": COMPANY}
		doc = frappe.get_doc({**doc, "items": [{"item_code": kit, "qty": 1, "idx": 1}]})
		sales.before_validate(doc)

	frappe.set_user(ANNA)
	with pytest.raises(frappe.ValidationError, match=f"Row 1: .*{RARE}.* is reserved .* Gold"):
		sell(firm)
	sell(best)
	frappe.set_user("Administrator")
	bundle.reload()
	bundle.update({"disabled": 1}).save()
	frappe.set_user(ANNA)
	sell(firm)
	frappe.set_user("Administrator")
