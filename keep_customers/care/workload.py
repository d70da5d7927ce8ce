"""How much work the tiers' rhythm is, before a rule is switched on."""

from collections import Counter
from dataclasses import dataclass

from keep_customers.care import rules
from keep_customers.care.assignment import Assignment
from keep_customers.care.triggers import customers, matching

CADENCE = "Tier Cadence"
WEEK, MONTH = 7, 30  # days


@dataclass(frozen=True)
class Workload:
	"""Contacts in a month, if nothing else brings a customer to mind; None stands for nobody."""

	by_tier: dict[str, float]
	by_rep: dict[str | None, float]


def contacts_in(days: int, customers: int, every: int) -> float:
	"""Contacts in a span of days with so many customers, each once in ``every`` days; 0 days: never."""
	return customers * days / every if every else 0.0


def of_cadence(names: list[str], every: dict[str, int], settings) -> Workload:
	"""What Care Rules would ask for, on or not; those with another trigger are passed over.

	:param every: tier -> days between contacts
	"""
	meant = {}
	for rule in rules.read({"name": ("in", names or [""]), "trigger": CADENCE}):
		query, _customer, _value = customers(rule)
		for row in matching(rule, query.run(as_dict=True)):
			if row.tier in every:
				meant.setdefault(row.customer, (row.tier, rule))
	asked = Assignment(meant, settings)
	by_tier, by_rep = Counter(), Counter()
	for customer, (tier, rule) in meant.items():
		contacts = contacts_in(MONTH, 1, every[tier])
		by_tier[tier] += contacts
		by_rep[asked.user_for(customer, rule.assign_to, rule.role, rule.user)] += contacts
	return Workload(dict(by_tier), dict(by_rep))
