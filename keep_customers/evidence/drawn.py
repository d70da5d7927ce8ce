"""Who was drawn into which arm of which rule, when first: read from Follow Up, including what was held back.

Counted is by intention, at a customer's first follow-up of a rule: also who was never reached, refused, left, or came into the
other arm when the share was changed. Who is in several rules counts in each, as each draws by itself. Of a customer merged
into another the earlier draw counts.
"""

from dataclasses import dataclass

import frappe
import numpy as np
from frappe.query_builder.functions import IfNull
from frappe.utils import getdate

from keep_customers.access.control_group import HELD_BACK
from keep_customers.engine.effect.outcomes import first
from keep_customers.erp.tables import columns, numbers, to_ordinals
from keep_customers.worth import currencies


@dataclass(frozen=True)
class Drawn:
	"""One element a first assignment, except where said.

	:param rules: names; ``rule`` has their numbers
	:param customers: names; ``customer`` has their numbers
	:param day: ordinal
	:param held: whether it was held back
	:param stratum: equal where the same share was held back
	:param at_risk: money, value at risk when it was planned, in the reporting currency of today; 0 where that was another one without a rate
	:param came: whether there was room for it at once, in whichever arm; of who was drawn before that was noted, never
	"""

	rules: list[str]
	customers: list[str]
	rule: np.ndarray
	customer: np.ndarray
	day: np.ndarray
	held: np.ndarray
	stratum: np.ndarray
	at_risk: np.ndarray
	came: np.ndarray

	def where(self, chosen: np.ndarray) -> "Drawn":
		"""Those chosen; rules and customers keep their numbers."""
		return Drawn(
			self.rules,
			self.customers,
			*(
				one[chosen]
				for one in (
					self.rule,
					self.customer,
					self.day,
					self.held,
					self.stratum,
					self.at_risk,
					self.came,
				)
			),
		)


def drawn() -> Drawn:
	"""All first assignments of rules that have ever held back a share, in one query."""
	follow_up = frappe.qb.DocType("Follow Up")
	query = frappe.qb.from_(follow_up).where(follow_up.arm.isin(["Cared For", HELD_BACK]))
	# What a rule has asked for that was deleted since is nobody's.
	query = query.where(IfNull(follow_up.care_rule, "") != "")
	found = columns(
		query,
		follow_up.care_rule,
		follow_up.customer,
		follow_up.planned_on,
		follow_up.arm,
		follow_up.control_share,
		follow_up.risk_then,
		follow_up.turn_came,
		follow_up.currency,
	)
	rules, rule = _numbered(found[0])
	customers, customer = _numbered(found[1])
	day = to_ordinals(found[2])
	known = np.flatnonzero(day > 0)
	at = known[first(rule[known], customer[known], day[known])]
	held = np.array([arm == HELD_BACK for arm in found[3]], bool)
	stratum = np.unique(numbers(found[4]), return_inverse=True)[1].reshape(-1)
	came, at_risk = numbers(found[6]) > 0, numbers(found[5]) * _to_todays(found[7])
	everything = Drawn(rules, customers, rule, customer, day, held, stratum, at_risk, came)
	return everything.where(at)


def _to_todays(money_then) -> np.ndarray:
	"""Of each row the factor to the reporting currency, which may have been another one when it was planned."""
	return currencies.factors(money_then, currencies.reporting_currency(), getdate())


def _numbered(names) -> tuple[list[str], np.ndarray]:
	found = sorted(set(names))
	number = {name: index for index, name in enumerate(found)}
	return found, np.array([number[name] for name in names], np.int64)
