from keep_customers.access.named_rows import ShowsOnlyReadable
from keep_customers.erp.document import Document
from keep_customers.events import wishes


class EventSuggestion(ShowsOnlyReadable, Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from keep_customers.keep_customers.doctype.event_suggestion_vote.event_suggestion_vote import (
			EventSuggestionVote,
		)

		brand_fit: DF.Literal["", "Yes", "Partly", "No"]
		conflict_of_interest: DF.Literal["", "No", "Possible", "Yes"]
		currency: DF.Link | None
		customer: DF.Link | None
		customer_name: DF.Data | None
		duplicate_of: DF.Link | None
		event: DF.Link | None
		expected_cost: DF.Currency
		judged_by: DF.Link | None
		judged_on: DF.Datetime | None
		judgement: DF.SmallText | None
		kind: DF.Literal["", "Product", "Nature and Sport", "Salon", "Health", "Family", "Training", "Other"]
		status: DF.Literal["New", "Feasible", "Not Feasible", "Accepted", "Duplicate"]
		title: DF.Data
		voters: DF.Table[EventSuggestionVote]
		votes: DF.Int
		words: DF.SmallText | None
	# end: auto-generated types

	def validate(self):
		wishes.validate(self)

	def on_trash(self):
		wishes.on_trash(self)
