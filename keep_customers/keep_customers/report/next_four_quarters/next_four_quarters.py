import frappe
import numpy as np
from frappe import _
from frappe.utils import cint, flt, formatdate, get_fullname, getdate

from keep_customers.erp.api import report, report_filters
from keep_customers.erp.reports import (
	NEUTRAL,
	WARNING,
	bars,
	column,
	count,
	currency,
	day_and_month,
	figure,
	link,
	money,
	most,
	only_first,
	percent,
	reported,
)  # fmt: skip
from keep_customers.retention import ahead
from keep_customers.retention.ahead import (
	AT_RISK,
	EXPECTED,
	GROUPED_BY,
	LAST_YEAR,
	MEASURES,
	NONE,
	REP,
	TIER,
	Ahead,
)
from keep_customers.worth.currencies import parts_of, reporting_currency
from keep_customers.worth.selection import why_nothing
from keep_customers.worth.values import tier_ranks

REPORT = "Next Four Quarters"
YEAR = "Year"
CHARTED = 12
COMING = "#1f6f5c"


@report
def execute(filters=None):
	"""What the forecasts expect of the next four quarters, and what of it is at risk; or who stands behind a figure. Of the
	customers the user may read."""
	filters = report_filters(filters)
	by = filters.group_by or ""
	if by not in ("", *GROUPED_BY):
		frappe.throw(_("Please choose by what it is grouped."))
	found = ahead.ahead(filters, getdate())
	if filters.measure:
		return one_by_one(found, filters, by)
	if by:
		rows, columns = groups(found, filters, by), columns_of_groups(found, by)
		drawn = chart([row["label"] for row in rows[:-1]], rows[:-1])
	else:
		rows, columns = quarters(found, filters), columns_of_quarters()
		until = [
			_("Until {0}", context="Next Four Quarters").format(day_and_month(last))
			for _first, last in found.days
		]
		drawn = chart(until, rows[:-1])
	for row in rows:
		row["currency"] = found.books.currency
	said = [*found.books.warnings, how(found)]
	if found.profit:
		said.append(
			_(
				"Of customers who are ranked by gross profit, it is gross profit that is expected and at risk; what came a year before is net sales."
			)
		)
	if not len(found.books.people):
		rows, drawn, said = (
			[],
			None,
			[why_nothing(_("There is no customer of this kind. Please take some filters off."))],
		)
	return columns, rows, "<br>".join(said), drawn, summary(found)


def how(found: Ahead) -> str:
	"""How the year's forecast became one of quarters."""
	if not found.years:
		return _("The year is spread evenly: there is no year yet that shows how it goes.")
	shares = ", ".join(percent("", 100 * one)["value"] for one in found.shares.tolist())
	return _(
		"The year is spread as it came from the customers known one and two years ago: {0} in these quarters."
	).format(shares)


def quarters(found: Ahead, filters: dict) -> list[dict]:
	sums = {measure: part.sum(axis=0) for measure, part in found.money.items()}
	rows = []
	for number, (since, until) in enumerate(found.days):
		label = f"{formatdate(since)} – {formatdate(until)}"
		rows.append(
			row(label, {m: int(part[number]) for m, part in sums.items()}, filters, quarter=str(number + 1))
		)
	year = {measure: int(part.sum()) for measure, part in sums.items()}
	return [
		*rows,
		row(_("All Four Together", context="Next Four Quarters"), year, filters, quarter=YEAR) | {"bold": 1},
	]


def row(label: str, cents: dict[str, int], filters: dict, **asked) -> dict:
	def opens(measure):
		return reported(REPORT, filters, measure=measure, **asked)

	expected, at_risk = cents[EXPECTED], cents[AT_RISK]
	parts = parts_of(reporting_currency())
	return {
		"label": label,
		"expected": expected / parts,
		"at_risk": at_risk / parts,
		"last_year": cents[LAST_YEAR] / parts,
		"share": part(at_risk, expected + at_risk),
		"opens": {"expected": opens(EXPECTED), "at_risk": opens(AT_RISK), "last_year": opens(LAST_YEAR)},
	}


def part(some: int, of: int) -> float | None:
	return flt(100 * some / of, 1) if of > 0 else None


def groups(found: Ahead, filters: dict, by: str) -> list[dict]:
	"""One row a group, with the quarters beside each other."""
	keys = found.keys(by)
	rows = []
	for key in in_order(found, keys, by):
		rows.append(group_row(found, keys == key, group_name(by, key), filters, {"group_by": by, "of": key}))
	every = np.ones(len(keys), bool)
	label = _("All Together", context="Next Four Quarters")
	return [*rows, group_row(found, every, label, filters, {"group_by": None, "of": None}) | {"bold": 1}]


def group_row(found: Ahead, which: np.ndarray, label: str, filters: dict, asked: dict) -> dict:
	cents = {measure: amounts[which].sum(axis=0) for measure, amounts in found.money.items()}
	year = {measure: int(amounts.sum()) for measure, amounts in cents.items()}
	result = row(label, year, filters, quarter=YEAR, **asked)
	result["customers"] = int(which.sum())
	for number in range(len(found.days)):
		name = f"expected_{number + 1}"
		result[name] = int(cents[EXPECTED][number]) / found.books.parts
		result["opens"][name] = reported(REPORT, filters, measure=EXPECTED, quarter=str(number + 1), **asked)
	return result


def in_order(found: Ahead, keys: np.ndarray, by: str) -> list[str]:
	"""Tiers from the best one down, all others by what is expected."""
	there = sorted(set(keys.tolist()))
	if by == TIER:
		ranks = tier_ranks()
		return sorted(there, key=lambda key: ranks.get(key, 999))
	expected = {key: int(found.money[EXPECTED][keys == key].sum()) for key in there}
	return sorted(there, key=lambda key: (key == NONE, -expected[key], key))


def group_name(by: str, key: str) -> str:
	if key == NONE:
		return (
			_("Nobody", context="Next Four Quarters")
			if by == REP
			else _("None", context="Next Four Quarters")
		)
	return get_fullname(key) if by == REP else _(key, context="Customer Tier") if by == TIER else key


def columns_of_quarters() -> list[dict]:
	return [
		column("label", _("Quarter", context="Next Four Quarters"), width=230),
		money("expected", _("Expected", context="Next Four Quarters"), 160),
		money("at_risk", _("At Risk Beside It", context="Next Four Quarters"), 160),
		column("share", _("Share at Risk", context="Next Four Quarters"), "Percent", 130),
		money("last_year", _("Came a Year Before", context="Next Four Quarters"), 170),
		currency(),
	]


def columns_of_groups(found: Ahead, by: str) -> list[dict]:
	labels = {
		TIER: _("Tier"),
		"Customer Group": _("Customer Group"),
		"Territory": _("Territory"),
		REP: _("Rep"),
	}
	return [
		column("label", labels[by], width=160),
		count("customers", _("Customers", context="Next Four Quarters"), 100),
		*(
			money(
				f"expected_{number}",
				_("Until {0}", context="Next Four Quarters").format(formatdate(until)),
				140,
			)
			for number, (_since, until) in enumerate(found.days, 1)
		),
		money("expected", _("Expected", context="Next Four Quarters"), 150),
		money("at_risk", _("At Risk Beside It", context="Next Four Quarters"), 150),
		column("share", _("Share at Risk", context="Next Four Quarters"), "Percent", 110),
		money("last_year", _("Came a Year Before", context="Next Four Quarters"), 160),
		currency(),
	]


def one_by_one(found: Ahead, filters: dict, by: str) -> tuple:
	number = None if (filters.quarter or YEAR) == YEAR else cint(filters.quarter) - 1
	if filters.measure not in MEASURES or (number is not None and not 0 <= number < len(found.days)):
		frappe.throw(_("Please open the customers of a quarter from its figure."))
	only = found.keys(by) == filters.of if by and filters.get("of") else None
	every = ahead.customers(found, filters.measure, number, only)
	rows = every[: most(filters)]
	for one in rows:
		one["currency"] = found.books.currency
	columns = [
		link("customer", _("Customer"), "Customer", 160),
		column("customer_name", _("Customer Name"), width=200),
		link("tier", _("Tier"), "Customer Tier", 110),
		money("expected", _("Expected", context="Next Four Quarters"), 150),
		money("at_risk", _("At Risk Beside It", context="Next Four Quarters"), 150),
		money("last_year", _("Came a Year Before", context="Next Four Quarters"), 170),
		column("last_purchase", _("Last Purchase"), "Date"),
		currency(),
	]
	first, last = (
		found.days[0 if number is None else number][0],
		found.days[-1 if number is None else number][1],
	)
	said = [only_first(len(every), most(filters)), f"{formatdate(first)} – {formatdate(last)}"]
	if not rows:
		said.append(_("There is no customer of this kind."))
	amount = {"datatype": "Currency", "currency": found.books.currency}
	totals = [
		figure(_("Customers", context="Next Four Quarters"), len(every)),
		*(
			figure(
				label,
				sum(round(one[field] * found.books.parts) for one in every) / found.books.parts,
				**amount,
			)
			for field, label in (
				("expected", _("Expected", context="Next Four Quarters")),
				("at_risk", _("At Risk Beside It", context="Next Four Quarters")),
			)
		),
	]
	return columns, rows, "<br>".join(filter(None, said)), None, totals


def chart(labels: list[str], rows: list[dict]) -> dict | None:
	rows = rows[:CHARTED]
	return bars(
		labels[:CHARTED],
		{
			_("Expected", context="Next Four Quarters"): [one["expected"] for one in rows],
			_("At Risk", context="Next Four Quarters"): [one["at_risk"] for one in rows],
			_("Came a Year Before", context="Next Four Quarters"): [one["last_year"] for one in rows],
		},
		(COMING, WARNING, NEUTRAL),
	)


def summary(found: Ahead) -> list[dict]:
	amount = {"datatype": "Currency", "currency": found.books.currency}
	soon, year = (round(float(one.sum())) for one in found.buys)
	return [
		figure(_("Customers", context="Next Four Quarters"), len(found.books.people)),
		figure(
			_("Expected in 12 Months", context="Next Four Quarters"),
			int(found.money[EXPECTED].sum()) / found.books.parts,
			**amount,
		),
		figure(
			_("At Risk in 12 Months", context="Next Four Quarters"),
			int(found.money[AT_RISK].sum()) / found.books.parts,
			indicator="Red",
			**amount,
		),
		figure(_("Will Buy Within 90 Days, About", context="Next Four Quarters"), soon),
		figure(_("Will Buy Within 12 Months, About", context="Next Four Quarters"), year),
	]
