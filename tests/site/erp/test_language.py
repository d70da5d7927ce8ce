"""Moments as people of a language write them."""

import frappe
import pytest
from frappe.utils import format_datetime

from keep_customers.erp.language import moment_in_words, moment_shown, moment_with_clock, span_in_words

START, END = "2026-12-10 09:13:00", "2026-12-10 12:30:00"


@pytest.mark.parametrize(
	("language", "words"),
	[
		("de", "Donnerstag, 10. Dezember 2026, 09:13"),
		("zh", "2026年12月10日星期四 09:13"),
		("zh-TW", "2026年12月10日 星期四 上午9:13"),
		("nowhere", "Thursday, December 10, 2026, 9:13\u202fAM"),
	],
)
def test_day_and_time_are_joined_as_a_language_does(language, words):
	assert moment_in_words(START, language).replace("AM", "AM") == words
	assert span_in_words(START, END, language).startswith(f"{words} – ")


def test_the_clock_is_named_in_the_languages_own_brackets(story):
	story.system_settings(time_zone="Europe/Berlin")
	assert moment_with_clock(START, "zh").endswith(" 09:13（柏林时间）")
	assert moment_with_clock(START, "de").endswith("09:13 (Berlin time)")


@pytest.mark.parametrize("time_format", ["HH:mm:ss", "HH:mm"])
def test_what_is_shown_has_no_seconds_whatever_the_sites_format(story, monkeypatch, time_format):
	monkeypatch.setattr(frappe.local, "user_time_format", time_format, raising=False)
	assert format_datetime("2026-12-10 09:13:58").endswith("58") == (time_format == "HH:mm:ss")
	assert moment_shown("2026-12-10 09:13:58") == format_datetime("2026-12-10 09:13:58").removesuffix(":58")
