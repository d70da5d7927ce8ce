"""Forecast Check: how right a policy's forecasts were, once a month, and the one that its values follow."""

import json
from dataclasses import dataclass
from datetime import date
from time import perf_counter

import frappe
import numpy as np
from frappe import _
from frappe.utils import add_months, cint, get_first_day, getdate

from keep_customers.engine.forecasts import choice, scores
from keep_customers.engine.forecasts.past import came_after, known_at
from keep_customers.engine.forecasts.tonight import YEAR, Checked
from keep_customers.engine.value import Purchases
from keep_customers.erp.attempts import attempt
from keep_customers.erp.language import site_language
from keep_customers.erp.said import read_out
from keep_customers.erp.todos import notify_managers
from keep_customers.worth.ledger import Lens

DOCTYPE = "Forecast Check"
LONGEST_NAME = 120  # characters of a policy's name in a check's


@dataclass(frozen=True)
class InUse:
	"""
	:param check: the Forecast Check's name
	:param forecast: the candidate's
	:param of: what it was learned of, see :func:`learned_of`
	"""

	check: str
	forecast: str
	checked: Checked
	of: str = ""


def learned_of(currency: str, lens: Lens) -> str:
	"""Amounts of another currency, of sales or profit, or of another company's: a forecast says nothing of those."""
	return f"{currency}|{lens.basis}|{lens.company or ''}"


def call_company_anew(name: str, old: str, new: str) -> None:
	"""What a check was learned of is the same, whatever the company is called."""
	try:
		saved = json.loads(frappe.db.get_value(DOCTYPE, name, "parameters") or "{}")
		currency, basis, company = saved["of"].split("|", 2)
	except (ValueError, KeyError, TypeError, AttributeError):
		return  # from before it was noted, or somebody has been at it
	if company == old:
		parameters = json.dumps({**saved, "of": f"{currency}|{basis}|{new}"})
		frappe.db.set_value(DOCTYPE, name, "parameters", parameters, update_modified=False)


def named(name: str, of: str) -> InUse | None:
	"""None where there is none, it was learned of something else, or somebody has been at its parameters.

	:param of: see :func:`learned_of`
	"""
	found = frappe.db.get_value(DOCTYPE, name, ["forecast", "parameters", "currency"], as_dict=True)
	if not found:
		return None
	try:
		saved = json.loads(found.parameters or "{}")
		# Those from before it was noted have their currency.
		known, asked = (saved["of"], of) if "of" in saved else (found.currency, of.split("|")[0])
		return InUse(name, found.forecast, Checked.from_dict(saved), of) if known == asked else None
	except (ValueError, KeyError, TypeError):
		return None


def of_month(policy: str, day: date, of: str) -> InUse | None:
	names = frappe.get_all(DOCTYPE, {"policy": policy, "month": get_first_day(day)}, pluck="name")
	return named(names[0], of) if names else None


def latest(policy: str, day: date, of: str) -> InUse | None:
	"""The newest one that was made up to a day's month."""
	names = frappe.get_all(
		DOCTYPE,
		{"policy": policy, "month": ("<=", get_first_day(day))},
		pluck="name",
		order_by="month desc",
		limit=1,
	)
	return named(names[0], of) if names else None


def make(policy: str, log: Purchases, as_of: date, currency: str, lens: Lens, tell: bool) -> InUse:
	"""Compare the candidates, choose, and write the month's check down.

	:param log: what the policy's customers have bought, of :func:`keep_customers.engine.value.by_day`
	:param tell: whether managers hear of a grade that has fallen
	"""
	start, today, month = perf_counter(), as_of.toordinal(), get_first_day(as_of)
	of = learned_of(currency, lens)
	before = latest(policy, as_of, of)
	chosen = choice.choose(log, today, YEAR, before.forecast if before else "")
	checked = Checked.of(log, today, chosen.name)
	said = checked.year.say(known_at(log, today, YEAR), YEAR)
	values = {
		"policy": policy,
		"month": month,
		"checked_on": as_of,
		"grade": chosen.grade,
		"grade_before": frappe.db.get_value(DOCTYPE, before.check, "grade") if before else "",
		"customers": len(said.value),
		"forecast": chosen.name,
		"instead_of": chosen.instead_of,
		"why": why(chosen),
		"candidates": candidates(chosen),
		"currency": currency,
		"ahead_value": float(np.round(said.value.sum(), 2)),
		"ahead_purchases": float(np.round(said.purchases.sum(), 2)),
		"parameters": json.dumps({**checked.as_dict(), "of": of}),
		**_what_came(policy, log, as_of, chosen, of),
	}
	values["seconds"] = round(perf_counter() - start, 1)
	name = f"{policy[:LONGEST_NAME]} {month:%Y-%m}"

	def write() -> str:
		# One that cannot be read is made anew; another policy may have had this name.
		for old in frappe.get_all(DOCTYPE, {"policy": policy, "month": month}, pluck="name"):
			frappe.db.delete(DOCTYPE, {"name": old})
			frappe.db.delete("Forecast Check Candidate", {"parent": old})
		taken = frappe.db.exists(DOCTYPE, name)
		doc = frappe.get_doc({"doctype": DOCTYPE, **values})
		# Nobody may write checks by hand.
		doc.insert(
			ignore_permissions=True, set_name=f"{name} {frappe.generate_hash(length=4)}" if taken else name
		)
		if tell and chosen.grade and values["grade_before"] and chosen.grade > values["grade_before"]:
			notify_managers(
				DOCTYPE,
				doc.name,
				_("The forecasts of {0} have become worse: grade {1}, before {2}.").format(
					policy, chosen.grade, values["grade_before"]
				),
			)

		return doc.name

	return InUse(attempt(write), chosen.name, checked, of)


def _what_came(policy: str, log: Purchases, as_of: date, chosen: choice.Choice, of: str) -> dict:
	"""The forecast of a year ago against what came; where none was made, what would have been said at a past day."""
	made = frappe.get_all(
		DOCTYPE,
		{"policy": policy, "checked_on": ("<=", add_months(as_of, -12))},
		["name", "checked_on"],
		order_by="checked_on desc",
		limit=1,
	)
	then = named(made[0].name, of) if made else None
	if then:
		day = getdate(made[0].checked_on).toordinal()
		known = known_at(log, day, YEAR)
		said, came = then.checked.year.say(known, YEAR), came_after(log, known, day, YEAR)
		score = scores.score(said.value, said.buys, said.purchases, came.value, came.purchases)
		return _compared(day, YEAR, True, score, said.purchases.sum(), came.purchases.sum())
	if not chosen.table:
		return {}
	day, horizon = chosen.dates[0]
	known = known_at(log, day, horizon)
	came = came_after(log, known, day, horizon)
	score = chosen.table[chosen.name][0]
	number = came.purchases.sum()
	return _compared(day, horizon, False, score, score.purchases * number if number else 0, number)


def _compared(day: int, horizon: int, was_made: bool, score: scores.Score, expected, came) -> dict:
	return {
		"compared_from": date.fromordinal(day),
		"compared_days": horizon,
		"was_made": cint(was_made),
		"expected_value": round(sum(pair[0] for pair in score.tenths), 2),
		"came_value": round(sum(pair[1] for pair in score.tenths), 2),
		"expected_purchases": round(float(expected), 2),
		"came_purchases": float(came),
		"tenths": json.dumps([[round(value, 2) for value in pair] for pair in score.tenths]),
	}


def candidates(chosen: choice.Choice) -> list[dict]:
	"""A row each, the best first: means over the past days."""

	def mean(values) -> float:
		known = [value for value in values if np.isfinite(value)]
		return float(np.mean(known)) if known else 0.0

	rows = [
		{
			"candidate": name,
			"in_use": cint(name == chosen.name),
			"points": round(mean(chosen.points[name]), 2),
			"top_20": round(100 * mean([score.top_20 for score in of_one]), 2),
			"top_5": round(100 * mean([score.top_5 for score in of_one]), 2),
			"log_loss": round(mean([score.log_loss for score in of_one]), 4),
			"purchases": round(100 * mean([score.purchases for score in of_one]), 1),
			"value": round(100 * mean([score.value for score in of_one]), 1),
			"dates": len(of_one),
		}
		for name, of_one in chosen.table.items()
	]
	return sorted(rows, key=lambda row: -row["points"])


def whys(language: str | None) -> dict[str, str]:
	"""Why a forecast was chosen -> its sentence; None is the language of the moment."""
	return {
		choice.NO_HISTORY: _(
			"There is too little history to look back on. {0} serves most companies well.", language
		),
		choice.FEW: _(
			"With fewer than {0} customers no comparison says anything. {1} serves most companies well.",
			language,
		),
		choice.BETTER: _(
			"On most of {0} past days {1} would have been clearly better than {2}, by {3} points on average.",
			language,
		),
		choice.FIRST: _("Compared on {0} past days: none would have been clearly better than {1}.", language),
		choice.STAYS: _("{1} stays: on {0} past days none would have been clearly better.", language),
	}


def why(chosen: choice.Choice) -> str:
	"""Why this forecast and no other, in a sentence."""
	name, days = chosen.name, len(chosen.dates)
	values = {choice.NO_HISTORY: (name,), choice.FEW: (choice.FEWEST, name)}.get(chosen.why, (days, name))
	if chosen.why == choice.BETTER:
		values += (chosen.instead_of, _apart(chosen))
	return whys(None)[chosen.why].format(*values)


def retold(text: str | None) -> str | None:
	"""What :func:`why` has said in the site's language, in the reader's; as it stands if it is something else."""
	if not text or site_language() == frappe.local.lang:
		return text
	for kind, sentence in whys(site_language()).items():
		if found := read_out(sentence, text):
			return whys(None)[kind].format(*(found[place] for place in sorted(found)))
	return text


def _apart(chosen: choice.Choice) -> str:
	points = chosen.points
	return f"{np.mean(points[chosen.name]) - np.mean(points[chosen.instead_of]):.1f}"


def meaning(grade: str) -> str:
	"""What a grade says, against the list of last year's best customers."""
	return {
		"A": _("A: far better than last year's revenue, the list that any spreadsheet has."),
		"B": _("B: better than last year's revenue, the list that any spreadsheet has."),
		"C": _("C: as good as last year's revenue, the list that any spreadsheet has."),
		"D": _(
			"D: somewhat worse than last year's revenue. Look at both lists before you decide whom to call."
		),
		"E": _("E: worse than last year's revenue. Trust that list until the grade is better."),
	}.get(grade) or _("No grade yet: it takes some months and customers to look back on.")
