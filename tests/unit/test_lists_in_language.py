"""A list's column shows an option as its form does: where it means something else than the host's word, by a formatter of ours."""

import json

import pytest

from tests.unit.test_translations import APP, lines

DOCTYPES = [
	json.loads(path.read_text(encoding="utf-8")) for path in APP.glob("keep_customers/doctype/*/*.json")
]
OWN = {(text, context) for text, _translation, context in lines("zh") if context}


@pytest.mark.parametrize(
	"doctype", [one for one in DOCTYPES if not one.get("istable")], ids=lambda one: one["name"]
)
def test_options_in_columns_are_in_our_words(doctype):
	scrubbed = doctype["name"].lower().replace(" ", "_")
	script = APP / f"keep_customers/doctype/{scrubbed}/{scrubbed}_list.js"
	told = script.read_text(encoding="utf-8") if script.exists() else ""
	for field in doctype["fields"]:
		# A status is the row's indicator, for which the framework asks with the doctype.
		if field["fieldtype"] != "Select" or not field.get("in_list_view") or field["fieldname"] == "status":
			continue
		options = {option for option in field["options"].split("\n") if (option, doctype["name"]) in OWN}
		assert not options or f'"{field["fieldname"]}"' in told, (field["fieldname"], options)


def test_columns_with_words_of_ours_are_known():
	assert ("Complaint", "Customer Feedback") in OWN and len(DOCTYPES) > 30
