"""The first half of a night: from invoices to Customer Value and Tier Change."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import frappe
import numpy as np
from frappe import _
from frappe.utils import add_months, getdate

from keep_customers.engine import tiers
from keep_customers.engine.forecasts.tonight import Fading
from keep_customers.engine.night import (
	LAST_GOOD,
	Figures,
	Model,
	contradictory,
	culprits,
	figures,
	model,
	remembered,
	unsound,
	unsound_figures,
)
from keep_customers.engine.value import Measures, measure
from keep_customers.erp.attempts import tried
from keep_customers.worth import amounts, currencies, demand, ledger, population, recounted, stored, values
from keep_customers.worth.forecasts import Forecasts
from keep_customers.worth.pins import pins
from keep_customers.worth.population import Population
from keep_customers.worth.reasons import why_unsound
from keep_customers.worth.writing import Writing

# Below this share of changed customers their invoices are asked for by name, above it all are read at once.
READ_BY_NAME = 0.05
MEASURED = ("purchases", "median_gap", "last_gap", "earlier_gap", "measured_total")
T = TypeVar("T")


class Valuation:
	def __init__(self, night, policies: list | None = None):
		"""
		:param policies: by default those that are enabled
		"""
		self.night = night
		self.policies = policies
		self.as_of = night.as_of
		self.today = night.as_of.toordinal()
		self.counts = {"customers": 0, "changed": 0, "written": 0, "moves": 0}
		self.parameters: dict = {"models": {}, "rates": {}}
		self.forecasts = Forecasts(self)
		self.populations: list[Population] = []
		self.recounted: set[str] = set()  # who counts differently by new rules
		self.aside = night.aside
		self.kept: set[str] = set()  # who is set aside tonight: nothing is known against them

	def measure(self) -> None:
		"""Read the invoices' totals, and the histories of those customers whose totals have changed."""
		settings = self.night.settings
		self.currency = currencies.reporting_currency(settings)
		self.decimals = currencies.decimals_of(self.currency)
		policies = population.policies() if self.policies is None else self.policies
		only = {policy.company for policy in policies}
		rates, warnings = currencies.exchange_rates(
			self.currency,
			self.as_of,
			currencies.known_rates(self.night.last_parameters, self.currency),
			only if all(only) else None,
		)
		self.night.warnings += warnings
		was = self.night.last_parameters.get("currency") or self.currency
		if was != self.currency and (what := amounts.mean_something_else(was, self.currency)):
			self.night.warnings.append(what)
		self.parameters |= {"rates": rates, "currency": self.currency}
		self.books = ledger.Ledger(self.as_of, rates)
		self.stored = stored.stored()
		self.pins = pins(self.as_of)
		self.ranks = values.tier_ranks()
		self.unclaimed = population.ranked_customers(settings)
		self.known_names = {c.name for c in self.unclaimed}
		self.totals: dict[ledger.Lens, ledger.Totals] = {}
		self.aside.tried[self.aside.stage, "Tier Policy"] = len(policies)
		for policy in policies:
			why = population.impossible(policy, rates, self.ranks, self.as_of)
			if not why:
				_done, why = tried(partial(self._measure, policy))
			if why:
				self._set_policy_aside(policy, why)
		self._report_unknown(self.totals.values())

	def _measure(self, policy) -> None:
		lens = ledger.Lens(
			policy.company, policy.value_basis, getdate(add_months(self.as_of, -policy.window_months))
		)
		if lens not in self.totals:
			# On a first night every history is needed: better read with the totals than after them.
			first = not len(self.stored)
			self.totals[lens] = self.books.totals(lens, with_purchases=first, about=len(self.known_names))
		found = self.totals[lens]
		place = {name: index for index, name in enumerate(found.customers)}
		members = population.members(policy, self.unclaimed, place.keys())
		if not members:
			return
		p = self._population(policy, lens, members, found, place)
		# Whoever has bought nothing there that stands is left to the next policy.
		self._claim({c.name for c in p.members} | self.kept)
		self.aside.tried[self.aside.stage, "Customer"] += len(members)
		self.populations.append(self._without(p, unsound(p.measures, p.current, self.today)))

	def _claim(self, names: set[str]) -> None:
		self.unclaimed = [c for c in self.unclaimed if c.name not in names]

	def _set_policy_aside(self, policy, why: str | Exception) -> None:
		"""Its customers keep what they have: they are neither another policy's, nor nobody's."""
		self.aside.add("Tier Policy", policy.name, why)
		names = set(frappe.get_all("Customer Value", {"policy": policy.name}, pluck="name"))
		everybody = {c.name for c in self.unclaimed}
		# Where not even that can be said, the policy is named already.
		members, _problem = tried(partial(population.members, policy, self.unclaimed, everybody))
		names |= {c.name for c in members or ()}
		self.kept |= names
		self._claim(names)

	def _without(self, p: Population, out: dict[int, str | Exception]) -> Population:
		"""The population without those who are set aside; they keep what the last good night wrote."""
		for index, why in out.items():
			self.set_aside(p.members[index].name, why_unsound(why) if isinstance(why, str) else why)
		keep = np.ones(len(p.members), bool)
		keep[list(out)] = False
		return p.only(keep)

	def set_aside(self, customer: str, why: str | Exception) -> None:
		self.kept.add(customer)
		self.aside.add("Customer", customer, why)

	def sound(self, p: Population, work: Callable[[Population], T]) -> tuple[Population, T]:
		"""The population without those with whom something cannot be worked out, and what was.

		What can be told beforehand is (``unsound``); this is for what nobody has thought of.
		"""
		result, problem = tried(partial(work, p))
		if not problem:
			return p, result
		found = culprits(len(p.members), lambda part: bool(tried(partial(work, p.at(part)))[1]))
		if not found.size:
			raise problem
		p = self._without(p, dict.fromkeys(found.tolist(), problem))
		return p, work(p)

	def _population(self, policy, lens, members, found, place) -> Population:
		at = np.array([place[c.name] for c in members], np.int64)
		row = self.stored.rows_of([c.name for c in members])
		invoices, total, modified = found.invoices[at], found.total[at], found.modified[at]
		changed = self._changed(row, invoices, total, modified, lens.key)
		known, fading = Measures.empty(len(members)), Fading.empty(len(members))
		old = np.flatnonzero(~changed)
		known.replace(old, stored.measures(self.stored, row[old]))
		fading.replace(old, self.stored.fading.take(row[old]))
		self._read(lens, members, changed, known, fading, found)
		known.total[:] = total
		anew = recounted.counted_differently(self.stored, row, lens, known, modified)
		self.recounted.update(members[index].name for index in np.flatnonzero(anew).tolist())
		self.counts["changed"] += int(changed.sum())
		result = Population(
			policy, lens, members, known, fading, found.window[at], row, changed, invoices, modified
		)
		return result.only(known.purchases > 0)

	def _changed(self, row, invoices, total, modified, lens_key) -> np.ndarray:
		"""Whose invoices are not those the stored measures were taken from."""
		old = self.stored
		return (
			(row < 0)
			| (old["invoices"][row] != invoices)
			| (np.abs(old["measured_total"][row] - total) > 1e-6)
			| (old["source_modified"][row] != modified)
			| (old["lens"][row] != lens_key)
			| ~old.has_fading[row]
			# Where somebody was at it by hand, all is measured anew.
			| ~np.isfinite(sum(old[field][row] for field in MEASURED))
			| ((old["purchases"][row] > 0) & contradictory(stored.measures(old, row)))
		)

	def _read(self, lens, members, changed, known: Measures, fading: Fading, totals: ledger.Totals) -> None:
		where = np.flatnonzero(changed)
		if not where.size:
			return
		names = [members[index].name for index in where.tolist()]
		if totals.purchases:
			found, rows = totals.customers, totals.purchases
		else:
			by_name = len(names) <= max(READ_BY_NAME * len(members), 1000)
			found, rows = self.books.purchases(lens, names if by_name else None)
		fresh, faded = measure(rows, len(found)), Fading.of(rows, len(found))
		place = {name: index for index, name in enumerate(found)}
		# The database takes "Firm" and "FIRM" for one; who is not found under this name has no purchases to rank.
		at = np.array([place.get(name, -1) for name in names], np.int64)
		known.replace(where[at >= 0], fresh.take(at[at >= 0]))
		fading.replace(where[at >= 0], faded.take(at[at >= 0]))
		for index in where[at < 0].tolist():
			self.set_aside(
				members[index].name, _("Its invoices are filed under another spelling of its name.")
			)

	def _report_unknown(self, all_totals) -> None:
		"""Invoices of customers that do not exist are a sign of trouble elsewhere; say so, go on."""
		named = {name for totals in all_totals for name in totals.customers if name not in self.known_names}
		if not named:
			return
		exist = set(
			frappe.get_all("Customer", filters={"name": ("in", sorted(named, key=str))}, pluck="name")
		)
		if unknown := sorted(str(name) for name in named - exist):
			self.night.warnings.append(
				_("There are invoices of customers that do not exist: {0}.").format(len(unknown))
			)
			self.aside.details.append(f"Invoices of customers that do not exist: {', '.join(unknown[:10])}")

	def model(self) -> None:
		"""Find each population's forecast, and fit the model before it where that still decides."""
		self._for_each_population(self._model)

	def tier(self) -> None:
		stated = demand.open_demands(self.as_of)
		self.stated_amounts = demand.stated_demand(self.as_of, stated)
		self.stated_days = demand.stated_days(self.as_of, stated)
		self.stated_sizes = demand.stated_sizes(self.as_of, stated)
		self._for_each_population(self._tier)

	def _for_each_population(self, work: Callable[[Population], Population]) -> None:
		done = []
		for p in self.populations:
			result, problem = tried(partial(work, p))
			if problem:
				self.aside.add("Tier Policy", p.policy.name, problem)
				self.kept.update(c.name for c in p.members)
			else:
				done.append(result)
		self.populations = done

	def _model(self, p: Population) -> Population:
		if p.policy.name not in self.forecasts.of_policy:
			p = self.forecasts.prepare(p)
		before = self.remembered(p.policy.name)
		if self.forecasts.accepted:
			self.parameters["models"][p.policy.name] = before
			return p
		p, p.model = self.sound(p, lambda p: model(p.measures, self.today, before))
		self.parameters["models"][p.policy.name] = p.model.remember(before)
		for problem, used in p.model.problems:
			text = (
				_("{0}: {1} The parameters of the last good fit are used.")
				if used == LAST_GOOD
				else _("{0}: {1} Cautious standard assumptions are used until then.")
			)
			why = _(problem.message).format(**problem.values)
			warning = text.format(p.policy.name, why)
			if warning not in self.night.warnings:
				self.night.warnings.append(warning)
		return p

	def remembered(self, policy: str) -> dict | None:
		"""A policy's model as it was last fitted; none where amounts were in another currency."""
		last = self.night.last_parameters
		if last.get("currency", self.currency) != self.currency:
			return None
		return (last.get("models") or {}).get(policy)

	def model_before(self, p: Population) -> Model:
		"""The model that decided before the forecasts were accepted, as it was last fitted."""
		return remembered(p.measures, self.remembered(p.policy.name))

	def _tier(self, p: Population) -> Population:
		p, p.figures = self.sound(p, self._figures)
		while out := unsound_figures(p.figures):
			# The others get what they would have got without them: the model is fitted again.
			p = self._model(self._without(p, out))
			p, p.figures = self.sound(p, self._figures)
		last = p.policy.last_review
		p.review = tiers.is_review(p.policy.review, getdate(last).toordinal() if last else 0, self.today)
		before, below = self.standing(p)
		p.figures.placement = tiers.place(
			p.figures.current,
			p.figures.potential,
			before,
			below,
			population.cuts(p.policy),
			self.today,
			p.review,
		)
		self.counts["customers"] += len(p.members)
		return p

	def _figures(self, p: Population) -> Figures:
		days = {name: day.toordinal() for name, day in self.stated_days.items()}
		said = (
			_of_few(p.members, self.stated_amounts, np.float64),
			_of_few(p.members, days, np.int64),
			_of_few(p.members, self.stated_sizes, np.float64),
		)
		if self.forecasts.accepted:
			return self.forecasts.figures(p, *said)
		found = figures(p.measures, p.current, p.model, self.today, *said, self.decimals)
		found.preview, problem = tried(partial(self.forecasts.preview, p, *said))
		if problem:
			self.aside.add("Tier Policy", p.policy.name, problem)
		return found

	def standing(self, p: Population) -> tuple[np.ndarray, np.ndarray]:
		"""Tier index and day below of every member so far; a new member of the policy has none.

		Neither has who is or was pinned: what a manager decided is not what the figures asked for, so it is not
		kept, and not held against the customer, when the pin ends.
		"""
		old, row = self.stored, p.stored_row
		before = np.full(len(p.members), tiers.NOT_RANKED)
		for level, name in enumerate(p.tier_names):
			before[old["tier"][row] == name] = level
		before[(old["policy"][row] != p.policy.name) | (old["pin"][row] != None)] = tiers.NOT_RANKED  # noqa: E711
		if self.pins:
			before[[c.name in self.pins for c in p.members]] = tiers.NOT_RANKED
		return before, old["below_since"][row]

	def write(self) -> None:
		self.totals.clear()  # nobody asks for them any more, and what is kept for the next night needs the room
		writing = Writing(self)
		for p in self.populations:
			_done, problem = tried(partial(writing.values_of, p))
			if problem:
				self.aside.add("Tier Policy", p.policy.name, problem)
			elif p.review:
				self.aside.one("Tier Policy", p.policy.name, lambda p=p: self._note_review(p))
		ranked = [p.stored_row for p in self.populations]
		writing.leave_out(np.concatenate([*ranked, self.stored.rows_of(list(self.kept))]))
		stored.keep(self.stored, writing.touched)
		# That of the figures, and not of the settings, which may have changed by day.
		card = partial(currencies.show_on_card, self.currency)
		self.aside.one("Number Card", currencies.CARD, card)
		if self.recounted:
			self.night.warnings.append(recounted.tell(self.recounted, self.night.row.name))

	def _note_review(self, p: Population) -> None:
		frappe.db.set_value("Tier Policy", p.policy.name, "last_review", self.as_of, update_modified=False)


def _of_few(members: list, values: dict[str, float], kind: type) -> np.ndarray:
	"""What is known of some of them, 0 of all others."""
	return (
		np.array([values.get(c.name, 0) for c in members], kind) if values else np.zeros(len(members), kind)
	)
