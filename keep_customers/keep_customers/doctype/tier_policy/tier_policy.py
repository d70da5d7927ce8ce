import frappe
from frappe import _
from frappe.utils import getdate

from keep_customers.erp.document import Document
from keep_customers.erp.left_empty import MeansEverybody
from keep_customers.worth import renamed
from keep_customers.worth.population import cuts

TIERS = ("top_tier", "high_tier", "broad_tier", "low_tier")


class TierPolicy(MeansEverybody, Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		broad_tier: DF.Link
		company: DF.Link | None
		customer_group: DF.Link | None
		enabled: DF.Check
		high_share: DF.Percent
		high_tier: DF.Link
		keep_band: DF.Percent
		last_review: DF.Date | None
		losses_from: DF.Currency
		losses_since: DF.Date | None
		low_share: DF.Percent
		low_tier: DF.Link
		policy_name: DF.Data
		priority: DF.Int
		review: DF.Literal["Nightly", "Weekly", "Monthly", "Quarterly"]
		review_losses: DF.Check
		territory: DF.Link | None
		top_share: DF.Percent
		top_tier: DF.Link
		value_basis: DF.Literal["Net Sales", "Gross Profit"]
		window_months: DF.Int
	# end: auto-generated types

	def before_validate(self):
		"""A policy that names no tiers takes the first four by rank, whatever they are called on this site."""
		if not any(self.get(field) for field in TIERS):
			names = frappe.get_all("Customer Tier", order_by="rank asc", limit=len(TIERS), pluck="name")
			self.update(dict(zip(TIERS, names, strict=False)))

	def validate(self):
		try:
			cuts(self)
		except ValueError as problem:
			frappe.throw(_(str(problem)), title=_("Cuts", context="Tier Policy"))
		if not 1 <= (self.window_months or 0) <= 120:
			frappe.throw(_("The window must be between 1 and 120 months."))
		self.validate_tiers()
		self.note_asking()

	def validate_tiers(self):
		tiers = [self.get(field) for field in TIERS]
		if len(set(tiers)) < len(tiers):
			frappe.throw(_("Please choose four different tiers."))
		ranks = [frappe.db.get_value("Customer Tier", tier, "rank") for tier in tiers]
		if ranks != sorted(ranks):
			frappe.throw(_("The ranks of the tiers must follow the order top, high, broad, low."))

	def note_asking(self):
		"""Losses are reviewed from the day on which somebody says so: what was lost before stays as it is."""
		before = self.get_doc_before_save()
		asked = before and before.review_losses and before.enabled
		self.losses_since = before.losses_since if before else None
		if not (self.review_losses and self.enabled):
			self.losses_since = None
		elif not (asked and self.losses_since):
			self.losses_since = getdate()

	def before_rename(self, old, new, merge=False):
		if merge:
			renamed.before_policy_merge(old)

	def after_rename(self, old, new, merge=False):
		renamed.after_policy_rename(old, new)
