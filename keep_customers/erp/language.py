"""Languages: the site's, in which is written what is for everybody; and days and times as people of any language write them."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from zoneinfo import ZoneInfo

import frappe
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time, format_timedelta, get_datetime_format, get_timezone_location
from frappe import _
from frappe.utils import format_datetime, formatdate, get_datetime, get_system_timezone, getdate

SECONDS = re.compile(r"(\d:\d\d):\d\d")


def site_language() -> str:
	"""Its code, such as "en" or "zh-TW"."""
	return frappe.db.get_single_value("System Settings", "language") or "en"


def language_of(user: str | None) -> str:
	"""The one a user reads Desk in."""
	return (user and frappe.get_cached_value("User", user, "language")) or site_language()


@contextmanager
def speaking(language: str) -> Iterator[None]:
	"""Texts are written in this language meanwhile."""
	before = frappe.local.lang
	frappe.local.lang = language
	try:
		yield
	finally:
		frappe.local.lang = before


def language_of_the_site():
	"""What the night writes is read by everybody, whoever or whatever started it."""
	return speaking(site_language())


def counted(number: int, one: str, more: str, *words: object) -> str:
	"""A sentence with a number in it, as it is for one or for none and many.

	:param one: translated; may do without the place {0} of the number
	:param more: likewise, with it
	:param words: for the places from {1} on
	"""
	return (one if number == 1 else more).format(number, *words)


def day_in_words(day, language: str) -> str:
	"""A day as people write it in the message's language, not as the site shows it."""
	known = locale_of(language)
	return format_date(getdate(day), "long", locale=known) if known else formatdate(day)


def locale_of(language: str) -> Locale | None:
	"""How people of a language write days and times; None if it is not known."""
	try:
		return Locale.parse(language.replace("-", "_"))
	except (ValueError, UnknownLocaleError):
		return None


def moment_shown(moment) -> str:
	"""As the site shows it, without seconds: its usual format has them."""
	return SECONDS.sub(r"\1", format_datetime(moment))


def moment_in_words(moment, language: str) -> str:
	"""Day and time as people write them in a language; the clock is the site's, see :func:`with_clock`."""
	moment, locale = get_datetime(moment), _written_as(language)
	# Some put a comma between the two, some do not.
	return str(get_datetime_format("medium", locale=locale)).format(
		format_time(moment.time(), "short", locale=locale), format_date(moment, "full", locale)
	)


def span_in_words(start, end, language: str) -> str:
	"""From when to when; the day is not said twice.

	:param end: None if it is open
	"""
	words = moment_in_words(start, language)
	if not end:
		return words
	if get_datetime(start).date() != get_datetime(end).date():
		return f"{words} – {moment_in_words(end, language)}"
	return f"{words} – {time_in_words(end, language)}"


def time_in_words(moment, language: str) -> str:
	return format_time(get_datetime(moment).time(), "short", locale=_written_as(language))


def hours_in_words(hours: float, language: str) -> str:
	"""Such as "1 hour"; a day of working time is no day, so it is never more than hours."""
	unit = "hour" if hours == int(hours) else "minute"
	return format_timedelta(
		timedelta(hours=hours), granularity=unit, threshold=float("inf"), locale=_written_as(language)
	)


def moment_with_clock(moment, language: str) -> str:
	"""As :func:`moment_in_words`, for who may be somewhere else."""
	return with_clock(moment_in_words(moment, language), language)


def with_clock(words: str, language: str) -> str:
	"""Moments of the site, with whose time that is: by a place everybody knows, such as "(Berlin time)"; by the zone's name
	without one."""
	zone = ZoneInfo(get_system_timezone())
	place = get_timezone_location(zone, locale=_written_as(language), return_city=True)
	return _("{0} ({1} time)", language).format(words, place)


def _written_as(language: str) -> Locale:
	return locale_of(language) or Locale("en")
