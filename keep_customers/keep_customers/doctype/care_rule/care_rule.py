import frappe
from frappe import _
from frappe.utils import flt, now_datetime

from keep_customers.care import rules
from keep_customers.care.ending import drop_doubled
from keep_customers.care.followups import OPEN, let_go_of_rule, take_back_of_rule
from keep_customers.erp.document import Document
from keep_customers.erp.left_empty import MeansEverybody
from keep_customers.evidence import learned, orders


class CareRule(MeansEverybody, Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from keep_customers.keep_customers.doctype.care_rule_group.care_rule_group import CareRuleGroup
		from keep_customers.keep_customers.doctype.care_rule_tier.care_rule_tier import CareRuleTier

		assign_to: DF.Literal["Dedicated Rep", "Territory Manager", "Role", "User"]
		channel: DF.Literal["Phone", "Visit", "Email", "SMS", "Messenger", "Letter"]
		company: DF.Link | None
		control_share: DF.Percent
		currency: DF.Link | None
		customer_group: DF.Link | None
		days_before: DF.Int
		description: DF.SmallText | None
		due_in_days: DF.Int
		enabled: DF.Check
		enabled_from: DF.Datetime | None
		every_multiple: DF.Check
		except_groups: DF.TableMultiSelect[CareRuleGroup]
		festival: DF.Literal[
			"",
			"New Year",
			"Chinese New Year's Eve",
			"Spring Festival",
			"Lantern Festival",
			"Women's Day",
			"Eid al-Fitr",
			"Easter",
			"Labour Day",
			"Dragon Boat Festival",
			"Eid al-Adha",
			"Double Seventh Festival",
			"Mid-Autumn Festival",
			"Double Ninth Festival",
			"Diwali",
			"Thanksgiving",
			"Christmas",
		]
		holiday_list: DF.Link | None
		max_score: DF.Percent
		message_kind: DF.Literal[
			"",
			"Birthday",
			"Occasion",
			"Festival",
			"Season",
			"Long Unseen",
			"Thank You",
			"Referral",
			"Welcome",
			"Milestone",
			"Tier Up",
			"Delivery",
			"How Was It",
			"Reorder",
			"Care Notice",
			"Event Invitation",
			"Event Reminder",
			"Event Moved Up",
			"Event Moved",
			"Event Called Off",
			"Event Thank You",
			"Other",
		]
		min_amount: DF.Currency
		priority: DF.Literal["Low", "Medium", "High"]
		proposal_declined_on: DF.Datetime | None
		purpose: DF.Literal[
			"After a Purchase",
			"Greetings",
			"Keep in Touch",
			"Make Up For Something",
			"Next Purchase",
			"Thanks and Welcome",
			"Win Back",
			"Other",
		]
		quiet_days: DF.Int
		role: DF.Link | None
		rule_name: DF.Data
		season: DF.Literal[
			"",
			"Beginning of Each Season",
			"Minor Cold",
			"Major Cold",
			"Beginning of Spring",
			"Rain Water",
			"Awakening of Insects",
			"Spring Equinox",
			"Clear and Bright",
			"Grain Rain",
			"Beginning of Summer",
			"Grain Buds",
			"Grain in Ear",
			"Summer Solstice",
			"Minor Heat",
			"Major Heat",
			"Beginning of Autumn",
			"End of Heat",
			"White Dew",
			"Autumn Equinox",
			"Cold Dew",
			"Frost's Descent",
			"Beginning of Winter",
			"Minor Snow",
			"Major Snow",
			"Winter Solstice",
		]
		send_automatically: DF.Check
		silent_days: DF.Int
		talking_points: DF.SmallText | None
		territory: DF.Link | None
		tiers: DF.TableMultiSelect[CareRuleTier]
		top_n: DF.Int
		trigger: DF.Literal[
			"Purchase Amount",
			"First Purchase",
			"Delivery",
			"Purchase: Ask How It Was",
			"Referral: Thank Referrer",
			"Referral: Welcome",
			"Referral: Call",
			"Milestone",
			"Year's Best",
			"Birthday",
			"Occasion",
			"Festival",
			"Season",
			"Tier Cadence",
			"Reorder Due",
			"Reorder Overdue",
			"Item Group Slipping Away",
			"Stated Demand Due",
			"Silence",
			"Tier Up",
			"Tier Down",
			"File Incomplete",
			"Warranty Ending",
			"Contract Ending",
			"Complaint Closed",
			"Event: Attended",
			"Event: No Show",
			"Decision Maker Left",
			"Only One Person Known",
			"Nobody Spoken To",
			"Rep Left",
		]
		user: DF.Link | None
		wait_days: DF.Int
		whose: DF.Literal["Everybody", "Decision Makers", "Family"]
		yearly_on: DF.Date | None
	# end: auto-generated types

	def validate(self):
		self.validate_trigger()
		self.purpose = rules.purpose(self.trigger)
		self.validate_sending()
		if not 0 <= flt(self.control_share) < 100:
			frappe.throw(_("The share held back must be at least 0 % and below 100 %."))
		before = self.get_doc_before_save()
		self.flags.another_trigger = bool(before and before.trigger != self.trigger)
		# A sheet or a program may write it: too early, or not at all, and the rule would ask nobody.
		self.enabled_from = before.enabled_from if before else None
		begins = not (before and before.enabled) or self.flags.another_trigger or not self.enabled_from
		if self.enabled and begins:
			self.enabled_from = now_datetime()

	def validate_trigger(self):
		if self.trigger not in rules.triggers():
			frappe.throw(_("The app that brought the trigger {0} is not installed.").format(self.trigger))
		for field, message in rules.needs(self.trigger):
			if not any(self.get(one) for one in field.split("|")):
				frappe.throw(message)
		if self.trigger not in (*rules.AFTER_PAPERS, "Milestone"):
			self.company = None
		if self.trigger in rules.DATED:
			self.due_in_days = 0
		if self.trigger not in rules.AFTER_PAPERS:
			self.wait_days = 0
		elif (self.wait_days or 0) > (self.due_in_days or 0):
			frappe.throw(
				_(
					"It would be due before it may be asked for. Please let it be due within {0} days or more."
				).format(self.wait_days)
			)

	def validate_sending(self):
		if not self.send_automatically:
			return
		rules.check_can_be_sent(self.channel)
		if not self.message_kind:
			frappe.throw(_("Please choose which kind of message is sent automatically."))

	def on_update(self):
		if not self.enabled or self.flags.another_trigger:
			take_back_of_rule(self.name)
		if self.flags.another_trigger:
			# What must be true of what it makes due now says nothing of what it has asked for.
			let_go_of_rule(self.name, status=("in", OPEN))

	def before_rename(self, old, new, merge=False):
		into = merge and frappe.db.get_value("Care Rule", new, ["enabled", "trigger"], as_dict=True)
		if not into:
			return
		if not into.enabled or into.trigger != self.trigger:
			take_back_of_rule(old)
		if into.trigger != self.trigger:
			# As where a rule gets another trigger.
			let_go_of_rule(old, status=("in", OPEN))
		drop_doubled("care_rule", old, new, "No longer true")

	def after_rename(self, old, new, merge=False):
		learned.call_rule_anew(old, new)
		orders.call_rule_anew(old, new)

	def on_trash(self):
		take_back_of_rule(self.name)
		let_go_of_rule(self.name)
