"""The triggers of Care Rules, by what they look at. Here is what they have in common."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

import frappe
from frappe.utils import cint, formatdate, getdate
from frappe.utils.caching import request_cache

from keep_customers.care import followups
from keep_customers.erp.tables import among, columns
from keep_customers.erp.trees import branch
from keep_customers.worth.population import left_out
from keep_customers.worth.values import of_today

# How far back is looked for what the submit event or a night missed (imports, a site that was down).
CATCH_UP_DAYS = 30
# Why a rule is not about a customer, or not any more.
DISABLED, EXCLUDED, FITS_NO_LONGER = NOT_MEANT = (
	"Customer disabled", "Customer excluded", "Customer no longer fits",
)  # fmt: skip


class Premise(NamedTuple):
	"""What has to be true of a contact for as long as it waits; what every rule asks of its customers is in :class:`Meant`.

	:ivar why: how it is noted that it is true no more
	:ivar over: ``(rows, today) -> bools``, whether it is true no more of each of the follow-ups, which are dicts as
		:func:`keep_customers.care.premises.waiting` gives them
	:ivar again: whether the same contact is due anew should it become true again, which the trigger then finds
	"""

	why: str
	over: Callable[[list, date], list[bool]]
	again: bool = True


def customers(rule, *fields):
	"""A query of every customer that may be contacted, with the conditions of the rule the database can check.

	:param fields: to select besides what :func:`matching` and :func:`row` read
	:returns: (the query, Customer, Customer Value); the value is empty for who is not ranked
	"""
	query, customer, value = candidates(rule)
	query = query.select(
		customer.name.as_("customer"), customer.customer_name, customer.customer_group, customer.territory,
		value.tier, of_today(value, "value_at_risk").as_("value_at_risk"), value.currency, *fields,
	)  # fmt: skip
	return query, customer, value


def candidates(rule):
	"""As :func:`customers`, with nothing selected: to ask for little first, where few of very many are due."""
	customer, value = frappe.qb.DocType("Customer"), frappe.qb.DocType("Customer Value")
	query = (
		frappe.qb.from_(customer)
		.left_join(value)
		.on(value.name == customer.name)
		.where((customer.disabled == 0) & (customer.is_internal_customer == 0))
	)
	if rule.tiers:
		query = query.where(value.tier.isin(sorted(rule.tiers)))
	return query, customer, value


def since(rule, today: date, days: int = 0) -> date:
	"""From which day on things count: the day the rule was switched on, and not too long ago."""
	return max(getdate(rule.enabled_from), today - timedelta(days=max(days, CATCH_UP_DAYS)))


def due_before(rule, planned_on: date, today: date, day: date) -> date:
	"""By when a contact is due about a day to come; of some it becomes known only after the rule would have begun."""
	begins = max(planned_on, today) if today <= day else planned_on
	return begins + timedelta(days=cint(rule.due_in_days))


class Meant:
	"""Whom a rule means: the same for what becomes due and for what waits."""

	def __init__(self, rule):
		self.tiers = rule.tiers
		self.groups = branch("Customer Group", rule.customer_group)
		but = (branch("Customer Group", group) or () for group in rule.get("except_groups") or ())
		self.but_groups = set().union(*but)
		self.territories = branch("Territory", rule.territory)
		self.excluded = left_out(frappe.get_cached_doc("Keep Customers Settings"))

	def why_not(self, row) -> str | None:
		"""Why the rule is not about a customer.

		:param row: with customer, customer_group, territory and tier
		"""
		customers, groups = self.excluded
		if row["customer"] in customers or row["customer_group"] in groups:
			return EXCLUDED
		fits = (
			(not self.tiers or row["tier"] in self.tiers)
			and (self.groups is None or row["customer_group"] in self.groups)
			and row["customer_group"] not in self.but_groups
			and (self.territories is None or row["territory"] in self.territories)
		)
		return None if fits else FITS_NO_LONGER


def matching(rule, rows) -> Iterator:
	"""Those rows whose customers the rule means."""
	meant = Meant(rule)
	return (row for row in rows if not meant.why_not(row))


def gone(doctype: str, **still) -> Callable[[list, date], list[bool]]:
	"""For a :class:`Premise`: what the contact is about is not there any more, or not as it was."""

	def over(rows: list, today: date) -> list[bool]:
		table = frappe.qb.DocType(doctype)
		query = among(frappe.qb.from_(table), table.name, {row["reference_name"] or "" for row in rows})
		for field, value in still.items():
			query = query.where(table[field] == value)
		there = set(columns(query, table.name)[0])
		return [row["reference_name"] not in there for row in rows]

	return over


def day_of(occurrence: str) -> date | None:
	"""The day that names an occurrence."""
	found = re.search(r"\d{4}-\d\d-\d\d", occurrence)
	return date.fromisoformat(found[0]) if found else None


def of_customers(rows: list) -> list[str]:
	return sorted({row["customer"] for row in rows})


def not_noted(rule, occurrences: dict[str, str]) -> dict[str, str]:
	"""Of customer -> occurrence those the rule has not made due before: nobody waits for words about the others."""
	known = followups.known_occurrences(rule.name, occurrences)
	return {name: what for name, what in occurrences.items() if (name, what) not in known}


@request_cache
def written(day: date) -> str:
	"""The day as people here write it; a night writes the same few days many thousand times."""
	return formatdate(day)


def row(rule, about, **values) -> dict:
	"""One Follow Up.

	:param about: with customer, customer_name, value_at_risk and currency, as :func:`customers` selects them
	:param values: at least occurrence, planned_on and reason; short says the same in few words; due_date is ``due_in_days`` later if not given
	"""
	planned_on = values["planned_on"]
	return {
		"customer": about.customer,
		"customer_name": about.customer_name,
		"care_rule": rule.name,
		"status": "Planned",
		"priority": rule.priority,
		"channel": rule.channel,
		"tier": about.get("tier"),
		"value_at_risk": about.value_at_risk,
		"currency": about.get("currency"),
		"due_date": planned_on + timedelta(days=cint(rule.due_in_days)),
		**values,
	}
