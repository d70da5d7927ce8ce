import frappe
from frappe.query_builder.functions import Coalesce, IfNull

from keep_customers.erp.tables import chunks


def execute():
	"""Follow-ups whose gift had no currency of its own.

	It is the benefit's, if that was not changed since; else the one that stood on the follow-up, which was that of the
	value at risk.
	"""
	follow_up, benefit = frappe.qb.DocType("Follow Up"), frappe.qb.DocType("Tier Benefit")
	rows = (
		frappe.qb.from_(follow_up)
		.left_join(benefit)
		.on((benefit.name == follow_up.benefit) & (benefit.modified <= follow_up.creation))
		.select(Coalesce(benefit.currency, follow_up.currency), follow_up.name)
		.where((follow_up.gift_cost > 0) & (IfNull(follow_up.gift_currency, "") == ""))
	).run()
	of_currency: dict[str, list[str]] = {}
	for currency, name in rows:
		of_currency.setdefault(currency or "", []).append(name)
	for currency, names in of_currency.items():
		for part in chunks(names, 1000) if currency else ():
			frappe.db.set_value(
				"Follow Up", {"name": ("in", part)}, "gift_currency", currency, update_modified=False
			)
