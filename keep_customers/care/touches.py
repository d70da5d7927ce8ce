"""A contact happened: the follow-up it answers is settled, the next step it agreed on is planned."""

from datetime import date

import frappe
from frappe.utils import getdate

from keep_customers.care import contacts_seen, planning
from keep_customers.care.followups import add, gone_with, made_of, note_done, settle
from keep_customers.erp.calendar import working_days
from keep_customers.erp.said import said

NO_LONGER_AGREED = "No longer agreed"
# A next step; what a rule makes of a contact has its rule.
AGREED = {"reference_doctype": "Customer Touch", "care_rule": ("is", "not set")}


def contact_happened(touch) -> None:
	"""Settle the follow-up a touch answers."""
	if not touch.follow_up:
		return
	todo = frappe.db.get_value("Follow Up", touch.follow_up, "todo")
	# What was done with it in the same contact is done too.
	parts = gone_with(todo, touch.customer) if todo else ()
	for name in {touch.follow_up, *parts}:
		settle(name, "Done", touch=touch.name, done_on=getdate(touch.date), hold_reason="")
		note_done(name)


def plan_next_step(touch) -> None:
	"""Plan the next step that was agreed, or follow a change of it until it has become a ToDo; what is for today is asked at once."""
	known = frappe.db.get_value(
		"Follow Up",
		{**AGREED, "reference_name": touch.name},
		["name", "status", "hold_reason"],
		as_dict=True,
	)
	if not touch.next_step:
		drop_next_step(touch)
		return
	if frappe.flags.in_import and not known and getdate(touch.next_step_date) < getdate():
		return  # of an old contact from elsewhere: nobody is asked today for what was agreed years ago
	step = {
		"customer": touch.customer,
		"customer_name": touch.customer_name,
		"occurrence": touch.name,
		"status": "Planned",
		"priority": "Medium",
		# The agreed words are what is to be done. Nothing else of the contact goes into a ToDo.
		"reason": said("Agreed on {0}.", frappe.utils.formatdate(touch.date)),
		"short": touch.next_step,
		"channel": touch.channel,
		"planned_on": _told_on(getdate(touch.next_step_date)),
		"due_date": touch.next_step_date,
		"reference_doctype": "Customer Touch",
		"reference_name": touch.name,
	}
	step["made_of"] = made_of(step)
	if not known:
		add([step])
	elif known.status == "Planned" or known.hold_reason == NO_LONGER_AGREED:
		settle(known.name, hold_reason="", **step)
	else:
		return
	# What is imported is the night's: a job for each of thousands of old contacts is too much.
	if step["planned_on"] <= getdate() and not frappe.flags.in_import:
		planning.ask_at_once(touch.doctype, touch.name)


def _told_on(day: date) -> date:
	"""When the rep is told of what was promised for a day: on it, or on the last working day before it."""
	working = working_days(frappe.get_cached_doc("Keep Customers Settings"))
	return min(day, working.on_or_before(day, getdate()))


def drop_next_step(touch) -> None:
	"""Nobody waits for the next step any more; once it is a ToDo, it is the rep's to decide."""
	frappe.db.set_value(
		"Follow Up",
		{**AGREED, "reference_name": touch.name, "status": "Planned"},
		{"status": "Cancelled", "hold_reason": NO_LONGER_AGREED},
	)


def show_last_touch(customer: str) -> None:
	"""Keep the customer's last contact in its list, past the document life."""
	last = frappe.get_all(
		"Customer Touch",
		filters={"customer": customer, "result": ("!=", "Not Reached")},
		fields=["date"],
		order_by="date desc",
		limit=1,
	)
	days = [getdate(row.date) for row in last]
	days += contacts_seen.latest(getdate(), [customer]).values()
	frappe.db.set_value(
		"Customer", customer, "keep_last_touch", max(days, default=None), update_modified=False
	)
