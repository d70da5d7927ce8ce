"""A form finds what its scripts call: the host loads those of its own doctype only, and what another form has brought along
is there by chance."""

import re
from pathlib import Path

import pytest

from keep_customers import hooks

PACKAGE = Path(hooks.__file__).parent
DOCTYPES = PACKAGE / "keep_customers" / "doctype"
BUNDLE = PACKAGE / "public" / "js" / "keep_customers.bundle.js"
OWN = {path.stem.replace("_", " "): path for path in DOCTYPES.glob("*/*.js") if path.stem == path.parent.name}
OURS = {name.lower() for name in hooks.doctype_js} | set(OWN)

CALLED = re.compile(r"\bkeep_customers\.(\w+)(?=[.(])")
TAKEN_APART = re.compile(r"\{([^{}=]+)\} = keep_customers;")
GIVEN = re.compile(r"\bkeep_customers\.(\w+) \??\??= |frappe\.provide\(\"keep_customers\.(\w+)")
GIVEN_TOGETHER = re.compile(r"return \{ ([\w, ]+) \};")
NO_CALL = re.compile(r"^\s*//.*$|[\"`/]keep_customers\.[\w.]+", re.MULTILINE)  # what is called is the server
WORDS = "words.js"  # asks what there is of My Day and of contacts where there is some


def scripts_of(doctype: str) -> list[Path]:
	hooked = next((found for name, found in hooks.doctype_js.items() if name.lower() == doctype), [])
	hooked = [hooked] if isinstance(hooked, str) else hooked
	return [*filter(None, [OWN.get(doctype)]), *(PACKAGE / one for one in hooked)]


def given(text: str) -> set[str]:
	found = {one or other for one, other in GIVEN.findall(text)}
	if "Object.assign(\n\tkeep_customers," in text:
		found |= {one for names in GIVEN_TOGETHER.findall(text) for one in names.split(", ")}
	return found


def always_there() -> set[str]:
	whole = BUNDLE.read_text()
	parts = [BUNDLE.parent / f"{one}.js" for one in re.findall(r'^import "\./(.+)";', whole, re.MULTILINE)]
	return set().union(*(given(one.read_text()) for one in [BUNDLE, *parts]))


@pytest.mark.parametrize("doctype", sorted(OURS))
def test_a_form_brings_along_what_its_scripts_call(doctype):
	scripts = scripts_of(doctype)
	there = always_there().union(*(given(path.read_text()) for path in scripts))
	code = NO_CALL.sub("", "\n".join(path.read_text() for path in scripts if path.name != WORDS))
	called = set(CALLED.findall(code))
	called |= {one.strip() for names in TAKEN_APART.findall(code) for one in names.split(",")}
	assert called - there == set()


def test_this_test_sees_what_is_called():
	assert {"dialog", "prompt", "confirm", "offer_case"} <= always_there()
	assert "personal_data" in given((PACKAGE / hooks.PERSONAL_DATA).read_text())
