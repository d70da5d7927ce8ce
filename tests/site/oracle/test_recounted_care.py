"""What reps did, what customers complained about, and the month in a few lines: beside the same counted row by row."""

import random
from datetime import date, datetime, time, timedelta

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils import fmt_money

from keep_customers.care import at_risk, by_rep
from keep_customers.complaints import figures, over_time
from keep_customers.engine.complaint_figures import figures as complaint_figures
from keep_customers.evidence import letter
from keep_customers.worth import board, counts
from tests.site.oracle.nasty import ABROAD, RATES, SEED, TODAY, firm
from tests.site.oracle.test_recounted import after_a_night, only_stored_rates, pile_of  # noqa: F401
from tests.site.story import ANNA, BEN, MIA, PREFIX, once

SELLS, CARES, ASKS = (f"{PREFIX} {name}" for name in ("Sells", "Cares", "Asks"))
RATE = {"EUR": 1.0, "CNY": float(RATES["EUR"][ABROAD]), None: 1.0}
CAUSES = [f"{PREFIX} {name}" for name in ("Too Late", "Broken")]
MOMENTS = (time(0, 0), time(9, 30), time(23, 59, 59))


@once
def cared(story) -> None:
	after_a_night(story)
	any_, names = random.Random(SEED), sorted(firm().customers)
	for rule, trigger in ((SELLS, "Reorder Due"), (CARES, "Birthday"), (ASKS, "Silence")):
		row("Care Rule", rule, rule_name=rule, trigger=trigger, channel="Phone", due_in_days=7)
	for cause in CAUSES:
		row("Complaint Cause", cause, cause_name=cause)

	def day(back: int = 90, ahead: int = 10) -> date:
		return any_.choice(
			[
				TODAY,
				date(2024, 1, 31),
				date(2024, 2, 1),
				date(2023, 12, 31),
				TODAY - timedelta(days=any_.randint(-ahead, back)),
			]
		)

	def moment() -> datetime:
		return datetime.combine(day(), any_.choice(MOMENTS))

	follow_ups = []
	for number in range(90):
		status = any_.choice(["Planned", "Assigned", "Late", "Done", "Done", "Skipped", "Cancelled"])
		due = day()
		follow_ups.append(
			row(
				"Follow Up", f"{PREFIX} F{number}", customer=any_.choice(names), status=status, due_date=due,
				assigned_to=any_.choice([ANNA, BEN, MIA, None, ""]), care_rule=any_.choice([SELLS, CARES, ASKS, None]),
				done_on=due + timedelta(days=any_.randint(-3, 3)) if status == "Done" else None,
				hold_reason=any_.choice(["Too late", "Not visited", "Contact cap"]) if status == "Skipped" else "",
				todo=any_.choice([f"{PREFIX} ToDo", None, ""]), send_status=any_.choice(["", None, "Sent"]),
				reference_doctype=any_.choice([None, "Complaint Case", "Sales Invoice"]), occurrence=f"{number}",
			)
		)  # fmt: skip
	for number in range(90):
		row(
			"Customer Touch", f"{PREFIX} T{number}", customer=any_.choice(names), date=moment(), channel="Phone",
			rep=any_.choice([ANNA, BEN, MIA]), result=any_.choice(["Reached", "Not Reached", "Refused"]),
			satisfaction=any_.choice([0, 0.2, 0.6, 1]), follow_up=any_.choice([*(one.name for one in follow_ups), None]),
			cost_kind=any_.choice(["Gift", "Meal"]), cost=any_.choice([0, any_.randint(1, 9999) / 100]),
			cost_currency=any_.choice(["EUR", "CNY", None]),
		)  # fmt: skip
	for number in range(60):
		answered, solved = any_.choice([None, moment()]), any_.choice([None, moment()])
		row(
			"Complaint Case", f"{PREFIX} C{number}", customer=any_.choice(names), subject=f"{number}", status="Closed",
			opened_on=moment(), cause=any_.choice([*CAUSES, None, ""]), severity=any_.choice(["Normal", "High"]),
			answered_on=answered, answer_late=int(bool(answered) and any_.random() < 0.3),
			answer_minutes=any_.randint(1, 300) if answered else 0, solved_on=solved,
			solve_late=int(bool(solved) and any_.random() < 0.3), solve_minutes=any_.randint(1, 3000) if solved else 0,
			repeat_of=any_.choice([None, "", f"{PREFIX} C0"]), compensation_cost=any_.choice([0, any_.randint(1, 9999) / 100]),
			currency=any_.choice(["EUR", "CNY"]),
		)  # fmt: skip
	frappe.db.commit()


def row(doctype, name, **values):
	"""A document as it stands in the database, whatever its own life would say of it."""
	doc = frappe.get_doc({"doctype": doctype, "name": name, **values})
	doc.db_insert()
	return doc


def read(doctype) -> list:
	return frappe.get_all(doctype, {"name": ("like", f"{PREFIX}%")}, ["*"])


def readers():
	"""(user, whom they may read)"""
	names = sorted(firm().customers)
	yield "Administrator", set(names)
	for name in names[::2]:
		add_user_permission("Customer", name, BEN)
	yield BEN, set(names[::2])


PERIODS = [
	(date(2024, 2, 1), TODAY), (date(2024, 1, 1), date(2024, 1, 31)), (TODAY, TODAY), (date(2023, 12, 1), date(2024, 3, 20)),
]  # fmt: skip


def test_care_by_rep(story):
	cared(story)
	touches, follow_ups = read("Customer Touch"), {one.name: one for one in read("Follow Up")}

	def plainly(mine, since, until) -> dict:
		found = {}

		def of(rep):
			return found.setdefault(
				rep, {"contacts": 0, "reached": 0, "caring": 0, "on_time": 0, "late": 0, "stars": []}
			)

		for one in touches:
			if one.customer not in mine or not since <= one.date.date() <= until:
				continue
			mine_ = of(one.rep)
			asked = follow_ups.get(one.follow_up) or frappe._dict()
			mine_["contacts"] += 1
			mine_["reached"] += one.result != "Not Reached"
			mine_["caring"] += asked.care_rule in (CARES, ASKS) or asked.reference_doctype == "Complaint Case"
			if one.satisfaction:
				mine_["stars"].append(5 * one.satisfaction)
		for one in follow_ups.values():
			if one.customer not in mine or not since <= one.due_date <= until or not one.assigned_to:
				continue
			if one.send_status and not one.todo:
				continue  # a message that goes out by itself
			done = one.status == "Done"
			missed = one.status in ("Assigned", "Late") and one.due_date < TODAY
			missed |= (
				one.status == "Skipped" and one.hold_reason in ("Too late", "Not visited") and bool(one.todo)
			)
			mine_ = of(one.assigned_to)
			mine_["on_time"] += done and one.done_on <= one.due_date
			mine_["late"] += (done and one.done_on > one.due_date) or missed
		return found

	for user, mine in readers():
		frappe.set_user(user)
		for since, until in PERIODS:
			wanted = plainly(mine, since, until)
			for rep in (None, ANNA, BEN):
				told = by_rep.figures(since, until, TODAY, rep)
				assert set(told) == {name for name in wanted if rep in (None, name)}
				for name, one in told.items():
					stars = wanted[name].pop("stars") if "stars" in wanted[name] and rep is None else None
					for field in ("contacts", "reached", "caring", "on_time", "late"):
						assert int(one.get(field) or 0) == wanted[name][field], (user, since, name, field)
					if rep is None:
						assert one["satisfaction"] == (
							pytest.approx(sum(stars) / len(stars)) if stars else None
						)
					if rep or since != PERIODS[0][0]:
						continue
					lists = {
						which: len(by_rep.contacts(since, until, name, which, 500))
						for which in (by_rep.CONTACTS, by_rep.REACHED, by_rep.CARING)
					} | {
						which: len(by_rep.asked(since, until, TODAY, name, which, 500))
						for which in (by_rep.ON_TIME, by_rep.LATE)
					}
					assert list(lists.values()) == [
						wanted[name][field] for field in ("contacts", "reached", "caring", "on_time", "late")
					]


def test_complaints(story):
	cared(story)
	cases = read("Complaint Case")
	for user, mine in readers():
		frappe.set_user(user)
		for since, until in PERIODS:
			those = [one for one in cases if one.customer in mine and since <= one.opened_on.date() <= until]
			told = figures.cases({"from_date": since, "to_date": until})
			assert {one.name for one in told} == {one.name for one in those}, (user, since)
			sums = complaint_figures(told, datetime(2024, 3, 1))
			answered = [not one.answer_late for one in those if one.answered_on]
			assert sums["repeats"] == sum(bool(one.repeat_of) for one in those)
			assert sums["answered_in_time"] == (
				round(100 * sum(answered) / len(answered), 1) if answered else None
			)
			for each in over_time.MONTHS:
				periods = over_time.periods(since, until, each)
				lines = {line.key: line.counts for line in over_time.table({}, "cause", periods)}
				wanted = {}
				for one in those:
					at = [part.first <= one.opened_on.date() <= part.last for part in periods].index(True)
					wanted.setdefault(one.cause or "", [0] * len(periods))[at] += 1
				assert lines == wanted


def test_the_management_letter(story):
	cared(story)
	pile, cases = pile_of(firm()), read("Complaint Case")
	values = frappe.get_all("Customer Value", {"status": ("!=", "Not Ranked")}, ["*"])
	disabled = set(frappe.get_all("Customer", {"disabled": 1}, pluck="name"))

	def money(value):
		return fmt_money(value, precision=0, currency="EUR").replace(" ", letter.NO_BREAK)

	def month_of(day):
		return (day.year, day.month)

	for user, mine in readers():
		frappe.set_user(user)
		told = {line.line: (line.now, line.before) for line in letter.lines(date(2024, 2, 1), TODAY)}
		lost = [one for one in values if one.status == "Lost" and one.customer in mine - disabled]
		year = (
			sum(pile.sold(one.customer, one.last_purchase - timedelta(days=364), TODAY) for one in lost) / 100
		)
		assert told["Customers lost, and what they bought in a year"] == (
			f"{len(lost)} · {money(year)}",
			f"0 · {money(0)}",
		)
		risk = [one for one in values if one.status in ("Overdue", "At Risk") and one.customer in mine]
		assert told["All customers at risk today, and the value at risk"][0] == (
			f"{len(risk)} · {money(sum(one.value_at_risk for one in risk))}"
		)
		of_months = [
			[one for one in cases if one.customer in mine and month_of(one.opened_on) == month]
			for month in ((2024, 2), (2024, 1))
		]
		assert told["Complaints, and repeats among them"] == tuple(
			f"{len(those)} · {sum(bool(one.repeat_of) for one in those)}" for those in of_months
		)
		# Only February has a rate for the yuan.
		[february, _january] = of_months
		cost = sum(one.compensation_cost * RATE[one.currency] for one in february)
		assert told["Cost of compensation"][0] == money(cost)
		spent = sum(
			one.cost * RATE[one.cost_currency]
			for one in read("Customer Touch")
			if one.customer in mine and month_of(one.date) == (2024, 2)
		)
		[costs] = [now for line, (now, _before) in told.items() if line.startswith("Gifts, visits")]
		assert costs == money(spent)


def test_screens_that_count_the_same_customers(story):
	cared(story)
	values = frappe.get_all("Customer Value", {"status": ("!=", "Not Ranked")}, ["*"])
	for user, mine in readers():
		frappe.set_user(user)
		mine = [one for one in values if one.customer in mine]

		def many(field, value, mine=mine):
			return sum(one[field] == value for one in mine)

		for field in ("tier", "status"):
			assert counts.counted(field) == {name: many(field, name) for name in {one[field] for one in mine}}
		risk = [one for one in at_risk.totals({"status": "At Risk"})]
		assert sum(one.customers for one in risk) == many("status", "At Risk")
		assert {tier.tier: tier.number for tier in board.by_tier() if tier.number} == {
			name: many("tier", name) for name in {one.tier for one in mine}
		}
		rows = frappe.get_doc("Report", "Tier Overview").execute_script_report({})[1]
		assert sum(one.customers for one in rows) == len(mine)
		assert sum(one.current_value for one in rows) == pytest.approx(sum(one.current_value for one in mine))
