"""Which customers are ranked, by which policy."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from operator import itemgetter
from sys import intern
from typing import NamedTuple

import frappe
import numpy as np
from frappe import _
from frappe.query_builder.functions import Count
from frappe.utils import cstr, flt

from keep_customers.engine.forecasts.tonight import Fading
from keep_customers.engine.night import Figures, Model
from keep_customers.engine.tiers import Cuts, is_review
from keep_customers.engine.value import Measures
from keep_customers.erp.tables import chunks, columns
from keep_customers.erp.trees import branch
from keep_customers.worth import ledger

POLICY_FIELDS = [
	"name", "company", "customer_group", "territory", "value_basis", "window_months", "review", "last_review",
	"high_share", "top_share", "low_share", "keep_band", "top_tier", "high_tier", "broad_tier", "low_tier",
]  # fmt: skip


class Customer(NamedTuple):
	name: str
	title: str
	group: str | None
	territory: str | None


@dataclass
class Population:
	"""The members of one policy, in the order of their names, and what the night finds out about them."""

	policy: dict
	lens: ledger.Lens
	members: list[Customer]
	measures: Measures
	fading: Fading
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
		return tiers_of(self.policy)

	def at(self, where: np.ndarray) -> "Population":
		"""Only those members."""
		return replace(
			self,
			members=[self.members[index] for index in where.tolist()],
			measures=self.measures.take(where),
			fading=self.fading.take(where),
			current=self.current[where],
			stored_row=self.stored_row[where],
			changed=self.changed[where],
			invoices=self.invoices[where],
			modified=self.modified[where],
		)

	def only(self, keep: np.ndarray) -> "Population":
		"""Those members, such as those with at least one purchase occasion."""
		return self if keep.all() else self.at(np.flatnonzero(keep))


def tiers_of(policy) -> list[str]:
	"""The names of its tiers, from the top down."""
	return [policy[f"{level}_tier"] for level in ("top", "high", "broad", "low")]


def left_out(settings) -> tuple[set[str], set[str]]:
	"""The customers, and the customer groups with all below them, that the settings exclude."""
	# An empty row is refused later, when the settings are saved.
	groups = [branch("Customer Group", row.customer_group) or () for row in settings.excluded_groups]
	return {row.customer for row in settings.excluded_customers if row.customer}, set().union(*groups)


class Rankable(NamedTuple):
	all: int  # neither disabled nor internal
	ranked: int  # of them not excluded
	groups: dict[str, int]  # of all, by customer group


def rankable(settings) -> Rankable:
	"""How many customers may be ranked, as the settings stand, whether or not they are saved."""
	excluded, groups = left_out(settings)
	customer = frappe.qb.DocType("Customer")
	query = frappe.qb.from_(customer).where((customer.disabled == 0) & (customer.is_internal_customer == 0))
	of_group = dict(query.groupby(customer.customer_group).select(customer.customer_group, Count("*")).run())
	left = sum(count for group, count in of_group.items() if group in groups)
	named = query.where(customer.name.isin(sorted(excluded) or [""])).select(customer.customer_group).run()
	left += sum(group not in groups for (group,) in named)
	total = sum(of_group.values())
	return Rankable(total, total - left, of_group)


def ranked_customers(settings) -> list[Customer]:
	"""Every customer that may be ranked, by name: not disabled, not internal, not excluded."""
	excluded, groups = left_out(settings)
	customer = frappe.qb.DocType("Customer")
	query = frappe.qb.from_(customer).where((customer.disabled == 0) & (customer.is_internal_customer == 0))
	names, titles, *places = columns(
		query, customer.name, customer.customer_name, customer.customer_group, customer.territory
	)
	rows = zip(names, titles, *map(_shared, places), strict=True)
	if excluded or groups:
		rows = (row for row in rows if row[0] not in excluded and row[2] not in groups)
	# Sorted here, not by the database: collations differ and the order decides ties.
	return list(map(Customer._make, sorted(rows, key=itemgetter(0))))


def may_be_ranked(customer: str) -> bool:
	"""Whether it is one of :func:`ranked_customers`, as the settings stand."""
	excluded, groups = left_out(frappe.get_cached_doc("Keep Customers Settings"))
	fields = ["disabled", "is_internal_customer", "customer_group"]
	of = frappe.db.get_value("Customer", customer, fields, as_dict=True)
	out = of.disabled or of.is_internal_customer or customer in excluded or of.customer_group in groups
	return not out


def make_room(old: str) -> None:
	"""Before a customer becomes another one: whether that one is ranked is what the settings say of it."""
	frappe.db.delete("Keep Excluded Customer", {"customer": old})
	frappe.clear_document_cache("Keep Customers Settings", "Keep Customers Settings")


def _shared(texts: Sequence) -> list[str]:
	"""Each group and territory once in memory, and not once a customer."""
	once = {text: intern(cstr(text)) for text in set(texts)}
	return [once[text] for text in texts]


def policies() -> list:
	"""The enabled policies in the order in which they claim customers."""
	return frappe.get_all(
		"Tier Policy", filters={"enabled": 1}, fields=POLICY_FIELDS, order_by="priority asc, name asc"
	)


def cuts(policy) -> Cuts:
	return Cuts(
		high=flt(policy.high_share) / 100,
		top=flt(policy.top_share) / 100,
		low=flt(policy.low_share) / 100,
		keep=flt(policy.keep_band) / 100,
	)


def impossible(policy, companies: Collection[str], tiers: Collection[str], today: date) -> str | None:
	"""Why nobody can be ranked by the policy, as it stands.

	:param companies: whose money can be exchanged
	"""
	if policy.company and policy.company not in companies:
		return _("There is no exchange rate for {0}.").format(policy.company)
	if missing := [tier for tier in tiers_of(policy) if tier not in tiers]:
		return _("It names a tier that does not exist: {0}").format(missing[0] or "–")
	try:
		cuts(policy)
		is_review(policy.review, today.toordinal() - 1, today.toordinal())
	except ValueError as error:
		return _(str(error))
	return None


def members(policy, customers: list[Customer], bought: set[str] | None) -> list[Customer]:
	"""Those of ``customers`` that fit the policy.

	:param bought: who bought anything the policy counts; who never did is not ranked
	"""
	groups, territories = (
		branch("Customer Group", policy.customer_group),
		branch("Territory", policy.territory),
	)
	return [
		c
		for c in customers
		if c.name in bought
		and (groups is None or c.group in groups)
		and (territories is None or c.territory in territories)
	]


def why_not_ranked(customers: list[str]) -> dict[str, tuple[str, str]]:
	"""Customer -> (its title, one sentence) for customers that were ranked and no longer are."""
	states = {}
	for part in chunks(customers, 1000):
		rows = frappe.get_all(
			"Customer",
			filters={"name": ("in", part)},
			fields=["name", "customer_name", "disabled", "is_internal_customer"],
			as_list=True,
		)
		for name, title, disabled, internal in rows:
			if disabled:
				why = _("Not ranked: the customer is disabled.")
			elif internal:
				why = _("Not ranked: it is an internal customer.")
			else:
				why = _(
					"Not ranked: excluded in the settings, fits no policy, or has no purchases that count."
				)
			states[name] = title, why
	return {
		name: states.get(name, (name, _("Not ranked: the customer no longer exists."))) for name in customers
	}
