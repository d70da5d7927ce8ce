"""What a night would find out today, without a word being written: who would be in which tier."""

from dataclasses import dataclass, field
from datetime import date

from keep_customers.erp.aside import Aside
from keep_customers.worth.checks import InUse
from keep_customers.worth.forecasts import Forecasts
from keep_customers.worth.population import Population
from keep_customers.worth.valuation import Valuation
from keep_customers.worth.values import last_parameters


@dataclass
class Rehearsal:
	"""Stands where a night stands, and has no Care Run.

	:param settings: Keep Customers Settings, saved or not
	"""

	as_of: date
	settings: object
	warnings: list[str] = field(default_factory=list)
	aside: Aside = field(default_factory=Aside)
	last_parameters: dict = field(default_factory=last_parameters)


class Unchecked(Forecasts):
	"""Where this month has no Forecast Check, one that every forecast starts from; the night's check may choose another."""

	def _make(self, p: Population) -> InUse:
		return InUse("", "", self._fitted(p))


@dataclass(frozen=True)
class Step:
	"""One tier of the pyramid.

	:param from_value: lowest current value in it; None if nobody is
	:param up: who would come into it from a lower tier, at once
	:param waiting: who is in it and will go down only if two reviews in a row say so
	"""

	tier: str
	customers: int
	value: float
	from_value: float | None
	up: int
	waiting: int


@dataclass(frozen=True)
class Pyramid:
	policy: str
	currency: str
	steps: list[Step]


@dataclass(frozen=True)
class Measured:
	populations: list[Population]
	currency: str
	warnings: list[str]


def measured(settings, policies: list, as_of: date) -> Measured:
	"""Who would be in which policy, and with how much: the first step of :func:`pyramids`, which needs no forecast."""
	rehearsal = Rehearsal(as_of, settings)
	valuation = Valuation(rehearsal, policies)
	valuation.measure()
	return Measured(valuation.populations, valuation.currency, _said(rehearsal))


def _said(rehearsal: Rehearsal) -> list[str]:
	return list(dict.fromkeys([*rehearsal.warnings, *(left.why for left in rehearsal.aside.left.values())]))


def pyramids(settings, policies: list, as_of: date) -> tuple[list[Pyramid], list[str]]:
	"""The tiers that the policies make of today's customers.

	:param policies: with the fields of :data:`keep_customers.worth.population.POLICY_FIELDS`, saved or not
	:returns: one pyramid for each policy that has customers, and what a night would say
	"""
	rehearsal = Rehearsal(as_of, settings)
	valuation = Valuation(rehearsal, policies)
	valuation.forecasts = Unchecked(valuation)
	valuation.measure()
	valuation.model()
	valuation.tier()
	return [_pyramid(valuation, p) for p in valuation.populations], _said(rehearsal)


def _pyramid(valuation: Valuation, p: Population) -> Pyramid:
	placed, current = p.figures.placement, p.figures.current
	before, _below = valuation.standing(p)
	steps = []
	for level, name in enumerate(p.tier_names):
		inside = placed.tier == level
		steps.append(
			Step(
				name,
				int(inside.sum()),
				float(current[inside].sum()),
				float(current[inside].min()) if inside.any() else None,
				int((inside & (before > level)).sum()),
				int((inside & (placed.ranking.tier > level)).sum()),
			)
		)
	return Pyramid(p.policy.name, valuation.currency, steps)
