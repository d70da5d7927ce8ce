from keep_customers.access.lookups import NamesOnlyReadable
from keep_customers.erp.document import Document
from keep_customers.events import results
from keep_customers.messaging import feedback


class CustomerFeedback(NamesOnlyReadable, Document):
	comes_back = True

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		channel: DF.Literal["Web Page", "Phone", "Visit", "Email", "Letter"]
		contact: DF.Link | None
		customer: DF.Link
		customer_name: DF.Data | None
		given_on: DF.Datetime
		kind: DF.Literal["Complaint", "Visit", "Event", "After a Purchase", "General"]
		noted_by: DF.Link | None
		person_rating: DF.Rating
		rated_user: DF.Link | None
		rating: DF.Rating
		reference_doctype: DF.Link | None
		reference_name: DF.DynamicLink | None
		round: DF.Int
		said_by: DF.Literal["Noted by Us", "Customer"]
		solved: DF.Literal["", "Yes", "No"]
		words: DF.SmallText | None
	# end: auto-generated types

	def validate(self):
		feedback.validate(self)

	def on_trash(self):
		feedback.on_trash(self)

	def on_update(self):
		results.on_feedback(self)

	def after_delete(self):
		results.on_feedback(self)
