"""A visit from the plan to the report, as Anna and Mia see it in Desk."""

import frappe
from frappe.utils import getdate

from tests.site.story import ANNA, MIA, PREFIX, TERRITORY
from tests.site.visits.plans import approved, noted, on_list

NEXT_STEP = "() => [...cur_frm.layout.wrapper[0].querySelectorAll('.keep-next-step')].map(one => one.innerText || one.textContent)"
FILE = "**/api/method/keep_customers.visits.stops.file_report"
TABLE = "() => cur_frm.fields_dict.stops.grid.wrapper.find('.grid-add-row:visible').length"


def at_each_width(desk, name):
	"""A picture on a telephone, on a small screen and on a large one, none of them wider than the screen."""
	for width, height in ((390, 844), (1280, 800), (1440, 900)):
		desk.page.set_viewport_size({"width": width, "height": height})
		desk.settled()
		desk.shot(f"{name}-{width}")
		assert desk.page.evaluate("() => document.documentElement.scrollWidth") <= width, (name, width)


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
		anna.see("This is not ticked yet").see("Meet the Person in Charge")
		at_each_width(anna, "visit-report-asks")
		for what in ("must_see_site", "must_meet_person_in_charge"):
			anna.page.locator(f".modal.show [data-check={what}]").click()
		# It did not get through: what she left open is not asked for twice.
		anna.page.route(FILE, lambda route: route.abort())
		anna.press("File Anyway")
		anna.page.wait_for_function("() => !$('.modal:visible').length")
		anna.settled()
		anna.problems.clear()
		anna.page.unroute(FILE)
		anna.page.wait_for_timeout(500)
		anna.press("File the Report")
		anna.page.wait_for_function("() => cur_frm.doc.status == 'Reported'")
		anna.shot("visit-report")
		anna.open("List", "Visit Plan").see("Reported")
		anna.open("List", "Visit Plan", "Calendar").see("Anna").shot("visit-calendar")
	frappe.db.rollback()  # see what the browser did
	[touch] = frappe.get_all("Customer Touch", fields=["customer", "rep", "notes"])
	assert (touch.customer, touch.rep, touch.notes) == (f"{PREFIX} Firm", ANNA, "Wants two more")
	checked = ("must_see_site", "must_meet_person_in_charge", "must_see_market")
	assert frappe.db.get_value("Visit Plan Stop", {"parent": plan.name}, checked) == (1, 1, 0)
	# Of the daily note, and that the report is there.
	assert frappe.db.count("Notification Log", {"document_name": plan.name, "for_user": MIA}) == 2


def test_what_is_due_is_taken_in_with_a_tap(story, desk):
	story.today = getdate()
	names = [story.customer(name) for name in ("Mill", "Tea House", "Works", "Yard")]
	for name in names:
		story.file(name, dedicated_rep=ANNA)
	rule = story.rule("Visit", channel="Visit")
	on_list(rule, names[0], -3)
	on_list(rule, names[1], 0)
	noted(rule, names[2], 0, short="Not contacted yet, bought 3 months ago")
	on_list(rule, names[3], 30)
	frappe.db.commit()
	with desk(ANNA) as anna:
		page = anna.page
		page.set_viewport_size({"width": 390, "height": 844})
		anna.open("Form", "Visit Plan", "new-visit-plan-1").see("Take In What Is Due")
		# As on 16, where a new table has an empty row.
		page.evaluate("() => void (cur_frm.add_child('stops'), cur_frm.refresh_field('stops'))")
		anna.press("Take In What Is Due")
		page.locator(".modal.show .keep-due input >> visible=true").first.wait_for()
		ticked = "() => [...document.querySelectorAll('.modal.show .keep-due input')].map(one => one.checked)"
		assert page.evaluate(ticked) == [True, True, True, False], "what is due later is not"
		at_each_width(anna, "visits-due")
		page.locator(".modal.show .keep-due label").nth(1).click()
		anna.press("Take In")
		page.wait_for_function("() => cur_frm.doc.stops.length == 2")
		at_each_width(anna, "visits-taken-in")
		page.evaluate("() => cur_frm.set_value('purpose', 'See how they do')")
		anna.press("Save")
		page.wait_for_function("() => !cur_frm.is_new() && !cur_frm.is_dirty()")
		anna.see("2 of the visits are due anyway")
		at_each_width(anna, "visits-saved")
		plan = page.evaluate("() => cur_frm.doc.name")
	frappe.db.rollback()
	stops = frappe.get_all("Visit Plan Stop", {"parent": plan}, ["customer", "goal"], order_by="idx")
	assert [(one.customer, one.goal) for one in stops] == [
		(names[0], "No contact for long"),
		(names[2], "Not contacted yet, bought 3 months ago"),
	]


def test_my_day_says_once_that_a_visit_is_planned(story, desk):
	story.today = getdate()
	firm = story.customer("Firm")
	on_list(story.rule("Visit", channel="Visit"), firm, 0)
	approved([firm], to_date=getdate())
	frappe.set_user("Administrator")
	frappe.db.commit()
	with desk(ANNA) as anna:
		anna.open("my-day")
		card = anna.page.locator(".kd-page article", has_text="As planned in").first
		card.wait_for()
		assert card.inner_text().count("As planned in") == 1


def test_why_a_visit_is_due_is_said_once_and_what_is_not_ticked_is_asked_once(story, desk):
	story.today = getdate()
	firm, works = (story.customer(name) for name in ("Firm", "Works"))
	on_list(story.rule("Visit", channel="Visit"), firm, 0)
	plan = approved(
		[firm, works], stops=[{"customer": firm, "goal": "No contact for long"}, {"customer": works}]
	)
	frappe.set_user("Administrator")
	frappe.db.commit()
	asked, refused = "text=This is not ticked yet >> visible=true", "text=was not visited >> visible=true"
	with desk(ANNA) as anna:
		page = anna.page
		anna.open("Form", "Visit Plan", plan.name).see("File the Report")
		page.locator(".keep-contact .keep-who", has_text="Firm").wait_for()
		assert page.locator(".keep-contact .keep-why-now b").inner_html().count("No contact for long") == 1
		page.evaluate(
			"() => frappe.model.set_value('Visit Plan Stop', cur_frm.doc.stops[0].name, 'visited', 1)"
		)
		anna.press("File the Report")
		page.locator(asked).wait_for()
		anna.press("File Anyway")
		page.locator(refused).wait_for()  # what became of the other one?
		page.locator(".modal.show .btn-modal-close >> visible=true").first.click()
		page.wait_for_function("() => !document.querySelector('.modal.show')")
		anna.press("File the Report")
		page.locator(".modal.show >> visible=true").first.wait_for()
		assert not page.locator(asked).count(), "it was answered"
		assert {one[:3] for one in anna.problems} == {"417"}
		anna.problems.clear()  # it was refused


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
		# Whom to tell again is asked of each correction.
		frappe.db.set_value(
			"Care Notice", notice.name, {"docstatus": 2, "status": "Cancelled", "tell_again": 1}
		)
		frappe.db.commit()
		mia.page.evaluate("() => cur_frm.reload_doc()")
		mia.press("Amend")
		mia.page.wait_for_function("() => cur_frm.doc.amended_from")
		mia.settled()
		assert mia.page.evaluate("() => cur_frm.doc.tell_again") == 0
	frappe.db.rollback()
	assert [row.status for row in story.follow_ups(reference_name=notice.name)] == ["Planned"]


def test_what_is_tapped_without_a_connection_can_be_tapped_again(story, desk):
	plan = planned(story)
	plan.submit()
	frappe.db.commit()
	chip, reached = "[data-check=must_see_site]", ".keep-contact [data-result=Reached]"
	with desk(ANNA) as anna:
		page = anna.page
		page.set_default_timeout(20_000)
		anna.open("Form", "Visit Plan", plan.name)
		page.locator(chip).wait_for()
		page.locator(".keep-contact [name=words]").fill("Wants two more")
		# Whoever develops is always connected, as the host sees it.
		page.evaluate("() => (frappe.boot.developer_mode = 0)")
		page.context.set_offline(True)
		page.wait_for_function("() => !navigator.onLine")
		page.locator(chip).click()
		page.locator(reached).click()
		page.wait_for_timeout(500)
		page.context.set_offline(False)
		page.wait_for_function("() => navigator.onLine")
		page.locator(chip).click()
		page.locator(f"{chip}[aria-pressed=true]").wait_for()
		page.locator(reached).click()
		page.locator(".keep-contact .keep-said").wait_for()
	frappe.db.rollback()  # see what the browser did
	assert frappe.db.get_value("Visit Plan Stop", {"parent": plan.name}, "must_see_site") == 1
	assert frappe.get_all("Customer Touch", pluck="notes") == ["Wants two more"]


def test_what_somebody_else_has_changed_meanwhile_loses_nothing_that_was_typed(story, desk):
	plan = planned(story)
	plan.submit()
	frappe.db.commit()
	with desk(ANNA) as anna:
		page = anna.page
		page.set_default_timeout(20_000)
		anna.open("Form", "Visit Plan", plan.name).see("File the Report")
		page.evaluate(
			"""() => {
				cur_frm.set_value("market", "Growing");
				return frappe.model.set_value("Visit Plan Stop", cur_frm.doc.stops[0].name, "not_visited_reason", "On holiday");
			}"""
		)
		plan.reload()
		plan.append("day_notes", {"date": getdate(), "note": "Mia was here"})
		plan.stops[0].not_visited_reason = "Ill"
		plan.save()
		frappe.db.commit()
		anna.press("File the Report")
		anna.see("has been modified after you have opened it")
		page.wait_for_timeout(1000)
		kept = page.evaluate(
			"() => [cur_frm.doc.market, cur_frm.doc.stops[0].not_visited_reason, cur_frm.is_dirty() ? 1 : 0]"
		)
		assert kept == ["Growing", "On holiday", 1]
		assert [one[:3] for one in anna.problems if "savedocs" in one] == ["417"]
		anna.problems.clear()
	frappe.db.rollback()
	assert frappe.db.get_value("Visit Plan", plan.name, "status") == "Approved"


def test_a_refusal_leaves_the_button_alive(story, desk):
	plan = planned(story)
	plan.submit()
	frappe.db.commit()
	with desk(ANNA) as anna:
		anna.page.set_default_timeout(20_000)
		anna.open("Form", "Visit Plan", plan.name)
		anna.press("File the Report")
		anna.see("was not visited. Please say why")
		anna.page.evaluate(
			"() => frappe.model.set_value('Visit Plan Stop', cur_frm.doc.stops[0].name, 'not_visited_reason', 'On holiday')"
		)
		anna.page.evaluate("() => frappe.hide_msgprint(true)")
		anna.press("File the Report")
		anna.page.wait_for_function("() => cur_frm.doc.status == 'Reported'")
		anna.problems.clear()  # it was refused


def test_a_notice_that_would_come_too_late_says_so_before_it_is_submitted(story, desk):
	story.settings(rep_capacity=1)
	for number in range(3):
		story.file(story.customer(f"Firm {number}"), dedicated_rep=ANNA)
	frappe.db.commit()
	with desk(MIA) as mia:
		mia.page.set_viewport_size({"width": 390, "height": 844})
		mia.open("Form", "Care Notice", "new-care-notice-1")
		# By the next working day the rep has room for one of them.
		mia.page.evaluate(
			"""territory => cur_frm.set_value({
				title: "Storm", text: "Beware.", territory, due_in_days: 0,
			})""",
			TERRITORY,
		)
		mia.see("1 of 3 contacts fit in by").see("“Send Automatically” needs no rep")
		at_each_width(mia, "notice-too-late")
		mia.page.evaluate("() => cur_frm.set_value('due_in_days', 20)")
		mia.see("The reps have room for it by")
