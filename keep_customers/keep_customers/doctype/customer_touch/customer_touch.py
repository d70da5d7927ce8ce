import frappe
from frappe import _
from frappe.utils import flt, get_datetime, getdate, now_datetime

from keep_customers.access.lookups import NamesOnlyReadable
from keep_customers.care import ending, premises, routing, touches
from keep_customers.erp.calendar import happened
from keep_customers.erp.document import Document
from keep_customers.erp.tables import name_no_more
from keep_customers.events import wishes
from keep_customers.visits import stops
from keep_customers.worth import currencies


class CustomerTouch(NamesOnlyReadable, Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		call_id: DF.Data | None
		channel: DF.Literal["Phone", "Visit", "Email", "SMS", "Messenger", "Letter"]
		competitor: DF.Link | None
		competitor_price: DF.Currency
		cost: DF.Currency
		cost_currency: DF.Link | None
		cost_kind: DF.Literal["", "Gift", "Travel", "Meal", "Other"]
		customer: DF.Link
		customer_name: DF.Data | None
		date: DF.Datetime
		demand_amount: DF.Currency
		demand_currency: DF.Link | None
		demand_date: DF.Date | None
		demand_item: DF.Link | None
		demand_qty: DF.Float
		event_wish: DF.Data | None
		feedback_asked_on: DF.Datetime | None
		follow_up: DF.Link | None
		next_step: DF.Data | None
		next_step_date: DF.Date | None
		notes: DF.SmallText | None
		price_remark: DF.SmallText | None
		rep: DF.Link | None
		result: DF.Literal["Reached", "Left a Message", "Not Reached", "Agreed Another Time", "Not Wanted"]
		route_to: DF.Literal["", "Rep", "Region", "Head Office"]
		routed_todo: DF.Link | None
		satisfaction: DF.Rating
		sent_key: DF.Data | None
		todo: DF.Link | None
	# end: auto-generated types

	def validate(self):
		# Not mandatory in the form: with it, quick entry would have too many fields to open.
		self.rep = self.rep or frappe.session.user
		self.date = happened(self.date)
		if get_datetime(self.date) > now_datetime():
			frappe.throw(_("A contact is recorded after it happened. Use the next step for what is to come."))
		if self.follow_up and frappe.db.get_value("Follow Up", self.follow_up, "customer") != self.customer:
			frappe.throw(_("{0} is a follow-up of another customer.").format(self.follow_up))
		if self.next_step and not self.next_step_date:
			frappe.throw(_("When is the next step due?"))
		if self.next_step_date and getdate(self.next_step_date) < getdate(self.date):
			frappe.throw(_("The next step cannot be due before the contact."))
		if not self.next_step:
			self.next_step_date = None
		self.validate_demand()
		self.set_currencies()
		before = self.get_doc_before_save()
		self.routed_todo = before.routed_todo if before else None
		if not self.flags.keep_call:
			# Which call it was, only the app that dialled can say.
			self.call_id = before.call_id if before else None

	def validate_demand(self):
		for field in ("demand_qty", "demand_amount", "competitor_price", "cost"):
			if flt(self.get(field)) < 0:
				frappe.throw(_("{0} cannot be negative.").format(_(self.meta.get_label(field))))
		stated = self.demand_item or self.demand_qty or self.demand_amount
		if stated and not self.demand_date:
			frappe.throw(_("When does the customer need it? Without a day the demand cannot be followed up."))
		if self.demand_date and getdate(self.demand_date) < getdate(self.date):
			frappe.throw(_("What a customer needs cannot be needed before the contact."))
		if self.cost and not self.cost_kind:
			self.cost_kind = "Other"

	def set_currencies(self):
		if not self.demand_currency:
			self.demand_currency = currencies.currency_of(self.customer)
		if not self.cost_currency:
			self.cost_currency = currencies.reporting_currency()

	def after_insert(self):
		touches.contact_happened(self)

	def on_update(self):
		before = self.get_doc_before_save()
		touches.plan_next_step(self)
		# Before what writes into the touch: that forgets what it was before.
		wishes.from_touch(self)
		routing.follow(self)
		touches.show_last_touch(self.customer)
		if before and before.customer != self.customer:
			# It was noted with the wrong one.
			touches.show_last_touch(before.customer)
		premises.on_change([self.customer])

	def on_trash(self):
		touches.drop_next_step(self)
		ending.cancel_todo(self.routed_todo)
		name_no_more("Follow Up", "touch", self.name)
		stops.forget_contact(self.name)
		wishes.take_back(self.doctype, self.name)

	def after_delete(self):
		touches.show_last_touch(self.customer)
