"""The month in a few lines, for who runs the business: losses, risk, complaints, what care changes, costs; each beside the
month before. The host's Auto Email Report sends it, of its own accord to nobody: a manager asks for it.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

import frappe
import numpy as np
from frappe import _
from frappe.utils import flt, fmt_money, get_first_day, get_last_day, get_url, getdate, now_datetime

from keep_customers.access import control_group
from keep_customers.benefits import costs
from keep_customers.care import at_risk, prices
from keep_customers.complaints import figures, measures
from keep_customers.engine.before_after import FEWER
from keep_customers.engine.complaint_figures import figures as complaint_figures
from keep_customers.engine.lifecycle import STILL_TO_KEEP
from keep_customers.engine.losses import year_before
from keep_customers.erp.api import typed
from keep_customers.erp.permissions import reads_all_customers
from keep_customers.evidence.effect import VALUE, effects
from keep_customers.worth import currencies
from keep_customers.worth.selection import selected
from keep_customers.worth.spent import Books

REPORT = "Management Letter"
WITHIN = 90
NO_BREAK = "\u00a0"


class Line(NamedTuple):
	"""
	:ivar part: what it is about
	:ivar line: what is said
	:ivar now: of the month, in words
	:ivar before: of the month before; empty where nobody has noted it
	:ivar report: where it is read on
	:ivar filters: with which
	"""

	part: str
	line: str
	now: str
	before: str
	report: str
	filters: dict


def month(day: date | None, today: date) -> date:
	"""The first day of the month that is asked for, by default the last one that is over."""
	return getdate(get_first_day(day or get_first_day(today) - timedelta(days=1)))


def lines(first: date, today: date) -> list[Line]:
	"""Of the customers the user may read, and of what the user may know."""
	months = [(first, _last(first)), ((before := month(first - timedelta(days=1), today)), _last(before))]
	currency = currencies.reporting_currency()
	return [
		*_stages(months, currency, today),
		*_prices(months, currency),
		*_complaints(months, currency),
		*_measures(today),
		*_effect(months),
		*_costs(months),
	]


def _last(first: date) -> date:
	return getdate(get_last_day(first))


def _money(value: float, currency: str) -> str:
	# In a narrow mail it stays on one line.
	return fmt_money(flt(value), precision=0, currency=currency).replace(" ", NO_BREAK)


def _pair(number: int, amount: str) -> str:
	return f"{fmt_money(number, precision=0)} · {amount}"


def _stages(months: list, currency: str, today: date) -> Iterator[Line]:
	"""Who came into a stage within each month, and is in it still: what they were before is not kept."""
	loss, risk = _("Losses", context="Management Letter"), _("At Risk", context="Management Letter")
	for part, label, status, worth in (
		(loss, _("Customers lost, and what they bought in a year"), ["Lost"], _year_before),
		(loss, _("Customers won back, and what they bought in a year"), ["Won Back"], _year_before),
		(risk, _("Customers newly at risk, and the value at risk"), list(STILL_TO_KEEP), _at_risk),
	):
		said = []
		for first, last in months:
			rows = _came_into(status, first, last)
			said.append(_pair(len(rows), _money(worth(rows, currency, today), currency)))
		yield Line(part, label, *said, "Customers at Risk", {})
	now = [one for one in at_risk.totals({}) if one.status in STILL_TO_KEEP]
	number, amount = sum(one.customers for one in now), _at_risk(now, currency, today)
	label = _("All customers at risk today, and the value at risk")
	yield Line(risk, label, _pair(number, _money(amount, currency)), "", "Customers at Risk", {})


def _came_into(stages: list[str], first: date, last: date) -> list:
	value, customer, policy = (
		frappe.qb.DocType(name) for name in ("Customer Value", "Customer", "Tier Policy")
	)
	query = (
		frappe.qb.from_(value)
		.inner_join(customer)
		.on(customer.name == value.customer)
		.left_join(policy)
		.on(policy.name == value.policy)
		.where(value.status.isin(stages) & (customer.disabled == 0))
		.where((value.status_since >= first) & (value.status_since <= last))
		.select(value.customer, value.value_at_risk, value.currency, value.last_purchase, policy.company)
	)
	return selected(query, customer, value, {}).run(as_dict=True)


def _at_risk(rows: list, currency: str, today: date) -> float:
	"""Figures stay in the currency of the night that wrote them."""
	rates = currencies.factors([row.currency for row in rows], currency, today)
	return sum(flt(row.value_at_risk) * rate for row, rate in zip(rows, rates.tolist(), strict=True))


def _year_before(rows: list, currency: str, today: date) -> float:
	"""Up to the latest purchase of each, as a Loss Review has it: of the last year most is silence by then."""
	if not rows:
		return 0.0
	rates, _warnings = currencies.rates_of(today, currency)
	spent = Books(today, rates, currency).of_companies(rows)
	return sum(
		year_before(getdate(row.last_purchase), spent.get(row.customer, ()))
		for row in rows
		if row.last_purchase
	)


def _prices(months: list, currency: str) -> Iterator[Line]:
	"""Nothing where nobody has said anything in the month."""
	if not frappe.has_permission("Customer Touch", "read"):
		return
	found = [prices.remarks({}, first, last) for first, last in months]
	if not found[0]:
		return
	said = [_pair(len(rows), _money(prices.worth(rows)[0], currency)) for rows in found]
	label = _("Remarks on prices and competitors, and the current value of who made them")
	period = {"from_date": str(months[0][0]), "to_date": str(months[0][1])}
	yield Line(_("Prices and Competitors"), label, *said, prices.REPORT, period)


def _complaints(months: list, currency: str) -> Iterator[Line]:
	if not frappe.has_permission("Complaint Case", "read"):
		return
	part, now = _("Complaints", context="Management Letter"), now_datetime()
	cases = [figures.cases({"from_date": first, "to_date": last}) for first, last in months]
	each = [complaint_figures(those, now) for those in cases]
	period = {"from_date": str(months[0][0]), "to_date": str(months[0][1])}

	def percent(value):
		return "–" if value is None else f"{value} %"

	for label, said, report in (
		(_("Complaints, and repeats among them"), [f"{one['cases']} · {one['repeats']}" for one in each], "Complaint Analysis"),
		(_("Answered in time, solved in time"), [f"{percent(one['answered_in_time'])} · {percent(one['solved_in_time'])}" for one in each], "Complaint Times"),
		(_("Cost of compensation"), [_money(_cost(one, currency), currency) for one in cases], "Complaint Analysis"),
	):  # fmt: skip
		yield Line(part, label, *said, report, period)


def _cost(cases: list, currency: str) -> float:
	"""At the rates of their months, as all costs are; a currency without one is left out."""
	return sum(
		case.compensation_cost
		* currencies.rate_of_month(case.currency or currency, currency, case.opened_on.date())
		for case in cases
		if case.compensation_cost
	)


def _measures(today: date) -> Iterator[Line]:
	if not frappe.has_permission(measures.DOCTYPE, "read"):
		return
	if found := measures.outcomes({}, today):
		helped = sum(one.ratio.claim == FEWER for one in found)
		said = _("{0} of {1} have helped").format(helped, len(found))
		yield Line(
			_("Complaints", context="Management Letter"),
			_("Measures in force"),
			said,
			"",
			"Did the Measure Help",
			{},
		)


def _effect(months: list) -> Iterator[Line]:
	"""For who may know of control groups only."""
	if not (reads_all_customers() and control_group.may_be_seen()):
		return
	said = []
	for found in effects(VALUE, WITHIN, [last for _first, last in months]):
		low, high = (side[0] for side in found.every.any_time) if len(found.rules) else (np.nan, np.nan)
		if np.isfinite(low):
			ends = (_money(value, found.currency) for value in (low, high))
			said.append(_("between {0} and {1}").format(*ends))
		else:
			said.append(_("Not known yet."))
	label = _("What care changes in the purchases of a customer within 90 days")
	yield Line(_("Effect of Care"), label, *said, "Effect of Care", {})


def _costs(months: list) -> Iterator[Line]:
	if not costs.may_be_read():
		return
	said = []
	for first, last in months:
		books = costs.CostLedger(since=first, until=last)
		said.append(_money(sum(one.amount for one in books.costs()), books.currency))
	period = {"from_date": str(months[0][0]), "to_date": str(months[0][1])}
	label = _("Gifts, visits, events, rebates and all else that was spent on customers")
	yield Line(_("Costs", context="Management Letter"), label, *said, costs.REPORT, period)


def address(line: Line) -> str:
	"""Where a line is read on, as it stands in a mail."""
	asked = "&".join(f"{name}={frappe.utils.quote(str(value))}" for name, value in line.filters.items())
	report = frappe.utils.quote(line.report)
	return get_url(f"/app/query-report/{report}{'?' if asked else ''}{asked}")


def subscription(user: str) -> str | None:
	"""The Auto Email Report by which a user gets the letter."""
	return frappe.db.get_value("Auto Email Report", {"report": REPORT, "user": user, "enabled": 1})


@frappe.whitelist(methods=["POST"])
@typed
def send_me_monthly() -> str:
	"""Let the host send the user of this session the letter on the first of every month, with what this user may read.

	:returns: the name of the Auto Email Report
	:raises frappe.PermissionError: for who may not run the report
	"""
	user = frappe.session.user
	if not frappe.get_cached_doc("Report", REPORT).is_permitted():
		frappe.throw(_("This report is for managers."), frappe.PermissionError)
	if there := subscription(user):
		return there
	address = frappe.db.get_value("User", user, "email")
	if not address:
		frappe.throw(_("Please give your e-mail address in your user first."))
	if off := frappe.db.get_value("Auto Email Report", {"report": REPORT, "user": user}):
		letter = frappe.get_doc("Auto Email Report", off)
	else:
		letter = frappe.new_doc("Auto Email Report")
		letter.update({"report": REPORT, "report_type": "Script Report", "user": user})
	# The host runs a report as whoever runs the scheduler, so it says itself for whom it is.
	letter.update(
		{
			"enabled": 1, "frequency": "Monthly", "format": "HTML", "email_to": address, "send_if_data": 1,
			"filters": frappe.as_json({"reader": user}), "no_of_rows": 100,
			"description": _("The last month beside the one before."),
		}
	)  # fmt: skip
	# One's own figures to one's own address.
	letter.save(ignore_permissions=True)
	return letter.name
