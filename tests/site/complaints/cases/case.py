"""A case, and what can be known of it."""

from datetime import datetime, timedelta

import frappe

from keep_customers.engine import complaints as engine
from keep_customers.jobs import complaints as jobs
from tests.site.story import ITEM, PREFIX

CASE = "Complaint Case"
QUALITY = f"{PREFIX} Quality"
START = datetime(2026, 3, 4, 10, 0)  # a Wednesday
SETTINGS = {
	"complaint_targets": [], "working_hours": [], "holiday_list": None, "head_of_service": None,
	"escalate_after_hours": 1, "check_back_days": 7, "suggest_compensation": 1, "compensation_limit": 0,
	"compensation_role": "Sales Manager",
}  # fmt: skip


class Clock:
	now = START

	def __call__(self):
		return self.now

	def goes_on(self, hours):
		self.now += timedelta(hours=hours)


def new_batch():
	batched = frappe.get_meta("Item").has_field("has_batch_no")
	if batched:
		frappe.db.set_value("Item", ITEM, "has_batch_no", 1)
	batch = frappe.get_doc({"doctype": "Batch", "batch_id": f"{PREFIX} Batch", "item": ITEM}).insert()
	if batched:
		frappe.db.set_value("Item", ITEM, "has_batch_no", 0)
	return batch


def tier(customer, name):
	if not frappe.db.exists("Customer Value", customer):
		value = frappe.get_doc({"doctype": "Customer Value", "customer": customer, "currency": "EUR"})
		value.insert(ignore_permissions=True, ignore_mandatory=True)
	frappe.db.set_value("Customer Value", customer, "tier", name)


def complaint(customer, **values):
	return frappe.get_doc(
		{
			"doctype": CASE,
			"customer": customer,
			"subject": "The drill is broken",
			"description": "It broke on the first day.",
			"channel": "Phone",
			"opened_on": jobs.now_datetime(),
			**values,
		}
	).insert()


def offered(case):
	case.take_step(engine.OFFERED, note="A new one", reason="The customer knows us")
	return case


def solved(customer, **values):
	case = offered(complaint(customer, **values))
	case.hear("Yes", rating=0.8)
	return case


def todos(case, **filters):
	filters |= {"reference_type": CASE, "reference_name": case.name}
	return {
		row.allocated_to: row.status
		for row in frappe.get_all("ToDo", filters=filters, fields=["allocated_to", "status"])
	}


def told(case):
	"""Who was notified by us, in order."""
	return frappe.get_all(
		"Notification Log",
		filters={"document_name": case.name, "type": "Alert"},
		pluck="for_user",
		order_by="creation asc",
	)


def stored(case, *fields):
	return frappe.db.get_value(CASE, case.name, fields if len(fields) > 1 else fields[0])


def compensated(case, user="Administrator", **row):
	frappe.set_user(user)
	case.reload()
	if case.compensations:
		case.compensations[0].update(row)
	else:
		case.append("compensations", {"kind": "Gift", **row})
	case.save()
	return case.compensations[0]
