"""What of the host can be called: every function of its apps, with the victim's names for whatever it takes."""

import importlib
import inspect
import json
import pkgutil
import re
from collections.abc import Iterator
from functools import cache

import frappe

from keep_customers.access import host_questions
from tests.site.erp.matrix import doors
from tests.site.erp.matrix.attack import Attacker
from tests.site.erp.matrix.doors import METHOD, Ask, text_of
from tests.site.story import COMPANY, ITEM

APPS = ("frappe", "erpnext")
# What is named: of these kinds each function is asked that takes the name of a kind.
KINDS = ("Complaint Case", "Customer", "Sales Invoice")
EMPTY, UNKNOWN = inspect.Parameter.empty, "Mine"
# It has done it, refused it or not found it; of all else it is not known what it would have done.
UNDERSTOOD = (200, 401, 403, 404)
IN_A_GO = 160
NOT_CODE = re.compile(r"\.(tests?|commands|patches|data)(\.|$)|\.test_")


@cache
def functions() -> dict:
	"""Path -> function, of all that is called by its path."""
	for app in APPS:
		for found in pkgutil.walk_packages(
			importlib.import_module(app).__path__, f"{app}.", lambda _name: None
		):
			if not NOT_CODE.search(found.name):
				try:
					importlib.import_module(found.name)
				except (Exception, SystemExit):  # of something that is not installed
					continue
	found = {f"{one.__module__}.{one.__qualname__}": one for one in frappe.whitelisted}
	return {
		path: one for path, one in sorted(found.items())
		if path.partition(".")[0] in APPS and "." not in one.__qualname__
	}  # fmt: skip


DOCTYPE = re.compile(
	r"^_?((ref|reference|for|from|to|select|goal|order|reminder|current|document)_)?(doctype|dt)(_name)?$"
	r"|^(document|reference|voucher|template|master)_type$"
)
NAME = re.compile(
	r"^((ref|reference|doc|source|reminder|document|master)_)?(name|docname|dn|doc|no)$|^(voucher_no|parent|value|id)$"
)
NAMES = re.compile(r"^(names|docnames|items|source_names|selected_items)$")
DOC = re.compile(r"^(doc|source_doc|file_doc|prev_doc)$")
DOCS = re.compile(r"^(docs|vouchers)$")
FIELD = re.compile(r"^(.*_)?field(name)?$|^group_by$|^colname$|^reference_field$")
FIELDS = re.compile(r"^(fields|columns|fields_to_fetch|stats|filter_fields)$")


# What is said of it.
SAID = {
	"start": 0, "limit_start": 0, "page": 1, "page_len": 20, "page_length": 20, "limit": 20, "limit_page_length": 20, "end": 20,
	"txt": "", "searchfield": "name", "search_term": "", "date": "2030-01-01", "posting_date": "2030-01-01",
	"transaction_date": "2030-01-01", "from_date": "2020-01-01", "to_date": "2035-01-01", "start_date": "2020-01-01",
	"end_date": "2035-01-01", "remind_at": "2035-01-01 10:00:00", "as_dict": 1, "read": 1, "write": 1, "share": 1, "value": "Mine", "title": "Mine",
	"action": "Save", "ptype": "read", "perm_type": "read", "file_type": "CSV", "file_format_type": "CSV", "format": "CSV",
	"data": "[]", "tag": "Mine", "tags": ["Mine"], "currency": "EUR", "qty": 1, "assign_to": [], "stats": ["owner"], "states": [], "prev": 0,
	"workflow_state_fieldname": "status", "content": "Mine", "filename": "mine.txt", "filedata": "x", "aggregation": "count",
	"order": {"Mine": []}, "field_map": {"start": "creation", "end": "creation", "title": "name"},
}  # fmt: skip


def sent_to(parameters, kind, victim, path):
	"""What is sent to a function that takes such parameters, of the victim's document of this kind."""
	names = victim.names
	name, text = names[kind], text_of(kind)
	within = {frappe.scrub(one): of for one, of in names.items()}.get(
		path.split(".")[-2]
	)  # a doctype's own function
	doc = {"doctype": kind, "name": name}
	of = {
		"customer": victim.customer, "customer_name": victim.customer, "party": victim.customer, "party_type": "Customer",
		"party_name": victim.customer, "contact": names["Contact"], "contact_name": names["Contact"], "user": victim.rep,
		"email": f"{names['Contact']}", "company": COMPANY, "item_code": ITEM, "item": ITEM, "lead": names["Lead"],
		"todo": names["ToDo"], "event": names["Event"], "communication": names["Communication"], "file": names["File"],
		"fid": names["File"], "file_url": victim.file_url, "file_name": victim.file_url.rpartition("/")[2],
		"sales_invoice": names["Sales Invoice"], "invoice": names["Sales Invoice"], "link_doctype": "Customer",
		"link_name": victim.customer, "reference_doctype": kind, "reference_name": name, "doctype": kind, "docname": name,
		"name": name, "ref_doctype": kind, "ref_name": name,
	}  # fmt: skip
	sent = {}
	for parameter in parameters.values():
		key = parameter.name
		required = parameter.default is EMPTY
		if parameter.kind == parameter.VAR_KEYWORD:
			sent |= {one: value for one, value in of.items() if one not in sent}
		elif DOC.search(key):
			if required or not {"name", "docname", "dn"} & {*parameters}:
				sent[key] = doc
		elif DOCS.search(key):
			# By name, where the doctype is said beside it: of anything else, Frappe's tags ask themselves for ever.
			sent[key] = [name] if "dt" in parameters else [doc]
		elif NAMES.search(key):
			sent[key] = [name]
		elif DOCTYPE.search(key):
			sent[key] = kind
		elif key in of:
			sent[key] = of[key]
		elif NAME.search(key):
			sent[key] = name if "doctype" in parameters else within or name
		elif FIELD.search(key):
			sent[key] = text
		elif key in SAID:
			sent[key] = SAID[key]
		elif FIELDS.search(key):
			sent[key] = [text]
		elif key.endswith("filters"):
			sent[key] = of if key == "filters" else {}
		elif key in ("args", "ctx", "params", "kwargs"):
			sent[key] = of
		elif required:
			sent[key] = UNKNOWN
	return sent


def asks_of(victim) -> Iterator[Ask]:
	"""Each function, of each kind of document that it can be told."""
	for path, function in functions().items():
		parameters = inspect.signature(function).parameters
		if not parameters or reason(path, NOT_CALLED):
			continue
		verbs, before = frappe.allowed_http_methods_for_whitelisted_func[function], []
		for kind in KINDS:
			sent = sent_to(parameters, kind, victim, path)
			if sent not in before:
				before.append(sent)
				verb = "POST" if "POST" in verbs else verbs[0]
				yield Ask(path, f"of a {kind}", verb, METHOD + path, sent)


def tried_elsewhere() -> set[str]:
	"""Doors of the matrix, what we have replaced, which is tried there as ours, and what is asked before."""
	of_doors = {
		one[2].removeprefix(METHOD)
		for some in vars(doors).values()
		if isinstance(some, tuple)
		for one in some
		if isinstance(one, tuple) and len(one) == 4
	}
	return of_doors | {*frappe.get_hooks("override_whitelisted_methods")} | host_questions.PATHS


def ways(ask) -> Iterator[dict]:
	"""How it can be sent until it is understood: all of it, or what it cannot do without; as a form, or as JSON."""
	parameters = inspect.signature(functions()[ask.about]).parameters
	yield from sendings(ask.verb, ask.sent)
	for unknown in ({}, []):
		yield from sendings(
			ask.verb,
			{
				key: unknown if value == UNKNOWN or "filters" in key else value
				for key, value in ask.sent.items()
				if key in parameters
				and (parameters[key].default is EMPTY or DOCTYPE.search(key) or NAME.search(key))
			},
		)


def sendings(verb, sent):
	texts = {key: one if isinstance(one, str) else json.dumps(one) for key, one in sent.items()}
	yield {"method": verb, "params" if verb == "GET" else "data": texts}
	if verb != "GET":
		yield {"method": verb, "json": sent}


class Walker(Attacker):
	"""One who calls everything, until it is understood."""

	def __init__(self, *who):
		super().__init__(*who)
		self.stumbled, self.understood = {}, set()

	def walk(self, world, kept):
		asks = list(self.worth_asking(asks_of(world.victim)))
		self.world = world
		for first in range(0, len(asks), IN_A_GO):
			self.try_to_change(asks[first : first + IN_A_GO], world, kept)
			assert self.browser.call("frappe.auth.get_logged_user").status_code == 200, (
				f"one of these ends the session: {', '.join(map(str, asks[first : first + IN_A_GO]))}"
			)

	def send(self, ask):
		before = []
		for way in ways(ask):
			if way not in before:
				before.append(way)
				url = f"{self.browser.base}{ask.path}"
				answer = self.browser.http.request(url=url, timeout=60, allow_redirects=False, **way)
				if answer.status_code in UNDERSTOOD:
					self.stumbled.pop(ask.about, None)
					self.understood.add(ask.about)
					return answer
				self.tells(ask, answer, self.world)
		if ask.about not in self.understood:
			self.stumbled[ask.about] = f"{answer.status_code} {answer.text[:300]}"
		return answer


def reason(path, table) -> str | None:
	"""Why it stands there: its own line, or that of what it is in."""
	return next(
		(
			why
			for why, paths in table.items()
			if any(path == one or path.startswith(f"{one}.") for one in paths)
		),
		None,
	)


# What is not asked, and why.
NOT_CALLED = {
	"it ends the attacker's session, or makes it another's": (
		"frappe.handler.logout", "frappe.handler.web_logout", "frappe.sessions.clear", "frappe.auth", "frappe.www.login",
		"frappe.core.doctype.user.user.reset_password", "frappe.core.doctype.user.user.update_password",
	),
	"it asks a service elsewhere, and names no document": ("frappe.integrations", "frappe.push_notification", "erpnext.erpnext_integrations"),
	"it makes a report of its caller's, or takes one away": ("frappe.desk.query_report.save_report", "frappe.desk.reportview.save_report"),
	"it sets up the site": ("frappe.desk.page.setup_wizard",),
	"they are doors of doors.py": ("frappe.handler.upload_file", "frappe.handler.download_file"),
}  # fmt: skip

# What has not understood what was sent, and why it does no harm, on Frappe 15 and 16.
READ = {
	"it reads, saves or deletes as its caller: the document asks, or get_list": (
		"frappe.client.insert_many", "frappe.client.save", "frappe.contacts.doctype.address.address.address_query",
		"frappe.contacts.doctype.contact.contact", "frappe.core.doctype.data_import.data_import.download_template",
		"frappe.core.doctype.prepared_report.prepared_report.delete_prepared_reports",
		"frappe.desk.calendar", "frappe.desk.doctype.event.event.delete_communication", "frappe.desk.doctype.kanban_board.kanban_board",
		"frappe.desk.doctype.tag.tag.add_tags", "frappe.desk.doctype.tag.tag.remove_tag",
		"frappe.desk.form.assign_to.add_multiple", "frappe.desk.form.assign_to.close", "frappe.desk.form.document_follow.update_follow",
		"frappe.email.inbox.mark_as_spam", "frappe.www.printview", "frappe.desk.gantt.update_task", "frappe.desk.reportview", "frappe.desk.treeview.get_children", "frappe.utils.diff.version_query",
		"frappe.utils.print_format.download_multi_pdf", "frappe.utils.print_format.download_multi_pdf_async", "frappe.www.list.get",
	),
	"what it calls for its caller is looked at before (refuse_other_names)": (
		"frappe.desk.treeview.get_all_nodes", "frappe.model.mapper.make_mapped_doc", "frappe.model.mapper.map_docs",
	),
	"of its own doctype only: with another it fails": (
		"frappe.desk.doctype.dashboard_chart.dashboard_chart.get_charts_for_user", "frappe.desk.doctype.number_card.number_card.get_cards_for_user",
		"frappe.desk.doctype.number_card.number_card.get_percentage_difference",
	),
	"of doctypes of which an admin has said so, and that have a field which ours have not": (
		"frappe.automation.doctype.auto_repeat.auto_repeat.make_auto_repeat", "frappe.templates.includes.likes.likes.like",
		"frappe.utils.nestedset.rebuild_tree", "frappe.geo.utils.get_coords",
	),
	"only for System Managers, the Administrator or developers": (
		"frappe.desk.doctype.system_console", "frappe.model.module_utils.export_customizations", "frappe.modules.utils.export_customizations",
		"frappe.recorder", "frappe.core.page.permission_manager",
	),
	"about no document: a page, the caller's own settings, what has been sent": (
		"frappe.client.get_js", "frappe.core.api.user_invitation", "frappe.core.doctype.log_settings.log_settings.get_log_doctypes",
		"frappe.core.doctype.session_default_settings", "frappe.core.doctype.sms_settings.sms_settings.send_sms",
		"frappe.core.doctype.user.user.get_roles", "frappe.core.doctype.user.user.sign_up", "frappe.desk.desktop", "frappe.desk.doctype.dashboard_chart.dashboard_chart.create_dashboard_chart",
		"frappe.desk.doctype.dashboard_chart.dashboard_chart.create_report_chart", "frappe.desk.doctype.dashboard_settings", "frappe.desk.doctype.desktop_icon",
		"frappe.desk.doctype.form_tour", "frappe.desk.doctype.list_view_settings", "frappe.desk.doctype.notification_settings",
		"frappe.desk.doctype.number_card.number_card.create_number_card", "frappe.desk.doctype.number_card.number_card.create_report_number_card",
		"frappe.desk.doctype.onboarding_step", "frappe.desk.doctype.route_history", "frappe.desk.doctype.workspace", "frappe.desk.listview.set_list_settings",
		"frappe.desk.page.user_profile", "frappe.deprecation_dumpster.get_js", "frappe.email.doctype.newsletter.newsletter.subscribe",
		"frappe.email.email_body.get_email_html", "frappe.model.utils.user_settings", "frappe.utils.csvutils.send_csv_to_client",
		"frappe.utils.print_format.report_to_pdf", "frappe.website.doctype.website_settings", "frappe.www.contact.send_message",
		"erpnext.templates.utils.send_message", "erpnext.www.book_appointment",
	),
	"papers of accounts, goods, production and projects, as the host's roles say, and nothing of a customer's but what is sent": (
		"erpnext.accounts.dashboard_chart_source", "erpnext.accounts.doctype.account", "erpnext.accounts.doctype.bank_reconciliation_tool",
		"erpnext.accounts.doctype.chart_of_accounts_importer", "erpnext.accounts.doctype.financial_report_template", "erpnext.accounts.doctype.fiscal_year",
		"erpnext.accounts.doctype.journal_entry", "erpnext.accounts.doctype.loyalty_program.loyalty_program.get_redeemption_factor", "erpnext.accounts.doctype.party_link",
		"erpnext.accounts.doctype.payment_entry.payment_entry.get_account_details", "erpnext.accounts.doctype.payment_request.payment_request.make_payment_request", "erpnext.accounts.doctype.period_closing_voucher",
		"erpnext.accounts.doctype.pos_invoice", "erpnext.accounts.doctype.pricing_rule", "erpnext.accounts.doctype.process_payment_reconciliation",
		"erpnext.accounts.doctype.process_statement_of_accounts.process_statement_of_accounts.fetch_customers", "erpnext.accounts.doctype.repost_accounting_ledger", "erpnext.accounts.doctype.sales_invoice.sales_invoice.get_bank_cash_account",
		"erpnext.accounts.doctype.sales_invoice.sales_invoice.make_inter_company_purchase_invoice", "erpnext.accounts.report.utils", "erpnext.accounts.utils",
		"erpnext.controllers.accounts_controller.get_taxes_and_charges", "erpnext.controllers.accounts_controller.update_child_qty_rate", "erpnext.controllers.accounts_controller.update_company_master_and_address",
		"erpnext.controllers.item_variant", "erpnext.controllers.queries.get_filtered_child_rows", "erpnext.controllers.queries.get_project_name",
		"erpnext.controllers.queries.tax_account_query", "erpnext.controllers.stock_controller.check_item_quality_inspection", "erpnext.controllers.stock_controller.make_quality_inspections",
		"erpnext.controllers.trends", "erpnext.assets", "erpnext.buying",
		"erpnext.edi", "erpnext.manufacturing", "erpnext.projects",
		"erpnext.quality_management", "erpnext.selling.doctype.quotation", "erpnext.selling.doctype.sales_order",
		"erpnext.selling.page.point_of_sale", "erpnext.setup.doctype.employee", "erpnext.stock",
		"erpnext.subcontracting", "erpnext.utilities",
	),
	"only by a link that the host has signed": (
		"frappe.email.queue.unsubscribe", "frappe.website.doctype.personal_data_deletion_request", "frappe.workflow.doctype.workflow_action",
	),
	"through get_list": ("erpnext.startup.leaderboard",),
	"not unless Support Settings let it, and it saves as its caller": (
		"erpnext.support.doctype.service_level_agreement.service_level_agreement.reset_service_level_agreement",
	),
	"of a comment of one's own": ("frappe.desk.form.utils.update_comment_publicity",),
	"it makes a reminder, a review or a note that a mail was seen, of a name that it does not look into": (
		"frappe.automation.doctype.reminder.reminder.create_new_reminder", "frappe.email.inbox.create_email_flag_queue",
		"frappe.social.doctype.energy_point_log.energy_point_log.review",
	),
}  # fmt: skip
