import frappe

from keep_customers.access.lookups import NamesOnlyReadable
from keep_customers.erp.document import Document
from keep_customers.retention import handover, reviews


class LossReview(NamesOnlyReadable, Document):
	comes_back = True

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		cause: DF.Link | None
		closed_on: DF.Date | None
		competitor: DF.Link | None
		currency: DF.Link | None
		customer: DF.Link
		customer_name: DF.Data | None
		evidence: DF.SmallText | None
		expected_amount: DF.Currency
		expected_on: DF.Date | None
		expected_year: DF.Currency
		explained_by: DF.Link | None
		explained_on: DF.Datetime | None
		facts: DF.LongText | None
		first_purchase: DF.Date | None
		gap: DF.Float
		had_bought_on: DF.Date | None
		last_purchase: DF.Date | None
		lost_on: DF.Date | None
		merged_from: DF.Data | None
		moved_to: DF.Link | None
		noted_on: DF.Date | None
		policy: DF.Link | None
		profit_before: DF.Currency
		purchases: DF.Int
		responsible: DF.Link | None
		result_note: DF.SmallText | None
		revenue_before: DF.Currency
		revenue_since: DF.Currency
		status: DF.Literal["Open", "Explained", "Winning Back", "Won Back", "Given Up", "No Loss"]
		tier: DF.Link | None
		won_back_by: DF.Link | None
		won_back_on: DF.Date | None
	# end: auto-generated types

	def validate(self):
		if not (self.flags.by_machine or self.flags.by_action):
			self.keep_as_stored()
		handover.validate(self)

	def keep_as_stored(self):
		"""What the night and the buttons write is written by them only: a form may be older than what they did."""
		before = self.get_doc_before_save()
		for field in self.meta.fields:
			if field.read_only:
				self.set(field.fieldname, before.get(field.fieldname) if before else field.default)

	def on_update(self):
		handover.follow(self)

	def on_trash(self):
		reviews.forget(self.name)


def on_doctype_update():
	"""Once for each loss, whatever runs twice."""
	frappe.db.add_unique("Loss Review", ["customer", "lost_on", "merged_from"], "one_per_loss")
