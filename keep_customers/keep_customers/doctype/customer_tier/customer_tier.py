import frappe
from frappe import _
from frappe.model.document import Document

from keep_customers.benefits import pricing_rules


class CustomerTier(Document):
	def validate(self):
		if not self.rank:
			frappe.throw(_("Please give the tier a rank; 1 is the best."))
		other = frappe.db.get_value("Customer Tier", {"rank": self.rank, "name": ("!=", self.name)})
		if other:
			frappe.throw(_("Rank {0} is already taken by {1}.").format(self.rank, other))

	def after_rename(self, old, new, merge=False):
		pricing_rules.on_tier_renamed()
