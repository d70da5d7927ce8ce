import frappe
from frappe import _

from keep_customers.complaints import assignment_rules
from keep_customers.erp.document import Document


class ComplaintCategory(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from keep_customers.keep_customers.doctype.complaint_team_member.complaint_team_member import (
			ComplaintTeamMember,
		)

		assign_to: DF.Literal["Dedicated Rep", "Team"]
		assignment_rule: DF.Link | None
		category_name: DF.Data
		default_severity: DF.Literal["Low", "Normal", "High", "Grave"]
		description: DF.SmallText | None
		disabled: DF.Check
		team: DF.TableMultiSelect[ComplaintTeamMember]
	# end: auto-generated types

	def validate(self):
		if self.assign_to == "Team" and not self.team:
			frappe.throw(_("Please choose who is in the team."))
		for row in self.team:
			if not frappe.db.get_value("User", row.user, "enabled"):
				frappe.throw(_("{0} is disabled. Please choose somebody who can log in.").format(row.user))
		# Written by what follows only; one that is brought back had another, which is gone, and a copy has none.
		self.assignment_rule = None if self.is_new() else self.get_db_value("assignment_rule")

	def on_update(self):
		assignment_rules.keep_team_rule(self)

	def after_rename(self, old, new, merge=False):
		assignment_rules.keep_team_rule(frappe.get_doc(self.doctype, new))

	def on_trash(self):
		assignment_rules.remove_team_rule(self)
