"""Why a customer has its tier, in the reader's language.

A night writes it in the site's language for a hundred thousand customers, with nothing beside it: so it is read back from its own
sentence.
"""

import frappe
from frappe import _
from frappe.utils.caching import request_cache

from keep_customers.erp.language import site_language
from keep_customers.erp.said import read_out
from keep_customers.worth.reasons import bases, kept, pinned, sentences


def retold(reason: str | None) -> str | None:
	"""As it was written for whatever else is said there, such as the words of who has pinned a customer."""
	if not reason or site_language() == frappe.local.lang:
		return reason
	tiers, basis = _tiers(), dict(zip(bases(site_language()), bases(None), strict=True))
	if found := read_out(kept(site_language()), reason, tier=tiers):
		return kept(None).format(reason=retold(found["reason"]), tier=tiers[found["tier"]])
	if found := read_out(pinned(site_language()), reason, p0=tiers):
		return pinned(None).format(tiers[found["p0"]], found["p1"], found["p2"])
	for segment, sentence in sentences(site_language()).items():
		if found := read_out(sentence, reason, tier=tiers, basis=basis):
			found |= {"tier": tiers[found["tier"]], "basis": basis[found["basis"]]}
			return sentences(None)[segment].format(**found)
	return reason


@request_cache
def _tiers() -> dict[str, str]:
	"""A tier's name in the site's language -> in the reader's."""
	names = frappe.get_all("Customer Tier", pluck="name")
	return {_(one, site_language(), "Customer Tier"): _(one, context="Customer Tier") for one in names}
