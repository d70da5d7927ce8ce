import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import flt, get_datetime, now_datetime

from keep_customers.engine import complaints as engine
from keep_customers.erp import complaints
from keep_customers.jobs import complaints as jobs

# What follows from who else the customer is, not from what was done with the case.
COMPLETED = ("customer_name", "tier", "currency", "stated_number")


class ComplaintCase(Document):
	def before_insert(self):
		self.keep_as_stored()
		complaints.complete(self)
		self.steps = []
		complaints.add_step(self, engine.RECEIVED)

	def validate(self):
		if not self.is_new() and not self.flags.keep_action:
			self.keep_as_stored()
		if get_datetime(self.opened_on) > now_datetime():
			frappe.throw(_("A complaint is recorded after it was made. Please check when it was received."))
		self.validate_customer()
		self.validate_compensations()
		complaints.recognise_repeat(self)
		self.compensation_cost = complaints.cost_of_compensation(self)
		complaints.set_clock(self)

	def keep_as_stored(self):
		"""What the buttons write is written by them only: a form may be older than what they did."""
		before = self.get_doc_before_save()
		for field in self.meta.fields:
			if field.read_only and field.fieldname not in COMPLETED and not field.fetch_from:
				if field.fieldtype == "Table":
					self.set(field.fieldname, before.get(field.fieldname) if before else [])
				else:
					self.set(field.fieldname, before.get(field.fieldname) if before else field.default)

	def validate_customer(self):
		before = self.get_doc_before_save()
		if before and before.customer and before.customer != self.customer:
			frappe.throw(_("A case stays with its customer. Please open a new one for the other."))
		if before and not before.customer and self.customer:
			self.customer_name = frappe.db.get_value("Customer", self.customer, "customer_name")
			self.tier = frappe.db.get_value("Customer Value", self.customer, "tier")
		for field, doctype in (("sales_invoice", "Sales Invoice"), ("delivery_note", "Delivery Note")):
			if self.customer and self.get(field):
				owner = frappe.db.get_value(doctype, self.get(field), "customer")
				if owner and owner != self.customer:
					frappe.throw(_("{0} is of another customer.").format(self.get(field)))

	def validate_compensations(self):
		settings = frappe.get_cached_doc("Keep Customers Settings")
		before = {row.name: row for row in (self.get_doc_before_save() or self).compensations}
		for row in self.compensations:
			row.currency = self.currency
			old = before.get(row.name) if not self.is_new() else None
			if flt(row.cost) < 0:
				frappe.throw(_("{0} cannot be negative.").format(_("Cost")))
			was = old.status if old else ""
			settled = ("Approved", "Handed Over")
			if was in settled and (flt(old.cost) < flt(row.cost)):
				was = ""  # more than what was approved
			if row.status in settled and was not in settled:
				self.approve(row, settings)
			if row.status not in settled:
				row.approved_by = row.approved_on = None
			elif was in settled:
				row.approved_by, row.approved_on = old.approved_by, old.approved_on
			if row.status == "Handed Over" and not row.handed_over_on:
				row.handed_over_on = frappe.utils.today()

	def approve(self, row, settings):
		limit = flt(settings.compensation_limit)
		role = settings.compensation_role or "Sales Manager"
		if (
			flt(row.cost) > limit
			and role not in frappe.get_roles()
			and frappe.session.user != "Administrator"
		):
			frappe.throw(
				_(
					"A compensation above {0} is approved by somebody with the role {1}. Please propose it."
				).format(frappe.utils.fmt_money(limit, currency=self.currency), _(role)),
				frappe.PermissionError,
			)
		row.approved_by, row.approved_on = frappe.session.user, now_datetime()

	def on_update(self):
		jobs.on_case(self)

	def on_trash(self):
		jobs.on_case_trash(self)

	# The buttons

	@frappe.whitelist()
	def take_step(self, step: str, note: str = "", reason: str = ""):
		"""Do a step; those before it that are open are left out for the reason.

		:raises frappe.ValidationError: if it is not its turn, saying what to do
		"""
		with self.action() as act:
			if not self.customer:
				frappe.throw(_("Please choose the customer first."))
			act.after, left_out = engine.take_step(act.before, step, reason)
			for one in left_out:
				complaints.add_step(self, one, reason, left_out=True)
			complaints.add_step(self, step, note)
			if step != engine.FOLLOWED_UP:
				self.answered_on = self.answered_on or now_datetime()
			if step == engine.OFFERED:
				self.solved_on = now_datetime()
				complaints.suggest_compensation(self)

	@frappe.whitelist()
	def wait(self, note: str = ""):
		"""Stop the clock until the customer answers."""
		with self.action() as act:
			act.after = engine.wait(act.before)
			self.answered_on = self.answered_on or now_datetime()
			self.append("pauses", {"paused_on": now_datetime(), "note": note})

	@frappe.whitelist()
	def resume(self):
		"""The customer has answered: the clock goes on."""
		with self.action() as act:
			act.after = engine.resume(act.before)

	@frappe.whitelist()
	def hear(self, word: str, rating: float = 0, person_rating: float = 0, words: str = ""):
		"""Record what the customer said about the solution.

		:param word: Yes or No
		:param rating: of the solution, 0 … 1 as ratings are stored
		"""
		if word not in (engine.YES, engine.NO):
			frappe.throw(_("Please choose Yes or No."))
		with self.action() as act:
			act.after = engine.hear(act.before, word)
			self.word_on = now_datetime()
			self.solution_rating, self.person_rating = flt(rating), flt(person_rating)
			self.word_text = words
			self.rated_user = self.responsible
			self.note_word(act)

	def note_word(self, act):
		if act.after.status == engine.REOPENED:
			self.solved_on = self.promised_on = None
			self.solve_escalation = self.promise_escalation = 0
			act.after_note = engine.RECEIVED
		elif act.after.word == engine.YES:
			for step in engine.STEPS:
				if step in act.after.done and step not in act.before.done:
					left_out = step != engine.CONFIRMED
					complaints.add_step(
						self, step, _("The customer is satisfied.") if left_out else "", left_out
					)
			if act.after.status == engine.CLOSED:
				self.note_closing()

	@frappe.whitelist()
	def close(self, override_reason: str = ""):
		"""Close the case; without the customer's yes only a manager can, with a reason."""
		if override_reason.strip() and not complaints.may_override():
			frappe.throw(
				_("Only a manager closes a case without the customer's yes."), frappe.PermissionError
			)
		with self.action() as act:
			act.after = engine.close(act.before, override_reason)
			if act.after.overridden:
				self.override_reason = override_reason
			self.note_closing()

	def note_closing(self):
		self.closed_on, self.closed_by = now_datetime(), frappe.session.user
		self.solved_on = self.solved_on or now_datetime()
		self.answered_on = self.answered_on or now_datetime()

	def action(self):
		return Action(self)

	def before_validate(self):
		"""A card dropped on the Kanban board goes back where it was, and its user learns how it moves on."""
		if "kanban_board.update_order" in str(frappe.form_dict.get("cmd")) and self.has_value_changed(
			"status"
		):
			frappe.throw(_("The status follows from the steps. Please open the case and use its buttons."))


class Action:
	"""One button: what the case was, what it becomes, saved by nobody but who may write it."""

	def __init__(self, case: ComplaintCase):
		self.case, self.before, self.after, self.after_note = case, None, None, ""

	def __enter__(self):
		self.case.reload()
		self.case.check_permission("write")
		self.before = complaints.state(self.case)
		return self

	def __exit__(self, kind, error, _traceback):
		if isinstance(error, engine.Refused):
			complaints.refuse(error)
		if kind:
			return False
		case = self.case
		if case.status == engine.WAITING and self.after.status != engine.WAITING:
			for row in case.pauses:
				row.resumed_on = row.resumed_on or now_datetime()
		complaints.note_state(case, self.after)
		if self.after_note:
			complaints.add_step(case, self.after_note)
		case.flags.keep_action = True
		case.save()
		case.flags.keep_action = False
		return False
