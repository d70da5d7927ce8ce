"""What customers wait for: their open Complaint Cases, Issues and Warranty Claims."""

import frappe
from frappe.utils import cstr, getdate, strip_html

LONGEST_COMPLAINT = 100


def open_complaints(customers: list[str]) -> list[dict]:
	"""Open Complaint Cases, Issues and Warranty Claims; that there is one concerns everybody who talks to the customer.

	:returns: dicts with doctype, name, customer, status, day, about (plain text; None for who may not read the doctype)
	"""
	found = []
	for doctype, about, day, status in (
		("Complaint Case", "subject", "opened_on", ("!=", "Closed")),
		("Issue", "subject", "opening_date", ("not in", ("Resolved", "Closed"))),
		("Warranty Claim", "complaint", "complaint_date", ("not in", ("Closed", "Cancelled"))),
	):
		may_read = frappe.has_permission(doctype, "read")
		for row in frappe.get_all(
			doctype,
			filters={"customer": ("in", customers), "status": status},
			fields=["name", "customer", "status", f"{about} as about", f"{day} as day"],
			order_by=f"{day} asc",
		):
			row.doctype, row.day = doctype, getdate(row.day) if row.day else None
			row.about = strip_html(cstr(row.about)).strip()[:LONGEST_COMPLAINT] if may_read else None
			found.append(row)
	return found
