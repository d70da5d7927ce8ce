import frappe

from keep_customers.erp.document import Document
from keep_customers.erp.said import reworded


class FollowUp(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		amount: DF.Currency
		arm: DF.Literal["", "Cared For", "Held Back"]
		assigned_on: DF.Date | None
		assigned_to: DF.Link | None
		benefit: DF.Link | None
		call_id: DF.Data | None
		call_result: DF.Literal["", "Reached", "Not Reached"]
		called_by: DF.Link | None
		came_first: DF.Literal["", "Helps More", "Much at Stake", "Tried Out"]
		care_rule: DF.Link | None
		channel: DF.Literal["Phone", "Visit", "Email", "SMS", "Messenger", "Letter"]
		control_share: DF.Percent
		coupon: DF.Data | None
		coupon_discount: DF.Percent
		coupon_until: DF.Date | None
		currency: DF.Link | None
		customer: DF.Link
		customer_name: DF.Data | None
		done_on: DF.Date | None
		due_alone: DF.Date | None
		due_date: DF.Date | None
		email_queue: DF.Link | None
		expires: DF.Check
		for_user: DF.Link | None
		gift: DF.Data | None
		gift_cost: DF.Currency
		gift_currency: DF.Link | None
		hold_reason: DF.Literal[
			"",
			"Contact cap",
			"Rep's capacity",
			"Control group",
			"No consent",
			"No rep",
			"Not a working day",
			"Invoice cancelled",
			"Invoice credited",
			"Delivery cancelled",
			"ToDo cancelled",
			"ToDo deleted",
			"Customer merged",
			"Rule switched off",
			"Customer disabled",
			"No longer agreed",
			"Visit plan cancelled",
			"Not visited",
			"Care notice cancelled",
			"Too late",
			"Referral deleted",
			"Event called off",
			"Event is over",
			"Event moved",
			"Complaint open",
			"Complaint reopened",
			"Complaint deleted",
			"Bought again",
			"Contacted meanwhile",
			"Moved again",
			"Customer excluded",
			"Customer no longer fits",
			"No longer true",
			"Task elsewhere",
			"Greeted already",
		]
		made_of: DF.SmallText | None
		message_id: DF.Data | None
		not_useful: DF.Literal[
			"", "No Need Now", "Wrong Person", "Already in Contact", "Wrong Moment", "Wrong Data", "Other"
		]
		not_useful_by: DF.Link | None
		not_useful_on: DF.Date | None
		not_useful_words: DF.SmallText | None
		occasion: DF.Data | None
		occurrence: DF.Data | None
		planned_on: DF.Date | None
		priority: DF.Literal["Low", "Medium", "High"]
		reason: DF.SmallText | None
		reference_doctype: DF.Link | None
		reference_name: DF.DynamicLink | None
		rep: DF.Link | None
		risk_then: DF.Currency
		send_attempts: DF.Int
		send_error: DF.SmallText | None
		send_status: DF.Literal["", "Queued", "Sending", "Sent", "Delivered", "Read", "Failed"]
		sent_on: DF.Datetime | None
		sent_to: DF.Data | None
		sent_to_person: DF.Data | None
		short: DF.Data | None
		status: DF.Literal["Planned", "Assigned", "Done", "Late", "Skipped", "Cancelled"]
		todo: DF.Link | None
		touch: DF.Link | None
		turn_came: DF.Check
		turn_worth: DF.Float
		value_at_risk: DF.Currency
	# end: auto-generated types

	def onload(self):
		self.reason, self.short = reworded(self, "reason"), reworded(self, "short")


# What every night asks of all follow-ups there ever were: when who was last in contact, and how often lately.
CONTACTS = ("customer", "status", "touch", "done_on", "assigned_on", "todo")


def on_doctype_update():
	"""A rule acts once on an occurrence, whatever runs twice or at the same time."""
	frappe.db.add_unique("Follow Up", ["care_rule", "customer", "occurrence"], "one_per_occurrence")
	frappe.db.add_index("Follow Up", list(CONTACTS), "keep_customers_contacts")
