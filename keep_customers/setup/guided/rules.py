"""With which Care Rules to start: three that suit almost everybody, and what each would have made last week."""

import frappe
from frappe import _
from frappe.utils import flt

from keep_customers.care.preview import would_have_made
from keep_customers.erp.permissions import reads_all_customers
from keep_customers.setup.guided import cadence, choices, proposals
from keep_customers.worth import currencies
from keep_customers.worth.values import tier_ranks

RECOMMENDED = ("Tier Cadence", "Purchase Amount", "Reorder Overdue")
DAYS = 7


def look(values: dict) -> dict:
	"""The recommended rules, whether they are to be on, what they would have made in the last seven days, and how much work
	the rhythm of the tiers is.

	:param values: as :func:`save` takes them
	"""
	settings = frappe.get_doc(choices.SETTINGS)
	names, days = recommended(), cadence.every(values)
	chosen = _chosen(values, names)
	large = proposals.large_purchase(settings) if reads_all_customers() else None
	rules = []
	for name in names:
		rule = frappe.get_doc("Care Rule", name)
		if rule.trigger == "Purchase Amount":
			rule.min_amount = _amount(values, rule, large)
		shown = {field: rule.get(field) for field in ("name", "trigger", "min_amount", "description")}
		made = would_have_made(name, DAYS, {"min_amount": rule.min_amount})
		rules.append({**shown, "chosen": name in chosen, "made": made})
	others = frappe.get_all("Care Rule", {"enabled": 1, "name": ("not in", names or [""])}, pluck="name")
	load = cadence.look([*chosen, *others], days, settings)
	gone = [] if rules else [_("The recommended rules are not there any more.")]
	return {
		**load,
		"rules": rules,
		"large_purchase": large,
		"currency": currencies.reporting_currency(settings),
		"tiers": _tiers(days),
		"warnings": [*gone, *load["warnings"]],
	}


def save(values: dict) -> None:
	"""
	:param values: ``on``, the names of the rules that are to be on, of the recommended; ``min_amount``; ``cadence``, tier ->
		days
	"""
	names = recommended()
	chosen = _chosen(values, names)
	for name in names:
		rule = frappe.get_doc("Care Rule", name)
		rule.enabled = int(name in chosen)
		if rule.trigger == "Purchase Amount" and flt(values.get("min_amount")) > 0:
			rule.min_amount = flt(values["min_amount"])
		rule.save()
	cadence.save(cadence.every(values))


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


def _chosen(values: dict, names: list[str]) -> list[str]:
	"""Those of the recommended rules that are ticked; before that those that are on, or all on a site where none is."""
	if "on" in values:
		ticked = choices.names(values["on"] or [])
		return [name for name in names if name in ticked]
	on = set(frappe.get_all("Care Rule", {"enabled": 1}, pluck="name"))
	return [name for name in names if name in on or not on]


def _amount(values: dict, rule, large: float | None) -> float:
	"""What was chosen; else what stands in a rule that is on, else what the figures suggest."""
	if flt(values.get("min_amount")) > 0:
		return flt(values["min_amount"])
	return rule.min_amount if rule.enabled or not large else large


def _tiers(days: dict[str, int]) -> list[dict]:
	suggested = proposals.cadences() if reads_all_customers() else {}
	return [
		{"name": name, "contact_every_days": every, "suggested": suggested.get(name)}
		for name, every in days.items()
	]
