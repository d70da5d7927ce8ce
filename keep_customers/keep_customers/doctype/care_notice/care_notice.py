import frappe
from frappe import _
from frappe.utils import now_datetime

from keep_customers.care import notices, rules
from keep_customers.erp.document import Document
from keep_customers.erp.left_empty import MeansEverybody
from keep_customers.jobs.notices import start

OURS = ("status", "progress", "sent_by", "released_on", "audience_size")


class CareNotice(MeansEverybody, Document):
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

		amended_from: DF.Link | None
		audience_size: DF.Int
		bought_groups: DF.TableMultiSelect[TierBenefitItemGroup]
		bought_items: DF.TableMultiSelect[TierBenefitItem]
		bought_since: DF.Date | None
		channel: DF.Literal["Phone", "Visit", "Email", "SMS", "Messenger", "Letter"]
		customer_group: DF.Link | None
		due_in_days: DF.Int
		kind: DF.Literal["Weather", "Supply", "Offer", "News"]
		priority: DF.Literal["Low", "Medium", "High"]
		progress: DF.Percent
		released_on: DF.Datetime | None
		send_automatically: DF.Check
		sent_by: DF.Link | None
		status: DF.Literal["Draft", "Planning", "Planned", "Cancelled"]
		subject: DF.Data | None
		tell_again: DF.Check
		territory: DF.Link | None
		text: DF.Text
		tiers: DF.TableMultiSelect[CareRuleTier]
		title: DF.Data
		words: DF.Data | None
	# end: auto-generated types

	def validate(self):
		before = self.get_doc_before_save()
		for field in OURS:
			self.set(field, before.get(field) if before else None)
		self.status = self.status or "Draft"
		self.progress = self.progress or 0
		if (self.due_in_days or 0) < 0:
			frappe.throw(_("A notice cannot be due before it is released."))
		if any(
			sign in (words or "") for words in (self.title, self.subject, self.text) for sign in ("{{", "{%")
		):
			frappe.throw(
				_(
					"Nothing is filled in here: customers would get the braces. Please write words that fit everybody."
				)
			)
		if self.send_automatically:
			rules.check_can_be_sent(self.channel)

	def before_submit(self):
		found = notices.reach(self, frappe.session.user)
		if not found.rows:
			frappe.throw(notices.nobody(self, found))
		self.status = "Planning"
		self.sent_by, self.released_on = frappe.session.user, now_datetime()

	def on_submit(self):
		start(self.name)

	def on_discard(self):
		self.db_set("status", "Cancelled")

	def before_cancel(self):
		self.status = "Cancelled"

	def on_cancel(self):
		notices.take_back(self)
