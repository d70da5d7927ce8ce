"""What is to be expected of a customer, as one sentence for who talks to it: a rep has no use for a probability."""

from datetime import date

from frappe import _
from frappe.utils import getdate

from keep_customers.erp.said import said

NEARLY_ALL = 0.955
WEEKS_FROM, MONTHS_FROM, YEARS_FROM = 14, 92, 730  # days; shorter ones are said in days, weeks, months


def sentence(value: dict, today: date | None = None) -> str:
	"""How often it buys, since when it has not, and what becomes of such customers.

	:param value: of Customer Value purchases, gap, last_purchase, forecast and buys_year (percent)
	:returns: in the reader's language; empty for who never bought
	"""
	if not value.get("last_purchase") or not value.get("purchases"):
		return ""
	since = max(((today or getdate()) - getdate(value.get("last_purchase"))).days, 0)
	known = _known(value.get("purchases"), value.get("gap") or 0, since)
	if not value.get("forecast"):
		return _("{0}.").format(known)
	both = _("{0}; {1}").format(known, _prospects((value.get("buys_year") or 0) / 100))
	return _("{0}.").format(both)


def _known(purchases: int, gap: float, since: int) -> str:
	if purchases == 1:
		return _("Bought once, today") if not since else _("Bought once, {0} ago").format(span(since))
	if since > gap:
		return _("Bought every {0}, silent for {1}").format(rhythm(gap), span(since))
	if not since:
		return _("Buys every {0}, last today").format(rhythm(gap))
	return _("Buys every {0}, last {1} ago").format(rhythm(gap), span(since))


def rhythm(days: float) -> str:
	"""A gap as people say it, after "every"."""
	return span(days) if round(days) > 1 else said("day", context="Every")


def span(days: float) -> str:
	"""A number of days as people say it."""
	days = round(days)
	if days <= 1:
		return said("a day")
	if days < WEEKS_FROM:
		return said("{0} days", days)
	if days < MONTHS_FROM:
		return said("{0} weeks", round(days / 7))
	if days < YEARS_FROM:
		return said("{0} months", round(days / 30.44))
	return said("{0} years", round(days / 365.25))


def _prospects(buys: float) -> str:
	come = buys >= 0.5
	return (
		_("{0} like this buy again within a year")
		if come
		else _("{0} like this do not come back within a year")
	).format(_chance(buys if come else 1 - buys))


def _chance(probability: float) -> str:
	if probability >= NEARLY_ALL:
		return _("nearly all")
	# As people say them without a calculator, from an even one up.
	in_words = {
		1 / 2: _("one of two"),
		2 / 3: _("two of three"),
		3 / 4: _("three of four"),
		4 / 5: _("four of five"),
		9 / 10: _("nine of ten"),
	}
	return in_words[min(in_words, key=lambda one: abs(one - probability))]
