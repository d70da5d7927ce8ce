"""The neighbours' doctypes, made in the tests from what their apps publish, reduced to the fields that are read.

A doctype is its naming and its fields, as name, type, options. What they link to inside their own app is text here. Where
the genuine app is installed on the site, its own doctypes are used, and none of these is made; what a story made in them is
taken out again, as the site may not be put back (putback.py).
"""

from contextlib import contextmanager

import frappe
import pytest
from frappe.custom.doctype.custom_field.custom_field import create_custom_field

from keep_customers.erp import neighbours
from tests.site import putback

CALL_STATUS = "Initiated\nRinging\nIn Progress\nCompleted\nFailed\nBusy\nNo Answer\nQueued\nCanceled"
CALL = (
	("id", "Data"), ("from", "Data"), ("to", "Data"), ("status", "Select", CALL_STATUS), ("duration", "Duration"),
	("type", "Select", "Incoming\nOutgoing"), ("start_time", "Datetime"), ("end_time", "Datetime"), ("caller", "Link", "User"),
	("receiver", "Link", "User"), ("links", "Table", "Dynamic Link"),
)  # fmt: skip
REFERENCE = (
	("reference_doctype", "Link", "DocType"),
	("reference_docname", "Dynamic Link", "reference_doctype"),
)
# What an app adds to the host's doctypes.
ADDED = {"crm": ("Customer", "crm_deal")}
PUBLISHED = {
	# github.com/frappe/telephony, 58d32184e44b193e27498d3dd156085c793b7528
	"telephony": {
		"TP Call Log": ("field:id", (*CALL, ("telephony_medium", "Select", "\nManual\nTwilio\nExotel"))),
		"TP Telephony Agent": (
			"field:user",
			(("user", "Link", "User"), ("mobile_no", "Data"), ("exotel_number", "Data")),
		),
		"TP Exotel Settings": ("single", (("enabled", "Check"),)),
	},
	# github.com/frappe/helpdesk, 6018181a356db2bc0accec41e37344b4d12e76a1
	"helpdesk": {
		"HD Ticket Status": (
			"field:label_agent",
			(
				("label_agent", "Data"), ("category", "Select", "Open\nPaused\nResolved"), ("order", "Int"),
				("enabled", "Check"),
			),
		),
		"HD Customer": ("field:customer_name", (("customer_name", "Data"), ("erpnext_customer", "Data"))),
		"HD Ticket": (
			"hash",  # numbers, as text; the sandbox's SQLite cannot make a doctype that counts
			(
				("subject", "Data"), ("raised_by", "Data"), ("status", "Link", "HD Ticket Status"), ("customer", "Data"),
				("contact", "Link", "Contact"), ("description", "Text Editor"), ("opening_date", "Date"),
				("via_customer_portal", "Check"), ("status_category", "Data"), ("is_merged", "Check"),
				("merged_with", "Link", "HD Ticket"),
			),
		),
		"HD Ticket Comment": (
			"hash",
			(("content", "Text Editor"), ("reference_ticket", "Link", "HD Ticket"), ("commented_by", "Link", "User")),
		),
	},
	# github.com/frappe/crm, 8b7dfdde81206fc8be8c38d6fbce57da234582af
	"crm": {
		"CRM Contacts": ("table", (("contact", "Link", "Contact"), ("email", "Data"), ("is_primary", "Check"))),
		"CRM Organization": ("field:organization_name", (("organization_name", "Data"),)),
		"CRM Lead": ("hash", (("first_name", "Data"), ("email", "Data"), ("organization", "Data"))),
		"CRM Deal": (
			"hash",
			(
				("organization", "Link", "CRM Organization"), ("lead", "Link", "CRM Lead"), ("contacts", "Table", "CRM Contacts"),
				("erpnext_customer", "Data"),  # added where it works with ERPNext
			),
		),
		"CRM Call Log": ("field:id", (*CALL, *REFERENCE)),
		"CRM Task": (
			"hash",  # numbers in the app
			(
				("title", "Data"), ("assigned_to", "Link", "User"), ("due_date", "Datetime"),
				("status", "Select", "Backlog\nTodo\nIn Progress\nDone\nCanceled"), *REFERENCE,
			),
		),
		"FCRM Note": ("hash", (("title", "Data"), ("content", "Text Editor"), *REFERENCE)),
	},
	# github.com/shridarpatil/frappe_whatsapp, 9630564b2b07f59a1f062a86aa26eed2f9821250
	"frappe_whatsapp": {
		"WhatsApp Templates": (
			"hash",  # by its name and language in the app
			(("template", "Code", "HTML"), ("status", "Data"), ("sample_values", "Small Text"), ("language_code", "Data")),
		),
		"WhatsApp Account": (
			"field:account_name",
			(("account_name", "Data"), ("status", "Select", "Active\nInactive"), ("is_default_outgoing", "Check")),
		),
		"WhatsApp Message": (
			"hash",
			(
				("type", "Select", "Outgoing\nIncoming"), ("status", "Data"), ("to", "Data"), ("from", "Data"),
				("use_template", "Check"), ("template", "Link", "WhatsApp Templates"), ("message", "HTML Editor"),
				("message_type", "Select", "Manual\nTemplate"), ("message_id", "Data"), ("content_type", "Data"),
				("body_param", "JSON"), ("bulk_message_reference", "Data"), ("reference_doctype", "Link", "DocType"),
				("reference_name", "Dynamic Link", "reference_doctype"), ("profile_name", "Data"),
			),
		),
	},
}  # fmt: skip


# Who works with them besides the System Manager. Said once a file: Frappe reads all doctypes again where permissions change.
WORKS_WITH = {"HD Ticket": "Sales Manager"}
# Where else their documents leave something.
LEFT_IN = (
	"Comment", "Communication", "Communication Link", "Contact", "Custom DocPerm", "DocShare", "Dynamic Link", "Error Log",
	"Has Role", "Notification Log", "ToDo", "Version",
)  # fmt: skip


def is_genuine(app):
	return app in frappe.get_installed_apps()


@contextmanager
def with_app(app):
	"""The site as if the app were installed on it, if it is not, without its code; as it was afterwards."""
	putback.put_back()
	putback.end()
	with _genuine(app) if is_genuine(app) else _made(app):
		yield
	frappe.clear_cache()
	putback.begin()


@contextmanager
def _genuine(app):
	fields = set(frappe.get_all("Custom Field", pluck="name"))
	if app in ADDED:  # with its own word to ERPNext
		frappe.get_doc("ERPNext CRM Settings").create_custom_fields()
		frappe.db.commit()
	permitted = [doctype for doctype in PUBLISHED[app] if doctype in WORKS_WITH]
	for doctype in permitted:
		frappe.permissions.add_permission(doctype, WORKS_WITH[doctype])
		frappe.permissions.update_permission_property(doctype, WORKS_WITH[doctype], 0, "write", 1)
	putback.begin()
	yield
	putback.put_back()
	putback.end()
	for doctype in permitted:
		frappe.permissions.reset_perms(doctype)
	for name in set(frappe.get_all("Custom Field", pluck="name")) - fields:
		field = frappe.get_doc("Custom Field", name)
		field.delete()
		frappe.db.commit()
		frappe.db.sql_ddl(f"alter table `tab{field.dt}` drop column `{field.fieldname}`")


@contextmanager
def _made(app):
	for name, (naming, fields) in PUBLISHED[app].items():
		_make(name, naming, fields)
	if app in ADDED:
		doctype, field = ADDED[app]
		added = create_custom_field(doctype, {"fieldname": field, "fieldtype": "Data", "label": field})
	frappe.db.commit()
	putback.begin()
	others = neighbours.installed
	with pytest.MonkeyPatch.context() as patch:
		patch.setattr(neighbours, "installed", lambda: [*others(), app])
		yield
	putback.put_back()
	putback.end()
	for name in PUBLISHED[app]:
		frappe.delete_doc("DocType", name, force=True)
		frappe.db.commit()
		frappe.db.sql_ddl(f"drop table if exists `tab{name}`")
	if app in ADDED:
		added.delete()
		frappe.db.commit()
		frappe.db.sql_ddl(f"alter table `tab{doctype}` drop column `{field}`")


def rows():
	"""doctype -> names of what is in the tables of the apps, genuine and made, and where else their documents leave something."""
	apps = [app for app in PUBLISHED if is_genuine(app)]
	modules = frappe.get_all("Module Def", {"app_name": ("in", apps or [""])}, pluck="name")
	tables = {"issingle": 0, "is_virtual": 0}
	doctypes = frappe.get_all("DocType", {**tables, "module": ("in", modules or [""])}, pluck="name")
	made = [name for app in PUBLISHED if app not in apps for name in PUBLISHED[app]]
	doctypes += frappe.get_all("DocType", {**tables, "custom": 1, "name": ("in", made or [""])}, pluck="name")
	return {name: set(frappe.get_all(name, pluck="name")) for name in (*doctypes, *LEFT_IN) if doctypes}


def take_out_but(before):
	"""Past the document life: what the stories made must go however it is, and whatever the apps say to it."""
	frappe.db.rollback()
	gone = {name: names - before[name] for name, names in rows().items()}
	for doctype, names in gone.items():
		if names:
			frappe.db.delete(doctype, {"name": ("in", list(names))})
	frappe.db.commit()
	if gone.get("Custom DocPerm") or gone.get("Has Role"):
		frappe.clear_cache()


def _make(name, naming, fields):
	frappe.get_doc(
		{
			"doctype": "DocType",
			"name": name,
			"module": "Custom",
			"custom": 1,
			"issingle": naming == "single",
			"istable": naming == "table",
			"autoname": "" if naming in ("single", "table") else naming,
			"fields": [
				dict(
					zip(("fieldname", "fieldtype", "options"), field, strict=False),
					label=frappe.unscrub(field[0]),
				)
				for field in fields
			],
			"permissions": [
				{"role": "System Manager", "read": 1, "write": 1, "create": 1, "delete": 1},
				*({"role": role, "read": 1, "write": 1} for role in [WORKS_WITH.get(name)] if role),
			],
		}
	).insert()
