"""With which Care Rules to start: three that suit almost everybody, and what each would have made last week."""

import frappe
from frappe import _
from frappe.utils import cint, flt

from keep_customers.care.preview import would_have_made
from keep_customers.erp.permissions import reads_all_customers
from keep_customers.setup.guided import choices, proposals
from keep_customers.worth import ledger
from keep_customers.worth.values import tier_ranks

RECOMMENDED = ("Tier Cadence", "Purchase Amount", "Reorder Overdue")
DAYS = 7


def look(values: dict) -> dict:
	"""The recommended rules, whether they are on, and what they would have made in the last seven days.

	:param values: ``min_amount`` of the large purchase
	"""
	settings = frappe.get_doc(choices.SETTINGS)
	large = proposals.large_purchase(settings) if reads_all_customers() else None
	rules = []
	for name in recommended():
		rule = frappe.get_doc("Care Rule", name)
		if rule.trigger == "Purchase Amount":
			rule.min_amount = _amount(values, rule, large)
		rules.append(
			{
				**{
					field: rule.get(field)
					for field in ("name", "trigger", "enabled", "min_amount", "description")
				},
				"made": would_have_made(name, DAYS, {"min_amount": rule.min_amount}),
			}
		)
	return {
		"rules": rules,
		"large_purchase": large,
		"currency": ledger.reporting_currency(settings),
		"tiers": _tiers(),
		"on": frappe.db.count("Care Rule", {"enabled": 1}),
		"warnings": [] if rules else [_("The recommended rules are not there any more.")],
	}


def save(values: dict) -> None:
	"""
	:param values: ``on``, the names of the rules that are to be on, of the recommended; ``min_amount``; ``cadence``, tier ->
		days
	"""
	chosen = values.get("on") or []
	for name in recommended():
		rule = frappe.get_doc("Care Rule", name)
		rule.enabled = int(name in chosen)
		if rule.trigger == "Purchase Amount" and flt(values.get("min_amount")) > 0:
			rule.min_amount = flt(values["min_amount"])
		rule.save()
	ranks, cadence = tier_ranks(), values.get("cadence") or {}
	for name in ranks:
		if name in cadence and cint(cadence[name]) >= 0:
			tier = frappe.get_doc("Customer Tier", name)
			if tier.contact_every_days != cint(cadence[name]):
				tier.contact_every_days = cint(cadence[name])
				tier.save()


def recommended() -> list[str]:
	"""One rule of each trigger: of several the one for the best tier, else the first by name."""
	ranks, found = tier_ranks(), {}
	for trigger in RECOMMENDED:
		names = frappe.get_all("Care Rule", {"trigger": trigger}, pluck="name", order_by="name asc")
		if names:
			found[trigger] = min(names, key=lambda name: _best_rank(name, ranks))
	return list(found.values())


def _best_rank(rule: str, ranks: dict[str, int]) -> int:
	tiers = frappe.get_all("Care Rule Tier", {"parent": rule}, pluck="tier")
	return min((ranks[tier] for tier in tiers if tier in ranks), default=len(ranks) + 1)


def _amount(values: dict, rule, large: float | None) -> float:
	"""What was chosen; else what stands in a rule that is on, else what the figures suggest."""
	if flt(values.get("min_amount")) > 0:
		return flt(values["min_amount"])
	return rule.min_amount if rule.enabled or not large else large


def _tiers() -> list[dict]:
	suggested = proposals.cadences() if reads_all_customers() else {}
	rows = frappe.get_all("Customer Tier", fields=["name", "contact_every_days"], order_by="rank asc")
	return [{**row, "suggested": suggested.get(row.name)} for row in rows]
