import frappe
from frappe import _
from frappe.query_builder.functions import Count, IfNull, Sum

from keep_customers.engine.lifecycle import STATUSES
from keep_customers.erp.api import report, report_filters
from keep_customers.erp.reports import (
	NEUTRAL,
	amounts,
	bars,
	column,
	currency,
	figure,
	link,
	listed,
	money,
	most,
	only_first,
)
from keep_customers.erp.tables import FALLING
from keep_customers.worth.forecasts import accepted
from keep_customers.worth.selection import selected, why_nothing
from keep_customers.worth.values import NOT_RANKED, tier_ranks

THEN = "#1f6f5c"


@report
def execute(filters=None):
	"""Which tiers and stages would move if the checked forecasts decided, of the customers the user may read."""
	filters = report_filters(filters)
	settings = frappe.get_cached_doc("Keep Customers Settings")
	if accepted(settings):
		return columns(), [], already(settings)
	moves, rows = by_move(filters), customers(filters)
	if rows:
		number = sum(one.customers for one in moves if one.changes or not filters.only_moves)
		message = only_first(number, most(filters))
	elif moves:
		message = _("Nothing would change for these customers.")
	else:
		message = why_nothing(
			_("Nobody was forecast with the checked forecasts yet. The next night does it.")
		)
	return columns(), rows, message, chart(moves), summary(moves)


def already(settings) -> str:
	if not settings.forecasts_accepted_by:
		return _("The checked forecasts decide already: there is nothing to preview.")
	return _("The checked forecasts decide since {0} has accepted them on {1}: {2}").format(
		frappe.utils.escape_html(frappe.utils.get_fullname(settings.forecasts_accepted_by)),
		frappe.utils.format_datetime(settings.forecasts_accepted_on),
		frappe.utils.escape_html(settings.forecasts_reason or ""),
	)


def columns() -> list[dict]:
	return [
		link("customer", _("Customer"), "Customer", 150),
		column("customer_name", _("Customer Name"), width=170),
		link("tier", _("Tier"), "Customer Tier", 95),
		link("new_tier", _("New Tier"), "Customer Tier", 95),
		column("move_text", _("Move", context="Forecast Preview"), width=80),
		column("status_text", _("Stage"), width=95),
		column("new_status_text", _("New Stage"), width=95),
		money("value_at_risk", _("Value at Risk")),
		money("new_value_at_risk", _("New Value at Risk")),
		money("potential_value", _("Potential Value")),
		money("new_potential", _("New Potential Value")),
		currency(),
	]


def by_move(filters: dict) -> list[frappe._dict]:
	"""
	:returns: dicts of tier, new_tier, status, new_status, currency, move (1 up, -1 down, else 0), changes (whether anything
		does), customers, value_at_risk and new_value_at_risk
	"""
	query, value = _query(filters)
	kind = (value.tier, value.new_tier, value.status, value.new_status, value.currency)
	rows = (
		query.select(
			*kind,
			Count("*").as_("customers"),
			Sum(value.value_at_risk).as_("value_at_risk"),
			Sum(value.new_value_at_risk).as_("new_value_at_risk"),
		)
		.groupby(*kind)
		.run(as_dict=True)
	)
	ranks = tier_ranks()
	for row in rows:
		row.move = _direction(row, ranks)
		row.changes = (row.tier or "") != (row.new_tier or "") or row.status != row.new_status
	return rows


def customers(filters: dict) -> list[frappe._dict]:
	"""Those with the most at stake first."""
	query, value = _query(filters)
	if filters.get("only_moves"):
		query = query.where(
			(IfNull(value.tier, "") != IfNull(value.new_tier, "")) | (value.status != value.new_status)
		)
	rows = (
		query.select(
			value.customer, value.customer_name, value.tier, value.new_tier, value.status, value.new_status,
			value.value_at_risk, value.new_value_at_risk, value.potential_value, value.new_potential, value.currency,
		)
		.orderby(value.new_value_at_risk, order=FALLING)
		.orderby(value.customer)
		.limit(most(filters))
		.run(as_dict=True)
	)  # fmt: skip
	ranks, said = tier_ranks(), {1: _("up"), 0: "", -1: _("down")}
	for row in rows:
		row.move = _direction(row, ranks)
		row.move_text = said[row.move]
		row.status_text = _(row.status, context="Customer Value")
		row.new_status_text = _(row.new_status, context="Customer Value")
		row.opens = {"value_at_risk": listed("Customer Value", name=row.customer)}
	return rows


def _query(filters: dict):
	"""
	:param filters: as :func:`selected`, and new_tier
	"""
	value, customer = frappe.qb.DocType("Customer Value"), frappe.qb.DocType("Customer")
	query = (
		frappe.qb.from_(value)
		.inner_join(customer)
		.on(customer.name == value.customer)
		.where((value.new_status != "") & (value.status != NOT_RANKED))
	)
	if filters.get("new_tier"):
		query = query.where(value.new_tier == filters["new_tier"])
	return selected(query, customer, value, filters), value


def _direction(row, ranks: dict[str, int]) -> int:
	before, after = ranks.get(row.tier, 99), ranks.get(row.new_tier, 99)
	return (before > after) - (before < after)


def chart(moves: list) -> dict | None:
	def stages(field):
		return [sum(one.customers for one in moves if one[field] == name) for name in STATUSES]

	return bars(
		[_(name, context="Customer Value") for name in STATUSES],
		{_("Stages Now"): stages("status"), _("Stages Then"): stages("new_status")},
		(NEUTRAL, THEN),
	)


def summary(moves: list) -> list[dict]:
	def number(which):
		return sum(one.customers for one in moves if which(one))

	return [
		figure(_("Tiers Up"), number(lambda one: one.move > 0)),
		figure(_("Tiers Down"), number(lambda one: one.move < 0)),
		figure(_("Stages That Change"), number(lambda one: one.status != one.new_status)),
		*amounts(_("Value at Risk"), moves, "value_at_risk"),
		*amounts(_("New Value at Risk"), moves, "new_value_at_risk"),
	]
