"""What Sales Invoice and Delivery Note have in common: amounts in two currencies, posting time, returns."""

import erpnext
import frappe
from erpnext.setup.utils import get_exchange_rate
from frappe import _
from frappe.model.document import Document
from frappe.model.mapper import get_mapped_doc
from frappe.utils import flt, getdate, now_datetime


class SellingController(Document):
	def validate(self):
		self.set_posting_time_unless_edited()
		self.set_missing_values()
		self.validate_return()
		self.calculate_totals()

	def set_posting_time_unless_edited(self):
		if (frappe.flags.in_import or self.flags.from_restore) and self.posting_date:
			self.set_posting_time = 1
		if not self.set_posting_time:
			now = now_datetime()
			self.posting_date = now.strftime("%Y-%m-%d")
			self.posting_time = now.strftime("%H:%M:%S.%f")

	def set_missing_values(self):
		customer = frappe.db.get_value(
			"Customer", self.customer, ["customer_group", "territory", "default_currency"], as_dict=True
		)
		self.company = self.company or erpnext.get_default_company()
		company_currency = erpnext.get_company_currency(self.company)
		self.currency = self.currency or (customer and customer.default_currency) or company_currency
		if self.currency == company_currency:
			self.conversion_rate = 1
		elif not flt(self.conversion_rate):
			self.conversion_rate = get_exchange_rate(
				self.currency, company_currency, self.posting_date, "for_selling"
			)
			if not self.conversion_rate:
				frappe.throw(
					_("Please enter Conversion Rate for {0} to {1}").format(self.currency, company_currency)
				)
		if customer:
			self.customer_group = self.customer_group or customer.customer_group
			self.territory = self.territory or customer.territory
		for row in self.items:
			self.set_missing_item_values(row)

	def set_missing_item_values(self, row):
		if row.item_code:
			item = frappe.get_cached_doc("Item", row.item_code)
			for fieldname in ("item_name", "description", "item_group", "stock_uom"):
				row.set(fieldname, row.get(fieldname) or item.get(fieldname))
		row.uom = row.uom or row.stock_uom or "Nos"
		row.conversion_factor = flt(row.conversion_factor) or 1

	def validate_return(self):
		if not self.is_return:
			return
		if self.items and not any(flt(row.qty) < 0 for row in self.items):
			frappe.throw(_("Atleast one item should be entered with negative quantity in return document"))
		if self.return_against:
			against = frappe.db.get_value(
				self.doctype, self.return_against, ["docstatus", "customer", "company"], as_dict=True
			)
			if against.docstatus != 1 or (against.customer, against.company) != (self.customer, self.company):
				frappe.throw(_("Valid {0} {1} is required").format(_(self.doctype), self.return_against))

	def calculate_totals(self):
		for row in self.items:
			row.stock_qty = flt(row.qty) * row.conversion_factor
			row.amount = flt(flt(row.rate) * flt(row.qty), row.precision("amount"))
		self.total_qty = sum(flt(row.qty) for row in self.items)
		self.total = flt(sum(row.amount for row in self.items), self.precision("total"))
		if self.additional_discount_percentage:
			self.discount_amount = self.total * self.additional_discount_percentage / 100
		# Without taxes a discount on the net and on the grand total are the same.
		self.discount_amount = flt(self.discount_amount, self.precision("discount_amount"))
		self.net_total = flt(self.total - self.discount_amount, self.precision("net_total"))
		left = self.net_total
		for i, row in enumerate(self.items, 1):
			share = row.amount * self.net_total / self.total if self.total else row.amount
			row.net_amount = flt(
				share if i < len(self.items) or not self.total else left, row.precision("net_amount")
			)
			left -= row.net_amount
			row.net_rate = flt(row.net_amount / row.qty, row.precision("net_rate")) if flt(row.qty) else 0
			for fieldname in ("rate", "amount", "net_rate", "net_amount"):
				self.set_in_company_currency(row, fieldname)
		self.grand_total = self.net_total
		self.rounded_total = 0 if self.disable_rounded_total else flt(self.grand_total, 0)
		for fieldname in ("total", "net_total", "discount_amount", "grand_total", "rounded_total"):
			self.set_in_company_currency(self, fieldname)

	def set_in_company_currency(self, doc, fieldname):
		value = flt(doc.get(fieldname)) * flt(self.conversion_rate)
		doc.set(f"base_{fieldname}", flt(value, doc.precision(f"base_{fieldname}")))

	def set_incoming_rate(self):
		"""The cost per stock unit when stock moves. ERPNext reads its stock ledger; here the item says it."""
		for row in self.items:
			item = row.item_code and frappe.get_cached_doc("Item", row.item_code)
			if item and item.is_stock_item and not flt(row.incoming_rate):
				row.incoming_rate = item.valuation_rate

	def mark_returned(self, status):
		"""On a return's submission: say so on what it returns."""
		if self.is_return and self.return_against:
			frappe.db.set_value(self.doctype, self.return_against, "status", status)

	@property
	def is_due(self):
		return getdate(self.due_date or self.posting_date) < getdate()


class Selling(Document):
	"""What has no life of its own here: orders, and what is sold at a till."""

	def validate(self):
		for row in self.items:
			row.conversion_factor = flt(row.conversion_factor) or 1
			row.amount = flt(row.rate) * flt(row.qty)

	def on_submit(self):
		pass

	def on_cancel(self):
		pass


def mapped(doctype, name, target, rows):
	"""A document made of another. ERPNext also takes off what was delivered or billed before; here all of it is taken."""
	submitted = {"docstatus": ["=", 1]}
	return get_mapped_doc(
		doctype,
		name,
		{
			doctype: {"doctype": target, "validation": submitted},
			f"{doctype} Item": {"doctype": f"{target} Item", "field_map": rows},
		},
	)
