"""What the host does for whoever names a document, and asks nobody: it is asked here, once it is known who calls.

Nothing is replaced, as in ``host_doors.py``: that the document is theirs to read is all there is to ask.
"""

import frappe

from keep_customers.access.host_doors import another_name_of, names_called, names_handed_on
from keep_customers.access.host_reports import MODULE
from keep_customers.access.lookups import named, not_there, out_of_sight
from keep_customers.erp.api import chosen, names_sent, refuse
from keep_customers.erp.permissions import may_read, reads_all_customers

# What is sent that says the doctype, or the doctype itself; what says the document, or documents -> the functions.
ASKED = {
	("doctype", "doc_name"): (
		"frappe.desk.form.document_follow.follow_document",
		"frappe.desk.form.document_follow.get_follow_users",
		"frappe.desk.form.document_follow.update_follow",
	),
	("doctype", "docnames"): ("frappe.automation.doctype.assignment_rule.assignment_rule.bulk_apply",),
	("doctype", "docname"): (
		"frappe.core.doctype.submission_queue.submission_queue.get_latest_submissions",
		"frappe.social.doctype.energy_point_log.energy_point_log.get_reviews",
		"erpnext.controllers.stock_controller.show_accounting_ledger_preview",
		"erpnext.controllers.stock_controller.show_stock_ledger_preview",
		# They write in whatever is named.
		"erpnext.manufacturing.doctype.bom_creator.bom_creator.edit_qty",
		"erpnext.manufacturing.doctype.bom_creator.bom_creator.edit_bom_creator",
	),
	("User", "user"): (
		"frappe.core.doctype.user_permission.user_permission.get_user_permissions",
		"frappe.desk.doctype.event.event.get_events",  # also those of which a user has told nobody
	),
	# Of Frappe 15: 16 asks.
	("Data Import", "data_import_name"): (
		"frappe.core.doctype.data_import.data_import.download_errored_template",
		"frappe.core.doctype.data_import.data_import.download_import_log",
		"frappe.core.doctype.data_import.data_import.get_import_status",
	),
	("Data Import", "data_import"): (
		"frappe.core.doctype.data_import.data_import.form_start_import",
		"frappe.core.doctype.data_import.data_import.get_preview_from_template",
	),
	# A document that anybody makes of a mail, and reads: the mail is hung on it.
	("Communication", "communication"): (
		"erpnext.crm.doctype.lead.lead.make_lead_from_communication",
		"erpnext.crm.doctype.opportunity.opportunity.make_opportunity_from_communication",
		"erpnext.support.doctype.issue.issue.make_issue_from_communication",
	),
	# What a customer owes, is called, has and where it is, and who is asked for.
	("party_type", "party"): (
		"erpnext.accounts.doctype.payment_entry.payment_entry.get_party_details",
		"erpnext.accounts.doctype.tax_rule.tax_rule.get_party_details",
		"erpnext.accounts.party.get_party_bank_account",
		"erpnext.accounts.utils.get_balance_on",
	),
	("ref_doctype", "docname"): (
		"erpnext.stock.doctype.shipment.shipment.get_address_name",
		"erpnext.stock.doctype.shipment.shipment.get_contact_name",
	),
	("Customer", "customer"): (
		"erpnext.accounts.doctype.loyalty_program.loyalty_program.get_loyalty_program_details",
		"erpnext.accounts.doctype.loyalty_program.loyalty_program.get_loyalty_program_details_with_points",
		"erpnext.accounts.doctype.sales_invoice.sales_invoice.get_loyalty_programs",
		"erpnext.selling.page.point_of_sale.point_of_sale.set_customer_info",
	),
	("Customer", "customer_name"): (
		"erpnext.accounts.doctype.process_statement_of_accounts.process_statement_of_accounts.get_customer_emails",
	),
	("args.party_type", "args.party"): (
		"erpnext.accounts.doctype.payment_entry.payment_entry.get_outstanding_reference_documents",
	),
	("args.doctype", "args.docname"): (
		"erpnext.accounts.doctype.journal_entry.journal_entry.get_outstanding",
	),
	("reference_doctype", "reference_name"): (
		"erpnext.accounts.doctype.payment_entry.payment_entry.get_reference_details",
	),
	("dt", "dn"): (
		"erpnext.accounts.doctype.journal_entry.journal_entry.get_payment_entry_against_invoice",
		"erpnext.accounts.doctype.journal_entry.journal_entry.get_payment_entry_against_order",
		"erpnext.accounts.doctype.payment_entry.payment_entry.get_payment_entry",
	),
	("Customer", "filters.customer"): (
		"erpnext.accounts.doctype.invoice_discounting.invoice_discounting.get_invoices",
		"erpnext.controllers.queries.get_delivery_notes_to_be_billed",
		"erpnext.selling.doctype.customer.customer.get_customer_primary",
	),
	("Sales Invoice", "source_name"): (
		"erpnext.accounts.doctype.sales_invoice.sales_invoice.create_invoice_discounting",
	),
	("Contact", "contact"): (
		"erpnext.crm.doctype.utils.get_last_interaction",
		"erpnext.stock.doctype.delivery_trip.delivery_trip.get_contact_display",
	),
	("Lead", "lead"): ("erpnext.crm.doctype.utils.get_last_interaction",),
}
# What lists the papers of all customers where none is named.
OF_ALL = {
	"erpnext.accounts.doctype.invoice_discounting.invoice_discounting.get_invoices",
	"erpnext.controllers.queries.get_delivery_notes_to_be_billed",
}
PATHS = {path for paths in ASKED.values() for path in paths}
QUERIES = {path for (_doctype, name), paths in ASKED.items() if name.startswith("filters.") for path in paths}
# For who may read them, whatever they are about.
BY_THEMSELVES = ("Communication", "Data Import", "User")
UNSAID = {"party_type": "Customer"}  # as the host


def ask() -> None:
	"""When the host knows who calls.

	:raises frappe.PermissionError: if there is no such document, and if the user may not read it
	"""
	if frappe.session.user == "Administrator":
		return
	handed_on = {another_name_of(name, PATHS) for name in names_handed_on()}
	called = handed_on | {another_name_of(name, PATHS) for name in names_called()}
	if handed_on - QUERIES - {None}:
		raise frappe.PermissionError
	if called & OF_ALL and not _sent("filters.customer") and not reads_all_customers():
		raise frappe.PermissionError
	for (doctype, name), paths in ASKED.items():
		if called.intersection(paths):
			_only_readable(doctype, name)


def _only_readable(doctype: str, name: str) -> None:
	sent = _sent(name)
	if not sent:
		return
	kind = doctype if doctype.istitle() else _sent(doctype) or UNSAID.get(doctype)
	names = names_sent(name, sent) if name.endswith("names") else [sent]
	if not isinstance(kind, str) or not all(isinstance(one, str | int) for one in names):
		refuse(f"Argument '{name}' should be a name.")
	for one in map(str, names):
		if kind in BY_THEMSELVES:
			if one != frappe.session.user:
				named(kind, one)
		elif not _may_read(kind, one):
			not_there(kind, one)


def _sent(name: str) -> object:
	where, _dot, key = name.partition(".")
	sent = frappe.form_dict.get(where)
	return chosen(sent, where).get(key) if sent and key else sent


def _may_read(kind: str, name: str) -> bool:
	if kind == "Customer":  # who writes a sales document may choose one, without reading it
		exists = frappe.db.exists(kind, name)
		return bool(exists) and any(may_read(kind, name, right=right) for right in ("read", "select"))
	meta = frappe.get_meta(kind)
	return not (meta.istable and meta.module == MODULE) and not out_of_sight(kind, {name})
