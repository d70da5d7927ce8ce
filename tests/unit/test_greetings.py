"""What a greeting may not say, in English, Simplified and Traditional Chinese; and that nothing shipped says it."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keep_customers.engine.greetings import GREETINGS, WORDS, find_advertising, find_reproach

SHIPPED = json.loads(
	(Path(__file__).parents[2] / "keep_customers/setup/defaults/care_message.json").read_text("utf-8")
)


@pytest.mark.parametrize(
	"text, found",
	[
		("Big summer SALE!", "sale"),
		("Our  price\nlist is attached", "price list"),
		("全场SALE啦", "sale"),
		("Only $ 49.90 today", "$ 49.90"),
		("for 20 Euros", "20 euros"),
		("RMB 300 for you", "rmb 300"),
		("只要99元", "99元"),
		("省下一百元", "一百元"),
		("现在￥88", "¥88"),
		("20 % for you", "20 %"),
		("２０％ for you", "20%"),
		("ten 15 percent", "15 percent"),
		("全場打八折", "八折"),
		("See https://firm.example/new", "https://firm.example/new"),
		("see www.firm.example", "www.firm.example"),
		("visit our-firm.com soon", "our-firm.com"),
		("生日優惠等您", "優惠"),
		("新年特惠", "特惠"),
		("免费赠送", "免费"),
		("點擊連結", "連結"),
		("Look:\n- drills\n- saws\n", "- drills - saws"),
		("Look:\n1. drills\n2、saws", "1. drills 2、saws"),
		("{{ 'coupon' }}", "coupon"),
		("{% if name %}Voucher{% endif %}", "voucher"),
	],
)
def test_advertising_is_found_and_named(text, found):
	assert found in find_advertising(text)


@pytest.mark.parametrize(
	"text",
	[
		"Greetings from Salem, Mr Waterhouse",
		"A great deal of joy to you, wholesale and otherwise",
		"Salesia Promotora Offerman Dealey Couponia",
		"We thank you for 10 years together, since 2016.",
		"{% if years %}{{ years }} years{% endif %} on 3 March",
		"{% if years > 5 %}Already?{% endif %}",
		"一元复始，万象更新",
		"一元復始，萬象更新",
		"元旦快乐，元宵节快乐，骨折早日康复",
		"百折不挠，一路平安",
		"Well done.\nWarm wishes - Anna",
		"Dr. med. Weber",
	],
)
def test_what_is_no_advertising_passes(text):
	assert find_advertising(text) == []


@given(st.sampled_from(WORDS), st.sampled_from(["", "Dear {{ name }}, ", "祝您快乐，"]), st.booleans())
def test_every_word_is_found_wherever_it_stands(word, before, upper):
	text = f"{before}{word.upper() if upper else word}! {{{{ rep_name }}}}"
	found = find_advertising(text)
	assert any(one in word or word in one for one in found)


@given(
	st.sampled_from([word for word in WORDS if word.isascii()]),
	st.text("abcdefghijklmnopqrstuvwxyzäöüé", min_size=1, max_size=5),
	st.booleans(),
)
def test_a_word_inside_another_word_is_not_it(word, letters, behind):
	text = f"{word}{letters}" if behind else f"{letters}{word}"
	# Put together they may be another word of the list, such as sale and s.
	assert word not in find_advertising(text) or any(
		word in part for part in (*text.split(word, 1), *text.rsplit(word, 1)) if part
	)


@given(st.text())
def test_any_text_can_be_checked(text):
	assert isinstance(find_advertising(text, [text]), list) and isinstance(find_reproach(text), list)


def test_the_admins_own_words_are_found_too():
	assert find_advertising("Our Megadrill is here", ["megadrill", " ", ""]) == ["megadrill"]
	assert find_advertising("Our Megadrills are here", ["megadrill"]) == []
	assert find_advertising("欢迎了解超级电钻", ["超级电钻"]) == ["超级电钻"]
	assert find_advertising("anything", ["C++ (new)"]) == []


@pytest.mark.parametrize(
	"text",
	[
		"Is something wrong?",
		"Is there anything wrong?",
		"Did we do something to upset you?",
		"Why haven’t you called?",
		"We wonder why you stopped coming.",
		"Are you unhappy?",
		"You are not satisfied with us?",
		"What went wrong?",
		"Have you found somebody else?",
		"Have we offended you?",
		"是不是有什么不满？",
		"是不是有什麼不滿？",
		"我们哪里做得不好吗",
		"我們哪裡做得不好嗎",
		"为什么这么久没来？",
		"為什麼這麼久沒來？",
		"怎么好久都不联系了",
		"出了什么问题吗",
		"您對我們有什麼意見",
		"换了别家吗",
	],
)
def test_asking_what_is_wrong_is_found(text):
	assert find_reproach(text)


@pytest.mark.parametrize(
	"text",
	[
		"We have missed you, and hope that all is well.",
		"It would be lovely to hear from you.",
		"好久不见，愿您一切都好",
		"好久不見，盼著再見到您",
		"孩子不满一岁，祝他健康",
		"有没有空一起喝茶？",
	],
)
def test_saying_that_somebody_is_missed_is_no_reproach(text):
	assert not find_reproach(text)


@pytest.mark.parametrize("record", SHIPPED, ids=[record["title"] for record in SHIPPED])
def test_nothing_shipped_advertises_in_a_greeting(record):
	text = f"{record['subject']}\n{record['message']}"
	if record["kind"] in GREETINGS:
		assert find_advertising(text) == []
	if record["kind"] == "Long Unseen":
		assert find_reproach(text) == []
