"""A drive in Desk: a manager starts it, a rep fills files on a telephone, somebody else checks, and it is closed."""

import re

import frappe

from keep_customers.files import facts
from tests.browser.test_my_day import PHONE, without_connection
from tests.site.files.conftest import CLEO, Drives
from tests.site.story import ANNA, BEN, MIA


def test_a_drive_from_its_start_to_its_close(story, desk):
	drives = Drives(story)
	drive = drives.new(sample_size=6)
	drives.enter(ANNA, "A2", people=[{"full_name": "Ida Moser", "phone": "+49 30 901820"}])
	frappe.db.commit()

	with desk(MIA) as mia:
		mia.open("Form", "Maintenance Drive", drive.name)
		mia.shot("drive-draft")
		mia.press("Start the Drive")
		mia.page.get_by_text(re.compile("facts that were unknown in 6 files")).first.wait_for()
		mia.shot("drive-running")

	with desk(ANNA) as anna:
		anna.page.set_viewport_size(PHONE)
		anna.open("fill-files")
		anna.page.get_by_text("Who decides there?").wait_for()
		anna.shot("fill-who")
		anna.page.get_by_label("Full Name").fill("Olga Berg")
		anna.page.get_by_label("Phone").fill("+49 170 4711 82")
		# Without a connection version 15's own promise never ends; afterwards the same button goes on.
		anna.page.evaluate(
			"() => { const asked = frappe.xcall;"
			" frappe.xcall = (...what) => (frappe.is_online() ? asked(...what) : new Promise(() => {})) }"
		)
		with without_connection(anna):
			anna.page.get_by_role("button", name="Save and Go On").click()
		anna.page.get_by_role("button", name="Save and Go On").click()
		anna.page.get_by_text("Whose birthday").wait_for()
		anna.shot("fill-birthday")
		anna.page.get_by_role("button", name="I Do Not Know").click()
		anna.page.get_by_text("Who belongs to their family?").wait_for()
		anna.page.get_by_label("Answer").fill("Two children, Max and Ida")
		anna.page.get_by_role("button", name="Save and Go On").click()
		anna.page.get_by_text("Which sizes and specifications do they need?").wait_for()
		anna.shot("fill-text")
		anna.open("Form", "Maintenance Drive", drive.name)
		anna.page.get_by_text("How it is counted").wait_for()
		anna.shot("drive-phone")
	frappe.db.rollback()
	file = frappe.get_doc("Customer File", drives.firms["A1"])
	assert (file.people[0].full_name, file.people[0].decides, file.family) == (
		"Olga Berg",
		1,
		"Two children, Max and Ida",
	)
	drives.enter_all(ANNA, "A2")
	drives.enter_all(BEN, "B1", "B2")
	frappe.db.commit()

	with desk(MIA) as mia:
		mia.open("Form", "Maintenance Drive", drive.name)
		mia.press("Draw the Facts to Check")
		if mia.page.locator(".modal.show .btn-modal-primary").count():  # its days are not over
			mia.page.locator(".modal.show .btn-modal-primary").click()
		mia.page.get_by_text(re.compile("0 of 12 drawn facts are checked")).first.wait_for()
		mia.shot("drive-checking")
	frappe.db.rollback()
	assert len(drives.checks(drive)) == 12

	with desk(CLEO) as cleo:
		cleo.open("List", "Fact Check")
		cleo.shot("checks-list")
		first = drives.checks(drive)[0].name
		cleo.open("Form", "Fact Check", first)
		cleo.page.get_by_text("Please ask the customer").wait_for()
		cleo.shot("check")
		cleo.page.get_by_role("button", name="Wrong", exact=True).click()
		cleo.page.get_by_role("button", name="Mend the File").wait_for()
		cleo.shot("check-wrong")
	with desk(CLEO) as cleo:
		cleo.page.set_viewport_size(PHONE)
		cleo.open("Form", "Fact Check", drives.checks(drive)[1].name)
		cleo.page.get_by_text("Please ask the customer").wait_for()
		cleo.shot("check-phone")
		cleo.page.get_by_role("button", name="Right", exact=True).click()
		cleo.page.wait_for_function(
			"name => !location.pathname.includes(name)", arg=drives.checks(drive)[1].name
		)
		cleo.settled()
	frappe.db.rollback()
	first, second = drives.checks(drive)[:2]
	assert {(first.result, second.result, first.checked_by)} == {("Wrong", "Right", CLEO)}
	wrong = [(first.customer, facts.KEYS[first.fact])]
	drives.check_all(drive, wrong)
	frappe.db.commit()

	with desk(MIA) as mia:
		mia.open("Form", "Maintenance Drive", drive.name)
		mia.press("Close the Drive")
		mia.page.get_by_text(re.compile("12 of 12 drawn facts are checked")).first.wait_for()
		mia.page.locator(".keep-step-bar .done").nth(3).wait_for()
		mia.shot("drive-closed")
		mia.open("query-report", "File Quality")
		mia.page.locator(".datatable .dt-row").first.wait_for()
		mia.settled()
		mia.shot("file-quality")
	with desk(ANNA) as anna:
		anna.page.set_viewport_size(PHONE)
		anna.open("Form", "Maintenance Drive", drive.name)
		anna.page.get_by_text("How it is counted").wait_for()
		anna.shot("drive-closed-phone")
	frappe.db.rollback()
	rows = drives.rows(drive)
	assert sorted(row.place for row in rows.values()) == [1, 2]
	assert rows[ANNA].checked + rows[BEN].checked == 12


def test_people_are_taken_over_from_contacts(story, desk):
	from tests.site.mail import contact

	firm = story.customer("Firm")
	contact(firm, first_name="Olga", last_name="Berg", email="olga@firm.example", mobile="+49 170 4711 82")
	story.file(firm, dedicated_rep=ANNA, people=[{"full_name": "Max"}])
	frappe.db.commit()
	with desk(ANNA) as anna:
		anna.open("Form", "Customer File", firm)
		anna.press("Take Over People")
		anna.page.get_by_text("What is in a file already stays as it is.").wait_for()
		anna.shot("take-over")
		anna.page.locator(".modal.show .btn-modal-primary").click()
		anna.page.get_by_text("People added: 1").wait_for()
		anna.settled()
	frappe.db.rollback()
	names = [row.full_name for row in frappe.get_doc("Customer File", firm).people]
	assert names == ["Max", "Olga Berg"]
