"""Who brings us customers, and what became of those."""

from datetime import date

import frappe
from frappe.query_builder.functions import Count, Max, Sum
from pypika import Case

from keep_customers.erp.document_permissions import only_readable_referrals
from keep_customers.erp.tables import FALLING
from keep_customers.worth.selection import policies_of
from keep_customers.worth.values import of_today


def by_referrer(filters: dict, since: date, until: date, most: int) -> list[dict]:
	"""Those who brought most money first.

	:returns: dicts of referrer, referrer_name, tier, referrals, won, lost, brought (what those they brought are worth a year,
		in ``currency``) and latest
	"""
	query, referral, referrer, referred = _query(filters, since, until)
	brought, number = Sum(of_today(referred, "current_value")), Count("*")
	return (
		query.select(
			referral.referrer,
			referral.referrer_name,
			referrer.tier,
			number.as_("referrals"),
			_won(referral).as_("won"),
			Sum(Case().when(referral.status == "Lost", 1).else_(0)).as_("lost"),
			brought.as_("brought"),
			Max(referral.date).as_("latest"),
			Max(referred.currency).as_("currency"),
		)
		.groupby(referral.referrer, referral.referrer_name, referrer.tier)
		.orderby(brought, order=FALLING)
		.orderby(number, order=FALLING)
		.orderby(referral.referrer)
		.limit(most)
		.run(as_dict=True)
	)


def one_by_one(filters: dict, since: date, until: date, most: int) -> list[dict]:
	"""The latest first."""
	query, referral, _referrer, referred = _query(filters, since, until)
	return (
		query.select(
			referral.name, referral.date, referral.referrer, referral.referrer_name, referral.referred_customer,
			referral.referred_name, referral.status, referral.customer_since, referred.tier,
			of_today(referred, "current_value").as_("brought"), referred.currency, referral.reward, referral.reward_cost,
			referral.reward_currency,
		)
		.orderby(referral.date, order=FALLING)
		.orderby(referral.name)
		.limit(most)
		.run(as_dict=True)
	)  # fmt: skip


def by_day(filters: dict, since: date, until: date) -> list[dict]:
	"""
	:returns: dicts of date, currency, referrals, won and brought
	"""
	query, referral, _referrer, referred = _query(filters, since, until)
	return (
		query.select(
			referral.date,
			referred.currency,
			Count("*").as_("referrals"),
			_won(referral).as_("won"),
			Sum(of_today(referred, "current_value")).as_("brought"),
		)
		.groupby(referral.date, referred.currency)
		.run(as_dict=True)
	)


def referrers(filters: dict, since: date, until: date) -> int:
	"""How many there are."""
	query, referral, *_values = _query(filters, since, until)
	[[number]] = query.select(Count(referral.referrer).distinct()).run()
	return number


def _won(referral):
	return Sum(Case().when(referral.status == "Won", 1).else_(0))


def _query(filters: dict, since: date, until: date):
	"""
	:param filters: customer who referred, status, tier and company of the referrer
	"""
	referral = frappe.qb.DocType("Referral")
	referrer, referred = (frappe.qb.DocType("Customer Value").as_(name) for name in ("referrer", "referred"))
	query = (
		frappe.qb.from_(referral)
		.left_join(referrer)
		.on(referrer.name == referral.referrer)
		.left_join(referred)
		.on(referred.name == referral.referred_customer)
		.where((referral.date >= since) & (referral.date <= until))
	)
	for name, column in (
		("customer", referral.referrer),
		("status", referral.status),
		("tier", referrer.tier),
	):
		if filters.get(name):
			query = query.where(column == filters[name])
	if filters.get("company"):
		query = query.where(referrer.policy.isin(policies_of(filters["company"]) or [""]))
	return only_readable_referrals(query), referral, referrer, referred
