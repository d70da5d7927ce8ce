"""Complaints in the timeline of their customer."""

from frappe import _

from keep_customers.care import timeline


def timeline_of(customer: str, limit: int) -> list[dict]:
	"""Hook ``keep_customers_timeline``: when a case came in, and when it was closed."""
	found = []
	for moment, what in (("opened_on", _("Complaint received")), ("closed_on", _("Complaint closed"))):
		rows = timeline.documents("Complaint Case", customer, moment, limit, ("subject", "responsible"))
		found += [
			timeline.entry(
				row.moment, timeline.COMPLAINT, [what], text=row.subject, by=row.responsible, doctype="Complaint Case", name=row.name
			)
			for row in rows
		]  # fmt: skip
	return found
