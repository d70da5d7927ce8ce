"""The first half of a night: from invoices to Customer Value and Tier Change."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import frappe
import numpy as np
from frappe import _
from frappe.utils import add_months, getdate

from keep_customers.engine import lifecycle, tiers
from keep_customers.engine.followups import value_at_risk
from keep_customers.engine.night import (
	LAST_GOOD,
	Figures,
	contradictory,
	culprits,
	figures,
	model,
	unsound,
	unsound_figures,
	worth_writing,
)
from keep_customers.engine.value import Measures, measure
from keep_customers.erp.attempts import tried
from keep_customers.erp.tables import to_dates
from keep_customers.worth import demand, ledger, population, recounted, values
from keep_customers.worth.pins import pins
from keep_customers.worth.population import Population
from keep_customers.worth.reasons import Reasons, why_unsound

# Below this share of changed customers their invoices are asked for by name, above it all are read at once.
READ_BY_NAME = 0.05
MEASURED = ("purchases", "median_gap", "last_gap", "earlier_gap", "measured_total")
T = TypeVar("T")


class Valuation:
	def __init__(self, night):
		self.night = night
		self.as_of = night.as_of
		self.today = night.as_of.toordinal()
		self.counts = {"customers": 0, "changed": 0, "written": 0, "moves": 0}
		self.parameters: dict = {"models": {}, "rates": {}}
		self.populations: list[Population] = []
		self.recounted: set[str] = set()  # who counts differently by new rules
		self.aside = night.aside
		self.kept: set[str] = set()  # who is set aside tonight: nothing is known against them

	def measure(self) -> None:
		"""Read the invoices' totals, and the histories of those customers whose totals have changed."""
		settings = self.night.settings
		self.currency = ledger.reporting_currency(settings)
		policies = population.policies()
		only = {policy.company for policy in policies}
		rates, warnings = ledger.exchange_rates(
			self.currency,
			self.as_of,
			ledger.known_rates(self.night.last_parameters, self.currency),
			only if all(only) else None,
		)
		self.night.warnings += warnings
		self.parameters |= {"rates": rates, "currency": self.currency}
		self.books = ledger.Ledger(self.as_of, rates)
		self.stored = values.stored()
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
			self.totals[lens] = self.books.totals(lens, with_purchases=not self.stored.row)
		found = self.totals[lens]
		place = {name: index for index, name in enumerate(found.customers)}
		members = population.members(policy, self.unclaimed, place.keys())
		if not members:
			return
		p = self._population(policy, lens, members, found, place)
		self._claim({c.name for c in members})
		self.aside.tried[self.aside.stage, "Customer"] += len(members)
		self.populations.append(self._without(p, unsound(p.measures, p.current, self.today)))

	def _claim(self, names: set[str]) -> None:
		self.unclaimed = [c for c in self.unclaimed if c.name not in names]

	def _set_policy_aside(self, policy, why: str | Exception) -> None:
		"""Its customers keep what they have: they are neither another policy's, nor nobody's."""
		self.aside.add("Tier Policy", policy.name, why)
		old = self.stored
		names = {name for name, row in old.row.items() if old["policy"][row] == policy.name}
		everybody = {c.name for c in self.unclaimed}
		# Where not even that can be said, the policy is named already.
		members, _problem = tried(partial(population.members, policy, self.unclaimed, everybody))
		names |= {c.name for c in members or ()}
		self.kept |= names
		self._claim(names)

	def _without(self, p: Population, out: dict[int, str | Exception]) -> Population:
		"""The population without those who are set aside; they keep what the last good night wrote."""
		for index, why in out.items():
			self._set_aside(p.members[index].name, why_unsound(why) if isinstance(why, str) else why)
		keep = np.ones(len(p.members), bool)
		keep[list(out)] = False
		return p.only(keep)

	def _set_aside(self, customer: str, why: str | Exception) -> None:
		self.kept.add(customer)
		self.aside.add("Customer", customer, why)

	def _sound(self, p: Population, work: Callable[[Population], T]) -> tuple[Population, T]:
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
		row = np.array([self.stored.row.get(c.name, -1) for c in members], np.int64)
		invoices, total, modified = found.invoices[at], found.total[at], found.modified[at]
		changed = self._changed(row, invoices, total, modified, lens.key)
		known = Measures.empty(len(members))
		old = np.flatnonzero(~changed)
		known.replace(old, values.measures(self.stored, row[old]))
		self._read(lens, members, changed, known, found)
		known.total[:] = total
		anew = recounted.counted_differently(self.stored, row, lens, known, modified)
		self.recounted.update(members[index].name for index in np.flatnonzero(anew).tolist())
		self.counts["changed"] += int(changed.sum())
		result = Population(policy, lens, members, known, found.window[at], row, changed, invoices, modified)
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
			# Where somebody was at it by hand, all is measured anew.
			| ~np.isfinite(sum(old[field][row] for field in MEASURED))
			| ((old["purchases"][row] > 0) & contradictory(values.measures(old, row)))
		)

	def _read(self, lens, members, changed, known: Measures, totals: ledger.Totals) -> None:
		where = np.flatnonzero(changed)
		if not where.size:
			return
		names = [members[index].name for index in where.tolist()]
		if totals.purchases:
			found, rows = totals.customers, totals.purchases
		else:
			by_name = len(names) <= max(READ_BY_NAME * len(members), 1000)
			found, rows = self.books.purchases(lens, names if by_name else None)
		fresh = measure(rows, len(found))
		place = {name: index for index, name in enumerate(found)}
		# The database takes "Firm" and "FIRM" for one; who is not found under this name has no purchases to rank.
		at = np.array([place.get(name, -1) for name in names], np.int64)
		known.replace(where[at >= 0], fresh.take(at[at >= 0]))
		for index in where[at < 0].tolist():
			self._set_aside(
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
				_("There are invoices of {0} customers that do not exist.").format(len(unknown))
			)
			self.aside.details.append(f"Invoices of customers that do not exist: {', '.join(unknown[:10])}")

	def model(self) -> None:
		"""Fit each population's model; where it cannot be, the last good one or the prior is used."""
		self._for_each_population(self._model)

	def tier(self) -> None:
		stated = demand.open_demands(self.as_of)
		self.stated_amounts = demand.stated_demand(self.as_of, stated)
		self.stated_days = demand.stated_days(self.as_of, stated)
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
		before = self.night.last_parameters.get("models", {}).get(p.policy.name)
		p, p.model = self._sound(p, lambda p: model(p.measures, self.today, before))
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

	def _tier(self, p: Population) -> Population:
		p, p.figures = self._sound(p, self._figures)
		while out := unsound_figures(p.figures):
			# The others get what they would have got without them: the model is fitted again.
			p = self._model(self._without(p, out))
			p, p.figures = self._sound(p, self._figures)
		last = p.policy.last_review
		p.review = tiers.is_review(p.policy.review, getdate(last).toordinal() if last else 0, self.today)
		before, below = self._standing(p)
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
		amounts, days = self.stated_amounts, self.stated_days
		return figures(
			p.measures,
			p.current,
			p.model,
			self.today,
			np.array([amounts.get(c.name, 0.0) for c in p.members]),
			np.array([days[c.name].toordinal() if c.name in days else 0 for c in p.members], np.int64),
		)

	def _standing(self, p: Population) -> tuple[np.ndarray, np.ndarray]:
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
		ranked = set()
		for p in self.populations:
			ranked.update(c.name for c in p.members)
			_done, problem = tried(partial(self._write, p))
			if problem:
				self.aside.add("Tier Policy", p.policy.name, problem)
			elif p.review:
				self.aside.one("Tier Policy", p.policy.name, lambda p=p: self._note_review(p))
		self._write_left(ranked | self.kept)
		if self.recounted:
			self.night.warnings.append(recounted.tell(self.recounted, self.night.row.name))

	def _note_review(self, p: Population) -> None:
		frappe.db.set_value("Tier Policy", p.policy.name, "last_review", self.as_of, update_modified=False)

	def _write(self, p: Population) -> None:
		f, m, row, old = p.figures, p.measures, p.stored_row, self.stored
		tier_names = np.array(p.tier_names, object)[f.placement.tier]
		pin = np.full(len(p.members), None, object)
		for index, c in enumerate(p.members):
			if c.name in self.pins:
				tier_names[index] = self.pins[c.name].tier
				pin[index] = self.pins[c.name].short
		status_names = np.array(lifecycle.STATUSES, object)[f.status]
		moved = old["tier"][row] != tier_names
		new_status = old["status"][row] != status_names
		write = (
			(row < 0)
			| p.changed
			| moved
			| new_status
			| (old["policy"][row] != p.policy.name)
			| (old["pin"][row] != pin)
			| (old["below_since"][row] != f.placement.below_since)
			| worth_writing(
				f,
				old["current_value"][row],
				old["potential_value"][row],
				old["p_alive"][row] / 100,
				old["next_purchase"][row],
			)
		)
		reasons = self._reasons(p, np.flatnonzero(write))
		at = np.array(list(reasons), np.int64)
		row = row[at]
		members = [p.members[index] for index in at.tolist()]
		names = [c.name for c in members]

		def same(value):
			return [value] * len(at)

		def days(ordinals):
			return to_dates(np.asarray(ordinals, np.int64))

		fields = {
			"name": names,
			"customer": names,
			"customer_name": [c.title for c in members],
			"tier": tier_names[at].tolist(),
			"tier_since": days(np.where(moved[at], self.today, old["tier_since"][row])),
			"policy": same(p.policy.name),
			"status": status_names[at].tolist(),
			"status_since": days(np.where(new_status[at], self.today, old["status_since"][row])),
			"computed_on": same(self.as_of),
			"currency": same(self.currency),
			"tier_reason": list(reasons.values()),
			"pin": pin[at].tolist(),
			"current_value": f.current[at].tolist(),
			"potential_value": f.potential[at].tolist(),
			"lifetime_value": np.round(m.total[at], 2).tolist(),
			"value_at_risk": np.round(value_at_risk(f.current[at], f.p_alive[at]), 2).tolist(),
			"p_alive": np.round(100 * f.p_alive[at], 4).tolist(),
			"expected_purchases": f.expected_purchases[at].tolist(),
			"expected_order_value": f.expected_value[at].tolist(),
			"purchases": m.purchases[at].tolist(),
			"first_purchase": days(m.first[at]),
			"last_purchase": days(m.last[at]),
			"gap": f.gap[at].tolist(),
			"next_purchase": days(f.next_purchase[at]),
			"below_since": days(f.placement.below_since[at]),
			"median_gap": m.median_gap[at].tolist(),
			"last_gap": m.last_gap[at].tolist(),
			"earlier_gap": m.earlier_gap[at].tolist(),
			"invoices": p.invoices[at].tolist(),
			"measured_total": m.total[at].tolist(),
			"source_modified": p.modified[at].tolist(),
			"lens": same(p.lens.key),
		}
		new_values = [dict(zip(fields, one, strict=True)) for one in zip(*fields.values(), strict=True)]
		changes = []
		for index in np.flatnonzero(moved[at]).tolist():
			value, from_tier = new_values[index], old["tier"][row[index]]
			changes.append(
				self._change(
					members[index], p.policy.name, from_tier, value["tier"], value["tier_reason"], value
				)
			)
		written, moves = values.write(new_values, changes, self.aside)
		self.counts["written"] += written
		self.counts["moves"] += moves

	def _reasons(self, p: Population, at: np.ndarray) -> dict[int, str]:
		"""Index -> why it has its tier, of those for whom that can be said."""
		reasons = Reasons(p, self.currency, self.pins)
		found: dict[int, str] = {}
		for index in at.tolist():
			reason, problem = tried(partial(reasons.of, index))
			if problem:
				self._set_aside(p.members[index].name, problem)
			else:
				found[index] = reason
		return found

	def _change(self, customer, policy, from_tier, to_tier, reason, value) -> dict:
		return {
			"name": frappe.generate_hash(length=10),
			"customer": customer.name,
			"customer_name": customer.title,
			"date": self.as_of,
			"policy": policy,
			"care_run": self.night.row.name,
			"direction": self._direction(customer.name, from_tier, to_tier),
			"from_tier": from_tier or None,
			"to_tier": to_tier or None,
			"reason": reason,
			"current_value": value["current_value"],
			"potential_value": value["potential_value"],
			"currency": self.currency,
		}

	def _direction(self, customer: str, from_tier: str | None, to_tier: str | None) -> str:
		if not to_tier:
			return "Left"
		if customer in self.pins:
			return "Pinned"
		if not from_tier:
			return "First"
		return "Up" if self.ranks.get(to_tier, 99) < self.ranks.get(from_tier, 99) else "Down"

	def _write_left(self, ranked: set[str]) -> None:
		"""Who is no longer ranked keeps its figures and loses its tier, with the reason."""
		old = self.stored
		gone = [
			name
			for name, r in old.row.items()
			if name not in ranked and old["status"][r] != values.NOT_RANKED
		]
		reasons, changes = {}, []
		for name, (title, reason) in population.why_not_ranked(gone).items():
			reasons[name] = reason
			r = old.row[name]
			if old["tier"][r]:
				then = {field: float(old[field][r]) for field in ("current_value", "potential_value")}
				customer = population.Customer(name, title, None, None)
				changes.append(self._change(customer, old["policy"][r], old["tier"][r], None, reason, then))
		self.counts["moves"] += values.leave(reasons, changes, self.as_of, self.aside)
