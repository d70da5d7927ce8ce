"""What contacts change, as the planner goes by it: learned once a week in the night, kept on that night's Care Run.

A night that is killed and begun anew finds what it went by, and so does who asks by day.
"""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, isfinite

import frappe
import numpy as np
from frappe import _
from frappe.query_builder.functions import IfNull
from frappe.utils import escape_html, formatdate, getdate

from keep_customers.care import full_day
from keep_customers.engine.effect.learning import Belief, Learned, Turns, learn, until_apart
from keep_customers.engine.effect.outcomes import within
from keep_customers.erp.api import typed
from keep_customers.erp.language import counted
from keep_customers.erp.reports import about
from keep_customers.erp.tables import FALLING, columns, to_ordinals
from keep_customers.evidence.drawn import Drawn, drawn
from keep_customers.evidence.effect import DAYS, VALUE, what_came

SETTINGS = "Keep Customers Settings"
WITHIN = DAYS[0]
ANEW = 7  # days after which it is learned anew
OUT_OF_DATE = 30  # days after which what was learned is not gone by any more
PACE = 90  # days of which it is taken how many customers come


@dataclass(frozen=True)
class Change:
	"""What was learned on a day.

	:param day: of it
	:param rules: names, in the order of all lists
	:param mean: what a contact of each rule is believed to change, as a share of the value at risk, and at the end of any
		other rule; with spread
	:param customers: (cared for, held back) of each rule, whose days are over
	:param running: how many are still within them
	:param first_over: when the first of them is known; None where there is nobody
	:param times: how many times as many customers it takes to tell rules apart, see :func:`until_apart`; None: not in sight
	:param pace: customers a day
	:param low: bounds of what a contact of each rule changes, with high; None of one of which nothing is known, and where they
		were not noted yet
	"""

	day: str
	rules: list[str]
	mean: list[float]
	spread: list[float]
	customers: list[list[int]]
	running: list[int]
	first_over: str | None
	times: float | None
	pace: float
	low: list[float | None] | None = None
	high: list[float | None] | None = None

	@property
	def belief(self) -> Belief:
		return Belief(np.array(self.mean, float), np.array(self.spread, float))

	@property
	def more(self) -> int | None:
		"""Customers in addition until rules are told apart; None where it is not in sight."""
		number = sum(map(sum, self.customers))
		return None if self.times is None or not number else ceil((self.times - 1) * number)


def of_today(today: date, exploring: int) -> Learned | None:
	"""What the planner goes by; None as long as rules are not told apart, and when nobody is held back any more."""
	found = kept(today)
	if not found or not found.belief.told_apart or len(holding_back()) < 2:
		return None
	return Learned(tuple(found.rules), found.belief, exploring, str(today))


def kept(today: date) -> Change | None:
	"""What was learned last."""
	run = frappe.qb.DocType("Care Run")
	rows = (
		frappe.qb.from_(run)
		.select(run.learned)
		.where(run.learned.isnotnull() & (run.learned != "") & (run.clock_was_wrong == 0))
		.where((run.as_of <= today) & (run.as_of > today - timedelta(days=OUT_OF_DATE)))
		.orderby(run.as_of, run.creation, order=FALLING)
		.limit(1)
	).run()
	try:
		return Change(**json.loads(rows[0][0])) if rows else None
	except (TypeError, ValueError):
		return None  # somebody has been at it


def keep(care_run: str, today: date) -> Change | None:
	"""Learn anew where it is time, and note it on the night's Care Run."""
	found = kept(today)
	if found and getdate(found.day) > today - timedelta(days=ANEW):
		return found
	if len(holding_back()) < 2:
		return None
	found = change(today)
	frappe.db.set_value("Care Run", care_run, "learned", json.dumps(found.__dict__, indent=1))
	return found


def call_rule_anew(old: str, new: str) -> None:
	"""What was learned of a rule is known of it, whatever it is called; of two that become one it is learned anew."""
	for run, noted in frappe.get_all(
		"Care Run", {"learned": ("is", "set")}, ["name", "learned"], as_list=True
	):
		try:
			found = Change(**json.loads(noted))
		except (TypeError, ValueError):
			continue  # somebody has been at it
		if old in found.rules and new not in found.rules:
			found.rules[found.rules.index(old)] = new
			anew = {"learned": json.dumps(found.__dict__, indent=1)}
			frappe.db.set_value("Care Run", run, anew, update_modified=False)


def change(today: date) -> Change:
	"""What is known today. Three queries, whatever the number of customers."""
	everybody = drawn()
	everybody = everybody.where(everybody.came)
	over = everybody.day + WITHIN < today.toordinal()
	those, rules = everybody.where(over), len(everybody.rules)
	after, before, most = what_came(VALUE, those, WITHIN, today)
	turns = Turns(those.rule, those.held, after, before, those.at_risk, _contacts(those), those.stratum)
	known = learn(turns, rules, most)
	times = until_apart(known)
	since = today.toordinal() - PACE
	return Change(
		str(today),
		everybody.rules,
		known.belief.mean.tolist(),
		known.belief.spread.tolist(),
		np.bincount(2 * those.rule + those.held, minlength=2 * rules).reshape(rules, 2).tolist(),
		np.bincount(everybody.rule[~over], minlength=rules).tolist(),
		str(date.fromordinal(int(everybody.day.min()) + WITHIN + 1)) if len(everybody.day) else None,
		times if isfinite(times) else None,
		float(np.count_nonzero(everybody.day > since)) / PACE,
		*([one if isfinite(one) else None for one in side.tolist()] for side in known.bounds),
	)


def _contacts(those: Drawn) -> np.ndarray:
	"""How often each was asked for by the rule within the days, or sent something by it."""
	follow_up = frappe.qb.DocType("Follow Up")
	query = frappe.qb.from_(follow_up).where(
		(follow_up.arm == "Cared For") & follow_up.assigned_on.isnotnull()
	)
	# What waited to go out by itself and did not, as somebody had these wishes already, say, has reached nobody.
	query = query.where((IfNull(follow_up.todo, "") != "") | follow_up.status.notin(["Skipped", "Cancelled"]))
	rules, customers, days = columns(query, follow_up.care_rule, follow_up.customer, follow_up.assigned_on)
	rule = {name: at for at, name in enumerate(those.rules)}
	customer = {name: at for at, name in enumerate(those.customers)}
	many = len(those.customers)
	pair = [rule.get(a, many) * many + customer.get(b, many) for a, b in zip(rules, customers, strict=True)]
	pair = np.array(pair, np.int64)
	who = those.rule * many + those.customer
	return within(who, those.day - 1, WITHIN + 1, pair, to_ordinals(days), np.ones(len(pair)))[0]


def in_words(today: date) -> tuple[bool, list[str]]:
	"""(whether a full day can go by it, how far it is in whole sentences)."""
	rules, found = holding_back(), kept(today)
	if len(rules) < 2:
		return False, [
			_(
				"What contacts change can only be learned if at least two Care Rules that are switched on leave a share of their customers alone: see “Held Back as Control (%)” there. Now it is {0}."
			).format(len(rules))
		]
	if not found:
		return False, [_("What contacts change is looked at in the next night.")]
	if found.belief.told_apart:
		best = found.rules[int(np.argmax(found.mean[:-1]))]
		return True, [
			_("The rules are told apart by what their contacts change: “{0}” changes the most.").format(best)
		]
	if not found.first_over:
		return False, [
			_("Nothing is known yet: it begins with the next contacts, and takes {0} days.").format(WITHIN)
		]
	if not any(map(sum, found.customers)):
		return False, [
			_("Nothing is known yet: the first customers' {0} days are over on {1}.").format(
				WITHIN, formatdate(found.first_over)
			)
		]
	if found.more is None:
		return False, [_("The rules cannot be told apart yet, and it is not in sight that they will be.")]
	days = ceil(found.more / found.pace) + WITHIN if found.pace else None
	sentence = _(
		"The rules cannot be told apart yet. If half of them change twice as much as the others, about {0} more customers will tell."
	).format(about(max(found.more, 1)))
	pace = days and counted(
		days, _("At today's pace that takes about a day."), _("At today's pace that takes about {0} days.")
	)
	return False, [sentence, *([pace] if pace else [])]


def check(settings) -> None:
	"""What an admin is told who has the day go by what was learned.

	Refused where nothing can ever be learned. Where it takes time, nobody has to come back for it: the order stays that of value
	at risk until there is something to go by, and this says how long that may be.

	:raises frappe.ValidationError: if fewer than two rules hold back a share
	"""
	known, sentences = in_words(getdate())
	if len(holding_back()) < 2:
		frappe.throw(" ".join(sentences), title=_("Order of a Full Day"))
	if not known:
		sentences.append(_("Until then the order stays that of value at risk."))
	frappe.msgprint(" ".join(map(escape_html, sentences)), title=_("Order of a Full Day"))


@frappe.whitelist()
@typed
def order_of_a_full_day() -> str:
	"""How far it is known what contacts change, for the settings.

	:raises frappe.PermissionError: for who may not read these
	"""
	frappe.has_permission(SETTINGS, "read", throw=True)
	known, sentences = in_words(getdate())
	if full_day.by_change() and not known:
		sentences.append(_("Until then the order stays that of value at risk."))
	return " ".join(sentences)


def holding_back() -> list[str]:
	"""Rules that are on and hold back a share; only by these anything can be learned."""
	return frappe.get_all(
		"Care Rule", filters={"enabled": 1, "control_share": (">", 0)}, pluck="name", order_by="name asc"
	)
