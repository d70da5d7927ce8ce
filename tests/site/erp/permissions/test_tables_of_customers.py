"""An event, a suggestion or a rebate names customers of two regions: everybody gets the rows that are theirs to read.

Lena is a Sales Manager of the north. "Theirs" stands in each row of the south, and may stand in no answer to her, by
whatever door she comes; what she saves leaves those rows as they were.
"""

import json

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils.pdf import pdf_body_html

from keep_customers.access.lookups import named_out_of_sight
from keep_customers.access.named_rows import without_names
from keep_customers.patches.v0_2 import take_names_out_of_versions as patch
from tests.site.story import ITEM, MIA, PREFIX, _tree, _user, once
from tests.site.web import Browser, Server

LENA = "lena@keep-test.example"
NORTH, SOUTH = f"{PREFIX} North", f"{PREFIX} South"
EVENT, SUGGESTION, REBATE = "VIP Event", "Event Suggestion", "Volume Rebate"
TABLES = {
	EVENT: ("guests", "VIP Event Guest"),
	SUGGESTION: ("voters", "Event Suggestion Vote"),
	REBATE: ("customers", "Volume Rebate Customer"),
}
ALL = tuple(TABLES)
# The sandbox's host prints empty pages.
PRINTED = ("print", "print html") if pdf_body_html.__doc__ or pdf_body_html.__code__.co_names else ()


@once
def two_regions(story):
	"""Their documents by doctype, and the customers by what they are called here."""
	for region in (NORTH, SOUTH):
		_tree("Territory", region)
	_user(LENA, ["Sales User", "Sales Manager", "Accounts Manager"])
	frappe.get_doc("User", MIA).add_roles("Accounts Manager")
	customers = {}
	for name, region in (("Theirs One", SOUTH), ("Mine", NORTH), ("Theirs Two", SOUTH), ("Mine Too", NORTH)):
		customers[name] = story.customer(f"In a Table {name}", territory=region)
	add_user_permission("Territory", NORTH, LENA, ignore_permissions=True)
	names = list(customers.values())
	event = frappe.get_doc({"doctype": EVENT, "theme": f"{PREFIX} Grill Night"})
	event.extend("guests", [{"customer": name} for name in names[:3]])
	event.insert()
	# Its earlier version has a row that came and one that went.
	event.flags.ignore_version = False
	event.remove(event.guests[2])
	event.save(ignore_version=False)
	event.append("guests", {"customer": customers["Theirs Two"]})
	event.save(ignore_version=False)
	wish = frappe.get_doc({"doctype": SUGGESTION, "title": f"{PREFIX} A trip"})
	wish.extend("voters", [{"customer": name} for name in names[:3]])
	wish.insert()
	rebate = frappe.get_doc(
		{
			"doctype": REBATE, "rebate_name": f"{PREFIX} Rebate", "company": f"{PREFIX} Tools", "starts_on": "2026-01-01",
			"item_code": ITEM, "customers": [{"customer": name} for name in names[:3]],
			"steps": [{"from_amount": 100, "percent": 1}],
		}
	).insert()  # fmt: skip
	for doctype, (field, _table) in TABLES.items():
		frappe.get_doc(
			{
				"doctype": "Print Format", "name": paper(doctype), "doc_type": doctype, "custom_format": 1, "standard": "No",
				"html": "{{ doc.name }}{% for row in doc." + field + " %}<p>{{ row.idx }} {{ row.customer }}</p>{% endfor %}",
			}
		).insert()  # fmt: skip
	frappe.db.commit()
	return {EVENT: event.name, SUGGESTION: wish.name, REBATE: rebate.name, "customers": customers}


@pytest.fixture
def regions(story):
	server = Server()
	told = two_regions(story)
	yield frappe._dict(told, lena=Browser(server, LENA), mia=Browser(server, MIA), server=server)
	frappe.set_user("Administrator")
	frappe.db.rollback()
	frappe.db.delete("Print Format", {"name": ("in", [paper(doctype) for doctype in TABLES])})
	frappe.db.commit()


def paper(doctype):
	"""The Print Format in use: what a table of a form looks like on paper is the host's to say."""
	return f"{PREFIX} Paper of {doctype}"


def rows_of(regions, doctype):
	"""(customer, name) of the stored rows, in order."""
	frappe.db.rollback()
	_field, table = TABLES[doctype]
	return frappe.get_all(
		table, {"parent": regions[doctype]}, ["customer", "name"], order_by="idx asc", as_list=True
	)


def asked(browser, doctype, name):
	"""Answers from every door to a document and its rows, by name."""
	field, table = TABLES[doctype]
	columns = ["name", f"`tab{table}`.`customer`", f"`tab{table}`.`name` as row_name"]
	by_row = [[table, "customer", "like", "%Theirs%"]]
	exported = json.dumps({doctype: ["name"], field: ["customer"]})
	return {
		"form": browser.call("frappe.desk.form.load.getdoc", "GET", doctype=doctype, name=name),
		"info": browser.call("frappe.desk.form.load.get_docinfo", doctype=doctype, name=name),
		"rest": browser.resource(doctype, name),
		"rest expanded": browser.resource(doctype, name, params={"expand_links": 1}),
		"rest list": browser.resource(doctype, params={"fields": json.dumps(columns)}),
		"rest list by row": browser.resource(
			doctype, params={"fields": json.dumps(columns), "filters": json.dumps(by_row)}
		),
		"dotted": browser.resource(doctype, params={"fields": json.dumps(["name", f"{field}.customer"])}),
		"second query": browser.resource(
			doctype, params={"fields": json.dumps(["name", {field: ["customer"]}])}
		),
		"rows": browser.resource(table, params={"parent": doctype, "fields": '["*"]'}),
		"rows by list": browser.call("frappe.client.get_list", doctype=table, parent=doctype, fields=["*"]),
		"row": browser.resource(table, rows_of({doctype: name}, doctype)[0][1]),
		"client": browser.call("frappe.client.get", doctype=doctype, name=name),
		"report view": browser.call(
			"frappe.desk.reportview.get", doctype=doctype, fields=columns, filters=[], page_length=50
		),
		"count": browser.call("frappe.desk.reportview.get_count", doctype=doctype, filters=by_row, fields=[]),
		"report view exported": browser.call(
			"frappe.desk.reportview.export_query", doctype=doctype, fields=columns, filters=[],
			file_format_type="CSV", title=doctype,
		),
		"print": browser.http.get(
			f"{browser.base}/printview", params={"doctype": doctype, "name": name, "format": paper(doctype)}, timeout=60
		),
		"print html": browser.call(
			"frappe.www.printview.get_html_and_style", doc=doctype, name=name, print_format=paper(doctype)
		),
		"data export": browser.call(
			"frappe.core.doctype.data_export.exporter.export_data", doctype=doctype, with_data="1",
			parent_doctype=doctype, all_doctypes="1", file_type="CSV", select_columns=json.dumps({doctype: ["name"], table: ["customer"]}),
		),
		"import's template": browser.call(
			"frappe.core.doctype.data_import.data_import.download_template", doctype=doctype,
			export_fields=exported, export_records="all", file_type="CSV",
		),
		"versions": browser.call(
			"frappe.client.get_list", doctype="Version", filters={"ref_doctype": doctype}, fields=["data"]
		),
		"search": browser.call("frappe.desk.search.search_link", doctype=doctype, txt=""),
		"title": browser.call("frappe.desk.search.get_link_title", doctype=doctype, docname=name),
	}  # fmt: skip


@pytest.mark.parametrize("shared", (False, True))
@pytest.mark.parametrize("doctype", ALL)
def test_a_manager_of_the_north_gets_the_rows_of_the_north(regions, doctype, shared):
	if shared:  # the document, not who is in it
		frappe.db.rollback()  # the server has written since this process has read
		frappe.share.add(doctype, regions[doctype], LENA, write=1)
		frappe.db.commit()
	answers = asked(regions.lena, doctype, regions[doctype])
	for door, answer in answers.items():
		assert "Theirs" not in answer.text, (door, answer.text[:1000])
	for door in ("form", "rest", "client", "rest list", "dotted", "report view", *PRINTED):
		assert "Mine" in answers[door].text, (door, answers[door].status_code, answers[door].text[:1000])
	for door in ("rest list by row", "count"):
		answer = answers[door].json()
		assert (answer.get("data") or answer.get("message") or 0) in ([], 0), (door, answer)
	field, _table = TABLES[doctype]
	[shown] = answers["form"].json()["docs"]
	assert [row["idx"] for row in shown[field]] == [1], "no number is missing"


@pytest.mark.parametrize("doctype", ALL)
def test_who_may_read_everybody_gets_everything(regions, doctype):
	answers = asked(regions.mia, doctype, regions[doctype])
	for door in (
		"form", "rest", "client", "rest list", "rest list by row", "report view", "report view exported", *PRINTED,
		"data export", "import's template",
	):  # fmt: skip
		assert "Theirs Two" in answers[door].text, (door, answers[door].status_code, answers[door].text[:600])


@pytest.mark.parametrize("doctype", ALL)
def test_what_is_saved_by_who_sees_half_of_it_leaves_the_other_half(regions, doctype):
	lena, (field, _table) = regions.lena, TABLES[doctype]
	before = rows_of(regions, doctype)
	[shown] = lena.call("frappe.desk.form.load.getdoc", "GET", doctype=doctype, name=regions[doctype]).json()[
		"docs"
	]
	# From the form, with a row more.
	shown[field].append({"doctype": TABLES[doctype][1], "customer": regions.customers["Mine Too"]})
	saved = lena.call("frappe.desk.form.save.savedocs", doc=shown, action="Save")
	assert saved.status_code == 200 and "Theirs" not in saved.text, saved.text[:1500]
	now = rows_of(regions, doctype)
	assert set(before) < set(now) and len(now) == 4
	assert [row for row in now if row in before] == list(before), "and in their order"
	# Over REST: without her rows, with nothing, and with the name of a row that she has guessed.
	guessed = next(name for customer, name in before if "Theirs" in customer)
	mine = [{"customer": regions.customers["Mine"]}]
	for sent in (mine, [*mine, {"name": guessed, "customer": regions.customers["Mine Too"]}]):
		answer = lena.resource(doctype, regions[doctype], "PUT", json={field: sent})
		assert answer.status_code == 200 and "Theirs" not in answer.text, answer.text[:1500]
		kept = [row for row in rows_of(regions, doctype) if "Theirs" in row[0]]
		assert kept == [row for row in before if "Theirs" in row[0]]
	# What is hers she may take out.
	assert lena.resource(doctype, regions[doctype], "PUT", json={field: []}).status_code == 200
	assert rows_of(regions, doctype) == tuple(kept) or list(rows_of(regions, doctype)) == list(kept)


def test_who_sees_half_of_it_cannot_name_the_others(regions):
	lena, theirs = regions.lena, regions.customers["Theirs One"]
	for doctype in ALL:
		field, _table = TABLES[doctype]
		mine = {"customer": regions.customers["Mine"]}
		told = {
			name: lena.resource(doctype, regions[doctype], "PUT", json={field: [mine, {"customer": name}]})
			for name in (theirs, f"{PREFIX} Nobody")
		}
		said = {answer.json()["exception"].replace(name, "…") for name, answer in told.items()}
		assert len(said) == 1 and "Could not find Row #2" in said.pop(), doctype
		assert {answer.status_code for answer in told.values()} == {417}


def test_what_it_asks_the_database_does_not_grow_with_the_rows(regions, monkeypatch):
	frappe.db.rollback()  # the server has written since this process has read
	frappe.set_user(LENA)
	asked_for, as_usual = [], frappe.db.sql
	monkeypatch.setattr(
		frappe.db, "sql", lambda *args, **kwargs: asked_for.append(args) or as_usual(*args, **kwargs)
	)

	def asks(number):
		event = frappe.get_doc(EVENT, regions[EVENT])
		for row in range(number):
			customer = regions.customers["Theirs One" if row % 2 else "Mine Too"]
			event.append("guests", {"customer": customer, "name": f"row {row}"})
		asked_for.clear()
		refused = named_out_of_sight(event)
		event.leave_out_hidden()
		assert len(refused) == 2 + number // 2 and len(event.guests) == 1 + number // 2
		return len(asked_for)

	asks(2)  # what is remembered is asked once
	assert asks(2) == asks(60) < 12


def test_deleted_documents_keep_what_was_in_them(regions):
	frappe.db.rollback()  # the server has written since this process has read
	frappe.get_doc("User", LENA).add_roles("Keep Customers Manager")
	frappe.db.commit()
	assert regions.lena.resource(REBATE, regions[REBATE], "DELETE").status_code == 202
	frappe.db.rollback()
	data = frappe.db.get_value("Deleted Document", {"deleted_name": regions[REBATE]}, "data")
	assert "Theirs One" in data


def test_earlier_versions_name_nobody_neither_new_ones_nor_old_ones(regions):
	frappe.db.rollback()
	data = frappe.get_all("Version", {"ref_doctype": EVENT, "docname": regions[EVENT]}, pluck="data")
	assert len(data) == 2 and not any("Theirs" in text for text in data)
	assert any(json.loads(text)["added"] for text in data), "that there was a row may be seen"
	old = {
		"changed": [["theme", "A", "B"]],
		"added": [["guests", {"name": "r1", "customer": "Theirs"}], ["tiers", {"tier": "Gold"}]],
		"removed": [["guests", {"name": "r2", "customer_name": "Theirs"}]],
		"row_changed": [["guests", 7, "r3", [["contact", "Theirs", "Theirs"]]], ["tiers", 2, "r4", [["tier", "A", "B"]]]],
	}  # fmt: skip
	told = json.loads(without_names(EVENT, json.dumps(old)))
	assert told == {
		"changed": [["theme", "A", "B"]],
		"added": [["guests", {"name": "r1"}], ["tiers", {"tier": "Gold"}]],
		"removed": [["guests", {"name": "r2"}]],
		"row_changed": [["guests", 0, "r3", []], ["tiers", 2, "r4", [["tier", "A", "B"]]]],
	}
	# A plan is shown to who may read all who are in it now.
	plan = {"removed": [["stops", {"name": "r5", "customer": "Theirs"}]], "changed": [["purpose", "A", "B"]]}
	told_of_plan = json.loads(without_names("Visit Plan", json.dumps(plan)))
	assert (
		told_of_plan["removed"] == [["stops", {"name": "r5"}]] and told_of_plan["changed"] == plan["changed"]
	)
	[name, _other] = frappe.get_all(
		"Version", {"ref_doctype": EVENT, "docname": regions[EVENT]}, pluck="name"
	)
	frappe.db.set_value("Version", name, "data", json.dumps(old))
	for _time in range(2):
		patch.execute()
		assert json.loads(frappe.db.get_value("Version", name, "data")) == told


def test_on_paper_stands_what_the_reader_may_read_and_nobody_where_nobody_reads(regions):
	def printed(user, job=None):
		frappe.set_user(user)
		frappe.local.job = job
		try:
			doc = frappe.get_doc(EVENT, regions[EVENT])
			doc.run_method("before_print", {})
			return [(row.idx, row.customer.removeprefix(f"{PREFIX} In a Table ")) for row in doc.guests]
		finally:
			frappe.local.job = None
			frappe.set_user("Administrator")

	everybody = [(1, "Theirs One"), (2, "Mine"), (3, "Theirs Two")]
	assert printed("Administrator") == printed(MIA) == everybody
	assert printed(LENA) == printed(LENA, job=frappe._dict(method="several")) == [(1, "Mine")]
	assert printed("Administrator", job=frappe._dict(method="flush")) == [], "an e-mail's attachment"


def test_the_settings_show_whom_they_leave_out_to_who_may_read_them(regions):
	frappe.db.rollback()  # the server has written since this process has read
	frappe.get_doc("User", LENA).add_roles("Keep Customers Manager")
	settings = "Keep Customers Settings"
	frappe.get_doc(settings).update(
		{"excluded_customers": [{"customer": regions.customers[one]} for one in ("Theirs One", "Mine")]}
	).save()
	frappe.db.commit()
	shown = regions.lena.resource(settings, settings)
	assert "Mine" in shown.text and "Theirs" not in shown.text
	# Nor does the host refuse them all, and name the one it refuses.
	add_user_permission("Customer", regions.customers["Mine"], LENA, ignore_permissions=True)
	frappe.db.commit()
	shown = regions.lena.resource(settings, settings)
	assert shown.status_code == 200 and "Mine" in shown.text and "Theirs" not in shown.text
	theirs, mine = frappe.get_all(
		"Keep Excluded Customer", {"parent": settings}, order_by="idx asc", pluck="name"
	)
	assert regions.lena.resource("Keep Excluded Customer", mine).status_code == 200
	assert regions.lena.resource("Keep Excluded Customer", theirs).status_code == 403
	if frappe.__version__.startswith("15."):  # Frappe 16 asks nobody about a list of the rows of a Single
		rows = regions.lena.resource("Keep Excluded Customer", params={"parent": settings, "fields": '["*"]'})
		assert "Mine" in rows.text and "Theirs" not in rows.text
	answer = regions.lena.resource(settings, settings, "PUT", json={"excluded_customers": []})
	assert answer.status_code == 200 and "Theirs" not in answer.text
	frappe.db.rollback()
	left = frappe.get_all("Keep Excluded Customer", {"parent": settings}, pluck="customer")
	assert left == [regions.customers["Theirs One"]]
