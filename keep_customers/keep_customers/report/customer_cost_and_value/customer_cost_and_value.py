import frappe
from frappe import _
from frappe.utils import flt, getdate

from keep_customers.benefits import costs as cost_ledger
from keep_customers.complaints import figures as case_figures
from keep_customers.engine.costs import KINDS, add_up, of_value
from keep_customers.erp.api import report, report_filters
from keep_customers.worth.values import tier_ranks

CHARTED = 10
SHOWN = ("customers", "tiers", "costs")


@report
def execute(filters=None):
	"""What was spent on the customers the user may read, against what they are worth."""
	filters = report_filters(filters)
	case_figures.period(filters)
	show = filters.show or SHOWN[0]
	if show not in SHOWN:
		frappe.throw(_("Please choose what is shown: customers, tiers, or costs one by one."))
	since, until = (
		getdate(filters[field]) if filters.get(field) else None for field in ("from_date", "to_date")
	)
	books = cost_ledger.CostLedger(since, until, filters.customer)
	people = cost_ledger.customers(filters)
	costs = [cost for cost in books.costs() if cost.customer in people]
	for person in people.values():
		# What was computed in another currency is no measure for these costs.
		if person.currency != books.currency:
			person.current_value = person.potential_value = None
	kinds = [kind for kind in KINDS if any(cost.kind == kind for cost in costs)]
	if show == "costs":
		columns, rows, charted = one_by_one(costs, people)
	elif show == "tiers":
		columns, rows, charted = by_tier(costs, people, kinds)
	else:
		columns, rows, charted = by_customer(costs, people, kinds, filters.without_costs)
	for row in rows:
		row["currency"] = books.currency
	columns.append({"fieldname": "currency", "label": _("Currency"), "fieldtype": "Data", "hidden": 1})
	return columns, rows, message(books), chart(charted, kinds), summary(costs, people, books.currency)


def by_customer(costs, people, kinds, without_costs) -> tuple[list, list, list]:
	sums = add_up(costs, lambda customer: customer)
	rows = [
		{**person, **figures(sums.get(name, {}), person.current_value, person.potential_value)}
		for name, person in people.items()
		if name in sums or without_costs
	]
	rows.sort(key=lambda row: (-row["cost"], row["customer"]))
	columns = [
		_customer_column(),
		{"fieldname": "customer_name", "label": _("Customer Name"), "fieldtype": "Data", "width": 160},
		_tier_column(),
		*money_columns(kinds),
	]
	charted = [(row["customer_name"], sums[row["customer"]]) for row in rows[:CHARTED] if row["cost"]]
	return columns, rows, charted


def by_tier(costs, people, kinds) -> tuple[list, list, list]:
	sums = add_up(costs, lambda customer: people[customer].tier or "")
	spent_on = {cost.customer for cost in costs}
	ranks = tier_ranks()
	tiers: dict[str, list] = {}
	for person in people.values():
		tiers.setdefault(person.tier or "", []).append(person)
	rows = []
	for tier in sorted(tiers, key=lambda name: (ranks.get(name, len(ranks) + 1), name)):
		those = tiers[tier]
		values = (sum(flt(one[field]) for one in those) for field in ("current_value", "potential_value"))
		row = {"tier": tier, "customers": len(those), **figures(sums.get(tier, {}), *values)}
		row["reached"] = sum(one.customer in spent_on for one in those)
		row["mean_cost"] = row["cost"] / len(those)
		rows.append(row)
	count = {"fieldtype": "Int", "width": 100}
	columns = [
		_tier_column(),
		{"fieldname": "customers", "label": _("Customers", context="Customer Cost and Value"), **count},
		{"fieldname": "reached", "label": _("With Costs", context="Customer Cost and Value"), **count},
		*money_columns(kinds),
		_money("mean_cost", _("Cost per Customer", context="Customer Cost and Value")),
	]
	charted = [
		(
			_(row["tier"], context="Customer Tier") if row["tier"] else _("Not Ranked"),
			sums.get(row["tier"], {}),
		)
		for row in rows
	]
	return columns, rows, charted


def one_by_one(costs, people) -> tuple[list, list, list]:
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
		for cost in costs
	]
	columns = [
		{"fieldname": "day", "label": _("Date"), "fieldtype": "Date", "width": 110},
		_customer_column(),
		{"fieldname": "customer_name", "label": _("Customer Name"), "fieldtype": "Data", "width": 160},
		_tier_column(),
		{
			"fieldname": "kind",
			"label": _("Kind", context="Customer Cost and Value"),
			"fieldtype": "Data",
			"width": 130,
		},
		_money("cost", _("Cost", context="Customer Cost and Value")),
		{
			"fieldname": "document_type",
			"label": _("Document Type", context="Customer Cost and Value"),
			"fieldtype": "Data",
			"width": 140,
		},
		{
			"fieldname": "document",
			"label": _("Document", context="Customer Cost and Value"),
			"fieldtype": "Dynamic Link",
			"options": "document_type",
			"width": 170,
		},
	]
	months: dict[str, dict[str, float]] = {}
	for cost in costs:
		month = months.setdefault(cost.day.strftime("%Y-%m"), {})
		month[cost.kind] = month.get(cost.kind, 0.0) + cost.amount
	return columns, rows, list(months.items())


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
	percent = {"fieldtype": "Percent", "width": 120}
	return [
		*(_money(kind.lower(), names[kind], 110) for kind in kinds),
		_money("cost", _("Cost", context="Customer Cost and Value")),
		_money("current_value", _("Current Value")),
		{"fieldname": "of_current", "label": _("% of Current", context="Customer Cost and Value"), **percent},
		_money("potential_value", _("Potential Value")),
		{
			"fieldname": "of_potential",
			"label": _("% of Potential", context="Customer Cost and Value"),
			**percent,
		},
	]


def _money(fieldname: str, label: str, width: int = 130) -> dict:
	return {
		"fieldname": fieldname, "label": label, "fieldtype": "Currency", "options": "currency", "width": width,
	}  # fmt: skip


def _customer_column() -> dict:
	return {
		"fieldname": "customer", "label": _("Customer"), "fieldtype": "Link", "options": "Customer", "width": 160,
	}  # fmt: skip


def _tier_column() -> dict:
	return {
		"fieldname": "tier", "label": _("Tier"), "fieldtype": "Link", "options": "Customer Tier", "width": 100,
	}  # fmt: skip


def message(books) -> str | None:
	if not books.unknown:
		return None
	currencies = ", ".join(sorted({currency for currency, _month in books.unknown}))
	return _(
		"No exchange rate from {0} to {1}: what was spent in it is left out. Please add a Currency Exchange."
	).format(currencies, books.currency)


def chart(charted: list[tuple[str, dict]], kinds: list[str]) -> dict | None:
	if not charted or not kinds:
		return None
	names = cost_ledger.kind_labels()
	return {
		"data": {
			"labels": [label for label, _sums in charted],
			"datasets": [
				{"name": names[kind], "values": [flt(sums.get(kind), 2) for _label, sums in charted]}
				for kind in kinds
			],
		},
		"type": "bar",
		"barOptions": {"stacked": True},
	}


def summary(costs, people, currency: str) -> list[dict]:
	cost = sum(one.amount for one in costs)
	current, potential = (
		sum(flt(person[field]) for person in people.values())
		for field in ("current_value", "potential_value")
	)
	money = {"datatype": "Currency", "currency": currency}
	return [
		{"label": _("Cost", context="Customer Cost and Value"), "value": cost, **money},
		{"label": _("Current Value"), "value": current, **money},
		{"label": _("Potential Value"), "value": potential, **money},
		{
			"label": _("% of Current", context="Customer Cost and Value"),
			"value": flt(of_value(cost, current)),
			"datatype": "Percent",
		},
	]
