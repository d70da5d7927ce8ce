import frappe
from frappe import _

from keep_customers.benefits import pricing_rules
from keep_customers.complaints import clock
from keep_customers.erp.document import Document
from keep_customers.worth import colours


class CustomerTier(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		answer_within_hours: DF.Float
		benefits: DF.SmallText | None
		colour: DF.Literal["Gray", "Blue", "Cyan", "Green", "Yellow", "Orange", "Red", "Pink", "Purple"]
		contact_every_days: DF.Int
		rank: DF.Int
		solve_within_hours: DF.Float
		strategy: DF.SmallText | None
		tier_name: DF.Data
	# end: auto-generated types

	def validate(self):
		if not self.rank:
			frappe.throw(_("Please give the tier a rank; 1 is the best."))
		other = frappe.db.get_value("Customer Tier", {"rank": self.rank, "name": ("!=", self.name)})
		if other:
			frappe.throw(_("Rank {0} is already taken by {1}.").format(self.rank, other))
		answer, solve = clock.within(self.answer_within_hours, self.solve_within_hours)
		if not 0 < answer <= solve <= clock.YEAR:
			frappe.throw(
				_(
					"A complaint is answered before it is solved, and solved within a year. Please check the hours: {0} to answer it, {1} to solve it."
				).format(f"{answer:g}", f"{solve:g}")
			)

	def on_update(self):
		colours.colour_chart()

	def after_delete(self):
		colours.colour_chart()

	def after_rename(self, old, new, merge=False):
		colours.colour_chart()
		pricing_rules.on_tier_renamed()
