"""The stand-in for ERPNext: the doctypes this project touches, by ERPNext's names, types and rules.

DOCTYPES is the whole of it; build() writes the app that Frappe installs. To add a doctype, add an entry here and,
where it does something, a controller under sandbox/erpnext/<module>/doctype/<name>/<name>.py.

A field is (fieldname, fieldtype, options, flags, default); what is left out at the end is empty.
Flags: reqd, index, unique, list (in list view), filter (in standard filter), ro (read only), hidden, submit (editable
after submit), nocopy, once (set only once), noperm (ignore user permissions), search (in global search), bold.
"""

import json
import shutil

from . import paths

FLAGS = {
	"reqd": "reqd",
	"index": "search_index",
	"unique": "unique",
	"list": "in_list_view",
	"filter": "in_standard_filter",
	"ro": "read_only",
	"hidden": "hidden",
	"submit": "allow_on_submit",
	"nocopy": "no_copy",
	"once": "set_only_once",
	"noperm": "ignore_user_permissions",
	"search": "in_global_search",
	"bold": "bold",
}
RIGHTS = {
	"r": ("read", "report", "print", "email", "export", "share"),
	"w": ("write",),
	"c": ("create",),
	"d": ("delete",),
	"s": ("submit",),
	"x": ("cancel",),
	"a": ("amend",),
}
# ERPNext makes these by naming them in permissions; some of its doctypes that do so are not here.
ROLES = [
	"Accounts Manager", "Accounts User", "Customer", "Delivery Manager", "Delivery User", "Employee", "HR Manager",
	"HR User", "Item Manager", "Maintenance Manager", "Maintenance User", "Purchase User", "Sales Manager",
	"Sales Master Manager", "Sales User", "Stock Manager", "Stock User", "Support Team",
]  # fmt: skip


def _tree(doctype):
	parent = "parent_" + doctype.lower().replace(" ", "_")
	return [
		(parent, "Link", doctype, "list noperm bold"),
		("is_group", "Check", "", "list bold", "0"),
		("lft", "Int", "", "hidden index nocopy"),
		("rgt", "Int", "", "hidden index nocopy"),
		("old_parent", "Link", doctype, "hidden noperm nocopy"),
	]


def _required(rows, names):
	return [(*row[:3], f"{row[3]} reqd", *row[4:]) if row[0] in names.split() else row for row in rows]


_MASTER = {"Sales Master Manager": "rwcd", "Sales Manager": "r", "Sales User": "r", "Accounts User": "r"}
_COMPANY_CURRENCY = "Company:company:default_currency"
_TOTALS = [
	("total_qty", "Float", "", "ro"),
	("base_total", "Currency", _COMPANY_CURRENCY, "ro"),
	("base_net_total", "Currency", _COMPANY_CURRENCY, "ro"),
	("total", "Currency", "currency", "ro"),
	("net_total", "Currency", "currency", "ro"),
	("apply_discount_on", "Select", "\nGrand Total\nNet Total", "", "Grand Total"),
	("additional_discount_percentage", "Float"),
	("discount_amount", "Currency", "currency"),
	("base_discount_amount", "Currency", _COMPANY_CURRENCY, "ro"),
	("base_grand_total", "Currency", _COMPANY_CURRENCY, "ro"),
	("grand_total", "Currency", "currency", "ro list bold"),
	("base_rounded_total", "Currency", _COMPANY_CURRENCY, "ro"),
	("rounded_total", "Currency", "currency", "ro bold"),
	("disable_rounded_total", "Check", "", "", "0"),
]
_AMOUNTS = [
	("rate", "Currency", "currency", "list bold"),
	("amount", "Currency", "currency", "list ro"),
	("base_rate", "Currency", _COMPANY_CURRENCY, "ro"),
	("base_amount", "Currency", _COMPANY_CURRENCY, "ro"),
	("net_rate", "Currency", "currency", "ro"),
	("net_amount", "Currency", "currency", "ro"),
	("base_net_rate", "Currency", _COMPANY_CURRENCY, "ro"),
	("base_net_amount", "Currency", _COMPANY_CURRENCY, "ro"),
]

DOCTYPES = {
	"Company": {
		"module": "Setup",
		"autoname": "field:company_name",
		"tree": "parent_company",
		"allow_rename": 1,
		"track_changes": 1,
		"permissions": {"System Manager": "rwcd", "Accounts Manager": "rwcd", "Accounts User": "r", "Employee": "r",
			"Sales User": "r", "Purchase User": "r", "Stock User": "r"},
		"fields": [
			("company_name", "Data", "", "reqd unique"),
			("abbr", "Data", "", "reqd once"),
			("is_group", "Check", "", "bold", "0"),
			("default_currency", "Link", "Currency", "reqd noperm"),
			("parent_company", "Link", "Company", "list noperm"),
			("default_holiday_list", "Link", "Holiday List"),
			("country", "Link", "Country", "reqd list"),
			("tax_id", "Data"),
			("phone_no", "Data", "Phone"),
			("email", "Data", "Email"),
			("lft", "Int", "", "hidden ro index"),
			("rgt", "Int", "", "hidden ro index"),
			("old_parent", "Data", "", "hidden ro"),
		],
	},
	"Global Defaults": {
		"module": "Setup",
		"issingle": 1,
		"permissions": {"System Manager": "rwc"},
		"fields": [
			("default_company", "Link", "Company", "noperm"),
			("country", "Link", "Country"),
			("default_currency", "Link", "Currency", "reqd list noperm", "INR"),
			("hide_currency_symbol", "Select", "\nNo\nYes", "list"),
			("disable_rounded_total", "Check", "", "list", "0"),
			("disable_in_words", "Check", "", "list", "0"),
		],
	},
	"Customer Group": {
		"module": "Setup",
		"autoname": "field:customer_group_name",
		"tree": "parent_customer_group",
		"allow_rename": 1,
		"search_fields": "parent_customer_group",
		"permissions": _MASTER,
		"fields": [("customer_group_name", "Data", "", "reqd unique list nocopy"), *_tree("Customer Group")],
	},
	"Territory": {
		"module": "Setup",
		"autoname": "field:territory_name",
		"tree": "parent_territory",
		"allow_rename": 1,
		"search_fields": "parent_territory,territory_manager",
		"permissions": {**_MASTER, "Stock User": "r", "Maintenance User": "r"},
		"fields": [
			("territory_name", "Data", "", "reqd unique list nocopy"),
			("territory_manager", "Link", "Sales Person", "list index"),
			*_tree("Territory"),
		],
	},
	"Item Group": {
		"module": "Setup",
		"autoname": "field:item_group_name",
		"tree": "parent_item_group",
		"allow_rename": 1,
		"search_fields": "parent_item_group",
		"permissions": {"Item Manager": "rwcd", "Stock Manager": "r", "Stock User": "r", "Sales User": "r",
			"Purchase User": "r", "Accounts User": "r"},
		"fields": [("item_group_name", "Data", "", "reqd unique list"), *_tree("Item Group")],
	},
	"Sales Person": {
		"module": "Setup",
		"autoname": "field:sales_person_name",
		"tree": "parent_sales_person",
		"allow_rename": 1,
		"search_fields": "parent_sales_person",
		"permissions": {"Sales Master Manager": "rwcd", "Sales Manager": "r", "Sales User": "r"},
		"fields": [
			("sales_person_name", "Data", "", "reqd unique list"),
			("parent_sales_person", "Link", "Sales Person", "list noperm"),
			("commission_rate", "Data"),
			("is_group", "Check", "", "reqd list", "0"),
			("enabled", "Check", "", "", "1"),
			("employee", "Link", "Employee"),
			("lft", "Int", "", "hidden index nocopy"),
			("rgt", "Int", "", "hidden index nocopy"),
			("old_parent", "Data", "", "hidden nocopy"),
		],
	},
	"Employee": {
		"module": "Setup",
		"autoname": "naming_series:",
		"tree": "reports_to",
		"allow_rename": 1,
		"title_field": "employee_name",
		"search_fields": "employee_name",
		"track_changes": 1,
		"permissions": {"Employee": "r", "HR User": "rwcd", "HR Manager": "rwcd"},
		"fields": [
			("employee", "Data", "", "hidden nocopy"),
			("naming_series", "Select", "HR-EMP-", "once nocopy"),
			("first_name", "Data", "", "reqd"),
			("last_name", "Data"),
			("employee_name", "Data", "", "ro list filter search"),
			("company", "Link", "Company", "reqd"),
			("status", "Select", "Active\nInactive\nSuspended\nLeft", "reqd index", "Active"),
			("gender", "Link", "Gender", "reqd"),
			("date_of_birth", "Date", "", "reqd"),
			("date_of_joining", "Date", "", "reqd"),
			("relieving_date", "Date", "", "nocopy"),
			("user_id", "Link", "User", "noperm"),
			("create_user_permission", "Check", "", "", "1"),
			("reports_to", "Link", "Employee", "noperm"),
			("holiday_list", "Link", "Holiday List", "noperm"),
			("cell_number", "Data", "Phone"),
			("company_email", "Data", "Email"),
			("lft", "Int", "", "hidden ro"),
			("rgt", "Int", "", "hidden ro"),
			("old_parent", "Data", "", "hidden noperm"),
		],
	},
	"UOM": {
		"module": "Setup",
		"autoname": "field:uom_name",
		"allow_rename": 1,
		"permissions": {"Item Manager": "rwcd", "Stock Manager": "r", "Stock User": "r"},
		"fields": [
			("uom_name", "Data", "", "reqd unique list"),
			("must_be_whole_number", "Check", "", "", "0"),
			("enabled", "Check", "", "", "1"),
		],
	},
	"Currency Exchange": {
		"module": "Setup",
		"permissions": dict.fromkeys(("Accounts Manager", "Accounts User", "Sales User", "Purchase User"), "rwcd"),
		"fields": [
			("date", "Date", "", "reqd list"),
			("from_currency", "Link", "Currency", "reqd list filter"),
			("to_currency", "Link", "Currency", "reqd list filter"),
			("exchange_rate", "Float", "", "reqd list"),
			("for_buying", "Check", "", "", "1"),
			("for_selling", "Check", "", "", "1"),
		],
	},
	"Holiday List": {
		"module": "Setup",
		"autoname": "field:holiday_list_name",
		"allow_rename": 1,
		"permissions": {"HR Manager": "rwcd"},
		"fields": [
			("holiday_list_name", "Data", "", "reqd unique"),
			("from_date", "Date", "", "reqd list"),
			("to_date", "Date", "", "reqd list"),
			("total_holidays", "Int", "", "list ro"),
			("weekly_off", "Select", "\nSunday\nMonday\nTuesday\nWednesday\nThursday\nFriday\nSaturday", "filter nocopy"),
			("holidays", "Table", "Holiday"),
			("color", "Color"),
		],
	},
	"Holiday": {
		"module": "Setup",
		"istable": 1,
		"fields": [
			("holiday_date", "Date", "", "reqd list"),
			("description", "Text Editor", "", "reqd list"),
			("weekly_off", "Check", "", "", "0"),
		],
	},
	"Serial No": {
		"module": "Stock",
		"autoname": "field:serial_no",
		"track_changes": 1,
		"search_fields": "item_code",
		"permissions": {"Item Manager": "rwcd", "Stock Manager": "r", "Stock User": "r"},
		"fields": [
			("serial_no", "Data", "", "reqd unique nocopy"),
			("item_code", "Link", "Item", "reqd list filter"),
			("item_name", "Data", "", "ro"),
			("company", "Link", "Company", "reqd list filter index once"),
			("customer", "Link", "Customer", "ro nocopy"),
			("warranty_expiry_date", "Date"),
			("amc_expiry_date", "Date"),
			("status", "Select", "\nActive\nInactive\nConsumed\nDelivered\nExpired", "ro list filter"),
		],
	},
	"Contract": {
		"module": "CRM",
		"autoname": "CON-.YYYY.-.#####",
		"is_submittable": 1,
		"allow_rename": 1,
		"title_field": "party_name",
		"search_fields": "party_type, party_name",
		"track_changes": 1,
		"permissions": {"Sales Manager": "rwcdsxa", "HR Manager": "rwcdsxa", "System Manager": "rwcdsxa"},
		"fields": [
			("party_type", "Select", "Customer\nSupplier\nEmployee", "reqd", "Customer"),
			("party_name", "Dynamic Link", "party_type", "reqd filter"),
			("status", "Select", "Unsigned\nActive\nInactive", "hidden list filter submit nocopy"),
			("start_date", "Date"),
			("end_date", "Date"),
			("contract_terms", "Text Editor", "", "reqd list"),
			("amended_from", "Link", "Contract", "ro nocopy"),
		],
	},
	"Customer": {
		"module": "Selling",
		"autoname": "naming_series:",
		"allow_rename": 1,
		"title_field": "customer_name",
		"search_fields": "customer_group,territory, mobile_no,primary_address",
		"track_changes": 1,
		"quick_entry": 1,
		"permissions": {"Sales User": "rwc", "Sales Manager": "r", "Sales Master Manager": "rwcd", "Stock User": "r",
			"Stock Manager": "r", "Accounts User": "r", "Accounts Manager": "r"},
		"fields": [
			("naming_series", "Select", "CUST-.YYYY.-", "once nocopy"),
			("salutation", "Link", "Salutation"),
			("customer_name", "Data", "", "reqd index search bold nocopy"),
			("gender", "Link", "Gender"),
			("customer_type", "Select", "Company\nIndividual\nPartnership", "reqd", "Company"),
			("customer_group", "Link", "Customer Group", "list filter index"),
			("territory", "Link", "Territory", "list filter"),
			("account_manager", "Link", "User"),
			("lead_name", "Link", "Lead", "nocopy"),
			("image", "Attach Image", "", "hidden"),
			("tax_id", "Data"),
			("disabled", "Check", "", "", "0"),
			("is_internal_customer", "Check", "", "", "0"),
			("represents_company", "Link", "Company", "unique noperm"),
			("default_currency", "Link", "Currency", "noperm nocopy"),
			("language", "Link", "Language"),
			("website", "Data"),
			("customer_primary_contact", "Link", "Contact"),
			("mobile_no", "Read Only", "Mobile", "filter", None, {"fetch_from": "customer_primary_contact.mobile_no"}),
			("email_id", "Read Only", "Email", "", None, {"fetch_from": "customer_primary_contact.email_id"}),
			("customer_primary_address", "Link", "Address"),
			("primary_address", "Text", "", "ro filter"),
			("customer_details", "Text"),
			("is_frozen", "Check", "", "", "0"),
			("sales_team", "Table", "Sales Team"),
			("portal_users", "Table", "Portal User"),
		],
	},
	"Portal User": {
		"module": "Utilities",
		"istable": 1,
		"fields": [("user", "Link", "User", "reqd list index")],
	},
	"Competitor": {
		"module": "CRM",
		"autoname": "field:competitor_name",
		"allow_rename": 1,
		"track_changes": 1,
		"quick_entry": 1,
		"permissions": {"Sales Master Manager": "rwcd", "Sales User": "r", "Sales Manager": "r"},
		"fields": [("competitor_name", "Data", "", "reqd unique list"), ("website", "Data", "URL", "list")],
	},
	"Lead": {
		"module": "CRM",
		"autoname": "naming_series:",
		"allow_rename": 1,
		"title_field": "title",
		"search_fields": "lead_name,lead_owner,status",
		"permissions": {"Sales User": "rwc", "Sales Manager": "rwcd", "System Manager": "rwc"},
		"fields": [
			("naming_series", "Select", "CRM-LEAD-.YYYY.-", "once nocopy"),
			("first_name", "Data"),
			("last_name", "Data"),
			("lead_name", "Data", "", "ro index search"),
			("company_name", "Data", "", "list filter"),
			("email_id", "Data", "Email", "index"),
			("mobile_no", "Data", "Phone"),
			("lead_owner", "Link", "User", "index", "__user"),
			(
				"status",
				"Select",
				"Lead\nOpen\nReplied\nOpportunity\nQuotation\nLost Quotation\nInterested\nConverted\nDo Not Contact",
				"reqd list filter index nocopy",
				"Lead",
			),
			("customer", "Link", "Customer", "nocopy"),
			("territory", "Link", "Territory", "list filter"),
			("disabled", "Check", "", "", "0"),
			("title", "Data", "", "hidden ro"),
		],
	},
	"Call Log": {
		"module": "Telephony",
		"autoname": "field:id",
		"title_field": "from",
		"track_changes": 1,
		"permissions": {"System Manager": "rwcd", "Employee": "r"},
		"fields": [
			("id", "Data", "", "ro unique"),
			("from", "Data", "", "ro list"),
			("to", "Data", "", "ro list"),
			(
				"status",
				"Select",
				"Ringing\nIn Progress\nCompleted\nFailed\nBusy\nNo Answer\nQueued\nCanceled",
				"ro list",
			),
			("duration", "Duration", "", "ro list"),
			("type", "Select", "Incoming\nOutgoing", "ro"),
			("start_time", "Datetime", "", "ro"),
			("end_time", "Datetime", "", "ro"),
			("customer", "Link", "Customer", "ro"),
			("links", "Table", "Dynamic Link"),
			("summary", "Small Text"),
		],
	},
	"Sales Team": {
		"module": "Selling",
		"istable": 1,
		"fields": [
			("sales_person", "Link", "Sales Person", "reqd list index submit"),
			("contact_no", "Data", "", "hidden list submit"),
			("allocated_percentage", "Float", "", "list submit"),
			("allocated_amount", "Currency", _COMPANY_CURRENCY, "list ro submit"),
			("commission_rate", "Data", "", "list ro"),
			("incentives", "Currency", _COMPANY_CURRENCY, "list submit"),
		],
	},
	"Item": {
		"module": "Stock",
		"autoname": "field:item_code",
		"allow_rename": 1,
		"title_field": "item_name",
		"search_fields": "item_name,description,item_group",
		"track_changes": 1,
		"permissions": {"Item Manager": "rwcd", "Stock Manager": "r", "Stock User": "r", "Sales User": "r",
			"Purchase User": "r", "Maintenance User": "r", "Accounts User": "r"},
		"fields": [
			("item_code", "Data", "", "reqd unique search bold"),
			("item_name", "Data", "", "index search bold"),
			("item_group", "Link", "Item Group", "reqd list filter index"),
			("stock_uom", "Link", "UOM", "reqd noperm"),
			("disabled", "Check", "", "index", "0"),
			("is_stock_item", "Check", "", "bold", "1"),
			("has_serial_no", "Check", "", "", "0"),
			("valuation_rate", "Currency"),
			("standard_rate", "Currency", "", "bold"),
			("description", "Text Editor"),
			("warranty_period", "Data"),
		],
	},
	"Sales Invoice": {
		"module": "Accounts",
		"autoname": "naming_series:",
		"is_submittable": 1,
		"title_field": "title",
		"search_fields": "posting_date, due_date, customer, base_grand_total, outstanding_amount",
		"track_changes": 1,
		"permissions": {"Accounts Manager": "rwcdsxa", "Accounts User": "rwcsa"},
		"fields": [
			("title", "Data", "", "hidden submit nocopy", "{customer_name}"),
			("naming_series", "Select", "ACC-SINV-.YYYY.-\nACC-SINV-RET-.YYYY.-", "reqd once nocopy bold"),
			("customer", "Link", "Customer", "filter index bold"),
			("customer_name", "Small Text", "", "ro search bold", None, {"fetch_from": "customer.customer_name"}),
			("company", "Link", "Company", "reqd filter"),
			("posting_date", "Date", "", "reqd index nocopy bold", "Today"),
			("posting_time", "Time", "", "nocopy", "Now"),
			("set_posting_time", "Check", "", "", "0"),
			("due_date", "Date", "", "nocopy"),
			("is_return", "Check", "", "nocopy", "0"),
			("return_against", "Link", "Sales Invoice", "index nocopy"),
			("is_debit_note", "Check", "", "", "0"),
			("amended_from", "Link", "Sales Invoice", "ro noperm nocopy"),
			("contact_person", "Link", "Contact", "search"),
			("customer_address", "Link", "Address"),
			("shipping_address_name", "Link", "Address"),
			("territory", "Link", "Territory"),
			("customer_group", "Link", "Customer Group", "hidden"),
			("currency", "Link", "Currency", "reqd"),
			("conversion_rate", "Float", "", "reqd"),
			("update_stock", "Check", "", "", "0"),
			("items", "Table", "Sales Invoice Item", "reqd"),
			*_required(_TOTALS, "base_net_total base_grand_total grand_total"),
			("outstanding_amount", "Currency", "party_account_currency", "ro nocopy"),
			("party_account_currency", "Link", "Currency", "hidden ro nocopy"),
			(
				"status",
				"Select",
				"\nDraft\nReturn\nCredit Note Issued\nSubmitted\nPaid\nPartly Paid\nUnpaid\nUnpaid and Discounted\n"
				"Partly Paid and Discounted\nOverdue and Discounted\nOverdue\nCancelled\nInternal Transfer",
				"ro filter nocopy",
				"Draft",
			),
			("is_opening", "Select", "No\nYes", "submit", "No"),
			("is_internal_customer", "Check", "", "ro", "0", {"fetch_from": "customer.is_internal_customer"}),
			("represents_company", "Link", "Company", "ro noperm", None, {"fetch_from": "customer.represents_company"}),
			("remarks", "Small Text", "", "nocopy"),
			("language", "Data", "", "ro"),
			("sales_team", "Table", "Sales Team", "submit"),
		],
	},
	"Sales Invoice Item": {
		"module": "Accounts",
		"istable": 1,
		"autoname": "hash",
		"fields": [
			("item_code", "Link", "Item", "list index bold"),
			("item_name", "Data", "", "reqd search"),
			("description", "Text Editor"),
			("item_group", "Link", "Item Group", "hidden ro"),
			("qty", "Float", "", "list bold"),
			("stock_uom", "Link", "UOM", "ro"),
			("uom", "Link", "UOM", "reqd"),
			("conversion_factor", "Float", "", "reqd"),
			("stock_qty", "Float", "", "ro nocopy"),
			*_required(_AMOUNTS, "rate amount base_rate base_amount"),
			("incoming_rate", "Currency", _COMPANY_CURRENCY, "nocopy"),
			("serial_no", "Text", "", "nocopy"),
			("batch_no", "Link", "Batch", "index"),
			("delivery_note", "Link", "Delivery Note", "ro index nocopy"),
			("dn_detail", "Data", "", "hidden ro index nocopy"),
			("sales_invoice_item", "Data", "", "ro noperm nocopy"),
		],
	},
	"Sales Order": {
		"module": "Selling",
		"autoname": "naming_series:",
		"is_submittable": 1,
		"title_field": "customer_name",
		"permissions": {"Sales User": "rwcdsxa", "Sales Manager": "rwcdsxa", "Stock User": "r", "Accounts User": "r"},
		"fields": [
			("naming_series", "Select", "SAL-ORD-.YYYY.-", "reqd once nocopy"),
			("customer", "Link", "Customer", "reqd filter index search"),
			("customer_name", "Data", "", "ro search", None, {"fetch_from": "customer.customer_name"}),
			("company", "Link", "Company", "reqd filter"),
			("transaction_date", "Date", "", "reqd index", "Today"),
			("currency", "Link", "Currency", "reqd"),
			("conversion_rate", "Float", "", "reqd"),
		],
	},
	"Delivery Note": {
		"module": "Stock",
		"autoname": "naming_series:",
		"is_submittable": 1,
		"title_field": "title",
		"search_fields": "status,customer,customer_name, territory,base_grand_total",
		"track_changes": 1,
		"permissions": {"Stock User": "rwcdsxa", "Stock Manager": "rwcdsxa", "Sales User": "rwcdsxa",
			"Accounts User": "r", "Delivery User": "rwcdsxa", "Delivery Manager": "rwcdsxa"},
		"fields": [
			("title", "Data", "", "hidden submit nocopy", "{customer_name}"),
			("naming_series", "Select", "MAT-DN-.YYYY.-\nMAT-DN-RET-.YYYY.-", "reqd once nocopy"),
			("customer", "Link", "Customer", "reqd filter index search"),
			("customer_name", "Data", "", "ro search bold", None, {"fetch_from": "customer.customer_name"}),
			("company", "Link", "Company", "reqd filter"),
			("posting_date", "Date", "", "reqd index nocopy", "Today"),
			("posting_time", "Time", "", "reqd", "Now"),
			("set_posting_time", "Check", "", "", "0"),
			("is_return", "Check", "", "ro nocopy", "0"),
			("return_against", "Link", "Delivery Note", "ro index nocopy"),
			("amended_from", "Link", "Delivery Note", "ro noperm nocopy"),
			("contact_person", "Link", "Contact"),
			("shipping_address_name", "Link", "Address"),
			("customer_address", "Link", "Address"),
			("territory", "Link", "Territory"),
			("customer_group", "Link", "Customer Group", "hidden"),
			("currency", "Link", "Currency", "reqd"),
			("conversion_rate", "Float", "", "reqd"),
			("items", "Table", "Delivery Note Item", "reqd"),
			*_TOTALS,
			(
				"status",
				"Select",
				"\nDraft\nTo Bill\nCompleted\nReturn Issued\nCancelled\nClosed",
				"reqd ro filter index nocopy",
				"Draft",
			),
			("per_billed", "Percent", "", "ro nocopy"),
			("is_internal_customer", "Check", "", "ro", "0", {"fetch_from": "customer.is_internal_customer"}),
			("sales_team", "Table", "Sales Team", "submit"),
		],
	},
	"Delivery Note Item": {
		"module": "Stock",
		"istable": 1,
		"autoname": "hash",
		"fields": [
			("item_code", "Link", "Item", "reqd list index search"),
			("item_name", "Data", "", "reqd search"),
			("description", "Text Editor"),
			("item_group", "Link", "Item Group", "hidden ro"),
			("qty", "Float", "", "reqd list"),
			("stock_uom", "Link", "UOM", "reqd ro"),
			("uom", "Link", "UOM", "reqd list"),
			("conversion_factor", "Float", "", "reqd ro"),
			("stock_qty", "Float", "", "ro nocopy"),
			*_AMOUNTS,
			("incoming_rate", "Currency", _COMPANY_CURRENCY, "ro nocopy"),
			("serial_no", "Text"),
			("batch_no", "Link", "Batch", "index"),
			("against_sales_invoice", "Link", "Sales Invoice", "ro index nocopy"),
			("si_detail", "Data", "", "hidden ro index nocopy"),
			("dn_detail", "Data", "", "hidden ro index nocopy"),
		],
	},
	"Issue": {
		"module": "Support",
		"autoname": "naming_series:",
		"title_field": "subject",
		"search_fields": "status,customer,subject,raised_by",
		"track_changes": 1,
		"permissions": {"Support Team": "rwcd"},
		"fields": [
			("naming_series", "Select", "ISS-.YYYY.-", "once nocopy"),
			("subject", "Data", "", "reqd filter search bold"),
			("customer", "Link", "Customer", "search index"),
			("raised_by", "Data", "Email", "list search bold"),
			("status", "Select", "Open\nReplied\nOn Hold\nResolved\nClosed", "list filter index nocopy", "Open"),
			("description", "Text Editor", "", "search bold"),
			("contact", "Link", "Contact"),
			("customer_name", "Data", "", "ro bold"),
			("company", "Link", "Company"),
			("opening_date", "Date", "", "ro nocopy", "Today"),
		],
	},
	"Warranty Claim": {
		"module": "Support",
		"autoname": "naming_series:",
		"title_field": "customer_name",
		"search_fields": "status,customer,customer_name,territory",
		"permissions": {"Maintenance User": "rwcd"},
		"fields": [
			("naming_series", "Select", "SER-WRN-.YYYY.-", "reqd once nocopy"),
			("status", "Select", "\nOpen\nClosed\nWork In Progress\nCancelled", "reqd list filter index nocopy", "Open"),
			("complaint_date", "Date", "", "reqd index", "Today"),
			("serial_no", "Link", "Serial No", "index"),
			("customer", "Link", "Customer", "reqd filter index search"),
			("customer_name", "Data", "", "ro search bold", None, {"fetch_from": "customer.customer_name"}),
			("item_code", "Link", "Item", "list filter index", None, {"fetch_from": "serial_no.item_code"}),
			("contact_person", "Link", "Contact"),
			("complaint", "Text Editor", "", "reqd nocopy"),
			("resolution_date", "Datetime", "", "index nocopy"),
			("territory", "Link", "Territory"),
			("company", "Link", "Company", "reqd index"),
		],
	},
	"Batch": {
		"module": "Stock",
		"autoname": "field:batch_id",
		"title_field": "batch_id",
		"permissions": {"Item Manager": "rwcd"},
		"fields": [
			("disabled", "Check", "", "", "0"),
			("batch_id", "Data", "", "reqd unique nocopy"),
			("item", "Link", "Item", "reqd list filter"),
			("manufacturing_date", "Date", "", "", "Today"),
			("expiry_date", "Date", "", "list"),
		],
	},
	"Quality Action": {
		"module": "Quality Management",
		"autoname": "format:QA-ACT-{#####}",
		"permissions": {"Quality Manager": "rwcd", "Employee": "rwc"},
		"fields": [
			("corrective_preventive", "Select", "Corrective\nPreventive", "reqd list filter", "Corrective"),
			("date", "Date", "", "list filter", "Today"),
			("status", "Select", "Open\nCompleted", "list filter ro", "Open"),
			("resolutions", "Table", "Quality Action Resolution"),
		],
	},
	"Quality Action Resolution": {
		"module": "Quality Management",
		"istable": 1,
		"fields": [
			("problem", "Long Text", "", "list"),
			("resolution", "Text Editor"),
			("status", "Select", "Open\nCompleted", "list"),
			("responsible", "Link", "User", "list"),
			("completion_by", "Date"),
		],
	},
}  # fmt: skip

# Labels that do not follow from the fieldname.
LABELS = {
	"uom": "UOM",
	"stock_uom": "Stock UOM",
	"tax_id": "Tax ID",
	"email_id": "Email Id",
	"user_id": "User ID",
}


def field(fieldname, fieldtype, options="", flags="", default=None, more=None):
	"""A field of a DocType as Frappe's JSON has it."""
	row = {"fieldname": fieldname, "fieldtype": fieldtype, "label": LABELS.get(fieldname, _title(fieldname))}
	row |= {"options": options} if options else {}
	row |= {"default": default} if default is not None else {}
	return row | {FLAGS[flag]: 1 for flag in flags.split()} | (more or {})


def doctype(name):
	"""A DocType as Frappe's JSON has it."""
	spec = dict(DOCTYPES[name])
	fields = [field(*row) for row in spec.pop("fields")]
	permissions = spec.pop("permissions", {})
	tree = spec.pop("tree", None)
	return {
		"doctype": "DocType",
		"name": name,
		"engine": "InnoDB",
		"creation": "2020-01-01 00:00:00",
		"modified": "2020-01-01 00:00:00",
		"sort_field": "modified",
		"sort_order": "DESC",
		**({"is_tree": 1, "nsm_parent_field": tree} if tree else {}),
		**({"editable_grid": 1} if spec.get("istable") else {}),
		**spec,
		"field_order": [row["fieldname"] for row in fields],
		"fields": fields,
		"permissions": [
			{"role": role, **{right: 1 for letter in letters for right in RIGHTS[letter]}}
			for role, letters in permissions.items()
		],
	}


def build():
	"""Write the app: our controllers, and a folder for each doctype."""
	shutil.rmtree(paths.STANDIN, ignore_errors=True)
	app = paths.STANDIN / "erpnext"
	shutil.copytree(paths.SOURCE / "erpnext", app, ignore=shutil.ignore_patterns("__pycache__"))
	(app / "modules.txt").write_text("\n".join(sorted({spec["module"] for spec in DOCTYPES.values()})) + "\n")
	(app / "patches.txt").write_text("")
	for name, spec in DOCTYPES.items():
		slug = name.lower().replace(" ", "_")
		folder = app / spec["module"].lower().replace(" ", "_") / "doctype" / slug
		folder.mkdir(parents=True, exist_ok=True)
		(folder / f"{slug}.json").write_text(json.dumps(doctype(name), indent=1))
		controller = folder / f"{slug}.py"
		if not controller.exists():
			controller.write_text(_CONTROLLER.format(name.replace(" ", "")))
	for folder in [app, *(p for p in app.rglob("*") if p.is_dir())]:
		(folder / "__init__.py").touch()


_CONTROLLER = """from frappe.model.document import Document


class {}(Document):
	pass
"""


def _title(fieldname):
	return fieldname.replace("_", " ").title()
