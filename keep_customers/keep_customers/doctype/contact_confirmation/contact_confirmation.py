import frappe

from keep_customers.erp.document import Document


class ContactConfirmation(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		addresses: DF.SmallText | None
		confirmed_by: DF.Link | None
		confirmed_on: DF.Datetime | None
		contact: DF.Link | None
		customer: DF.Link
		customer_name: DF.Data | None
		how: DF.Literal["Made", "Named", "Confirmed", "From a Lead", "Own Customer", "Upgrade"]
	# end: auto-generated types

	"""That a contact is the customer's; ``people/confirmations.py`` writes it past the document life, nobody by hand.

	Without a contact it is about the addresses on the customer itself.
	"""


def on_doctype_update():
	"""One word for a contact and a customer, whoever says it at the same moment."""
	frappe.db.add_unique("Contact Confirmation", ["contact", "customer"], "one_confirmation_a_contact")
