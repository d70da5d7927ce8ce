import frappe

from keep_customers.erp.document import Document


class RebateClaim(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		company: DF.Link | None
		credit_note: DF.Link | None
		credited: DF.Currency
		currency: DF.Link | None
		customer: DF.Link
		customer_name: DF.Data | None
		difference: DF.Currency
		merged_from: DF.Data | None
		next_from: DF.Currency
		next_percent: DF.Percent
		percent: DF.Percent
		period_end: DF.Date | None
		period_start: DF.Date | None
		proposed: DF.Currency
		reached: DF.Currency
		rebate: DF.Currency
		status: DF.Literal["Running", "Not Reached", "Proposed", "Credited", "Declined", "Cancelled"]
		terms: DF.SmallText | None
		volume_rebate: DF.Link | None
	# end: auto-generated types

	pass


def on_doctype_update():
	"""Once for each customer and period, whatever runs twice."""
	frappe.db.add_unique(
		"Rebate Claim", ["volume_rebate", "customer", "period_start", "merged_from"], "one_per_period"
	)
