"""What can be asked over HTTP: the host's doors to every doctype, document and row; our own, found by themselves."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import frappe

import keep_customers
from tests.site.erp.matrix.papers import ABOUT_CUSTOMER, GUARDED, HOSTS, MODULE, OF_THE_FIRM, parents
from tests.site.erp.test_api import BUTTONS, CALLABLE, METHODS, parameters
from tests.site.story import ANNA, COMPANY

RESOURCE, METHOD = "/api/resource/", "/api/method/"


@dataclass(frozen=True)
class Ask:
	"""One request: ``about`` a doctype, report, page or method, by a ``door``."""

	about: str
	door: str
	verb: str
	path: str
	sent: dict
	upload: bool = False

	def __str__(self):
		return f"{self.about} · {self.door}"

	def http(self):
		"""What requests wants to know."""
		texts = {
			key: one if isinstance(one, str) else json.dumps(one, default=str)
			for key, one in self.sent.items()
		}
		body = {"params": texts} if self.verb == "GET" else {"data": texts}
		if self.path.startswith(RESOURCE) and self.verb != "GET":
			body = {"json": self.sent}
		if self.upload:
			body["files"] = {"file": ("mine.txt", b"Mine")}
		return {"method": self.verb, **body}


def door(address, /, called=None, **sent):
	"""A host's door: a verb and a path, or a method's name; in what is sent, {words} are filled in for each."""
	verb, _space, path = address.rpartition(" ")
	return called or address.rpartition(".")[2], verb or "POST", path if "/" in path else METHOD + path, sent


def filled(value, places):
	if isinstance(value, dict):
		return {filled(key, places): filled(one, places) for key, one in value.items()}
	if isinstance(value, list):
		return [filled(one, places) for one in value]
	if value in places:  # as it is
		return places[value]
	for place, text in places.items() if isinstance(value, str) else ():
		value = value.replace(place, str(text))
	return value


def through(doors, about, **places) -> Iterator[Ask]:
	"""What is asked about something by the doors that this version of the host has."""
	places = {f"{{{key}}}": one for key, one in places.items()}
	paths = {key: quote(one) for key, one in places.items() if isinstance(one, str)}
	for called, verb, path, sent in doors:
		name = path.removeprefix(METHOD)
		if name == path or "." not in name or has(name):
			yield Ask(about, called, verb, filled(path, paths), filled(sent, places), called == "upload_file")


def has(name):
	try:
		return frappe.get_attr(name) in frappe.whitelisted
	except (AttributeError, ImportError, frappe.AppNotInstalledError, frappe.ValidationError):
		return False


# A doctype

CARD = {"doctype": "Number Card", "function": "Count", "filters_json": "[]", "label": "x"}
# Whoever may not know is answered as if there were nothing to know.
COUNTS = (
	door("frappe.desk.reportview.get_count", doctype="{doctype}", fields=["name"]),
	door("frappe.client.get_count", "client.get_count", doctype="{doctype}"),
	door("frappe.desk.listview.get_group_by_count", doctype="{doctype}", current_filters=[], field="owner"),
	door("frappe.desk.doctype.number_card.number_card.get_result", "card", filters=[], doc={**CARD, "document_type": "{doctype}"}),
	door("frappe.desk.doctype.dashboard_chart.dashboard_chart.get", "chart", no_cache=1, chart={
		"doctype": "Dashboard Chart", "chart_name": "x", "chart_type": "Group By", "document_type": "{doctype}", "type": "Bar",
		"group_by_type": "Count", "group_by_based_on": "{text}", "filters_json": "[]", "number_of_groups": 0}),
)  # fmt: skip
LISTS = (
	door("GET /api/resource/{doctype}", "list", fields=["*"], limit_page_length=0),
	door("frappe.desk.reportview.get", "report", doctype="{doctype}", fields=["*"], page_length=500),
	door("frappe.desk.reportview.export_query", "export", doctype="{doctype}", fields=["*"], title="x", page_length=500, file_format_type="CSV"),
	door("frappe.core.doctype.data_export.exporter.export_data", doctype="{doctype}", with_data=1, file_type="CSV",
		select_columns={"{doctype}": ["{text}"]}, template=True, export_without_column_meta=0),
	door("frappe.core.doctype.data_import.data_import.download_template", doctype="{doctype}", file_type="CSV",
		export_fields={"{doctype}": ["{text}"]}, export_records="all"),
	door("frappe.desk.search.search_link", doctype="{doctype}", txt=""),
	door("frappe.desk.search.search_widget", doctype="{doctype}", txt="", filter_fields=["{text}"], page_length=500, ignore_user_permissions=1),
	door("frappe.www.list.get_list_data", doctype="{doctype}", fields=["*"]),
	door("frappe.workflow.doctype.workflow.workflow.get_workflow_state_count", doctype="{doctype}", workflow_state_field="{text}", states=[]),
	door("frappe.desk.listview.get_group_by_count", "assigned", doctype="{doctype}", current_filters=[], field="assigned_to"),
	door("frappe.desk.doctype.tag.tag.get_tagged_docs", doctype="{doctype}", tag="%"),
)  # fmt: skip
COUNTS_OF_ROWS = (
	door("frappe.client.get_count", doctype="{table}"),
	door("frappe.desk.doctype.number_card.number_card.get_result", "card", filters=[],
		doc={**CARD, "document_type": "{table}", "parent_document_type": "{doctype}"}),
)  # fmt: skip
FIELDS = ["`tab{table}`.`{text}`", "`tab{table}`.`parent`"]
LISTS_OF_ROWS = (
	door("GET /api/resource/{table}", "list", fields=["*"], limit_page_length=0, parent="{doctype}"),
	door("frappe.desk.reportview.get", "report", doctype="{doctype}", fields=FIELDS, page_length=500),
	door("frappe.desk.reportview.export_query", "export", doctype="{doctype}", fields=FIELDS, title="x", page_length=500, file_format_type="CSV"),
	door("frappe.desk.search.search_link", doctype="{table}", txt=""),
)  # fmt: skip

# A document, by who knows its name

THIS, DOC = {"doctype": "{doctype}", "name": "{name}"}, {"doctype": "{doctype}", "docname": "{name}"}
READS = (
	door("GET /api/resource/{doctype}/{name}", "read", expand_links=1),
	door("GET /api/v2/document/{doctype}/{name}/copy", "copy v2"),
	door("GET /printview", "printview", **THIS, trigger_print="0"),
	door("frappe.client.get_value", doctype="{doctype}", fieldname=["{text}"], filters="{name}"),
	door("frappe.client.validate_link", **DOC, fields=["{text}"]),
	door("frappe.client.validate_link_and_fetch", **DOC, fields_to_fetch=["{text}"]),
	door("frappe.desk.search.get_link_title", **DOC),
	door("frappe.desk.link_preview.get_preview_data", **DOC),
	door("frappe.desk.form.load.getdoc", **THIS),
	door("frappe.desk.form.load.get_docinfo", **THIS),
	door("frappe.desk.form.linked_with.get", **DOC),
	door("frappe.desk.notifications.get_open_count", **THIS),
	door("frappe.share.get_users", **THIS),
	door("frappe.desk.form.utils.get_next", doctype="{doctype}", value="{name}", prev=0, sort_field="{text}"),
	door("frappe.desk.form.linked_with.get_submitted_linked_docs", **THIS),
	door("frappe.contacts.doctype.address.address.get_default_address", **THIS),
	door("erpnext.crm.utils.get_open_activities", ref_doctype="{doctype}", ref_docname="{name}"),
	door("frappe.desk.form.document_follow.get_follow_users", doctype="{doctype}", doc_name="{name}"),
	door("frappe.core.doctype.submission_queue.submission_queue.get_latest_submissions", **DOC),
	door("frappe.social.doctype.energy_point_log.energy_point_log.get_reviews", **DOC),
)
READS_OF_ROW = (
	door("GET /api/resource/{table}/{row}", "read"),
	door("frappe.desk.search.get_link_title", doctype="{table}", docname="{row}"),
	door("frappe.client.validate_link", doctype="{table}", docname="{row}", fields=["{text}"]),
	door(
		"frappe.client.validate_link_and_fetch",
		doctype="{table}",
		docname="{row}",
		fields_to_fetch=["{text}"],
	),
)

REFERENCE = {"reference_doctype": "{doctype}", "reference_name": "{name}"}
# Deleting comes last, so that all else finds something to change.
WRITES = (
	door("frappe.client.insert", doc="{copy}"),
	door("PUT /api/resource/{doctype}/{name}", "put", **{"{text}": "Mine"}),
	door("frappe.client.set_value", **THIS, fieldname="{text}", value="Mine"),
	door("frappe.desk.form.save.savedocs", doc={**THIS, "{text}": "Mine"}, action="Save"),
	door("frappe.model.rename_doc.update_document_title", **DOC, title="Mine", name="Mine"),
	door(
		"frappe.desk.form.utils.add_comment",
		**REFERENCE,
		content="Mine",
		comment_email="{user}",
		comment_by="{user}",
	),
	door(
		"frappe.core.doctype.communication.email.make", **THIS, content="Mine", subject="Mine", send_email=0
	),
	door(
		"frappe.templates.includes.comments.comments.add_comment",
		"page's comment",
		**REFERENCE,
		comment="Mine",
		comment_email="{user}",
		comment_by="{user}",
		route="",
	),
	door("frappe.desk.form.assign_to.add", **THIS, assign_to=["{user}"]),
	door("frappe.desk.doctype.tag.tag.add_tag", dt="{doctype}", dn="{name}", tag="Mine"),
	door(
		"frappe.automation.doctype.assignment_rule.assignment_rule.bulk_apply",
		doctype="{doctype}",
		docnames=["{name}"],
	),
	door(
		"erpnext.manufacturing.doctype.bom_creator.bom_creator.edit_bom_creator",
		**DOC,
		data={"{text}": "Mine"},
		parent="Mine",
	),
	door("frappe.share.add", **THIS, user="{user}", read=1, write=1),
	door(
		"frappe.desk.form.document_follow.follow_document",
		doctype="{doctype}",
		doc_name="{name}",
		user="{user}",
	),
	door("frappe.client.attach_file", **DOC, filename="mine.txt", filedata="x"),
	door("upload_file", **DOC, is_private=1),
	door("frappe.desk.reportview.delete_items", doctype="{doctype}", items=["{name}"]),
	door("DELETE /api/resource/{doctype}/{name}", "delete"),
)
WRITES_OF_SUBMITTABLE = (
	door("frappe.client.submit", doc={**THIS, "{text}": "Mine"}),
	door("frappe.client.cancel", **THIS),
	door("frappe.model.workflow.apply_workflow", doc=THIS, action="Approve"),
)
WRITES_OF_ROW = (
	door("POST /api/resource/{table}", "insert", parent="{name}", parenttype="{doctype}", parentfield="{field}", **{"{text}": "Mine"}),
	door("PUT /api/resource/{table}/{row}", "put", **{"{text}": "Mine"}),
	door("frappe.client.set_value", doctype="{table}", name="{row}", fieldname="{text}", value="Mine"),
	door("DELETE /api/resource/{table}/{row}", "delete"),
)  # fmt: skip
# A file, by its address; what anybody may do with any document, once. First, so that they are asked in one go.
ONCE = (
	door("frappe.desk.like.toggle_like", doctype="Complaint Case", name="{case}", add="Yes"),
	door("GET /{url}", "by its address"),
	door("GET download_file", file_url="/{url}"),
	*(
		door("POST /api/resource/File", f"one's own at {at}", file_name="mine.txt", file_url=at, is_private=1)
		for at in ("/{url}", "/files/../../{url}", "/private/files/./{file}", "/private/files/.%2f{file}")
	),
	door("POST /api/resource/File", "one's own of its name", file_name="{file}", is_private=1),
	door("GET /{url}", "at its address then"),
	door("frappe.utils.file_manager.add_attachments", doctype="User", name="{user}", attachments=["{name}"]),
	door("frappe.email.relink", name="{mail}", reference_doctype="User", reference_name="{user}"),
	door(
		"frappe.core.doctype.sms_settings.sms_settings.get_contact_number",
		contact_name="{contact}",
		ref_doctype="Contact",
		ref_name="{contact}",
	),
	door(
		"frappe.core.doctype.communication.email.make",
		"e-mail with it",
		content="Mine",
		subject="Mine",
		attachments=["{name}"],
	),
	door("GET /{url}", "at its address now"),
	door("frappe.core.api.file.unzip_file", name="{name}"),
	door("frappe.core.api.file.zip_files", files=[{"name": "{name}"}]),
	door("frappe.desk.form.utils.remove_attach", fid="{name}", dt="Complaint Case", dn="{case}"),
)
# A customer, by name, and by what is about one.
OF_CUSTOMER = {"party_type": "Customer", "party": "{customer}", "company": COMPANY, "date": "2030-01-01"}
OF_CUSTOMERS = (
	door("erpnext.accounts.utils.get_balance_on", **OF_CUSTOMER),
	door("erpnext.accounts.party.get_party_details", **OF_CUSTOMER),
	door("erpnext.accounts.doctype.payment_entry.payment_entry.get_party_details", "party to be paid", **OF_CUSTOMER),
	door("erpnext.accounts.doctype.payment_entry.payment_entry.get_outstanding_reference_documents", args={**OF_CUSTOMER, "get_outstanding_invoices": 1}),
	door("erpnext.accounts.doctype.payment_entry.payment_entry.get_payment_entry", dt="Sales Invoice", dn="{invoice}"),
	door("erpnext.accounts.doctype.journal_entry.journal_entry.get_outstanding", args={"doctype": "Sales Invoice", "docname": "{invoice}", "company": COMPANY}),
	door("erpnext.accounts.doctype.invoice_discounting.invoice_discounting.get_invoices", filters={"customer": "{customer}"}),
	door("erpnext.accounts.doctype.sales_invoice.sales_invoice.create_invoice_discounting", source_name="{invoice}"),
	door("erpnext.accounts.doctype.process_statement_of_accounts.process_statement_of_accounts.get_customer_emails", customer_name="{customer}", primary_mandatory=0),
	door("erpnext.selling.page.point_of_sale.point_of_sale.set_customer_info", customer="{customer}", fieldname="email_id", value="mine@keep-test.example"),
	door("frappe.desk.search.search_widget", "customer's own", doctype="Customer", txt="", query="erpnext.selling.doctype.customer.customer.get_customer_primary",
		filters={"customer": "{customer}", "type": "Contact"}),
	door("erpnext.stock.doctype.shipment.shipment.get_contact_name", ref_doctype="Customer", docname="{customer}"),
	door("erpnext.crm.doctype.utils.get_last_interaction", contact="{contact}"),
	*(
		door(f"erpnext.{where}.make_{what}_from_communication", communication="{mail}")
		for where, what in (("crm.doctype.lead.lead", "lead"), ("crm.doctype.opportunity.opportunity", "opportunity"), ("support.doctype.issue.issue", "issue"))
	),
	door("frappe.core.doctype.user_permission.user_permission.get_user_permissions", user="{rep}"),
	door("frappe.desk.doctype.event.event.get_events", user="{rep}", start="2020-01-01", end="2035-01-01"),
	door("frappe.desk.search.search_widget", "report", doctype="Customers at Risk", txt="{}", searchfield="Administrator", page_length=0, query="frappe.desk.query_report.run"),
	door("frappe.desk.treeview.get_all_nodes", doctype="Complaint Case", label="x", parent="status", states=[], tree_method="frappe.workflow.doctype.workflow.workflow.get_workflow_state_count"),
)  # fmt: skip
WORDS = (
	door("frappe.utils.global_search.search", text="{word}", limit=99),
	door("frappe.utils.global_search.web_search", text="{word}"),
	door("frappe.core.api.file.get_files_by_search_text", text="{word}"),
)
REPORT = (
	door("frappe.desk.query_report.run", report_name="{name}", filters={}),
	door(
		"frappe.desk.query_report.run",
		"run as Administrator",
		report_name="{name}",
		filters={},
		user="Administrator",
	),
)
REPORT_OF_THEM = (
	door("frappe.desk.query_report.run", "run for", report_name="{name}", filters={"customer": "{customer}"}),
	door("frappe.desk.query_report.export_query", report_name="{name}", filters={}, file_format_type="CSV"),
)


def text_of(doctype):
	"""A field that says something."""
	meta = frappe.get_meta(doctype)
	texts = [one.fieldname for one in meta.fields if one.fieldtype in ("Data", "Small Text", "Text", "Code")]
	return meta.title_field or (texts or [one.fieldname for one in meta.get_link_fields()] or ["name"])[0]


def ours(doctype):
	return frappe.get_all(doctype, {"module": MODULE}, pluck="name", order_by="name")


# What is sent to our own methods, buttons and pages: of the victim's …
NAMES = {
	"answer": "Standard Answer", "appointment": "Event", "case": "Complaint Case", "check": "Fact Check", "cause": "Loss Cause", "contact": "Contact", "customer": "Customer", "done": "VIP Invitation", "drive": "Maintenance Drive",
	"event": "VIP Event", "into": "Event Suggestion", "invitation": "VIP Invitation", "message": "Care Message",
	"name": "Complaint Case", "notice": "Care Notice", "number": "Sales Invoice", "person": "Contact", "plan": "Visit Plan", "record": "Consent Record", "review": "Loss Review",
	"docname": "Complaint Case", "ref_docname": "Complaint Case", "reference_name": "Complaint Case",
	"contact_name": "Contact", "ref_name": "Complaint Case", "source_name": "Complaint Case", "suggestion": "Event Suggestion", "todo": "ToDo",
}  # fmt: skip
# … and what is said of it; all else is "Mine".
SAID = {
	"absent": "", "forgotten": "", "stop": "Mine", "point": "must_see_site", "came": "", "add": "Yes", "alert": "0", "docnames": ["Mine"], "because": "Other", "rule": "Call After a Large Purchase", "competitor": "", "competitor_price": "5", "event_wish": "", "user": "", "address": "mine@keep-test.example", "before": ANNA, "given": "1", "on_date": "2026-01-01", "person_type": "Contact", "purpose": "Everything", "as_dict": "1", "channel": "Email", "clock_is_right": "0", "coming": "Yes", "companions": "0", "company": "Keep Test Company", "day": "2030-01-01", "demand_amount": "5",
	"doc": {"doctype": "Visit Plan", "name": "{plan}"},
	"demand_date": "2030-01-01", "doctype": "Complaint Case", "door": "1", "email": "mine@keep-test.example", "everybody_came": "1",
	"feasible": "1", "filters": {"customer": "{customer}"}, "next_step_date": "2030-01-01", "page_len": "99", "person_rating": "1",
	"rating": "1", "result": "Reached", "received": "", "route_to": "Head Office", "satisfaction": "1", "searchfield": "name", "sheet": "", "solved": "Yes",
	"start": "0", "status": "Held", "step": "Listened", "steps": ["Listened"], "told": {}, "target_doc": "", "todos": '["{todo}"]', "token": "{invitation}.9999999999." + "0" * 64,
	"txt": "", "website": "", "what": "Yes", "word": "Yes", "yes": "1", "key": "0123456789abcdef0123456789abcdef",
	"customers": ["{customer}"], "contacts": [], "rows": [], "page": "1", "fact": "usage", "said": {"text": "Mine"}, "skipped": [],
	"row": "{person}", "whole": "1", "sales": "1", "never_again": "1", "limits": [{"kind": "Contacts", "months": 1}],
	"workflow_state_field": "status", "states": "[]", "prev": "0", "sort_order": "desc", "sort_field": "creation",
	"ref_doctype": "Complaint Case", "reference_doctype": "Complaint Case", "current_filters": [], "tag": "%", "route": "",
	"goal_doctype": "Customer Touch", "goal_doctype_link": "customer", "goal_field": "x", "date_field": "date",
	"goal_value_field": "idx", "goal_total_field": "idx", "goal_history_field": "subject", "aggregation": "count",
	"comment_email": "mine@keep-test.example", "comment_by": "Mine", "attachments": ["Mine"], "report_name": "Tier Overview",
	"prepared_report_name": "Mine", "file_format_type": "CSV", "title": "Mine", "chart_name": "",
	"chart": {"doctype": "Dashboard Chart", "name": "x", "type": "Heatmap", "chart_type": "Count", "document_type": "Customer Touch", "based_on": "date"},
	"rep": ANNA, "from_date": "2020-01-01", "to_date": "2030-01-01", "territory": "", "end": "2030-01-01", "seconds_ago": "0", "values": {}, "field": "is_skipped", "value": "1",
}  # fmt: skip
MINE = "comment description evidence full_name next_step note notes override_reason price_remark reason remark subject text why wish words".split()


# What nobody is let do in this world, and why: of these the matrix shows only that nothing is told.
NOT_FOR_THESE_ROLES = "what it makes is not for these roles"
IN_VAIN = {
	f"keep_customers.{path}": why
	for why, paths in {
		"a link is not guessed": (
			"complaints.feedback.confirm", "events.feedback.give", "events.pages.answer", "events.pages.calendar", "events.seen.note",
			"messaging.purchase_feedback.give", "messaging.unsubscribe.confirm", "messaging.visit_feedback.give",
		),
		"it is for guests, and names no customer": ("complaints.page.post",),
		"it is for a website's pages": ("access.host_doors.add_comment",),
		"called by the host, with more": (
			"access.attached.add_attachments", "access.attached.make", "access.attached.unzip_file",
			"access.brought_back.restore", "access.brought_back.bulk_restore",
			"access.host_doors.get_chart", "access.host_doors.get_group_by_count", "access.host_doors.relink", "access.host_doors.get_monthly_goal_graph_data", "access.host_doors.get_next", "access.host_doors.get_open_activities",
			"access.host_reports.enqueue_json_to_csv_conversion",
			"access.host_doors.download_template", "care.expected.calendar", "events.door.check_in", "events.door.undo", "people.contacts.contact_query",
		),
		"a complaint's step is none of setting up": ("setup.guided.steps.look", "setup.guided.steps.save"),
		NOT_FOR_THESE_ROLES: (
			"complaints.documents.make_measure", "complaints.documents.make_quality_action",
			"complaints.documents.make_stock_entry", "evidence.letter.send_me_monthly", "evidence.learned.order_of_a_full_day",
			"complaints.documents.make_warranty_claim",
		),
		"its time has not come": (
			"care.calls.call_for_todo",
			"messaging.by_hand.send_for_todo",
			"events.documents.set_status",
			"retention.actions.no_loss", "retention.actions.plan", "retention.actions.take_up_again",
			"files.checks.answer", "files.fill.answer", "files.panel.cancel", "files.panel.close", "files.panel.count", "files.panel.draw", "files.panel.start",
			"care.notices.preview", "visits.stops.file_report", "visits.contacts.check", "complaints.dialogs.for_asking", "complaints.feedback.ask",
			"complaints.feedback.note_link_given", "events.results.refresh",
			"events.waves.invite", "events.wishes.merge",
			*(f"keep_customers.doctype.complaint_case.complaint_case.ComplaintCase.{one}" for one in ("close", "hear", "resume", "take_customer")),
		),
	}.items()
	for path in paths
}  # fmt: skip
# Whose roles are not the same on every version.
AS_THE_HOST_SAYS = {name for name, why in IN_VAIN.items() if why == NOT_FOR_THESE_ROLES} | {
	# As long as no mail account is set up.
	"keep_customers.messaging.by_hand.send_for_todo",
	# ERPNext's, of which a sandbox has none.
	"keep_customers.access.host_doors.get_open_activities",
}


def sent_to(names, where, victim):
	"""What somebody sends who wants to know, or change, what is another's."""
	new = sorted(set(names) - {*NAMES, *SAID, *MINE})
	assert not new, f"{where} takes {', '.join(new)}: say in NAMES, SAID or MINE of {__name__} what to send."
	places = {"{customer}": victim.customer, "{invitation}": victim.names["VIP Invitation"]}
	places["{person}"] = victim.rows["Customer File Person"][0]
	places["{todo}"], places["{plan}"] = victim.names["ToDo"], victim.names["Visit Plan"]
	return {
		name: victim.names[NAMES[name]] if name in NAMES else filled(SAID.get(name, "Mine"), places)
		for name in names
	}


def pages():
	"""Those of ours, and what they read from what was sent."""
	here = Path(keep_customers.__file__).parent
	read = "".join(file.read_text() for file in (*here.glob("www/*.py"), here / "erp" / "guest_pages.py"))
	names = {file.stem.replace("_", "-") for file in here.glob("www/*.*")} - {"--init--"}
	return sorted(names), sorted(set(re.findall(r"""(?:text_sent|form_dict\.get)\(['"](\w+)['"]""", read)))


def methods(victim) -> Iterator[Ask]:
	"""All of ours that can be called, with the victim's names."""
	for path, function in sorted(METHODS.items()):
		names, verbs = {*parameters(function)}, frappe.allowed_http_methods_for_whitelisted_func[function]
		verb = "POST" if "POST" in verbs else "GET"
		if {"doctype", "name"} <= names:
			for doctype in (*ABOUT_CUSTOMER, "Customer", "ToDo", "Comment", "File"):
				name = victim.names[doctype]
				yield from through(
					[door(f"{verb} {path}", f"of a {doctype}", **THIS)], path, doctype=doctype, name=name
				)
			continue
		sent = sent_to(names, path, victim)
		yield Ask(path, "call", verb, METHOD + path, sent)
		if "source_name" in names:
			yield Ask(
				path,
				"mapped",
				"POST",
				f"{METHOD}frappe.model.mapper.make_mapped_doc",
				{"method": path, **sent},
			)


def buttons(victim) -> Iterator[Ask]:
	"""On the document by its name, and on one made up that says to be it."""
	for path in BUTTONS:
		doctype = next(
			one for one in ours("DocType") if frappe.scrub(one) == path.split(".doctype.")[1].split(".")[0]
		)
		args = sent_to(parameters(CALLABLE[path]), path, victim)
		one = {"doctype": doctype, "name": victim.names[doctype]}
		call = {"method": path.rpartition(".")[2], "args": args}
		run, made_up = (
			f"{METHOD}run_doc_method",
			frappe.as_json({**one, "customer": victim.customer, "status": "Open"}),
		)
		yield Ask(path, "by name", "POST", run, {"dt": doctype, "dn": one["name"], **call})
		yield Ask(path, "on one made up", "POST", run, {"docs": made_up, **call})


def counted(papers) -> Iterator[Ask]:
	"""What is asked without a name, and answered as if nobody else were there."""
	for doctype in ABOUT_CUSTOMER:
		yield from through(COUNTS, doctype, doctype=doctype, text=text_of(doctype))
	for table, doctype in parents().items():
		yield from through(COUNTS_OF_ROWS, table, table=table, doctype=doctype)
	for name in ours("Report"):
		yield from through(REPORT, name, name=name)
	for name in ours("Dashboard Chart"):
		chart = frappe.get_doc("Dashboard Chart", name)
		source = frappe.scrub(chart.source or "")
		get = f"keep_customers.keep_customers.dashboard_chart_source.{source}.{source}.get"
		get = get if source else "frappe.desk.doctype.dashboard_chart.dashboard_chart.get"
		yield from through([door(get, chart_name=name, filters=chart.filters_json, no_cache=1)], name)
	for name in ours("Number Card"):
		card = frappe.get_doc("Number Card", name)
		get = card.method or "frappe.desk.doctype.number_card.number_card.get_result"
		yield from through([door(get, doc=card.as_json(), filters=card.filters_json or [])], name)


def read(victim) -> Iterator[Ask]:
	yield from counted(victim)
	for doctype in HOSTS:  # what is in them is for the host to guard, but not what we have written there
		yield from through(LISTS[:2] + READS[:1], doctype, doctype=doctype, name=victim.names[doctype])
	for doctype in (*ABOUT_CUSTOMER, *OF_THE_FIRM, *GUARDED):
		if not frappe.get_meta(doctype).issingle:
			yield from through(LISTS, doctype, doctype=doctype, text=text_of(doctype))
		yield from through(READS, doctype, doctype=doctype, name=victim.names[doctype], text=text_of(doctype))
	for table, (row, doctype, _name, _field) in victim.rows.items():
		if table in parents():
			yield from through(
				LISTS_OF_ROWS + READS_OF_ROW,
				table,
				table=table,
				doctype=doctype,
				row=row,
				text=text_of(table),
			)
	for name in ours("Report"):
		yield from through(REPORT_OF_THEM, name, name=name, customer=victim.customer)
	for word in (victim.stem, victim.customer):
		yield from through(WORDS, f"search for {word}", word=word)
	names, asked = pages()
	for name in names:
		yield Ask(f"/{name}", "page", "GET", f"/{name}", {})
		yield Ask(f"/{name}", "page with all it asks", "GET", f"/{name}", sent_to(asked, f"/{name}", victim))
	for rule in frappe.get_hooks("website_route_rules"):
		if rule["to_route"].replace("_", "-") in names:
			case = re.sub("<[^>]+>", victim.names["Complaint Case"], rule["from_route"])
			yield Ask(f"/{rule['to_route']}", "page of a case", "GET", case, {})


def written(world, user, staff) -> Iterator[Ask]:
	"""What would change the victim's, hang something on it or add another like it.

	:param user: to whom it is given
	:param staff: the host's roles let them write what is the host's, or everybody's
	"""
	victim = world.victim
	names = {
		"customer": victim.customer,
		"invoice": victim.names["Sales Invoice"],
		"contact": victim.names["Contact"],
	}
	yield from through(OF_CUSTOMERS, "Customer", **names, mail=victim.names["Communication"], rep=victim.rep)
	url = victim.file_url.lstrip("/")
	file = {"url": url, "file": url.rpartition("/")[2], "name": victim.names["File"]}
	yield from through(
		ONCE,
		"File",
		**file,
		case=victim.names["Complaint Case"],
		user=user,
		mail=victim.names["Communication"],
		contact=victim.names["Contact"],
	)
	yield from methods(victim)
	yield from buttons(victim)
	for doctype in ABOUT_CUSTOMER if staff else ():
		# Own documents that lead to another's: what is filled in from there comes back.
		for link in frappe.get_meta(doctype).get_link_fields():
			if link.options in (*ABOUT_CUSTOMER, "Customer", "Contact", "Sales Invoice"):
				claim = {link.fieldname: victim.names[link.options]}
				path = RESOURCE + quote(f"{doctype}/{world.own.names[doctype]}")
				yield Ask(doctype, f"own with another's {link.fieldname}", "PUT", path, claim)
	for table, (row, doctype, name, field) in victim.rows.items():
		places = {"table": table, "row": row, "doctype": doctype, "name": name, "field": field}
		yield from through(WRITES_OF_ROW, table, **places, text=text_of(table))
	for doctype in (*ABOUT_CUSTOMER, "ToDo", "Comment", *(() if staff else OF_THE_FIRM)):
		name, text = victim.names[doctype], text_of(doctype)
		copy = frappe.get_doc(doctype, name).as_dict(no_default_fields=True, no_nulls=True) | {
			"doctype": doctype,
			text: "Mine",
		}
		copy = json.loads(frappe.as_json(copy))  # dates as they are sent
		of_it = WRITES_OF_SUBMITTABLE if frappe.get_meta(doctype).is_submittable else ()
		yield from through(
			of_it + WRITES, doctype, doctype=doctype, name=name, text=text, user=user, copy=copy
		)
