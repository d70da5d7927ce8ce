"""What customers wait for: their open Complaint Cases, Issues and Warranty Claims, and what other apps have open."""

import frappe
from frappe.utils import cstr, getdate, strip_html

from keep_customers.erp import neighbours
from keep_customers.erp.permissions import readable_documents

LONGEST_COMPLAINT = 100


def open_complaints(customers: list[str]) -> list[dict]:
	"""Open Complaint Cases, Issues, Warranty Claims and the like of other apps (``keep_customers_open_things``); that there is one concerns everybody who talks to the customer.

	:returns: dicts with doctype, name, customer, status, day, about (plain text; None for who may not read it)
	"""
	found = []
	for doctype, about, day, status in (
		("Complaint Case", "subject", "opened_on", ("!=", "Closed")),
		("Issue", "subject", "opening_date", ("not in", ("Resolved", "Closed"))),
		("Warranty Claim", "complaint", "complaint_date", ("not in", ("Closed", "Cancelled"))),
	):
		rows = frappe.get_all(
			doctype,
			filters={"customer": ("in", customers), "status": status},
			fields=["name", "customer", "status", f"{about} as about", f"{day} as day"],
			order_by=f"{day} asc",
		)
		readable = readable_documents(doctype, [row.name for row in rows])
		for row in rows:
			row.doctype = doctype
			row.about = row.about if row.name in readable else None
			found.append(row)
	for rows in neighbours.asked("keep_customers_open_things", lambda tell: list(tell(customers))):
		found += rows
	for row in found:
		row["day"] = getdate(row["day"]) if row["day"] else None
		if row["about"] is not None:
			row["about"] = strip_html(cstr(row["about"])).strip()[:LONGEST_COMPLAINT]
	return found
