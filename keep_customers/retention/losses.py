"""Whom we have lost, why, what it cost, and who came back: the figures of the report *Losses*, from the reviews."""

from datetime import date

import frappe
from frappe.query_builder.functions import Count, IfNull, Sum
from pypika import Case

from keep_customers.engine import losses as engine
from keep_customers.erp.document_permissions import links_condition
from keep_customers.erp.permissions import Sql
from keep_customers.erp.tables import FALLING
from keep_customers.retention.reviews import DOCTYPE
from keep_customers.worth.selection import selected

# By what losses are added up: a field of the review, or of its customer.
GROUPS = {
	"Cause": "cause", "Rep": "responsible", "Tier": "tier", "Territory": "territory", "Competitor": "competitor",
	"Status": "status",
}  # fmt: skip
OF_CUSTOMER = ("territory",)


def by_group(filters: dict, since: date, until: date, group: str) -> list[dict]:
	"""Losses by one thing, the dearest first.

	:param group: of :data:`GROUPS`
	:returns: dicts of group_value (None for none), currency, lost, revenue_before, profit_before, explained, waiting, won_back, revenue_since
	"""
	query, customer, review = _query(filters, since, until)
	field = GROUPS[group]
	value = IfNull((customer if field in OF_CUSTOMER else review)[field], "")
	rows = query.select(value.as_("group_value"), *_sums(review)).groupby(value, review.currency)
	found = rows.run(as_dict=True)
	for row in found:
		row.group_value = row.group_value or None
	return sorted(found, key=lambda row: (-float(row.revenue_before or 0), row.group_value or ""))


def totals(filters: dict, since: date, until: date) -> list[dict]:
	"""As :func:`by_group`, of all, one row a currency."""
	query, _customer, review = _query(filters, since, until)
	return query.select(*_sums(review)).groupby(review.currency).run(as_dict=True)


def customers(filters: dict, since: date, until: date, most: int) -> list[dict]:
	"""One by one, the latest first, of a day the dearest."""
	query, customer, review = _query(filters, since, until)
	return (
		query.select(
			review.name, review.lost_on, review.customer, customer.customer_name, review.tier, customer.territory,
			review.status, review.cause, review.evidence, review.competitor, review.responsible,
			review.revenue_before, review.profit_before, review.won_back_on,
			review.revenue_since, review.currency,
		)
		.orderby(review.lost_on, order=FALLING)
		.orderby(review.revenue_before, order=FALLING)
		.orderby(review.name)
		.limit(most)
	).run(as_dict=True)  # fmt: skip


def _sums(review) -> list:
	def of(condition):
		return Sum(Case().when(condition, 1).else_(0))

	return [
		review.currency,
		Count("*").as_("lost"),
		Sum(review.revenue_before).as_("revenue_before"),
		Sum(review.profit_before).as_("profit_before"),
		of(IfNull(review.cause, "") != "").as_("explained"),
		of(review.status.isin(list(engine.WAITING))).as_("waiting"),
		of(review.status == engine.WON_BACK).as_("won_back"),
		Sum(review.revenue_since).as_("revenue_since"),
	]


def _query(filters: dict, since: date, until: date):
	"""
	:param filters: as :func:`selected`, with the tier and policy of then; currency, cause, competitor, status and rep (or no_cause,
		no_competitor, no_rep for those without). What was no loss is left out, unless its status is asked for
	"""
	review, customer = frappe.qb.DocType(DOCTYPE), frappe.qb.DocType("Customer")
	query = (
		frappe.qb.from_(review)
		.inner_join(customer)
		.on(customer.name == review.customer)
		.where((review.lost_on >= since) & (review.lost_on <= until))
	)
	for name, field in (("cause", "cause"), ("competitor", "competitor"), ("rep", "responsible")):
		if filters.get(f"no_{name}"):
			query = query.where(IfNull(review[field], "") == "")
		elif filters.get(name):
			query = query.where(review[field] == filters[name])
	if filters.get("currency"):
		query = query.where(review.currency == filters["currency"])
	if filters.get("status"):
		query = query.where(review.status == filters["status"])
	else:
		query = query.where(review.status != engine.NO_LOSS)
	if condition := links_condition(frappe.session.user, DOCTYPE):
		query = query.where(Sql(condition))
	return selected(query, customer, review, filters), customer, review
