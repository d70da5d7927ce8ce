"""The triggers of Care Rules, by what they look at. Here is what they have in common."""

from collections.abc import Iterator
from datetime import date, timedelta

import frappe
from frappe.utils import cint, formatdate, getdate
from frappe.utils.caching import request_cache

from keep_customers.care import followups
from keep_customers.erp.trees import branch

# How far back is looked for what the submit event or a night missed (imports, a site that was down).
CATCH_UP_DAYS = 30


def customers(rule, *fields):
	"""A query of every customer that may be contacted, with the conditions of the rule the database can check.

	:param fields: to select besides what :func:`matching` and :func:`row` read
	:returns: (the query, Customer, Customer Value); the value is empty for who is not ranked
	"""
	query, customer, value = candidates(rule)
	query = query.select(
		customer.name.as_("customer"), customer.customer_name, customer.customer_group, customer.territory,
		value.tier, value.value_at_risk, value.currency, *fields,
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


def matching(rule, rows) -> Iterator:
	"""Those rows that fit the rule's conditions and are not of an excluded customer."""
	settings = frappe.get_cached_doc("Keep Customers Settings")
	excluded = {row.customer for row in settings.excluded_customers}
	groups, territories = branch("Customer Group", rule.customer_group), branch("Territory", rule.territory)
	for row in rows:
		if row.customer in excluded or (rule.tiers and row.tier not in rule.tiers):
			continue
		if (groups is None or row.customer_group in groups) and (
			territories is None or row.territory in territories
		):
			yield row


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
	:param values: at least occurrence, planned_on and reason; due_date is ``due_in_days`` later if not given
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
