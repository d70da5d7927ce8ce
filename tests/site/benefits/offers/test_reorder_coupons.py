"""A coupon that a rep gives with a contact about the next purchase: to whom, once, as it was said, and what becomes of it.

Soon buys every 30 days, the last time 27 days ago; its rep is asked five days before the next time. 5 % for Platinum, 10 % from the
rule that asks once it is overdue.
"""

import json
from datetime import timedelta
from uuid import uuid4

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils import formatdate, getdate

from keep_customers.access.read_back import read_back
from keep_customers.benefits import costs, pricing_rules
from keep_customers.benefits import coupons as benefit_coupons
from keep_customers.care import followups, panel, rep_help, results, todos
from keep_customers.erp.aside import Aside
from keep_customers.messaging import by_hand
from keep_customers.setup.install import DEFAULTS
from tests.site.benefits.offers.shop import (
	DRILLS,
	amended,
	coupons,
	document,
	priced_by_erpnext,
	rates,
)
from tests.site.story import ANNA, BEN, ITEM, MIA, PREFIX, once
from tests.site.visits import plans

RHYTHM = [(27 + 30 * n, 100) for n in range(10)]


def looked_after(story, name, tier="Platinum", purchases=RHYTHM):
	customer = story.customer(name)
	story.history(customer, purchases)
	story.file(
		customer,
		pinned_tier=tier,
		pinned_until=story.today + timedelta(days=900),
		pin_reason="A friend",
		dedicated_rep=ANNA,
	)
	return customer


@pytest.fixture
@once
def five(story):
	"""Every day is a working day, and today is really today: a coupon is good from the day on."""
	story.today = getdate()
	frappe.get_doc(
		{
			"doctype": "Holiday List", "holiday_list_name": f"{PREFIX} Never Off",
			"from_date": story.days_ago(60), "to_date": story.days_ago(-60),
		}
	).insert()  # fmt: skip
	story.settings(holiday_list=f"{PREFIX} Never Off", contact_cap=1)
	story.completed_yesterday()
	rule = story.rule("Before", trigger="Reorder Due", days_before=5, message_kind="Reorder")
	return story.benefit(
		"Five", kind="Reorder Discount", discount_percentage=5, care_rule=rule.name, valid_days=14
	)


@pytest.fixture
@once
def soon(story, five):
	soon = looked_after(story, "Soon")
	story.night()
	return soon


def only(customer):
	[coupon] = coupons(customer)
	return coupon


def valid(customer):
	return [(one["code"], one["discount"]) for one in benefit_coupons.valid(customer)]


def todo_of(story, customer):
	return frappe.get_doc("ToDo", story.follow_ups(customer, todo=("is", "set"))[0].todo)


def as_anna(work):
	frappe.set_user(ANNA)
	try:
		return work()
	finally:
		frappe.set_user("Administrator")


# To whom


def test_who_is_asked_for_gets_one_and_nobody_else(story, five):
	late = story.rule("Overdue", trigger="Reorder Overdue")
	late.db_set("control_share", 100)
	story.benefit("Ten", kind="Reorder Discount", discount_percentage=10, care_rule=late.name)
	firm, iron, spoken = (
		looked_after(story, name, tier)
		for name, tier in (("Firm", "Platinum"), ("Iron", "Iron"), ("Spoken To", "Platinum"))
	)
	left_alone = looked_after(story, "Left Alone", purchases=[(50 + 30 * n, 100) for n in range(10)])
	frappe.get_doc(
		{
			"doctype": "Customer Touch", "customer": spoken, "rep": ANNA, "channel": "Phone", "result": "Reached",
			"date": f"{story.days_ago(1)} 10:00:00",
		}
	).insert()  # fmt: skip
	for _night in range(2):
		story.night()
		coupon = only(firm)
	assert not any(coupons(one) for one in (iron, spoken, left_alone))
	assert [one.hold_reason for one in story.follow_ups(spoken)] == ["Contact cap"]
	assert {one.hold_reason for one in story.follow_ups(left_alone)} == {"Control group"}
	assert story.follow_ups(iron)[0].todo

	assert (coupon.coupon_type, coupon.maximum_use, coupon.used) == ("Gift Card", 1, 0)
	assert coupon.name.startswith("REORDER-") and not coupon.keep_birthday
	until = story.today + timedelta(days=13)
	assert (coupon.valid_from, coupon.valid_upto) == (story.today, until)
	[row] = story.follow_ups(firm)
	assert (row.coupon, row.coupon_discount, row.coupon_until) == (coupon.coupon_code, 5, until)
	said = f"Coupon {coupon.coupon_code}: 5 % until {formatdate(until)}."
	assert said in todo_of(story, firm).description and "Coupon" not in todo_of(story, iron).description
	assert costs._benefit_rules()[five.pricing_rule] == "Coupon"


def test_the_rep_sees_it_before_and_at_the_contact_and_no_stranger_does(story, soon):
	coupon, todo = only(soon), todo_of(story, soon).name
	mine = story.customer("Mine")
	frappe.set_user(ANNA)
	told = rep_help.for_todo(todo)
	[one] = told["coupons"]
	assert (one["kind"], one["code"], one["discount"]) == ("Reorder Discount", coupon.coupon_code, 5)
	until = formatdate(coupon.valid_upto)
	assert f"They have a coupon: {coupon.coupon_code}, 5 % on one order until {until}." in told["to_say"]
	assert panel.customer_care(soon)["coupons"] == [one]
	assert benefit_coupons.for_document(soon) == one
	frappe.set_user("Administrator")
	assert coupon.name in frappe.get_list("Coupon Code", pluck="name")
	add_user_permission("Customer", mine, MIA)
	frappe.set_user(MIA)
	assert coupon.name not in frappe.get_list("Coupon Code", pluck="name")
	assert not frappe.has_permission("Coupon Code", "read", doc=coupon.name)
	with pytest.raises(frappe.PermissionError):
		benefit_coupons.for_document(soon)
	frappe.set_user("Administrator")


def test_the_shipped_message_names_it_as_long_as_it_is_good(story, soon):
	frappe.db.set_value("Care Message", {"kind": "Reorder"}, "enabled", 0)
	shipped = json.loads((DEFAULTS / "care_message.json").read_text("utf-8"))
	[message] = (one for one in shipped if (one["kind"], one["language"]) == ("Reorder", "en"))
	frappe.get_doc({**message, "title": f"{PREFIX} Reorder"}).insert()
	coupon, todo = only(soon), todo_of(story, soon).name

	def says():
		return as_anna(lambda: by_hand.message_for_todo(todo)["text"])

	assert f"With the code {coupon.coupon_code} you get 5 % off one order until " in says()
	frappe.db.set_value("Coupon Code", coupon.name, "used", 1)
	assert "A short word is enough." in says() and "code" not in says()


def test_what_fails_costs_no_rep_a_todo_and_the_night_begun_again_gives_it_once(story, five, monkeypatch):
	firms = [looked_after(story, name) for name in ("One", "Two", "Three")]
	create = todos.create

	def no_todo(rows, *more):
		if rows[0].customer == firms[1]:
			raise frappe.ValidationError("No ToDo today")
		return create(rows, *more)

	with monkeypatch.context() as broken:
		broken.setattr(todos, "create", no_todo)
		story.night()
	assert [len(coupons(one)) for one in firms] == [1, 0, 1]

	def no_coupon(*_args, **_more):
		raise frappe.ValidationError("No more coupons")

	insert, four = benefit_coupons._insert, looked_after(story, "Four")
	monkeypatch.setattr(benefit_coupons, "_insert", no_coupon)
	run = story.night()
	assert run.status == "Completed With Errors" and "No more coupons" in story.errors(run)
	for one in (firms[1], four):
		assert not coupons(one) and todo_of(story, one).status == "Open"
	monkeypatch.setattr(benefit_coupons, "_insert", insert)
	story.night()
	assert [len(coupons(one)) for one in (*firms, four)] == [1, 0, 1, 0], (
		"it is given when a rep is asked, or not"
	)


def test_a_visit_that_was_due_anyway_brings_it_from_the_plans_day_on(story, five):
	firm = story.customer("Firm")
	story.in_tier(firm, "Platinum")
	story.file(firm, dedicated_rep=ANNA)
	rule = story.rule("Go There", trigger="Reorder Overdue", channel="Visit")
	story.benefit("Ten", kind="Reorder Discount", discount_percentage=10, care_rule=rule.name)
	row = plans.noted(rule, firm, 9)
	plans.approved([firm], to_date=plans.day(5))
	frappe.set_user("Administrator")
	row.reload()
	assert row.due_date > story.today and row.coupon == only(firm).coupon_code
	assert only(firm).valid_upto == row.due_date + timedelta(days=13)
	assert f"{row.coupon}: 10 %" in frappe.db.get_value("ToDo", row.todo, "description")
	assert valid(firm) == [(row.coupon, 10)], "today, too: whoever is called about the visit may order"


# Given is given


def test_it_holds_as_it_was_said_whatever_becomes_of_tier_and_benefit(story, five, soon):
	code, rule, unused = only(soon).coupon_code, five.pricing_rule, story.customer("Unused")
	story.in_tier(unused, "Platinum")
	benefit_coupons.give(
		[{"name": "no follow-up", "customer": unused, "care_rule": five.care_rule}], story.today
	)
	todo_of(story, soon).update({"status": "Closed"}).save()
	story.in_tier(soon, "Iron")
	five.update({"item_groups": [{"item_group": DRILLS}]}).save()
	assert five.pricing_rule != rule
	five.update({"discount_percentage": 8, "valid_days": 3}).save()
	five.update({"enabled": 0}).save()
	frappe.rename_doc("Tier Benefit", five.name, f"{PREFIX} Called Anew", force=True)
	frappe.rename_doc("Customer", soon, f"{PREFIX} Called Otherwise", force=True)
	firm = f"{PREFIX} Called Otherwise"
	assert valid(firm) == [(code, 5)] and only(firm).valid_upto == story.today + timedelta(days=13)
	assert [frappe.db.get_value("Pricing Rule", one, "disable") for one in (rule, five.pricing_rule)] == [
		0,
		1,
	]
	for doctype, field in (("Sales Order", "coupon_code"), ("Sales Invoice", "keep_coupon")):
		with pytest.raises(frappe.ValidationError, match="belongs to another customer"):
			document(doctype, story.customer(f"Other {doctype}"), [(ITEM, 1)], **{field: only(firm).name})
		doc = document(doctype, firm, [(ITEM, 1)], **{field: only(firm).name})
		assert pricing_rules.of_key(doc.keep_benefit) == rule
		doc.submit()
		assert only(firm).used == 1 and not valid(firm)
		with pytest.raises(frappe.ValidationError, match="no longer valid"):
			document(doctype, firm, [(ITEM, 1)], **{field: only(firm).name})
		doc.cancel()
		assert valid(firm) == [(code, 5)]
	again = amended(doc).insert()
	assert pricing_rules.of_key(again.keep_benefit) == rule
	again.delete()

	# Until its day: then it goes, if no paper mentions it, and the rule that was for it alone.
	last = only(unused).valid_upto
	for day, there in ((last, True), (last + timedelta(days=1), False)):
		pricing_rules.switch_off_older(day)
		benefit_coupons.remove_expired(day, Aside())
		assert bool(coupons(unused)) == there and only(firm)
		assert frappe.db.get_value("Pricing Rule", rule, "disable") == (not there)


def test_who_deletes_the_benefit_takes_its_coupons_back(story, five, soon):
	coupon, rule = only(soon).name, five.pricing_rule
	draft = document("Quotation", soon, [(ITEM, 1)], coupon_code=coupon)
	frappe.delete_doc("Tier Benefit", five.name)
	assert not valid(soon) and frappe.db.get_value("Pricing Rule", rule, "disable") == 1
	with pytest.raises(frappe.ValidationError, match="no longer has the benefit"):
		draft.save()
	benefit_coupons.forget(soon)  # with the customer, see the deleted customers
	assert not frappe.db.exists("Coupon Code", coupon)


# One at a time


def asked_besides(story, customer, rule, day):
	"""The rule asks for the customer as well, on its own."""
	last = story.value(customer).last_purchase
	followups.add(
		[
			{
				"customer": customer, "customer_name": customer, "care_rule": rule.name, "status": "Planned",
				"occurrence": f"overdue after {last}", "priority": "High", "reason": "Overdue.", "channel": "Phone",
				"planned_on": day, "due_date": day,
			}
		]
	)  # fmt: skip
	story.night(day)


def test_a_stronger_one_takes_the_place_of_the_weaker_and_both_todos_say_so(story, five, soon):
	late = story.rule("Overdue", trigger="Reorder Overdue")
	story.benefit("Ten", kind="Reorder Discount", discount_percentage=10, care_rule=late.name, valid_days=3)
	story.settings(contact_cap=0)
	first, tomorrow = only(soon), story.today + timedelta(days=1)
	asked_besides(story, soon, late, tomorrow)
	weaker, stronger = sorted(coupons(soon), key=lambda one: one.name != first.name)
	assert weaker.valid_upto < tomorrow
	said = story.today + timedelta(days=13)
	assert (stronger.valid_from, stronger.valid_upto) == (tomorrow, said), (
		"no sooner than the customer was told"
	)
	rows = story.follow_ups(soon)
	assert {(one.coupon, one.coupon_discount) for one in rows} == {(stronger.coupon_code, 10)}
	said = [frappe.db.get_value("ToDo", one.todo, "description") for one in rows]
	assert len({one.todo for one in rows}) == 2
	assert all(f"{stronger.coupon_code}: 10 %" in one and weaker.coupon_code not in one for one in said)
	# As it is tomorrow.
	frappe.db.set_value("Coupon Code", stronger.name, "valid_from", story.today)
	frappe.db.set_value("Coupon Code", weaker.name, "valid_upto", story.days_ago(1))
	assert valid(soon) == [(stronger.coupon_code, 10)]
	with pytest.raises(frappe.ValidationError, match=f"{stronger.name} .10 %.: please take that"):
		document("Sales Order", soon, [(ITEM, 1)], coupon_code=weaker.name)


def test_a_weaker_one_is_not_given_beside_it_and_none_twice_while_it_is_good(story, five, soon):
	late = story.rule("Overdue", trigger="Reorder Overdue")
	three = story.benefit("Three", kind="Reorder Discount", discount_percentage=3, care_rule=late.name)
	first, tomorrow = only(soon), story.today + timedelta(days=1)
	story.settings(contact_cap=0)
	asked_besides(story, soon, late, tomorrow)
	assert only(soon).name == first.name
	assert {one.coupon for one in story.follow_ups(soon)} == {first.coupon_code}
	# For other items it would be another matter, once; and what was used or is over makes room.
	asked = {"name": "no follow-up", "customer": soon, "care_rule": late.name}
	three.update({"company": "", "discount_percentage": 20, "care_rule": five.care_rule}).save()
	given, said_anew = benefit_coupons.give([{**asked, "care_rule": five.care_rule}], tomorrow)
	assert (given["no follow-up"]["coupon_discount"], said_anew) == (20, {soon})
	frappe.db.set_value("Coupon Code", {"customer": soon}, "used", 1)
	five.update({"enabled": 0}).save()
	assert benefit_coupons.give([asked], tomorrow) == ({}, set()), "it goes with the other rule now"
	# Of a visit that is planned already the days begin with it.
	visit = tomorrow + timedelta(days=20)
	row = {**asked, "care_rule": five.care_rule}
	given, _anew = benefit_coupons.give([row], tomorrow, {row["name"]: visit})
	assert given["no follow-up"]["coupon"] != first.coupon_code and len(coupons(soon)) == 3
	assert given["no follow-up"]["coupon_until"] == visit + timedelta(days=13)


# What becomes of it


def test_who_has_bought_meanwhile_is_offered_none_but_whoever_was_told_can_use_it(story, five, soon):
	code, todo = only(soon).coupon_code, todo_of(story, soon)
	story.invoice(soon, 50)
	assert [(one.status, one.hold_reason) for one in story.follow_ups(soon)] == [
		("Cancelled", "Bought again")
	]
	assert not valid(soon) and only(soon).used == 0
	order = document("Sales Order", soon, [(ITEM, 1)], coupon_code=only(soon).name)
	assert order.keep_benefit and valid(soon) == [(code, 5)], (
		"who has it on an order knows of it, also if that is cancelled"
	)
	order.delete()
	assert not valid(soon)
	todo.reload()
	todo.update({"status": "Open"}).save()
	assert valid(soon) == [(code, 5)], "who is asked for after all comes with it"
	todo.update({"status": "Closed"}).save()
	assert valid(soon) == [(code, 5)], "and keeps it until its day"


def test_another_moment_keeps_it_until_its_day_and_asks_again_without_it(story, five, soon):
	code, todo = only(soon).coupon_code, todo_of(story, soon).name
	as_anna(lambda: results.record(todo, "Not Useful", str(uuid4()), because="Wrong Moment"))
	[again] = story.follow_ups(soon, status="Planned")
	assert not again.coupon and code not in f"{again.reason}{again.short}"
	assert valid(soon) == [(code, 5)]


def test_it_goes_where_the_customer_goes(story, five, soon):
	code, other = only(soon).coupon_code, story.customer("Other")
	frappe.rename_doc("Customer", soon, other, merge=True, force=True)
	# What it was asked for is worked out anew, and comes with the same one.
	story.night()
	assert valid(other) == [(code, 5)]
	[row] = story.follow_ups(other, status="Assigned")
	assert code in frappe.db.get_value("ToDo", row.todo, "description")


# How it is set up


def test_what_gives_no_coupon_is_said(story, five):
	hello = story.rule("Hello", trigger="Silence", silent_days=30)
	for values, why in (
		({"care_rule": None}, "choose the rule with which"),
		({"care_rule": hello.name}, "not about the next purchase"),
		({"discount_percentage": 0}, "above 0 %"),
		({"valid_days": 0}, "1 to 365 days"),
	):
		five.reload()
		five.update(values)
		told = read_back(five.as_dict())
		with pytest.raises(frappe.ValidationError, match=why):
			five.save()
		assert "valid_days" in values or any(why in one["text"] for one in told["missing"])
	frappe.db.set_value("Care Rule", five.care_rule, "send_automatically", 1)
	five.reload()
	with pytest.raises(frappe.ValidationError, match="nobody would tell"):
		five.save()


def test_it_says_who_gets_it_and_how_many_are_out(story, five, soon):
	told = read_back(five.as_dict())
	assert told["says"][0].endswith("customers of these tiers get a coupon of 5 % for one order: Platinum.")
	assert told["says"][1] == "It is good for 14 days, from the day on which the rep is asked."
	assert "One coupon is out." in told["figure"] and not told["missing"]
	add_user_permission("Customer", story.customer("Mine"), BEN)
	frappe.set_user(BEN)
	assert "out." not in read_back(five.as_dict())["figure"]
	frappe.set_user("Administrator")


# What ERPNext makes of it


@priced_by_erpnext
def test_each_coupon_takes_off_what_it_was_given_for_on_top_of_the_tiers_price(story, five, soon):
	"""100.00; the tier's 10 % and a coupon of 5 %: 85.00; of 8 %, given later: 82.00. Never both."""
	from erpnext.selling.doctype.sales_order.sales_order import make_sales_invoice

	story.benefit("Price", discount_percentage=10)
	five.update({"discount_percentage": 8}).save()
	second = looked_after(story, "Second")
	story.night(story.today + timedelta(days=1))
	frappe.db.set_value("Coupon Code", {"customer": second}, "valid_from", story.today)
	for customer, less in ((soon, 85), (second, 82)):
		story.in_tier(customer, "Platinum")
		coupon = only(customer).name
		assert rates(document("Sales Order", customer, [(ITEM, 1)])) == {ITEM: 90}
		assert rates(document("Quotation", customer, [(ITEM, 1)], coupon_code=coupon)) == {ITEM: less}
		invoice = document("Sales Invoice", customer, [(ITEM, 1)], keep_coupon=coupon)
		assert rates(invoice) == {ITEM: less}
		invoice.keep_coupon = None
		invoice.save()
		assert rates(invoice) == {ITEM: 90}
		order = document("Sales Order", customer, [(ITEM, 1)], coupon_code=coupon)
		order.save()
		order.submit()
		five.update({"enabled": 0}).save()
		billed = make_sales_invoice(order.name).insert()
		billed.save()
		assert rates(billed) == rates(order) == {ITEM: less}
		five.update({"enabled": 1}).save()
