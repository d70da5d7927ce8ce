"""When things happen to complaint cases: at once on saving, and what the clock brings."""

import frappe
from frappe.utils import get_datetime, now_datetime

from keep_customers.engine import complaints as engine
from keep_customers.erp import complaints, feedback, followups


def on_case(case) -> None:
	"""After every save: who is responsible gets it, who is late hears of it, who is satisfied is called once more."""
	before = case.get_doc_before_save()
	if before and before.responsible and before.responsible != case.responsible:
		complaints.take_from(case, before.responsible)
	if case.next_alarm and get_datetime(case.next_alarm) <= now_datetime():
		frappe.enqueue(sound, case=case.name, enqueue_after_commit=True)
	if case.status == engine.REOPENED and before and before.status != engine.REOPENED:
		complaints.tell_of_second_chance(case)
	if case.status == engine.CLOSED and before and before.status != engine.CLOSED:
		complaints.plan_check_back(case)
	feedback.on_case(case)


def on_case_trash(case) -> None:
	followups.take_back(complaints.DOCTYPE, case.name, "Complaint deleted")


def run() -> None:
	"""What the scheduler calls: cases whose time has come, and only those."""
	complaints.follow_tiers()
	for name in complaints.due_cases(now_datetime()):
		try:
			sound(name)
		except Exception:
			# One case that cannot be settled must not keep the others silent.
			frappe.db.rollback()
			frappe.log_error(
				title="Keep Customers: late complaint",
				reference_doctype=complaints.DOCTYPE,
				reference_name=name,
			)
			frappe.db.commit()


def sound(case: str) -> None:
	"""Tell the next person of what is late in one case, and commit: everybody is told once."""
	frappe.db.get_value(complaints.DOCTYPE, case, "name", for_update=True)
	doc = frappe.get_doc(complaints.DOCTYPE, case)
	settings = frappe.get_cached_doc("Keep Customers Settings")
	work = complaints.working_time(settings)
	now = now_datetime()
	for field, when in complaints.alarms(doc, settings, work):
		if when <= now:
			complaints.tell(doc, field, settings)
	complaints.set_clock(doc)
	complaints.store_alarms(doc)
	frappe.db.commit()
