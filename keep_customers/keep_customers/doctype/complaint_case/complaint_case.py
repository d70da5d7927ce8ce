from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import flt, get_datetime, now_datetime

from keep_customers.access.lookups import NamesOnlyReadable
from keep_customers.complaints import cases, clock, compensations, documents, eight_d, repeats, waiting, whose
from keep_customers.complaints.steps import Told, take
from keep_customers.engine import complaints as engine
from keep_customers.erp.api import typed
from keep_customers.erp.document import Document
from keep_customers.jobs import complaints as jobs
from keep_customers.messaging.feedback import CUSTOMER, NOTED
from keep_customers.people.contacts import primary_contact

# Clocks on desks differ a little.
SKEW = timedelta(minutes=10)


class ComplaintCase(NamesOnlyReadable, Document):
	comes_back = True

	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from keep_customers.keep_customers.doctype.complaint_compensation.complaint_compensation import (
			ComplaintCompensation,
		)
		from keep_customers.keep_customers.doctype.complaint_pause.complaint_pause import ComplaintPause
		from keep_customers.keep_customers.doctype.complaint_step.complaint_step import ComplaintStep

		answer_due: DF.Datetime | None
		answer_escalation: DF.Int
		answer_late: DF.Check
		answer_minutes: DF.Float
		answered_on: DF.Datetime | None
		answers_used: DF.SmallText | None
		asked_again: DF.Int
		batch_no: DF.Link | None
		category: DF.Link | None
		cause: DF.Link | None
		cause_text: DF.SmallText | None
		channel: DF.Literal["Phone", "Visit", "Email", "SMS", "Messenger", "Letter", "Web Page", "Portal"]
		closed_by: DF.Link | None
		closed_on: DF.Datetime | None
		closed_unanswered: DF.Check
		compensation_cost: DF.Currency
		compensations: DF.Table[ComplaintCompensation]
		contact: DF.Link | None
		contact_email: DF.Data | None
		contact_mobile: DF.Data | None
		contact_name: DF.Data | None
		currency: DF.Link | None
		customer: DF.Link | None
		customer_name: DF.Data | None
		delivery_note: DF.Link | None
		description: DF.Text
		escalated_to: DF.Link | None
		idle_alarms: DF.Int
		issue: DF.Link | None
		item: DF.Link | None
		next_alarm: DF.Datetime | None
		next_ask: DF.Datetime | None
		next_idle: DF.Datetime | None
		non_conformance: DF.Link | None
		opened_on: DF.Datetime
		override_reason: DF.SmallText | None
		pauses: DF.Table[ComplaintPause]
		person_rating: DF.Rating
		promise_escalation: DF.Int
		promised_on: DF.Datetime | None
		quality_action: DF.Link | None
		rated_user: DF.Link | None
		repeat_of: DF.Link | None
		repeat_reason: DF.Data | None
		responsible: DF.Link | None
		sales_invoice: DF.Link | None
		second_chance: DF.Check
		serial_no: DF.Link | None
		severity: DF.Literal["Low", "Normal", "High", "Grave"]
		solution: DF.SmallText | None
		solution_rating: DF.Rating
		solve_due: DF.Datetime | None
		solve_escalation: DF.Int
		solve_late: DF.Check
		solve_minutes: DF.Float
		solved_on: DF.Datetime | None
		stated_number: DF.Data | None
		status: DF.Literal["Open", "Waiting for Customer", "Solution Given", "Reopened", "Closed"]
		step: DF.Literal[
			"Received",
			"Listened",
			"Apologised",
			"Cause Found",
			"Explained",
			"Solution Offered",
			"Compensated",
			"Confirmed",
			"Followed Up",
		]
		steps: DF.Table[ComplaintStep]
		subject: DF.Data
		taken_from: DF.Data | None
		taken_from_type: DF.Data | None
		tier: DF.Link | None
		warranty_claim: DF.Link | None
		word: DF.Literal["", "Yes", "No"]
		word_asked_on: DF.Datetime | None
		word_by: DF.Literal["", "Noted by Us", "Customer"]
		word_on: DF.Datetime | None
		word_text: DF.SmallText | None
	# end: auto-generated types

	def before_insert(self):
		if self.flags.brought_back:
			return
		said = {field: self.get(field) for field in ("stated_number", "taken_from_type", "taken_from")}
		said |= self.as_it_ended()
		self.keep_as_stored()
		self.update(said)
		documents.check_taken_over(self)
		cases.complete(self)
		# Somebody from outside need not be known yet, nor have said more than a subject.
		if not self.customer and not self.flags.ignore_permissions:
			frappe.throw(_("Please choose the customer."), frappe.MandatoryError)
		cases.add_step(self, engine.RECEIVED)

	def validate(self):
		if not self.is_new() and not self.flags.keep_action:
			self.keep_as_stored()
		self.validate_times()
		self.validate_people()
		self.validate_documents()
		compensations.validate(self)
		self.compensation_cost = cases.cost_of_compensation(self)
		if self.status == engine.CLOSED:
			self.validate_closed()
		else:
			repeats.recognise_repeat(self)
		clock.set_clock(self)
		if self.flags.keep_history:
			self.next_alarm = None
		waiting.set_times(self, now_datetime())

	def as_it_ended(self) -> dict:
		"""What is imported as closed was closed elsewhere: it comes in as that, and nobody is late with it.

		:raises frappe.ValidationError: if it was closed before it was received, or is yet to be
		"""
		if not (frappe.flags.in_import and self.status == engine.CLOSED):
			return {}
		self.flags.keep_history = True
		times = {
			field: get_datetime(self.get(field))
			for field in ("answered_on", "solved_on", "closed_on")
			if self.get(field)
		}
		opened, now = get_datetime(self.opened_on or now_datetime()), now_datetime()
		if any(not opened <= when <= now for when in times.values()):
			frappe.throw(
				_(
					"A closed complaint was answered, solved and closed after it was received, and not in the future."
				)
			)
		ended = {"status": engine.CLOSED, "step": engine.FOLLOWED_UP, "closed_by": frappe.session.user}
		return {"closed_on": opened, **ended, **times}

	def keep_as_stored(self):
		"""What the buttons write is written by them only: a form may be older than what they did."""
		before = self.get_doc_before_save()
		for field in self.meta.fields:
			if field.read_only and not field.fetch_from:
				nothing = [] if field.fieldtype == "Table" else field.default
				self.set(field.fieldname, before.get(field.fieldname) if before else nothing)

	def validate_times(self):
		now = now_datetime()
		if get_datetime(self.opened_on) > now + SKEW:
			frappe.throw(_("A complaint is recorded after it was made. Please check when it was received."))
		if self.is_new():
			self.opened_on = min(get_datetime(self.opened_on), now)
		if self.promised_on and self.has_value_changed("promised_on"):
			if get_datetime(self.promised_on) <= now:
				frappe.throw(_("A promise is for the future. Please choose a later time."))
			self.promise_escalation = 0

	def validate_people(self):
		before = self.get_doc_before_save()
		if not before:
			return
		if before.customer and before.customer != self.customer:
			frappe.throw(_("A case stays with its customer. Please open a new one for the other."))
		if self.customer and not before.customer:
			cases.set_customer(self)
		if self.contact and self.contact != before.contact:
			cases.set_contact(self, anew=True)
		# Somebody always is; a form may not know yet whom an Assignment Rule has chosen.
		self.responsible = self.responsible or before.responsible

	def validate_documents(self):
		for field, doctype in cases.DOCUMENTS.items():
			if self.customer and self.get(field) and self.has_value_changed(field):
				owner = frappe.db.get_value(doctype, self.get(field), "customer")
				if owner and owner != self.customer:
					frappe.throw(_("{0} is of another customer.").format(self.get(field)))

	def validate_closed(self):
		"""What a case was closed for stays so."""
		state = cases.state(self)
		if state.repeat and not state.learnt:
			frappe.throw(cases.why_not()["repeat"])
		if state.owed:
			frappe.throw(
				_("This case is closed. What is still owed belongs to an open one; please open a new case.")
			)

	def on_update(self):
		jobs.on_case(self)

	def on_change(self):
		if not self.responsible:
			# An Assignment Rule has chosen somebody meanwhile, past this document.
			self.responsible = self.get_db_value("responsible")

	def on_trash(self):
		cases.on_case_trash(self)

	# The buttons

	@frappe.whitelist()
	@typed
	def take_step(self, step: str, note: str | None = None, reason: str | None = None) -> None:
		"""Do a step; those before it that are open are left out for the reason.

		:raises frappe.ValidationError: if it is not its turn, saying what to do
		"""
		self.take_steps([step], note, reason)

	@frappe.whitelist()
	@typed
	def take_steps(
		self, steps: list[str], note: str | None = None, reason: str | None = None, told: Told | None = None
	) -> None:
		"""Do several steps of one call, as :func:`keep_customers.complaints.steps.take`.

		:raises frappe.ValidationError: if one is not its turn or has nothing in it, saying what to do
		"""
		if not steps or set(steps) - set(engine.STEPS):
			frappe.throw(_("Please choose one of the nine steps."))
		with Action(self) as act:
			if not self.customer:
				frappe.throw(_("Please choose the customer first."))
			act.after = take(self, act.before, steps, note or "", reason or "", told or Told())
			if act.after.status == engine.CLOSED != act.before.status:
				self.note_closing()

	@frappe.whitelist()
	@typed
	def take_customer(self, customer: str) -> None:
		"""Whose complaint it is, of those :func:`keep_customers.complaints.whose.proposals` proposes."""
		self.reload()
		self.check_permission("write")
		proposed = {one["customer"]: one for one in whose.proposals(self)}
		if self.customer or customer not in proposed:
			frappe.throw(_("Please choose the customer."))
		self.customer, self.contact = customer, proposed[customer]["contact"] or primary_contact(customer)
		self.save()

	@frappe.whitelist()
	@typed
	def wait(self, note: str | None = None) -> None:
		"""Stop the clock until the customer answers."""
		with Action(self) as act:
			act.after = engine.wait(act.before)
			self.answered_on = self.answered_on or now_datetime()
			self.append("pauses", {"paused_on": now_datetime(), "note": note})

	@frappe.whitelist()
	@typed
	def resume(self) -> None:
		"""The customer has answered: the clock goes on."""
		with Action(self) as act:
			act.after = engine.resume(act.before)

	@frappe.whitelist()
	@typed
	def hear(
		self,
		word: str,
		rating: float | None = None,
		person_rating: float | None = None,
		words: str | None = None,
	) -> None:
		"""Record what the customer said about the solution; stars for one's own work are theirs to give, by their link.

		:param word: Yes or No
		:param rating: of the solution, 0 … 1 as ratings are stored
		:param person_rating: of who is responsible, likewise
		"""
		if word not in (engine.YES, engine.NO):
			frappe.throw(_("Please choose Yes or No."))
		with Action(self) as act:
			act.after = engine.hear(act.before, word)
			self.forget_silence()
			self.word_on = now_datetime()
			self.solution_rating, self.person_rating = flt(rating), flt(person_rating)
			self.word_text = words
			self.word_by = CUSTOMER if self.flags.by_customer else NOTED
			self.rated_user = self.responsible
			self.note_word(act)

	def note_word(self, act):
		if act.after.status == engine.REOPENED:
			self.solved_on = self.promised_on = self.solution = None
			self.solve_escalation = self.promise_escalation = 0
			act.after_note = engine.RECEIVED
		elif act.after.word == engine.YES:
			for step in engine.STEPS:
				if step in act.after.done and step not in act.before.done:
					given = step == engine.COMPENSATED and act.before.given
					left_out = not (given or step == engine.CONFIRMED)
					words = _("The customer is satisfied.") if left_out else ""
					cases.add_step(self, step, words, left_out)
			if act.after.status == engine.CLOSED:
				self.note_closing()

	def reopen(self) -> None:
		"""The customer has written after the case was closed without their answer."""
		with Action(self) as act:
			act.after = engine.reopen(act.before)
			self.forget_silence()

	def forget_silence(self):
		if self.closed_unanswered:
			self.closed_unanswered = 0
			self.closed_on = self.closed_by = self.override_reason = None

	def eight_d(self) -> list:
		"""For the print format *8D Report*."""
		return eight_d.disciplines(self)

	def eight_d_words(self) -> dict[str, str]:
		"""Likewise."""
		return eight_d.words()

	@frappe.whitelist()
	@typed
	def close(self, override_reason: str | None = None) -> None:
		"""Close the case; without the customer's yes only a manager can, with a reason."""
		# The framework hands on nothing as None.
		override_reason = (override_reason or "").strip()
		if override_reason and not (self.flags.unanswered or cases.may_override()):
			frappe.throw(
				_("Only a manager closes a case without the customer's yes."), frappe.PermissionError
			)
		with Action(self) as act:
			act.after = engine.close(act.before, override_reason)
			if act.after.overridden:
				self.override_reason = override_reason
			self.closed_unanswered = int(bool(self.flags.unanswered))
			self.note_closing()

	def note_closing(self):
		self.closed_on, self.closed_by = now_datetime(), frappe.session.user
		self.solved_on = self.solved_on or now_datetime()
		self.answered_on = self.answered_on or now_datetime()


class Action:
	"""One button: what the case was, what it becomes, saved by nobody but who may write it."""

	def __init__(self, case: ComplaintCase):
		self.case, self.before, self.after, self.after_note = case, None, None, ""

	def __enter__(self):
		self.case.reload()
		self.case.check_permission("write")
		self.repeat = self.case.repeat_of, self.case.repeat_reason
		if self.case.status != engine.CLOSED:
			# The earlier one may have been changed since, and saving asks anew.
			repeats.recognise_repeat(self.case)
		self.before = cases.state(self.case)
		return self

	def __exit__(self, kind, error, _traceback):
		if isinstance(error, engine.Refused):
			cases.refuse(error)
		if kind:
			return False
		case = self.case
		if case.status == engine.WAITING and self.after.status != engine.WAITING:
			for row in case.pauses:
				row.resumed_on = row.resumed_on or now_datetime()
		cases.note_state(case, self.after)
		if self.after_note:
			cases.add_step(case, self.after_note)
		if case.repeat_of:
			# Saving finds it anew; as somebody's word it would be refused to who may not read that case.
			case.repeat_of, case.repeat_reason = self.repeat
		case.flags.keep_action = True
		try:
			case.save()
		finally:
			case.flags.keep_action = False
		return False
