import frappe
from frappe import _
from frappe.utils import escape_html

from keep_customers.benefits import offered, pricing_rules
from keep_customers.complaints import clock
from keep_customers.erp.document import Document
from keep_customers.worth import colours
from keep_customers.worth.population import policies, tiers_of
from keep_customers.worth.values import tier_ranks


class CustomerTier(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		answer_within_hours: DF.Float
		benefits: DF.SmallText | None
		colour: DF.Literal["Gray", "Blue", "Cyan", "Green", "Yellow", "Orange", "Red", "Pink", "Purple"]
		contact_every_days: DF.Int
		rank: DF.Int
		solve_within_hours: DF.Float
		strategy: DF.SmallText | None
		tier_name: DF.Data
	# end: auto-generated types

	def validate(self):
		if not self.rank:
			frappe.throw(_("Please give the tier a rank; 1 is the best."))
		other = frappe.db.get_value("Customer Tier", {"rank": self.rank, "name": ("!=", self.name)})
		if other:
			frappe.throw(_("Rank {0} is already taken by {1}.").format(self.rank, other))
		answer, solve = clock.within(self.answer_within_hours, self.solve_within_hours)
		if not 0 < answer <= solve <= clock.YEAR:
			frappe.throw(
				_(
					"A complaint is answered before it is solved, and solved within a year. Please check the hours: {0} to answer it, {1} to solve it."
				).format(f"{answer:g}", f"{solve:g}")
			)

		if not self.is_new() and self.has_value_changed("rank"):
			self.validate_policies(self.name, tier_ranks() | {self.name: self.rank})

	@staticmethod
	def validate_policies(name, ranks, instead=None):
		"""Whom a policy moves down, nobody is to congratulate on moving up; and four tiers stay four.

		:param instead: what is to stand in the place of the tier
		"""
		known = tier_ranks()
		for policy in policies():
			before = tiers_of(policy)
			tiers = [instead or tier if tier == name else tier for tier in before]
			if len({*tiers}) < len({*before}):
				frappe.throw(_("Please choose four different tiers."), title=escape_html(policy.name))
			# What is the wrong way round already is mended in several steps.
			if _in_order(known, before) and not _in_order(ranks, tiers):
				frappe.throw(
					_("The ranks of the tiers must follow the order top, high, broad, low."),
					title=escape_html(policy.name),
				)

	def on_update(self):
		colours.colour_chart()

	def after_delete(self):
		colours.colour_chart()

	def before_rename(self, old, new, merge=False):
		if merge:
			self.validate_policies(old, tier_ranks(), new)
			if found := offered.of_two_tiers(old, new):
				one, other = found
				frappe.throw(offered.add_up(other, [_(new, context="Customer Tier")]), title=escape_html(one))

	def after_rename(self, old, new, merge=False):
		colours.colour_chart()
		pricing_rules.on_tier_renamed()


def _in_order(ranks, tiers) -> bool:
	of_policy = [ranks.get(tier, 0) for tier in tiers]
	return of_policy == sorted(of_policy)
