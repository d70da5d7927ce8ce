"""What is said of a customer: why it has its tier, or why nothing could be worked out."""

import numpy as np
from frappe import _
from frappe.utils import formatdate

from keep_customers.engine import tiers
from keep_customers.engine.night import CONTRADICTORY, NO_DAY, NOT_A_NUMBER, TOO_LARGE, TOO_OLD
from keep_customers.erp.money import formatter
from keep_customers.worth import ledger
from keep_customers.worth.population import Population


def why_unsound(kind: str) -> str:
	return {
		NOT_A_NUMBER: _("An amount of its invoices is not a number."),
		TOO_LARGE: _("Its invoices come to more than any amount that can be stored."),
		NO_DAY: _("An invoice, or the next purchase, has a date that no calendar knows."),
		TOO_OLD: _("An invoice is more than a hundred years old."),
		CONTRADICTORY: _("The number of its purchases contradicts their dates."),
	}[kind]


def sentences(language: str | None) -> dict[int, str]:
	"""Segment -> its sentence; None is the language of the moment."""
	return {
		tiers.TOP: _(
			"{tier}: {current} {basis} in {months} months, among the top {high} % (cut {high_cut}); "
			"potential {potential}, among the top {top} % (cut {top_cut}).",
			language,
		),
		tiers.HIGH: _(
			"{tier}: {current} {basis} in {months} months, among the top {high} % (cut {high_cut}); "
			"potential {potential}, below the cut {top_cut} of the top {top} %.",
			language,
		),
		tiers.BROAD: _(
			"{tier}: {current} {basis} in {months} months, below the cut {high_cut} of the top {high} %; "
			"potential {potential}, above the lowest {low} % (cut {low_cut}).",
			language,
		),
		tiers.LOW: _(
			"{tier}: {current} {basis} in {months} months, below the cut {high_cut} of the top {high} %; "
			"potential {potential}, among the lowest {low} % (cut {low_cut}).",
			language,
		),
	}


def kept(language: str | None) -> str:
	"""What is added where a tier is held, with the sentence in it."""
	return _("{reason} It keeps {tier} for now.", language)


def pinned(language: str | None) -> str:
	"""Tier, last day, and the words of who has pinned it."""
	return _("{0}: pinned until {1}. {2}", language)


def bases(language: str | None) -> tuple[str, str]:
	"""What is counted: without and with the policy's gross profit."""
	return _("net sales", language), _("gross profit", language)


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
		basis = bases(None)[policy.value_basis == ledger.GROSS_PROFIT]
		# The sentences are translated once and filled in a hundred thousand times.
		self.sentences, self.kept = sentences(None), kept(None)
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

	def of(self, index: int) -> str:
		name = self.p.members[index].name
		if pin := self.pinned.get(name):
			tier = _(pin.tier, context="Customer Tier")
			return pinned(None).format(tier, formatdate(pin.until), pin.reason)
		f = self.p.figures
		asked, given = int(self.strict[index]), int(f.placement.tier[index])
		text = self.sentences[asked].format(
			tier=self.names[asked],
			current=self.money(f.current[index]),
			potential=self.money(f.potential[index]),
			**self.fixed,
		)
		return self.kept.format(reason=text, tier=self.names[given]) if asked != given else text
