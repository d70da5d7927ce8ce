"""What a customer said besides, where the rep taps the result: what it needs, who else offers at which price, whom it concerns.

It stands in the Customer Touch, whose own checks hold for it.
"""

import frappe

from keep_customers.access.lookups import named
from keep_customers.erp.api import typed
from keep_customers.worth import currencies

MOST = 500  # competitors in a list one chooses from


def given(**values) -> dict:
	"""What was filled in, as fields of Customer Touch."""
	cleaned = {field: value.strip() if isinstance(value, str) else value for field, value in values.items()}
	return {field: value for field, value in cleaned.items() if value}


@frappe.whitelist()
@typed
def choices(customer: str) -> dict:
	"""What the fields offer.

	:returns: currency, in which amounts of this customer are taken down; competitors, the names of those the user may read
	:raises frappe.PermissionError: if the user may not read the customer
	"""
	name = named("Customer", customer).name
	may = frappe.has_permission("Competitor", "read")
	return {
		"currency": currencies.currency_of(name),
		"competitors": frappe.get_list("Competitor", order_by="name asc", limit=MOST, pluck="name")
		if may
		else [],
	}
