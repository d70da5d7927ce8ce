import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import now_datetime

from keep_customers.care import rules
from keep_customers.care.followups import take_back_of_rule


class CareRule(Document):
	def validate(self):
		self.validate_trigger()
		self.validate_sending()
		if not 0 <= (self.control_share or 0) < 100:
			frappe.throw(_("The share held back must be at least 0 % and below 100 %."))
		was_enabled = not self.is_new() and self.get_db_value("enabled")
		if self.enabled and not was_enabled:
			self.enabled_from = now_datetime()

	def validate_trigger(self):
		if self.trigger not in rules.triggers():
			frappe.throw(_("The app that brought the trigger {0} is not installed.").format(self.trigger))
		for field, message in rules.needs(self.trigger):
			if not any(self.get(one) for one in field.split("|")):
				frappe.throw(message)
		if self.trigger not in ("Purchase Amount", "Delivery", "Milestone"):
			self.company = None
		if self.trigger in rules.DATED:
			self.due_in_days = 0

	def validate_sending(self):
		if not self.send_automatically:
			return
		if self.channel not in ("Email", "SMS", "Messenger"):
			frappe.throw(
				_(
					"Only the channels Email, SMS and Messenger can be sent automatically. Please choose one of them."
				)
			)
		if not self.message_kind:
			frappe.throw(_("Please choose which kind of message is sent automatically."))

	def on_update(self):
		if not self.enabled:
			take_back_of_rule(self.name)

	def on_trash(self):
		take_back_of_rule(self.name)
		frappe.db.set_value("Follow Up", {"care_rule": self.name}, "care_rule", None)
