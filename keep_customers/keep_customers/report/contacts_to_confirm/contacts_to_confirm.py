import frappe
from frappe import _

from keep_customers.care import confirming
from keep_customers.erp.api import report, report_filters


@report
def execute(filters=None):
	"""Contacts that nobody has confirmed who may, or not with their address, of the customers the user may write."""
	rows = confirming.to_confirm(report_filters(filters).customer)
	may_read = frappe.has_permission("Contact", "read")
	for row in rows:
		row["why"] = (
			_("Linked by somebody who may not write the customer")
			if row["is_new"]
			else _("An address, number or user has changed")
		)
		if not may_read:
			row["email_id"] = row["mobile_no"] = None
	return columns(), rows


def columns() -> list[dict]:
	return [
		{
			"fieldname": "customer",
			"label": _("Customer"),
			"fieldtype": "Link",
			"options": "Customer",
			"width": 180,
		},
		{"fieldname": "customer_name", "label": _("Customer Name"), "fieldtype": "Data", "width": 160},
		{
			"fieldname": "contact",
			"label": _("Contact"),
			"fieldtype": "Link",
			"options": "Contact",
			"width": 180,
		},
		{"fieldname": "full_name", "label": _("Full Name"), "fieldtype": "Data", "width": 150},
		{"fieldname": "email_id", "label": _("Email Address"), "fieldtype": "Data", "width": 180},
		{"fieldname": "mobile_no", "label": _("Mobile No"), "fieldtype": "Data", "width": 130},
		{
			"fieldname": "why",
			"label": _("Why", context="Contacts to Confirm"),
			"fieldtype": "Data",
			"width": 260,
		},
		{
			"fieldname": "owner",
			"label": _("Created By"),
			"fieldtype": "Link",
			"options": "User",
			"width": 160,
		},
		{"fieldname": "creation", "label": _("Created On"), "fieldtype": "Datetime", "width": 150},
	]
