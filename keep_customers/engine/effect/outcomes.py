"""What came within some days of a customer's first assignment, and what had come within as many days before."""

from __future__ import annotations

import numpy as np

FAR = 10_000_000  # more days than there are


def first(rule, customer, day) -> np.ndarray:
	"""Where in the rows each customer was assigned to a rule first: by intention, whatever became of it later.

	:param rule: int, with customer and day one a row; of two rows of a day the first counts
	:returns: indices, by rule and customer
	"""
	order = np.lexsort((day, customer, rule))
	rule, customer = np.asarray(rule)[order], np.asarray(customer)[order]
	return order[(np.diff(rule, prepend=-1) != 0) | (np.diff(customer, prepend=-1) != 0)]


def within(who, since, days: int, customer, day, amount) -> tuple[np.ndarray, np.ndarray]:
	"""
	:param who: customers, with since the day of their first assignment; shape (n,)
	:param customer: of each event, with its day and amount; shape (m,)
	:returns: (sums of the ``days`` days after that day, sums of as many days up to it), shape (n,) each
	"""
	key = np.asarray(customer, np.int64) * FAR + day
	order = np.argsort(key, kind="stable")
	key, running = key[order], np.concatenate([[0.0], np.cumsum(np.asarray(amount, float)[order])])

	def until(last):
		return running[np.searchsorted(key, np.asarray(who, np.int64) * FAR + last, "right")]

	since = np.asarray(since, np.int64)
	return until(since + days) - until(since), until(since) - until(since - days)


def usual_most(amounts, share: float = 0.95) -> float:
	"""What all but the greatest amounts stay below: of who bought at all; an effect on averages is told of amounts up to it.

	:returns: money; inf where nobody bought
	"""
	amounts = np.asarray(amounts, float)
	bought = amounts[amounts > 0]
	return float(np.quantile(bought, share)) if bought.size else np.inf
