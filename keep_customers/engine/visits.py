"""On which day of a journey one visit can be all that a customer is to be visited for."""

from collections.abc import Iterable
from datetime import date


def day_for(fixed: Iterable[date], until: Iterable[date], first: date, last: date) -> date | None:
	"""The latest day from ``first`` to ``last`` on which nothing of it is moved from its day, or comes too late.

	:param fixed: the days of what is for one day only, as a greeting is
	:param until: the last days of what makes no sense after them
	:returns: None if there is no such day
	"""
	days = set(fixed)
	if len(days) > 1:
		return None
	day = days.pop() if days else min([last, *until])
	return day if first <= day <= last and all(day <= one for one in until) else None
