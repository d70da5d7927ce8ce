"""Complaint cases made from documents, and documents made from cases."""

import json

import frappe
import pytest
from frappe.permissions import add_user_permission

from keep_customers.complaints import documents
from tests.site.complaints.desk.people import STORES, SUE, delivery
from tests.site.story import ANNA, BEN, COMPANY, EVE, ITEM, PREFIX, _user

# A case from a document


def test_a_case_from_an_invoice_knows_the_customer_and_its_only_item(story, firm):
	invoice = story.invoice(firm, 100)
	frappe.set_user(SUE)
	case = documents.new_case("Sales Invoice", invoice.name)
	assert case.is_new() and (case.customer, case.sales_invoice, case.item) == (firm, invoice.name, ITEM)
	case.update({"subject": "Scratched", "description": "A scratch"})
	case.insert()
	assert case.status == "Open" and case.answer_due


def test_a_document_with_two_items_leaves_the_choice_to_the_rep(story, firm):
	other = story.item("Other")
	invoice = story.invoice(firm, 100, submit=False)
	invoice.append("items", {"item_code": other, "qty": 1, "rate": 5})
	invoice.save()
	assert not documents.new_case("Sales Invoice", invoice.name).item


def test_serial_number_and_batch_come_along_if_there_is_one_of_each(story, firm):
	def known(serials):
		note = delivery(story, firm)
		note.items[0].db_set({"serial_no": serials, "batch_no": "B-7"})
		case = documents.new_case("Delivery Note", note.name)
		return case.delivery_note == note.name and (case.item, case.serial_no, case.batch_no)

	assert known("S-1\n") == (ITEM, "S-1", "B-7")
	assert known("S-1\nS-2") == (ITEM, None, "B-7")


def test_a_case_from_an_issue_and_a_warranty_claim_has_their_words(story, desk):
	issue = frappe.get_doc(
		{
			"doctype": "Issue",
			"subject": f"{PREFIX} loose handle",
			"customer": desk,
			"raised_by": "otto@firm.example",
			"description": "<p>The <b>handle</b></p><p>is loose.</p>",
		}
	).insert()
	case = documents.new_case("Issue", issue.name)
	assert (case.issue, case.subject, case.channel) == (issue.name, issue.subject, "Email")
	assert (case.description, case.contact_email) == ("The handle\nis loose.", "otto@firm.example")
	# What somebody has told by telephone, the host says was raised by the user who wrote it down.
	issue.db_set("raised_by", ANNA)
	told = documents.new_case("Issue", issue.name)
	assert not told.contact_email and told.channel != "Email"
	claim = frappe.get_doc(
		{
			"doctype": "Warranty Claim",
			"customer": desk,
			"company": COMPANY,
			"item_code": ITEM,
			"complaint": "<div>It smokes</div><div>since Monday</div>",
		}
	).insert()
	case = documents.new_case("Warranty Claim", claim.name)
	assert (case.customer, case.warranty_claim, case.item, case.subject) == (
		desk,
		claim.name,
		ITEM,
		"It smokes",
	)


def test_who_may_not_read_the_document_or_its_customer_makes_no_case_of_it(story, firm):
	invoice, note = story.invoice(firm, 100), delivery(story, firm)
	_user(STORES, ["Delivery User"])
	for user, doctype, name in (
		(ANNA, "Sales Invoice", invoice.name),  # invoices are the accountants'
		(EVE, "Customer", firm),
		(STORES, "Delivery Note", note.name),
	):
		frappe.set_user(user)
		with pytest.raises(frappe.PermissionError):
			documents.new_case(doctype, name)
	frappe.set_user("Administrator")
	add_user_permission("Customer", story.customer("Other"), BEN)
	frappe.set_user(BEN)
	with pytest.raises(frappe.PermissionError):
		documents.new_case("Customer", firm)


def test_a_case_is_made_from_these_documents_only(story, desk):
	with pytest.raises(frappe.ValidationError, match="made from one of these"):
		documents.new_case("User", "Administrator")


# A document from a case


@pytest.mark.parametrize(
	("make", "field"),
	[
		(documents.make_issue, "issue"),
		(documents.make_warranty_claim, "warranty_claim"),
		(documents.make_quality_action, "quality_action"),
	],
)
def test_what_is_made_of_a_case_is_noted_on_it_once_it_is_saved(story, desk, make, field):
	case = story.case(desk, item=ITEM, description="<img src=x onerror=alert(1)>\nIt smokes")
	made = make(case.name)
	assert made.is_new() and not case.reload().get(field)
	if field != "quality_action":
		assert made.customer == desk and "<img" not in (made.get("description") or made.get("complaint"))
	else:
		assert case.name in made.resolutions[0].problem and "It smokes" in made.resolutions[0].problem
	if made.meta.has_field("company") and not made.company:
		made.company = COMPANY
	# As the form sends it.
	made = frappe.get_doc(json.loads(made.as_json())).insert()
	assert case.reload().get(field) == made.name
	with pytest.raises(frappe.ValidationError, match="There is one already"):
		make(case.name)


def test_a_credit_note_is_the_hosts_own_and_a_compensation_of_the_case(story, firm):
	invoice = story.invoice(firm, 100)
	frappe.set_user(SUE)
	case = story.case(firm, sales_invoice=invoice.name)
	note = documents.make_credit_note(case.name)
	assert (note.is_return, note.return_against, note.items[0].qty) == (1, invoice.name, -1)
	note = frappe.get_doc(json.loads(note.as_json())).insert()
	[row] = case.reload().compensations
	assert (row.kind, row.status, row.reference_doctype, row.reference_name, row.cost) == (
		"Credit Note",
		"Proposed",
		"Sales Invoice",
		note.name,
		100,
	)


def test_a_compensation_that_was_agreed_gets_its_document_and_no_second_row(story, firm):
	invoice = story.invoice(firm, 100)
	case = story.case(
		firm,
		sales_invoice=invoice.name,
		compensations=[
			{"kind": "Gift", "status": "Proposed"},
			{"kind": "Credit Note", "status": "Suggested", "cost": 40, "description": "Part of it"},
		],
	)
	note = documents.make_credit_note(case.name).insert()
	rows = case.reload().compensations
	assert [(row.kind, row.status, row.reference_name, row.cost) for row in rows] == [
		("Gift", "Proposed", None, 0),
		("Credit Note", "Proposed", note.name, 40),
	]


def test_what_was_made_of_a_case_and_deleted_is_made_anew_and_its_number_is_not_the_cases(story, firm):
	other = story.customer("Other")
	case = story.case(firm, sales_invoice=story.invoice(firm, 100).name)
	for _twice in range(2):
		note = documents.make_credit_note(case.name).insert()
		[row] = case.reload().compensations
		assert (row.reference_name, row.cost) == (note.name, 100)
		note.delete()
	theirs = [story.invoice(other, 5, submit=False).name]
	documents.make_issue(case.name).insert().delete()
	assert not case.reload().issue, "the form offers to make one"
	theirs.append(
		frappe.get_doc({"doctype": "Issue", "subject": f"{PREFIX} x", "customer": other}).insert().name
	)
	[row] = case.reload().compensations
	assert row.reference_name not in theirs and case.issue not in theirs
	issue = documents.make_issue(case.name).insert()
	assert case.reload().issue == issue.name


def test_a_credit_note_needs_the_invoice_and_a_closed_case_needs_nothing_more(story, firm):
	case = story.case(firm)
	with pytest.raises(frappe.ValidationError, match="Sales Invoice"):
		documents.make_credit_note(case.name)
	case.db_set({"status": "Closed", "sales_invoice": story.invoice(firm, 5).name})
	with pytest.raises(frappe.ValidationError, match="closed"):
		documents.make_credit_note(case.name)


@pytest.mark.skipif(bool(frappe.db and frappe.db.exists("DocType", "Stock Entry")), reason="is there")
def test_what_the_host_does_not_have_is_said(story, desk):
	case = story.case(desk)
	with pytest.raises(frappe.ValidationError, match="not installed"):
		documents.make_stock_entry(case.name)


def test_who_may_not_write_the_case_makes_nothing_of_it(story, firm):
	case = story.case(firm)
	add_user_permission("Customer", story.customer("Other"), SUE)
	frappe.set_user(SUE)
	for make in (
		documents.make_issue,
		documents.make_quality_action,
		documents.make_credit_note,
	):
		with pytest.raises(frappe.PermissionError):
			make(case.name)


def test_a_made_up_mark_links_nothing(story, firm):
	"""The mark comes from the form: it opens no case of another customer, and none that the user may not write."""
	other = story.customer("Other")
	case = story.case(other)
	frappe.set_user(SUE)
	issue = {"doctype": "Issue", "subject": f"{PREFIX} x", "__onload": {"keep_complaint_case": case.name}}
	frappe.get_doc({**issue, "customer": firm}).insert()
	assert not case.reload().issue
	frappe.set_user("Administrator")
	add_user_permission("Customer", firm, SUE)
	frappe.set_user(SUE)
	frappe.get_doc(issue).insert()
	frappe.get_doc({**issue, "__onload": {"keep_complaint_case": "CC-none"}}).insert()
	frappe.set_user("Administrator")
	assert not case.reload().issue


@pytest.mark.parametrize(
	("doctype", "field"),
	[
		("Customer", "customer"),
		("Sales Invoice", "sales_invoice"),
		("Delivery Note", "delivery_note"),
		("Issue", "issue"),
		("Warranty Claim", "warranty_claim"),
		("Item", "item"),
		("Quality Action", "quality_action"),
		("Non Conformance", "non_conformance"),
	],
)
def test_forms_of_the_host_show_their_cases(story, doctype, field):
	data = frappe.get_meta(doctype).get_dashboard_data()
	assert data.non_standard_fieldnames["Complaint Case"] == field
	assert sum(group["items"].count("Complaint Case") for group in data.transactions) == 1


def test_the_connections_count_the_cases(story, firm):
	from frappe.desk.notifications import get_open_count

	story.case(firm)
	story.case(story.customer("Other"))
	found = get_open_count("Customer", firm, ["Complaint Case"])["count"]["external_links_found"]
	assert [(row["doctype"], row["count"]) for row in found] == [("Complaint Case", 1)]
