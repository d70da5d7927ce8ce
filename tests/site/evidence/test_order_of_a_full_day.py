"""A full day goes by what contacts change, if the admin says so and it is known: from two rules to the sentence on the ToDo."""

import json
from datetime import timedelta
from unittest.mock import patch

import frappe
import pytest
from frappe.utils import get_first_day, getdate

from keep_customers.care import planning
from keep_customers.care.full_day import BY_CHANGE, BY_RISK, because
from keep_customers.engine.effect.learning import Learned
from keep_customers.engine.turns import HELPS, STAKE, TRIED
from keep_customers.evidence import learned, orders
from keep_customers.keep_customers.report.orders_compared import orders_compared
from tests.site.story import ANNA, BEN, EVE, MIA, PREFIX, once, rate, rows_like
from tests.site.web import Browser

REPORT = "Orders Compared"
# A rule that makes nothing due in these days, and whose contacts nothing ends.
NEVER = {"trigger": "Year's Best", "top_n": 1, "yearly_on": "2020-12-01"}
FIRST = "It comes first because contacts like this one have changed more than others so far."
MUCH = "It comes first because so much may be lost here."


def drawn(story, contacts, rule, ago=100, **values):
	"""Contacts of long ago, as rows.

	:param contacts: (customer, whether it was held back) pairs
	"""
	for held in (False, True):
		alike = [customer for customer, was in contacts if was == held]
		if not alike:
			continue
		first = frappe.get_doc(
			{
				"doctype": "Follow Up", "customer": alike[0], "customer_name": alike[0], "care_rule": rule,
				"arm": "Held Back" if held else "Cared For", "status": "Skipped" if held else "Done", "channel": "Phone",
				"planned_on": story.days_ago(ago), "hold_reason": "Control group" if held else "", "control_share": 50,
				"due_date": story.days_ago(ago), "occurrence": frappe.generate_hash(length=8), "turn_came": 1, "risk_then": 1000,
				"currency": "EUR",
				"assigned_on": None if held else story.days_ago(ago), **values,
			}
		).insert()  # fmt: skip
		others = [
			{"name": frappe.generate_hash(), "customer": customer, "customer_name": customer}
			for customer in alike[1:]
		]
		rows_like("Follow Up", first.name, others)


@pytest.fixture
@once
def firm(story):
	"""A thousand was at risk of each: calls of one rule brought 400 back, those of the other nothing."""
	for name, more in (("Helps", 400), ("Idle", 0)):
		rule = story.rule(name, control_share=50, **NEVER)
		customers = story.customers(*(f"{name} {at:02}" for at in range(60)))
		for at, customer in enumerate(customers):
			later = 500 + 10 * (3 * at % 11) + (0 if at < 30 else more)
			story.history(customer, [(150, 1200 + 10 * (at % 7)), (50, later)])
		drawn(story, [(customer, at < 30) for at, customer in enumerate(customers)], rule.name)
	story.helps, story.idle = f"{PREFIX} Helps", f"{PREFIX} Idle"
	story.completed_yesterday()
	return story


def wait(story, name, rule, at_risk, **values):
	"""A contact that waits for its turn, with so much at risk."""
	customer = story.customer(name)
	story.file(customer, dedicated_rep=values.pop("rep", ANNA))
	frappe.get_doc(
		{"doctype": "Customer Value", "customer": customer, "name": customer, "tier": "Gold", "value_at_risk": at_risk,
		"current_value": 2 * at_risk, "currency": "EUR", "status": "Active"}
	).insert()  # fmt: skip
	return frappe.get_doc(
		{
			"doctype": "Follow Up", "customer": customer, "customer_name": customer, "care_rule": rule, "status": "Planned",
			"channel": "Phone", "planned_on": story.today, "due_date": story.today + timedelta(days=5), "short": "Silent",
			"reason": "Silent.", "occurrence": name, "value_at_risk": at_risk, "currency": "EUR", **values,
		}
	).insert()  # fmt: skip


def full_day(story):
	"""Four contacts for three places of Anna's day, and a promise that needs no place."""
	story.settings(rep_capacity=3, exploring_share=0)
	wait(story, "Big Idle", story.idle, 900)
	wait(story, "Middle Idle", story.idle, 800)
	wait(story, "Small Helps", story.helps, 300)
	wait(story, "Other Helps", story.helps, 200)


def a_night(story, known=True):
	"""What a night does after the values: learn, decide, ask."""
	run = frappe.get_doc({"doctype": "Care Run", "as_of": story.today, "status": "Running"}).insert()
	if known:
		learned.keep(run.name, story.today)
	night = frappe._dict(
		as_of=story.today,
		settings=frappe.get_doc("Keep Customers Settings"),
		warnings=[],
		aside=planning.Aside(),
	)
	doing = planning.Planning(night)
	doing._decide()
	if doing.orders:
		frappe.db.set_value("Care Run", run.name, "orders", json.dumps(doing.orders))
	doing.create_todos()
	assert not night.aside.left
	frappe.db.set_value("Care Run", run.name, "status", "Completed")
	return asked(story)


def todo_of(name):
	return frappe.get_doc("ToDo", {"reference_name": f"{PREFIX} {name}", "status": "Open"})


def is_today(story, module):
	return patch.object(module, "getdate", lambda day=None: getdate(day) if day else story.today)


def asked(story):
	rows = frappe.get_all(
		"Follow Up",
		{"assigned_on": story.today},
		["customer", "came_first"],
		order_by="turn_worth desc, name",
	)
	return {row.customer.removeprefix(f"{PREFIX} "): row.came_first or "" for row in rows}


# What is known


def test_what_contacts_of_each_rule_change(firm):
	found = learned.change(firm.today)
	assert found.rules == [firm.helps, firm.idle] and found.customers == [[30, 30], [30, 30]]
	assert found.mean[:2] == pytest.approx([0.4, 0], abs=0.02) and 0 < found.mean[2] < 0.4
	assert found.belief.told_apart and found.times == 1
	assert str(found.first_over) == str(firm.days_ago(100) + timedelta(days=91))


def test_what_was_at_risk_before_the_reporting_currency_was_changed_is_told_in_the_new_one(firm):
	before = learned.change(firm.today).mean
	rate(0.125, get_first_day(getdate()))
	of_helps = {"care_rule": firm.helps, "arm": ("is", "set")}
	frappe.db.set_value("Follow Up", of_helps, {"risk_then": 8000, "currency": "CNY"})
	assert learned.change(firm.today).mean == pytest.approx(before)


def test_bounds_of_what_contacts_change_also_of_a_note_from_before_there_were_any(firm):
	run = frappe.get_doc({"doctype": "Care Run", "as_of": firm.today, "status": "Completed"}).insert().name
	found = learned.keep(run, firm.today)
	rules = {one.name: one for one in orders.compared(1, firm.today).rules}
	for name, low, mean, high in zip(found.rules, found.low, found.mean, found.high, strict=False):
		assert low < mean < high and high - low < 0.1
		assert (rules[name].low, rules[name].high) == (low, high)
	assert rules[""].high - rules[""].low > 0.5, "of any other rule there is only what rules do"
	older = {key: value for key, value in found.__dict__.items() if key not in ("low", "high")}
	frappe.db.set_value("Care Run", run, "learned", json.dumps(older))
	assert learned.kept(firm.today).low is None
	for one in orders.compared(1, firm.today).rules:
		assert one.low < one.mean < one.high


def test_only_whose_turn_came_at_once_are_compared(firm):
	frappe.db.set_value("Follow Up", {"care_rule": firm.idle, "arm": "Held Back"}, "turn_came", 0)
	found = learned.change(firm.today)
	assert found.customers == [[30, 30], [30, 0]] and not found.belief.told_apart


def test_who_was_contacted_twice_had_twice_as_much(firm):
	once = learned.change(firm.today).mean[0]
	again = [(f"{PREFIX} Helps {at:02}", False) for at in range(30, 60)]
	drawn(firm, again, firm.helps, ago=90, turn_came=0)
	assert learned.change(firm.today).mean[0] == pytest.approx(once / 2, rel=0.1)


def test_what_was_never_sent_is_no_contact(firm):
	"""The same person was greeted for another customer; nobody was asked, and nothing went out."""
	unsent = {"status": "Skipped", "hold_reason": "Greeted already", "turn_came": 0}
	for name in ("Helps", "Idle"):
		alike = {"care_rule": f"{PREFIX} {name}", "arm": "Cared For"}
		customers = frappe.get_all("Follow Up", alike, pluck="customer")
		drawn(firm, [(one, False) for one in customers], f"{PREFIX} {name}", ago=60, **unsent)
	assert learned.change(firm.today).mean[:2] == pytest.approx([0.4, 0], abs=0.02)


def test_the_night_learns_once_a_week_and_does_not_forget(firm):
	runs = [
		frappe.get_doc({"doctype": "Care Run", "as_of": firm.today, "status": "Failed"}).insert().name
		for _two in range(2)
	]
	first = learned.keep(runs[0], firm.today)
	for at in range(30):
		frappe.db.set_value("Sales Invoice", {"customer": f"{PREFIX} Helps {at:02}"}, "base_net_total", 9999)
	# The run was killed, and the next one goes by the same.
	assert learned.keep(runs[1], firm.today) == first == learned.kept(firm.today)
	assert not frappe.db.get_value("Care Run", runs[1], "learned")
	assert learned.keep(runs[1], firm.today + timedelta(days=7)) != first
	assert learned.kept(firm.today + timedelta(days=60)) is None, "nobody goes by what is out of date"
	frappe.db.set_value("Care Run", {"name": ("!=", "")}, "learned", "{}")
	assert learned.kept(firm.today) is None


# A full day


def test_by_default_a_full_day_goes_by_value_at_risk(firm):
	full_day(firm)
	assert a_night(firm) == {"Big Idle": "", "Middle Idle": "", "Small Helps": ""}
	todo = todo_of("Small Helps")
	assert FIRST not in todo.description


def test_by_what_a_contact_changes_if_the_admin_says_so(firm):
	full_day(firm)
	firm.settings(full_day_order=BY_CHANGE)
	assert a_night(firm) == {"Small Helps": HELPS, "Other Helps": HELPS, "Big Idle": STAKE}
	small = todo_of("Small Helps")
	big = todo_of("Big Idle")
	assert small.description.endswith(f"{FIRST}</p>") and MUCH in big.description
	assert small.keep_turn > big.keep_turn, "its place in the list is that of the order"
	assert "ontrol" not in small.description + big.description
	waits = frappe.db.get_value("Follow Up", {"customer": f"{PREFIX} Middle Idle"}, ["status", "hold_reason"])
	assert waits == ("Planned", "Rep's capacity")


def test_who_speaks_chinese_reads_it_in_chinese(firm):
	full_day(firm)
	firm.settings(full_day_order=BY_CHANGE)
	frappe.db.set_value("User", ANNA, "language", "zh")
	frappe.clear_cache(user=ANNA)
	a_night(firm)
	small = todo_of("Small Helps")
	assert "之所以排在前面" in small.description and FIRST not in small.description


def test_a_promise_keeps_its_place(firm):
	full_day(firm)
	firm.settings(full_day_order=BY_CHANGE)
	touch = frappe.get_doc(
		{"doctype": "Customer Touch", "customer": f"{PREFIX} Helps 00", "channel": "Phone", "result": "Reached", "rep": ANNA}
	).insert()  # fmt: skip
	wait(firm, "Promised", None, 1, reference_doctype="Customer Touch", reference_name=touch.name)
	assert a_night(firm)["Promised"] == ""


def test_a_night_that_is_killed_asks_for_the_same(firm):
	full_day(firm)
	for at in range(6):
		wait(firm, f"More {at}", (firm.helps, firm.idle)[at % 2], 100 + at)
	firm.settings(full_day_order=BY_CHANGE, exploring_share=50, rep_capacity=4)
	frappe.db.commit()
	whole = a_night(firm)
	assert len(whole) == 4
	for todo in firm.todos(ANNA):
		frappe.delete_doc("ToDo", todo.name)
	frappe.db.set_value(
		"Follow Up", {"assigned_on": firm.today},
		{"status": "Planned", "assigned_on": None, "todo": None, "hold_reason": "", "came_first": "", "turn_worth": 0},
	)  # fmt: skip

	class Killed(BaseException):
		pass

	made, create = [], planning.todos.create

	def killed(rows, *args):
		if len(made) == 2:
			raise Killed
		made.append(rows[0].customer)
		return create(rows, *args)

	with (
		patch.object(planning.todos, "create", killed),
		patch.object(planning, "COMMIT_EVERY", 1),
		pytest.raises(Killed),
	):
		a_night(firm)
	frappe.db.rollback()
	assert len(asked(firm)) == 2 and asked(firm).items() <= whole.items()
	assert a_night(firm) == whole


def test_what_is_tried_out_says_so_in_a_reps_words(firm):
	new = firm.rule("New", channel="Visit", **NEVER).name
	belief = learned.change(firm.today).belief

	def draws_much(day):
		drawn = Learned((firm.helps, firm.idle), belief, 100, str(day)).tried(ANNA)
		return day.weekday() < 5 and drawn[""] * 290 > drawn[firm.helps] * 300

	# Of the new rule nothing is known: one night it is drawn that it may help more.
	firm.today = next(day for day in map(firm.days_ago, range(0, -30, -1)) if draws_much(day))
	firm.settings(rep_capacity=1, full_day_order=BY_CHANGE, exploring_share=100)
	wait(firm, "Small Helps", firm.helps, 300)
	wait(firm, "New", new, 290, channel="Visit")
	assert a_night(firm) == {"New": TRIED}
	[todo] = firm.todos(ANNA)
	assert todo.description.endswith("We are trying whether a visit helps here.</p>")
	assert because({"came_first": TRIED, "channel": "Phone"}) == "We are trying whether a call helps here."
	assert because({"came_first": TRIED, "channel": "Email"}) == "We are trying whether a contact helps here."


def test_switching_it_off_returns(firm):
	full_day(firm)
	firm.settings(full_day_order=BY_CHANGE)
	a_night(firm)
	turn = todo_of("Small Helps").keep_turn
	firm.settings(full_day_order=BY_RISK)
	planning.stakes.keep_right()
	small = todo_of("Small Helps")
	big = todo_of("Big Idle")
	assert small.keep_turn < turn and small.keep_turn < big.keep_turn
	wait(firm, "Next Idle", firm.idle, 700, rep=BEN)
	wait(firm, "Next Helps", firm.helps, 100, rep=BEN)
	firm.settings(rep_capacity=1)
	assert a_night(firm)["Next Idle"] == ""


# Switching it on


def test_without_two_rules_that_hold_back_it_cannot_be_switched_on(story):
	story.rule("Only", control_share=20)
	with pytest.raises(frappe.ValidationError, match=r"at least two Care Rules.*Now it is 1"):
		story.settings(full_day_order=BY_CHANGE)
	assert frappe.db.get_single_value("Keep Customers Settings", "full_day_order") == BY_RISK


def test_before_there_is_evidence_the_order_stays_and_how_long_is_said(story):
	for name in ("One", "Two"):
		rule = story.rule(name, control_share=20, **NEVER)
		customers = story.customers(*(f"{name} {at}" for at in range(4)))
		drawn(story, [(customer, at < 2) for at, customer in enumerate(customers)], rule.name, ago=20)
	run = frappe.get_doc({"doctype": "Care Run", "as_of": story.today, "status": "Completed"}).insert()
	learned.keep(run.name, story.today)
	frappe.clear_messages()
	with is_today(story, learned):
		story.settings(full_day_order=BY_CHANGE)
	[told] = [
		one.message for one in map(frappe._dict, frappe.get_message_log()) if "Until then" in one.message
	]
	assert "90 days are over on" in told
	assert learned.of_today(story.today, 20) is None
	story.helps, story.idle = f"{PREFIX} One", f"{PREFIX} Two"
	story.completed_yesterday()
	full_day(story)
	assert a_night(story) == {"Big Idle": "", "Middle Idle": "", "Small Helps": ""}


def test_exploring_is_a_share(story):
	with pytest.raises(frappe.ValidationError, match="between 0 and 100"):
		story.settings(exploring_share=101)


# Who is told


def test_the_report_compares_both_orders(firm):
	full_day(firm)
	a_night(firm)
	with is_today(firm, orders_compared):
		told = frappe.get_doc("Report", REPORT).execute_script_report({})
	_columns, rows, message, _chart, summary = told[:5]
	by_rule = {row["care_rule"]: row for row in rows}
	helps, idle = by_rule[firm.helps], by_rule[firm.idle]
	assert (helps["places_by_risk"], helps["places_by_change"]) == (1, 2)
	assert (idle["places_by_risk"], idle["places_by_change"]) == (2, 1)
	assert (
		helps["low"] < helps["change"] < helps["high"] and helps["gain_by_change"] > helps["gain_by_risk"] > 0
	)
	assert helps["gain_by_change"] == pytest.approx(helps["gain_by_risk"] * 500 / 300, rel=0.01)
	assert "goes by value at risk" in message and "changes the most" in message
	assert {one["label"]: one["value"] for one in summary}["Nights Compared"] == 1
	called = frappe.rename_doc("Care Rule", firm.helps, f"{PREFIX} Helps Anew")
	with is_today(firm, orders_compared):
		told = frappe.get_doc("Report", REPORT).execute_script_report({})
	anew = {row["care_rule"]: row for row in told[1]}
	same = ("change", "places_by_risk", "places_by_change", "gain_by_change", "helps")
	assert firm.helps not in anew and all(anew[called][one] == helps[one] for one in same)
	# That night reported in another currency.
	rate(0.125, get_first_day(firm.today))
	frappe.db.set_value("Care Run", {"orders": ("is", "set")}, "parameters", '{"currency": "CNY"}')
	in_todays = {one.name: one.by_change[1] for one in orders.compared(1, firm.today).rules}
	assert in_todays[called] == pytest.approx(helps["gain_by_change"] / 8, rel=0.001)


def test_over_http_reps_get_the_sentence_and_nothing_of_the_trial(firm, server):
	full_day(firm)
	firm.settings(full_day_order=BY_CHANGE)
	a_night(firm)
	frappe.db.commit()
	rep, other, manager, intruder = (Browser(server, user) for user in (ANNA, BEN, MIA, EVE))
	todo = todo_of("Small Helps")
	told = rep.call("keep_customers.care.rep_help.for_todo", todo=todo.name)
	assert told.json()["message"]["comes_first"] == FIRST and "ontrol" not in told.text
	[shown] = rep.call(
		"frappe.client.get_list",
		doctype="Follow Up",
		fields=["*"],
		filters={"customer": f"{PREFIX} Small Helps"},
	).json()["message"]
	assert shown["came_first"] == HELPS
	assert not {"arm", "control_share", "risk_then", "turn_came", "turn_worth"} & set(shown)
	# Frappe 15 lets anybody filter by what they may not read; who is held back is in no list of a rep all the same.
	asked = rep.call(
		"frappe.client.get_list", doctype="Follow Up", filters={"turn_came": 1}, limit_page_length=0
	)
	held_back = set(frappe.get_all("Follow Up", {"arm": "Held Back"}, pluck="name"))
	assert held_back and asked.status_code in (200, 403, 417)
	assert asked.status_code != 200 or not held_back & {row["name"] for row in asked.json()["message"]}
	for who in (other, intruder):
		assert FIRST not in who.call("keep_customers.care.rep_help.for_todo", todo=todo.name).text
	ask = {"report_name": REPORT, "filters": {}}
	assert rep.call("frappe.desk.query_report.run", **ask).status_code == 403
	assert intruder.call("frappe.desk.query_report.run", **ask).status_code == 403
	assert manager.call("frappe.desk.query_report.run", **ask).status_code == 200
	assert rep.call("keep_customers.evidence.learned.order_of_a_full_day").status_code == 403
	assert rep.call("frappe.client.get_list", doctype="Care Run", fields=["learned"]).status_code == 403
