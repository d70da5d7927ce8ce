"""Birthday coupons and gifts: made in time, given once, taken back."""

from datetime import date, timedelta

import frappe
import pytest
from frappe.utils import getdate

from keep_customers.benefits import coupons as birthday_coupons
from keep_customers.benefits import pricing_rules
from keep_customers.erp.aside import Aside
from tests.site.benefits.costs.spending import spent
from tests.site.benefits.offers.shop import (
	DRILLS,
	RATES,
	admins_rule,
	celebrating,
	coupons,
	document,
	priced_by_erpnext,
)
from tests.site.story import ANNA, COMPANY, ITEM, PREFIX, rate

# Birthdays


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
		birthday_coupons.make(today, Aside())
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
	birthday_coupons.make(day - timedelta(days=5), Aside())
	assert not coupons(firm)
	birthday_coupons.make(day - timedelta(days=4), Aside())
	assert [(c.valid_from, c.valid_upto) for c in coupons(firm)] == [
		(day - timedelta(days=3), day + timedelta(days=3))
	]


def test_two_lunar_birthdays_in_one_gregorian_year_are_two_coupons(story):
	story.benefit("Day", kind="Birthday Discount", discount_percentage=15, days_around=3)
	# The 1st of the twelfth month: of 2021 and of 2022, and then not before 2024.
	first, second = date(2022, 1, 3), date(2022, 12, 23)
	firm = celebrating(story, "Firm", 0, birthday=date(1980, 1, 18), calendar="Lunar")
	birthday_coupons.make(first, Aside())
	frappe.db.set_value("Coupon Code", coupons(firm)[0].name, "used", 1)
	for day in (first + timedelta(days=1), second, second + timedelta(days=1), date(2023, 6, 1)):
		birthday_coupons.make(day, Aside())
	assert sorted(c.valid_from for c in coupons(firm)) == [
		first - timedelta(days=3),
		second - timedelta(days=3),
	]


def test_other_days_around_it_make_no_second_coupon_of_a_year(story):
	benefit = story.benefit("Day", kind="Birthday Discount", discount_percentage=15, days_around=30)
	firm = celebrating(story, "Firm", 0, birthday=date(1984, 1, 5))
	birthday_coupons.make(date(2027, 1, 5), Aside())
	[coupon] = coupons(firm)
	assert coupon.keep_birthday == date(2027, 1, 5) and coupon.valid_from == date(2026, 12, 6)
	frappe.db.set_value("Coupon Code", coupon.name, "used", 1)
	benefit.days_around = 3
	benefit.save()
	# Reckoned by three days the coupon would seem to be for 9 December 2026, and this one for the first of 2027.
	birthday_coupons.make(date(2027, 1, 6), Aside())
	assert len(coupons(firm)) == 1


def test_an_older_coupon_is_for_the_middle_of_its_days(story):
	from keep_customers.patches.v0_2 import note_birthdays_of_coupons

	benefit = story.benefit("Day", kind="Birthday Discount", discount_percentage=15, days_around=30)
	firm = celebrating(story, "Firm", 0, birthday=date(1984, 1, 5))
	birthday_coupons.make(date(2027, 1, 5), Aside())
	frappe.db.set_value("Coupon Code", coupons(firm)[0].name, "keep_birthday", None)
	benefit.db_set("days_around", 3)
	for _time in range(2):
		note_birthdays_of_coupons.execute()
	assert coupons(firm)[0].keep_birthday == date(2027, 1, 5)


def test_an_older_coupon_that_was_made_valid_longer_is_for_its_day(story):
	from keep_customers.patches.v0_2 import note_birthdays_of_coupons

	story.benefit("Day", kind="Birthday Discount", discount_percentage=15, days_around=3)
	firm = celebrating(story, "Firm", 0, birthday=date(1984, 12, 20))
	birthday_coupons.make(date(2026, 12, 20), Aside())
	longer = {"keep_birthday": None, "valid_upto": date(2027, 1, 31)}
	frappe.db.set_value("Coupon Code", coupons(firm)[0].name, longer)
	note_birthdays_of_coupons.execute()
	assert coupons(firm)[0].keep_birthday == date(2026, 12, 20)


def test_one_coupon_a_year_whatever_calendars_a_customers_people_keep(story):
	story.benefit("Day", kind="Birthday Discount", discount_percentage=15, days_around=3)
	firm = celebrating(story, "Firm", 0, birthday=date(1984, 1, 5))
	file = frappe.get_doc("Customer File", firm)
	# The 10th of the second month: 17 March 2027 and 5 March 2028.
	file.append("people", {"full_name": "Li", "decides": 1, "calendar": "Lunar", "month": 2, "day": 10})
	file.save()
	for day in (date(2027, 1, 5), date(2027, 3, 17), date(2028, 1, 5), date(2028, 3, 5)):
		birthday_coupons.make(day, Aside())
		frappe.db.set_value("Coupon Code", {"customer": firm}, "used", 1)
	assert sorted(c.keep_birthday for c in coupons(firm)) == [date(2027, 1, 5), date(2028, 1, 5)]


def test_a_coupon_for_who_never_told_the_year(story):
	story.benefit("Day", kind="Birthday Discount", discount_percentage=15, days_around=3)
	moon = celebrating(story, "Moon", 0, birthday=None, month=8, day=15, calendar="Lunar")
	leap = celebrating(story, "Leap", 0, birthday=None, month=2, day=29)
	birthday_coupons.make(date(2026, 9, 25), Aside())  # Mid-Autumn
	birthday_coupons.make(date(2027, 2, 28), Aside())
	assert [c.keep_birthday for c in coupons(moon)] == [date(2026, 9, 25)]
	assert [c.keep_birthday for c in coupons(leap)] == [date(2027, 2, 28)]


def test_coupons_nobody_used_are_deleted_after_their_week(story):
	story.benefit("Day", kind="Birthday Discount", discount_percentage=15, days_around=3)
	used, unused, mentioned = (celebrating(story, name, 0) for name in ("Used", "Unused", "Mentioned"))
	birthday_coupons.make(getdate(), Aside())
	frappe.db.set_value("Coupon Code", coupons(used)[0].name, "used", 1)
	document("Quotation", mentioned, [(ITEM, 1)], coupon_code=coupons(mentioned)[0].name)
	foreign = frappe.get_doc(
		{
			"doctype": "Coupon Code", "coupon_name": f"{PREFIX} Own", "coupon_type": "Promotional",
			"pricing_rule": admins_rule("Own", "Item Group", item_groups=[DRILLS], discount_percentage=3, coupon_code_based=1).name,
			"valid_upto": getdate() - timedelta(days=1), "maximum_use": 5,
		}
	).insert()  # fmt: skip
	birthday_coupons.remove_expired(getdate() + timedelta(days=3), Aside())
	assert coupons(unused)
	birthday_coupons.remove_expired(getdate() + timedelta(days=4), Aside())
	assert not coupons(unused) and coupons(used) and coupons(mentioned)
	assert frappe.db.exists("Coupon Code", foreign.name)


@pytest.mark.parametrize(
	("doctype", "field"), [("Sales Order", "coupon_code"), ("Sales Invoice", "keep_coupon")]
)
def test_a_coupon_is_its_customers_and_good_for_once(story, doctype, field):
	benefit = story.benefit("Day", kind="Birthday Discount", discount_percentage=15, days_around=3)
	firm, other = celebrating(story, "Firm", 1), story.customer("Other")
	birthday_coupons.make(getdate(), Aside())
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
	birthday_coupons.make(getdate(), Aside())
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
	birthday_coupons.make(getdate(), Aside())
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


def test_a_gift_costs_what_it_cost_whatever_the_site_reports_in_later(story):
	"""50 yuan stay 50 yuan: on the benefit, on what was planned with it and in what was spent."""
	story.completed_yesterday()
	best = story.customer("Best")
	story.history(best, [(60, 9000), (30, 9000)])
	story.file(best, dedicated_rep=ANNA)
	rate(0.125, story.today.replace(day=1))
	rule = story.rule("Women", trigger="Festival", festival="Women's Day", days_before=10)
	every = frappe.get_all("Customer Tier", pluck="name")
	story.settings(reporting_currency="CNY")
	tea = story.benefit("Tea", every, kind="Holiday Gift", care_rule=rule.name, gift="Tea", gift_cost=50)
	story.settings(reporting_currency="EUR")
	tea.save()
	assert tea.currency == "CNY"
	story.night()
	[row] = story.follow_ups(best)
	assert (row.gift_cost, row.gift_currency, row.currency) == (50, "CNY", "EUR")
	frappe.db.set_value("Follow Up", row.name, {"status": "Done", "done_on": story.today})
	assert spent() == {(best, "Gift"): 6.25}


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


def test_a_coupon_that_was_cut_short_is_not_made_again(story):
	story.benefit("Day", kind="Birthday Discount", discount_percentage=15, days_around=10)
	firm, today = celebrating(story, "Firm", 1), getdate()
	birthday_coupons.make(today, Aside())
	[coupon] = coupons(firm)
	frappe.db.set_value("Coupon Code", coupon.name, "valid_upto", today - timedelta(days=1))
	for ahead in (0, 1, 11):
		birthday_coupons.make(today + timedelta(days=ahead), Aside())
		birthday_coupons.remove_expired(today + timedelta(days=ahead), Aside())
	assert [one.name for one in coupons(firm)] == [coupon.name]
	for ahead in (12, 13):
		birthday_coupons.make(today + timedelta(days=ahead), Aside())
		birthday_coupons.remove_expired(today + timedelta(days=ahead), Aside())
	assert not coupons(firm)
