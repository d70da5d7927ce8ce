"""Between which bounds an effect lies: looked at once, or every week; and how many more customers it takes.

All bounds of all weekly looks together hold with the stated confidence, so a claim may be made at whichever look; see ``looks``.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri, stdtrit

from keep_customers.engine.effect import looks

ALPHA = 0.05
# With fewer in the smaller arm, no average is close enough to a normal one for anybody to be told.
LEAST = 10
POWER = 0.8
MOST = 10_000_000  # customers; an effect that needs more will not be known


def once(error, freedom, alpha: float = ALPHA) -> np.ndarray:
	"""Half the width of an interval that is looked at once."""
	return -stdtrit(freedom, alpha / 2) * error


def any_time(error, freedom, errors) -> np.ndarray:
	"""Half the width of an interval that is looked at every week.

	:param errors: how many errors wide it is at this look, of :func:`looks.boundary`
	"""
	return _widened(np.asarray(errors, float), freedom) * error


def _widened(errors, freedom) -> np.ndarray:
	"""As many errors of a Student's t as are as rare as so many of a normal one."""
	return -stdtrit(freedom, np.maximum(ndtr(-errors), 1e-300))


def how_many_more(error, customers, weeks, worth_knowing, alpha: float = ALPHA) -> np.ndarray:
	"""Customers of both arms, in addition, until an effect as great as ``worth_knowing`` is seen four times in five, if as many
	come as have come in the weeks until now.

	:param weeks: since the first of them was counted, more than 0
	:returns: whole numbers as floats; nan where nothing is known of the spread, inf where it takes more than :data:`MOST`
	"""
	error, customers, weeks, worth = (
		np.asarray(one, float) for one in (error, customers, weeks, worth_knowing)
	)
	spread, already = error * np.sqrt(customers), np.maximum(customers, 1.0)

	def seen(number):
		errors = looks.steady(weeks * number / already, alpha)
		return (errors + ndtri(POWER)) * spread / np.sqrt(number) <= worth

	least, most = already, np.full(customers.shape, float(MOST))
	never = ~seen(most)
	for _step in range(50):
		middle = (least + most) / 2
		enough = seen(middle)
		least, most = np.where(enough, least, middle), np.where(enough, middle, most)
	more = np.where(seen(already), 0.0, np.ceil(most - customers))
	more = np.where(never, np.inf, more)
	return np.where(np.isfinite(spread) & (spread > 0) & (worth > 0), more, np.nan)
