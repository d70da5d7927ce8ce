"""A coffee house stops buying beans and goes on buying cups: its rep is asked to ask, once, as long as it is true."""

from datetime import timedelta

import frappe
import pytest

from keep_customers.care import panel, rules
from keep_customers.erp.language import speaking
from keep_customers.worth.outlook import rhythm
from tests.site.care.asked import as_user, next_working_day, only_todo, state
from tests.site.story import ANNA, BEN, TERRITORY
from tests.site.worth.shop import BEANS, BEANS_BOUGHT, CUPS, CUPS_BOUGHT, MILK, kaffeehaus, open_shop, sold

TRIGGER = "Item Group Slipping Away"


@pytest.fixture
def shop(story):
	open_shop()
	return story


def due(story, rule, today=None):
	[row] = rules.read({"name": rule.name})
	return {one["customer"]: one for one in rules.due(row, today or story.today)}


def later(days, by):
	return [(ago + by, amount) for ago, amount in days]


@pytest.fixture
def asked(now):
	"""The coffee house that Anna has been asked to call about its beans."""
	story = now
	open_shop()
	firm = kaffeehaus(story)
	story.file(firm, dedicated_rep=ANNA)
	story.rule(trigger=TRIGGER, switched_on=story.days_ago(90))
	story.completed_yesterday()
	story.tonight = next_working_day(story, not_before=0)
	story.night(story.tonight)
	assert state(story, firm) == ("Assigned", "")
	return firm


def test_the_reason_says_it_in_plain_words(shop):
	firm = kaffeehaus(shop)
	shop.night()
	one = due(shop, shop.rule(trigger=TRIGGER))[firm]
	day = frappe.utils.formatdate(shop.days_ago(70))
	assert one["reason"] == (
		f"Bought {BEANS} about every 3 weeks (12 times), not since {day}; still buys {CUPS}. "
		f"It was 75 % of what they bought, about {frappe.utils.fmt_money(1800, 0, 'EUR')} a year."
	)
	assert one["planned_on"] == shop.days_ago(28) and one["reference_name"] == BEANS


@pytest.mark.parametrize(
	("days", "words"),
	[(1, "day"), (9.4, "9 days"), (14, "2 weeks"), (45, "6 weeks"), (61, "9 weeks"), (365, "12 months")],
)
def test_rhythms_are_said_as_people_say_them(days, words):
	assert rhythm(days) == words


def test_only_what_begins_to_slip_away_while_the_rule_is_on(shop):
	before, now = kaffeehaus(shop, "Before"), shop.customer("Now")
	# Overdue 42 days after the last ones, which was three weeks later than the other's.
	sold(shop, now, {BEANS: later(BEANS_BOUGHT, -21), CUPS: CUPS_BOUGHT})
	shop.night()
	rule = shop.rule(trigger=TRIGGER, switched_on=shop.days_ago(10))
	assert set(due(shop, rule)) == {now}
	rule.db_set("enabled_from", shop.days_ago(90))
	assert set(due(shop, rule)) == {before, now}
	assert set(due(shop, rule, shop.days_ago(10))) == {before}


def test_who_is_silent_altogether_is_another_matter(shop):
	silent, waiting = shop.customer("Silent"), shop.customer("Waiting")
	sold(shop, silent, {BEANS: BEANS_BOUGHT, CUPS: later(BEANS_BOUGHT, 0)})
	# It bought cups after the beans were due, and has been silent since.
	sold(shop, waiting, {BEANS: later(BEANS_BOUGHT, 90), CUPS: later(CUPS_BOUGHT, 90)})
	shop.night()
	assert shop.value(waiting).status in ("At Risk", "Lost")
	assert due(shop, shop.rule(trigger=TRIGGER, switched_on=shop.days_ago(200))) == {}


def test_one_contact_a_customer_about_the_most_valuable(shop):
	firm = shop.customer("Firm")
	milk = [(ago, 90) for ago, _amount in BEANS_BOUGHT]
	sold(shop, firm, {BEANS: BEANS_BOUGHT, MILK: milk, CUPS: CUPS_BOUGHT})
	rule = shop.rule(trigger=TRIGGER, switched_on=shop.days_ago(90))
	shop.completed_yesterday()
	shop.night()
	[follow_up] = shop.follow_ups(firm)
	assert follow_up.reference_name == BEANS and follow_up.reason.endswith(f"So did: {MILK}.")
	with speaking("zh"):
		told = frappe.get_doc("Follow Up", follow_up.name)
		told.run_method("onload")
	assert told.reason.endswith(f"同样停购的还有：{MILK}。") and "year" not in told.reason
	# Another night, the same things: nobody is asked again.
	shop.night(shop.today + timedelta(days=1))
	assert len(shop.follow_ups(firm)) == 1
	frappe.db.set_value("Follow Up", follow_up.name, {"status": "Done", "done_on": shop.today})
	assert firm not in due(shop, rule, shop.today + timedelta(days=1))


def test_it_ends_when_the_group_is_bought_again(now, asked):
	invoice = now.invoice(asked, 100, item={"item_code": CUPS})
	assert state(now, asked) == ("Assigned", ""), "cups are no beans"
	invoice = now.invoice(asked, 100, item={"item_code": BEANS})
	assert state(now, asked) == ("Cancelled", "Bought again")
	assert only_todo(now, asked).status == "Cancelled"
	invoice.reload()
	invoice.cancel()


def test_it_ends_when_an_import_brings_the_group(now, asked):
	sold(now, asked, {BEANS: [1]})
	now.night(now.tonight)
	assert state(now, asked) == ("Cancelled", "Bought again")


def test_it_ends_when_the_customer_falls_silent_altogether(now, asked):
	frappe.db.delete("Sales Invoice", {"customer": asked, "posting_date": (">", now.days_ago(70))})
	frappe.db.set_value("Sales Invoice", {"customer": asked}, "modified", now.today)
	now.night(now.tonight)
	assert state(now, asked)[0] == "Cancelled"


def test_the_customer_form_shows_what_slips_away_first(now):
	open_shop()
	firm = kaffeehaus(now)
	sold(now, firm, {MILK: [(3, 5)]})
	now.night()
	found = panel.customer_care(firm)["item_groups"]
	assert [(one["item_group"], bool(one["sentence"])) for one in found] == [
		(BEANS, True), (CUPS, False), (MILK, False),
	]  # fmt: skip
	assert (found[1]["rhythm"], found[1]["purchases"]) == ("3 weeks", 15)
	frappe.db.set_value("Customer Value", firm, "status", "At Risk")
	assert not any(one["sentence"] for one in panel.customer_care(firm)["item_groups"])


def report(**filters):
	_columns, rows, _message, chart, summary = frappe.get_doc(
		"Report", "Slipping Away"
	).execute_script_report(filters)[:5]
	return rows, chart, summary


def test_the_report_by_item_group_by_rep_and_one_by_one(now):
	open_shop()
	anna, ben = kaffeehaus(now), kaffeehaus(now, "Bistro")
	now.file(anna, dedicated_rep=ANNA)
	now.file(ben, dedicated_rep=BEN)
	sold(now, ben, {MILK: [(ago, 300) for ago, _amount in BEANS_BOUGHT]})
	now.night()
	rows, chart, summary = report(group_by="Item Group")
	assert [(row["item_group"], row["customers"], row["amount"]) for row in rows] == [
		(BEANS, 2, 3600), (MILK, 1, 3600),
	]  # fmt: skip
	assert chart["data"]["labels"] == [BEANS, MILK]
	assert [one["value"] for one in summary] == [2, 7200]
	rows, *_rest = report(group_by="Rep")
	assert [(row["rep"], row["customers"], row["amount"]) for row in rows] == [
		(BEN, 1, 5400), (ANNA, 1, 1800),
	]  # fmt: skip
	[row], *_rest = report(group_by="Customer", item_group=BEANS, rep=ANNA, territory=TERRITORY)
	assert (row["customer"], row["item_group"], row["amount"], row["share"]) == (anna, BEANS, 1800, 75)
	assert row["still_buys"] == CUPS and row["rep"] == ANNA
	with pytest.raises(frappe.ValidationError):
		report(group_by="x")


def test_who_may_not_read_the_customer_reads_none_of_it(now):
	open_shop()
	mine, theirs = kaffeehaus(now), kaffeehaus(now, "Bistro")
	now.night()
	frappe.get_doc(
		{"doctype": "User Permission", "user": BEN, "allow": "Customer", "for_value": mine}
	).insert()
	name = frappe.db.get_value("Customer Item Group", {"customer": theirs})
	as_user(BEN)
	try:
		assert {row.customer for row in frappe.get_list("Customer Item Group", fields=["customer"])} == {mine}
		assert {row["customer"] for row in report(group_by="Customer")[0]} == {mine}
		[row], *_rest = report(group_by="Item Group")
		assert (row["customers"], row["amount"]) == (1, 1800)
		with pytest.raises(frappe.PermissionError):
			panel.customer_care(theirs)
		assert not frappe.get_doc("Customer Item Group", name).has_permission("read")
	finally:
		as_user("Administrator")
