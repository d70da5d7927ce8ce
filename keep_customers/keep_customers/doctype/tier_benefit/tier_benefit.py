import frappe
from frappe import _
from frappe.utils import cint, flt

from keep_customers.benefits import offered, pricing_rules
from keep_customers.erp.document import Document
from keep_customers.erp.left_empty import MeansEverybody
from keep_customers.erp.trees import branch
from keep_customers.worth import currencies

MOST_DAYS = 60
LONGEST = 365  # days for which a coupon is valid


class TierBenefit(MeansEverybody, Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from keep_customers.keep_customers.doctype.care_rule_tier.care_rule_tier import CareRuleTier
		from keep_customers.keep_customers.doctype.tier_benefit_item.tier_benefit_item import TierBenefitItem
		from keep_customers.keep_customers.doctype.tier_benefit_item_group.tier_benefit_item_group import (
			TierBenefitItemGroup,
		)

		benefit_name: DF.Data
		care_rule: DF.Link | None
		company: DF.Link | None
		currency: DF.Link | None
		days_around: DF.Int
		discount_percentage: DF.Percent
		enabled: DF.Check
		gift: DF.Data | None
		gift_cost: DF.Currency
		item_groups: DF.TableMultiSelect[TierBenefitItemGroup]
		items: DF.TableMultiSelect[TierBenefitItem]
		kind: DF.Literal[
			"Discount", "Birthday Discount", "Reorder Discount", "Reserved Items", "Holiday Gift"
		]
		override_role: DF.Link | None
		pricing_rule: DF.Link | None
		tiers: DF.TableMultiSelect[CareRuleTier]
		valid_days: DF.Int
	# end: auto-generated types

	def validate(self):
		# Another than the one made for it would be written over.
		self.pricing_rule = None if self.is_new() else self.get_db_value("pricing_rule")
		# Its costs were said in this one, whatever the site reports in now.
		self.currency = self.get_db_value("currency") or currencies.reporting_currency()
		if self.kind != offered.RESERVED:
			self.items = []
		if self.kind == offered.GIFT:
			self.company, self.item_groups = None, []
			self.validate_gift()
		elif self.kind == offered.RESERVED:
			if not (self.items or self.item_groups):
				frappe.throw(_("Please say which items or item groups are reserved."))
		else:
			self.validate_discount()
		if self.kind == offered.REORDER:
			self.validate_coupon()
		if self.enabled and self.kind == offered.DISCOUNT:
			self.validate_overlap()

	def validate_gift(self):
		if not self.gift or not self.care_rule:
			frappe.throw(_("Please say what the gift is, and with which rule it is given."))
		if frappe.db.get_value("Care Rule", self.care_rule, "send_automatically"):
			frappe.throw(
				_("The rule {0} sends messages automatically, and nobody would hand over a gift.").format(
					self.care_rule
				)
			)

	def validate_coupon(self):
		if not self.care_rule:
			frappe.throw(_("Please choose the rule with which the coupon is given."))
		if why := offered.gives_no_coupon(self.care_rule):
			frappe.throw(why)
		if not 1 <= cint(self.valid_days) <= LONGEST:
			frappe.throw(_("A coupon can be valid for 1 to {0} days.").format(LONGEST))

	def validate_discount(self):
		if not 0 < flt(self.discount_percentage) < 100:
			frappe.throw(_("The discount must be above 0 % and below 100 %."))
		if not 0 <= cint(self.days_around) <= MOST_DAYS:
			frappe.throw(
				_("A birthday coupon can be valid up to {0} days before and after.").format(MOST_DAYS)
			)
		groups = [
			row.item_group for row in self.item_groups if row.item_group
		]  # an empty row is refused later
		for group in groups:
			# ERPNext would find the rule once for each and take the discount off twice.
			if inside := (branch("Item Group", group) - {group}) & set(groups):
				frappe.throw(
					_("{0} lies in {1} already. Please remove one of them.").format(min(inside), group)
				)

	def validate_overlap(self):
		"""Two discounts for the same tier and items would add up, which nobody means by two benefits."""
		if found := offered.overlap(self):
			frappe.throw(offered.add_up(*found))

	def on_update(self):
		pricing_rules.bring_rule(self)
		if self.enabled and self.kind in offered.PRICED and (rules := pricing_rules.collisions(self.company)):
			pricing_rules.hint(rules)

	def after_rename(self, old, new, merge=False):
		pricing_rules.on_renamed(self, old, merge)

	def on_trash(self):
		pricing_rules.drop_rule(self)
		frappe.db.set_value("Follow Up", {"benefit": self.name}, "benefit", None, update_modified=False)
