from frappe.model.document import Document


class KeepAgeLimit(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		kind: DF.Literal[
			"Contacts",
			"Personal Parts of Files",
			"Follow-Ups",
			"Complaints",
			"Feedback",
			"Invitations",
			"Event Wishes",
			"Visits",
			"Loss Reviews",
			"Referrals",
			"Fact Checks",
			"E-Mails",
			"Closed ToDos",
		]
		months: DF.Int
		parent: DF.Data
		parentfield: DF.Data
		parenttype: DF.Data
	# end: auto-generated types

	pass
