"""The types each controller shows are those of its doctype, as the framework's exporter writes them.

A developer's site writes them anew when the doctype is saved there; this notices when nobody did.
"""

import ast
import json
from pathlib import Path

import pytest

DOCTYPES = Path(__file__).parents[2] / "keep_customers" / "keep_customers" / "doctype"
# They show something, and hold nothing.
WITHOUT_VALUE = {"Section Break", "Column Break", "Tab Break", "HTML", "Button", "Heading", "Fold", "Image"}
NEVER_NONE = {
	"Check", "Currency", "Float", "Int", "Percent", "Rating", "Select", "Table", "Table MultiSelect",
}  # fmt: skip


def class_name(doctype: str) -> str:
	return doctype.replace(" ", "")


def expected(doctype: dict) -> dict[str, str]:
	types = {}
	for field in doctype["fields"]:
		kind = field["fieldtype"]
		if kind in WITHOUT_VALUE:
			continue
		if kind == "Select":
			text = f"DF.Literal{json.dumps([option.strip() for option in field['options'].split(chr(10))])}"
		else:
			text = f"DF.{kind.replace(' ', '')}"
		if kind in ("Table", "Table MultiSelect"):
			text += f"[{class_name(field['options'])}]"
		if kind not in NEVER_NONE and not field.get("reqd") and not field.get("not_nullable"):
			text += " | None"
		types[field["fieldname"]] = text
	if doctype.get("istable"):
		types |= dict.fromkeys(("parent", "parentfield", "parenttype"), "DF.Data")
	return {name: ast.unparse(ast.parse(text)) for name, text in types.items()}


def shown(controller: Path, doctype: str) -> dict[str, str]:
	source = controller.read_text(encoding="utf-8")
	assert "\t# begin: auto-generated types\n" in source and "\t# end: auto-generated types\n" in source
	tree = ast.parse(source)
	body = next(node.body for node in tree.body if getattr(node, "name", None) == class_name(doctype))
	block = next(node.body for node in body if isinstance(node, ast.If))
	return {node.target.id: ast.unparse(node.annotation) for node in block if isinstance(node, ast.AnnAssign)}


@pytest.mark.parametrize("path", sorted(DOCTYPES.glob("*/*.json")), ids=lambda path: path.stem)
def test_controller_shows_the_types_of_its_fields(path):
	doctype = json.loads(path.read_text(encoding="utf-8"))
	assert shown(path.with_suffix(".py"), doctype["name"]) == expected(doctype)


@pytest.mark.parametrize("path", sorted(DOCTYPES.glob("*/*.json")), ids=lambda path: path.stem)
def test_no_field_is_taken_for_one_of_the_hosts_optional_columns(path):
	"""Frappe 15 silently leaves a column out of a list if an optional one's name is a part of its name."""
	fields = {field["fieldname"] for field in json.loads(path.read_text())["fields"]}
	optional = ("_user_tags", "_comments", "_assign", "_liked_by", "_seen")
	assert not {name for name in fields if any(part in name for part in optional)}
