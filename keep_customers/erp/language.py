"""Languages: the site's, in which is written what is for everybody; and days as people of any language write them."""

from collections.abc import Iterator
from contextlib import contextmanager

import frappe
from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from frappe.utils import formatdate, getdate


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
