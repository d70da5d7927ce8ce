"""What was not useful, by rule and rep; what a rule could do better; days of quiet after a contact; groups left out."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import getdate

from keep_customers.care import quiet, rules, usefulness
from keep_customers.keep_customers.report.what_was_not_useful import what_was_not_useful
from tests.site.care.asked import as_user
from tests.site.care.test_contacts_seen import call, event, mail
from tests.site.story import ANNA, BEN, EVE, MIA, PREFIX
from tests.site.web import Browser


def judged(story, customer, rule, amount, because=None, ago=3, rep=ANNA, **more):
	day = story.days_ago(ago)
	ended = {"not_useful": because, "not_useful_on": day, "not_useful_by": rep, "status": "Cancelled"}
	doc = frappe.get_doc(
		{
			"doctype": "Follow Up", "customer": customer, "care_rule": rule, "occurrence": frappe.generate_hash(length=10),
			"assigned_to": rep, "assigned_on": day, "planned_on": day, "due_date": day, "amount": amount,
			**(ended if because else {"status": "Done", "done_on": day}), **more,
		}
	)  # fmt: skip
	doc.db_insert()
	return doc.name


@pytest.fixture
def calls(now):
	"""Thirty calls after purchases, by Anna and Ben: of the fifteen small ones twelve were not useful, of the large ones one."""
	firms = [now.customer(name) for name in ("Firm", "Other")]
	rule = now.rule(min_amount=2000).name
	for at in range(15):
		small = "No Need Now" if at < 12 else None
		judged(now, firms[0], rule, 2100 + at, small, rep=ANNA if at % 2 else BEN)
		judged(now, firms[1], rule, 5000 + at, "Wrong Person" if at < 1 else None, rep=BEN)
	now.rule_name, now.firms = rule, firms
	return now


def test_a_rule_is_told_what_would_have_spared_most(calls):
	found = usefulness.proposal(calls.rule_name)
	# 12 of 30: surely above a quarter only; it is not proposed.
	assert found is None
	for at in range(10):
		judged(calls, calls.firms[0], calls.rule_name, 2050 + at, "Already in Contact")
	found = usefulness.proposal(calls.rule_name)
	assert (found["judged"], found["useless"]) == (40, 22), "a wrong person is no fault of the rule"
	# 2,112 to 2,114 were useful; above the last useless one, 2,111, the next round amount is 2,200.
	assert found["values"] == {"min_amount": 2200} and (found["spared"], found["lost"]) == (22, 3)
	assert "minimum amount" in found["says"] and found["after"] <= found["before"]
	# Nothing has changed by itself; once it has, what the rule would not ask for any more says nothing of it.
	doc = frappe.get_doc("Care Rule", calls.rule_name)
	assert doc.min_amount == 2000
	doc.update({"min_amount": 2200}).save()
	assert usefulness.proposal(calls.rule_name) is None


def test_a_declined_proposal_comes_back_with_as_much_said_anew(calls):
	for at in range(10):
		judged(calls, calls.firms[0], calls.rule_name, 2050 + at, "Already in Contact")
	before = frappe.db.get_value("Care Rule", calls.rule_name, "modified")
	usefulness.decline(calls.rule_name)
	assert frappe.db.get_value("Care Rule", calls.rule_name, "modified") == before
	assert usefulness.proposal(calls.rule_name) is None
	frappe.db.set_value("Care Rule", calls.rule_name, "proposal_declined_on", calls.days_ago(10))
	assert usefulness.proposal(calls.rule_name)


@pytest.mark.parametrize("user", (ANNA, EVE))
def test_only_who_may_change_a_rule_is_told(calls, user):
	as_user(user)
	for ask in (usefulness.proposal, usefulness.decline):
		with pytest.raises(frappe.PermissionError):
			ask(calls.rule_name)


def test_who_is_held_back_does_not_count_and_a_rep_sees_their_own(calls):
	judged(calls, calls.firms[0], calls.rule_name, 3000, "Other", arm="Held Back", control_share=20)
	today = getdate()
	rows = usefulness.figures({}, today - timedelta(days=30), today, None)
	mine = {row.rep: (row.judged, row.useless, row.no_need, row.wrong_person) for row in rows}
	# Ben: 8 small ones (0, 2 … 14) of which 6 below 12, and the 15 large ones.
	assert mine == {ANNA: (7, 6, 6, 0), BEN: (23, 7, 6, 1)}
	as_user(ANNA)
	_columns, shown, *_rest = what_was_not_useful.execute({})
	assert {row.rep for row in shown} == {ANNA} and shown[0].judged == 7
	as_user("Administrator")
	frappe.permissions.add_user_permission("Customer", calls.firms[1], BEN, ignore_permissions=True)
	as_user(BEN)
	_columns, shown, *_rest = what_was_not_useful.execute({"rep": ANNA})
	assert [(row.rep, row.judged, row.useless) for row in shown] == [(BEN, 15, 1)]
	as_user(MIA)
	assert len(what_was_not_useful.execute({"care_rule": calls.rule_name})[1]) == 2


def test_over_http_a_rep_reads_of_their_own_contacts_and_nothing_of_who_is_held_back(calls, server):
	mine, theirs = calls.firms
	judged(calls, mine, calls.rule_name, 3000, "Other", arm="Held Back", control_share=20, rep=ANNA)
	frappe.permissions.add_user_permission("Customer", mine, ANNA, ignore_permissions=True)
	frappe.db.commit()
	ask = {"report_name": "What Was Not Useful", "filters": {"rep": BEN}}
	run = "frappe.desk.query_report.run"
	answer = Browser(server, ANNA).call(run, **ask)
	rows = [row for row in answer.json()["message"]["result"] if isinstance(row, dict)]
	assert [(row["rep"], row["judged"]) for row in rows] == [(ANNA, 7)]
	assert theirs not in answer.text
	refused = (
		Browser(server, EVE).call(run, **ask),
		Browser(server, ANNA).call("keep_customers.care.usefulness.proposal", rule=calls.rule_name),
	)
	assert [one.status_code for one in refused] == [403, 403]


def test_after_a_contact_a_rule_waits_until_its_days_are_over(now):
	firm, quiet_one = now.customer("Firm"), now.customer("Quiet")
	for name in (firm, quiet_one):
		now.history(name, [(2, 3000)])
	frappe.get_doc(
		{"doctype": "Customer Touch", "customer": firm, "rep": ANNA, "channel": "Phone", "result": "Reached",
		"date": now.days_ago(12)}
	).insert()  # fmt: skip
	rule = rules.of(frappe.get_doc("Care Rule", now.rule(quiet_days=14).name))
	rule.enabled_from = now.days_ago(30)
	rows = {row["customer"]: row for row in rules.due(rule, now.today)}
	# Contacted twelve days ago, bought two days ago: in two days the fourteen are over, and the call is not too late yet.
	assert rows[firm]["planned_on"] == now.today + timedelta(days=2)
	assert rows[firm]["due_date"] == now.today + timedelta(days=5)
	assert rows[quiet_one]["planned_on"] == now.days_ago(2)
	again = {**rows[firm], "planned_on": now.days_ago(2), "due_date": now.today}
	assert quiet.after_contacts(rule, [again]) == [], "by then a call about the purchase would be odd"
	[later] = quiet.after_contacts(rule, [{**again, "expires": 0}])
	assert (later["planned_on"], later["due_date"]) == tuple(now.today + timedelta(days=n) for n in (2, 4))


def test_a_rule_waits_after_what_the_host_knows_of_too(now):
	day = now.days_ago(3)
	ways = {
		"Called": lambda firm: call(day, ("Customer", firm)),
		"Written": lambda firm: mail(day, ("Customer", firm)),
		"Met": lambda firm: event(day, ("Customer", firm)),
		"By a Machine": lambda firm: mail(day, ("Customer", firm), communication_type="Automated Message"),
	}
	for name, how in ways.items():
		how(now.customer(name))
		now.history(f"{PREFIX} {name}", [(2, 3000)])
	rule = rules.of(frappe.get_doc("Care Rule", now.rule(quiet_days=7).name))
	rule.enabled_from = now.days_ago(30)
	planned = {
		row["customer"].removeprefix(f"{PREFIX} "): row["planned_on"] for row in rules.due(rule, now.today)
	}
	in_four_days = now.today + timedelta(days=4)
	assert planned == {
		"Called": in_four_days, "Written": in_four_days, "Met": in_four_days, "By a Machine": now.days_ago(2),
	}  # fmt: skip


def test_a_group_is_left_out_with_all_below_it(now):
	one, other = now.customer("Firm"), now.customer("Other")
	group = frappe.get_doc(
		{"doctype": "Customer Group", "customer_group_name": f"{PREFIX} Public", "is_group": 0,
		"parent_customer_group": frappe.db.get_value("Customer Group", {"is_group": 1, "parent_customer_group": ("is", "not set")})}
	).insert().name  # fmt: skip
	frappe.db.set_value("Customer", other, "customer_group", group)
	for name in (one, other):
		now.history(name, [(2, 3000)])
	doc = frappe.get_doc("Care Rule", now.rule(except_groups=[{"customer_group": group}]).name)
	for rule in (rules.of(doc), rules.read({"name": doc.name})[0]):
		assert [row["customer"] for row in rules.due(rule, now.today)] == [one]
