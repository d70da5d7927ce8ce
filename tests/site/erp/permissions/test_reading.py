"""Who may not read a customer reads nothing that is known about it, by whatever door it is tried."""

import json

import frappe
import pytest
from frappe.model.db_query import DatabaseQuery
from frappe.permissions import add_user_permission

from keep_customers.care.open_complaints import open_complaints
from tests.site.erp.permissions.regions import (
	CHILDREN,
	GUARDED,
	MINE,
	MINE_ODD,
	THEIRS,
	THEIRS_ODD,
	WAYS,
	_forget_permissions,
	_permit,
	of,
	refused,
	shows_only_mine,
)
from tests.site.story import BEN, MIA, PREFIX, _user

# Inside the site


@pytest.mark.parametrize("doctype", GUARDED)
def test_a_restricted_reps_lists_and_documents_end_at_her_customers(firm, anna, doctype):
	mine, theirs = (of(doctype, MINE), of(doctype, MINE_ODD)), (of(doctype, THEIRS), of(doctype, THEIRS_ODD))
	frappe.set_user(anna)
	assert sorted(frappe.get_list(doctype, pluck="name")) == sorted(mine)
	for name in mine:
		frappe.get_doc(doctype, name).check_permission("read")
	for name in theirs:
		for right in ("read", "write", "print", "email", "export", "share"):
			assert not frappe.has_permission(doctype, right, doc=name), right
		with pytest.raises(frappe.PermissionError):
			frappe.get_doc(doctype, name).check_permission("read")


def test_a_restricted_reps_report_counts_her_customers_only_whoever_she_says_she_is(firm, anna):
	from frappe.desk.query_report import run

	for user in (None, "Administrator", BEN):
		frappe.set_user(anna)
		answer = run("Tier Overview", filters={}, user=user)
		rows = [row for row in answer["result"] if isinstance(row, dict)]
		assert sum(row["customers"] for row in rows) == 2
		assert sum(row["current_value"] for row in rows) == 3000


# Over HTTP


@pytest.mark.parametrize("doctype", GUARDED)
def test_over_http_a_restricted_rep_is_shown_her_customers_only(firm, browsers, anna, doctype):
	anna = browsers(anna)
	fields = ["name", "customer"]
	shows_only_mine(anna.resource(doctype, params={"fields": json.dumps(fields)}))
	shows_only_mine(
		anna.call("frappe.client.get_list", doctype=doctype, fields=fields, limit_page_length=100)
	)
	shows_only_mine(anna.call("frappe.desk.reportview.get", doctype=doctype, fields=fields, page_length=100))
	assert anna.call("frappe.desk.reportview.get_count", doctype=doctype).json()["message"] == 2
	stats = anna.call("frappe.desk.reportview.get_stats", doctype=doctype, stats=["customer", "_user_tags"])
	assert "Theirs" not in shows_only_mine(stats).text
	found = anna.call("frappe.desk.search.search_link", doctype=doctype, txt="", page_length=50)
	assert found.status_code == 200 and "Theirs" not in found.text
	assert len(found.json().get("message") or found.json()["results"]) == 2
	for name in (of(doctype, THEIRS), of(doctype, THEIRS_ODD)):
		refused(anna.resource(doctype, name))
		refused(anna.call("frappe.client.get", doctype=doctype, name=name))
		refused(anna.call("frappe.desk.form.load.getdoc", "GET", doctype=doctype, name=name))
		value = anna.call(
			"frappe.client.get_value", doctype=doctype, fieldname="customer", filters={"name": name}
		)
		assert not value.json().get("message") and "Theirs" not in value.text
	assert anna.resource(doctype, of(doctype, MINE_ODD)).json()["data"]["customer"] == MINE_ODD


@pytest.mark.parametrize("doctype", GUARDED)
def test_over_http_sorting_and_filtering_do_not_open_what_is_closed(firm, browsers, anna, doctype):
	anna = browsers(anna)
	for filters in (
		[[doctype, "customer", "=", THEIRS]],
		[[doctype, "customer", "like", "%Theirs%"]],
	):
		answer = anna.call("frappe.client.get_list", doctype=doctype, fields=["customer"], filters=filters)
		assert answer.json()["message"] == []
		# What a list shows is what may be counted.
		answer = anna.call("frappe.desk.reportview.get_count", doctype=doctype, filters=filters)
		assert answer.json()["message"] == 0
	answer = anna.call(
		"frappe.client.get_list",
		doctype=doctype,
		fields=["customer"],
		or_filters=[[doctype, "name", "is", "set"], [doctype, "customer", "like", "%Theirs%"]],
	)
	shows_only_mine(answer)


def test_a_manager_exports_her_region_and_no_other(firm, browsers):
	_permit(MIA, WAYS["Territory"])
	try:
		for doctype in GUARDED:
			answer = browsers(MIA).call(
				"frappe.desk.reportview.export_query",
				doctype=doctype,
				fields=[f"`tab{doctype}`.`customer`"],
				file_format_type="CSV",
				title=doctype,
			)
			shows_only_mine(answer)
	finally:
		_forget_permissions(MIA)


@pytest.mark.parametrize("doctype", GUARDED)
def test_a_sales_user_exports_nothing(firm, browsers, anna, doctype):
	answer = browsers(anna).call(
		"frappe.desk.reportview.export_query",
		doctype=doctype,
		fields=[f"`tab{doctype}`.`customer`"],
		file_format_type="CSV",
		title=doctype,
	)
	refused(answer)


@pytest.mark.parametrize("child", CHILDREN)
def test_people_occasions_and_consents_are_not_read_round_their_file(firm, browsers, anna, child):
	told = {"Customer File Person": "full_name", "Customer File Occasion": "occasion"}.get(child, "source")
	rows = frappe.get_all(child, filters={"parent": THEIRS}, pluck="name")
	anna = browsers(anna)
	for method, more in (
		("frappe.client.get_list", {"parent": "Customer File"}),
		("frappe.client.get_list", {"parent": "Customer File", "filters": {"parent": THEIRS}}),
		("frappe.client.get_list", {"parent": "Customer"}),
		("frappe.client.get_list", {}),
		("frappe.client.get_value", {"parent": "Customer File", "filters": {"parent": THEIRS}}),
		("frappe.client.get_value", {"parent": "Customer File", "filters": {"name": rows[0]}}),
		("frappe.client.get", {"parent": "Customer File", "name": rows[0]}),
		("frappe.client.get", {"name": rows[0]}),
		("frappe.desk.reportview.get", {"parent_doctype": "Customer File"}),
		("frappe.desk.reportview.get", {"parent": "Customer File"}),
		("frappe.desk.search.search_link", {"txt": "Theirs"}),
	):
		arguments = {"doctype": child, **more}
		if method.endswith("get_value"):
			arguments["fieldname"] = told
		elif not method.endswith((".client.get", "link")):
			arguments["fields"] = [told, "parent"]
		assert "Theirs" not in anna.call(method, **arguments).text, (method, more)
	assert "Theirs" not in anna.resource(child, params={"parent": "Customer File", "fields": '["*"]'}).text
	refused(anna.resource(child, rows[0]))
	# And of her own file she reads them.
	own = anna.call("frappe.client.get_list", doctype=child, parent="Customer File", fields=[told, "parent"])
	assert len(own.json()["message"]) == 2
	shows_only_mine(own)
	through = [f"`tab{child}`.`{told}`", "name"]
	shows_only_mine(anna.call("frappe.desk.reportview.get", doctype="Customer File", fields=through))


def test_who_reads_one_file_or_case_reads_no_rows_of_the_others(firm):
	"""Of customers they all may read: a document's own guard holds for the rows of its tables, asked for past it."""
	lea, leo = (f"{name}@keep-test.example" for name in ("lea", "leo"))
	_user(lea, ["Stock User"])  # reads customers, and nothing of ours
	_user(leo, ["Sales User"])
	categories = [
		frappe.get_doc({"doctype": "Complaint Category", "category_name": f"{PREFIX} {name}"}).insert().name
		for name in ("Mine", "Theirs")
	]
	mine, not_mine = (
		firm.case(customer, category=category, steps=[{"step": "Received"}]).name
		for customer, category in zip((MINE, THEIRS), categories, strict=True)
	)
	for doctype, name in (("Customer File", MINE), ("Complaint Case", mine)):
		frappe.share.add_docshare(doctype, name, lea, flags={"ignore_share_permission": True})
	add_user_permission("Complaint Category", categories[0], leo, ignore_permissions=True)
	for user, parent, own, other, tables in (
		(lea, "Customer File", MINE, THEIRS, CHILDREN),
		(lea, "Complaint Case", mine, not_mine, ("Complaint Step",)),
		(leo, "Complaint Case", mine, not_mine, ("Complaint Step",)),
	):
		frappe.set_user(user)
		assert {MINE, THEIRS} <= set(frappe.get_list("Customer", pluck="name"))
		assert [frappe.has_permission(parent, doc=name) for name in (own, other)] == [True, False]
		# That one is open is told beside a ToDo, what it says is not.
		said = {row.name: row.about for row in open_complaints([MINE, THEIRS])}
		assert said[mine] and said[not_mine] is None
		for table in tables:
			of_own, of_other = (
				set(frappe.get_all(table, {"parent": name}, pluck="name")) for name in (own, other)
			)
			listed = frappe.get_list(table, parent_doctype=parent, pluck="name", limit=0)
			# As version 15 lists, and some of 16's pages: no document is asked.
			rows = DatabaseQuery(table).execute(["name"], parent_doctype=parent, limit_page_length=0)
			for found in (set(listed), {row.name for row in rows}):
				assert of_own <= found and of_other and not of_other & found, (user, table)


def test_over_http_the_report_takes_no_other_users_word(firm, browsers, anna):
	anna = browsers(anna)
	for user in ({}, {"user": "Administrator"}, {"user": MIA}):
		answer = anna.call("frappe.desk.query_report.run", report_name="Tier Overview", filters={}, **user)
		if user and answer.status_code == 403:  # newer frameworks do not let her say so at all
			continue
		rows = [row for row in answer.json()["message"]["result"] if isinstance(row, dict)]
		assert sum(row["customers"] for row in rows) == 2


def test_cards_and_charts_count_the_users_own_customers(firm, browsers, anna):
	# One complaint of each customer, for the charts that count those.
	frappe.db.delete("Complaint Case")
	for customer in frappe.get_all("Customer", filters={"name": ("like", f"{PREFIX}%")}, pluck="name"):
		frappe.get_doc(
			{
				"doctype": "Complaint Case",
				"customer": customer,
				"subject": "Broken",
				"description": "On arrival.",
			}
		).insert()
	frappe.db.commit()
	# The manager looks first: nothing of what he was shown may be kept for the others.
	for user, customers in ((MIA, 4), (anna, 2)):
		browser = browsers(user)
		card = frappe.get_doc("Number Card", "Open Follow-Ups").as_json()
		answer = browser.call(
			"frappe.desk.doctype.number_card.number_card.get_result",
			doc=card,
			filters=json.loads(card)["filters_json"],
		)
		assert answer.json()["message"] == customers
		for chart in _charts():
			answer = browser.call(_method_of(chart), chart_name=chart.name, filters=chart.filters_json)
			data = answer.json()["message"]
			assert sum(data["datasets"][0]["values"]) == customers, chart.name


def _charts() -> list:
	"""Those that count by themselves; what reports count is told in their tests."""
	ours = {"module": "Keep Customers", "chart_type": ("!=", "Report")}
	return frappe.get_all("Dashboard Chart", filters=ours, fields=["*"])


def _method_of(chart):
	if chart.chart_type != "Custom":
		return "frappe.desk.doctype.dashboard_chart.dashboard_chart.get"
	folder = frappe.scrub(chart.source)
	return f"keep_customers.keep_customers.dashboard_chart_source.{folder}.{folder}.get"
