from keep_customers.erp.document import Document


class CustomerItemGroup(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		amount: DF.Currency
		currency: DF.Link | None
		customer: DF.Link
		customer_name: DF.Data | None
		first_purchase: DF.Date | None
		gap: DF.Float
		given_up_from: DF.Date | None
		item_group: DF.Link
		last_purchase: DF.Date | None
		next_purchase: DF.Date | None
		overdue_from: DF.Date | None
		purchases: DF.Int
		regular: DF.Check
		share: DF.Percent
		slipping_from: DF.Date | None
	# end: auto-generated types

	pass
