"""Whole columns out of the database: the same whichever way they come."""

import re
from pathlib import Path

import frappe
import pytest

from keep_customers.erp import tables
from tests.site.complaints.guests.said import complaint
from tests.site.statements import statements
from tests.site.story import ANNA, PREFIX

SIGNS = ("plain", "Größe 大", "with\nlines", "", f"with {tables.SEPARATOR} inside")


@pytest.fixture
def notes(story):
	"""ToDos with all sorts of texts; a query of them."""
	for number, text in enumerate(SIGNS * 3):
		todo = frappe.get_doc({"doctype": "ToDo", "description": "words"}).insert()
		# Past the document life, which would tidy it up.
		frappe.db.set_value(
			"ToDo", todo.name, {"description": text, "assigned_by_full_name": text and f"{PREFIX} {number}"}
		)
	todo = frappe.qb.DocType("ToDo")
	return frappe.qb.from_(todo).where(todo.owner == frappe.session.user), todo


def as_set(found):
	return {tuple(str(value or "") for value in row) for row in zip(*found, strict=True)}


@pytest.mark.parametrize("usual_value", [20, 10**9], ids=("in one text", "in some texts"))
@pytest.mark.parametrize("inside", [True, False])
def test_columns_are_what_plain_rows_say(notes, inside, usual_value, monkeypatch):
	monkeypatch.setattr(tables, "USUAL_VALUE", usual_value)
	query, todo = notes
	if not inside:
		query = query.where(todo.description.not_like(f"%{tables.SEPARATOR}%"))
	rows = query.select(todo.name, todo.description, todo.assigned_by_full_name, todo.docstatus).run()
	assert len(rows) == 15 - 3 * (not inside)
	wanted = {tuple(str(value or "") for value in row) for row in rows}
	terms = todo.name, todo.description, todo.assigned_by_full_name, todo.docstatus
	for costly, rows in ((False, 0), (True, 0), (True, 15)):
		found = tables.columns(query, *terms, costly=costly, rows=rows)
		assert {tuple("" if v in ("", "0") else v for v in row) for row in as_set(found)} == wanted


def test_columns_keep_the_order_that_was_asked_for(notes):
	query, todo = notes
	query = (
		query.where(todo.description.not_like(f"%{tables.SEPARATOR}%"))
		.orderby(todo.creation)
		.orderby(todo.name)
	)
	names = [name for (name,) in query.select(todo.name).run()]
	assert list(tables.columns(query, todo.name)[0]) == names


def test_what_the_connection_cuts_is_read_another_way(notes, monkeypatch):
	query, todo = notes
	monkeypatch.setattr(tables, "LONGEST_TEXT", 40)  # bytes
	assert len(set(tables.columns(query, todo.name)[0])) == 15


def test_a_checksum_says_whether_a_value_is_another_one(notes):
	query, todo = notes
	name = query.select(todo.name).run()[0][0]
	row = frappe.qb.from_(todo).where(todo.name == name)
	sums = []
	for one, two in (
		("a", "b"),
		("b", "a"),
		("ab", ""),
		("", "ab"),
		("ab", None),
		("a", "B"),
		("大", "Größe"),
	):
		frappe.db.set_value("ToDo", name, {"description": one, "color": two}, update_modified=False)
		[[found, again]] = row.select(
			tables.checksum(todo.description, todo.color), tables.checksum(todo.description, todo.color)
		).run()
		assert found == again and 0 <= found < 2**32
		sums.append(found)
	assert sums[2] == sums[4], "nothing is nothing"
	assert len(set(sums)) == len(sums) - 1


def test_nothing_found_is_no_rows_in_each_column(notes):
	query, todo = notes
	assert [
		list(column) for column in tables.columns(query.where(todo.name == "none"), todo.name, todo.owner)
	] == [[], []]


def test_what_is_not_known_is_least_whichever_way_a_list_is_sorted(story):
	todo = frappe.qb.DocType("ToDo")
	days = [None, story.today, story.days_ago(1)]
	for day in days:
		name = frappe.get_doc({"doctype": "ToDo", "description": f"{PREFIX} sorted"}).insert().name
		frappe.db.set_value("ToDo", name, "date", day)  # a new one without would be of today
	query = frappe.qb.from_(todo).select(todo.date).where(todo.description == f"{PREFIX} sorted")
	falling = [day for (day,) in query.orderby(todo.date, order=tables.FALLING).run()]
	assert falling == [story.today, story.days_ago(1), None]
	assert [day for (day,) in query.orderby(todo.date, order=tables.RISING).run()] == falling[::-1]


def test_texts_are_like_others_written_big_or_small(story):
	todo = frappe.qb.DocType("ToDo")
	name = frappe.get_doc({"doctype": "ToDo", "description": f"{PREFIX} Jane Doe wrote"}).insert().name
	query = frappe.qb.from_(todo).select(todo.name).where(todo.name == name)
	for pattern, found in (("%jane doe%", True), ("%JANE DOE%", True), ("%jane poe%", False)):
		assert bool(query.where(tables.like(todo.description, pattern)).run()) == found


def test_yes_and_no_are_written_as_the_framework_stores_them(story):
	for answer in (True, False):
		fields, row = (
			["name", "keep_turn", "description"],
			[f"keep-test-{answer}", answer, f"{PREFIX} answers"],
		)
		tables.insert("ToDo", fields, [row])
	found = frappe.get_all("ToDo", {"description": f"{PREFIX} answers"}, ["name", "keep_turn"], as_list=True)
	assert dict(found) == {"keep-test-True": 1, "keep-test-False": 0}


def test_ten_million_rows_have_names_of_their_own():
	"""Of a million tier changes two had the same one, and a customer was set aside."""
	rows, names = 10**7, 16 ** len(tables.new_name())
	assert rows**2 / (2 * names) < 1e-6
	assert len({tables.new_name() for _row in range(10_000)}) == 10_000


def test_no_row_has_a_shorter_name():
	"""Who writes many rows takes ``new_name``; what is short is no name, or one that a person types."""
	app = Path(frappe.get_app_path("keep_customers"))
	short = {
		str(file.relative_to(app))
		for file in app.rglob("*.py")
		if re.search(r"generate_hash\((length=)?\d\b|generate_hash\((length=)?1[0-5]\b", file.read_text())
	}
	assert short == {
		"benefits/coupons.py",  # a customer types it
		"erp/aside.py", "erp/attempts.py",  # savepoints
		"privacy/exported.py", "privacy/host_papers.py",  # one a person
		"retention/actions.py", "complaints/assignment_rules.py",  # beside a document's own name
		"worth/checks.py",  # only where a name is taken
	}  # fmt: skip


SHORT = ("Volume Rebate Customer", "Care Run Set Aside")  # tables of a few rows


def test_what_is_deleted_holds_no_rows_of_others(story):
	"""An update holds each row that it looks at until the transaction ends: by a field without an index, all of its table."""
	customer = story.customer("Firm")
	paper = frappe.get_doc({"doctype": "ToDo", "description": "Order paper"}).insert()
	said = {"customer": customer, "rep": ANNA, "channel": "Phone", "result": "Reached"}
	touch = frappe.get_doc({"doctype": "Customer Touch", **said}).insert()
	case = complaint(customer)
	with statements() as sent:
		for doc in (paper, touch, case, frappe.get_doc("Customer", customer)):
			doc.delete()
	held = [one for one in map(_looks_through, sent) if one]
	assert not held
	assert _looks_through("update `tabFollow Up` set `touch`=NULL where `touch`='x'")


def _looks_through(statement: str) -> str | None:
	"""What is sent, if it changes rows of ours or of customers that it finds without an index."""
	found = re.match(
		r"(?:update|delete from) [`\"]tab([^`\"]+)[`\"].*? where (.*)", statement, re.IGNORECASE | re.DOTALL
	)
	if not found or not frappe.db.exists("DocType", found[1]):
		return None
	meta = frappe.get_meta(found[1])
	indexed = {field.fieldname for field in meta.fields if field.search_index or field.unique}
	by = {*re.findall(r"[`\"](\w+)[`\"] ?(?:=|in\b)", found[2], re.IGNORECASE)}
	ours = meta.name not in SHORT and (meta.module == "Keep Customers" or meta.name == "Customer")
	return statement if ours and not by & {"name", "parent", *indexed} else None
