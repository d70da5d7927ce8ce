"""A case shares its customer's life: renamed, merged, deleted."""

import frappe
import pytest

from keep_customers.access import brought_back
from tests.site.complaints.cases.case import (
	CASE,
	compensated,
	complaint,
	new_batch,
	offered,
	solved,
	stored,
	todos,
)
from tests.site.deleted import back, deleted
from tests.site.story import ANNA, PREFIX, _user
from tests.site.web import Browser, Server


def test_a_case_goes_with_its_customer(story, firm):
	case = solved(firm)
	frappe.rename_doc("Customer", firm, f"{PREFIX} Renamed")
	assert stored(case, "customer") == f"{PREFIX} Renamed"
	frappe.get_doc("Customer", f"{PREFIX} Renamed").update({"customer_name": f"{PREFIX} New"}).save()
	assert stored(case, "customer_name") == f"{PREFIX} New"
	other = story.customer("Other")
	frappe.rename_doc("Customer", f"{PREFIX} Renamed", other, merge=True)
	assert stored(case, "customer", "customer_name") == (other, other)


def test_a_deleted_customer_takes_its_cases_with_all_that_hangs_on_them(story, firm, clock):
	batch = new_batch()
	case = complaint(firm, batch_no=batch.name)
	case.wait()
	compensated(case, cost=0, status="Proposed")
	clock.goes_on(1)
	theirs = complaint(story.customer("Other"), batch_no=batch.name)
	assert theirs.repeat_of == case.name
	case.add_comment("Comment", "Olga is angry")
	file = frappe.get_doc(
		{
			"doctype": "File", "file_name": "broken.txt", "content": "A picture", "is_private": 1,
			"attached_to_doctype": CASE, "attached_to_name": case.name,
		}
	).insert()  # fmt: skip
	frappe.delete_doc("Customer", firm)
	about = {"parent": case.name}
	for table in ("Complaint Step", "Complaint Pause", "Complaint Compensation"):
		assert not frappe.db.exists(table, about), table
	assert not frappe.db.exists(CASE, case.name) and not frappe.db.exists("File", file.name)
	assert not todos(case) and not frappe.db.exists("Comment", {"reference_name": case.name})
	assert not frappe.db.exists("Deleted Document", {"deleted_name": case.name})
	theirs.reload()
	assert theirs.repeat_of is None
	theirs.save()
	batch.delete(force=True)


def test_a_deleted_case_takes_back_its_call(firm):
	case = solved(firm)
	case.delete()
	assert frappe.get_all("Follow Up", pluck="status") == ["Cancelled"]


def test_what_a_case_names_and_was_deleted_since_keeps_nobody_from_going_on(story, firm):
	gone = f"gone@{PREFIX.replace(' ', '-').lower()}.example"
	_user(gone, ["Sales User", "Sales Manager"])
	invoice = story.invoice(firm, 100)
	note = story.credit(invoice, 10, submit=False)
	case = complaint(firm, sales_invoice=invoice.name)
	case.append(
		"compensations",
		{"kind": "Credit Note", "status": "Proposed", "reference_doctype": "Sales Invoice", "reference_name": note.name},
	)  # fmt: skip
	case.save()
	frappe.set_user(gone)
	case.take_step("Listened")
	frappe.set_user("Administrator")
	frappe.delete_doc("Sales Invoice", note.name)
	invoice.reload()
	invoice.cancel()
	frappe.delete_doc("Sales Invoice", invoice.name, force=True)  # ERPNext's ledger names it
	for doctype, name in (("Contact", case.contact), ("User", gone)):
		frappe.delete_doc(doctype, name)
	frappe.db.commit()
	frappe.set_user(ANNA)
	case = frappe.get_doc(CASE, case.name)
	case.take_step("Apologised")
	[row] = case.compensations
	# What stood there still stands there: who did a step, what was given.
	assert [one.done_by for one in case.steps] == ["Administrator", gone, ANNA]
	assert (case.sales_invoice, row.reference_name) == (invoice.name, note.name)
	assert frappe.db.get_value(CASE, case.name, ["sales_invoice", "contact"]) == (invoice.name, case.contact)
	# Anew nobody names what is not there, also beside it.
	case.delivery_note = "Keep Test None"
	with pytest.raises(frappe.LinkValidationError, match="Keep Test None") as refused:
		case.save()
	assert invoice.name not in str(refused.value)


def test_a_case_that_was_deleted_by_mistake_comes_back_as_it_was(firm, clock):
	case = solved(firm)
	assert case.reload().status == "Closed"
	clock.goes_on(24 * 90)
	again = back(case)
	assert again.name == case.name, "the number that its mails and links know"
	same = (
		"customer",
		"status",
		"step",
		"word",
		"solution",
		"answered_on",
		"solved_on",
		"solve_late",
		"closed_on",
		"closed_by",
	)
	assert [again.get(field) for field in same] == [case.get(field) for field in same]
	assert [(row.step, row.done_on, row.done_by, row.note) for row in again.steps] == [
		(row.step, row.done_on, row.done_by, row.note) for row in case.steps
	]
	assert not todos(again) and not again.next_alarm, "nobody is late with what is closed"
	# An open one is somebody's again.
	open_one = offered(complaint(firm))
	deleted_one = deleted(open_one)
	assert complaint(firm).name != open_one.name
	brought_back.restore(deleted_one, alert=False)
	assert todos(open_one) == {ANNA: "Open"}


def test_what_was_deleted_is_not_for_who_knows_its_name(firm):
	name = deleted(complaint(firm))
	frappe.db.commit()
	restore = "frappe.core.doctype.deleted_document.deleted_document"
	anna = Browser(Server(), ANNA)
	for method, sent in (("restore", {"name": name}), ("bulk_restore", {"docnames": [name]})):
		assert anna.call(f"{restore}.{method}", **sent).status_code == 403
	frappe.db.rollback()
	assert not frappe.db.exists(CASE, {"customer": firm})
