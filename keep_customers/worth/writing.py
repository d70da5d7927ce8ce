"""What a night writes of its populations: Customer Value and Tier Change, with the reason."""

from functools import partial

import frappe
import numpy as np

from keep_customers.engine import lifecycle
from keep_customers.engine.night import ALIVE_STEP, Figures, moved_far, worth_writing
from keep_customers.erp.attempts import tried
from keep_customers.erp.tables import to_dates
from keep_customers.worth import population, values
from keep_customers.worth.population import Population
from keep_customers.worth.reasons import Reasons


class Writing:
	"""
	:param valuation: the night's; what cannot be written is set aside there
	"""

	def __init__(self, valuation):
		self.valuation = valuation
		self.stored, self.pins, self.counts = valuation.stored, valuation.pins, valuation.counts

	def values_of(self, p: Population) -> None:
		"""Whatever a person or a rule would act on and has changed."""
		f, m, row, old = p.figures, p.measures, p.stored_row, self.stored
		tier_names = np.array(p.tier_names, object)[f.placement.tier]
		pin = np.full(len(p.members), None, object)
		for index, c in enumerate(p.members):
			if c.name in self.pins:
				tier_names[index] = self.pins[c.name].tier
				pin[index] = self.pins[c.name].short
		status_names = np.array(lifecycle.STATUSES, object)[f.status]
		moved = old["tier"][row] != tier_names
		stage_moved = old["status"][row] != status_names
		new_tier, new_status = self._preview(p)
		write = (
			(row < 0)
			| (old["new_tier"][row] != new_tier)
			| (old["new_status"][row] != new_status)
			| p.changed
			| moved
			| stage_moved
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
			| self._drifted(f, row)
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
			"tier_since": days(np.where(moved[at], self.valuation.today, old["tier_since"][row])),
			"policy": same(p.policy.name),
			"status": status_names[at].tolist(),
			"status_since": days(np.where(stage_moved[at], self.valuation.today, old["status_since"][row])),
			"computed_on": same(self.valuation.as_of),
			"currency": same(self.valuation.currency),
			"tier_reason": list(reasons.values()),
			"pin": pin[at].tolist(),
			"current_value": f.current[at].tolist(),
			"potential_value": f.potential[at].tolist(),
			"lifetime_value": np.round(m.total[at], 2).tolist(),
			"value_at_risk": f.at_risk[at].tolist(),
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
			"statistics": values.packed(p.fading.take(at)),
			**self._forecast(p, at),
			"new_tier": new_tier[at].tolist(),
			"new_status": new_status[at].tolist(),
			**self._preview_money(p, at),
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
		changed = {name for name, is_changed in zip(names, p.changed[at].tolist(), strict=True) if is_changed}
		written, moves = values.write(new_values, changes, self.valuation.aside, changed)
		self.counts["written"] += written
		self.counts["moves"] += moves

	def _drifted(self, f: Figures, row: np.ndarray) -> np.ndarray:
		"""Whose forecast has moved far enough from the stored one."""
		old = self.stored
		if not f.forecast:
			return np.zeros(len(row), bool)
		step = 100 * ALIVE_STEP
		return (
			(np.abs(100 * f.forecast.buys_quarter - old["buys_quarter"][row]) >= step)
			| (np.abs(100 * f.forecast.buys_year - old["buys_year"][row]) >= step)
			| moved_far(f.at_risk, old["value_at_risk"][row])
		)

	def _forecast(self, p: Population, at: np.ndarray) -> dict[str, list]:
		f, used = p.figures.forecast, self.valuation.forecasts.check(p)
		low, high = f.interval(at) if f else (np.zeros(len(at)), np.zeros(len(at)))
		return {
			"buys_quarter": np.round(100 * f.buys_quarter[at], 4).tolist() if f else [0] * len(at),
			"buys_year": np.round(100 * f.buys_year[at], 4).tolist() if f else [0] * len(at),
			"expected_low": np.round(low, 2).tolist(),
			"expected_high": np.round(high, 2).tolist(),
			"forecast": [used.forecast if f else None] * len(at),
			"forecast_check": [(used.check or None) if f else None] * len(at),
		}

	def _preview(self, p: Population) -> tuple[np.ndarray, np.ndarray]:
		"""Tier and stage by forecasts that do not decide yet; None where they do."""
		new = p.figures.preview
		if not new:
			return np.full(len(p.members), None, object), np.full(len(p.members), None, object)
		return (
			np.array(p.tier_names, object)[new.placement.tier],
			np.array(lifecycle.STATUSES, object)[new.status],
		)

	def _preview_money(self, p: Population, at: np.ndarray) -> dict[str, list]:
		new = p.figures.preview
		return {
			"new_potential": new.potential[at].tolist() if new else [0] * len(at),
			"new_value_at_risk": new.at_risk[at].tolist() if new else [0] * len(at),
		}

	def _reasons(self, p: Population, at: np.ndarray) -> dict[int, str]:
		"""Index -> why it has its tier, of those for whom that can be said."""
		reasons = Reasons(p, self.valuation.currency, self.pins)
		found: dict[int, str] = {}
		for index in at.tolist():
			reason, problem = tried(partial(reasons.of, index))
			if problem:
				self.valuation.set_aside(p.members[index].name, problem)
			else:
				found[index] = reason
		return found

	def _change(self, customer, policy, from_tier, to_tier, reason, value) -> dict:
		return {
			"name": frappe.generate_hash(length=10),
			"customer": customer.name,
			"customer_name": customer.title,
			"date": self.valuation.as_of,
			"policy": policy,
			"care_run": self.valuation.night.row.name,
			"direction": self._direction(customer.name, from_tier, to_tier),
			"from_tier": from_tier or None,
			"to_tier": to_tier or None,
			"reason": reason,
			"current_value": value["current_value"],
			"potential_value": value["potential_value"],
			"currency": self.valuation.currency,
		}

	def _direction(self, customer: str, from_tier: str | None, to_tier: str | None) -> str:
		if not to_tier:
			return "Left"
		if customer in self.pins:
			return "Pinned"
		if not from_tier:
			return "First"
		return (
			"Up"
			if self.valuation.ranks.get(to_tier, 99) < self.valuation.ranks.get(from_tier, 99)
			else "Down"
		)

	def leave_out(self, ranked: set[str]) -> None:
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
		self.counts["moves"] += values.leave(reasons, changes, self.valuation.as_of, self.valuation.aside)
