"""The call after a closed case: promised, so no rule's."""

import frappe
from frappe.utils import add_days, getdate

from keep_customers.care import ending, followups
from keep_customers.complaints.cases import DOCTYPE
from keep_customers.engine import complaints as engine
from keep_customers.erp.said import said


def plan_check_back(case) -> None:
	"""The call after a closed case: not a rule's, so it is always made unless the settings say zero days."""
	settings = frappe.get_cached_doc("Keep Customers Settings")
	if not case.customer or not settings.check_back_days:
		return
	day = getdate(add_days(case.closed_on, settings.check_back_days))
	followups.add(
		[
			{
				"customer": case.customer,
				"customer_name": case.customer_name,
				"occurrence": case.name,
				"status": "Planned",
				"priority": "Medium",
				"reason": said("Call back after the complaint {0}: is everything all right now?", case.name),
				"short": said("Complaint solved: still satisfied?"),
				"channel": "Phone",
				"planned_on": day,
				"due_date": day,
				"reference_doctype": DOCTYPE,
				"reference_name": case.name,
			}
		]
	)


def take_back(case) -> None:
	"""The case goes on: nobody calls to hear whether everything is all right."""
	ending.take_back(DOCTYPE, case.name, "Complaint reopened")


def note_check_back(follow_up: str) -> None:
	"""The check-back call was made: the last step of its case is done."""
	row = frappe.db.get_value(
		"Follow Up",
		{"name": follow_up, "care_rule": ("is", "not set"), "reference_doctype": DOCTYPE},
		["reference_name", "touch"],
		as_dict=True,
	)
	if not row or not frappe.db.exists(DOCTYPE, row.reference_name):
		return
	if row.touch and frappe.db.get_value("Customer Touch", row.touch, "result") == "Not Reached":
		return
	case = frappe.get_doc(DOCTYPE, row.reference_name)
	if case.status != engine.CLOSED or case.step == engine.FOLLOWED_UP:
		return
	# Who may close the call's ToDo need not be allowed to write the case.
	case.flags.ignore_permissions = True
	case.take_step(engine.FOLLOWED_UP)
