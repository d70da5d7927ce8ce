import frappe

from keep_customers.access.lookups import NamesOnlyReadable
from keep_customers.care import ending
from keep_customers.erp.document import Document
from keep_customers.events import documents, room, terms


class VIPInvitation(NamesOnlyReadable, Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		ask_again: DF.Check
		before_check_in: DF.Data | None
		checked_in_by: DF.Link | None
		checked_in_on: DF.Datetime | None
		companions: DF.Int
		contact: DF.Link | None
		customer: DF.Link
		customer_name: DF.Data | None
		event: DF.Link
		guest_name: DF.Data | None
		invited_on: DF.Datetime | None
		opened_on: DF.Datetime | None
		remark: DF.SmallText | None
		reminded_on: DF.Datetime | None
		replied_on: DF.Datetime | None
		status: DF.Literal[
			"Planned", "Invited", "Accepted", "Waiting List", "Declined", "Attended", "No Show", "Cancelled"
		]
		waiting_since: DF.Datetime | None
		wave: DF.Int
	# end: auto-generated types

	def validate(self):
		documents.validate_invitation(self)

	def on_trash(self):
		ending.take_back(self.doctype, self.name, terms.CALLED_OFF)

	def after_delete(self):
		room.settle(self.event)


def on_doctype_update():
	"""A person is invited once, whatever runs twice or at the same time."""
	frappe.db.add_unique("VIP Invitation", ["event", "customer", "contact"], "one_invitation_a_person")
