import frappe
from frappe import _
from frappe.utils import flt

from keep_customers.benefits import costs as cost_ledger
from keep_customers.engine.costs import KINDS, add_up, of_value
from keep_customers.erp.api import report, report_filters
from keep_customers.erp.reports import (
	bars,
	column,
	count,
	currency,
	figure,
	link,
	listed,
	money,
	most,
	only_first,
	percent,
	period,
	reported,
)  # fmt: skip
from keep_customers.worth.values import tier_ranks

CHARTED = 10
SHOWN = ("customers", "tiers", "costs")
COLORS = ("#7c8db5", "#30a66d", "#c2703d", "#1f6f5c", "#c9a227", "#8a5a9e", "#4f9bc4", "#a0556b", "#9aa5ad")


@report
def execute(filters=None):
	"""What was spent on the customers the user may read, against what they are worth."""
	filters = report_filters(filters)
	since, until = period(filters, None, None)
	show = filters.show or SHOWN[0]
	if show not in SHOWN:
		frappe.throw(_("Please choose what is shown: customers, tiers, or costs one by one."))
	if (filters.kind or KINDS[0]) not in KINDS:
		frappe.throw(_("There is no such kind of cost."))
	books = cost_ledger.CostLedger(since, until, filters.customer)
	costs = [cost for cost in books.costs() if filters.kind in (None, "", cost.kind)]
	people = cost_ledger.customers(filters, books.currency, {cost.customer for cost in costs})
	costs = [cost for cost in costs if cost.customer in people]
	tiers = cost_ledger.tiers(filters, books.currency)
	kinds = [kind for kind in KINDS if any(cost.kind == kind for cost in costs)]
	if show == "costs":
		columns, rows, charted, number = *one_by_one(costs[-most(filters) :], costs, people), len(costs)
	elif show == "tiers":
		columns, rows, charted = by_tier(costs, people, tiers, kinds, filters)
		number = len(rows)
	else:
		number = len(people)
		if filters.without_costs:
			number = sum(tier.customers for tier in tiers)
			people = {**people, **cost_ledger.customers(filters, books.currency, most=most(filters))}
		columns, rows, charted = by_customer(costs, people, kinds, filters)
	for row in rows:
		row["currency"] = books.currency
	columns.append(currency())
	return (
		columns,
		rows,
		message(books, bool(costs), only_first(number, most(filters))),
		chart(charted, kinds),
		summary(costs, tiers, books.currency),
	)


def by_customer(costs, people, kinds, filters) -> tuple[list, list, list]:
	sums = add_up(costs, lambda customer: customer)
	rows = [
		{**person, **figures(sums.get(name, {}), person.current_value, person.potential_value)}
		for name, person in people.items()
	]
	rows.sort(key=lambda row: (-row["cost"], row["customer"]))
	rows = rows[: most(filters)]
	for row in rows:
		row["opens"] = {
			**spent_by(kinds, filters, customer=row["customer"]),
			"current_value": listed("Customer Value", name=row["customer"]),
		}
	columns = [*_customer_columns(), *money_columns(kinds)]
	charted = [(row["customer_name"], sums[row["customer"]]) for row in rows[:CHARTED] if row["cost"]]
	return columns, rows, charted


def by_tier(costs, people, tiers, kinds, filters) -> tuple[list, list, list]:
	sums = add_up(costs, lambda customer: people[customer].tier or "")
	spent_on = {cost.customer for cost in costs}
	ranks = tier_ranks()
	rows = []
	for one in sorted(tiers, key=lambda one: (ranks.get(one.tier, len(ranks) + 1), one.tier)):
		row = {
			"tier": one.tier,
			"tier_name": _(one.tier, context="Customer Tier") if one.tier else _("Not Ranked"),
			"customers": one.customers,
			**figures(sums.get(one.tier, {}), flt(one.current_value), flt(one.potential_value)),
		}
		row["reached"] = sum((people[customer].tier or "") == one.tier for customer in spent_on)
		row["mean_cost"] = row["cost"] / one.customers
		if one.tier:
			row["opens"] = {
				**spent_by(kinds, filters, tier=one.tier),
				"customers": reported(
					cost_ledger.REPORT, filters, show="customers", tier=one.tier, without_costs=1
				),
				"reached": reported(
					cost_ledger.REPORT, filters, show="customers", tier=one.tier, without_costs=None
				),
			}
		rows.append(row)
	columns = [
		column("tier_name", _("Tier"), width=100),
		count("customers", _("Customers", context="Customer Cost and Value"), 100),
		count("reached", _("With Costs", context="Customer Cost and Value"), 100),
		*money_columns(kinds),
		money("mean_cost", _("Cost per Customer", context="Customer Cost and Value")),
	]
	charted = [(row["tier_name"], sums.get(row["tier"], {})) for row in rows]
	return columns, rows, charted


def one_by_one(shown, costs, people) -> tuple[list, list, list]:
	"""
	:param shown: those of the ``costs`` that become rows; the chart is of all of them
	"""
	names = cost_ledger.kind_labels()
	rows = [
		{
			"day": cost.day,
			"customer": cost.customer,
			"customer_name": people[cost.customer].customer_name,
			"tier": people[cost.customer].tier,
			"kind": names[cost.kind],
			"cost": cost.amount,
			"document_type": cost.doctype,
			"document": cost.name,
		}
		for cost in shown
	]
	columns = [
		column("day", _("Date"), "Date", 110),
		*_customer_columns(),
		column("kind", _("Kind", context="Customer Cost and Value"), width=130),
		money("cost", _("Cost", context="Customer Cost and Value")),
		column("document_type", _("Document Type", context="Customer Cost and Value"), width=140),
		column(
			"document",
			_("Document", context="Customer Cost and Value"),
			"Dynamic Link",
			170,
			options="document_type",
		),
	]
	months: dict[str, dict[str, float]] = {}
	for cost in costs:
		month = months.setdefault(cost.day.strftime("%Y-%m"), {})
		month[cost.kind] = month.get(cost.kind, 0.0) + cost.amount
	return columns, rows, list(months.items())


def spent_by(kinds: list[str], filters: dict, **whose) -> dict:
	"""What the costs of a row lead to: one by one, of all kinds and of each."""

	def costs(**kind):
		return reported(cost_ledger.REPORT, filters, show="costs", **whose, **kind)

	return {"cost": costs(), **{kind.lower(): costs(kind=kind) for kind in kinds}}


def figures(kinds: dict[str, float], current: float | None, potential: float | None) -> dict:
	cost = sum(kinds.values())
	return {
		**{kind.lower(): amount for kind, amount in kinds.items()},
		"cost": cost,
		"current_value": current,
		"of_current": of_value(cost, current),
		"potential_value": potential,
		"of_potential": of_value(cost, potential),
	}


def money_columns(kinds: list[str]) -> list[dict]:
	names = cost_ledger.kind_labels()
	return [
		*(money(kind.lower(), names[kind], 110) for kind in kinds),
		money("cost", _("Cost", context="Customer Cost and Value")),
		money("current_value", _("Current Value")),
		column("of_current", _("% of Current", context="Customer Cost and Value"), "Percent"),
		money("potential_value", _("Potential Value")),
		column("of_potential", _("% of Potential", context="Customer Cost and Value"), "Percent"),
	]


def _customer_columns() -> list[dict]:
	return [
		link("customer", _("Customer"), "Customer", 160),
		column("customer_name", _("Customer Name"), width=160),
		link("tier", _("Tier"), "Customer Tier", 100),
	]


def message(books, any_costs: bool, first: str | None) -> str | None:
	said = [first] if first else []
	if books.unknown:
		currencies = ", ".join(sorted({currency for currency, _month in books.unknown}))
		said.append(
			_(
				"No exchange rate from {0} to {1}: what was spent in it is left out. Please add a Currency Exchange."
			).format(currencies, books.currency)
		)
	elif not any_costs:
		said.append(
			_("Nothing was spent on these customers in this time. Note costs on contacts, visits and events.")
		)
	return "<br>".join(said) or None


def chart(charted: list[tuple[str, dict]], kinds: list[str]) -> dict | None:
	names = cost_ledger.kind_labels()
	return bars(
		[label for label, _sums in charted],
		{names[kind]: [flt(sums.get(kind), 2) for _label, sums in charted] for kind in kinds},
		[COLORS[KINDS.index(kind)] for kind in kinds],
		stacked=True,
	)


def summary(costs, tiers, currency: str) -> list[dict]:
	cost = sum(one.amount for one in costs)
	current, potential = (sum(flt(tier[field]) for tier in tiers) for field in cost_ledger.WORTH)
	amount = {"datatype": "Currency", "currency": currency}
	return [
		figure(_("Cost", context="Customer Cost and Value"), cost, **amount),
		figure(_("Current Value"), current, **amount),
		figure(_("Potential Value"), potential, **amount),
		percent(_("% of Current", context="Customer Cost and Value"), of_value(cost, current)),
	]
