import frappe
from frappe import _
from frappe.utils import flt, formatdate, get_datetime, getdate, now_datetime

from keep_customers.access.lookups import NamesOnlyReadable
from keep_customers.erp.calendar import happened
from keep_customers.erp.document import Document
from keep_customers.erp.language import moment_shown
from keep_customers.visits import approval, contacts, stops
from keep_customers.worth.currencies import reporting_currency


class VisitPlan(NamesOnlyReadable, Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from keep_customers.keep_customers.doctype.visit_plan_day_note.visit_plan_day_note import (
			VisitPlanDayNote,
		)
		from keep_customers.keep_customers.doctype.visit_plan_stop.visit_plan_stop import VisitPlanStop

		amended_from: DF.Link | None
		approved_by: DF.Link | None
		approved_on: DF.Datetime | None
		approver: DF.Link | None
		currency: DF.Link | None
		day_notes: DF.Table[VisitPlanDayNote]
		from_date: DF.Date
		goals: DF.SmallText | None
		market: DF.SmallText | None
		method: DF.Literal["In Person", "Video", "Phone"]
		other_cost: DF.Currency
		problems: DF.SmallText | None
		purpose: DF.SmallText
		rep: DF.Link
		rep_name: DF.Data | None
		reported_on: DF.Datetime | None
		solutions: DF.SmallText | None
		status: DF.Literal["Draft", "Waiting for Approval", "Approved", "Reported", "Cancelled"]
		stops: DF.Table[VisitPlanStop]
		territory: DF.Link | None
		to_date: DF.Date
		total_cost: DF.Currency
		travel_cost: DF.Currency
	# end: auto-generated types

	def check_permission(self, permtype="read", permlevel=None):
		# The framework asks for the right to submit for each later change; the rep's notes and report need none.
		if permtype == "submit" and getattr(self, "_action", None) == "update_after_submit":
			permtype = "write"
		super().check_permission(permtype, permlevel)

	def validate(self):
		approval.keep_what_is_ours(self)
		self.validate_dates()
		self.validate_refusals()
		self.validate_results()
		if not self.currency:
			self.currency = reporting_currency()
		self.add_up()

	def validate_dates(self):
		if getdate(self.to_date) < getdate(self.from_date):
			frappe.throw(_("The plan cannot end before it begins."))
		for stop in self.stops:
			day = stop.appointment and getdate(stop.appointment)
			if day and not getdate(self.from_date) <= day <= getdate(self.to_date):
				frappe.throw(
					_("Row {0}: the appointment on {1} is not within the plan's days.").format(
						stop.idx, formatdate(day)
					)
				)
			if stop.appointment_made and not stop.appointment:
				frappe.throw(_("Row {0}: for when is the appointment?").format(stop.idx))

	def validate_refusals(self):
		for row, customer in stops.refused(self):
			frappe.throw(
				_(
					"Row {0}: {1} does not want this. Please choose another method or leave the stop out."
				).format(row, frappe.bold(frappe.utils.escape_html(customer)))
			)

	def validate_results(self):
		for stop in self.stops:
			if stop.visited:
				if not stop.visited_on:
					stop.visited_on = min(get_datetime(stop.appointment or now_datetime()), now_datetime())
				stop.visited_on = happened(stop.visited_on)
				if get_datetime(stop.visited_on) > now_datetime():
					frappe.throw(
						_("Row {0}: a visit is reported after it happened, not for {1}.").format(
							stop.idx, moment_shown(stop.visited_on)
						)
					)
				if stop.next_step and not stop.next_step_date:
					frappe.throw(_("Row {0}: when is the next step due?").format(stop.idx))
				if stop.next_step_date and getdate(stop.next_step_date) < getdate(stop.visited_on):
					frappe.throw(_("Row {0}: the next step cannot be due before the visit.").format(stop.idx))
			elif stop.moved_to and getdate(stop.moved_to) < getdate(self.from_date):
				frappe.throw(_("Row {0}: the visit cannot be moved to before the plan.").format(stop.idx))

	def validate_stops_stay(self):
		planned = {(stop.name, stop.customer) for stop in self.get_doc_before_save().stops}
		if planned != {(stop.name, stop.customer) for stop in self.stops}:
			frappe.throw(
				_(
					"The stops of an approved plan stay as they are. To change them, cancel and amend the plan."
				)
			)

	def add_up(self):
		costs = (self.travel_cost, self.other_cost, *(stop.cost for stop in self.stops))
		self.total_cost = flt(sum(map(flt, costs)), self.precision("total_cost"))

	def before_submit(self):
		if not self.stops:
			frappe.throw(_("Please add the customers to visit first."))
		self.status = "Approved"
		self.approved_by, self.approved_on = frappe.session.user, now_datetime()

	def on_submit(self):
		stops.plan_contacts(self)

	def before_update_after_submit(self):
		self.validate_stops_stay()
		contacts.keep_noted(self)
		self.validate_results()
		self.add_up()

	def on_update_after_submit(self):
		approval.tell_day_notes(self)

	def on_discard(self):
		approval.given_up(self)

	def before_cancel(self):
		self.status = "Cancelled"

	def on_cancel(self):
		stops.take_back(self)
