"""Which candidate forecasts a population: the one that would have been right at past dates, and stays until another clearly is.

At each of a few past dates every candidate says what it would have said then, and is graded by what came. One figure sums a
grade up, in points: what the best 20 % and 5 % brought of the later value, the log loss of buying again, and how far the
total was off. The forecast in use is replaced only where another one is better by :data:`CLEARLY` on average and at the newest
date, by more than other customers might have changed, and on most dates, so that a choice is made once and not every month anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from keep_customers.engine.forecasts import scores
from keep_customers.engine.forecasts.candidates import (
	ALL,
	LAST_PERIOD,
	LEARNER,
	REGULAR,
	RFM,
	WITH,
	Population,
)
from keep_customers.engine.forecasts.learner import Forecast
from keep_customers.engine.forecasts.past import Came, came_after
from keep_customers.engine.value import Purchases

# What serves where nothing is clearly better: a model's own order, and what the company's past has taught.
USUAL = WITH.join((REGULAR, LEARNER))

DATES = 4
STEP = 0.25  # of the horizon, from one date to the one before
OF_HISTORY = 0.4  # a horizon is no longer than this part of it, or nothing is behind it
SHORTEST = 28  # days
CLEARLY = 1.0  # points: what a sales manager would notice
SURELY = 1.5  # times the standard error of the difference, of customers drawn anew
MOST_DATES = 0.75
LARGEST = 200_000  # customers; of more, so many are looked at
FEWEST = 50  # of fewer, no choice says anything

# A point is what a sales manager would notice: 1 % of the later value found in the top 20 %.
POINTS = {"top_20": 100.0, "top_5": 50.0, "log_loss": -50.0}
TOTAL_POINTS = -2.0

NO_HISTORY, FEW, STAYS, FIRST, BETTER = "no history", "few customers", "stays", "first", "better"
GRADES = ((4.0, "A"), (1.5, "B"), (-0.5, "C"), (-2.0, "D"))


@dataclass(frozen=True)
class Choice:
	"""
	:param name: the candidate
	:param why: one of the words above; the host has the sentences
	:param instead_of: the one that it replaces
	:param grade: against the last period's revenue: A far better, B better, C as good, D worse, E far worse; "" where unknown
	:param points: candidate -> its points at each date, the newest first
	:param table: candidate -> its scores at each date
	:param dates: (ordinal day, horizon in days)
	"""

	name: str
	why: str
	instead_of: str
	grade: str
	points: dict[str, list[float]]
	table: dict[str, list[scores.Score]]
	dates: list[tuple[int, int]]


def dates(log: Purchases, day: int, horizon: int) -> list[tuple[int, int]]:
	"""Past days and horizons at which candidates can be compared; the newest first."""
	if not len(log.day):
		return []
	first = int(log.day.min())
	length = min(horizon, int((day - first) * OF_HISTORY))
	if length < SHORTEST:
		return []
	found = [day - length - round(number * STEP * length) for number in range(DATES)]
	return [(one, length) for one in found if one - first >= length * 0.8]


def points(score: scores.Score) -> float:
	"""Of the figures that are known; the greater the better."""
	total = sum(times * value for name, times in POINTS.items() if np.isfinite(value := getattr(score, name)))
	if np.isfinite(score.value):
		total += TOTAL_POINTS * abs(np.log(max(score.value, 1e-3)))
	return float(total)


def choose(log: Purchases, day: int, horizon: int, in_use: str = "") -> Choice:
	"""
	:param log: of :func:`keep_customers.engine.value.by_day`
	:param day: ordinal day, the last one that is known
	:param in_use: the candidate that forecasts so far; empty for none
	"""
	size = buyers(log, day)
	found = dates(log, day, horizon)
	if size < FEWEST or not found:
		return Choice(in_use or USUAL, FEW if size < FEWEST else NO_HISTORY, "", "", {}, {}, found)
	log = some_of(log)
	table: dict[str, list[scores.Score]] = {name: [] for name in ALL}
	noise: dict[str, list[float]] = {name: [] for name in ALL}
	first = in_use not in ALL
	in_use = USUAL if first else in_use
	for then, length in found:
		population = Population(log, then, length)
		came = came_after(log, population.known, then, length)
		parts = _parts(population.forecast(in_use), came)
		for name in ALL:
			said = population.forecast(name)
			table[name].append(
				scores.score(said.value, said.buys, said.purchases, came.value, came.purchases)
			)
			noise[name].append(float(np.linalg.norm(_parts(said, came) - parts)))
	told = {name: [points(score) for score in of_one] for name, of_one in table.items()}
	average = {name: float(np.mean(of_one)) for name, of_one in told.items()}
	# What is true of a short time need not be of a long one.
	best = clearly_better(told, noise, in_use, longer=horizon / found[0][1])
	name = best or in_use
	why = FIRST if first else BETTER if best else STAYS
	before = in_use if best and not first else ""
	return Choice(name, why, before, grade(average[name] - average[LAST_PERIOD]), told, table, found)


def clearly_better(
	told: Mapping[str, Sequence[float]],
	noise: Mapping[str, Sequence[float]],
	in_use: str,
	longer: float = 1.0,
) -> str | None:
	"""The best candidate, if it is better than the one in use by enough, surely enough and often enough.

	What was better when less of a past lay behind, and is no more at the newest date, is not better now: a learner needs a past, and
	a season is known from the second year on. So it must be by as much at the newest date as on average.

	:param told: candidate -> points at each date, the newest first
	:param noise: candidate -> standard errors of the differences to the one in use
	:param longer: than at those dates, so many times, is the horizon that is asked about
	"""
	ahead = {name: np.array(of_one) - np.array(told[in_use]) for name, of_one in told.items()}
	# RFM is graded, and never chosen: who passes from one cell to the next would be somebody else overnight.
	least = {name: min(of_one.mean(), of_one[0]) for name, of_one in ahead.items() if name != RFM}
	best = max(least, key=lambda name: least[name])
	needed = max(CLEARLY, SURELY * float(np.mean(noise[best]))) * longer
	return best if least[best] > needed and np.mean(ahead[best] > 0) >= MOST_DATES else None


def buyers(log: Purchases, day: int) -> int:
	"""How many customers had bought until a day."""
	return int(np.count_nonzero(np.diff(log.customer[log.occasion & (log.day <= day)], prepend=-1)))


def _parts(said: Forecast, came: Came) -> np.ndarray:
	"""What each customer adds to the points, less the mean: their length is the noise of a difference."""
	value = np.maximum(came.value, 0)
	order = scores.ranking(said.value)
	shares = sum(
		POINTS[name] * scores.parts_of_share(order, value, top)
		for name, top in zip(("top_20", "top_5"), scores.TOP, strict=True)
	)
	losses = scores.log_losses(said.buys, came.purchases > 0)
	return shares + POINTS["log_loss"] * (losses - losses.mean()) / len(losses)


def grade(ahead: float) -> str:
	"""
	:param ahead: points of the forecast in use, less those of the last period's revenue
	"""
	return next((letter for least, letter in GRADES if ahead >= least), "E")


def some_of(log: Purchases) -> Purchases:
	"""All purchases of at most :data:`LARGEST` customers, drawn by their numbers' hash; numbers that mean nothing say who.

	What is learned of so many is learned of all: a share's noise is a tenth of a point. By hash, because names come in
	patterns (every tenth a branch), and one customer more is then one of those that are drawn, or none.
	"""
	size = int(log.customer[-1]) + 1 if len(log.customer) else 0
	if size <= LARGEST:
		return log
	drawn = np.sort(np.argpartition(_hashed(size), LARGEST)[:LARGEST])
	place = np.full(size, -1)
	place[drawn] = np.arange(LARGEST)
	rows = np.flatnonzero(place[log.customer] >= 0)
	return Purchases(place[log.customer[rows]], log.day[rows], log.net[rows], log.occasion[rows])


def _hashed(size: int) -> np.ndarray:
	"""A number for each of 0 … size-1, as good as drawn by chance and always the same (the mixing step of SplitMix64)."""
	mixed = np.arange(1, size + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
	for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
		mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
	return mixed ^ (mixed >> np.uint64(31))
