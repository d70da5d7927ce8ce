"""What a customer buys by item group: rhythm, share of the basket, and whether a group slips away.

A group slips away from us when it was bought regularly and stopped, while the customer still buys other things. All is
said in days, so that who asks only compares with today and nothing has to be worked out anew because a day has passed.

A customer's rhythm is taken from its own purchases alone. It does not lean on others' as the rhythm of all purchases does
(``lifecycle.own_gap``): no alarm comes from so few purchases that it had to, and what is stored of one customer never
changes because others have bought. Against false alarms stand instead the longest pause it came back from, and its
visits: who was away altogether has not stopped buying one thing.
"""

from dataclasses import dataclass

import numpy as np

from keep_customers.engine.value import NONE, median_by

NO_GROUP = -1
YEAR = 365  # days
_DAYS = 2**22  # more than there are ordinal days


@dataclass(frozen=True)
class Habit:
	"""What counts as bought regularly, as stopped, and as given up; gaps are multiples of the customer's own in this group.

	:param least: purchases without which there is no habit
	:param span: days between the first purchase and the latest, at least: a season is no habit
	:param spread: how far gaps usually are from the median one, at most, as a part of it; 0.69 would be pure chance
	:param recent: the rhythm is that of so many latest gaps
	:param memory: days in which a pause it came back from is no alarm the next time
	"""

	least: int = 4
	span: int = 84
	spread: float = 0.5
	recent: int = 12
	memory: int = 2 * YEAR + 1
	overdue_gaps: float = 2.0
	overdue_pauses: float = 1.25
	overdue_days: int = 14  # after the expected day, at least
	visits: int = 2  # purchases of other things since
	given_up_gaps: float = 4.0
	given_up_days: int = YEAR


@dataclass(frozen=True)
class Lines:
	"""What was bought: rows of one customer, item group and day, several of the same day add up.

	:param customer: int array, 0 … n-1
	:param group: int array, 0 … or :data:`NO_GROUP`
	:param day: int array, ordinal days
	:param net: float array, money, returns subtracted
	:param bought: number array, how many purchases
	"""

	customer: np.ndarray
	group: np.ndarray
	day: np.ndarray
	net: np.ndarray
	bought: np.ndarray


@dataclass(frozen=True)
class Baskets:
	"""One element a customer and item group it has bought, by customer and group. Days are ordinals, 0 = none.

	:param purchases: days on which it was bought
	:param gap: the usual days from one to the next, 0 while there is one purchase only
	:param expected: when it would be bought again
	:param regular: whether it was bought regularly
	:param overdue: from when on it is overdue, of what is regular
	:param slipping: from when on it counts as slipping away; purchases after the latest one of the group are in it
	:param given_up: from when on nobody waits for it any more, of what is regular
	:param amount: money, the twelve months up to the latest purchase of the group
	:param share: of all the customer bought in these twelve months, 0 … 1. Of the last twelve months it would shrink
		while the group is missed, until nothing seemed lost
	"""

	customer: np.ndarray
	group: np.ndarray
	purchases: np.ndarray
	first: np.ndarray
	last: np.ndarray
	gap: np.ndarray
	expected: np.ndarray
	regular: np.ndarray
	overdue: np.ndarray
	slipping: np.ndarray
	given_up: np.ndarray
	amount: np.ndarray
	share: np.ndarray


def slips_away(baskets: Baskets, today: int) -> np.ndarray:
	"""Which groups slip away on a day, of what was known by then; bool array."""
	return (baskets.slipping > NONE) & (baskets.slipping <= today) & (today < baskets.given_up)


def measure(lines: Lines, habit: Habit = Habit()) -> Baskets:
	"""Measure each customer's item groups, in one pass over the lines in any order."""
	customer, group, day, net, bought = _added_up(lines)
	# Of a group that was never bought, as a debit note alone leaves it, there is no rhythm.
	one = (np.diff(customer, prepend=-1) != 0) | (np.diff(group, prepend=-2) != 0)
	pair = np.cumsum(one) - 1
	bought_ever = np.bincount(pair[bought], minlength=one.sum()) > 0
	keep = bought_ever & (group[one] != NO_GROUP) if pair.size else np.zeros(0, bool)
	number = np.cumsum(keep) - 1
	size = int(keep.sum())
	who, what = customer[one][keep], group[one][keep]
	inside = keep[pair] if pair.size else keep
	at = inside & bought
	purchases, first, last, gap, spread, pause = _rhythm(number[pair[at]], day[at], size, habit)

	regular = (
		(purchases >= habit.least) & (last - first >= habit.span) & (spread <= habit.spread * gap) & (gap > 0)
	)
	expected = np.where(gap > 0, last + np.rint(gap).astype(np.int64), NONE)
	late = np.maximum.reduce(
		[habit.overdue_gaps * gap, habit.overdue_pauses * pause, gap + habit.overdue_days]
	)
	overdue = np.where(regular, last + np.ceil(late).astype(np.int64), NONE)
	given_up = last + np.ceil(habit.given_up_gaps * gap).astype(np.int64) + habit.given_up_days
	given_up = np.where(regular, given_up, NONE)
	missed = _missed(who, last, expected, customer[bought], day[bought], habit.visits)
	slipping = np.where(regular & (missed > NONE), np.maximum(overdue, missed), NONE)

	amount = _of_year(number[pair[inside]], day[inside], net[inside], np.arange(size), last)
	whole = _of_year(customer, day, net, who, last)
	amount = np.maximum(np.round(amount, 6), 0.0)
	share = np.divide(amount, whole, out=np.zeros(size), where=whole > 0)
	return Baskets(
		customer=who,
		group=what,
		purchases=purchases,
		first=first,
		last=last,
		gap=gap,
		expected=expected,
		regular=regular,
		overdue=overdue,
		# One that would begin only when nobody waits any more never does.
		slipping=np.where(slipping < given_up, slipping, NONE),
		given_up=given_up,
		amount=amount,
		share=np.minimum(share, 1.0),
	)


def _added_up(lines: Lines) -> tuple[np.ndarray, ...]:
	"""Customer, group, day, money and whether anything was bought: one row each, in this order."""
	customer, group, day = (np.asarray(part, np.int64) for part in (lines.customer, lines.group, lines.day))
	order = np.lexsort((day, group, customer))
	customer, group, day = customer[order], group[order], day[order]
	new = np.ones(customer.size, bool)
	new[1:] = (np.diff(customer) != 0) | (np.diff(group) != 0) | (np.diff(day) != 0)
	starts = np.flatnonzero(new)
	if not starts.size:
		return customer, group, day, np.zeros(0), np.zeros(0, bool)
	net = np.add.reduceat(np.asarray(lines.net, np.float64)[order], starts)
	bought = np.add.reduceat(np.asarray(lines.bought, np.float64)[order], starts) > 0
	return customer[starts], group[starts], day[starts], net, bought


def _rhythm(pair: np.ndarray, day: np.ndarray, size: int, habit: Habit) -> tuple[np.ndarray, ...]:
	"""Of the days of each pair, in order: their number, the first and last, the usual gap, how far gaps are from it in the
	median, and the longest gap within memory."""
	purchases = np.bincount(pair, minlength=size)
	ends = np.cumsum(purchases) - 1
	first, last = day[ends - purchases + 1], day[ends]
	same = pair[1:] == pair[:-1]
	gap, owner, at = np.diff(day)[same].astype(np.float64), pair[1:][same], np.flatnonzero(same) + 1
	pause = np.zeros(size)
	remembered = day[at] > last[owner] - habit.memory
	np.maximum.at(pause, owner[remembered], gap[remembered])
	recent = at > ends[owner] - habit.recent
	gap, owner = gap[recent], owner[recent]
	usual = median_by(owner, gap, size)
	spread = median_by(owner, np.abs(gap - usual[owner]), size)
	return purchases, first, last, usual, spread, pause


def _missed(who, last, expected, customer, day, visits: int) -> np.ndarray:
	"""The day by which the customer has bought so many times since ``last``, at least once of them after ``expected``.

	Whatever is bought after the last purchase of a group is something else.
	"""
	# One row a customer and day, whatever was bought.
	moments = np.unique(customer * _DAYS + day)
	reached = np.searchsorted(moments, who * _DAYS + last, "right") + visits - 1
	after = np.searchsorted(moments, who * _DAYS + expected, "right")
	at = np.maximum(reached, after)
	there = at < moments.size
	at = np.where(there, at, 0)
	found = moments[at] if moments.size else np.zeros(at.size, np.int64)
	return np.where(there & (found // _DAYS == who) & (expected > NONE), found % _DAYS, NONE)


def _of_year(owner, day, net, who, until) -> np.ndarray:
	"""Each ``who``'s money of the year that ends with the day ``until``."""
	order = np.lexsort((day, owner))
	moments = (owner * _DAYS + day)[order]
	sums = np.concatenate(([0.0], np.cumsum(net[order])))
	begin = np.searchsorted(moments, who * _DAYS + until - YEAR, "right")
	end = np.searchsorted(moments, who * _DAYS + until, "right")
	return sums[end] - sums[begin]
