"""Reviews of losses: which one is written, and what becomes of it.

Days are dates, or ordinal days where there are many. What a customer's stage is, is decided in ``lifecycle.py``.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple, TypeVar

import numpy as np

from keep_customers.engine.lifecycle import Rhythm

STATUSES = ("Open", "Explained", "Winning Back", "Won Back", "Given Up", "No Loss")
OPEN, EXPLAINED, WINNING_BACK, WON_BACK, GIVEN_UP, NO_LOSS = STATUSES
# Somebody has something to do; lost, as far as is known.
WAITING = (OPEN, EXPLAINED, WINNING_BACK)
LOST = (*WAITING, GIVEN_UP)
YEAR = timedelta(days=365)
LONG_SINCE = 30  # days; who was lost for longer when it was noticed is no loss of today

Who = TypeVar("Who")


class Refused(Exception):
	"""What the rules of a review forbid.

	:ivar why: what is wrong, in a word; the words for people are in ``retention/actions.py``
	"""

	def __init__(self, why: str):
		super().__init__(why)
		self.why = why


class Review(NamedTuple):
	"""What decides about the next action.

	:ivar explained: whether a cause is given
	"""

	status: str = OPEN
	explained: bool = False


# What people do with it


def explain(review: Review) -> Review:
	"""The cause is known, or known better.

	:raises Refused: ``no loss``
	"""
	if review.status == NO_LOSS:
		raise Refused("no loss")
	return Review(EXPLAINED if review.status == OPEN else review.status, True)


def plan(review: Review) -> Review:
	"""Something is to be done to win the customer back.

	:raises Refused: ``no cause``, ``won back``, ``no loss``
	"""
	_still_lost(review)
	return review._replace(status=WINNING_BACK)


def give_up(review: Review) -> Review:
	"""Nothing more is done for it.

	:raises Refused: ``no cause``, ``won back``, ``no loss``
	"""
	_still_lost(review)
	return review._replace(status=GIVEN_UP)


def _still_lost(review: Review) -> None:
	if review.status == WON_BACK:
		raise Refused("won back")
	if review.status == NO_LOSS:
		raise Refused("no loss")
	if not review.explained:
		raise Refused("no cause")


def moved(review: Review) -> Review:
	"""The customer buys under another name.

	:raises Refused: ``won back``
	"""
	if review.status == WON_BACK:
		raise Refused("won back")
	return review._replace(status=NO_LOSS)


def take_up_again(review: Review) -> Review:
	"""It was given up, or taken for no loss, too early.

	:raises Refused: ``not over``
	"""
	if review.status not in (GIVEN_UP, NO_LOSS):
		raise Refused("not over")
	return lost_after_all(review)


# What becomes of it by itself


def lost_after_all(review: Review) -> Review:
	"""What ended it did not happen: it stands where it stood before anything was planned."""
	return review._replace(status=EXPLAINED if review.explained else OPEN)


def came_of(last_then: date, lost_on: date, bought: Iterable[date]) -> tuple[str | None, date | None]:
	"""What purchases say of a loss.

	:param last_then: the latest purchase that was known when it was noticed
	:param lost_on: the day on which it was noticed
	:param bought: the days of all purchases that are known now
	:returns: (status or None if nothing has changed, day of the first purchase since). Who had bought before the day on which
		the loss was noticed was not lost: the invoice came late. On that day itself it is noticed first: the night is over
	"""
	first = min((day for day in bought if day > last_then), default=None)
	if not first:
		return None, None
	return (NO_LOSS if first < lost_on else WON_BACK), first


def is_counted(won_back_on: date, today: date) -> bool:
	"""Whether what the customer brings since is still added up: for a year."""
	return won_back_on <= today <= won_back_on + YEAR


# Which one is written


def recognised_late(
	last: np.ndarray, gap: np.ndarray, noted: np.ndarray, rhythm: Rhythm = Rhythm()
) -> np.ndarray:
	"""Who had been lost for long when it was noticed: history that was imported, a policy that has become wider.

	:param last: ordinal day of the latest purchase, shape (n,)
	:param gap: own gap in days, shape (n,)
	:param noted: ordinal day from which the stage is Lost, shape (n,)
	:returns: bool array
	"""
	latest = np.asarray(last) + np.maximum(rhythm.lost_gaps * np.asarray(gap, np.float64), rhythm.lost_days)
	return np.asarray(noted) > latest + LONG_SINCE


def chosen(
	losses: Sequence[tuple[Who, str | None, float]], most: int, had: Mapping[str | None, int]
) -> list[Who]:
	"""Those that are reviewed tonight: of each rep the dearest ones first, no more than are bearable; the others wait.

	:param losses: (customer, rep or None for nobody, what it had brought)
	:param most: of one rep in one night
	:param had: rep -> how many were written tonight already
	:returns: customers, the dearest first; ties go by name
	"""
	left: dict[str | None, int] = {}
	found = []
	for who, rep, _brought in sorted(losses, key=lambda one: (-one[2], one[0])):
		room = left.setdefault(rep, most - had.get(rep, 0))
		if room > 0:
			left[rep] = room - 1
			found.append(who)
	return found


def year_before(last: date, days: Iterable[tuple]) -> float:
	"""What a customer had brought in the year up to its latest purchase; what it gave back later is taken off.

	:param days: each begins with a day and its net amount
	"""
	return round(sum(amount for day, amount, *_more in days if day > last - YEAR), 3)


def since(first: date, until: date, days: Iterable[tuple]) -> float:
	"""What it has brought since it came back.

	:param first: the day on which it did
	:param days: as in :func:`year_before`
	"""
	return round(sum(amount for day, amount, *_more in days if first <= day <= until), 3)


def stopped_before(day: date, gap: float, last: date) -> bool:
	"""Whether something had stopped being bought while the customer still bought other things.

	:param day: its latest purchase
	:param gap: days between its purchases; the next one may be half a gap late
	:param last: the customer's latest purchase
	"""
	return (last - day).days > 1.5 * gap
