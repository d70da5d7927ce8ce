"""Whether care changes anything: figures worked out by hand, who is drawn when, and that reps do not learn who is held back."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import fmt_money

from keep_customers.engine.followups import in_control_group
from keep_customers.erp.reports import about
from keep_customers.evidence import learned
from keep_customers.evidence.effect import AGAIN, COMPLAINED, VALUE, effect
from keep_customers.patches.v0_2 import note_arms_of_follow_ups
from tests.site.story import ANNA, MIA, PREFIX, once
from tests.site.web import Browser

REPORT = "Effect of Care"


def run(**filters):
	"""Columns, rows, message, and the totals by their label."""
	columns, rows, message, _chart, summary = frappe.get_doc("Report", REPORT).execute_script_report(filters)[
		:5
	]
	return columns, rows, message, {one["label"]: one["value"] for one in summary}


def drawn(story, customer, rule, arm, ago=100, share=50, **values):
	"""A follow-up as it was planned so many days ago, of a rule that holds back a share."""
	frappe.get_doc(
		{
			"doctype": "Follow Up", "customer": customer, "customer_name": customer, "care_rule": rule, "arm": arm,
			"status": "Skipped" if arm == "Held Back" else "Done", "channel": "Phone", "planned_on": story.days_ago(ago),
			"hold_reason": "Control group" if arm == "Held Back" else "", "occurrence": frappe.generate_hash(length=8),
			"control_share": share, "due_date": story.days_ago(ago), "currency": "EUR", **values,
		}
	).insert()  # fmt: skip


@pytest.fixture
@once
def trial(now):
	"""Twelve were held back and bought for 90 or 110 afterwards, twelve were cared for and bought for 190 or 210."""
	rule = now.rule(control_share=50)
	for at, customer in enumerate(now.customers(*(f"Firm {at:02}" for at in range(24)))):
		held = at < 12
		amount = (100 if held else 200) + (10 if at % 2 else -10)
		# Before and on the day of the draw it is past; on the 90th day after it counts, on the 91st it does not.
		now.history(customer, [(300, 7777), (11, amount - 50), (10, 50), (9, 5555)])
		drawn(now, customer, rule.name, "Held Back" if held else "Cared For")
	frappe.db.commit()
	now.trial = rule.name
	return now


# The figures


def test_who_was_held_back_against_who_was_cared_for(trial):
	found = effect(VALUE, 90, trial.today)
	assert (found.rules, found.drawn.tolist()) == ([trial.trial], [[12, 12]])
	compared = found.each.compared
	assert compared.means.tolist() == [[200, 100]] and compared.effect[0] == pytest.approx(100)
	# Ten more or less each: 12 · (10 / (11/12))² / 12² and the same of both arms, once more by the smaller part.
	assert compared.variance[0] ** 0.5 == pytest.approx(4.5, abs=0.2)
	_columns, [row], message, totals = run(outcome=VALUE, days=90)
	assert (row["cared"], row["held"], row["running"], row["effect"]) == (12, 12, 0, 100)
	assert 70 < row["low"] < row["once_low"] < 100 < row["once_high"] < row["high"] < 130
	assert row["sentence"] == "More with care: {} on average, between {} and {}.".format(
		*(fmt_money(row[one], precision=0, currency="EUR") for one in ("effect", "low", "high"))
	)
	assert "90 days" in message and totals["Rules Whose Effect Is Known"] == 1
	_columns, [row], *_rest = run(outcome=VALUE, days=365)
	assert row["running"] == 24 and row["effect"] is None and row["sentence"].startswith("Too few")


def test_bought_again_and_complained(trial):
	_columns, [row], *_rest = run(outcome=AGAIN, days=90)
	assert (row["with_care"], row["without"]) == (100, 100) and row["low"] is None, (
		"all did: nothing to learn"
	)
	for at in range(8):
		trial.case(f"{PREFIX} Firm {at:02}", opened_on=f"{trial.days_ago(20)} 10:00:00")
	trial.case(f"{PREFIX} Firm 09", opened_on=f"{trial.days_ago(5)} 10:00:00")  # after the 90 days
	_columns, [row], *_rest = run(outcome=COMPLAINED, days=90)
	assert (row["with_care"], row["without"]) == (0, 66.67)
	assert row["sentence"].startswith("Too few customers, or it came too seldom"), "four in twelve to expect"


def test_not_known_yet_is_an_answer_and_says_how_many_more(now):
	rule = now.rule(control_share=50)
	for at, customer in enumerate(now.customers(*(f"Firm {at:02}" for at in range(24)))):
		now.history(customer, [(20, 100 * (1 + at % 4))])
		drawn(now, customer, rule.name, "Held Back" if at < 12 else "Cared For")
	_columns, [row], *_rest = run()
	assert row["effect"] == 0 and row["low"] < 0 < row["high"]
	assert row["more"] > 100 and f"About {about(row['more'])} more customers will tell." in row["sentence"]
	assert [about(number) for number in (1, 99, 101, 57_922)] == ["1", "99", "110", "58,000"]


def test_rules_side_by_side_and_all_together(trial):
	other = trial.rule("Other", control_share=50).name
	drawn(trial, f"{PREFIX} Firm 01", other, "Cared For")
	drawn(trial, f"{PREFIX} Firm 13", other, "Held Back", ago=20)
	_columns, rows, *_rest = run()
	assert [(row["label"], row["cared"], row["held"], row["running"]) for row in rows] == [
		("All Rules Together", 13, 12, 1), (trial.trial, 12, 12, 0), (other, 1, 0, 1),
	]  # fmt: skip
	assert rows[0]["effect"] == 100 and rows[2]["sentence"].startswith("Too few")
	assert rows[1]["low"] > 60 and rows[1]["once_low"] > rows[1]["low"], "two rules are looked at"


def test_what_a_deleted_rule_has_drawn_is_in_nobodys_way(trial):
	other = trial.rule("Other", control_share=50).name
	drawn(trial, f"{PREFIX} Firm 01", other, "Cared For")
	drawn(trial, f"{PREFIX} Firm 13", other, "Held Back", ago=20)
	frappe.delete_doc("Care Rule", other)
	_columns, [row], *_rest = run()
	assert (row["label"], row["cared"], row["held"]) == (trial.trial, 12, 12)
	assert learned.change(trial.today).rules == [trial.trial]


def test_the_first_draw_counts_whatever_came_later(trial):
	drawn(trial, f"{PREFIX} Firm 00", trial.trial, "Cared For", ago=95, share=10)
	assert effect(VALUE, 90, trial.today).drawn.tolist() == [[12, 12]]
	drawn(trial, f"{PREFIX} Firm 00", trial.trial, "Cared For", ago=101)
	assert effect(VALUE, 90, trial.today).drawn.tolist() == [[13, 11]]


def test_without_a_control_group_nothing_is_claimed(now):
	_columns, rows, message, totals = run()
	assert not rows and message.startswith("No Care Rule holds back") and not any(totals.values())


# The draw


def test_the_planner_draws_once_when_a_contact_is_planned(story):
	customers = story.customers(*(f"Firm {at}" for at in range(8)))
	for customer in customers:
		story.history(customer, [(3, 3000)])
	rule = story.rule(control_share=50)
	story.completed_yesterday()
	story.night()
	held = {one for one in customers if in_control_group(rule.name, one, 0.5)}
	assert 0 < len(held) < 8
	for row in story.follow_ups():
		assert (row.arm, row.control_share) == ("Held Back" if row.customer in held else "Cared For", 50)
		assert row.status == ("Skipped" if row.customer in held else "Assigned")
		assert row.risk_then == story.value(row.customer).value_at_risk
	before = {row.name for row in story.follow_ups()}
	# A share that changes later draws for what is planned later.
	frappe.db.set_value("Care Rule", rule.name, "control_share", 0)
	for customer in customers:
		story.invoice(customer, 3000)
	story.night(story.today + timedelta(days=8))
	later = [row for row in story.follow_ups() if row.name not in before]
	assert len(later) == 8 and {row.arm or "" for row in later} == {""}


def test_follow_ups_from_before_are_told_apart(now):
	rule = now.rule(control_share=50)
	arms = {}
	for name, reason, ago in (("Early", "", 50), ("Held", "Control group", 40), ("Cared", "", 30)):
		customer = now.customer(name)
		drawn(now, customer, rule.name, "", ago=ago, hold_reason=reason, control_share=0)
	for _twice in range(2):
		note_arms_of_follow_ups.execute()
		rows = now.follow_ups(care_rule=rule.name)
		arms = {row.customer.removeprefix(f"{PREFIX} "): (row.arm or "", row.control_share) for row in rows}
		assert arms == {"Early": ("", 0), "Held": ("Held Back", 50), "Cared": ("Cared For", 50)}


# Who is told


def test_over_http_no_rep_learns_who_is_held_back(now, server):
	rule = now.rule(control_share=50)
	held, cared = now.customer("Held"), now.customer("Cared")
	for customer in (held, cared):
		now.file(customer, dedicated_rep=ANNA)
	more = {"status": "Planned", "hold_reason": "", "reason": "Bought."}
	drawn(now, held, rule.name, "Held Back", ago=3)
	drawn(now, held, rule.name, "Held Back", ago=0, **more)
	drawn(now, cared, rule.name, "Cared For", ago=0, **more)
	frappe.db.commit()
	rep, manager = Browser(server, ANNA), Browser(server, MIA)
	[secret, *_others] = now.follow_ups(held)
	assert rep.resource("Follow Up", secret.name).status_code == 403
	assert manager.resource("Follow Up", secret.name).json()["data"]["arm"] == "Held Back"

	def listed(browser, **more):
		ask = {"doctype": "Follow Up", "fields": ["name", "customer"], "limit_page_length": 0, **more}
		return [row["customer"] for row in browser.call("frappe.client.get_list", **ask).json()["message"]]

	assert listed(rep) == [cared] and sorted(listed(manager)) == [cared, held, held]
	asked = rep.call("frappe.client.get_list", doctype="Follow Up", filters={"arm": "Held Back"})
	assert secret.name not in asked.text
	assert rep.call("frappe.client.get_count", doctype="Follow Up").json()["message"] == 1
	[shown] = rep.call("frappe.client.get_list", doctype="Follow Up", fields=["*"]).json()["message"]
	assert not {"arm", "control_share", "risk_then"} & set(shown)
	panel = rep.call("keep_customers.care.panel.customer_care", customer=held).json()["message"]
	assert panel["follow_ups"] == []
	for name, filters in (
		("Follow Ups Held Back", {"group_by": "Customer"}),
		("Follow Ups Held Back", {}),
		("Care Preview", {}),
	):
		ask = {"report_name": name, "filters": filters}
		told = rep.call("frappe.desk.query_report.run", **ask)
		assert told.status_code == (403 if name == "Care Preview" else 200)
		assert held not in told.text and "Control group" not in told.text, name
		assert "Control group" in manager.call("frappe.desk.query_report.run", **ask).text, name
	ask = {"report_name": REPORT, "filters": {}}
	assert rep.call("frappe.desk.query_report.run", **ask).status_code == 403
	assert manager.call("frappe.desk.query_report.run", **ask).status_code == 200
	for filters in ({"outcome": "Love"}, {"days": "7"}):
		assert (
			manager.call("frappe.desk.query_report.run", report_name=REPORT, filters=filters).status_code
			== 417
		)
	# A manager of some customers is shown nothing of all of them.
	frappe.get_doc(
		{"doctype": "User Permission", "user": MIA, "allow": "Customer", "for_value": cared}
	).insert()
	frappe.db.commit()
	assert manager.call("frappe.desk.query_report.run", **ask).status_code == 403
