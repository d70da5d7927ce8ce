"""The first half of a night: from invoices to Customer Value and Tier Change."""

from dataclasses import dataclass

import frappe
import numpy as np
from frappe import _
from frappe.utils import add_months, formatdate, getdate

from keep_customers.engine import lifecycle, tiers
from keep_customers.engine.followups import value_at_risk
from keep_customers.engine.night import LAST_GOOD, Figures, Model, figures, model, worth_writing
from keep_customers.engine.value import Measures, measure
from keep_customers.erp import ledger, population, values
from keep_customers.erp.money import formatter
from keep_customers.erp.pins import pins
from keep_customers.erp.tables import to_dates, to_ordinals

# Below this share of changed customers their invoices are asked for by name, above it all are read at once.
READ_BY_NAME = 0.05


@dataclass
class Population:
	"""The members of one policy, in the order of their names, and what the night finds out about them."""

	policy: dict
	lens: ledger.Lens
	members: list[population.Customer]
	measures: Measures
	current: np.ndarray
	stored_row: np.ndarray  # -1 for who has no Customer Value yet
	changed: np.ndarray
	invoices: np.ndarray
	modified: list[str]
	model: Model | None = None
	figures: Figures | None = None
	review: bool = False

	@property
	def tier_names(self) -> list[str]:
		return [self.policy[f"{level}_tier"] for level in ("top", "high", "broad", "low")]


class Valuation:
	def __init__(self, night):
		self.night = night
		self.as_of = night.as_of
		self.today = night.as_of.toordinal()
		self.counts = {"customers": 0, "changed": 0, "written": 0, "moves": 0}
		self.parameters: dict = {"models": {}, "rates": {}}
		self.populations: list[Population] = []

	def measure(self) -> None:
		"""Read the invoices' totals, and the histories of those customers whose totals have changed."""
		settings = self.night.settings
		self.currency = ledger.reporting_currency(settings)
		rates, warnings = ledger.exchange_rates(
			self.currency, self.as_of, ledger.known_rates(self.night.last_parameters, self.currency)
		)
		self.night.warnings += warnings
		self.parameters |= {"rates": rates, "currency": self.currency}
		self.books = ledger.Ledger(self.as_of, rates)
		self.stored = values.stored()
		self.pins = pins(self.as_of)
		self.ranks = values.tier_ranks()
		unclaimed = population.ranked_customers(settings)
		self.known_names = {c.name for c in unclaimed}
		totals: dict[ledger.Lens, ledger.Totals] = {}
		for policy in population.policies():
			if policy.company and policy.company not in rates:
				continue
			lens = ledger.Lens(
				policy.company, policy.value_basis, getdate(add_months(self.as_of, -policy.window_months))
			)
			if lens not in totals:
				totals[lens] = self.books.totals(lens)
			found = totals[lens]
			place = {name: index for index, name in enumerate(found.customers)}
			members = population.members(policy, unclaimed, place.keys())
			if not members:
				continue
			claimed = {c.name for c in members}
			unclaimed = [c for c in unclaimed if c.name not in claimed]
			self.populations.append(self._population(policy, lens, members, found, place))
		self._report_unknown(totals.values())

	def _population(self, policy, lens, members, found, place) -> Population:
		at = np.array([place[c.name] for c in members], np.int64)
		row = np.array([self.stored.row.get(c.name, -1) for c in members], np.int64)
		modified = [found.modified[index] for index in at.tolist()]
		invoices, total = found.invoices[at], found.total[at]
		changed = self._changed(row, invoices, total, modified, lens.key)
		known = Measures.empty(len(members))
		old = np.flatnonzero(~changed)
		known.replace(old, values.measures(self.stored, row[old]))
		self._read(lens, members, changed, known)
		known.total[:] = total
		self.counts["changed"] += int(changed.sum())
		result = Population(policy, lens, members, known, found.window[at], row, changed, invoices, modified)
		return _only(result, known.purchases > 0)

	def _changed(self, row, invoices, total, modified, lens_key) -> np.ndarray:
		"""Whose invoices are not those the stored measures were taken from."""
		changed = row < 0
		there = np.flatnonzero(row >= 0)
		rows = row[there].tolist()
		old_invoices, old_total = self.stored["invoices"], self.stored["measured_total"]
		old_modified, old_lens = self.stored["source_modified"], self.stored["lens"]
		changed[there] = [
			old_invoices[r] != count
			or abs((old_total[r] or 0) - amount) > 1e-6
			or old_modified[r] != modified[index]
			or old_lens[r] != lens_key
			for index, r, count, amount in zip(
				there.tolist(), rows, invoices[there].tolist(), total[there].tolist(), strict=True
			)
		]
		return changed

	def _read(self, lens, members, changed, known: Measures) -> None:
		where = np.flatnonzero(changed)
		if not where.size:
			return
		names = [members[index].name for index in where.tolist()]
		by_name = len(names) <= max(READ_BY_NAME * len(members), 1000)
		found, rows = self.books.purchases(lens, names if by_name else None)
		fresh = measure(rows, len(found))
		place = {name: index for index, name in enumerate(found)}
		at = np.array([place[name] for name in names], np.int64)
		known.replace(where, fresh.take(at))

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
				_("There are invoices of customers that do not exist: {0}").format(", ".join(unknown[:10]))
			)

	def model(self) -> None:
		"""Fit each population's model; where it cannot be, the last good one or the prior is used."""
		last = self.night.last_parameters.get("models", {})
		for p in self.populations:
			before = last.get(p.policy.name)
			p.model = model(p.measures, self.today, before)
			self.parameters["models"][p.policy.name] = p.model.remember(before)
			for problem, used in p.model.problems:
				text = (
					_("{0}: {1} The parameters of the last good fit are used.")
					if used == LAST_GOOD
					else _("{0}: {1} Cautious standard assumptions are used until then.")
				)
				why = _(problem.message).format(**problem.values)
				self.night.warnings.append(text.format(p.policy.name, why))

	def tier(self) -> None:
		for p in self.populations:
			p.figures = figures(p.measures, p.current, p.model, self.today)
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

	def _standing(self, p: Population) -> tuple[np.ndarray, np.ndarray]:
		"""Tier index and day below of every member so far; a new member of the policy has none.

		Neither has who is or was pinned: what a manager decided is not what the figures asked for, so it is not
		kept, and not held against the customer, when the pin ends.
		"""
		index = {name: level for level, name in enumerate(p.tier_names)}
		before = np.full(len(p.members), tiers.NOT_RANKED)
		there = np.flatnonzero(p.stored_row >= 0)
		rows = p.stored_row[there].tolist()
		tier, policy, pin = (self.stored[field] for field in ("tier", "policy", "pin"))
		before[there] = [
			index.get(tier[r], tiers.NOT_RANKED)
			if policy[r] == p.policy.name and not pin[r]
			else tiers.NOT_RANKED
			for r in rows
		]
		if self.pins:
			before[[c.name in self.pins for c in p.members]] = tiers.NOT_RANKED
		below = np.zeros(len(p.members), np.int64)
		below[there] = to_ordinals([self.stored["below_since"][r] for r in rows])
		return before, below

	def write(self) -> None:
		ranked = set()
		for p in self.populations:
			ranked.update(c.name for c in p.members)
			self._write(p)
			if p.review:
				frappe.db.set_value(
					"Tier Policy", p.policy.name, "last_review", self.as_of, update_modified=False
				)
				frappe.db.commit()
		self._write_left(ranked)

	def _write(self, p: Population) -> None:
		f, row, old = p.figures, p.stored_row, self.stored
		there = np.flatnonzero(row >= 0)
		rows = row[there].tolist()

		def stored(field, empty=0.0):
			result = np.full(len(p.members), empty)
			column = old[field]
			result[there] = [column[r] or empty for r in rows]
			return result

		def stored_days(field):
			result = np.zeros(len(p.members), np.int64)
			result[there] = to_ordinals([old[field][r] for r in rows])
			return result

		tier_names = np.array(p.tier_names, object)[f.placement.tier]
		pin = np.full(len(p.members), None, object)
		for index, c in enumerate(p.members):
			if c.name in self.pins:
				tier_names[index] = self.pins[c.name].tier
				pin[index] = self.pins[c.name].short
		status_names = np.array(lifecycle.STATUSES, object)[f.status]
		old_tier = np.full(len(p.members), None, object)
		old_status = np.full(len(p.members), None, object)
		old_policy = np.full(len(p.members), None, object)
		old_pin = np.full(len(p.members), None, object)
		for target, field in ((old_tier, "tier"), (old_status, "status"), (old_policy, "policy")):
			target[there] = [old[field][r] for r in rows]
		old_pin[there] = [old["pin"][r] or None for r in rows]
		moved = old_tier != tier_names
		write = (
			(row < 0)
			| p.changed
			| moved
			| (old_status != status_names)
			| (old_policy != p.policy.name)
			| (old_pin != pin)
			| (stored_days("below_since") != f.placement.below_since)
			| worth_writing(
				f,
				stored("current_value"),
				stored("potential_value"),
				stored("p_alive") / 100,
				stored_days("next_purchase"),
			)
		)
		indices = np.flatnonzero(write).tolist()
		days = {
			name: to_dates(column[indices])
			for name, column in (
				("first_purchase", p.measures.first),
				("last_purchase", p.measures.last),
				("next_purchase", f.next_purchase),
				("below_since", f.placement.below_since),
			)
		}
		reasons = Reasons(p, self.currency, self.pins)
		new_values, changes = [], []
		for position, index in enumerate(indices):
			c, r = p.members[index], int(row[index])
			reason = reasons.of(index)
			new_values.append(
				{
					"name": c.name,
					"customer": c.name,
					"customer_name": c.title,
					"tier": tier_names[index],
					"tier_since": self.as_of if moved[index] else old["tier_since"][r],
					"policy": p.policy.name,
					"status": status_names[index],
					"status_since": self.as_of
					if old_status[index] != status_names[index]
					else old["status_since"][r],
					"computed_on": self.as_of,
					"currency": self.currency,
					"tier_reason": reason,
					"pin": pin[index],
					"current_value": float(f.current[index]),
					"potential_value": float(f.potential[index]),
					"lifetime_value": round(float(p.measures.total[index]), 2),
					"value_at_risk": round(
						value_at_risk(float(f.current[index]), float(f.p_alive[index])), 2
					),
					"p_alive": round(100 * float(f.p_alive[index]), 4),
					"expected_purchases": float(f.expected_purchases[index]),
					"expected_order_value": float(f.expected_value[index]),
					"purchases": int(p.measures.purchases[index]),
					"gap": float(f.gap[index]),
					"median_gap": float(p.measures.median_gap[index]),
					"last_gap": float(p.measures.last_gap[index]),
					"earlier_gap": float(p.measures.earlier_gap[index]),
					"invoices": int(p.invoices[index]),
					"measured_total": float(p.measures.total[index]),
					"source_modified": p.modified[index],
					"lens": p.lens.key,
					**{name: column[position] for name, column in days.items()},
				}
			)
			if moved[index]:
				changes.append(
					self._change(c, p.policy.name, old_tier[index], tier_names[index], reason, new_values[-1])
				)
		values.write(new_values, changes)
		self.counts["written"] += len(new_values)
		self.counts["moves"] += len(changes)

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
			name for name, r in old.row.items() if name not in ranked and old["status"][r] != "Not Ranked"
		]
		reasons, changes = {}, []
		for name, (title, reason) in population.why_not_ranked(gone).items():
			reasons[name] = reason
			r = old.row[name]
			if old["tier"][r]:
				then = {field: old[field][r] for field in ("current_value", "potential_value")}
				customer = population.Customer(name, title, None, None)
				changes.append(self._change(customer, old["policy"][r], old["tier"][r], None, reason, then))
		values.leave(reasons, changes, self.as_of)
		self.counts["moves"] += len(changes)


class Reasons:
	"""One sentence a customer: why it has its tier, with the figures and the cuts."""

	def __init__(self, p: Population, currency: str, pinned: dict):
		self.p, self.currency, self.pinned = p, currency, pinned
		self.money = formatter(currency)
		self.names = [_(name, context="Customer Tier") for name in p.tier_names]
		ranking = p.figures.placement.ranking
		self.strict = ranking.tier
		self.high_cut, self.top_cut, self.low_cut = (
			self.money(cut) if np.isfinite(cut) else "–"
			for cut in (ranking.high_cut, ranking.top_cut, ranking.low_cut)
		)
		policy = p.policy
		basis = _("gross profit") if policy.value_basis == ledger.GROSS_PROFIT else _("net sales")
		# The sentences are translated once and filled in a hundred thousand times.
		self.sentences = {
			tiers.TOP: _(
				"{tier}: {current} {basis} in {months} months, among the top {high} % (cut {high_cut}); "
				"potential {potential}, among the top {top} % (cut {top_cut})."
			),
			tiers.HIGH: _(
				"{tier}: {current} {basis} in {months} months, among the top {high} % (cut {high_cut}); "
				"potential {potential}, below the cut {top_cut} of the top {top} %."
			),
			tiers.BROAD: _(
				"{tier}: {current} {basis} in {months} months, below the cut {high_cut} of the top {high} %; "
				"potential {potential}, above the lowest {low} % (cut {low_cut})."
			),
			tiers.LOW: _(
				"{tier}: {current} {basis} in {months} months, below the cut {high_cut} of the top {high} %; "
				"potential {potential}, among the lowest {low} % (cut {low_cut})."
			),
		}
		self.fixed = {
			"basis": basis,
			"months": policy.window_months,
			"high": f"{policy.high_share:g}",
			"top": f"{policy.top_share:g}",
			"low": f"{policy.low_share:g}",
			"high_cut": self.high_cut,
			"top_cut": self.top_cut,
			"low_cut": self.low_cut,
		}
		self.kept = _("{reason} It keeps {tier} for now.")

	def of(self, index: int) -> str:
		name = self.p.members[index].name
		if pin := self.pinned.get(name):
			tier = _(pin.tier, context="Customer Tier")
			return _("{0}: pinned until {1}. {2}").format(tier, formatdate(pin.until), pin.reason)
		f = self.p.figures
		asked, given = int(self.strict[index]), int(f.placement.tier[index])
		text = self.sentences[asked].format(
			tier=self.names[asked],
			current=self.money(f.current[index]),
			potential=self.money(f.potential[index]),
			**self.fixed,
		)
		return self.kept.format(reason=text, tier=self.names[given]) if asked != given else text


def _only(p: Population, keep: np.ndarray) -> Population:
	"""The members to rank: those with at least one purchase occasion."""
	if keep.all():
		return p
	at = np.flatnonzero(keep)
	return Population(
		p.policy,
		p.lens,
		[p.members[index] for index in at.tolist()],
		p.measures.take(at),
		p.current[at],
		p.stored_row[at],
		p.changed[at],
		p.invoices[at],
		[p.modified[index] for index in at.tolist()],
	)
