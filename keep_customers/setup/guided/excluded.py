"""Who is not ranked: the walk-in customer, staff, firms of the group."""

from collections import Counter

import frappe
from frappe import _

from keep_customers.erp.permissions import only_readable, readable_among, reads_all_customers
from keep_customers.erp.trees import branch
from keep_customers.setup.guided import choices
from keep_customers.worth.population import Rankable, rankable, ranked_customers

TABLES = {"excluded_groups": "customer_group", "excluded_customers": "customer"}
MUCH = 0.5  # of all customers


def look(values: dict) -> dict:
	"""How many customers there are, how many would be left, and each group with its number; of those the user may read."""
	settings = choices.settings(values, (), TABLES)
	counts = _counted(settings)
	chosen = [row.customer_group for row in settings.excluded_groups if row.customer_group]
	named = [row.customer for row in settings.excluded_customers]
	readable = readable_among(set(named))
	return {
		"all": counts.all,
		"ranked": counts.ranked,
		"groups": [
			{"group": group, "customers": count}
			for group, count in sorted(counts.groups.items(), key=lambda one: (-one[1], str(one[0])))
		],
		"excluded_groups": chosen,
		"excluded_customers": [name for name in named if name in readable],
		"warnings": [*_empty(counts), *_large(counts, chosen)],
	}


def _counted(settings) -> Rankable:
	if reads_all_customers():
		return rankable(settings)
	customer = frappe.qb.DocType("Customer")
	query = frappe.qb.from_(customer).select(customer.name)
	readable = {name for (name,) in only_readable(query, customer.name).run()}
	nobody = frappe._dict(excluded_groups=[], excluded_customers=[])
	everybody = [one for one in ranked_customers(nobody) if one.name in readable]
	left = sum(one.name in readable for one in ranked_customers(settings))
	return Rankable(len(everybody), left, dict(Counter(one.group for one in everybody)))


def save(values: dict) -> None:
	"""
	:raises frappe.ValidationError: if nobody would be left; the settings say so
	"""
	choices.settings(values, (), TABLES).save()


def _empty(counts) -> list[str]:
	if not counts.all:
		return [_("There are no customers yet. Please enter or import them first.")]
	return [] if counts.ranked else [_("Nobody would be left. Please take a group out.")]


def _large(counts, chosen: list[str]) -> list[str]:
	said = []
	for group in chosen:
		below = branch("Customer Group", group)
		share = sum(counts.groups.get(one, 0) for one in below) / max(counts.all, 1)
		if share > MUCH and counts.ranked:
			said.append(_("{0} holds {1} % of all customers.").format(group, round(100 * share)))
	return said
