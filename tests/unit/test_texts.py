"""Texts that no database and no mail can hold are made such as can be held."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keep_customers.erp.texts import as_storable, harmless, storable


@given(st.text(st.characters(exclude_categories=())))
def test_every_text_can_be_stored(text):
	held = storable(text)
	held.encode()
	assert "\x00" not in held
	assert storable(held) == held


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00")))
def test_what_can_be_stored_stays(text):
	assert storable(text) == text


def test_all_that_json_can_say():
	assert as_storable({"a\ud800": ["x\x00", 1, None, {"b": "\udfff"}]}) == {
		"a\ufffd": ["x", 1, None, {"b": "\ufffd"}]
	}
	deep = inner = []
	for _level in range(60):
		inner.append([])
		inner = inner[0]
	with pytest.raises(TypeError):
		as_storable(deep)


@pytest.mark.parametrize(
	"text",
	(
		"<img src=x onerror=alert(1)>", '["<img src=x onerror=alert(1)>"]', '"><svg onload=alert(1)>', "<p onclick = alert(1)>x</p>",
		"<script>alert(1)</script>", '{"a": "<iframe src=javascript:alert(1)>"}', "<a href='javascript:alert(1)'>x</a>",
	),
)  # fmt: skip
def test_a_script_does_not_stay(text):
	held = harmless(text).lower()
	assert not any(
		one in held for one in ("onerror", "onload", "onclick", "<script", "<iframe", "javascript:")
	)


@pytest.mark.parametrize(
	"text",
	(
		"a < b",
		"I <3 you",
		"<p>The <b>blue</b> one.<br>And <a href='https://x.example'>this</a></p>",
		"[1] < 2",
		"Bosch & Söhne",
	),
)
def test_what_only_looks_like_one_does(text):
	assert harmless(text) == text
