"""What the host gives to whoever asks, of documents that are for some: its own functions, with a question before them.

They are called over HTTP by the host's forms, so they stand in place of the host's (``override_whitelisted_methods``).
"""

import re
from collections import Counter
from collections.abc import Iterable

import frappe
from frappe import _
from frappe import email as host_email
from frappe.contacts.doctype.address import address
from frappe.core.doctype.data_export import exporter
from frappe.core.doctype.data_import import data_import
from frappe.core.doctype.sms_settings import sms_settings
from frappe.desk import like, listview, reportview, search
from frappe.desk.doctype.dashboard_chart import dashboard_chart
from frappe.desk.form import linked_with
from frappe.desk.form import utils as form_utils
from frappe.model import get_permitted_fields, is_default_field
from frappe.model.db_query import DatabaseQuery
from frappe.templates.includes.comments import comments
from frappe.utils import goal

from keep_customers.access.host_reports import MODULE
from keep_customers.access.lookups import guarded, named, not_there, out_of_sight
from keep_customers.erp import host
from keep_customers.erp.api import chosen, filters_sent, names_sent, refuse, typed
from keep_customers.erp.permissions import TABLES_OF_CUSTOMERS, reads_all_customers
from keep_customers.erp.tables import chunks

# Of what somebody looks for; a text that is longer is in no name, and more than SQLite compares.
LONGEST = 500
MOST_GROUPS = 50  # as the host
NOT_ON_WEBSITES = ("Customer", "Contact", "Lead", "ToDo", "Event", "Communication", "Comment")
FIGURES = ("sum", "avg", "count", "min", "max")
CHARTS = ("Count", "Sum", "Average", "Group By")
# What a link looks through, what has a tree's nodes, what makes one document of another.
HANDED_ON = ("query", "tree_method", "method")
# Whose customers are hidden by us, row by row, and not by the framework.
ROWS = {table for tables in TABLES_OF_CUSTOMERS.values() for table in tables.values()}


@frappe.whitelist()
@typed
def search_link(doctype: str, txt: str = "", **more: object) -> object:
	"""As the host's; its *ignore_user_permissions* skips all permissions on Frappe 15, whoever asks for it."""
	return frappe.call(search.search_link, doctype=doctype, txt=txt[:LONGEST], **_asked(doctype, more))


@frappe.whitelist()
@typed
def search_widget(doctype: str, txt: str = "", **more: object) -> object:
	"""As :func:`search_link`."""
	return frappe.call(search.search_widget, doctype=doctype, txt=txt[:LONGEST], **_asked(doctype, more))


def _asked(doctype: str, more: dict) -> dict:
	ours = guarded(doctype) or more.get("reference_doctype") in ROWS
	return {**more, "ignore_user_permissions": 0} if ours else more


@frappe.whitelist()
@typed
def get_count(doctype: str, filters: str | dict | list | None = None, **more: object) -> int:
	"""As that of Frappe 16, what a list would show; that of 15 counts by any filter, for anybody."""
	asked = {"doctype": doctype, "filters": filters_sent(filters)}
	frappe.local.form_dict = frappe._dict({key: value for key, value in asked.items() if value is not None})
	return reportview.get_count()


@frappe.whitelist()
@typed
def toggle_like(doctype: str, name: str | int, add: str | bool = False) -> None:
	"""As the host's, which lets anybody who knows a name write on the document."""
	named(doctype, str(name))
	like.toggle_like(doctype, name, add)


@frappe.whitelist()
@typed
def export_data(doctype: str | list | None = None, **more: object) -> None:
	"""As the host's, which asks for no permission on the rows of tables.

	:raises frappe.PermissionError: if some of the rows might not be for the user
	"""
	_with_tables(doctype, more.get("parent_doctype"))
	frappe.call(exporter.export_data, doctype=doctype, **more)


@frappe.whitelist()
@typed
def download_template(doctype: str, **more: object) -> None:
	"""As :func:`export_data`."""
	_with_tables(doctype, None)
	fields = chosen(more.pop("export_fields", None), "export_fields")
	if not fields:
		refuse("Argument 'export_fields' should say which fields.")
	more["export_fields"] = {table: names_sent("export_fields", some) for table, some in fields.items()}
	if more.get("export_filters"):
		more["export_filters"] = filters_sent(more["export_filters"])
	frappe.call(data_import.download_template, doctype=doctype, **more)


def _with_tables(doctype: str | list | None, parent: object) -> None:
	several = isinstance(doctype, list) or str(doctype).startswith("[")
	names = names_sent("doctype", doctype) if several else [doctype]
	if not names or not all(names):
		refuse("Argument 'doctype' should name a doctype.")
	asked = [*names, parent]
	if any(one in asked for one in TABLES_OF_CUSTOMERS) and not reads_all_customers():
		frappe.throw(
			_("You may not read every customer in these tables. Please export them from the list instead."),
			frappe.PermissionError,
		)


@frappe.whitelist()
@typed
def get_workflow_state_count(
	doctype: str, workflow_state_field: str, states: str | list | None = None
) -> list | None:
	"""As the host's, of what the user may read, in a field that they may read; the host counts all, by any field."""
	frappe.has_permission(doctype, "read", throw=True)
	columns = {*frappe.get_meta(doctype).get_valid_columns()}
	if workflow_state_field not in columns & {*get_permitted_fields(doctype, permission_type="read")}:
		return None
	found = frappe.get_list(
		doctype,
		filters=[[doctype, workflow_state_field, "not in", names_sent("states", states) or [""]]],
		fields=[workflow_state_field, host.count_as("count")],
		group_by=workflow_state_field,
		order_by=None,
	)
	return [one for one in found if one[workflow_state_field]]


@frappe.whitelist()
@typed
def get_next(
	doctype: str,
	value: str | int,
	prev: int = 0,
	filters: str | dict | list | None = None,
	sort_order: str = "desc",
	sort_field: str | None = None,
) -> str | int | None:
	"""As the host's, which compares with a field of whatever document is named."""
	named(doctype, str(value))
	_only_fields(doctype, *([sort_field] if sort_field else []))
	sorted_by = {"sort_field": sort_field} if sort_field else {}
	order = "asc" if sort_order.lower() == "asc" else "desc"
	filters = frappe.as_json(_rows(filters_sent(filters)))  # Frappe 16 takes no list
	return form_utils.get_next(doctype, value, prev, filters, order, **sorted_by)


@frappe.whitelist()
@typed
def get_open_activities(ref_doctype: str, ref_docname: str | int) -> dict:
	"""As ERPNext's, which lists the ToDos and events of whatever document is named."""
	named(ref_doctype, str(ref_docname))
	if not (theirs := host.function("erpnext.crm.utils.get_open_activities")):
		raise frappe.DoesNotExistError
	return theirs(ref_doctype, ref_docname)


@frappe.whitelist()
@typed
def relink(name: str, reference_doctype: str | None = None, reference_name: str | int | None = None) -> None:
	"""As the host's, which hangs whichever e-mail is named on whichever document: there it can be read."""
	named("Communication", name)
	if reference_doctype and reference_name:
		named(reference_doctype, str(reference_name))
	host_email.relink(name, reference_doctype, reference_name)


@frappe.whitelist()
@typed
def get_contact_number(contact_name: str, ref_doctype: str, ref_name: str | int) -> str:
	"""As the host's, of a contact whose customer the user may read."""
	if out_of_sight("Contact", {contact_name}):
		return ""
	return sms_settings.get_contact_number(contact_name, ref_doctype, ref_name)


@frappe.whitelist()
@typed
def get_default_address(doctype: str, name: str | int | None = None, **more: object) -> str | None:
	"""As the host's; an address is called after its customer."""
	if name and (doctype == "Customer" or guarded(doctype)) and out_of_sight(doctype, {str(name)}):
		return None
	return frappe.call(address.get_default_address, doctype=doctype, name=name, **more)


@frappe.whitelist()
@typed
def get_group_by_count(
	doctype: str, field: str, current_filters: str | dict | list | None = None, **more: object
) -> list:
	"""As the host's; that of Frappe 15 counts by who is assigned what the user may not read."""
	filters = filters_sent(current_filters)
	if field != "assigned_to":
		if not frappe.get_meta(doctype).has_field(field) and not is_default_field(field):
			refuse("Argument 'field' should be a field.")
		asked = {"doctype": doctype, "current_filters": frappe.as_json(filters), "field": field}
		return frappe.call(listview.get_group_by_count, **asked, **more)
	frappe.has_permission(doctype, "read", throw=True)
	filters = _rows(filters)
	todo, user = frappe.qb.DocType("ToDo"), frappe.qb.DocType("User")
	assigned = (
		frappe.qb.from_(todo)
		.inner_join(user)
		.on(user.name == todo.allocated_to)
		.where((todo.reference_type == doctype) & (todo.status != "Cancelled"))
		.where(user.user_type == "System User")
		.select(todo.allocated_to, todo.reference_name)
	).run()
	readable: set[str] = set()
	for part in chunks(sorted({name for _user, name in assigned if name}), 1000):
		asked = [*filters, [doctype, "name", "in", part]]
		readable.update(str(name) for name in frappe.get_list(doctype, filters=asked, pluck="name"))
	found = Counter(whose for whose, name in assigned if name in readable)
	return [{"name": whose, "count": count} for whose, count in found.most_common(MOST_GROUPS)]


def _rows(filters: dict | list) -> list:
	"""Filters of a list, to which others can be added."""
	if isinstance(filters, list):
		return filters
	return [[field, *to] if isinstance(to, list) else [field, "=", to] for field, to in filters.items()]


@frappe.whitelist()
@typed
def get_monthly_goal_graph_data(
	title: str,
	doctype: str,
	docname: str | int,
	goal_value_field: str,
	goal_total_field: str,
	goal_history_field: str,
	goal_doctype: str,
	goal_doctype_link: str,
	goal_field: str,
	date_field: str,
	aggregation: str = "sum",
	filters: str | dict | None = None,
) -> dict:
	"""As the host's, of what the user may read; that of Frappe 15 adds up everything, by whatever function."""
	named(doctype, str(docname))
	frappe.has_permission(goal_doctype, "read", throw=True)
	linked = [goal_doctype_link] if doctype != goal_doctype else []
	_only_fields(doctype, goal_value_field, goal_total_field)
	_only_fields(goal_doctype, goal_field, date_field, *linked)
	if aggregation.lower() not in FIGURES:
		refuse("Argument 'aggregation' should be one of the usual ones.")
	of = chosen(filters)
	if DatabaseQuery(goal_doctype).build_match_conditions():
		of |= dict.fromkeys(linked, docname)
		of = {"name": ("in", frappe.get_list(goal_doctype, filters=of, pluck="name") or [""])}
	return goal.get_monthly_goal_graph_data(
		title, doctype, docname, goal_value_field, goal_total_field, goal_history_field,
		goal_doctype, goal_doctype_link, goal_field, date_field, aggregation, of,
	)  # fmt: skip


@frappe.whitelist()
@typed
def get_chart(
	chart_name: str | None = None,
	chart: str | dict | None = None,
	filters: str | dict | list | None = None,
	**more: object,
) -> object:
	"""As the host's, of whose charts the heatmap adds up whatever is asked for, for anybody; here, of what the user may read."""
	about = frappe.get_doc("Dashboard Chart", chart_name).as_dict() if chart_name else chosen(chart, "chart")
	if about.get("chart_type") not in CHARTS or not frappe.db.exists(
		"DocType", str(about.get("document_type"))
	):
		refuse("Argument 'chart' should be a chart of the host's, and of a doctype.")
	if about.get("type") == "Heatmap":
		about |= {"heatmap_year": more.get("heatmap_year") or about.get("heatmap_year")}
		about["filters_json"] = frappe.as_json(_of_heatmap(about, filters))
		return dashboard_chart.get(chart=frappe.as_json(about), no_cache=1)
	asked = {"chart_name": chart_name} if chart_name else {"chart": frappe.as_json(about)}
	if filters:
		asked["filters"] = frappe.as_json(filters_sent(filters))
	return frappe.call(dashboard_chart.get, **asked, **more)


def _of_heatmap(chart: dict, filters: str | dict | list | None) -> list:
	"""Its filters, as far as its user may read what they leave."""
	doctype, parent = str(chart.get("document_type")), chart.get("parent_document_type") or None
	frappe.has_permission(doctype, "read", parent_doctype=parent, throw=True)
	fields = (chart.get(name) for name in ("based_on", "value_based_on", "aggregate_function_based_on"))
	_only_fields(doctype, *filter(None, fields), parent=parent)
	which = _rows(filters_sent(filters) or filters_sent(chart.get("filters_json")))
	if not parent and not DatabaseQuery(doctype).build_match_conditions():
		return which
	names = frappe.get_list(doctype, filters=which, pluck="name", parent_doctype=parent)
	return [[doctype, "name", "in", names or [""]]]


def _only_fields(doctype: str, *names: str, parent: str | None = None) -> None:
	if not {*names} <= {*get_permitted_fields(doctype, parenttype=parent, permission_type="read")}:
		refuse(f"There is no such field in {doctype}.")


@frappe.whitelist()
@typed
def get_submitted_linked_docs(doctype: str, name: str | int, **more: object) -> dict:
	"""As the host's, of a document that the user may read; that of Frappe 15 asks and does not listen."""
	named(doctype, str(name))
	found = frappe.call(linked_with.get_submitted_linked_docs, doctype=doctype, name=name, **more)
	of: dict[str, set[str]] = {}
	for one in found["docs"]:
		of.setdefault(one["doctype"], set()).add(one["name"])
	hidden = {(kind, one) for kind, names in of.items() if guarded(kind) for one in out_of_sight(kind, names)}
	docs = [one for one in found["docs"] if (one["doctype"], one["name"]) not in hidden]
	return {**found, "docs": docs, "count": len(docs)}


@frappe.whitelist()
@typed
def get_tagged_docs(doctype: str, tag: str) -> list | tuple:
	"""As the host's, of what the user may read."""
	frappe.has_permission(doctype, "read", throw=True)
	of_tag = [[doctype, "_user_tags", "like", tag]]
	return frappe.get_list(doctype, filters=of_tag, fields=["name"], as_list=True)


@frappe.whitelist(allow_guest=True)
@typed
def add_comment(
	comment: str,
	comment_email: str,
	comment_by: str,
	reference_doctype: str,
	reference_name: str | int,
	route: str | None = None,
) -> object:
	"""As the host's for its websites; it takes a comment on anything, in anybody's name."""
	ours = guarded(reference_doctype) or frappe.get_meta(reference_doctype).module == MODULE
	if ours or reference_doctype in NOT_ON_WEBSITES or _of_others(reference_doctype, str(reference_name)):
		not_there(reference_doctype, str(reference_name))
	return comments.add_comment(comment, comment_email, comment_by, reference_doctype, reference_name, route)


def _of_others(doctype: str, name: str) -> bool:
	"""Whether it is about a customer whom the user may not read, and none of their own on a website."""
	hidden = out_of_sight(doctype, {name})
	return bool(hidden) and not frappe.has_website_permission(frappe.get_doc(doctype, name))


def refuse_other_names() -> None:
	"""Before a request: what is replaced is not called by the name that another module has for it, having imported it, nor
	by what the host calls for its caller."""
	if not getattr(frappe.local, "request", None):
		return
	replaced = frappe.get_hooks("override_whitelisted_methods")
	for name in (names_called() - {*replaced}) | names_handed_on():
		if another_name_of(name, replaced):
			raise frappe.PermissionError


def names_called() -> set[str]:
	"""By which this request calls something; of a path that goes on the host takes the beginning."""
	_before, _method, tail = frappe.local.request.path.partition("/method/")
	return {tail, tail.partition("/")[0], str(frappe.form_dict.get("cmd") or "")}


def names_handed_on() -> set[str]:
	"""Which the host calls in this request's stead."""
	sent = (frappe.form_dict.get(key) for key in HANDED_ON)
	return {one for one in sent if isinstance(one, str)}


def another_name_of(name: str, paths: Iterable[str]) -> str | None:
	"""The path that leads to the same function."""
	last = re.split("[./]", name)[-1]
	same = [one for one in paths if one.rpartition(".")[2] == last]
	function = host.function(name) if same else None
	return next((one for one in same if function and host.function(one) == function), None)
