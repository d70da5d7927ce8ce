import frappe
from frappe import _
from frappe.model.document import Document
from frappe.utils import getdate


class KeepCustomersSettings(Document):
	def validate(self):
		for field in ("contact_cap", "contact_cap_days", "rep_capacity"):
			if (self.get(field) or 0) < 0:
				frappe.throw(_("{0} cannot be negative.").format(_(self.meta.get_label(field))))
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
