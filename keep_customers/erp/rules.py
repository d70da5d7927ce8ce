"""Care Rules: what each trigger asks of ERPNext, one query a rule."""

from collections.abc import Callable
from datetime import date, timedelta

import frappe
from frappe.query_builder.functions import IfNull, Max
from frappe.utils import fmt_money, formatdate, get_datetime, getdate

from keep_customers.engine.followups import cadence_due
from keep_customers.erp import contacts_seen, followups, ledger, referrals
from keep_customers.erp.trees import branch
from keep_customers.erp.values import last_parameters

FIELDS = (
	"name", "trigger", "min_amount", "enabled_from", "customer_group", "territory", "company", "channel",
	"due_in_days", "priority", "assign_to", "role", "user", "control_share",
)  # fmt: skip
# How far back invoices are looked for that the submit event missed (imports, a site that was down).
CATCH_UP_DAYS = 30


def enabled(today: date) -> list:
	"""The rules that are switched on, with their tiers; one switched on later than ``today`` is not."""
	rows = [
		rule
		for rule in frappe.get_all(
			"Care Rule", filters={"enabled": 1}, fields=list(FIELDS), order_by="name asc"
		)
		if rule.enabled_from and getdate(rule.enabled_from) <= today
	]
	tiers: dict[str, set[str]] = {}
	for parent, tier in frappe.get_all("Care Rule Tier", fields=["parent", "tier"], as_list=True):
		tiers.setdefault(parent, set()).add(tier)
	for rule in rows:
		rule.tiers = tiers.get(rule.name, set())
	return rows


def by_name() -> dict:
	return {rule.name: rule for rule in frappe.get_all("Care Rule", fields=list(FIELDS))}


def due(rule, today: date) -> list[dict]:
	"""What the rule makes due by today, as Follow Up rows; occurrences already known may be among them."""
	return TRIGGERS[rule.trigger](rule, today)


def purchase_amounts(rule, today: date, invoice: str | None = None) -> list[dict]:
	"""Invoices of at least the rule's amount, posted and submitted since it was switched on.

	:param invoice: only this one
	"""
	si, customer, value = (
		frappe.qb.DocType(name) for name in ("Sales Invoice", "Customer", "Customer Value")
	)
	oldest = max(
		getdate(rule.enabled_from), today - timedelta(days=max(rule.due_in_days or 0, CATCH_UP_DAYS))
	)
	query = (
		frappe.qb.from_(si)
		.inner_join(customer)
		.on(customer.name == si.customer)
		.left_join(value)
		.on(value.name == si.customer)
		.select(
			si.name, si.posting_date, si.company, si.base_net_total, si.amended_from, si.customer,
			customer.customer_name, customer.customer_group, customer.territory, value.tier, value.value_at_risk,
		)
		.where((si.docstatus == 1) & (si.is_return == 0) & (IfNull(si.is_opening, "No") != "Yes"))
		.where((customer.disabled == 0) & (customer.is_internal_customer == 0))
		.where((si.posting_date >= oldest) & (si.posting_date <= today))
		.where(si.modified >= get_datetime(rule.enabled_from))
	)  # fmt: skip
	if invoice:
		query = query.where(si.name == invoice)
	if rule.company:
		query = query.where(si.company == rule.company)
	settings = frappe.get_cached_doc("Keep Customers Settings")
	rows = list(_matching(rule, query.run(as_dict=True), settings))
	if not rows:
		return []
	currency = ledger.reporting_currency(settings)
	# Only the rates that are needed: ERPNext may ask the internet, while somebody submits an invoice.
	rates, _warnings = ledger.exchange_rates(
		currency, today, ledger.known_rates(last_parameters(), currency), {row.company for row in rows}
	)
	rows = [row for row in rows if row.base_net_total * rates.get(row.company, 0) >= rule.min_amount]
	roots = _first_versions([row for row in rows if row.amended_from])
	return [
		_row(
			rule,
			row,
			occurrence=roots.get(row.name, row.name),
			planned_on=getdate(row.posting_date),
			due_date=getdate(row.posting_date) + timedelta(days=rule.due_in_days or 0),
			reason=followups.reason_for_purchase(
				row.name,
				fmt_money(row.base_net_total * rates[row.company], currency=currency),
				formatdate(row.posting_date),
			),
			reference_doctype="Sales Invoice",
			reference_name=row.name,
			currency=currency,
			# A call about a purchase long ago would be odd.
			expires=1,
		)
		for row in rows
	]


def tier_cadence(rule, today: date) -> list[dict]:
	"""Customers of a tier who have not been contacted for as long as the tier's rhythm allows."""
	value, customer, tier = (
		frappe.qb.DocType(name) for name in ("Customer Value", "Customer", "Customer Tier")
	)
	touch, follow_up = frappe.qb.DocType("Customer Touch"), frappe.qb.DocType("Follow Up")
	query = (
		frappe.qb.from_(value)
		.inner_join(customer)
		.on(customer.name == value.name)
		.inner_join(tier)
		.on(tier.name == value.tier)
		.select(
			value.name.as_("customer"), value.customer_name, value.tier, value.value_at_risk, value.currency,
			customer.customer_group, customer.territory, tier.contact_every_days,
		)
		.where((tier.contact_every_days > 0) & (customer.disabled == 0))
	)  # fmt: skip
	if rule.tiers:
		query = query.where(value.tier.isin(sorted(rule.tiers)))
	touched = (
		frappe.qb.from_(touch)
		.select(touch.customer, Max(touch.date))
		.where((touch.result != "Not Reached") & (touch.date < today + timedelta(days=1)))
		.groupby(touch.customer)
	)
	done = (
		frappe.qb.from_(follow_up)
		.select(follow_up.customer, Max(follow_up.done_on))
		.where((follow_up.status == "Done") & follow_up.touch.isnull() & (follow_up.done_on <= today))
		.groupby(follow_up.customer)
	)
	last: dict[str, date] = {}
	for name, when in [*touched.run(), *done.run(), *contacts_seen.latest(today).items()]:
		if when:
			last[name] = max(last.get(name, date.min), getdate(when))
	passed = (
		frappe.qb.from_(follow_up)
		.select(follow_up.customer, Max(follow_up.planned_on))
		.where((follow_up.care_rule == rule.name) & follow_up.status.notin(followups.PENDING))
		.where(IfNull(follow_up.hold_reason, "") != "Rule switched off")
		.groupby(follow_up.customer)
	)
	# An occurrence that was settled without a contact (nobody reached, refused, cancelled) does not end the rhythm.
	asked = {name: getdate(when) for name, when in passed.run() if when}
	waiting = set(
		frappe.get_all(
			"Follow Up",
			filters={"care_rule": rule.name, "status": ("in", followups.PENDING)},
			pluck="customer",
		)
	)
	started = getdate(rule.enabled_from)
	rows = []
	for row in _matching(rule, query.run(as_dict=True), frappe.get_cached_doc("Keep Customers Settings")):
		contact = last.get(row.customer)
		turn = max(filter(None, (contact, asked.get(row.customer))), default=None)
		day, since = cadence_due(row.customer, row.contact_every_days, turn, started)
		if day > today or row.customer in waiting:
			continue
		rows.append(
			_row(
				rule,
				row,
				occurrence=f"since {since.isoformat()}",
				planned_on=day,
				due_date=day + timedelta(days=rule.due_in_days or 0),
				reason=followups.reason_for_cadence(
					row.tier, row.contact_every_days, contact and formatdate(contact)
				),
				currency=row.currency,
			)
		)
	return rows


TRIGGERS: dict[str, Callable] = {
	"Purchase Amount": purchase_amounts,
	"Tier Cadence": tier_cadence,
	**referrals.TRIGGERS,
}


def _matching(rule, rows, settings):
	"""Those rows that fit the rule's conditions and are not of an excluded customer."""
	excluded = {row.customer for row in settings.excluded_customers}
	groups, territories = branch("Customer Group", rule.customer_group), branch("Territory", rule.territory)
	for row in rows:
		if row.customer in excluded or (rule.tiers and row.tier not in rule.tiers):
			continue
		if (groups is None or row.customer_group in groups) and (
			territories is None or row.territory in territories
		):
			yield row


def _row(rule, row, **values) -> dict:
	return {
		"customer": row.customer,
		"customer_name": row.customer_name,
		"care_rule": rule.name,
		"status": "Planned",
		"priority": rule.priority,
		"channel": rule.channel,
		"value_at_risk": row.value_at_risk,
		**values,
	}


def _first_versions(rows) -> dict[str, str]:
	"""Amended invoice -> the name under which it was first submitted, so that it is one occurrence."""
	first = {row.name: row.amended_from for row in rows}
	pending = set(first.values())
	while pending:
		earlier = dict(
			frappe.get_all(
				"Sales Invoice",
				filters={"name": ("in", sorted(pending)), "amended_from": ("is", "set")},
				fields=["name", "amended_from"],
				as_list=True,
			)
		)
		first = {name: earlier.get(root, root) for name, root in first.items()}
		pending = set(earlier.values())
	return first
