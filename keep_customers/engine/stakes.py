"""What is at stake with a contact: how urgent its ToDo is, and where it stands among the others."""

from datetime import date
from math import log10
from typing import NamedTuple

LOW, MEDIUM, HIGH = "Low", "Medium", "High"
BEST = 2  # the tiers from 1 to this rank are those one cannot afford to lose
# A turn has to fit an INT: ordinals from the year 1889 to 2465, and 10,000 turns a day.
ENDS, DAYS = 900_000, 210_000
A_DAY, A_LEVEL = 10_000, 3_333


class Stake(NamedTuple):
	"""
	:ivar tier: None for who is not ranked
	:ivar rank: of the tier, 1 is the best
	:ivar value: what the customer brings in a year
	:ivar at_risk: how much of it may not come again
	:ivar complaint: whether one is open
	"""

	tier: str | None = None
	rank: int = 99
	value: float = 0.0
	at_risk: float = 0.0
	currency: str | None = None
	complaint: bool = False


NOTHING = Stake()


def priority(stake: Stake, asked: str | None = MEDIUM, promised: bool = False) -> str:
	"""Low, Medium or High.

	:param asked: what the rule says; unless it is Medium, which nobody has chosen, it is what counts
	:param promised: whether the customer was told that somebody will call
	"""
	if promised or stake.complaint:
		return HIGH
	if asked in (LOW, HIGH):
		return asked
	likely_lost = stake.at_risk > 0 and stake.at_risk >= stake.value / 2
	if stake.rank <= BEST:
		return HIGH if likely_lost else MEDIUM
	return MEDIUM if likely_lost else LOW


def turn(due: date | None, priority: str, at_risk: float) -> int:
	"""Where a ToDo stands in a list with the greatest first: by day, then what is urgent, then by the money at risk.

	One number, because the host's lists are sorted by one field.
	"""
	day = min(max(ENDS - (due.toordinal() if due else ENDS), 0), DAYS)
	level = {LOW: 0, HIGH: 2}.get(priority, 1)
	# Steps for amounts up to ten thousand millions: those within 0.7 % of each other are alike.
	money = min(int(333 * log10(1 + max(at_risk, 0.0))), A_LEVEL - 1)
	return day * A_DAY + level * A_LEVEL + money
