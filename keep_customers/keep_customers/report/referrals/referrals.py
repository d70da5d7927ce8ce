import frappe
from frappe import _
from frappe.utils import add_months, getdate

from keep_customers.care import referred
from keep_customers.erp.api import report, report_filters
from keep_customers.erp.reports import (
	GOOD,
	NEUTRAL,
	amounts,
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
	within,
)  # fmt: skip

SHOW = ("Referrers", "One by One")
MONTHS = 12


@report
def execute(filters=None):
	"""Who brings us customers and what became of those, where the user may read both."""
	filters, today = report_filters(filters), getdate()
	if (filters.show or SHOW[0]) not in SHOW:
		frappe.throw(_("Please choose what is shown: who brought customers, or referrals one by one."))
	since, until = period(filters, None, today)
	asked = filters, since or getdate(add_months(until, -MONTHS)), until
	days = referred.by_day(*asked)
	if filters.show == "One by One":
		rows = referred.one_by_one(*asked, most(filters))
		for row in rows:
			row.status = _(row.status, context="Referral")
			row.opens = {"brought": listed("Customer Value", name=row.referred_customer)}
		columns, number = columns_of_referrals(), sum(one.referrals for one in days)
	else:
		rows = referred.by_referrer(*asked, most(filters))
		for row in rows:
			row.opens = opens(row, *asked)
		columns, number = columns_of_referrers(), referred.referrers(*asked)
	message = (
		only_first(number, most(filters))
		if rows
		else _("Nobody was recommended to us in this time. Fill in Referred By on a Lead or Customer.")
	)
	return columns, rows, message, chart(days), summary(days)


def opens(row: dict, filters: dict, since, until) -> dict:
	def those(status):
		return listed("Referral", referrer=row["referrer"], date=within(since, until), status=status)

	return {
		"referrals": those(filters.get("status")),
		"won": those("Won"),
		"lost": those("Lost"),
		"brought": reported(
			"Referrals",
			filters,
			show="One by One",
			customer=row["referrer"],
			from_date=since,
			to_date=until,
		),
	}


def columns_of_referrers() -> list[dict]:
	return [
		*_columns_of_referrer(),
		link("tier", _("Tier"), "Customer Tier", 90),
		count("referrals", _("Referrals", context="Referrals")),
		count("won", _("Won", context="Referral")),
		count("lost", _("Lost", context="Referral")),
		money("brought", _("Value Brought", context="Referrals")),
		column("latest", _("Latest", context="Referrals"), "Date", 110),
		currency(),
	]


def columns_of_referrals() -> list[dict]:
	return [
		link("name", _("Referral"), "Referral", 140),
		column("date", _("Date"), "Date", 105),
		*_columns_of_referrer(),
		column("referred_name", _("Referred", context="Referrals"), width=160),
		column("status", _("Status"), width=90),
		column("customer_since", _("Customer Since", context="Referral"), "Date", 120),
		link("tier", _("Tier"), "Customer Tier", 90),
		money("brought", _("Value Brought", context="Referrals")),
		column("reward", _("Reward", context="Referral"), width=140),
		column("reward_cost", _("Cost", context="Referral"), "Currency", options="reward_currency"),
		column("reward_currency", _("Currency"), hidden=1),
		currency(),
	]


def _columns_of_referrer() -> list[dict]:
	return [
		link("referrer", _("Referred By", context="Referral"), "Customer", 160),
		column("referrer_name", _("Name of Referrer", context="Referral"), width=160),
	]


def chart(days: list) -> dict | None:
	months = sorted({getdate(one.date).strftime("%Y-%m") for one in days})

	def total(field):
		return [
			sum(int(one[field]) for one in days if getdate(one.date).strftime("%Y-%m") == month)
			for month in months
		]

	return bars(
		months,
		{_("Referrals", context="Referrals"): total("referrals"), _("Won", context="Referral"): total("won")},
		(NEUTRAL, GOOD),
	)


def summary(days: list) -> list[dict]:
	number, won = (sum(int(one[field]) for one in days) for field in ("referrals", "won"))
	return [
		figure(_("Referrals", context="Referrals"), number),
		figure(_("Won", context="Referral"), won, indicator="Green"),
		percent(_("% Won", context="Referrals"), 100 * won / number if number else None),
		*amounts(_("Value Brought", context="Referrals"), days, "brought"),
	]
