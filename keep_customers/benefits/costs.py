"""What was spent on customers: a view over the documents that say so, stored nowhere, so that it always equals them.

Each source is one query. What stands in two documents counts once:

- **Gift, Contact**: the cost of a Customer Touch. Of a contact that a submitted Visit Plan with costs has led to, only a
  gift counts: travel, meals and the rest are the plan's.
- **Gift** of a tier: the planned cost of a Follow Up that is done, unless the contact says what the gift did cost.
- **Visit**: a submitted Visit Plan. A stop's own cost is its customer's; travel and the rest are shared equally among the
  stops that were visited, or among all of them if none was.
- **Compensation**: of a Complaint Case, once approved. A credit note or a stock entry that it refers to is not looked at.
- **Event**: the actual cost of a VIP Event, a head; a customer bears its guests and their companions. What nobody came to
  is on nobody's account.
- **Referral**: a reward that was given.
- **Rebate**: the submitted credit note of a Rebate Claim.
- **Discount, Coupon**: what the pricing rule of a Tier Benefit took off the price list on a purchase, net as the values are it
  is set against, also where prices hold the tax; a return gives it back, and of what was credited in full nothing is left. So it is at a till,
  once that is consolidated. Where several pricing rules have made a price together, each bears an equal part.

Amounts are in the reporting currency, at the rates of their months, as the values are they are set against.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

import frappe
from frappe import _
from frappe.query_builder.functions import Coalesce, Count, IfNull, NullIf, Sum
from frappe.utils import add_to_date, cint, flt, get_first_day, getdate
from pypika import Case, Criterion

from keep_customers.benefits import offered, pricing_rules
from keep_customers.engine import costs as engine
from keep_customers.erp.permissions import only_readable
from keep_customers.erp.tables import FALLING, among
from keep_customers.worth import currencies
from keep_customers.worth.corrected import Corrected, no_opening
from keep_customers.worth.selection import selected
from keep_customers.worth.values import of_today

REPORT = "Customer Cost and Value"
WORTH = ("current_value", "potential_value")


class Cost(NamedTuple):
	customer: str
	day: date
	kind: str  # one of engine.KINDS
	amount: float
	doctype: str
	name: str


class Spent(NamedTuple):
	"""A source's row, in its own currency."""

	customer: str
	day: date
	kind: str
	amount: float
	currency: str | None
	doctype: str
	name: str


@dataclass
class CostLedger:
	"""The costs of a period, of the customers that the user of this session may read.

	:param since: the first day; None for all
	:param until: the last day, likewise
	:param customer: only this one
	"""

	since: date | None = None
	until: date | None = None
	customer: str | None = None
	currency: str = field(init=False)
	# (currency, month) without an exchange rate: what was spent in it is left out.
	unknown: set[tuple[str, date]] = field(init=False, default_factory=set)

	def __post_init__(self):
		self.currency = currencies.reporting_currency()
		self._rates: dict[tuple[str, date], float] = {}

	def costs(self) -> list[Cost]:
		"""All of them, by day."""
		found = []
		for source in SOURCES:
			for row in source(self):
				rate = self._rate(row.currency or self.currency, row.day)
				if rate and row.amount:
					found.append(
						Cost(row.customer, row.day, row.kind, row.amount * rate, row.doctype, row.name)
					)
		return sorted(found, key=lambda cost: (cost.day, cost.doctype, cost.name, cost.customer))

	def counts(self, day: date) -> bool:
		"""Whether a day is one of the period."""
		return not ((self.since and day < self.since) or (self.until and day > self.until))

	def _rate(self, currency: str, day: date) -> float:
		key = currency, get_first_day(day)
		if key not in self._rates:
			self._rates[key] = currencies.rate_of_month(currency, self.currency, day)
			if not self._rates[key]:
				self.unknown.add(key)
		return self._rates[key]

	def narrowed(self, query, customer, day, otherwise=None):
		"""A source's query for this ledger's customers and days.

		:param customer: the field with the customer's name
		:param day: the field, or term, with the day or moment
		:param otherwise: what counts on another day than it says, as a condition
		"""
		if self.customer:
			query = query.where(customer == self.customer)
		inside = []
		if self.since:
			inside.append(day >= self.since)
		if self.until:
			inside.append(day < self.until + timedelta(days=1))
		if inside:
			query = query.where(
				Criterion.all(inside) if otherwise is None else Criterion.all(inside) | otherwise
			)
		return only_readable(query.where(IfNull(customer, "") != ""), customer)


def may_be_read() -> bool:
	"""Whether the user of this session may see what was spent: who may run the report about it."""
	return bool(frappe.db.exists("Report", REPORT)) and frappe.get_cached_doc("Report", REPORT).is_permitted()


def of_the_year(customer: str) -> dict:
	"""What was spent on a customer in the last twelve months.

	:returns: total, kinds (kind -> amount) and currency; of a customer that the user may not read, nothing
	"""
	# The days that the current value looks at.
	since = getdate(add_to_date(getdate(), years=-1, days=1))
	books = CostLedger(since=since, customer=customer)
	kinds = engine.add_up(books.costs(), lambda name: name).get(customer, {})
	return {"total": sum(kinds.values()), "kinds": kinds, "currency": books.currency}


def kind_labels() -> dict[str, str]:
	"""Kind of cost -> how people call it, in their language."""
	return {
		"Gift": _("Gifts", context="Customer Cost and Value"),
		"Visit": _("Visits", context="Customer Cost and Value"),
		"Contact": _("Contacts", context="Customer Cost and Value"),
		"Compensation": _("Compensations", context="Customer Cost and Value"),
		"Event": _("Events", context="Customer Cost and Value"),
		"Referral": _("Referrals", context="Customer Cost and Value"),
		"Rebate": _("Rebates", context="Customer Cost and Value"),
		"Discount": _("Tier Prices", context="Customer Cost and Value"),
		"Coupon": _("Coupons", context="Customer Cost and Value"),
	}


def customers(
	filters: dict, currency: str, names: Collection[str] | None = None, most: int | None = None
) -> dict:
	"""Whom the user of this session may read, with what they are worth; the most valuable first.

	:param filters: as :func:`selected`
	:param currency: what was computed in another one is no measure for the costs, and left out
	:param names: only these
	:param most: so many
	:returns: customer -> dict of customer, customer_name, tier, current_value, potential_value
	"""
	query, customer, value = _worth(filters)
	query = query.select(
		customer.name.as_("customer"), customer.customer_name, value.tier,
		*(_in_currency(value, field, currency).as_(field) for field in WORTH),
	)  # fmt: skip
	if names is not None:
		query = among(query, customer.name, names, most=len(names))
	else:
		query = (
			query.orderby(of_today(value, "current_value"), order=FALLING).orderby(customer.name).limit(most)
		)
	return {row.customer: row for row in query.run(as_dict=True)} if names != set() else {}


def tiers(filters: dict, currency: str) -> list[dict]:
	"""The same added up: dicts of tier (empty for who is ranked nowhere), customers, current_value and potential_value."""
	query, _customer, value = _worth(filters)
	tier = IfNull(value.tier, "").as_("tier")
	return (
		query.select(
			tier,
			Count("*").as_("customers"),
			*(Sum(_in_currency(value, field, currency)).as_(field) for field in WORTH),
		)
		.groupby(tier)
		.run(as_dict=True)
	)


def _worth(filters: dict):
	customer, value = frappe.qb.DocType("Customer"), frappe.qb.DocType("Customer Value")
	query = frappe.qb.from_(customer).left_join(value).on(value.name == customer.name)
	return selected(query, customer, value, filters), customer, value


def _in_currency(value, field: str, currency: str):
	return Case().when(value.currency == currency, of_today(value, field))


# The sources


def _spent(kind: str, doctype: str, query) -> Iterator[Spent]:
	"""The rows of a query for customer, day or moment, amount, currency and the document's name."""
	for customer, day, amount, currency, name in query.run():
		yield Spent(customer, getdate(day), kind, flt(amount), currency, doctype, name)


def _touches(books: CostLedger) -> Iterator[Spent]:
	touch, stop, plan = (
		frappe.qb.DocType(doctype) for doctype in ("Customer Touch", "Visit Plan Stop", "Visit Plan")
	)
	paid_by_plan = (
		frappe.qb.from_(stop)
		.inner_join(plan)
		.on(plan.name == stop.parent)
		.select(stop.touch)
		.where((plan.docstatus == 1) & (plan.total_cost > 0) & (IfNull(stop.touch, "") != ""))
	)
	query = (
		frappe.qb.from_(touch)
		.select(touch.customer, touch.date, touch.cost_kind, touch.cost, touch.cost_currency, touch.name)
		.where(touch.cost > 0)
		.where((touch.cost_kind == "Gift") | touch.name.notin(paid_by_plan))
	)
	for customer, day, kind, cost, currency, name in books.narrowed(query, touch.customer, touch.date).run():
		yield Spent(
			customer,
			getdate(day),
			"Gift" if kind == "Gift" else "Contact",
			flt(cost),
			currency,
			"Customer Touch",
			name,
		)


def _visits(books: CostLedger) -> Iterator[Spent]:
	plan, stop, other = (
		frappe.qb.DocType("Visit Plan"),
		frappe.qb.DocType("Visit Plan Stop"),
		frappe.qb.DocType("Visit Plan Stop").as_("other"),
	)
	stops = (
		frappe.qb.from_(other)
		.select(other.parent, Count("*").as_("planned"), Sum(other.visited).as_("visited"))
		.groupby(other.parent)
	).as_("stops")
	day = Coalesce(stop.visited_on, plan.to_date)
	query = (
		frappe.qb.from_(stop)
		.inner_join(plan)
		.on(plan.name == stop.parent)
		.inner_join(stops)
		.on(stops.parent == plan.name)
		.select(
			stop.customer, day, stop.cost, stop.visited, stops.planned, stops.visited, plan.travel_cost, plan.other_cost,
			plan.currency, plan.name,
		)
		.where((plan.docstatus == 1) & (plan.total_cost > 0))
	)  # fmt: skip
	for customer, when, own, was, planned, visited, travel, more, currency, name in books.narrowed(
		query, stop.customer, day
	).run():
		of_all = engine.share(flt(travel) + flt(more), cint(was), cint(visited), cint(planned))
		yield Spent(customer, getdate(when), "Visit", flt(own) + of_all, currency, "Visit Plan", name)


def _compensations(books: CostLedger) -> Iterator[Spent]:
	case, row = frappe.qb.DocType("Complaint Case"), frappe.qb.DocType("Complaint Compensation")
	day = Coalesce(row.handed_over_on, row.approved_on, case.opened_on)
	query = (
		frappe.qb.from_(row)
		.inner_join(case)
		.on(case.name == row.parent)
		.select(case.customer, day, row.cost, row.currency, case.name)
		.where(row.status.isin(["Approved", "Handed Over"]) & (row.cost > 0))
	)
	return _spent("Compensation", "Complaint Case", books.narrowed(query, case.customer, day))


def _events(books: CostLedger) -> Iterator[Spent]:
	event, guest, other = (
		frappe.qb.DocType("VIP Event"),
		frappe.qb.DocType("VIP Invitation"),
		frappe.qb.DocType("VIP Invitation").as_("other"),
	)
	heads = (
		frappe.qb.from_(other)
		.select(other.event, Sum(IfNull(other.companions, 0) + 1).as_("heads"))
		.where(other.status == "Attended")
		.groupby(other.event)
	).as_("heads")
	query = (
		frappe.qb.from_(guest)
		.inner_join(event)
		.on(event.name == guest.event)
		.inner_join(heads)
		.on(heads.event == event.name)
		.select(
			guest.customer, event.starts_on, guest.companions, heads.heads, event.actual_cost, event.currency, event.name
		)
		.where((guest.status == "Attended") & (event.actual_cost > 0))
	)  # fmt: skip
	for customer, day, companions, all_heads, cost, currency, name in books.narrowed(
		query, guest.customer, event.starts_on
	).run():
		amount = engine.share(flt(cost), 1 + cint(companions), cint(all_heads))
		yield Spent(customer, getdate(day), "Event", amount, currency, "VIP Event", name)


def _referrals(books: CostLedger) -> Iterator[Spent]:
	referral = frappe.qb.DocType("Referral")
	query = (
		frappe.qb.from_(referral)
		.select(
			referral.referrer,
			referral.reward_given_on,
			referral.reward_cost,
			referral.reward_currency,
			referral.name,
		)
		.where((referral.reward_cost > 0) & referral.reward_given_on.isnotnull())
	)
	narrowed = books.narrowed(query, referral.referrer, referral.reward_given_on)
	return _spent("Referral", "Referral", narrowed)


def _tier_gifts(books: CostLedger) -> Iterator[Spent]:
	follow_up, touch = frappe.qb.DocType("Follow Up"), frappe.qb.DocType("Customer Touch")
	query = (
		frappe.qb.from_(follow_up)
		.left_join(touch)
		.on((touch.name == follow_up.touch) & (touch.cost_kind == "Gift") & (touch.cost > 0))
		.select(
			follow_up.customer,
			follow_up.done_on,
			follow_up.gift_cost,
			# What was planned by another app may say but one currency.
			Coalesce(NullIf(follow_up.gift_currency, ""), follow_up.currency),
			follow_up.name,
		)
		.where((follow_up.status == "Done") & (follow_up.gift_cost > 0) & touch.name.isnull())
	)
	return _spent("Gift", "Follow Up", books.narrowed(query, follow_up.customer, follow_up.done_on))


def _rebates(books: CostLedger) -> Iterator[Spent]:
	claim, note, company = (
		frappe.qb.DocType(doctype) for doctype in ("Rebate Claim", "Sales Invoice", "Company")
	)
	query = (
		frappe.qb.from_(claim)
		.inner_join(note)
		.on(note.name == claim.credit_note)
		.inner_join(company)
		.on(company.name == note.company)
		.select(note.customer, note.posting_date, note.base_net_total, company.default_currency, note.name)
		.where(note.docstatus == 1)
	)
	for customer, day, amount, currency, name in books.narrowed(
		query, note.customer, note.posting_date
	).run():
		# A credit note is negative.
		yield Spent(customer, getdate(day), "Rebate", -flt(amount), currency, "Sales Invoice", name)


def _discounts(books: CostLedger) -> Iterator[Spent]:
	kinds = _benefit_rules()
	if not kinds:
		return
	item, till, invoice, company = (
		frappe.qb.DocType(doctype)
		for doctype in ("Sales Invoice Item", "POS Invoice Item", "Sales Invoice", "Company")
	)
	# What was sold at a till is consolidated without list prices and rules: its own row has them.
	amount, discount = (
		Coalesce(till.amount, item.amount),
		Coalesce(till.discount_amount, item.discount_amount),
	)
	rules = Coalesce(NullIf(till.pricing_rules, ""), item.pricing_rules, "")
	# Of what is given away nobody knows how much of it would have been tax.
	net = Case().when(amount != 0, 1.0 * item.net_amount / amount).else_(1)
	off = Sum(discount * item.qty * invoice.conversion_rate * net)
	query = (
		frappe.qb.from_(item)
		.inner_join(invoice)
		.on(invoice.name == item.parent)
		.inner_join(company)
		.on(company.name == invoice.company)
		.left_join(till)
		.on(till.name == item.pos_invoice_item)
		.select(
			invoice.customer, invoice.posting_date, rules, off, company.default_currency, invoice.name,
			invoice.return_against,
		)
		.where((invoice.docstatus == 1) & (invoice.is_debit_note == 0) & no_opening(invoice))
		.where((item.discount_amount != 0) | (IfNull(item.pos_invoice_item, "") != ""))
		.where((discount != 0) & (rules != ""))
		.groupby(
			invoice.customer, invoice.posting_date, rules, company.default_currency, invoice.name,
			invoice.return_against,
		)
	)  # fmt: skip
	corrected = Corrected.of(getdate(), [books.customer] if books.customer else None)
	first = {name: day for name, _day, day in corrected.moved()}
	moved = [name for name, day in first.items() if books.counts(day)]
	for customer, day, named, amount, currency, name, against in books.narrowed(
		query, invoice.customer, invoice.posting_date, invoice.name.isin(moved) if moved else None
	).run():
		day = first.get(name, getdate(day))
		if {name, against} & corrected.undone.keys() or not books.counts(day):
			continue
		names = pricing_rules.rules_on({"pricing_rules": named})
		for rule in names:
			if rule in kinds:
				part = flt(amount) / len(names)
				yield Spent(customer, day, kinds[rule], part, currency, "Sales Invoice", name)


def _benefit_rules() -> dict[str, str]:
	"""Pricing Rule -> kind of cost, of those that tier benefits have made; they stay when their benefit goes."""
	rule, benefit = frappe.qb.DocType("Pricing Rule"), frappe.qb.DocType("Tier Benefit")
	rows = (
		frappe.qb.from_(rule)
		.left_join(benefit)
		.on(benefit.name == rule.keep_benefit)
		.select(rule.name, rule.condition, benefit.kind)
		.where(IfNull(rule.keep_benefit, "") != "")
	).run()
	return {
		name: "Coupon" if kind in offered.COUPONS or pricing_rules.key_of(text) else "Discount"
		for name, text, kind in rows
	}


SOURCES: tuple[Callable[[CostLedger], Iterator[Spent]], ...] = (
	_touches, _tier_gifts, _visits, _compensations, _events, _referrals, _rebates, _discounts,
)  # fmt: skip
