"""Which compensations somebody has to approve who may: what is granted is added up, so that many small ones are no way round."""

from dataclasses import dataclass
from math import isfinite

SUGGESTED, PROPOSED, APPROVED, HANDED_OVER, REJECTED = (
	"Suggested",
	"Proposed",
	"Approved",
	"Handed Over",
	"Rejected",
)
GRANTED = (APPROVED, HANDED_OVER)
UNDECIDED = (SUGGESTED, PROPOSED)
OWED = (*UNDECIDED, APPROVED)
# What remains of sums that are equal.
CENT = 0.005


@dataclass(frozen=True)
class Sums:
	"""What a customer is granted, all in one currency, with what is about to be.

	:param case: for this complaint
	:param elsewhere_today: for the customer's other complaints, granted on this day
	:param elsewhere: for them within a year, that day included
	"""

	case: float
	elsewhere_today: float = 0.0
	elsewhere: float = 0.0


@dataclass(frozen=True)
class Limits:
	"""
	:param case: of a complaint, with what the customer got for others on the same day; 0 lets nothing pass
	:param year: of a customer within a year; 0 for none
	"""

	case: float
	year: float = 0.0


def exceeded(sums: Sums, limits: Limits) -> tuple[str, float, float] | None:
	"""The limit that a grant passes: (``case``, ``day`` or ``year``; the sum; the limit). None if it passes none."""
	today = sums.case + sums.elsewhere_today
	if today - limits.case >= CENT:
		return "day" if sums.elsewhere_today else "case", today, limits.case
	year = sums.case + sums.elsewhere
	if limits.year and year - limits.year >= CENT:
		return "year", year, limits.year
	return None


def left(sums: Sums, limits: Limits) -> float:
	"""What may still be granted without passing a limit; 0 for nothing."""
	rooms = [limits.case - sums.case - sums.elsewhere_today]
	if limits.year:
		rooms.append(limits.year - sums.case - sums.elsewhere)
	return max(min(rooms), 0.0)


def is_more(status: str, cost: float, before: tuple[str, float] | None) -> bool:
	"""Whether a row grants what was not granted before.

	:param before: the row's status and cost as they are stored; None for a new row
	"""
	if status not in GRANTED:
		return False
	return not before or before[0] not in GRANTED or cost > before[1]


def is_cost(value: float) -> bool:
	"""Whether it is a number one can pay: neither negative nor endless."""
	return isfinite(value) and value >= 0
