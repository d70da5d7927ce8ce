"""Whether one forecast loses to another by more than noise, though many comparisons are looked at.

A figure of a forecast is compared with the same of another on the same customers, who are drawn anew a thousand times (paired
bootstrap; a customer counts Poisson(1) times in a draw, the same number of times at all cuts of a log). How far the differences of the
draws lie from the one that was found is their noise. Where thirty are looked at, one or two lie beyond two standard errors by chance; so
a loss counts as one only where it is greater, in standard errors, than the greatest of *all* of them in 95 of 100 draws (max-T of Westfall and
Young 1993): where there is no loss at all, 95 of 100 such tables say so.

What a year does to a whole company is no customers' noise: who expected more is nearer to the total of a good year, whoever buys. So
each draw is a year of its own, too: better or worse for everybody by as much as the forecasts of this company's total were off before
(:func:`shock`). It moves how many came back, not who of them did; and two totals are held against years that lie around the middle of
both, as one year tells which of two is nearer only where they differ by more than years do. Over several cuts of a log the mean difference is judged, and by how much the cuts differ beyond all that is added to the noise (the moment estimate of DerSimonian and Laird 1986).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from keep_customers.engine.forecasts import scores
from keep_customers.engine.forecasts.candidates import RFM
from keep_customers.engine.forecasts.choice import Choice
from keep_customers.engine.forecasts.learner import Forecast
from keep_customers.engine.forecasts.past import Came

# What is compared, and in which unit a loss is told; of totals, how far they are off, in logarithms.
FIGURES = {"top_20": 100.0, "top_5": 100.0, "log_loss": 1.0, "purchases": 1.0, "value": 1.0}
NAMES = {
	"top_20": "top 20 %, points",
	"top_5": "top 5 %, points",
	"log_loss": "log loss",
	"purchases": "total of purchases, off by a factor of e to the",
	"value": "total of value, off by a factor of e to the",
}
TOTALS = slice(3, 5)  # of the figures
DRAWS, SEED = 1000, 1
SURE = 0.95
# Before anything is known of a company, its totals are off by a tenth; that counts as two past days.
USUAL_SHOCK, OF_DAYS = 0.1, 2


@dataclass(frozen=True)
class Compared:
	"""One forecast against others, at one cut.

	:param against: names of the others, (m,)
	:param worse: by how much it is worse, (m, figures); below 0 it is better
	:param drawn: the same of customers drawn anew, (draws, m, figures)
	"""

	against: tuple[str, ...]
	worse: np.ndarray
	drawn: np.ndarray

	@property
	def noise(self) -> np.ndarray:
		"""Standard errors, (m, figures)."""
		return self.drawn.std(axis=0)


@dataclass(frozen=True)
class Loss:
	"""
	:param to: the one that is better
	:param figure: one of :data:`FIGURES`
	:param by: in its unit
	:param noise: a standard error of that
	:param chance: of so great a loss, or a greater one, anywhere in the table if there were none
	"""

	to: str
	figure: str
	by: float
	noise: float
	chance: float

	@property
	def beyond_noise(self) -> bool:
		return self.chance < 1 - SURE

	def __str__(self) -> str:
		unit = FIGURES[self.figure]
		return (
			f"loses to {self.to} in {NAMES[self.figure]}: by {unit * self.by:.4g} ± {unit * self.noise:.2g}; "
			f"beyond noise: {'yes' if self.beyond_noise else 'no'} (chance {self.chance:.3f})"
		)


def shock(chosen: Choice) -> float:
	"""By how much a company's year is better or worse than can be told, in logarithms: how far off its totals were at past days."""
	middle = [
		np.median(
			[
				abs(np.log(max(of_one[date].purchases, 1e-3)))
				for name, of_one in chosen.table.items()
				if name != RFM
			]
		)
		for date in range(len(chosen.dates) if chosen.table else 0)
	]
	known = [one for one in middle if np.isfinite(one)]
	squares = OF_DAYS * USUAL_SHOCK**2 + float(np.sum(np.square(known)))
	return float(np.sqrt(squares / (OF_DAYS + len(known))))


def compare(
	said: Mapping[str, Forecast],
	name: str,
	came: Came,
	who: np.ndarray | None = None,
	year: float = USUAL_SHOCK,
	cut: int = 0,
	draws: int = DRAWS,
) -> Compared:
	"""
	:param said: forecasts by name, that of ``name`` among them
	:param who: the customers' numbers in the log, by which they are drawn; by default 0 … n-1
	:param year: see :func:`shock`
	:param cut: its day; each has a year of its own
	"""
	figures = _Figures(said, came)
	who = np.arange(len(came.value)) if who is None else who
	random = np.random.default_rng(SEED)
	place = list(said).index(name)
	others = [index for index in range(len(said)) if index != place]

	years = np.random.default_rng([SEED, cut]).normal(0, year, draws)

	def apart(weight: np.ndarray, better: float = 0.0) -> tuple[np.ndarray, np.ndarray]:
		"""Of the one and of the others: figures, of which the last two are still logarithms."""
		found = figures.of(weight, better)
		return found[place], found[others]

	def worse(one: np.ndarray, other: np.ndarray, off: np.ndarray | float = 0.0) -> np.ndarray:
		result = one - other
		result[:, TOTALS] = np.abs(one[TOTALS] - off) - np.abs(other[:, TOTALS] - off)
		return result

	one, other = apart(np.ones(len(who), np.int64))
	middle = (one[TOTALS] + other[:, TOTALS]) / 2
	size = int(who.max(initial=-1)) + 1
	drawn = [worse(*apart(random.poisson(1.0, size)[who], better), middle + better) for better in years]
	# nan where nobody came back: nothing is worse then.
	return Compared(
		tuple(name_ for name_ in said if name_ != name),
		np.nan_to_num(worse(one, other)),
		np.nan_to_num(np.array(drawn)),
	)


class _Figures:
	"""The figures of several forecasts for any weights of the customers, the smaller the better; of totals, expected / actual as a logarithm."""

	def __init__(self, said: Mapping[str, Forecast], came: Came):
		self.value, self.number = np.maximum(came.value, 0), came.purchases
		self.again = again = came.purchases > 0
		self.orders = [scores.ranking(one.value) for one in said.values()]
		self.ordered = [self.value[order] for order in self.orders]
		self.losses = np.array([scores.log_losses(one.buys, again) for one in said.values()])
		self.expected = np.array([one.purchases for one in said.values()])
		self.expected_value = np.array([one.value for one in said.values()])

	def of(self, weight: np.ndarray, better: float) -> np.ndarray:
		"""(forecasts, figures)

		:param better: logarithm of by how much the year is
		"""
		weight = weight.astype(float)
		size, value, number = weight.sum(), weight @ self.value, weight @ self.number
		found = np.empty((len(self.orders), len(FIGURES)))
		for row, (order, came) in enumerate(zip(self.orders, self.ordered, strict=True)):
			ordered = weight[order]
			first = np.cumsum(ordered)
			spent = np.cumsum(ordered * came)
			for column, top in enumerate(scores.TOP):
				# Of the one who stands across the edge, the part within it.
				found[row, column] = -np.interp(top * size, first, spent) / value if value else np.nan
		with np.errstate(divide="ignore", invalid="ignore"):
			tilted = weight * np.exp(better * self.again)
			found[:, 2] = self.losses @ tilted / tilted.sum()
			for column, (expected, actual) in enumerate(
				((self.expected, number), (self.expected_value, value)), 3
			):
				found[:, column] = np.log(np.maximum(expected @ weight, 1e-9) / actual)
		return np.where(np.isfinite(found), found, np.nan)


def judge(tables: Sequence[Sequence[Compared]]) -> list[list[Loss]]:
	"""What is lost in each of several logs, corrected for all that is looked at in all of them; the surest first.

	:param tables: of each log its cuts, all against the same others
	"""
	told, drawn = zip(*map(_over_cuts, tables), strict=True)
	# What differs by nothing is not looked at.
	shaken = [np.abs(one - one.mean(axis=0)) / np.maximum(one.std(axis=0), 1e-12) for one in drawn]
	signed = [np.where(one > one.mean(axis=0), far, -far) for one, far in zip(drawn, shaken, strict=True)]
	greatest = np.max([one.reshape(len(one), -1).max(axis=1) for one in signed], axis=0)
	return [
		_losses(cuts[0].against, worse, noise, greatest)
		for cuts, (worse, noise) in zip(tables, told, strict=True)
	]


def _over_cuts(cuts: Sequence[Compared]) -> tuple[tuple[np.ndarray, np.ndarray], np.ndarray]:
	"""The mean difference with its noise, and its draws."""
	worse = np.array([one.worse for one in cuts])
	drawn = np.mean([one.drawn for one in cuts], axis=0)
	noise = drawn.var(axis=0)
	if len(cuts) > 1:
		own = np.mean([one.drawn.var(axis=0) for one in cuts], axis=0)
		noise = noise + np.maximum(worse.var(axis=0, ddof=1) - own, 0) / len(cuts)
	return (worse.mean(axis=0), np.sqrt(noise)), drawn


def _losses(against, worse: np.ndarray, noise: np.ndarray, greatest: np.ndarray) -> list[Loss]:
	found = []
	for row, name in enumerate(against):
		for column, figure in enumerate(FIGURES):
			by, apart = float(worse[row, column]), float(noise[row, column])
			if by > 1e-12:
				chance = float(np.mean(greatest >= by / max(apart, 1e-12)))
				found.append(Loss(name, figure, by, apart, chance))
	return sorted(found, key=lambda loss: (loss.chance, -loss.by / max(loss.noise, 1e-12)))
