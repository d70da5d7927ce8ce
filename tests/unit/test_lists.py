"""The lists of the app's documents have room for what they say."""

import json
import re
from pathlib import Path

import pytest

# As many digits as ERPNext shows of quantities.
QUANTITIES = ("demand_qty",)
DOCTYPES = Path(__file__).parents[2] / "keep_customers" / "keep_customers" / "doctype"


def documents():
	for path in sorted(DOCTYPES.glob("*/*.json")):
		doctype = json.loads(path.read_text(encoding="utf-8"))
		if not (doctype.get("istable") or doctype.get("issingle")):
			yield pytest.param(doctype, path, id=doctype["name"])


@pytest.mark.parametrize(("doctype", "path"), list(documents()))
def test_a_list_says_nothing_twice_and_shows_no_made_up_names(doctype, path):
	title, naming = doctype.get("title_field"), doctype.get("autoname") or ""
	listed = {field["fieldname"] for field in doctype["fields"] if field.get("in_list_view")}
	assert naming.removeprefix("field:") not in listed - {title}, "the name is there already"
	if title == "customer_name":
		assert "customer" not in listed, "the customer is there already"
	if naming == "hash":
		settings = path.with_name(f"{path.stem}_list.js")
		assert settings.exists() and "hide_name_column: true" in settings.read_text(encoding="utf-8")


@pytest.mark.parametrize(("doctype", "path"), list(documents()))
def test_on_a_phone_the_rows_come_before_the_filters(doctype, path):
	script = (DOCTYPES.parents[1] / "public" / "js" / "phone_lists.js").read_text(encoding="utf-8")
	assert f'"{doctype["name"]}"' in script


def test_an_amount_says_in_which_currency():
	"""Else the host writes the sign of the site's own before it; *losses_from* has nothing beside it that says the reporting currency."""
	for path in DOCTYPES.glob("*/*.json"):
		doctype = json.loads(path.read_text(encoding="utf-8"))
		for field in doctype["fields"]:
			if field["fieldtype"] == "Currency" and field["fieldname"] != "losses_from":
				assert field.get("options"), (doctype["name"], field["fieldname"])


def test_on_a_phone_a_table_shows_what_has_room():
	"""Few columns whose widths fill the row, among them what must not stay empty; of tables with more than one all of them."""
	script = (DOCTYPES.parents[1] / "public" / "js" / "form" / "phone_tables.js").read_text(encoding="utf-8")
	columns = {
		name: {field: int(width) for field, width in re.findall(r"(\w+): (\d+)", row)}
		for name, row in re.findall(r'^\t"([^"]+)": \{ (.+) \},$', script, re.MULTILINE)
	}
	tables = {}
	for path in DOCTYPES.glob("*/*.json"):
		doctype = json.loads(path.read_text(encoding="utf-8"))
		if doctype.get("istable"):
			tables[doctype["name"]] = {
				field["fieldname"]: field for field in doctype["fields"] if field.get("in_list_view")
			}
	for name, shown in columns.items():
		assert shown.keys() <= tables[name].keys() and sum(shown.values()) == 10, name
		assert list(shown) == [field for field in tables[name] if field in shown], (
			"in the order they are drawn"
		)
		first = next(iter(tables[name]))
		assert first in shown or not tables[name][first].get("reqd"), name
	assert {name for name, listed in tables.items() if len(listed) > 1} <= columns.keys()


@pytest.mark.parametrize(("doctype", "path"), list(documents()))
def test_a_status_is_read_in_its_own_words(doctype, path):
	"""The framework looks a status up without its doctype: "New" would be any other thing's."""
	assert not doctype.get("states"), "they come before the indicator, without their doctype"
	if any(field["fieldname"] == "status" for field in doctype["fields"]):
		script = path.with_name(f"{path.stem}_list.js").read_text(encoding="utf-8")
		assert f'null, "{doctype["name"]}")' in script[script.index("get_indicator") :]


@pytest.mark.parametrize("path", sorted(DOCTYPES.glob("*/*_list.js")), ids=lambda path: path.stem)
def test_what_an_indicator_reads_is_fetched(path):
	"""The framework fetches the columns of a list and a few fields of its own; what else is read is asked for."""
	script = path.read_text(encoding="utf-8")
	doctype = json.loads(path.with_name(f"{path.parent.name}.json").read_text(encoding="utf-8"))
	listed = {field["fieldname"] for field in doctype["fields"] if field.get("in_list_view")}
	fetched = listed | {"name", "status", "docstatus", "modified"} | set(re.findall(r'"(\w+)"', script))
	assert set(re.findall(r"\bdoc\.(\w+)", script)) <= fetched


@pytest.mark.parametrize("path", sorted(DOCTYPES.glob("*/*.json")), ids=lambda path: path.stem)
def test_hours_and_percents_are_not_taken_for_thousands(path):
	"""Where a comma marks the fraction, the framework's three digits after it make "1,000" of one hour."""
	for field in json.loads(path.read_text(encoding="utf-8"))["fields"]:
		writes = not (field.get("read_only") or field.get("hidden"))
		if writes and field["fieldtype"] in ("Float", "Percent") and field["fieldname"] not in QUANTITIES:
			assert field.get("precision"), field["fieldname"]


def test_beside_a_sidebar_a_table_shows_numbers_and_appointments_whole():
	"""From 16 on a form of 1280 has 60 pixels for a tenth of a table's width: 77.7 %, not 77.710 %; a day with its hour takes three."""
	narrow, short = [], []
	for path in DOCTYPES.glob("*/*.json"):
		doctype = json.loads(path.read_text(encoding="utf-8"))
		for field in doctype["fields"] if doctype.get("istable") else ():
			where, columns = f"{doctype['name']}: {field['fieldname']}", field.get("columns")
			if not field.get("in_list_view") or not columns:
				continue
			if field["fieldtype"] in ("Float", "Percent") and columns == 1 and not field.get("precision"):
				narrow.append(where)
			if (
				field["fieldtype"] == "Datetime"
				and columns < 3
				and not (field.get("read_only") or field.get("permlevel"))
			):
				short.append(where)
	assert not narrow and not short
