"""Volume rebates: which period a day lies in, and what an amount has earned by its steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

YEAR, QUARTER = "Year", "Quarter"
WHOLE, ABOVE = "Whole Amount", "Amount Above the Step"


@dataclass(frozen=True)
class Step:
	"""From this amount on, so many percent."""

	from_amount: float
	percent: float


@dataclass(frozen=True)
class Standing:
	"""What an amount has earned, and what comes next.

	:param percent: of the step that was reached; 0 below the first
	:param next_from: where the next step begins; None on the last one
	"""

	percent: float
	rebate: float
	next_from: float | None
	next_percent: float | None


def standing(steps: Sequence[Step], reached: float, basis: str = WHOLE) -> Standing:
	"""What ``reached`` has earned by steps that rise.

	:param basis: :data:`WHOLE`, the step's percent of everything, or :data:`ABOVE`, each step's percent of what lies
		between it and the next
	"""
	passed = [step for step in steps if reached >= step.from_amount]
	coming = steps[len(passed)] if len(passed) < len(steps) else None
	if not passed:
		rebate = 0.0
	elif basis == WHOLE:
		rebate = reached * passed[-1].percent / 100
	else:
		ends = [step.from_amount for step in passed[1:]] + [reached]
		rebate = sum(
			(end - step.from_amount) * step.percent / 100 for step, end in zip(passed, ends, strict=True)
		)
	return Standing(
		passed[-1].percent if passed else 0.0,
		max(rebate, 0.0),
		coming.from_amount if coming else None,
		coming.percent if coming else None,
	)


def rising(steps: Sequence[Step]) -> bool:
	"""Whether each step asks for more than the one before, gives more, and all of it makes sense."""
	return all(step.from_amount > 0 and 0 < step.percent <= 100 for step in steps) and all(
		a.from_amount < b.from_amount and a.percent < b.percent for a, b in pairwise(steps)
	)


def period(day: date, kind: str, first_month: int = 1) -> tuple[date, date]:
	"""First and last day of the year or quarter a day lies in.

	:param first_month: in which the year begins, 1 to 12
	"""
	months = 12 if kind == YEAR else 3
	number = day.year * 12 + day.month - 1
	start = number - (number - (first_month - 1)) % months
	return _first_of(start), _first_of(start + months) - timedelta(days=1)


def periods(
	since: date, today: date, kind: str, first_month: int = 1, watched_days: int = 0
) -> list[tuple[date, date]]:
	"""The period of today and those that ended at most ``watched_days`` ago, the newest first; none that began before
	``since``.
	"""
	found = []
	first, last = period(today, kind, first_month)
	while first >= since and (today - last).days <= watched_days:
		found.append((first, last))
		first, last = period(first - timedelta(days=1), kind, first_month)
	return found


def _first_of(month: int) -> date:
	return date(month // 12, month % 12 + 1, 1)
