from keep_customers.erp.document import Document
from keep_customers.worth import outlook
from keep_customers.worth.retold import retold


class CustomerValue(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		baskets_of: DF.Data | None
		below_since: DF.Date | None
		buys_quarter: DF.Percent
		buys_year: DF.Percent
		computed_on: DF.Date | None
		currency: DF.Link | None
		current_value: DF.Currency
		customer: DF.Link
		customer_name: DF.Data | None
		earlier_gap: DF.Float
		expected_high: DF.Currency
		expected_low: DF.Currency
		expected_order_value: DF.Currency
		expected_purchases: DF.Float
		first_purchase: DF.Date | None
		forecast: DF.Data | None
		forecast_check: DF.Link | None
		gap: DF.Float
		invoices: DF.Int
		last_gap: DF.Float
		last_purchase: DF.Date | None
		lens: DF.Data | None
		lifetime_value: DF.Currency
		measured_total: DF.Currency
		median_gap: DF.Float
		new_potential: DF.Currency
		new_status: DF.Data | None
		new_tier: DF.Link | None
		new_value_at_risk: DF.Currency
		next_purchase: DF.Date | None
		p_alive: DF.Percent
		pin: DF.Data | None
		policy: DF.Link | None
		potential_value: DF.Currency
		purchases: DF.Int
		source_modified: DF.Data | None
		statistics: DF.SmallText | None
		status: DF.Literal["", "New", "Active", "Due", "Overdue", "At Risk", "Lost", "Won Back", "Not Ranked"]
		status_since: DF.Date | None
		tier: DF.Link | None
		tier_reason: DF.SmallText | None
		tier_since: DF.Date | None
		value_at_risk: DF.Currency
	# end: auto-generated types

	def onload(self):
		# It tells of today, and in the reader's language: it is stored nowhere.
		self.set_onload("outlook", outlook.sentence(self))
		self.tier_reason = retold(self.tier_reason)
