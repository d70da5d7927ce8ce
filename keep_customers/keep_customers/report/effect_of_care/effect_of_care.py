import frappe
import numpy as np
from frappe import _
from frappe.utils import cint, flt, fmt_money, getdate

from keep_customers.access import control_group
from keep_customers.engine.effect.arms import CARED, HELD
from keep_customers.engine.effect.findings import LESS, UNKNOWN, WORTH_KNOWING, Findings
from keep_customers.engine.effect.intervals import LEAST
from keep_customers.erp.api import report, report_filters
from keep_customers.erp.reports import (
	GOOD,
	NEUTRAL,
	about,
	bars,
	column,
	count,
	currency,
	figure,
	listed,
	money,
)
from keep_customers.evidence.effect import DAYS, OUTCOMES, VALUE, Effect, effect

CHARTED = 12


@report
def execute(filters=None):
	"""Whether care changes anything: who was held back against who was cared for, by rule and all together.

	:raises frappe.PermissionError: for who may not read every customer, or not know of control groups
	"""
	filters = report_filters(filters)
	control_group.only_who_may_see_all()
	outcome, days = filters.outcome or VALUE, cint(filters.days) or DAYS[0]
	if outcome not in OUTCOMES or days not in DAYS:
		frappe.throw(_("Please choose what came of it, and within how many days."))
	found = effect(outcome, days, getdate())
	rows = rows_of(found, outcome)
	return columns(outcome), rows, message(found, outcome, days), chart(found, outcome), summary(found, rows)


def rows_of(found: Effect, outcome: str) -> list[dict]:
	"""One a rule, and one of all together where there are several."""
	rows = [
		{"care_rule": name, "label": name, **known(found.each, at, outcome, found.currency)}
		for at, name in enumerate(found.rules)
	]
	for at, row in enumerate(rows):
		row.update(
			cared=int(found.drawn[at, CARED]), held=int(found.drawn[at, HELD]), running=int(found.running[at])
		)
		row["opens"] = {
			"cared": listed("Follow Up", care_rule=row["care_rule"], arm="Cared For"),
			"held": listed("Follow Up", care_rule=row["care_rule"], arm="Held Back"),
		}
	rows.sort(key=lambda row: (-row["cared"] - row["held"], row["label"]))
	if len(rows) > 1:
		total = {field: sum(row[field] for row in rows) for field in ("cared", "held", "running")}
		every = known(found.every, 0, outcome, found.currency) | dict.fromkeys(
			("pooled", "pooled_low", "pooled_high")
		)
		rows.insert(
			0, {"label": _("All Rules Together", context="Effect of Care"), **every, **total, "bold": 1}
		)
	return rows


def known(found: Findings, at: int, outcome: str, in_currency: str) -> dict:
	"""What is known of a rule: numbers, and the same in a sentence; None where nothing is."""
	effect_, low, high = found.compared.effect[at], found.any_time[0][at], found.any_time[1][at]
	pooled, pooled_low, pooled_high = (one[at] for one in found.pooled)
	figures = {
		"with_care": found.compared.means[at, CARED], "without": found.compared.means[at, HELD],
		"effect": effect_ if np.isfinite(low) else np.nan, "low": low, "high": high,
		"once_low": found.once[0][at], "once_high": found.once[1][at],
		"pooled": pooled, "pooled_low": pooled_low, "pooled_high": pooled_high,
	}  # fmt: skip
	factor, more = (1 if outcome == VALUE else 100), found.more[at]
	row = {name: flt(value * factor, 2) if np.isfinite(value) else None for name, value in figures.items()}
	asked = found.claim[at] == UNKNOWN and np.isfinite(more)
	row.update(more=int(more) if asked else None, currency=in_currency)
	return row | {"sentence": sentence(row, int(found.claim[at]), bool(np.isinf(more)), outcome)}


def sentence(row: dict, claim: int, never: bool, outcome: str) -> str:
	"""What may be said: never a claim without its interval."""
	if row["low"] is None:
		return _(
			"Too few customers, or it came too seldom, to say anything: at least {0} on each side."
		).format(LEAST)
	low, high = (amount(row[field], row["currency"], outcome) for field in ("low", "high"))
	if claim == UNKNOWN and (never or row["more"] is None):
		return _("Not known yet: the difference is between {0} and {1}.").format(low, high)
	if claim == UNKNOWN:
		return _(
			"Not known yet: the difference is between {0} and {1}. About {2} more customers will tell."
		).format(low, high, about(max(row["more"], 1)))
	of = amount(row["effect"], row["currency"], outcome)
	if claim == LESS:
		return _("Less with care: {0} on average, between {1} and {2}.").format(of, low, high)
	return _("More with care: {0} on average, between {1} and {2}.").format(of, low, high)


def amount(value: float, in_currency: str, outcome: str) -> str:
	if outcome == VALUE:
		return fmt_money(value, precision=0, currency=in_currency)
	return f"{flt(value, 1)} %"


def columns(outcome: str) -> list[dict]:
	def figure_of(fieldname: str, label: str) -> dict:
		if outcome == VALUE:
			return money(fieldname, label, 120)
		return column(fieldname, label, "Percent", 110)

	return [
		column("label", _("Care Rule"), width=200),
		column("sentence", _("What We Know", context="Effect of Care"), width=680),
		count("cared", _("Cared For", context="Effect of Care")),
		count("held", _("Held Back", context="Effect of Care")),
		count("running", _("Still Running", context="Effect of Care")),
		figure_of("with_care", _("With Care", context="Effect of Care")),
		figure_of("without", _("Without", context="Effect of Care")),
		figure_of("effect", _("Difference", context="Effect of Care")),
		figure_of("low", _("At Least", context="Effect of Care")),
		figure_of("high", _("At Most", context="Effect of Care")),
		count("more", _("Customers Still Needed", context="Effect of Care"), 150),
		figure_of("pooled", _("With the Other Rules", context="Effect of Care")),
		figure_of("pooled_low", _("With Them, at Least", context="Effect of Care")),
		figure_of("pooled_high", _("With Them, at Most", context="Effect of Care")),
		figure_of("once_low", _("Looked at Once, at Least", context="Effect of Care")),
		figure_of("once_high", _("Looked at Once, at Most", context="Effect of Care")),
		currency(),
	]


def message(found: Effect, outcome: str, days: int) -> str:
	if not found.rules:
		return _(
			"No Care Rule holds back a share of its customers. Whether a rule helps is learned only by leaving some alone: see “Held Back as Control (%)” there."
		)
	said = [
		_(
			"Compared is who was drawn to be cared for with who was drawn to be held back, whatever became of it, {0} days after the first follow-up."
		).format(days),
		_("At Least and At Most hold for all rows at once with 95 % confidence, however often you look."),
		_("What is known is counted anew every Monday."),
		_("Customers still needed: until a difference of {0} % of what comes anyway is seen.").format(
			round(100 * WORTH_KNOWING)
		),
	]
	if outcome == VALUE and np.isfinite(found.most):
		most = fmt_money(found.most, precision=0, currency=found.currency)
		said.append(_("Of one customer, purchases up to {0} count.").format(most))
	return " ".join(said)


def chart(found: Effect, outcome: str) -> dict | None:
	"""The difference, between the bounds in which it lies."""
	told = [at for at in range(len(found.rules)) if np.isfinite(found.each.any_time[0][at])][:CHARTED]
	if not told:
		return None
	factor = 1 if outcome == VALUE else 100

	def drawn(values) -> list[float]:
		return [flt(values[at] * factor, 2) for at in told]

	low, high = found.each.any_time
	return bars(
		[found.rules[at] for at in told],
		{
			_("At Least", context="Effect of Care"): drawn(low),
			_("Difference", context="Effect of Care"): drawn(found.each.compared.effect),
			_("At Most", context="Effect of Care"): drawn(high),
		},
		(NEUTRAL, GOOD, NEUTRAL),
	)


def summary(found: Effect, rows: list[dict]) -> list[dict]:
	claims = int(np.count_nonzero(found.each.claim))
	return [
		figure(_("Rules with a Control Group", context="Effect of Care"), len(found.rules)),
		figure(_("Rules Whose Effect Is Known", context="Effect of Care"), claims),
		figure(
			_("Customers Held Back", context="Effect of Care"),
			sum(row["held"] for row in rows if row.get("care_rule")),
		),
	]
