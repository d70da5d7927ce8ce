import frappe
from frappe import _
from frappe.utils import cint, flt, getdate

from keep_customers.access.lookups import NamesOnlyReadable
from keep_customers.engine.completeness import completeness
from keep_customers.engine.occasions import GREGORIAN, recurs, recurs_on
from keep_customers.erp.document import Document
from keep_customers.people import file, imported


class CustomerFile(NamesOnlyReadable, Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from keep_customers.keep_customers.doctype.customer_file_consent.customer_file_consent import (
			CustomerFileConsent,
		)
		from keep_customers.keep_customers.doctype.customer_file_occasion.customer_file_occasion import (
			CustomerFileOccasion,
		)
		from keep_customers.keep_customers.doctype.customer_file_person.customer_file_person import (
			CustomerFilePerson,
		)

		ask_for: DF.Link | None
		backup_rep: DF.Link | None
		best_time: DF.Data | None
		buying_habits: DF.SmallText | None
		character: DF.SmallText | None
		completeness: DF.Percent
		consents: DF.Table[CustomerFileConsent]
		customer: DF.Link
		customer_name: DF.Data | None
		dedicated_rep: DF.Link | None
		family: DF.SmallText | None
		leisure: DF.SmallText | None
		missing: DF.SmallText | None
		occasions: DF.Table[CustomerFileOccasion]
		people: DF.Table[CustomerFilePerson]
		personal_note: DF.SmallText | None
		pin_reason: DF.SmallText | None
		pinned_tier: DF.Link | None
		pinned_until: DF.Date | None
		preferred_channel: DF.Literal["", "Phone", "Visit", "Email", "SMS", "Messenger", "Letter"]
		preferred_language: DF.Link | None
		promotion_attitude: DF.SmallText | None
		service_preference: DF.SmallText | None
		specifications: DF.SmallText | None
		stop_email: DF.Check
		stop_letter: DF.Check
		stop_messenger: DF.Check
		stop_phone: DF.Check
		stop_sms: DF.Check
		stop_visit: DF.Check
		taste: DF.SmallText | None
		usage: DF.SmallText | None
		values: DF.SmallText | None
		work: DF.SmallText | None
	# end: auto-generated types

	def validate(self):
		imported.keep_rows(self)
		self.validate_reps()
		self.validate_pin()
		self.validate_dates()
		file.validate(self)
		self.score()

	def validate_reps(self):
		if self.dedicated_rep and self.dedicated_rep == self.backup_rep:
			frappe.throw(_("The backup rep must be somebody else than the dedicated rep."))

	def validate_pin(self):
		if not self.pinned_tier:
			self.pinned_until = self.pin_reason = None
		elif not self.pinned_until or not (self.pin_reason or "").strip():
			frappe.throw(_("Please say why the tier is pinned, and until when."))

	def validate_dates(self):
		for row, day in [(r, r.birthday) for r in self.people] + [(r, r.date) for r in self.occasions]:
			if day:
				row.month = row.day = 0
			try:
				# Who has left is not congratulated any more.
				row.recurs = None if row.get("left_on") else self.recurs(row, day)
			except ValueError:
				frappe.throw(
					_("Row {0}: lunar dates are known from 1900 to 2100.").format(row.idx)
					if day
					else _(
						"Row {0}: no year has the day {1} in the month {2}. Please correct one of them."
					).format(row.idx, cint(row.day), cint(row.month))
				)
		for row in self.occasions:
			if not row.recurs:
				frappe.throw(
					_("Row {0}: please give the date of {1}, or its month and day.").format(
						row.idx, row.occasion
					)
				)
		for row in self.people:
			if row.left_on and getdate(row.left_on) > getdate():
				frappe.throw(_("Row {0}: nobody has left on a day to come.").format(row.idx))
			if row.birthday and getdate(row.birthday) > getdate():
				frappe.throw(
					_("Row {0}: the birthday of {1} lies in the future.").format(row.idx, row.full_name)
				)

	@staticmethod
	def recurs(row, day) -> str | None:
		calendar = row.calendar or GREGORIAN
		if day:
			return recurs(getdate(day), calendar)
		return recurs_on(cint(row.month), cint(row.day), calendar) if row.month or row.day else None

	def onload(self):
		# What is missing is said in the reader's language, not in that of who has saved it.
		self.score()

	def score(self):
		labels = {
			"decision_maker": _("Decision Maker"),
			"birthday": _("Birthday"),
			"phone": _("Phone", context="Customer File"),
			"consent": _("Consent per Channel"),
		}
		percent, missing = completeness(self.known())
		self.completeness = flt(percent, 1)
		named = (labels.get(key) or _(self.meta.get_label(key), context=self.doctype) for key in missing[:5])
		self.missing = ", ".join(named)

	def known(self) -> dict[str, bool]:
		people = [row for row in self.people if not row.left_on]
		relations = {row.relation for row in people}
		known = {
			field.fieldname: bool(self.get(field.fieldname))
			for field in self.meta.fields
			if field.fieldtype != "Table"
		}
		return known | {
			"decision_maker": any(row.decides for row in people)
			or bool(relations & {"Owner", "Decision Maker"}),
			"birthday": any(row.recurs for row in people) or bool(self.occasions),
			"phone": any(row.phone for row in people),
			"consent": bool(
				self.consents or frappe.db.exists("Consent Record", {"customer": self.customer or ""})
			),
			"family": known["family"]
			or bool(relations & {"Spouse", "Partner", "Child", "Parent", "Sibling"}),
		}

	def on_update(self):
		file.on_update(self)
		# Past the document life: the customer may be open on somebody's screen.
		frappe.db.set_value(
			"Customer", self.customer, "keep_file_score", self.completeness, update_modified=False
		)

	def on_trash(self):
		file.on_trash(self)
		frappe.db.set_value("Customer", self.customer, "keep_file_score", 0, update_modified=False)
