from datetime import time

import frappe
from frappe import _
from frappe.model import table_fields
from frappe.utils import escape_html, flt, get_time, getdate

from keep_customers.access.named_rows import ShowsOnlyReadable
from keep_customers.care import full_day
from keep_customers.complaints import clock
from keep_customers.erp.document import Document
from keep_customers.evidence import learned
from keep_customers.privacy import ageing
from keep_customers.worth import amounts
from keep_customers.worth.currencies import reporting_currency
from keep_customers.worth.population import left_out, rankable

MIDNIGHT = time(0)
NAMES = ("Link", *table_fields)


class KeepCustomersSettings(ShowsOnlyReadable, Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from keep_customers.keep_customers.doctype.complaint_target.complaint_target import ComplaintTarget
		from keep_customers.keep_customers.doctype.keep_absence.keep_absence import KeepAbsence
		from keep_customers.keep_customers.doctype.keep_age_limit.keep_age_limit import KeepAgeLimit
		from keep_customers.keep_customers.doctype.keep_excluded_customer.keep_excluded_customer import (
			KeepExcludedCustomer,
		)
		from keep_customers.keep_customers.doctype.keep_excluded_group.keep_excluded_group import (
			KeepExcludedGroup,
		)
		from keep_customers.keep_customers.doctype.keep_working_hours.keep_working_hours import (
			KeepWorkingHours,
		)

		absences: DF.Table[KeepAbsence]
		advertising_words: DF.SmallText | None
		ask_again_days: DF.Int
		ask_again_times: DF.Int
		check_back_days: DF.Int
		compensation_limit: DF.Currency
		compensation_role: DF.Link | None
		compensation_year_limit: DF.Currency
		complaint_page: DF.Check
		complaint_targets: DF.Table[ComplaintTarget]
		complaints_per_address: DF.Int
		complaints_per_hour: DF.Int
		complaints_per_writer: DF.Int
		contact_cap: DF.Int
		contact_cap_days: DF.Int
		enabled: DF.Check
		escalate_after_hours: DF.Float
		event_reminder_days: DF.Int
		event_result_days: DF.Int
		events_per_year: DF.Int
		events_responsible: DF.Link | None
		excluded_customers: DF.TableMultiSelect[KeepExcludedCustomer]
		excluded_groups: DF.TableMultiSelect[KeepExcludedGroup]
		exploring_share: DF.Percent
		fallback_role: DF.Link | None
		fallback_user: DF.Link | None
		feedback_after_visits: DF.Check
		feedback_pause_hours: DF.Float
		forecasts: DF.Literal["Checked Forecasts", "BG/NBD as Before"]
		forecasts_accepted_by: DF.Link | None
		forecasts_accepted_on: DF.Datetime | None
		forecasts_reason: DF.SmallText | None
		full_day_order: DF.Literal["Value at Risk", "What a Contact Is Expected to Change"]
		head_of_service: DF.Link | None
		head_office_role: DF.Link | None
		head_office_user: DF.Link | None
		holiday_list: DF.Link | None
		idle_days: DF.Int
		item_group_level: DF.Int
		kept_for: DF.Table[KeepAgeLimit]
		loss_reviews_per_rep: DF.Int
		most_days_ahead: DF.Int
		no_need_days: DF.Int
		rep_capacity: DF.Int
		reporting_currency: DF.Link | None
		reps_see_ranking: DF.Check
		set_up_done: DF.Data | None
		suggest_compensation: DF.Check
		tell_after_nights: DF.Int
		visits_a_day: DF.Int
		word_days: DF.Int
		working_hours: DF.Table[KeepWorkingHours]
		wrong_moment_days: DF.Int
	# end: auto-generated types

	def validate(self):
		if self._is_only_called_anew():
			return
		for field in self.meta.fields:
			if field.get("non_negative") and flt(self.get(field.fieldname)) < 0:
				frappe.throw(_("{0} cannot be negative.").format(_(field.label, context=self.doctype)))
		ageing.check(self)
		for row in self.absences:
			if getdate(row.to_date) < getdate(row.from_date):
				frappe.throw(_("Row {0}: the absence ends before it begins.").format(row.idx))
			if row.substitute == row.user:
				frappe.throw(_("Row {0}: nobody can be their own substitute.").format(row.idx))
		if self.fallback_user and not frappe.db.get_value("User", self.fallback_user, "enabled"):
			frappe.throw(
				_("{0} is disabled. Please choose a fallback user who can log in.").format(self.fallback_user)
			)
		if self.head_office_user and not frappe.db.get_value("User", self.head_office_user, "enabled"):
			frappe.throw(
				_("{0} is disabled. Please choose a head office user who can log in.").format(
					self.head_office_user
				)
			)
		self.validate_excluded()
		self.validate_complaints()
		self.validate_order()

	def on_update(self):
		before = self.get_doc_before_save()
		if before and not self._is_only_called_anew():
			was, now = reporting_currency(before), reporting_currency(self)
			if was != now and (what := amounts.mean_something_else(was, now)):
				frappe.msgprint(escape_html(what), title=_("Reporting Currency"), indicator="orange")

	def _is_only_called_anew(self) -> bool:
		"""Whether the host saves it where something it names is called anew: nobody is there to mend the rest."""
		before = self.get_doc_before_save()
		return bool(self.flags.ignore_mandatory and before) and _but_links(before) == _but_links(self)

	def validate_order(self):
		if not 0 <= flt(self.exploring_share) <= 100:
			frappe.throw(_("Places that explore are between 0 and 100 %."))
		if full_day.by_change(self) and self.has_value_changed("full_day_order"):
			learned.check(self)

	def validate_excluded(self):
		"""Nobody excludes all customers on purpose; what is so already does not stand in the way of other settings."""
		before = self.get_doc_before_save()
		if before and left_out(before) == left_out(self):
			return
		counts = rankable(self)
		if counts.all and not counts.ranked:
			frappe.throw(
				_(
					"All {0} customers would be excluded, and nobody would be ranked or contacted. Please leave some."
				).format(counts.all),
				title=_("Not Ranked"),
			)

	def validate_complaints(self):
		seen = set()
		for row in self.complaint_targets:
			if not 0 < flt(row.answer_within_hours) <= flt(row.solve_within_hours) <= clock.YEAR:
				frappe.throw(
					_(
						"Row {0}: a complaint is answered before it is solved, and solved within a year. Please check the hours."
					).format(row.idx)
				)
			if (row.tier, row.severity) in seen:
				frappe.throw(_("Row {0}: this tier and severity are there already.").format(row.idx))
			seen.add((row.tier, row.severity))
		until: dict[str, object] = {}
		for row in sorted(self.working_hours, key=lambda row: get_time(row.start_time)):
			start, end = get_time(row.start_time), get_time(row.end_time)
			if start >= end and end != MIDNIGHT:
				frappe.throw(
					_("Row {0}: work ends before it begins. For a night, please enter two rows.").format(
						row.idx
					)
				)
			if row.workday in until and (until[row.workday] == MIDNIGHT or start < until[row.workday]):
				frappe.throw(_("Row {0}: these hours are there already.").format(row.idx))
			until[row.workday] = end
		if self.head_of_service and not frappe.db.get_value("User", self.head_of_service, "enabled"):
			frappe.throw(
				_("{0} is disabled. Please choose somebody who can log in.").format(self.head_of_service)
			)


def _but_links(doc) -> list:
	"""All that it says besides the names of other documents."""
	return [
		[
			(field.fieldname, row.get(field.fieldname))
			for field in row.meta.fields
			if field.fieldtype not in NAMES
		]
		for row in (doc, *doc.get_all_children())
	]
