"""A candidate that has learned all it will: a few hundred numbers, which are stored, and applied to customers every night.

Nothing in it needs the log, nor the other customers: what it says of one depends on that one alone, so that nobody's figure
moves because somebody else has bought. It is made by ``candidates.Population.forecaster``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from scipy.special import expit

from keep_customers.engine.forecasts import learner
from keep_customers.engine.forecasts.ahead import Outlook, outlook, value_interval
from keep_customers.engine.forecasts.buying import Buying
from keep_customers.engine.forecasts.learner import Forecast, Learned
from keep_customers.engine.forecasts.past import FADING, Known, in_parts
from keep_customers.engine.forecasts.scores import log_odds
from keep_customers.engine.forecasts.years import doubted
from keep_customers.engine.potential import GammaGamma, expected_mean_value
from keep_customers.engine.value import DAYS_PER_WEEK

OFTEN = (
	0.0,
	1.0,
	2.0,
	4.0,
	8.0,
	16.0,
)  # purchases in the last period, between which chances are interpolated
UNLIKELY = (0.1, 0.2)  # chances of buying
NOT_MUCH = (0.7, 0.8)  # quantiles of the value
FURTHEST = 20.0  # times; an interval is not moved further from the model's than that


class Asked:
	"""Customers and a horizon in days; what a model says of them is worked out once."""

	def __init__(self, known: Known, horizon: int):
		self.known, self.horizon = known, horizon
		self._seen: dict[Buying, Outlook] = {}
		self._said: dict[tuple[Buying, GammaGamma], Forecast] = {}

	def outlook(self, buying: Buying) -> Outlook:
		if buying not in self._seen:
			known = self.known
			self._seen[buying] = outlook(
				buying, self.horizon / DAYS_PER_WEEK, known.frequency, known.recency, known.age
			)
		return self._seen[buying]

	def modelled(self, buying: Buying, spend: GammaGamma) -> Forecast:
		key = buying, spend
		if key not in self._said:
			seen = self.outlook(buying)
			each = expected_mean_value(spend, self.known.bought, self.known.mean_value)
			self._said[key] = Forecast(seen.purchases, seen.purchases * each, seen.buys)
		return self._said[key]


@dataclass(frozen=True)
class Modelled:
	"""One of the models of buying, and by how much its total was wrong before.

	:param doubt: variance of a shock of the log-odds that all customers share, see ``years``
	"""

	buying: Buying
	spend: GammaGamma
	purchases: float = 1.0
	value: float = 1.0
	doubt: float = 0.0

	def say(self, asked: Asked) -> Forecast:
		said = asked.modelled(self.buying, self.spend)
		buys = doubted(log_odds(said.buys), self.doubt) if self.doubt else said.buys
		return Forecast(said.purchases * self.purchases, said.value * self.value, buys)


@dataclass(frozen=True)
class Repeated:
	"""The last period comes again.

	:param chances: of buying, by the number of purchases in it, see :data:`OFTEN`
	"""

	horizon: int
	chances: np.ndarray

	def say(self, asked: Asked) -> Forecast:
		longer = asked.horizon / self.horizon
		number = in_last_period(asked.known, self.horizon)
		return Forecast(
			number * longer,
			np.maximum(asked.known.last_period, 0) * longer,
			_over(np.interp(number, OFTEN, self.chances), longer),
		)


def in_last_period(known: Known, horizon: int) -> np.ndarray:
	"""About how many purchases there were, at the pace of those that are on average as old."""
	nearest = int(np.argmin(np.abs(np.log(np.array(FADING) * 2 / horizon))))
	fading, age = FADING[nearest], known.age * DAYS_PER_WEEK
	whole = fading * -np.expm1(-(age + 1) / fading)
	return known.decayed_counts[nearest] * np.minimum(horizon, age + 1) / whole


@dataclass(frozen=True)
class Cells:
	"""Recency, frequency and money in fifths, and what each cell did before.

	:param edges: (3, 4), between the fifths
	:param purchases: (125,), and value, buys
	"""

	horizon: int
	edges: np.ndarray
	purchases: np.ndarray
	value: np.ndarray
	buys: np.ndarray

	def say(self, asked: Asked) -> Forecast:
		longer, cell = asked.horizon / self.horizon, cells_of(asked.known, self.edges)
		return Forecast(
			self.purchases[cell] * longer, self.value[cell] * longer, _over(self.buys[cell], longer)
		)


def rfm_columns(known: Known) -> np.ndarray:
	"""(3, n), the greater the better."""
	return np.array([-known.since, known.frequency, known.mean_value * known.bought])


def cells_of(known: Known, edges: np.ndarray) -> np.ndarray:
	fifth = [np.searchsorted(edge, column) for edge, column in zip(edges, rfm_columns(known), strict=True)]
	parts = edges.shape[1] + 1
	return (fifth[0] * parts + fifth[1]) * parts + fifth[2]


@dataclass(frozen=True)
class Mended:
	"""A model, with what was learned about it."""

	buying: Buying
	spend: GammaGamma
	learned: Learned

	def say(self, asked: Asked) -> Forecast:
		model = asked.modelled(self.buying, self.spend)
		return learner.forecast(self.learned, asked.known, model, asked.horizon)


@dataclass(frozen=True)
class Alike:
	"""Who will most likely buy nothing, and not for much: what tells one of them from another in money is mostly noise, so that
	of each is expected what is expected of them all. Who is near to that, is near to it.

	:param value: what is expected of them, money a customer
	:param little: and much: up to the one it is not much, from the other on it is; money
	"""

	value: float
	little: float
	much: float

	@classmethod
	def among(cls, said: Forecast) -> Alike | None:
		"""Found so that the total stays, and the most promising fifth as it is."""
		if not len(said.value):
			return None
		little, much = np.quantile(said.value, NOT_MUCH).tolist()
		less = 1 - cls(0.0, little, much)._own(said)
		return cls(float(less @ said.value / less.sum()), little, much) if less.sum() > 0 else None

	def of(self, said: Forecast) -> Forecast:
		own = self._own(said)
		return Forecast(said.purchases, own * said.value + (1 - own) * self.value, said.buys)

	def _own(self, said: Forecast) -> np.ndarray:
		"""How much of its own figure each customer keeps."""
		likely = (said.buys - UNLIKELY[0]) / (UNLIKELY[1] - UNLIKELY[0])
		much = (said.value - self.little) / max(self.much - self.little, 1e-9)
		return np.clip(np.maximum(likely, much), 0, 1)


@dataclass(frozen=True)
class Mean:
	"""The geometric mean of two, of probabilities that of their odds.

	:param share: from 0 to 1, how much of the mean is the first one's
	:param ranks: whether only the value is the mean, and the number and the probability are the second one's
	:param purchases: and value: by how much the totals are moved
	"""

	one: Said
	other: Said
	ranks: bool = False
	purchases: float = 1.0
	value: float = 1.0
	alike: Alike | None = None
	share: float = 0.5

	def say(self, asked: Asked) -> Forecast:
		one, other = self.one.say(asked), self.other.say(asked)

		def mean(first: np.ndarray, second: np.ndarray) -> np.ndarray:
			return np.maximum(first, 0) ** self.share * np.maximum(second, 0) ** (1 - self.share)

		value = mean(one.value, other.value) * self.value
		if self.ranks:
			said = Forecast(other.purchases * self.purchases, value, other.buys)
			return self.alike.of(said) if self.alike else said
		purchases = mean(one.purchases, other.purchases) * self.purchases
		odds = self.share * log_odds(one.buys) + (1 - self.share) * log_odds(other.buys)
		return Forecast(purchases, value, expit(odds))


Said = Modelled | Repeated | Cells | Mended | Mean
_KINDS = {
	kind.__name__: kind
	for kind in (Modelled, Repeated, Cells, Mended, Mean, Alike, Buying, GammaGamma, Learned)
}


@dataclass(frozen=True)
class Ahead:
	"""All that is said of a horizon; arrays of one element a customer.

	:param alive: probability of being a customer at all still
	:param if_alive: expected purchases, were that certain
	:param value_if_alive: what they come to
	:param low: so much or less is spent with a probability of 10 % …
	:param high: … and of 90 %
	"""

	forecast: Forecast
	alive: np.ndarray
	if_alive: np.ndarray
	value_if_alive: np.ndarray
	low: np.ndarray
	high: np.ndarray


@dataclass(frozen=True)
class Forecaster:
	"""
	:param name: the candidate
	:param horizon: days for which it was made; another one can be asked for, the best is made for its own
	:param says: what it does
	:param buying: and spend: the model of who is still a customer and of the intervals
	:param scale: by how much the candidate's total is above that model's
	"""

	name: str
	horizon: int
	says: Said
	buying: Buying
	spend: GammaGamma
	scale: float = 1.0

	def __post_init__(self) -> None:
		parts = (self.says, Said), (self.buying, Buying), (self.spend, GammaGamma)
		if not all(isinstance(part, kind) for part, kind in parts):
			raise TypeError("says, buying and spend must be what they are called")

	def say(self, known: Known, horizon: int | None = None) -> Forecast:
		"""
		:param horizon: days
		"""
		return in_parts(lambda some: self.says.say(Asked(some, horizon or self.horizon)), known)

	def ahead(self, known: Known, horizon: int | None = None) -> Ahead:
		return in_parts(lambda some: self._ahead(Asked(some, horizon or self.horizon)), known)

	def _ahead(self, asked: Asked) -> Ahead:
		known = asked.known
		said, seen = self.says.say(asked), asked.outlook(self.buying)
		model = asked.modelled(self.buying, self.spend)
		each = expected_mean_value(self.spend, known.bought, known.mean_value)
		low, high = value_interval(
			self.buying,
			self.spend,
			asked.horizon / DAYS_PER_WEEK,
			known.frequency,
			known.recency,
			known.age,
			known.mean_value,
		)
		with np.errstate(divide="ignore", invalid="ignore"):
			moved = np.clip(np.nan_to_num(said.value / model.value, nan=1.0), 1 / FURTHEST, FURTHEST)
		return Ahead(
			said,
			seen.alive,
			seen.if_alive * self.scale,
			np.maximum(seen.if_alive * each * self.scale, said.value),
			low * moved,
			high * moved,
		)

	def as_dict(self) -> dict[str, Any]:
		"""Of JSON's own types."""
		return {field.name: _plain(getattr(self, field.name)) for field in fields(self)}

	@classmethod
	def from_dict(cls, saved: Mapping[str, Any]) -> Forecaster:
		"""The inverse of :meth:`as_dict`.

		:raises ValueError: for anything else
		"""
		try:
			return cls(**{field.name: _live(saved[field.name]) for field in fields(cls)})
		except (AttributeError, IndexError, KeyError, TypeError) as error:
			raise ValueError(f"Not a saved Forecaster: {error!r}") from error


def _plain(value: Any) -> Any:
	if isinstance(value, np.ndarray):
		return value.tolist()
	if hasattr(value, "__dataclass_fields__"):
		own = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
		return own | {"kind": type(value).__name__}
	return value.item() if isinstance(value, np.generic) else value


def _live(value: Any) -> Any:
	if isinstance(value, list):
		return np.array(value, float)
	if isinstance(value, Mapping):
		kind = _KINDS[value["kind"]]
		# What an earlier version did not have yet is as it was then.
		return kind(**{field.name: _live(value[field.name]) for field in fields(kind) if field.name in value})
	return value


def _over(chance: np.ndarray, longer: float) -> np.ndarray:
	"""The chance of a horizon that many times as long."""
	return chance if longer == 1 else -np.expm1(longer * np.log1p(-np.minimum(chance, 1 - 1e-9)))
