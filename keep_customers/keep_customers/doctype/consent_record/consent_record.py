import frappe
from frappe import _

from keep_customers.erp.document import Document


class ConsentRecord(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		address: DF.Data | None
		address_mark: DF.Data | None
		channel: DF.Literal["Phone", "Visit", "Email", "SMS", "Messenger", "Letter"]
		consent: DF.Literal["Given", "Refused", "Not Reachable"]
		customer: DF.Link | None
		customer_name: DF.Data | None
		on_date: DF.Date
		person: DF.DynamicLink | None
		person_name: DF.Data | None
		person_type: DF.Link | None
		purpose: DF.Literal["Everything", "Care", "Events", "Feedback"]
		reference_doctype: DF.Link | None
		reference_name: DF.DynamicLink | None
		source: DF.Literal[
			"Customer File",
			"Told a Rep",
			"Unsubscribe Link",
			"Customer's Message",
			"Contact Unsubscribed",
			"Email Unsubscribe",
			"Lead Unsubscribed",
			"Spam Report",
			"Bounce",
			"Upgrade",
		]
		statement: DF.Data | None
		void_since: DF.Datetime | None
		words: DF.Data | None
	# end: auto-generated types

	"""What somebody said, once: the ledger adds to it (people/ledger.py), nobody changes it."""

	def validate(self):
		frappe.throw(
			_(
				"A consent record tells what was said and cannot be edited. Please note what is new in the Customer File."
			)
		)

	def on_trash(self):
		frappe.throw(_("A consent record tells what was said and cannot be deleted."))
