import frappe
from frappe import _
from frappe.utils import flt, getdate

from keep_customers.access.lookups import NamesOnlyReadable
from keep_customers.care import ending, referrals
from keep_customers.erp.document import Document
from keep_customers.jobs import referrals as jobs
from keep_customers.worth import currencies


class Referral(NamesOnlyReadable, Document):
	comes_back = True

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		channel: DF.Literal["", "Phone", "Visit", "Email", "SMS", "Messenger", "Letter"]
		customer_since: DF.Date | None
		date: DF.Date
		lead: DF.Link | None
		referred_customer: DF.Link | None
		referred_name: DF.Data | None
		referrer: DF.Link
		referrer_name: DF.Data | None
		remarks: DF.SmallText | None
		reward: DF.SmallText | None
		reward_cost: DF.Currency
		reward_currency: DF.Link | None
		reward_given_on: DF.Date | None
		status: DF.Literal["New", "Thanked", "Won", "Lost"]
	# end: auto-generated types

	def validate(self):
		# An empty text would break the unique indexes, where nothing does not.
		self.lead, self.referred_customer = self.lead or None, self.referred_customer or None
		referrals.complete(self)
		if not (self.lead or self.referred_customer):
			frappe.throw(_("Whom did they bring? Please choose a lead or a customer."))
		if self.referrer == self.referred_customer:
			frappe.throw(_("Nobody refers himself. Please choose another customer."))
		if getdate(self.date) > getdate():
			frappe.throw(_("A referral is recorded after it was made. Please check the date."))
		if flt(self.reward_cost) < 0:
			frappe.throw(_("{0} cannot be negative.").format(_(self.meta.get_label("reward_cost"))))
		if not self.reward_currency:
			self.reward_currency = currencies.reporting_currency()
		self.validate_only_once()

	def validate_only_once(self):
		for field in ("lead", "referred_customer"):
			if not self.get(field):
				continue
			known = frappe.db.get_value(
				"Referral",
				{"referrer": self.referrer, field: self.get(field), "name": ("!=", self.name or "")},
			)
			if known:
				frappe.throw(
					_("This referral is on record already: {0}").format(known), frappe.UniqueValidationError
				)

	def on_update(self):
		referrals.show_on_referred(self)
		jobs.on_referral(self)

	def on_trash(self):
		ending.take_back("Referral", self.name, "Referral deleted")

	def after_delete(self):
		for field in referrals.REFERRED:
			referrals.show_on(field, self.get(field), gone=self.referrer)


def on_doctype_update():
	"""Who brought whom is on record once, whatever runs twice or at the same time."""
	frappe.db.add_unique("Referral", ["referrer", "lead"], "one_per_lead")
	frappe.db.add_unique("Referral", ["referrer", "referred_customer"], "one_per_customer")
