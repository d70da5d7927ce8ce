"""Between which bounds an effect lies: looked at once, or whenever one likes; and how many more customers it takes.

The bounds for looking at any time are an asymptotic confidence sequence, the normal mixture of Waudby-Smith, Arbour, Sinha,
Kennedy and Ramdas (2024), Annals of Statistics 52, 2613-2640, theorem 2.2, used for arms drawn at random as in their
section 3. All bounds of all looks together hold with the stated confidence, so a claim may be made at whichever look.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri, stdtrit

ALPHA = 0.05
# The bounds for any time are the narrowest at this number of customers; between 100 and 10,000 it matters little.
TIGHTEST = 300
# With fewer in the smaller arm, no average is close enough to a normal one for anybody to be told.
LEAST = 10
POWER = 0.8
MOST = 10_000_000  # customers; an effect that needs more will not be known


def once(error, freedom, alpha: float = ALPHA) -> np.ndarray:
	"""Half the width of an interval that is looked at once."""
	return -stdtrit(freedom, alpha / 2) * error


def any_time(error, freedom, customers, alpha: float = ALPHA) -> np.ndarray:
	"""Half the width of an interval that may be looked at after every customer.

	:param customers: of both arms, that the error comes from
	"""
	return _widened(boundary(customers, alpha), freedom) * error


def boundary(customers, alpha: float = ALPHA) -> np.ndarray:
	"""How many standard errors the bounds for any time are away."""
	known = np.maximum(np.asarray(customers, float), 1) * _rho_squared(alpha)
	return np.sqrt(2 * (known + 1) / known * np.log(np.sqrt(known + 1) / alpha))


def _rho_squared(alpha: float) -> float:
	logarithm = -2 * np.log(alpha)
	return (logarithm + np.log(logarithm + 1)) / TIGHTEST


def _widened(errors, freedom) -> np.ndarray:
	"""As many errors of a Student's t as are as rare as so many of a normal one."""
	return -stdtrit(freedom, np.maximum(ndtr(-errors), 1e-300))


def how_many_more(error, customers, worth_knowing, alpha: float = ALPHA) -> np.ndarray:
	"""Customers of both arms, in addition, until an effect as great as ``worth_knowing`` is seen four times in five.

	:returns: whole numbers as floats; nan where nothing is known of the spread, inf where it takes more than :data:`MOST`
	"""
	error, customers, worth = (np.asarray(one, float) for one in (error, customers, worth_knowing))
	spread = error * np.sqrt(customers)

	def seen(number):
		return (boundary(number, alpha) + ndtri(POWER)) * spread / np.sqrt(number) <= worth

	least, most = np.maximum(customers, 1.0), np.full(customers.shape, float(MOST))
	never = ~seen(most)
	for _step in range(50):
		middle = (least + most) / 2
		enough = seen(middle)
		least, most = np.where(enough, least, middle), np.where(enough, middle, most)
	more = np.where(seen(np.maximum(customers, 1.0)), 0.0, np.ceil(most - customers))
	more = np.where(never, np.inf, more)
	return np.where(np.isfinite(spread) & (spread > 0) & (worth > 0), more, np.nan)
