import frappe
from frappe import _
from frappe.utils import add_months, flt, getdate

from keep_customers.erp.api import report, report_filters
from keep_customers.erp.reports import (
	BAD,
	GOOD,
	amounts,
	bars,
	column,
	count,
	currency,
	figure,
	link,
	money,
	most,
	only_first,
	period,
	reported,
)  # fmt: skip
from keep_customers.worth import moves
from keep_customers.worth.selection import why_nothing
from keep_customers.worth.values import tier_ranks

SHOW = ("Moves", "Customers")
MONTHS = 3


@report
def execute(filters=None):
	"""Who moved from tier to tier, with the money and the reasons; of the customers the user may read."""
	filters, today = report_filters(filters), getdate()
	if (filters.show or SHOW[0]) not in SHOW:
		frappe.throw(_("Please choose what is shown: moves or customers."))
	since, until = period(filters, None, today)
	since = since or getdate(add_months(until, -MONTHS))
	days = moves.by_day(filters, since, until)
	if filters.show == "Customers":
		rows = moves.customers(filters, since, until, most(filters))
		columns, number = columns_of_customers(), sum(day.moves for day in days)
	else:
		rows = by_move(days)
		several = len({row["currency"] for row in rows}) > 1
		for row in rows:
			in_one = {"currency": row["currency"]} if several else {}
			row["opens"] = opens(row, {**filters, **in_one}, since, until)
		columns, number = columns_of_moves(), len(rows)
	for row in rows:
		row["direction_text"] = _(row["direction"], context="Tier Change")
	message = (
		only_first(number, most(filters)) if rows else why_nothing(_("No customer has moved in this time."))
	)
	return columns, rows, message, chart(days), summary(days)


def by_move(days: list) -> list[dict]:
	"""One row for each way from a tier to another, from the best tier down."""
	found: dict[tuple, dict] = {}
	for one in days:
		way = {field: one[field] for field in ("direction", "from_tier", "to_tier", "currency")}
		row = found.setdefault(tuple(way.values()), {**way, "moves": 0, "current_value": 0.0})
		row["moves"] += one.moves
		row["current_value"] += flt(one.current_value)
	ranks = tier_ranks()

	def place(row):
		return ranks.get(row["from_tier"], 99), ranks.get(row["to_tier"], 99), row["direction"]

	return sorted(found.values(), key=place)


def opens(row: dict, filters: dict, since, until) -> dict:
	way = {field: row[field] for field in ("direction", "from_tier", "to_tier")}
	those = reported("Tier Moves", filters, show="Customers", from_date=since, to_date=until, **way)
	return {"moves": those, "current_value": those}


def columns_of_moves() -> list[dict]:
	return [
		*_columns_of_way(),
		count("moves", _("Customers", context="Tier Moves")),
		money("current_value", _("Current Value")),
		currency(),
	]


def columns_of_customers() -> list[dict]:
	return [
		column("date", _("Date"), "Date", 105),
		link("customer", _("Customer"), "Customer", 160),
		column("customer_name", _("Customer Name"), width=160),
		*_columns_of_way(),
		money("current_value", _("Current Value")),
		column("reason", _("Why", context="Tier Moves"), width=420),
		currency(),
	]


def _columns_of_way() -> list[dict]:
	return [
		column("direction_text", _("Direction", context="Tier Change"), width=100),
		link("from_tier", _("From", context="Tier Change"), "Customer Tier", 110),
		link("to_tier", _("To", context="Tier Change"), "Customer Tier", 110),
	]


def chart(days: list) -> dict | None:
	months = sorted({one.date.strftime("%Y-%m") for one in days})

	def of(direction):
		return [
			sum(
				one.moves for one in days if (one.date.strftime("%Y-%m"), one.direction) == (month, direction)
			)
			for month in months
		]

	shown = {direction: of(direction) for direction in (moves.UP, moves.DOWN)}
	return bars(
		months, {_(name, context="Tier Change"): row for name, row in shown.items()}, (GOOD, BAD), series=True
	)


def summary(days: list) -> list[dict]:
	def those(direction, label, colour):
		moved = [one for one in days if one.direction == direction]
		return [
			figure(label, sum(one.moves for one in moved), indicator=colour),
			*amounts(_("Their Current Value", context="Tier Moves"), moved, "current_value"),
		]

	return [
		*those(moves.UP, _("Moved Up", context="Tier Moves"), "Green"),
		*those(moves.DOWN, _("Moved Down", context="Tier Moves"), "Red"),
	]
