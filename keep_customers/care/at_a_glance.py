"""All that a customer's form shows on its tab Care beside the figures (``panel.py``) and the timeline (``timeline.py``).

Read anew each time and stored nowhere, a fixed number of questions; what other rooms know comes by hook
(``keep_customers_at_a_glance``).
"""

import frappe
from frappe.utils import getdate

from keep_customers.access.lookups import named
from keep_customers.benefits import offered
from keep_customers.care import known_people, panel
from keep_customers.erp.api import typed
from keep_customers.erp.registered import registered
from keep_customers.worth import trend

AGREEMENTS = 6


@frappe.whitelist()
@typed
def at_a_glance(customer: str) -> dict:
	"""
	:returns:
		- today: the site's day
		- trend: as :func:`trend.of_customer`; None for who has no value, or may not read it
		- people, occasions: as in :mod:`known_people`
		- agreements: what was agreed at contacts, the latest day first: dicts with touch, next_step, day, follow_up and its status (each
		  None if there is none)
		- benefits: what the tier gets: dicts with name, kind, discount, gift
		- what other rooms add, by hook: see ``hooks.py``
	:raises frappe.PermissionError: if the user may not read the customer
	"""
	doc, today = named("Customer", customer), getdate()
	value, _tier = panel.value_and_tier(customer)
	file = _file(customer)
	found = {
		"today": today,
		"trend": trend.of_customer(customer, value, today) if value else None,
		"people": known_people.of_customer(customer, file, today),
		"occasions": known_people.occasions(file, today),
		"agreements": _agreements(customer),
		"benefits": _benefits(doc.get("keep_tier")) if value else [],
	}
	for add in registered("keep_customers_at_a_glance"):
		found |= add(customer, today)
	return found


def _file(customer: str):
	"""The Customer File as the user of this session may read it; None for nothing of it."""
	file = frappe.get_doc("Customer File", customer) if frappe.db.exists("Customer File", customer) else None
	if not file or not frappe.has_permission("Customer File", "read", doc=file):
		return None
	file.apply_fieldlevel_read_permissions()
	return file


def _agreements(customer: str) -> list[dict]:
	if not frappe.has_permission("Customer Touch", "read"):
		return []
	rows = frappe.get_list(
		"Customer Touch",
		filters={"customer": customer, "next_step": ("is", "set")},
		fields=["name as touch", "next_step", "next_step_date as day"],
		order_by="next_step_date desc, name desc",
		limit=AGREEMENTS,
	)
	follow_ups = (
		frappe.get_list(
			"Follow Up",
			filters={
				"reference_doctype": "Customer Touch", "reference_name": ("in", [row.touch for row in rows]),
				"care_rule": ("is", "not set"),
			},
			fields=["name", "reference_name", "status"],
		)
		if rows and frappe.has_permission("Follow Up", "read")
		else []
	)  # fmt: skip
	known = {row.reference_name: row for row in follow_ups}
	for row in rows:
		about = known.get(row.touch, {})
		row.update(status=about.get("status"), follow_up=about.get("name"))
	return rows


def _benefits(tier: str | None) -> list[dict]:
	return [
		{"name": one.name, "kind": one.kind, "discount": one.discount_percentage, "gift": one.gift}
		for one in offered.read()
		if tier in one.tiers
	]
