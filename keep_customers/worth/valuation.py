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
from keep_customers.erp.money import formatter
from keep_customers.erp.tables import to_dates
from keep_customers.worth import demand, ledger, population, recounted, values
from keep_customers.worth.pins import pins

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
	modified: np.ndarray
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
		self.recounted: set[str] = set()  # who counts differently by new rules

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
		unclaimed = population.ranked_customers(settings)
		self.known_names = {c.name for c in unclaimed}
		totals: dict[ledger.Lens, ledger.Totals] = {}
		for policy in policies:
			if policy.company and policy.company not in rates:
				continue
			lens = ledger.Lens(
				policy.company, policy.value_basis, getdate(add_months(self.as_of, -policy.window_months))
			)
			if lens not in totals:
				# On a first night every history is needed: better read with the totals than after them.
				totals[lens] = self.books.totals(lens, with_purchases=not self.stored.row)
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
		return _only(result, known.purchases > 0)

	def _changed(self, row, invoices, total, modified, lens_key) -> np.ndarray:
		"""Whose invoices are not those the stored measures were taken from."""
		old = self.stored
		return (
			(row < 0)
			| (old["invoices"][row] != invoices)
			| (np.abs(old["measured_total"][row] - total) > 1e-6)
			| (old["source_modified"][row] != modified)
			| (old["lens"][row] != lens_key)
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
		stated = demand.open_demands(self.as_of)
		amounts = demand.stated_demand(self.as_of, stated)
		days = demand.stated_days(self.as_of, stated)
		for p in self.populations:
			p.figures = figures(
				p.measures,
				p.current,
				p.model,
				self.today,
				np.array([amounts.get(c.name, 0.0) for c in p.members]),
				np.array([days[c.name].toordinal() if c.name in days else 0 for c in p.members], np.int64),
			)
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
			self._write(p)
			if p.review:
				frappe.db.set_value(
					"Tier Policy", p.policy.name, "last_review", self.as_of, update_modified=False
				)
				frappe.db.commit()
		self._write_left(ranked)
		if self.recounted:
			self.night.warnings.append(recounted.tell(self.recounted, self.night.row.name))

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
		at = np.flatnonzero(write)
		row = row[at]
		members = [p.members[index] for index in at.tolist()]
		names = [c.name for c in members]
		reasons = Reasons(p, self.currency, self.pins)

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
			"tier_reason": [reasons.of(index) for index in at.tolist()],
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
				then = {field: float(old[field][r]) for field in ("current_value", "potential_value")}
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
		p.modified[at],
	)
