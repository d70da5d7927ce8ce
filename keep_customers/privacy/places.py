"""Where words stand, in documents of ours and of the framework: read off the doctypes, so that what is new is caught by itself."""

from typing import NamedTuple

import frappe

MODULE = "Keep Customers"
TEXTS = {
	"Data", "Small Text", "Text", "Long Text", "Text Editor", "Code", "HTML Editor", "Markdown Editor", "JSON", "Phone",
	"Autocomplete", "Attach", "Attach Image", "Signature", "Read Only", "Barcode",
}  # fmt: skip
# What programs have written for programs: keys, fingerprints, what a figure follows from. Nobody's words come in.
KEYS = {
	"Complaint Case": {"taken_from_type", "taken_from"},
	"Consent Record": {"address_mark", "statement"},
	"Contact Confirmation": {"addresses"},
	"Customer File": {"missing"},
	"Customer File Occasion": {"recurs"},
	"Customer File Person": {"recurs"},
	"Customer Touch": {"call_id", "sent_key"},
	"Fact Check": {"writers"},
	# A link in a mail is good for half a year: whose no it is follows from the fingerprint of where it went.
	"Follow Up": {"occurrence", "call_id", "sent_to", "coupon"},
	"Forgotten Person": {"marks", "work", "stopped_by"},
	"Forgotten Person Count": {"kind"},
	"Rebate Claim": {"terms"},
	"VIP Invitation": {"before_check_in"},
}
# Who it was: it goes with the person, and stays where words are only old.
WHO = {"Follow Up": {"sent_to_person"}}
# Written about a customer by programs or for the books, whoever is spoken with there. All else with a customer in it is
# about somebody at the customer.
ABOUT_THE_FIRM = {
	"Contact Confirmation", "Customer File", "Customer Item Group", "Customer Value", "Keep Excluded Customer",
	"Maintenance Drive File", "Rebate Claim", "Referral", "Tier Change", "Volume Rebate Customer", "VIP Event Guest",
	"Event Suggestion Vote",
}  # fmt: skip
# Of the file only what is personal goes with its only person; what the firm makes and needs stays.
FACTS_OF_FILE = {"specifications", "usage", "pin_reason"}
# Of the framework's, in which addresses stand because somebody set them up.
NOT_TO_TOUCH = {
	"User", "User Email", "Contact", "Contact Email", "Contact Phone", "Address", "Email Account", "Email Domain",
	"IMAP Folder", "Translation", "Web Form", "Web Page", "Website Settings", "System Settings", "Social Login Key",
	"OAuth Client", "Personal Data Deletion Request", "Google Contacts", "Google Calendar", "User Group Member",
	"Notification Recipient", "Auto Email Report", "LDAP Settings", "Language", "Country",
}  # fmt: skip


class Place(NamedTuple):
	"""A doctype's columns in which words stand.

	:param words: what people have written, or programs about people
	:param needed: those of them that are never empty
	"""

	doctype: str
	words: tuple[str, ...]
	needed: frozenset[str]
	is_table: bool = False


def ours() -> list[str]:
	"""All doctypes of ours that have rows."""
	return frappe.get_all(
		"DocType", {"module": MODULE, "issingle": 0, "is_virtual": 0}, pluck="name", order_by="name"
	)


def place(doctype: str, old: bool = False) -> Place:
	"""
	:param old: where words are only too old; who it was stays known
	"""
	meta = frappe.get_meta(doctype)
	keys = KEYS.get(doctype, set()) | (WHO.get(doctype, set()) if old else set())
	found = [
		one
		for one in meta.fields
		if one.fieldtype in TEXTS
		and not one.is_virtual
		and one.fieldname not in keys
		and not of_the_firm(one)
	]
	return Place(
		doctype,
		tuple(one.fieldname for one in found),
		frozenset(one.fieldname for one in found if one.reqd),
		bool(meta.istable),
	)


def personal_words() -> list[str]:
	"""Columns of the Customer File with words about people."""
	return [field for field in place("Customer File").words if field not in FACTS_OF_FILE]


def of_the_firm(field) -> bool:
	"""Whether it shows a linked document's name: a customer's, a rep's."""
	return bool(field.fetch_from) or field.fieldname in (
		"customer_name",
		"keep_customer_name",
		"referrer_name",
		"rep_name",
	)


def links_to(doctype: str, target: str) -> list[str]:
	"""The fields of a doctype that link to another one."""
	return [one.fieldname for one in frappe.get_meta(doctype).get_link_fields() if one.options == target]


def open_links(doctype: str) -> list[tuple[str, str]]:
	"""(its doctype, its name), fields of links that lead to a document of any doctype."""
	return [
		(one.options, one.fieldname)
		for one in frappe.get_meta(doctype).fields
		if one.fieldtype == "Dynamic Link" and one.options
	]


def address_fields(doctype: str) -> list[str]:
	"""Fields with an e-mail address or a number."""
	named = {"Consent Record": ["address"]}.get(doctype, [])
	fields = frappe.get_meta(doctype).fields
	return named + [
		one.fieldname
		for one in fields
		if one.fieldtype in ("Data", "Phone") and (one.options in ("Email", "Phone"))
	]


def mark_fields(doctype: str) -> list[str]:
	"""Fields with the fingerprint of an address."""
	return {"Follow Up": ["sent_to"], "Consent Record": ["address_mark"]}.get(doctype, [])


def customer_field(doctype: str) -> str | None:
	return next(
		(one for one in ("customer", "referrer") if frappe.get_meta(doctype).has_field(one)),
		None,
	)


def of_the_framework() -> list[str]:
	"""Doctypes of Frappe's own in which copies of words are kept: logs, comments, versions, mails."""
	modules = frappe.get_all("Module Def", {"app_name": "frappe"}, pluck="name")
	names = frappe.get_all(
		"DocType",
		{"module": ("in", modules), "issingle": 0, "is_virtual": 0},
		pluck="name",
		order_by="name",
	)
	return [one for one in names if one not in NOT_TO_TOUCH | DEFINITIONS]


# What says how the site looks and works is the admins', and too much to look through.
DEFINITIONS = {
	"DocType", "DocField", "DocPerm", "DocType Action", "DocType Link", "DocType State", "DocType Layout",
	"DocType Layout Field", "Custom Field", "Custom DocPerm", "Property Setter", "Customize Form", "Customize Form Field",
	"Module Def", "Page", "Report", "Report Column", "Report Filter", "Role", "Has Role", "Print Format", "Workspace",
	"Workspace Link", "Workspace Shortcut", "Workspace Chart", "Workspace Number Card", "Workspace Quick List",
	"Workspace Custom Block", "Dashboard Chart", "Dashboard Chart Field", "Dashboard Chart Source", "Number Card", "Web Form Field",
	"Client Script", "Server Script", "Form Tour", "Form Tour Step", "Onboarding Step", "Module Onboarding", "Scheduled Job Type",
	"Patch Log", "Installed Application", "Currency", "Color", "Gender", "Salutation", "Letter Head", "Print Style", "Web Template",
	"Website Theme", "Desktop Icon", "Workspace Sidebar", "Workspace Sidebar Item", "Navbar Item", "Package", "Series",
}  # fmt: skip


def stored(doctype: str, *columns: str) -> list[str]:
	"""Those of the columns that this site's table has; none if there is no such table."""
	if not frappe.db.table_exists(doctype):
		return []
	there = set(frappe.db.get_table_columns(doctype))
	return [one for one in columns if one in there]
