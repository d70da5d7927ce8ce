"""The one list of fields added to the host's doctypes; uninstalling takes them all back."""

import frappe
from frappe import _
from frappe.custom.doctype.custom_field.custom_field import create_custom_fields

from keep_customers.erp.host import last_field_of_first_tab


def add_custom_fields() -> None:
	"""Make them, or bring those that are there up to date; the tab on Customer where this version's first one ends."""
	fields = custom_fields()
	[tab] = (field for field in fields["Customer"] if field["fieldtype"] == "Tab Break")
	tab["insert_after"] = last_field_of_first_tab("Customer")
	create_custom_fields(fields, update=True)


def refuse_if_taken() -> None:
	"""Before installing: a field of one of these names that somebody else has made would be ours, and go when we go.

	:raises frappe.ValidationError: naming them
	"""
	taken = []
	for doctype, fields in custom_fields().items():
		for field in fields:
			there = {"dt": doctype, "fieldname": field["fieldname"]}
			known = frappe.db.get_value("Custom Field", there, ("fieldtype", "is_system_generated"))
			# Of an earlier installation, which did not come to its end, some may be left.
			if known and tuple(known) != (field["fieldtype"], 1):
				taken.append(f"{doctype}: {field['fieldname']}")
	if taken:
		frappe.throw(
			_(
				"There are fields already that Keep Customers would add: {0}. Please delete them first."
			).format(", ".join(taken))
		)


def custom_fields() -> dict[str, list[dict]]:
	"""Doctype -> fields. Only what the host's own lists, filters and pricing rules need; people write three of them:
	*Referred By*, *Coupon* on an invoice, and where their own day begins.
	"""
	field = {"read_only": 1, "no_copy": 1, "print_hide": 1, "report_hide": 0, "translatable": 0}
	referred_by = {
		"fieldname": "keep_referred_by",
		"fieldtype": "Link",
		"label": "Referred By",
		"options": "Customer",
		"no_copy": 1,
		"print_hide": 1,
		# Whose permissions end at some customers still sees the one that another has brought.
		"ignore_user_permissions": 1,
	}
	grade = {
		**field,
		"fieldname": "keep_grade",
		"fieldtype": "Select",
		"label": "Grade",
		"options": "\nA",
		"in_standard_filter": 1,
	}
	tier = {
		**field,
		"fieldname": "keep_tier",
		"fieldtype": "Link",
		"label": "Tier",
		"options": "Customer Tier",
		"ignore_user_permissions": 1,
	}
	of_care = {**field, "depends_on": "keep_follow_up"}
	# What the conditions of the Pricing Rules ask; filled in on the server, whatever is sent (benefits/offered.py).
	# Fetched as well, so that a form shows the tier's price before it is saved. A quotation may be for a lead, which
	# has no tier to fetch.
	# Copied to documents that are made from others, so that a price that was agreed outlives a move.
	on_quotation = {**tier, "insert_after": "customer_name", "depends_on": "keep_tier", "no_copy": 0}
	on_sales = {**on_quotation, "fetch_from": "customer.keep_tier"}
	benefit = {
		**field,
		"fieldname": "keep_benefit",
		"fieldtype": "Data",
		"label": "Tier Benefit",
		"insert_after": "keep_tier",
		"hidden": 1,
		"no_copy": 0,
	}
	coupon = {
		"fieldname": "keep_coupon",
		"fieldtype": "Link",
		"label": "Coupon of a Tier Benefit",
		"options": "Coupon Code",
		"insert_after": "keep_benefit",
		"no_copy": 1,
		"print_hide": 1,
		"depends_on": "keep_coupon",
		"ignore_user_permissions": 1,
	}
	return {
		"Quotation": [on_quotation, benefit],
		"Sales Order": [on_sales, benefit],
		"Delivery Note": [on_sales, benefit],
		"Sales Invoice": [on_sales, benefit, coupon],
		"POS Invoice": [on_sales, benefit],
		"Pricing Rule": [
			{**benefit, "insert_after": "title", "hidden": 0, "no_copy": 1, "depends_on": "keep_benefit"},
		],
		"Coupon Code": [
			{
				**field,
				"fieldname": "keep_birthday",
				"fieldtype": "Date",
				"label": "For the Birthday On",
				"insert_after": "customer",
				"depends_on": "keep_birthday",
			},
		],
		"Customer": [
			# On the first tab whatever the version, which Account Manager is not.
			{**referred_by, "insert_after": "territory"},
			{
				"fieldname": "keep_tab",
				"fieldtype": "Tab Break",
				"label": "Care",
				"insert_after": None,  # see add_custom_fields
				"depends_on": "eval:!doc.__islocal",
			},
			{
				"fieldname": "keep_care_section",
				"fieldtype": "Section Break",
				"insert_after": "keep_tab",
				"depends_on": "eval:!doc.__islocal",
				"hide_border": 1,
			},
			{"fieldname": "keep_care", "fieldtype": "HTML", "insert_after": "keep_care_section"},
			{
				"fieldname": "keep_section",
				"fieldtype": "Section Break",
				"label": "What Lists and Filters Show",
				"insert_after": "keep_care",
				"depends_on": "eval:!doc.__islocal",
				"collapsible": 1,
			},
			{
				**tier,
				"insert_after": "keep_section",
				"in_standard_filter": 1,
			},
			{
				**field,
				"fieldname": "keep_status",
				"fieldtype": "Select",
				"label": "Rhythm",
				"options": "\nNew\nActive\nDue\nOverdue\nAt Risk\nLost\nWon Back\nNot Ranked",
				"insert_after": "keep_tier",
				"in_standard_filter": 1,
			},
			{**grade, "insert_after": "keep_status"},
			{"fieldname": "keep_column_break", "fieldtype": "Column Break", "insert_after": "keep_grade"},
			{
				**field,
				"fieldname": "keep_next_purchase",
				"fieldtype": "Date",
				"label": "Expected Next Purchase",
				"insert_after": "keep_column_break",
			},
			{
				**field,
				"fieldname": "keep_last_touch",
				"fieldtype": "Date",
				"label": "Last Contact",
				"insert_after": "keep_next_purchase",
			},
			{
				**field,
				"fieldname": "keep_file_score",
				"fieldtype": "Percent",
				"label": "Customer File Completeness",
				"insert_after": "keep_last_touch",
			},
		],
		"Lead": [
			{**referred_by, "insert_after": "lead_owner"},
			{**grade, "insert_after": "keep_referred_by"},
		],
		"User": [
			{
				"fieldname": "keep_my_day",
				"fieldtype": "Check",
				"label": "Begin the Day on My Day",
				"insert_after": "default_app",
				"no_copy": 1,
				"print_hide": 1,
			},
		],
		"ToDo": [
			{
				**field,
				"fieldname": "keep_follow_up",
				"fieldtype": "Link",
				"label": "Follow Up",
				"options": "Follow Up",
				"insert_after": "reference_name",
				"hidden": 1,
				"search_index": 1,
				"ignore_user_permissions": 1,
			},
			# What the list of ToDos shows (care/stakes.py): nothing of a person, and money only for who may read it.
			{
				**of_care,
				"fieldname": "keep_customer_name",
				"fieldtype": "Data",
				"label": "Customer Name",
				"insert_after": "keep_follow_up",
			},
			{
				**of_care,
				"fieldname": "keep_why",
				"fieldtype": "Data",
				"label": "Why",
				"insert_after": "keep_customer_name",
			},
			{
				**of_care,
				"fieldname": "keep_tier",
				# No link: what is done would keep a tier from being deleted.
				"fieldtype": "Data",
				"label": "Tier",
				"insert_after": "keep_why",
			},
			{
				**of_care,
				"fieldname": "keep_value_at_risk",
				"fieldtype": "Currency",
				"label": "Value at Risk",
				"options": "keep_currency",
				"insert_after": "keep_tier",
			},
			{
				**of_care,
				"fieldname": "keep_currency",
				"fieldtype": "Link",
				"label": "Currency",
				"options": "Currency",
				"insert_after": "keep_value_at_risk",
				"hidden": 1,
			},
			{
				**of_care,
				"fieldname": "keep_turn",
				"fieldtype": "Int",
				"label": "Order of Contacts",
				"insert_after": "keep_currency",
				"hidden": 1,
				"search_index": 1,
			},
			{
				"fieldname": "keep_help_section",
				"fieldtype": "Section Break",
				"label": "Before the Contact",
				"insert_after": "description",
				"depends_on": "eval:doc.keep_follow_up && !doc.__islocal",
			},
			{"fieldname": "keep_help", "fieldtype": "HTML", "insert_after": "keep_help_section"},
		],
	}
