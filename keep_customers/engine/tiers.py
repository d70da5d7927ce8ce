"""Tiers on two axes: who brings much now, and who could bring much.

Within one population of N ranked customers the top share by current value is *high*. Of these the ones
with the greatest potential, a share of N, are in the top tier and the others in the high tier. Of the
rest, the lowest share of N by potential are in the low tier and the others in the broad tier. A customer
whose current value is not above zero is never high, however few others there are.
"""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

TOP, HIGH, BROAD, LOW = range(4)
NOT_RANKED = -1


@dataclass(frozen=True)
class Cuts:
	"""Shares of the population, between 0 and 1.

	:param high: by current value, top and high tier together
	:param top: of all customers, the top tier
	:param low: of all customers, the low tier
	:param keep: how far outside its cut a customer may stand and still keep its tier
	:raises ValueError: if the shares contradict each other
	"""

	high: float = 0.20
	top: float = 0.05
	low: float = 0.20
	keep: float = 0.01

	def __post_init__(self):
		if not all(0 <= share <= 1 for share in (self.high, self.top, self.low, self.keep)):
			raise ValueError("Shares must lie between 0 % and 100 %.")
		if self.top > self.high:
			raise ValueError("The top tier cannot be larger than all the high-value customers together.")
		if self.high + self.low > 1:
			raise ValueError("The high-value customers and the lowest tier together cannot exceed 100 %.")

	def widened(self) -> "Cuts":
		"""The cuts a customer must fall outside of before losing its tier."""
		high = min(self.high + self.keep, 1.0)
		low = min(max(self.low - self.keep, 0.0), 1.0 - high)
		return replace(self, high=high, top=min(self.top + self.keep, high), low=low)


@dataclass(frozen=True)
class Ranking:
	"""The tier each customer's figures ask for, and the figures at the cuts (``nan``: nobody there).

	:param tier: int array, :data:`TOP` … :data:`LOW`
	:param high_cut: lowest current value that is still high
	:param top_cut: lowest potential in the top tier
	:param low_cut: greatest potential in the low tier
	"""

	tier: np.ndarray
	high_cut: float
	top_cut: float
	low_cut: float


def rank(current: np.ndarray, potential: np.ndarray, cuts: Cuts) -> Ranking:
	"""Assign every customer of one population exactly one tier.

	:param current: money, shape (n,); customers in the order of their names, which decides ties
	:param potential: money, shape (n,)
	:returns: :class:`Ranking`
	"""
	current, potential = np.asarray(current, np.float64), np.asarray(potential, np.float64)
	if current.shape != potential.shape or current.ndim != 1:
		raise ValueError("current and potential must be two one-dimensional arrays of one length")
	if not (np.isfinite(current).all() and np.isfinite(potential).all()):
		raise ValueError("current and potential must be finite numbers")
	size = current.size
	tier = np.full(size, BROAD)

	by_current = np.lexsort((np.arange(size), -potential, -current))
	high = by_current[: _share(size, cuts.high)]
	high = high[current[high] > 0]
	high_by_potential = high[np.lexsort((high, -current[high], -potential[high]))]
	top = high_by_potential[: _share(size, cuts.top)]
	tier[high] = HIGH
	tier[top] = TOP

	rest = np.flatnonzero(tier == BROAD)
	by_potential = rest[np.lexsort((rest, -current[rest], -potential[rest]))]
	low = by_potential[max(rest.size - _share(size, cuts.low), 0) :]
	tier[low] = LOW
	return Ranking(
		tier,
		float(current[high].min()) if high.size else np.nan,
		float(potential[top].min()) if top.size else np.nan,
		float(potential[low].max()) if low.size else np.nan,
	)


def _share(size: int, share: float) -> int:
	return int(np.floor(size * share + 0.5))


@dataclass(frozen=True)
class Placement:
	"""Where customers stand after a night.

	:param tier: int array, :data:`TOP` … :data:`LOW`
	:param below_since: int array, ordinal day of the first review at which the customer stood outside
		the keep band of its tier; 0 where it does not
	:param ranking: the figures and cuts it was decided by
	"""

	tier: np.ndarray
	below_since: np.ndarray
	ranking: Ranking


def place(
	current: np.ndarray,
	potential: np.ndarray,
	before: np.ndarray,
	below_since: np.ndarray,
	cuts: Cuts,
	today: int,
	review: bool,
) -> Placement:
	"""Move customers up at once, and down only when outside the keep band at two reviews in a row.

	Calling it again with its own result and the same day changes nothing.

	:param before: int array, the tiers so far; :data:`NOT_RANKED` for who has none and is placed at once
	:param below_since: int array, see :class:`Placement`
	:param today: ordinal day
	:param review: whether today is a review day of the policy
	"""
	strict = rank(current, potential, cuts)
	generous = rank(current, potential, cuts.widened()).tier
	before, below_since = np.asarray(before), np.asarray(below_since)

	up = (before == NOT_RANKED) | (strict.tier <= before)
	outside = ~up & (generous > before)
	second_time = outside & (below_since > 0) & (below_since < today) & review
	tier = np.where(up | second_time, strict.tier, before)
	# Between reviews a first sighting stays as it is: what came back inside for a day and fell out again
	# before the next review was inside only if a review says so.
	since = np.where(outside & (below_since == 0) & review, today, below_since)
	since = np.where(up | second_time | (~outside & review), 0, since)
	return Placement(tier, since, strict)


RHYTHMS = ("Nightly", "Weekly", "Monthly", "Quarterly")


def is_review(rhythm: str, last: int, today: int) -> bool:
	"""Whether a policy's tiers are reviewed today: on the first night of each week, month or quarter.

	:param rhythm: one of :data:`RHYTHMS`
	:param last: ordinal day of the last review, 0 for never; the same day again is the same review
	:param today: ordinal day
	"""
	return not last or last == today or _period(rhythm, last) < _period(rhythm, today)


def _period(rhythm: str, day: int) -> tuple[int, ...]:
	when = date.fromordinal(day)
	if rhythm == "Nightly":
		return (day,)
	if rhythm == "Weekly":
		return tuple(when.isocalendar()[:2])
	if rhythm == "Monthly":
		return (when.year, when.month)
	if rhythm == "Quarterly":
		return (when.year, (when.month - 1) // 3)
	raise ValueError(f"unknown review rhythm {rhythm!r}; it must be one of {', '.join(RHYTHMS)}")
