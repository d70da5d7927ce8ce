"""Which forecast a policy's values follow: checked once a month, moved on to night by night.

A Forecast Check holds what was found in a month, and all that is needed to ask its forecast of everybody, so that a night
fits nothing. How far the nights have moved on to it is noted on the Care Run, as is what else the next night goes on from.
"""

from datetime import date
from functools import partial

import numpy as np

from keep_customers.engine import tiers
from keep_customers.engine.forecasts import glide
from keep_customers.engine.forecasts.choice import USUAL
from keep_customers.engine.forecasts.tonight import BEFORE, Checked, Said, figures, say, value_as_before
from keep_customers.engine.night import Figures
from keep_customers.engine.value import Purchases
from keep_customers.erp.attempts import tried
from keep_customers.worth import checks
from keep_customers.worth.checks import InUse
from keep_customers.worth.population import Population, cuts

CHECKED, AS_BEFORE = "Checked Forecasts", "BG/NBD as Before"


def accepted(settings) -> bool:
	"""Whether values follow the checked forecasts; a site from before them goes on as before until somebody says so."""
	return settings.forecasts != AS_BEFORE


class Forecasts:
	"""The forecasts of all policies in one night."""

	def __init__(self, valuation):
		self.valuation = valuation
		self.night = valuation.night
		self.as_of: date = valuation.as_of
		self.accepted = accepted(self.night.settings)
		self.before: dict = self.night.last_parameters.get("forecasts") or {}
		self.noted: dict = valuation.parameters.setdefault("forecasts", {})
		self.of_policy: dict[str, InUse] = {}
		self.log: tuple = ()  # the lens whose purchases were read last, and these

	def prepare(self, p: Population) -> Population:
		"""See that there is a check of this month; the population without those of whom none can be made."""
		policy, problem = p.policy.name, None
		of = self._of(p)
		found = checks.of_month(policy, self.as_of, of)
		if not found:
			found, problem = tried(partial(self._make, p))
		if problem:
			without, _nobody = tried(lambda: self.valuation.sound(p, self._fitted)[0])
			if without and len(without.members) < len(p.members):
				p = without
				found, problem = tried(partial(self._make, p))
		if problem:
			# Named, and tried again the next night; what was good last month serves meanwhile.
			self.valuation.aside.add("Tier Policy", policy, problem)
			found = checks.latest(policy, self.as_of, of)
		self.of_policy[policy] = found or InUse("", "", Checked.unknown())
		return p

	def check(self, p: Population) -> InUse:
		"""What decides for a population, once it is prepared."""
		return self.of_policy[p.policy.name]

	def figures(
		self, p: Population, stated: np.ndarray, stated_day: np.ndarray, stated_size: np.ndarray
	) -> Figures:
		"""What the forecasts make of a population, once more of the older ones until the newest has all the weight."""
		policy, newest = p.policy.name, self.check(p)
		weights = dict(self.before.get(policy) or {})
		if not weights and self._had_model(policy):
			weights = {BEFORE: 1.0}
		said = self._say(p, newest.checked)
		values = {newest.check: said.value}
		for name in weights:
			if name not in values and (older := self._older(p, name)) is not None:
				values[name] = older
		keep = cuts(p.policy)

		def tiers_of(potential: np.ndarray) -> np.ndarray:
			return tiers.rank(
				p.current, np.round(np.maximum(potential, stated), self.valuation.decimals), keep
			).tier

		weights = glide.moved_on(weights, newest.check, values, tiers_of, keep.keep)
		self.noted[policy] = weights
		potential = glide.blend(values, weights)
		return self._rounded(p, said, potential, stated, stated_day, stated_size)

	def preview(
		self, p: Population, stated: np.ndarray, stated_day: np.ndarray, stated_size: np.ndarray
	) -> Figures:
		"""What they would make of it, and which tier its figures would ask for, on a site that goes on as before."""
		said = self._say(p, self.check(p).checked)
		found = self._rounded(p, said, said.value, stated, stated_day, stated_size)
		nobody = np.full(len(p.members), tiers.NOT_RANKED)
		found.placement = tiers.place(
			found.current, found.potential, nobody, np.zeros_like(nobody), cuts(p.policy), self.today, True
		)
		return found

	@property
	def today(self) -> int:
		return self.valuation.today

	def _say(self, p: Population, checked: Checked) -> Said:
		return say(checked, p.measures, p.fading, last_period(p), self.today)

	def _rounded(self, p: Population, said: Said, potential: np.ndarray, *stated: np.ndarray) -> Figures:
		return figures(
			p.measures, p.current, said, potential, self.today, *stated, decimals=self.valuation.decimals
		)

	def _of(self, p: Population) -> str:
		return checks.learned_of(self.valuation.currency, p.lens)

	def _had_model(self, policy: str) -> bool:
		return bool(self.valuation.remembered(policy))

	def _older(self, p: Population, name: str) -> np.ndarray | None:
		"""The values that an earlier forecast expects; None where it is gone."""
		if name == BEFORE:
			return value_as_before(self.valuation.model_before(p), p.measures, self.today)
		older = checks.named(name, self._of(p))
		return self._say(p, older.checked).value if older else None

	def _make(self, p: Population) -> InUse:
		log = self._log(p)
		currency = self.valuation.currency
		return checks.make(p.policy.name, log, self.as_of, currency, p.lens, tell=self.accepted)

	def _fitted(self, p: Population) -> Checked:
		return Checked.of(self._log(p), self.today, USUAL)

	def _log(self, p: Population) -> Purchases:
		"""All purchases of the members, numbered by their places."""
		totals = self.valuation.totals[p.lens]
		if not self.log or self.log[0] != p.lens:
			all_of_it = (totals.customers, totals.purchases) if totals.purchases else None
			self.log = p.lens, all_of_it or self.valuation.books.purchases(p.lens)
		names, log = self.log[1]
		place = {c.name: index for index, c in enumerate(p.members)}
		member = np.array([place.get(name, -1) for name in names], np.int64)
		if not len(names):
			return log
		who = member[log.customer]
		order = np.flatnonzero(who >= 0)
		order = order[np.argsort(who[order], kind="stable")]
		return Purchases(who[order], log.day[order], log.net[order], log.occasion[order])


def last_period(p: Population) -> np.ndarray:
	"""Revenue of twelve months, which is what the window brought, or its part of it."""
	return p.current * (12 / (p.policy.window_months or 12))
