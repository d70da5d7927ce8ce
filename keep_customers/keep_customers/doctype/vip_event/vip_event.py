from keep_customers.access.named_rows import ShowsOnlyReadable
from keep_customers.erp.document import Document
from keep_customers.events import documents


class VIPEvent(ShowsOnlyReadable, Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from keep_customers.keep_customers.doctype.care_rule_tier.care_rule_tier import CareRuleTier
		from keep_customers.keep_customers.doctype.vip_event_guest.vip_event_guest import VIPEventGuest

		accepted: DF.Int
		actual_cost: DF.Currency
		attended: DF.Int
		auto_waves: DF.Check
		bought_compared: DF.Currency
		bought_invited: DF.Currency
		budget: DF.Currency
		capacity: DF.Int
		company: DF.Link | None
		compared: DF.Int
		cost_per_head: DF.Currency
		currency: DF.Link | None
		customer_group: DF.Link | None
		description: DF.TextEditor | None
		ends_on: DF.Datetime | None
		guests: DF.Table[VIPEventGuest]
		host: DF.Link | None
		invite_by: DF.Literal["Current Value", "Value at Risk"]
		invited: DF.Int
		kind: DF.Literal["Product", "Nature and Sport", "Salon", "Health", "Family", "Training", "Other"]
		max_companions: DF.Int
		no_shows: DF.Int
		place: DF.SmallText | None
		rating: DF.Rating
		ratings: DF.Int
		reply_until: DF.Date | None
		result_currency: DF.Link | None
		result_until: DF.Date | None
		sequence: DF.Int
		small_may_pass: DF.Check
		starts_on: DF.Datetime | None
		status: DF.Literal["Idea", "Planned", "Inviting", "Held", "Closed", "Cancelled"]
		suggestion: DF.Link | None
		territory: DF.Link | None
		theme: DF.Data
		tiers: DF.TableMultiSelect[CareRuleTier]
		waiting: DF.Int
		wave: DF.Int
	# end: auto-generated types

	def validate(self):
		documents.validate(self)

	def on_update(self):
		documents.on_update(self)

	def on_trash(self):
		documents.on_trash(self)
