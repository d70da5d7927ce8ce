import re

import frappe

from keep_customers.care.followups import PENDING
from keep_customers.setup.install import add_shipped_messages


def execute():
	"""The messages about events that are moved; and the amounts of milestones that wait, which their occurrence names."""
	add_shipped_messages("Event Moved")
	waiting = {"occurrence": ("like", "milestone %"), "status": ("in", PENDING), "amount": 0}
	for row in frappe.get_all("Follow Up", filters=waiting, fields=["name", "occurrence"]):
		if amount := re.fullmatch(r"milestone (\d+)", row.occurrence):
			frappe.db.set_value("Follow Up", row.name, "amount", float(amount[1]), update_modified=False)
