"""What a night writes of its populations: Customer Value and Tier Change, with the reason."""

from functools import partial
from typing import NamedTuple

import frappe
import numpy as np

from keep_customers.engine import lifecycle
from keep_customers.engine.night import (
	ALIVE_STEP,
	Figures,
	due_on_another_day,
	moved_far,
	of_another_size,
	worth_writing,
)
from keep_customers.erp.attempts import tried
from keep_customers.erp.tables import chunks, new_name, to_dates
from keep_customers.worth import population, stored, values
from keep_customers.worth.population import Population
from keep_customers.worth.reasons import Reasons

AT_ONCE = 10_000  # customers whose rows are put together; what is in memory does not grow with the company


class Standing(NamedTuple):
	"""One element a customer; texts, None for none.

	:ivar mark: of the pin, as it is kept
	:ivar new_tier: and new_stage: by forecasts that do not decide yet; None where they do
	"""

	tier: np.ndarray
	stage: np.ndarray
	pin: np.ndarray
	mark: np.ndarray
	new_tier: np.ndarray
	new_stage: np.ndarray


class Writing:
	"""
	:param valuation: the night's; what cannot be written is set aside there
	"""

	def __init__(self, valuation):
		self.valuation = valuation
		self.stored, self.pins, self.counts = valuation.stored, valuation.pins, valuation.counts
		self.touched: set[str] = set()  # whose Customer Value may be another one since

	def values_of(self, p: Population) -> None:
		"""Whatever a person or a rule would act on and has changed.

		Most of what is written each night are figures of customers who did nothing: those alone, for the rest of their rows
		stays as it is, and so does what Customer shows of them.
		"""
		now = self._standing(p)
		whole, figures = self._to_write(p, now)
		for part in chunks(np.flatnonzero(whole), AT_ONCE):
			if at := self._with_reasons(p, part):
				self._write_whole(p, now, at)
		for part in chunks(np.flatnonzero(figures & ~whole), AT_ONCE):
			if at := self._with_reasons(p, part):
				self._write_figures(p, at)

	def _standing(self, p: Population) -> Standing:
		"""Where everybody stands now, by name; who is pinned where the pin says."""
		size = len(p.members)
		tier = np.array(p.tier_names, object)[p.figures.placement.tier]
		pin, mark = np.full(size, None, object), np.full(size, None, object)
		for index, c in enumerate(p.members if self.pins else ()):
			if found := self.pins.get(c.name):
				tier[index], pin[index] = found.tier, found.short
				[mark[index]] = stored.secret([found.short])
		stage = np.array(lifecycle.STATUSES, object)[p.figures.status]
		if not (new := p.figures.preview):
			nothing = np.full(size, None, object)
			return Standing(tier, stage, pin, mark, nothing, nothing)
		new_tier = np.array(p.tier_names, object)[new.placement.tier]
		return Standing(tier, stage, pin, mark, new_tier, np.array(lifecycle.STATUSES, object)[new.status])

	def _to_write(self, p: Population, now: Standing) -> tuple[np.ndarray, np.ndarray]:
		"""Of whom all is to be written, and of whom the figures; two bool arrays."""
		f, row, old = p.figures, p.stored_row, self.stored
		next_purchase = old["next_purchase"][row]
		whole = (
			(row < 0)
			| p.changed
			| (old["tier"][row] != now.tier)
			| (old["status"][row] != now.stage)
			| (old["policy"][row] != p.policy.name)
			| (old["pin"][row] != now.mark)
			| (old["below_since"][row] != f.placement.below_since)
			| (old["new_tier"][row] != now.new_tier)
			| (old["new_status"][row] != now.new_stage)
			| due_on_another_day(f, next_purchase)
		)
		figures = worth_writing(
			f, old["current_value"][row], old["potential_value"][row], old["p_alive"][row] / 100
		)
		figures |= of_another_size(f, old["expected_order_value"][row])
		return whole, figures | self._drifted(f, row)

	def _write_whole(self, p: Population, now: Standing, at: dict[int, str]) -> None:
		index = np.array(list(at), np.int64)
		members, old, row = [p.members[i] for i in at], self.stored, p.stored_row[index]
		moved = old["tier"][row] != now.tier[index]
		columns = self._figures(p, at) | self._rest(p, now, members, index)
		names = columns["name"]
		self.touched.update(names)
		changes = [
			self._change(
				members[place],
				p.policy.name,
				old["tier"][row[place]],
				columns["tier"][place],
				columns["tier_reason"][place],
				{field: columns[field][place] for field in ("current_value", "potential_value")},
			)
			for place in np.flatnonzero(moved).tolist()
		]
		changed = {names[place] for place in np.flatnonzero(p.changed[index]).tolist()}
		written, moves = values.write(columns, changes, self.valuation.aside, changed)
		self.counts["written"] += written
		self.counts["moves"] += moves

	def _write_figures(self, p: Population, at: dict[int, str]) -> None:
		columns = self._figures(p, at)
		self.touched.update(columns["name"])
		self.counts["written"] += values.write_figures(columns, self.valuation.aside)

	def _figures(self, p: Population, at: dict[int, str]) -> dict[str, list]:
		"""What is worked out anew every night."""
		f, index = p.figures, np.array(list(at), np.int64)
		size = len(at)
		return {
			"name": [p.members[i].name for i in at],
			"computed_on": [self.valuation.as_of] * size,
			"currency": [self.valuation.currency] * size,
			"tier_reason": list(at.values()),
			"current_value": f.current[index].tolist(),
			"potential_value": f.potential[index].tolist(),
			"value_at_risk": f.at_risk[index].tolist(),
			"p_alive": np.round(100 * f.p_alive[index], 4).tolist(),
			"expected_purchases": f.expected_purchases[index].tolist(),
			"expected_order_value": f.expected_value[index].tolist(),
			"gap": f.gap[index].tolist(),
			**self._forecast(p, index),
			**self._preview_money(p, index),
		}

	def _rest(self, p: Population, now: Standing, members: list, at: np.ndarray) -> dict[str, list]:
		"""What else stands in the row: who it is, where it stands, and what it has bought."""
		f, m, old, row = p.figures, p.measures, self.stored, p.stored_row[at]
		size, today = len(at), self.valuation.today

		def days(ordinals):
			return to_dates(np.asarray(ordinals, np.int64))

		def since(field: str, before: np.ndarray, current: np.ndarray) -> list:
			return days(np.where(before != current, today, old[field][row]))

		return {
			"customer": [c.name for c in members],
			"customer_name": [c.title for c in members],
			"tier": now.tier[at].tolist(),
			"tier_since": since("tier_since", old["tier"][row], now.tier[at]),
			"policy": [p.policy.name] * size,
			"status": now.stage[at].tolist(),
			"status_since": since("status_since", old["status"][row], now.stage[at]),
			"pin": now.pin[at].tolist(),
			"below_since": days(f.placement.below_since[at]),
			"next_purchase": days(f.next_purchase[at]),
			"new_tier": now.new_tier[at].tolist(),
			"new_status": now.new_stage[at].tolist(),
			"lifetime_value": np.round(m.total[at], self.valuation.decimals).tolist(),
			"purchases": m.purchases[at].tolist(),
			"first_purchase": days(m.first[at]),
			"last_purchase": days(m.last[at]),
			"median_gap": m.median_gap[at].tolist(),
			"last_gap": m.last_gap[at].tolist(),
			"earlier_gap": m.earlier_gap[at].tolist(),
			"invoices": p.invoices[at].tolist(),
			"measured_total": m.total[at].tolist(),
			"source_modified": p.modified[at].tolist(),
			"lens": [p.lens.key] * size,
			"statistics": stored.packed(p.fading.take(at)),
		}

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
			"expected_low": np.round(low, self.valuation.decimals).tolist(),
			"expected_high": np.round(high, self.valuation.decimals).tolist(),
			"forecast": [used.forecast if f else None] * len(at),
			"forecast_check": [(used.check or None) if f else None] * len(at),
		}

	def _preview_money(self, p: Population, at: np.ndarray) -> dict[str, list]:
		new = p.figures.preview
		return {
			"new_potential": new.potential[at].tolist() if new else [0] * len(at),
			"new_value_at_risk": new.at_risk[at].tolist() if new else [0] * len(at),
		}

	def _with_reasons(self, p: Population, at: np.ndarray) -> dict[int, str]:
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
			"name": new_name(),
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

	def leave_out(self, ranked: np.ndarray) -> None:
		"""Who is no longer ranked keeps its figures and loses its tier, with the reason.

		:param ranked: rows of those who are, and of who keeps what it has; -1 for none
		"""
		old = self.stored
		left = old["status"] != values.NOT_RANKED
		left[ranked] = left[-1] = False
		if not left.any():
			return
		gone = self._names_of(np.flatnonzero(left))
		# They keep what the night has said that ranked them last, in its currency.
		of_others = {"currency": ("!=", self.valuation.currency), "status": ("!=", values.NOT_RANKED)}
		money = dict(frappe.get_all("Customer Value", of_others, ["name", "currency"], as_list=True))
		reasons, changes = {}, []
		for name, (title, reason) in population.why_not_ranked(list(gone)).items():
			reasons[name] = reason
			r = gone[name]
			if old["tier"][r]:
				then = {field: float(old[field][r]) for field in ("current_value", "potential_value")}
				customer = population.Customer(name, title, None, None)
				change = self._change(customer, old["policy"][r], old["tier"][r], None, reason, then)
				changes.append(change | {"currency": money.get(name) or change["currency"]})
		self.touched.update(reasons)
		self.counts["moves"] += values.leave(reasons, changes, self.valuation.as_of, self.valuation.aside)

	def _names_of(self, rows: np.ndarray) -> dict[str, int]:
		"""Name -> row; what is kept names nobody."""
		names = frappe.get_all(
			"Customer Value", {"status": ("!=", values.NOT_RANKED)}, pluck="name", order_by="name asc"
		)
		wanted = set(rows.tolist())
		found = zip(names, self.stored.rows_of(names).tolist(), strict=True)
		return {name: row for name, row in found if row in wanted}
