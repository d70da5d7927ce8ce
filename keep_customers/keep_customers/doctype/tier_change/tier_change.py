import frappe
from frappe import _

from keep_customers.erp.document import Document
from keep_customers.worth.retold import retold


class TierChange(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		care_run: DF.Link | None
		currency: DF.Link | None
		current_value: DF.Currency
		customer: DF.Link
		customer_name: DF.Data | None
		date: DF.Date | None
		direction: DF.Literal["First", "Up", "Down", "Pinned", "Left"]
		from_tier: DF.Link | None
		of_merged: DF.Check
		policy: DF.Link | None
		potential_value: DF.Currency
		reason: DF.SmallText | None
		to_tier: DF.Link | None
	# end: auto-generated types

	"""A log: the nightly run adds to it, nobody changes it. It goes with its customer, past the document life."""

	def onload(self):
		self.reason = retold(self.reason)

	def validate(self):
		if not self.is_new():
			frappe.throw(_("A tier change is a record of what happened and cannot be edited."))

	def on_trash(self):
		frappe.throw(_("A tier change is a record of what happened and cannot be deleted."))
