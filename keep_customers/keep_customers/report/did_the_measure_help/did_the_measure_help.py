from datetime import timedelta

import numpy as np
from frappe import _
from frappe.utils import flt, getdate

from keep_customers.complaints import measures
from keep_customers.engine.before_after import FEWER, MORE, Ratio
from keep_customers.erp.api import report, report_filters
from keep_customers.erp.language import counted
from keep_customers.erp.reports import (
	GOOD,
	NEUTRAL,
	bars,
	column,
	count,
	figure,
	link,
	most,
	only_first,
	reported,
)

CHARTED = 12


@report
def execute(filters=None):
	"""How often customers complained before and after each measure, of the cases and purchases the user may read."""
	filters = report_filters(filters)
	found = measures.outcomes(filters, getdate())
	rows = [row(one, filters) for one in found]
	shown = rows[: most(filters)]
	message = (
		only_first(len(rows), most(filters))
		if rows
		else _("No measure is in force yet. A measure says since when it is.")
	)
	return columns(), shown, message, chart(shown[:CHARTED]), summary(found)


def row(one: measures.Outcome, filters: dict) -> dict:
	begin, start, end = one.days
	about = {"cause": one.measure.cause, "category": one.measure.category}
	day = timedelta(days=1)
	asked = {name: value for name, value in filters.items() if name != "measure"}
	rates = [
		1000 * cases / bought if bought else None
		for cases, bought in zip(one.cases, one.purchases, strict=True)
	]
	return {
		"measure": one.measure.name,
		"title": one.measure.title,
		**about,
		"since": start,
		"sentence": sentence(one.ratio, one.unknown[1]),
		"before": one.cases[0], "after": one.cases[1],
		"purchases_before": one.purchases[0], "purchases_after": one.purchases[1],
		"rate_before": _known(rates[0]), "rate_after": _known(rates[1]),
		"ratio": _known(one.ratio.ratio), "low": _known(one.ratio.low), "high": _known(one.ratio.high),
		"unknown": one.unknown[1],
		"opens": {
			"before": reported("Complaint Times", asked, **about, from_date=begin, to_date=start - day),
			"after": reported("Complaint Times", asked, **about, from_date=start, to_date=end - day),
		},
	}  # fmt: skip


def _known(value: float | None) -> float | None:
	return flt(value, 2) if value is not None and np.isfinite(value) else None


def sentence(ratio: Ratio, unknown: int) -> str:
	"""What may be said: never a claim without its bounds."""
	low, high = (_times(value) for value in (ratio.low, ratio.high))
	if not np.isfinite(ratio.high) and not ratio.low:
		said = _("Nothing is known yet: too few complaints or purchases on one side.")
	elif ratio.claim == FEWER:
		said = _(
			"It helped: complaints come {0} times as often as before, between {1} and {2} times."
		).format(_times(ratio.ratio), low, high)
	elif ratio.claim == MORE:
		said = _(
			"It did not help: complaints come more often than before, between {0} and {1} times as often."
		).format(low, high)
	else:
		said = _("Not known yet: complaints come between {0} and {1} times as often as before.").format(
			low, high
		)
	if unknown:
		said += " " + counted(
			unknown,
			_("One complaint since then has no cause yet."),
			_("{0} complaints since then have no cause yet."),
		)
	return said


def _times(value: float) -> str:
	return f"{value:.2f}" if np.isfinite(value) else "∞"


def columns() -> list[dict]:
	hundredths = {"precision": 2}
	return [
		link("measure", _("Measure", context="Complaint Measure"), "Complaint Measure", 130),
		column("title", _("What Was Changed"), width=220),
		link("cause", _("Cause", context="Complaint Case"), "Complaint Cause", 130),
		link("category", _("Category"), "Complaint Category", 130),
		column("since", _("In Force Since"), "Date"),
		column("sentence", _("What We Know", context="Effect of Care"), width=560),
		count("before", _("Complaints Before")),
		count("after", _("Complaints Since")),
		count("purchases_before", _("Purchases Before")),
		count("purchases_after", _("Purchases Since")),
		column("rate_before", _("Per 1,000 Purchases Before"), "Float", 140, **hundredths),
		column("rate_after", _("Per 1,000 Purchases Since"), "Float", 140, **hundredths),
		column("ratio", _("Times as Often"), "Float", 110, **hundredths),
		column("low", _("At Least", context="Effect of Care"), "Float", 90, **hundredths),
		column("high", _("At Most", context="Effect of Care"), "Float", 90, **hundredths),
		count("unknown", _("No Cause Yet")),
	]


def chart(rows: list[dict]) -> dict | None:
	# A legend has room for a word.
	return bars(
		[row["title"] for row in rows],
		{
			_("Before", context="Did the Measure Help"): [row["rate_before"] or 0 for row in rows],
			_("Since", context="Did the Measure Help"): [row["rate_after"] or 0 for row in rows],
		},
		(NEUTRAL, GOOD),
	)


def summary(found: list) -> list[dict]:
	claims = [one.ratio.claim for one in found]
	return [
		figure(_("Measures in Force"), len(found)),
		figure(_("Helped"), claims.count(FEWER), indicator="Green"),
		figure(_("Did Not Help"), claims.count(MORE), indicator="Red"),
		figure(_("Not Known Yet"), len(claims) - claims.count(FEWER) - claims.count(MORE)),
	]
