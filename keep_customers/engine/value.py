"""Purchases to measures: how often, how regularly and for how much each customer bought.

A purchase occasion is a day on which a customer made at least one purchase (``worth/ledger.py`` says which invoices
are one). What is returned in part subtracts from the amounts and removes no occasion: the customer did come, and a
return must not make anybody's rhythm or average look better.
"""

from dataclasses import dataclass, fields

import numpy as np

NONE = 0  # the day that is no day
DAYS_PER_WEEK = 7.0  # the models' unit of time is the week


@dataclass(frozen=True)
class Purchases:
	"""One row per customer and day on which anything was invoiced.

	:param customer: int array, 0 … n-1
	:param day: int array, ordinal days
	:param net: float array, net amount of the day, returns subtracted
	:param occasion: bool array, whether the day is a purchase occasion
	"""

	customer: np.ndarray
	day: np.ndarray
	net: np.ndarray
	occasion: np.ndarray


def by_day(customer: np.ndarray, day: np.ndarray, net: np.ndarray, bought: np.ndarray) -> Purchases:
	"""Put what happened to one customer on one day together.

	:param bought: how many purchases a row adds to its day, or takes from it; a day with any left is an occasion
	"""
	later = np.diff(customer)
	if not ((later > 0) | ((later == 0) & (np.diff(day) >= 0))).all():
		order = np.lexsort((day, customer))
		customer, day, net, bought = customer[order], day[order], net[order], bought[order]
	starts = np.flatnonzero((np.diff(customer, prepend=-1) != 0) | (np.diff(day, prepend=-1) != 0))
	if not starts.size:
		return Purchases(customer, day, net, bought > 0)
	return Purchases(
		customer[starts],
		day[starts],
		np.add.reduceat(net, starts),
		np.add.reduceat(bought, starts) > 0,
	)


@dataclass(frozen=True)
class Measures:
	"""What is known of each customer's purchases; arrays of one length, one element a customer.

	Days are ordinals (0 = none), gaps are in days (0 = none), ``total`` is money.

	:param first: first purchase occasion
	:param last: latest purchase occasion
	:param purchases: number of purchase occasions
	:param median_gap: median of the days between one occasion and the next
	:param last_gap: days between the last occasion and the one before
	:param earlier_gap: like ``median_gap``, leaving out the last gap
	:param total: net amount of the whole history
	"""

	first: np.ndarray
	last: np.ndarray
	purchases: np.ndarray
	median_gap: np.ndarray
	last_gap: np.ndarray
	earlier_gap: np.ndarray
	total: np.ndarray

	@classmethod
	def empty(cls, size: int) -> "Measures":
		whole = {"first", "last", "purchases"}
		return cls(
			**{f.name: np.zeros(size, np.int64 if f.name in whole else np.float64) for f in fields(cls)}
		)

	def replace(self, where: np.ndarray, other: "Measures") -> None:
		"""Put ``other``'s elements at the indices ``where``, in place."""
		for field in fields(self):
			getattr(self, field.name)[where] = getattr(other, field.name)

	def take(self, at: np.ndarray) -> "Measures":
		"""The elements at the given indices, in their order."""
		return Measures(**{f.name: getattr(self, f.name)[at] for f in fields(self)})

	@property
	def mean_value(self) -> np.ndarray:
		"""Net amount per purchase occasion, never below zero; 0 for who never bought."""
		return np.maximum(self.total, 0) / np.maximum(self.purchases, 1)


def measure(rows: Purchases, customers: int) -> Measures:
	"""Measure every customer's purchases in one pass.

	:param rows: the customers' days, in any order; one row per customer and day
	:param customers: number of customers, n
	:returns: :class:`Measures` of n elements
	:raises ValueError: if a customer number is outside 0 … n-1
	"""
	customer = np.asarray(rows.customer, np.int64)
	if customer.size and not (0 <= customer.min() and customer.max() < customers):
		raise ValueError(f"customer numbers must lie between 0 and {customers - 1}")
	result = Measures.empty(customers)
	result.total[:] = np.bincount(customer, weights=np.asarray(rows.net, np.float64), minlength=customers)

	bought = np.asarray(rows.occasion, bool)
	customer, day = customer[bought], np.asarray(rows.day, np.int64)[bought]
	order = np.lexsort((day, customer))
	customer, day = customer[order], day[order]
	result.purchases[:] = np.bincount(customer, minlength=customers)
	starts = np.flatnonzero(np.diff(customer, prepend=-1))
	if not starts.size:
		return result
	ends = np.append(starts[1:], customer.size) - 1
	who = customer[starts]
	result.first[who] = day[starts]
	result.last[who] = day[ends]

	same = customer[1:] == customer[:-1]
	gap, owner = np.diff(day)[same].astype(np.float64), customer[1:][same]
	result.median_gap[:] = median_by(owner, gap, customers)
	is_last = np.append(owner[1:] != owner[:-1], True) if owner.size else np.zeros(0, bool)
	result.last_gap[owner[is_last]] = gap[is_last]
	result.earlier_gap[:] = median_by(owner[~is_last], gap[~is_last], customers)
	return result


def median_by(owner: np.ndarray, value: np.ndarray, size: int) -> np.ndarray:
	"""Median of ``value`` for each owner 0 … size-1; 0 where an owner has none."""
	result = np.zeros(size)
	count = np.bincount(owner, minlength=size)
	value = value[np.lexsort((value, owner))]
	start = np.concatenate(([0], np.cumsum(count)[:-1]))
	has = count > 0
	low = start[has] + (count[has] - 1) // 2
	high = start[has] + count[has] // 2
	result[has] = (value[low] + value[high]) / 2
	return result
