"""Messages render to clean text, whatever is known about a customer and whatever is not."""

import json
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keep_customers.engine.wording import (
	ANSWER_VARIABLES,
	FILTERS,
	LONGEST_RESULT,
	LONGEST_SOURCE,
	VARIABLES,
	BadTemplate,
	check,
	render,
	tidy,
)

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
	"purchase_feedback_link": "https://x.example/care-feedback?token=z", "coupon": "1A2B3C4D5E", "coupon_discount": "5",
	"coupon_until": "14 May 2026",
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


def test_a_reorder_names_the_coupon_in_every_language():
	for record in SHIPPED:
		if record["kind"] == "Reorder":
			text = tidy(render(record["message"], KNOWN))
			assert all(KNOWN[name] in text for name in ("coupon", "coupon_discount", "coupon_until")), text


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
		("{% if name %}{{ name + 1 }}{% endif %}", ()),  # goes wrong only for those who have a name
	],
)
def test_what_would_not_render_is_refused(template, unknown):
	with pytest.raises(BadTemplate) as refused:
		check(template)
	assert refused.value.unknown == unknown and refused.value.detail


ENDLESS = [
	"{{ 'x' * 10**9 }}",
	"{{ 10 ** 10 ** 9 }}",
	"{{ name * 999999999 }}",
	"{% if 'x' * 10**9 == name %}{% endif %}",
	"{{ '%9999999999s' % name }}",
	"{{ '{:>9999999999}'.format(name) }}",
	"{{ name.ljust(10**9) }}",
	"{{ name['ljust'](10**9) }}",
	"{{ name | center(999999999) }}",
	"{{ name | indent(999999999) }}",
	"{{ name | wordwrap(1) }}",
	"{{ name | format(1) }}",
	"{{ name | attr('ljust') }}",
	"{{ name | batch(999999999) | list }}",
	"{{ ['x'] * 999999999 }}",
	"{{ range(10**9) | list }}",
	"{{ name | replace('', '" + "x" * 4000 + "') | replace('x', '" + "y" * 4000 + "') }}",
	"{{ 'a'" + " | replace('a', 'aaaaaaaaaa')" * 40 + " }}",
	"{% for a in name %}{% for b in name %}{{ a ~ b }}{% endfor %}{% endfor %}",
	"{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
	"{% set a = 'x' %}{{ a }}",
	"{% filter upper %}x{% endfilter %}",
	"{{ " + "(" * 4000 + "1" + ")" * 4000 + " }}",
	"{% if name %}" * 90 + "{% endif %}" * 90,
	"{{ " + "not " * 3000 + "name }}",
	"{{ " + "9" * 5000 + " }}",
	"{{ name" + "[0]" * 3000 + " }}",
	"x" * (LONGEST_SOURCE + 1),
	"{{ '\\ud800' }}",
]


@pytest.mark.parametrize("template", ENDLESS, ids=[f"{template[:40]}" for template in ENDLESS])
def test_what_would_take_for_ever_is_refused_at_once(template):
	start = time.process_time()
	with pytest.raises(BadTemplate) as refused:
		check(template)
	# Stored past its check it is refused in the same way.
	with pytest.raises(BadTemplate):
		render(template, KNOWN)
	assert refused.value.detail and time.process_time() - start < 1


@pytest.mark.parametrize(
	"template, text",
	[
		("Dear {{ name | default('friend', true) }}", "Dear Olga"),
		("{{ name if tier in ('Gold', 'Platinum') else person }}", "Olga"),
		("{% if years | int >= 5 and not amount is undefined %}{{ years | int + 1 }}{% endif %}", "8"),
		("{{ last_name | upper ~ ' & ' ~ first_name[:1] }}.", "KERN & O."),
		("{{ last_item | replace('Dr', 'dr') | truncate(20) }}{# a note #}", "drill"),
		("{% raw %}{{ name }}{% endraw %}", "{{ name }}"),
		("{%- if name %} a {%- elif tier %} b {%- else %} c {%- endif %}", "a"),
	],
)
def test_what_a_message_may_do(template, text):
	check(template)
	assert render(template, KNOWN) == text


def test_a_name_as_long_as_a_book_is_no_reason_to_print_one():
	check("{{ name }}" * 900)
	with pytest.raises(BadTemplate) as refused:
		render("{{ name }}" * 900, {"name": "O" * 140})
	assert refused.value.why == "too long"


PIECES = st.sampled_from(
	[
		"{{ ", " }}", "{% if ", " %}", "{% elif ", "{% else %}", "{% endif %}", "{% for a in ", "{% endfor %}", "{% set a = ",
		"{% macro m() %}", "{% endmacro %}", "{% raw %}", "{% endraw %}", "{#", "#}", "{%- ", " -%}", "name", "tier", "'x'",
		"'%99999999d'", "9", "999999999", " * ", " ** ", " % ", " + ", " ~ ", " - ", " / ", "(", ")", "[", "]", "[:9]", ".",
		"ljust", "format", ", ", " in ", " not ", " and ", " is defined", " is ", " if ", " else ", "range(", "\n", " ", "İß",
		"\\ud800", "\x00", "，", ";", "__class__", *(f" | {name}" for name in FILTERS), " | replace('', 'xxxxxxxxx')", " | center",
	]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(
	template=st.one_of(
		st.lists(PIECES, max_size=60).map("".join),
		st.tuples(PIECES, st.integers(1, 3000)).map(lambda pair: pair[0] * pair[1]),
		st.tuples(PIECES, PIECES, st.integers(1, 900)).map(
			lambda of: "{{ name" + (of[0] + of[1]) * of[2] + " }}"
		),
		st.text(),
	),
	values=st.dictionaries(st.sampled_from(VARIABLES), st.text(max_size=200)),
)
def test_any_text_is_refused_or_renders_within_bounds_and_soon(template, values):
	start = time.process_time()
	for attempt in (lambda: check(template), lambda: render(template, values)):
		try:
			text = attempt()
		except BadTemplate as refused:
			assert isinstance(refused.detail, str)
		else:
			assert len(text or "") <= LONGEST_RESULT
	assert time.process_time() - start < 2


def test_every_answer_ships_within_the_rules():
	for record in json.loads((APP / "setup/defaults/standard_answer.json").read_text("utf-8")):
		check(record["text"], ANSWER_VARIABLES)


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
		("\u0085, yours\u2028\u3000,Anna\u00a0", "yours\nAnna"),
	],
)
def test_gaps_are_closed(rough, clean):
	assert tidy(rough) == clean


@given(st.text() | st.text(alphabet=" ,，、;；:：.!?。！？-)(D\n\r\t\x0b\x1f\u0085\u00a0\u2028\u3000a"))
def test_tidying_twice_changes_nothing_more(text):
	assert tidy(tidy(text)) == tidy(text)
