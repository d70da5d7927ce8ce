"""Removes all that the story's tests may have made, where the site cannot be put back as a whole."""

import frappe

from . import putback
from .story import ANNA, BEN, EVE, GROUP, MIA, PREFIX, TERRITORY

OURS = (
	"Customer Touch", "Follow Up", "Tier Change", "Customer Value", "Customer File Person",
	"Customer File Occasion", "Customer File Consent", "Customer File", "Care Run", "Care Run Set Aside", "Visit Plan",
	"Visit Plan Stop", "Visit Plan Day Note", "Care Notice", "Referral", "Complaint Case", "Complaint Step",
	"Complaint Pause", "Complaint Compensation", "Customer Feedback", "Tier Benefit", "Tier Benefit Item",
	"Tier Benefit Item Group", "Volume Rebate", "Volume Rebate Step", "Volume Rebate Customer", "Rebate Claim", "Complaint Measure",
	"VIP Event", "VIP Event Guest", "VIP Invitation", "Event Suggestion", "Event Suggestion Vote", "Contact Confirmation",
	"Consent Record", "Forecast Check", "Forecast Check Candidate", "Customer Item Group",
	"Loss Review", "Maintenance Drive", "Maintenance Drive Participant", "Maintenance Drive Fact", "Maintenance Drive File",
	"Fact Check", "Forgotten Person", "Forgotten Person Count",
)  # fmt: skip


def remove_everything():
	"""Nothing of a test is left: put back, or removed past the document life. It must work after any failure."""
	if putback.put_back():
		return
	since = putback.since_last_asked()
	frappe.db.rollback()
	like = f"{PREFIX}%"
	for name in frappe.get_all("File", filters={"attached_to_doctype": ("in", OURS)}, pluck="name"):
		frappe.delete_doc("File", name, force=True)
	# A delete for each would be most of the work; nearly all of them are empty.
	rows = " union all ".join(
		f"select '{name}' from (select 1 from `tab{name}` limit 1) one" for name in OURS
	)
	for (doctype,) in frappe.db.sql(rows):
		frappe.db.delete(doctype)
	frappe.db.delete("Communication", {"reference_doctype": ("in", OURS)})
	frappe.db.delete("ToDo", {"reference_name": ("like", like)})
	frappe.db.delete("ToDo", {"reference_type": ("in", (*OURS, "Keep Customers Settings"))})
	frappe.db.delete("Notification Log", {"document_type": ("in", (*OURS, "Keep Customers Settings"))})
	frappe.db.delete("Notification Log", {"for_user": ("like", "%@keep-test.example")})
	frappe.db.delete("Error Log", {"reference_doctype": "Care Run"})
	frappe.db.delete("Issue", {"customer": ("like", like)})
	frappe.db.delete("Warranty Claim", {"customer": ("like", like)})
	frappe.db.delete("Comment", {"reference_name": ("like", like)})
	contacts = frappe.get_all(
		"Dynamic Link",
		filters={"parenttype": "Contact", "link_doctype": "Customer", "link_name": ("like", like)},
		pluck="parent",
	) + frappe.get_all("Contact", filters={"first_name": ("like", like)}, pluck="name")
	# ERPNext makes a contact for each lead; what is left of one would turn up in the next of that name.
	for child in ("Contact Email", "Contact Phone", "Dynamic Link"):
		frappe.db.delete(child, {"parenttype": "Contact", "parent": ("in", contacts or [""])})
		frappe.db.delete(child, {"parenttype": "Contact", "parent": ("like", like)})
	frappe.db.delete("Contact", {"name": ("in", contacts or [""])})
	for table, name_field in (
		("Communication Link", "link_name"), ("Event Participants", "reference_docname"), ("Dynamic Link", "link_name"),
	):  # fmt: skip
		frappe.db.delete(table, {name_field: ("like", like)})
	frappe.db.delete("Communication", {"subject": ("like", like)})
	frappe.db.delete("Event", {"subject": ("like", like)})
	if frappe.db.table_exists("Call Log"):
		frappe.db.delete("Call Log", {"id": ("like", like)})
	rules = frappe.get_all(
		"Pricing Rule",
		or_filters={"title": ("like", f"%{PREFIX}%"), "keep_benefit": ("like", like)},
		pluck="name",
	)
	frappe.db.delete("Coupon Code", {"pricing_rule": ("in", rules or [""])})
	for child in ("Item Code", "Item Group", "Brand"):
		if frappe.db.table_exists(f"Pricing Rule {child}"):
			frappe.db.delete(f"Pricing Rule {child}", {"parent": ("in", rules or [""])})
	frappe.db.delete("Pricing Rule Detail", {"pricing_rule": ("in", rules or [""])})
	frappe.db.delete("Pricing Rule", {"name": ("in", rules or [""])})
	for doctype, field in (
		("Quotation", "party_name"),
		("Sales Order", "customer"),
		("POS Invoice", "customer"),
	):
		names = frappe.get_all(doctype, filters={field: ("like", like)}, pluck="name")
		frappe.db.delete(f"{doctype} Item", {"parent": ("in", names or [""])})
		frappe.db.delete(doctype, {"name": ("in", names or [""])})
	invoices = frappe.get_all("Sales Invoice", filters={"customer": ("like", like)}, pluck="name")
	for table in ("GL Entry", "Payment Ledger Entry"):
		if frappe.db.table_exists(table):
			frappe.db.delete(table, {"voucher_no": ("in", invoices or [""])})
	for child in (
		"Sales Invoice Item",
		"Packed Item",
		"Sales Taxes and Charges",
		"Payment Schedule",
		"Sales Team",
	):
		if frappe.db.table_exists(child):
			frappe.db.delete(child, {"parent": ("in", invoices or [""])})
	frappe.db.delete("Sales Invoice", {"customer": ("like", like)})
	for child, field in (
		("Packed Item", "parent_item"), ("Product Bundle Item", "item_code"), ("Product Bundle", "new_item_code"),
	):  # fmt: skip
		frappe.db.delete(child, {field: ("like", like)})
	notes = frappe.get_all("Delivery Note", filters={"customer": ("like", like)}, pluck="name")
	frappe.db.delete("Delivery Note Item", {"parent": ("in", notes or [""])})
	frappe.db.delete("Delivery Note", {"customer": ("like", like)})
	frappe.db.delete("Portal User", {"parent": ("like", like)})
	frappe.db.delete("Sales Team", {"parent": ("like", like)})
	frappe.db.delete("Quality Action Resolution", {"problem": ("like", f"%{PREFIX}%")})
	frappe.db.delete("Complaint Cause", {"name": ("like", like)})
	frappe.db.delete("Loss Cause", {"name": ("like", like)})
	frappe.db.delete("Standard Answer", {"name": ("like", like)})
	frappe.db.delete("Competitor", {"name": ("like", like)})
	# ERPNext may name a lead by its first name.
	frappe.db.delete("Lead", {"lead_name": ("like", like)})
	frappe.db.delete("Lead", {"keep_referred_by": ("like", like)})
	frappe.db.delete("Lead", {"email_id": ("like", "%@lead.example")})
	frappe.db.delete("Customer", {"name": ("like", like)})
	emails = frappe.get_all(
		"Email Queue",
		or_filters=[["reference_name", "like", like], ["reference_doctype", "in", OURS]],
		pluck="name",
	)
	# Mails about nothing of ours: what came back of them would be noted again by the next night.
	emails += frappe.get_all(
		"Email Queue Recipient", {"recipient": ("like", "%@firm.example%")}, pluck="parent"
	)
	for field in ("sender", "recipients"):
		mails = frappe.get_all("Communication", {field: ("like", "%@firm.example%")}, pluck="name")
		frappe.db.delete("Communication Link", {"parent": ("in", mails or [""])})
		frappe.db.delete("Communication", {"name": ("in", mails or [""])})
	frappe.db.delete("Email Queue Recipient", {"parent": ("in", emails or [""])})
	frappe.db.delete("Email Queue", {"name": ("in", emails or [""])})
	frappe.db.delete("Email Account", {"name": ("like", like)})
	frappe.db.delete("Care Message", {"name": ("like", like)})
	frappe.db.delete("Care Rule Tier", {"parent": ("like", like)})
	frappe.db.delete("Care Rule Group", {"parent": ("like", like)})
	frappe.db.delete("Care Rule Tier", {"parenttype": ("in", ("Care Notice", "VIP Event"))})
	frappe.db.delete("Care Rule", {"name": ("like", like)})
	frappe.db.delete("Standard Answer", {"name": ("like", like)})
	for name in frappe.get_all("Complaint Category", filters={"name": ("like", like)}, pluck="name"):
		frappe.delete_doc("Complaint Category", name, force=True)
	frappe.db.delete("Batch", {"name": ("like", like)})
	for doctype in ("Tier Policy", "Customer Tier"):
		frappe.db.delete(doctype, {"name": ("like", like)})
	frappe.db.delete("Customer Group", [["name", "like", like], ["name", "!=", GROUP]])
	frappe.db.delete("User Permission", {"user": ("like", "%@keep-test.example")})
	frappe.db.delete("DocShare", {"user": ("like", "%@keep-test.example")})
	frappe.db.delete("Sales Person", {"name": ("like", like)})
	frappe.db.delete("Employee", {"employee_name": ("like", like)})
	frappe.db.delete("Holiday", {"parent": ("like", like)})
	frappe.db.delete("Holiday List", {"name": ("like", like)})
	frappe.db.delete("Currency Exchange", {"from_currency": "CNY", "to_currency": "EUR"})
	frappe.db.set_value("User", {"name": ("like", "%@keep-test.example")}, "enabled", 1)
	frappe.db.delete("Notification Settings", {"name": ("like", "%@keep-test.example")})
	# ERPNext calls a user as the Employee is called.
	called = {"name": ("like", "%@keep-test.example"), "last_name": ("is", "set")}
	for user in frappe.get_all("User", called, pluck="name"):
		name = user.split("@")[0].title()
		frappe.db.set_value("User", user, {"first_name": name, "last_name": None, "full_name": name})
		frappe.clear_cache(user=user)
	# What a story made of somebody else is no manager, and nobody's superior, in the next.
	roles = {"parenttype": "User", "parent": ("like", "%@keep-test.example")}
	for user in {*frappe.get_all("Has Role", roles, pluck="parent")} - {ANNA, BEN, MIA, EVE}:
		frappe.db.delete("Has Role", {"parenttype": "User", "parent": user})
		frappe.clear_cache(user=user)
	frappe.db.set_value("Territory", TERRITORY, "territory_manager", None)
	frappe.db.delete("Keep Excluded Customer")
	frappe.db.delete("Keep Excluded Group")
	frappe.db.delete("Keep Absence")
	frappe.db.commit()
	putback.forget(*since)
