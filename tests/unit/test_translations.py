"""Every text a person sees is in each language's file, and nothing else is. Runs without Frappe.

The rule: a file has a line for every text of ours without a context, as the framework looks many of them up without
one: options in lists, descriptions and tabs on 15, filters. Where a text means something else in one place, a second line has the
doctype as its context. Words that Frappe and ERPNext translate themselves (``theirs.txt``) are left to them: a line of
ours without a context would change them on the whole site. Where their word means something else, ours has a context:
our tier Lead is not ERPNext's Lead.
"""

import ast
import csv
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from keep_customers.setup.custom_fields import custom_fields

APP = Path(__file__).parents[2] / "keep_customers"
THEIRS = Path(__file__).parent / "theirs.txt"
# Characters that cannot be written in it do not belong into the file.
CHARACTERS = {"zh": "gb2312", "zh-TW": "big5"}
LANGUAGES = tuple(CHARACTERS)
ALLOWED = str.maketrans("", "", "–…")

# A text and its context, which is empty where the framework asks for none.
Message = tuple[str, str]


def python_messages(path: Path) -> Iterator[Message]:
	"""Constants in ``_("…")``, the engine's errors that an admin gets to read, and the stages of a night."""
	for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
		if isinstance(node, ast.Call) and node.args:
			name = getattr(node.func, "id", getattr(node.func, "attr", ""))
			first = node.args[0]
			if name in ("_", "_lt", "said", "FitError"):
				assert not isinstance(first, ast.JoinedStr | ast.BinOp), (
					f"{path.name}:{node.lineno}: a glued text cannot be translated"
				)
				if isinstance(first, ast.Constant):
					contexts = (word.value for word in node.keywords if word.arg == "context")
					yield first.value, next((c.value for c in contexts if isinstance(c, ast.Constant)), "")
		elif isinstance(node, ast.ClassDef) and node.name == "Cuts":
			for inner in ast.walk(node):
				if isinstance(inner, ast.Raise):
					yield ast.literal_eval(inner.exc.args[0]), ""
		elif isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "STAGES":
			yield from ((stage, "Care Run") for stage in ast.literal_eval(node.value))


# Pages are Jinja, where it is ``_("…")``.
CALL = re.compile(r"""\b__?\(\s*(?P<quote>["'`])(?P<text>(?:(?!(?P=quote)).)*)(?P=quote)""", re.S)
CONTEXT = re.compile(r"""\s*,\s*(?:null|\[[^]]*\])\s*,\s*"([^"]*)\"""")


def script_messages(path: Path) -> Iterator[Message]:
	"""Constants in ``__("…")``."""
	script = path.read_text(encoding="utf-8")
	for call in CALL.finditer(script):
		assert call["quote"] != "`", f"{path.name}: a template string cannot be translated: {call['text']}"
		context = CONTEXT.match(script, call.end())
		yield call["text"], context[1] if context else ""


def field_messages(field: dict, doctype: str) -> Iterator[Message]:
	texts = [field.get("label"), field.get("description"), field.get("placeholder")]
	if field["fieldtype"] == "Select":
		texts += field.get("options", "").split("\n")
	elif field["fieldtype"] == "HTML":
		texts.append(field.get("options"))
	yield from ((text, doctype) for text in texts)


def doctype_messages(doctype: dict) -> Iterator[Message]:
	name = doctype["name"]
	yield name, ""
	yield doctype.get("description"), name
	for field in doctype["fields"]:
		yield from field_messages(field, name)
	yield from ((link.get("group"), "") for link in doctype.get("links", []))
	yield from ((permission["role"], "") for permission in doctype.get("permissions", []))


def workspace_messages(workspace: dict) -> Iterator[Message]:
	yield workspace["title"], ""
	for part in ("charts", "number_cards", "links", "shortcuts"):
		for row in workspace[part]:
			yield from ((row.get(field), "") for field in ("label", "description", "format"))
	for block in json.loads(workspace["content"]):
		if block["type"] in ("header", "paragraph"):
			# The framework translates what stands between the tags.
			yield re.sub(r"<[^>]*>", "", block["data"]["text"]), ""


def shipped_messages(record: dict) -> Iterator[Message]:
	"""The texts of a record that is written in the site's language when the app is installed."""
	kind = record["doctype"]
	folder = kind.lower().replace(" ", "_")
	doctype = json.loads((APP / "keep_customers" / "doctype" / folder / f"{folder}.json").read_text("utf-8"))
	texts = {
		field["fieldname"] for field in doctype["fields"] if field["fieldtype"] in ("Data", "Small Text")
	}
	yield from ((record.get(field), kind) for field in ("name", *sorted(texts)))


NAMED = (
	"label", "chart_name", "report_name", "role_name", "title", "subject", "introduction_text", "success_message",
	"subtitle", "action_label", "report_description",
)  # fmt: skip


def record_messages(path: Path) -> Iterator[Message]:
	records = json.loads(path.read_text(encoding="utf-8"))
	for record in records if isinstance(records, list) else [records]:
		if path.name in ("care_message.json", "standard_answer.json") and "defaults" in path.parts:
			continue  # comes in all languages, not in the site's
		if "defaults" in path.parts:
			yield from shipped_messages(record)
		elif record.get("doctype") == "DocType":
			yield from doctype_messages(record)
		elif record.get("doctype") == "Workspace":
			yield from workspace_messages(record)
		else:
			described = ("description",) if record.get("doctype") == "Onboarding Step" else ()
			yield from ((record.get(field), "") for field in (*NAMED, *described))
			for row in (*record.get("columns", []), *record.get("filters", [])):
				yield row.get("label"), ""


def extract() -> set[Message]:
	found: list[Message] = []
	for doctype, fields in custom_fields().items():
		for field in fields:
			found += field_messages(field, doctype)
	for path in sorted(path for path in APP.rglob("*") if "dist" not in path.parts):
		if path.suffix == ".py":
			found += python_messages(path)
		elif path.suffix in (".js", ".html"):
			found += script_messages(path)
		elif path.suffix == ".json":
			found += record_messages(path)
	# With what puts parts of a sentence together, whose marks are others in Chinese.
	return {
		(text, context)
		for text, context in found
		if text and re.search("[a-zA-Z]{2}|^\\{0\\}[;,.]( \\{1\\})?$", text)
	}


def lines(language: str) -> list[tuple[str, str, str]]:
	"""Text, translation, context."""
	with (APP / "translations" / f"{language}.csv").open(encoding="utf-8", newline="") as file:
		return [tuple(row) for row in csv.reader(file)]


def theirs(language: str) -> set[str]:
	"""The words left to Frappe and ERPNext; those after the heading [zh] only in that language."""
	words: set[str] = set()
	wanted = True
	for line in THEIRS.read_text(encoding="utf-8").splitlines():
		if heading := re.fullmatch(r"\[(.*)\]", line):
			wanted = heading[1] == language
		elif line and not line.startswith("#") and wanted:
			words.add(line)
	return words


def placeholders(text: str) -> Counter:
	return Counter(re.findall(r"{[^}]*}|%s|%\([^)]*\)s|<[^>]*>", text))


MESSAGES = extract()


def test_finds_texts_of_every_kind():
	assert {
		("Customer File", ""),
		("Backup Rep", "Customer File"),
		("1 is the best tier.", "Customer Tier"),
		("Agreed Another Time", "Customer Touch"),
		("Tier Overview", ""),
		("Late Follow-Ups", ""),
		("Customers by Stage", ""),
		("Keep Customers Manager", ""),
		("Customer File Completeness", "Customer"),
		("When is the next step due?", ""),
		("Cuts", "Tier Policy"),
		("What came of it?", ""),
		("By", "Customers By"),
		("Everything", ""),
		("Season's greetings.", "Customer Tier"),
		("Modelled", "Care Run"),
		("The fit found no way down. Use the last good parameters or the prior.", ""),
		("Shares must lie between 0 % and 100 %.", ""),
	} <= MESSAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language):
	there = {text for text, _translation, context in lines(language) if not context}
	missing = {text for text, _context in MESSAGES} - theirs(language) - there
	assert not missing, f"{len(missing)} texts are missing in {language}.csv: {sorted(missing)}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_line_has_its_text(language):
	texts = {text for text, _context in MESSAGES}
	gone = [
		(text, context)
		for text, _translation, context in lines(language)
		if not ((text, context) in MESSAGES if context else text in texts)
	]
	assert not gone, f"The app no longer has these texts of {language}.csv: {gone}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_changes_words_of_frappe_or_erpnext(language):
	ours = {text for text, _translation, context in lines(language) if not context}
	assert not ours & theirs(language), "give the line its doctype as context, or remove it"
	assert not theirs(language) - {text for text, _context in MESSAGES}, "the app no longer uses these words"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_translation_is_well_formed(language):
	seen = set()
	for text, translation, context in lines(language):
		assert (text, context) not in seen, f"{text!r} is there twice"
		seen.add((text, context))
		assert translation and translation == translation.strip() and text == text.strip(), text
		assert placeholders(translation) == placeholders(text), f"{text!r}: {translation!r}"
		translation.translate(ALLOWED).encode(CHARACTERS[language])
