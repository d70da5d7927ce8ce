import frappe
from frappe import _
from frappe.utils import flt, formatdate, getdate

from keep_customers.access.named_rows import ShowsOnlyReadable
from keep_customers.benefits import rebates
from keep_customers.engine.rebates import Step, rising
from keep_customers.erp.document import Document
from keep_customers.erp.left_empty import MeansEverybody


class VolumeRebate(MeansEverybody, ShowsOnlyReadable, Document):
	left_empty = ("customer_group",)  # the customers on the list would not be the only ones

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from keep_customers.keep_customers.doctype.volume_rebate_customer.volume_rebate_customer import (
			VolumeRebateCustomer,
		)
		from keep_customers.keep_customers.doctype.volume_rebate_step.volume_rebate_step import (
			VolumeRebateStep,
		)

		approve_role: DF.Link
		company: DF.Link
		customer_group: DF.Link | None
		customers: DF.TableMultiSelect[VolumeRebateCustomer]
		enabled: DF.Check
		first_month: DF.Int
		item_code: DF.Link
		period: DF.Literal["Year", "Quarter"]
		rebate_name: DF.Data
		rebate_on: DF.Literal["Whole Amount", "Amount Above the Step"]
		settle_after_days: DF.Int
		starts_on: DF.Date
		steps: DF.Table[VolumeRebateStep]
	# end: auto-generated types

	def validate(self):
		if not (self.customer_group or self.customers):
			frappe.throw(_("Please choose a customer group, or name the customers."))
		if not 1 <= (self.first_month or 0) <= 12:
			frappe.throw(_("The month in which the year begins is a number from 1 to 12."))
		self.steps.sort(key=lambda row: row.from_amount or 0)
		for idx, row in enumerate(self.steps, 1):
			row.idx = idx
		if not self.steps or not rising(_steps(self)):
			frappe.throw(
				_("Each step must begin at a higher amount than the one before, and give more percent.")
			)
		if frappe.db.get_value("Item", self.item_code, "is_stock_item"):
			frappe.throw(_("{0} is kept in stock. Please choose a service item.").format(self.item_code))
		self.validate_what_is_fixed()

	def validate_what_is_fixed(self):
		"""Claims were made for periods of this length and in this company's currency."""
		changed = [field for field in rebates.FIXED if self.has_value_changed(field)]
		if not self.is_new() and changed and frappe.db.exists("Rebate Claim", {"volume_rebate": self.name}):
			frappe.throw(
				_(
					"Customers are already collecting for this rebate. Please make a new one for another {0}."
				).format(", ".join(_(self.meta.get_label(f), context=self.doctype) for f in changed))
			)

		started = {"period_start": ("<", getdate(self.starts_on))}
		if self.has_value_changed("starts_on") and (left := rebates.not_settled(self.name, **started)):
			frappe.throw(
				_(
					"Customers are collecting in a period that begins on {0}, which would never be settled. Please make a new rebate for what comes later."
				).format(formatdate(left[0][0]))
			)

	def on_update(self):
		before = self.get_doc_before_save()
		if not before or (_steps(before), before.rebate_on) == (_steps(self), self.rebate_on):
			return
		rebates.keep_terms(self.name, _steps(before), before.rebate_on)
		for first, last in rebates.not_settled(self.name, period_end=("<", getdate())):
			frappe.msgprint(
				_(
					"The period from {0} to {1} is over and not settled yet: its rebates are now worked out by the new steps. If these are for what comes later only, please put the old ones back, and make a new rebate."
				).format(formatdate(first), formatdate(last)),
				indicator="orange",
			)

	def before_rename(self, old, new, merge=False):
		if merge and frappe.db.exists(self.doctype, new):
			rebates.before_merge(self, new)
			rebates.keep_terms(self.name, _steps(self), self.rebate_on)

	def on_trash(self):
		# What was credited is kept; what nobody was offered yet goes with it.
		frappe.db.delete("Rebate Claim", {"volume_rebate": self.name, "credit_note": ("is", "not set")})


def _steps(doc) -> list[Step]:
	return [Step(flt(row.from_amount), flt(row.percent)) for row in doc.steps]
