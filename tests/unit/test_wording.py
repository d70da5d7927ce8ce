"""Messages render to clean text, whatever is known about a customer and whatever is not."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keep_customers.engine.wording import VARIABLES, BadTemplate, check, render, tidy

APP = Path(__file__).parents[2] / "keep_customers"
SHIPPED = json.loads((APP / "setup/defaults/care_message.json").read_text("utf-8"))
KINDS = next(
	field["options"].split("\n")
	for field in json.loads(
		(APP / "keep_customers/doctype/care_message/care_message.json").read_text("utf-8")
	)["fields"]
	if field["fieldname"] == "kind"
)
KNOWN = {
	"name": "Olga", "customer_name": "Firm Ltd", "first_name": "Olga", "last_name": "Kern", "person": "Olga Kern",
	"salutation": "Dr", "tier": "Gold", "last_purchase": "3 March 2026", "last_item": "Drill", "rep_name": "Anna",
	"company": "Tools", "occasion": "Easter", "years": 7, "amount": "€ 2,000", "event_theme": "Grill Night",
	"event_day": "5 May 2026", "event_time": "Tuesday, 5 May 2026, 6 pm", "event_place": "Riverside 1",
	"event_reply_until": "1 May 2026", "event_reply_link": "https://x.example/event-invitation?token=y",
	"event_feedback_link": "https://x.example/care-feedback?token=y",
}  # fmt: skip


def is_clean(text):
	for bad in (
		"None",
		"  ",
		" ,",
		" .",
		",,",
		", ,",
		"，，",
		"，。",
		"、、",
		"()",
		"（）",
		"{{",
		"{%",
		"\n\n\n",
		" \n",
	):
		assert bad not in text, (bad, text)
	assert text == text.strip() and text
	assert not re.search(r"^[,.，。：:、]|[,，、：:]$", text), text


@pytest.mark.parametrize("record", SHIPPED, ids=[record["title"] for record in SHIPPED])
@settings(max_examples=15, deadline=None)
@given(known=st.sets(st.sampled_from(VARIABLES)))
def test_every_shipped_message_is_clean_whatever_is_known(record, known):
	for field in ("subject", "message"):
		check(record[field])
		for values in ({}, dict.fromkeys(VARIABLES), KNOWN, {key: KNOWN[key] for key in known}):
			is_clean(render(record[field], values))


def test_every_kind_ships_in_every_language():
	for language in ("en", "zh", "zh-TW"):
		there = [record["kind"] for record in SHIPPED if record["language"] == language]
		assert set(there) == set(KINDS)
		assert there.count("Birthday") >= 3
	assert len({record["title"] for record in SHIPPED}) == len(SHIPPED)


@pytest.mark.parametrize(
	"language, alphabet, others",
	[("zh", "gb2312", "們謝樂歡買"), ("zh-TW", "big5", "们谢乐欢买")],
)
def test_each_chinese_is_written_in_its_own_characters(language, alphabet, others):
	for record in SHIPPED:
		if record["language"] == language:
			text = record["subject"] + record["message"]
			text.encode(alphabet)
			assert not set(text) & set(others)


@pytest.mark.parametrize(
	"template, unknown",
	[
		("Dear {{ nmae }}", ("nmae",)),
		("{{ frappe.db.get_value('User', 'x', 'name') }}", ("frappe",)),
		("{% for i in range(9) %}{{ i }}{% endfor %}", ("range",)),
		("Dear {{ name", ()),
		("{% if name %}Dear", ()),
		("{{ name | nofilter }}", ()),
		("{{ 1 / 0 }}", ()),
		("{{ name.__class__.__mro__ }}", ()),
		("{% include 'x' %}", ()),
	],
)
def test_what_would_not_render_is_refused(template, unknown):
	with pytest.raises(BadTemplate) as refused:
		check(template)
	assert refused.value.unknown == unknown and refused.value.detail


@pytest.mark.parametrize(
	"rough, clean",
	[
		("Dear ,\nhow are you ?", "Dear,\nhow are you?"),
		("，您好！", "您好！"),
		("a ,  , b", "a, b"),
		("Bonjour\u00a0!", "Bonjour\u00a0!"),
		("Yours\r\n\r\n\r\n\r\nAnna ", "Yours\n\nAnna"),
		("see you :)", "see you :)"),
		("谢谢 ，再见", "谢谢，再见"),
	],
)
def test_gaps_are_closed(rough, clean):
	assert tidy(rough) == clean


@given(st.text())
def test_tidying_twice_changes_nothing_more(text):
	assert tidy(tidy(text)) == tidy(text)
