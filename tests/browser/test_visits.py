"""A visit from the plan to the report, as Anna and Mia see it in Desk."""

import frappe
from frappe.utils import getdate

from tests.site.story import ANNA, MIA, PREFIX, TERRITORY

NEXT_STEP = "() => [...cur_frm.layout.wrapper[0].querySelectorAll('.keep-next-step')].map(one => one.innerText || one.textContent)"
TABLE = "() => cur_frm.fields_dict.stops.grid.wrapper.find('.grid-add-row:visible').length"


def planned(story):
	story.today = getdate()
	firm = story.customer("Firm")
	story.file(firm, people=[{"full_name": "Ms Chen", "relation": "Owner", "decides": 1}])
	frappe.set_user(ANNA)
	plan = frappe.get_doc(
		{
			"doctype": "Visit Plan",
			"from_date": getdate(),
			"to_date": getdate(),
			"purpose": "See how the new tools do",
			"stops": [{"customer": firm, "goal": "Two more"}],
		}
	).insert()
	frappe.set_user("Administrator")
	frappe.db.commit()
	return plan


def test_a_visit_is_prepared_approved_noted_and_reported(story, desk):
	plan = planned(story)
	with desk(ANNA) as anna:
		anna.open("Form", "Visit Plan", plan.name).see("Promise nothing beyond policy.").see("Ms Chen")
		assert anna.page.evaluate(TABLE) == 1
		anna.press("Fill the Preparations")
		anna.page.wait_for_function("() => (cur_frm.doc.stops[0].people_to_meet || '') == 'Ms Chen'")
		anna.press("Ask for Approval")
		anna.page.wait_for_function("() => cur_frm.doc.status == 'Waiting for Approval'")
		anna.shot("visit-plan")
		assert not anna.page.evaluate("() => cur_frm.perm[0].submit || 0")
		# On a phone the next step stands above the form; it is the one of this plan, not of the plan before.
		assert anna.page.evaluate(NEXT_STEP) == []
	with desk(MIA) as mia:
		mia.open("Form", "Visit Plan", plan.name)
		mia.press("Submit")
		mia.press("Yes")
		mia.page.wait_for_function("() => cur_frm.doc.status == 'Approved'")
		mia.settled()
		assert mia.page.evaluate(NEXT_STEP) == ["File the Report"]
	with desk(ANNA) as anna:
		anna.open("Form", "Visit Plan", plan.name).see("File the Report")
		assert anna.page.evaluate(TABLE) == 0
		# As typing into the fields does.
		anna.page.evaluate(
			"""() => {
				const row = cur_frm.add_child("day_notes", {date: frappe.datetime.get_today(), note: "A good day"});
				cur_frm.set_value("market", "Growing");
				frappe.model.set_value("Visit Plan Stop", cur_frm.doc.stops[0].name, "visited", 1);
				return frappe.model.set_value("Visit Plan Stop", cur_frm.doc.stops[0].name, "report", "Wants two more");
			}"""
		)
		anna.press("Update")
		anna.page.wait_for_function("() => !cur_frm.is_dirty()")
		anna.press("File the Report")
		anna.page.wait_for_function("() => cur_frm.doc.status == 'Reported'")
		anna.shot("visit-report")
		anna.open("List", "Visit Plan").see("Reported")
		anna.open("List", "Visit Plan", "Calendar").see("Anna").shot("visit-calendar")
	frappe.db.rollback()  # see what the browser did
	[touch] = frappe.get_all("Customer Touch", fields=["customer", "rep", "notes"])
	assert (touch.customer, touch.rep, touch.notes) == (f"{PREFIX} Firm", ANNA, "Wants two more")
	# Of the daily note, and that the report is there.
	assert frappe.db.count("Notification Log", {"document_name": plan.name, "for_user": MIA}) == 2


def test_a_notice_is_previewed_and_released(story, desk):
	story.customer("Firm")
	frappe.set_user(MIA)
	notice = frappe.get_doc(
		{
			"doctype": "Care Notice",
			"title": "Storm",
			"territory": TERRITORY,
			"channel": "Phone",
			"text": "Beware.",
		}
	).insert()
	frappe.set_user("Administrator")
	frappe.db.commit()
	with desk(MIA) as mia:
		mia.open("Form", "Care Notice", notice.name).see("call within 3 days").see(
			"One customer would be reached"
		)
		mia.page.evaluate("() => cur_frm.set_value('due_in_days', 1)")
		mia.see("call within a day")  # not saved yet
		mia.press("Preview the Audience")
		mia.see("Customers reached: 1").see(f"{PREFIX} Firm").shot("notice-preview")
		# Not by Escape, which is lost on a dialog that is still coming in.
		mia.page.locator(".modal.show .btn-modal-close").first.click()
		mia.page.wait_for_function("() => !document.querySelector('.modal.show')")
		mia.press("Submit")
		mia.press("Yes")
		# The job plans it, the form asks until it has.
		mia.page.wait_for_function("() => cur_frm.doc.status == 'Planned'", timeout=60000)
		mia.shot("notice-planned")
	frappe.db.rollback()
	assert [row.status for row in story.follow_ups(reference_name=notice.name)] == ["Planned"]
