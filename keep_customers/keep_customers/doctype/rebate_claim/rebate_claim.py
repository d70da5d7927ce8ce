import frappe
from frappe.model.document import Document


class RebateClaim(Document):
	pass


def on_doctype_update():
	"""Once for each customer and period, whatever runs twice."""
	frappe.db.add_unique(
		"Rebate Claim", ["volume_rebate", "customer", "period_start", "merged_from"], "one_per_period"
	)
