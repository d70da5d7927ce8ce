"""Years of contacts and complaints from the system before, imported with the host's Data Import: history, and nobody's work."""

import csv
import io

import frappe
import pytest
from frappe.core.doctype.data_import.importer import Importer

from keep_customers.jobs import complaints as jobs
from tests.site.story import ANNA


@pytest.fixture
def imported(story):
	def of(doctype, rows):
		text = io.StringIO()
		sheet = csv.DictWriter(text, list(rows[0]))
		sheet.writeheader()
		sheet.writerows(rows)
		file = {
			"doctype": "File",
			"file_name": f"{frappe.generate_hash(length=8)}.csv",
			"content": text.getvalue(),
		}
		url = frappe.get_doc({**file, "is_private": 1}).insert().file_url
		new = {"doctype": "Data Import", "reference_doctype": doctype, "import_type": "Insert New Records"}
		doc = frappe.get_doc({**new, "mute_emails": 1, "import_file": url}).insert()
		frappe.db.commit()  # the host takes back what fails
		try:
			Importer(doctype, data_import=doc).import_data()
		finally:
			frappe.flags.in_import = False
		log = frappe.get_all(
			"Data Import Log",
			{"data_import": doc.name},
			["success", "docname", "messages"],
			order_by="log_index asc",
		)
		return [row.docname if row.success else row.messages for row in log]

	return of


def open_todos():
	return frappe.get_all("ToDo", {"status": "Open"}, ["reference_type", "reference_name", "allocated_to"])


def test_complaints_that_were_closed_elsewhere_come_in_as_that_and_alarm_nobody(story, imported):
	firm = story.customer("Firm")
	story.file(firm, dedicated_rep=ANNA)
	common = {"Customer": firm, "description": "It broke."}
	old, open_one = imported(
		"Complaint Case",
		[
			{
				**common, "Subject": "Old", "Received On": "2025-03-03 10:00:00", "Status": "Closed",
				"Closed On": "2025-03-05 10:00:00", "Answered On": "2025-03-03 10:30:00",
			},
			{
				**common, "Subject": "Open", "Received On": "2025-03-03 10:00:00", "Status": "Open", "Closed On": "",
				"Answered On": "",
			},
		],
	)  # fmt: skip
	[wrong] = imported(
		"Complaint Case",
		[
			{
				**common, "Subject": "Wrong", "Received On": "2025-03-03 10:00:00", "Status": "Closed",
				"Closed On": "2024-03-05 10:00:00", "Answered On": "",
			},
		],
	)  # fmt: skip
	assert "after it was received" in wrong
	case = frappe.get_doc("Complaint Case", old)
	assert (case.status, case.step, str(case.closed_on)) == ("Closed", "Followed Up", "2025-03-05 10:00:00")
	assert (str(case.answered_on), case.answer_late, case.solve_late) == ("2025-03-03 10:30:00", 0, 0)
	assert case.answer_minutes == 30
	assert (case.next_alarm, case.next_ask, case.next_idle) == (None, None, None)
	jobs.run()
	assert {todo.reference_name for todo in open_todos()} == {open_one}
	assert frappe.db.get_value("Complaint Case", open_one, "status") == "Open"
	with pytest.raises(frappe.ValidationError, match="closed"):
		case.take_step("Listened")


def test_old_contacts_are_history_and_ask_nobody_for_anything(story, imported):
	firm = story.customer("Firm")
	story.file(firm, dedicated_rep=ANNA)
	story.completed_yesterday()
	coming = frappe.utils.add_days(frappe.utils.getdate(), 20)
	names = imported(
		"Customer Touch",
		[
			{
				"Customer": firm, "When": "2024-05-06 10:00:00", "Rep": ANNA, "Channel": "Phone", "Result": "Reached",
				"What Was Said": "Likes owls", "Next Step": step, "On": day, "Pass On To": "Head Office",
			}
			for step, day in (("Send the catalogue", "2024-05-20"), ("Call again", str(coming)))
		],
	)  # fmt: skip
	assert frappe.get_all("Customer Touch", {"name": ("in", names)}, pluck="notes") == ["Likes owls"] * 2
	assert str(frappe.db.get_value("Customer", firm, "keep_last_touch")) == "2024-05-06"
	[agreed] = story.follow_ups(firm)
	assert (agreed.reference_name, str(agreed.due_date)) == (names[1], str(coming))
	assert not open_todos()
