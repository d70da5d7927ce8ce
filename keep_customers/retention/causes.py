"""Why customers left, as far as somebody has found out."""

import frappe

from keep_customers.erp import host
from keep_customers.erp.tables import columns

REVIEW, NO_LOSS = "Loss Review", "No Loss"


def newest() -> dict[str, str]:
	"""Customer -> the cause in its newest Loss Review; of everybody, for who has asked already whom the user may read."""
	if not host.has(REVIEW, "customer", "cause", "status"):
		return {}
	review = frappe.qb.DocType(REVIEW)
	query = frappe.qb.from_(review).where((review.cause > "") & (review.status != NO_LOSS))
	query = query.orderby(review.creation).orderby(review.name)
	# The later one is written over the earlier.
	return dict(zip(*columns(query, review.customer, review.cause), strict=True))
