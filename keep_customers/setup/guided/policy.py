"""How customers are ranked: the pyramid that the cuts make of today's customers, before anything is written."""

from dataclasses import asdict

import frappe
from frappe import _
from frappe.utils import getdate

from keep_customers.care.workload import MONTH, contacts_in
from keep_customers.erp.permissions import reads_all_customers
from keep_customers.setup.guided import cadence, choices, populations
from keep_customers.worth import currencies, population
from keep_customers.worth.rehearsal import pyramids

FIELDS = (
	"top_share", "high_share", "low_share", "window_months", "value_basis", "review", "keep_band", "review_losses",
	"losses_from",
)  # fmt: skip


def look(values: dict) -> dict:
	"""The policy for everybody else as chosen, those that are cut alike, the pyramids of all, and the names its tiers have."""
	docs = _chosen(values)
	if not docs:
		return {"pyramids": [], "warnings": [_("There is no Tier Policy that is enabled. Please make one.")]}
	for one in docs:
		one.run_method("validate")
	doc, *alike = docs
	asked = {
		one.name: frappe._dict({field: one.get(field) for field in population.POLICY_FIELDS}) for one in docs
	}
	policies = [asked.get(one.name, one) for one in population.policies()]
	found, warnings = pyramids(frappe.get_doc(choices.SETTINGS), policies, getdate())
	if not found:
		warnings = [
			*warnings,
			_("Nobody has bought anything that counts. Tiers come with the first invoices."),
		]
	return {
		"policy": doc.name,
		"currency": currencies.reporting_currency(),
		"alike": [one.name for one in alike],
		"others": len(policies) - len(docs),
		"tiers": [doc.top_tier, doc.high_tier, doc.broad_tier, doc.low_tier],
		**{field: doc.get(field) for field in FIELDS},
		"pyramids": [_shown(one) for one in found],
		"contacts": round(_contacts(found)),
		"warnings": warnings,
	}


def save(values: dict) -> None:
	for doc in _chosen(values):
		doc.save()


def _chosen(values: dict) -> list:
	"""The policy for everybody else, with what was chosen, and after it those that are cut alike; none without a policy."""
	standing = populations.policies()
	if not standing:
		return []
	broad = populations.broadest(standing)
	docs = [
		frappe.get_doc("Tier Policy", one.name) for one in [broad, *populations.cut_alike(standing, broad)]
	]
	for doc in docs:
		doc.update({field: values[field] for field in FIELDS if field in values})
	return docs


def _contacts(found: list) -> float:
	"""How many contacts a month it would be to keep in touch with all of them, as often as their tiers say."""
	days = cadence.every({})
	return sum(
		contacts_in(MONTH, step.customers, days.get(step.tier, 0)) for one in found for step in one.steps
	)


def _shown(pyramid) -> dict:
	"""Money only for who may read every customer: of a tier of one it is that one's."""
	found = asdict(pyramid)
	if not reads_all_customers():
		for step in found["steps"]:
			step["value"] = step["from_value"] = None
	return found
