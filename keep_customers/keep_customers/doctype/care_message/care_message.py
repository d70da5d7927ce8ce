import frappe
from frappe import _

from keep_customers.engine.greetings import GREETINGS, find_advertising, find_reproach
from keep_customers.erp.document import Document
from keep_customers.messaging import templates


class CareMessage(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		channel: DF.Literal["", "Phone", "Visit", "Email", "SMS", "Messenger", "Letter"]
		enabled: DF.Check
		kind: DF.Literal[
			"Birthday",
			"Occasion",
			"Festival",
			"Season",
			"Long Unseen",
			"Thank You",
			"Referral",
			"Welcome",
			"Milestone",
			"Tier Up",
			"Delivery",
			"How Was It",
			"Reorder",
			"Care Notice",
			"Event Invitation",
			"Event Reminder",
			"Event Moved Up",
			"Event Moved",
			"Event Called Off",
			"Event Thank You",
			"Other",
		]
		language: DF.Link
		message: DF.Code
		occasion: DF.Data | None
		subject: DF.Data | None
		title: DF.Data
	# end: auto-generated types

	def validate(self):
		self.occasion = (self.occasion or "").strip()
		for field in ("subject", "message"):
			templates.validate(self, field)
		if self.kind in GREETINGS:
			self.validate_greeting()

	def validate_greeting(self):
		more = frappe.db.get_single_value("Keep Customers Settings", "advertising_words") or ""
		text = f"{self.subject or ''}\n{self.message}"
		self.refuse(
			find_advertising(text, more.splitlines()),
			_("A greeting does not advertise. Please take this out: {0}"),
		)
		if self.kind == "Long Unseen":
			self.refuse(
				find_reproach(text),
				_(
					"Show that the customer is missed, and do not ask what is wrong. Please take this out: {0}"
				),
			)

	def refuse(self, found, why):
		if found:
			frappe.throw(
				why.format(frappe.utils.escape_html(" · ".join(found))), title=_("Not in a Greeting")
			)
