"""A complaint as a rep lives it in Desk: recorded in the small window, led through its steps by the buttons."""

import frappe
from frappe.utils import add_to_date, now_datetime

from tests.site.mail import contact
from tests.site.story import ANNA, MIA, PREFIX, _user

from .for_everybody import barriers
from .test_quick_entry import entered
from .test_todo_on_a_phone import PHONE, Thumb

STATUS = "status => cur_frm.doc.status == status && !cur_frm.is_dirty()"


def press(desk, name):
	desk.press(name)
	desk.page.wait_for_function("() => cur_dialog && cur_dialog.display")
	desk.settled()
	assert not barriers(desk.page, ".modal.show .modal-body"), name


def answer(desk, **values):
	"""Fill the dialog and say yes; it closes once the server has done it."""
	for field, value in values.items():
		desk.page.evaluate("([field, value]) => cur_dialog.set_value(field, value)", [field, value])
		desk.settled()
	desk.page.evaluate("() => cur_dialog.get_primary_btn().click()")
	desk.page.wait_for_function("() => !document.querySelector('.modal.show')")
	desk.settled()


def answer_with(desk, step, **values):
	"""Tick a step of the dialog, and tell what it asks for."""
	desk.page.locator(f".modal.show label:has-text('{step}')").click()
	for field, value in values.items():
		desk.page.evaluate("([field, value]) => cur_dialog.set_value(field, value)", [field, value])
		desk.settled()


def steps(desk):
	"""The bars: for each round the state of its nine steps."""
	return desk.page.evaluate(
		"""() => [...document.querySelectorAll(".keep-step-bar")].map(
			bar => [...bar.children].map(step => step.className))"""
	)


def test_a_time_is_promised_for_a_case_that_is_due_within_a_second(story, desk):
	"""As every one is that has waited for the customer: the host refuses parts of a second."""
	case = story.case(story.customer("Firm"))
	frappe.db.set_value("Complaint Case", case.name, "solve_due", "2030-01-02 03:04:05.678901")
	frappe.db.commit()
	with desk(ANNA) as anna:
		anna.open("Form", "Complaint Case", case.name)
		anna.settled()
		press(anna, "Promise a Time")
		assert anna.page.evaluate("() => cur_dialog.get_value('promised_on')").startswith("2030-01-02 03:04")
		assert anna.page.locator(".modal.show").count() == 1, "no message of the host's"
		answer(anna)
	frappe.db.rollback()
	promised = frappe.db.get_value("Complaint Case", case.name, "promised_on")
	assert str(promised).startswith("2030-01-02 03:04")


def test_a_complaint_from_the_first_word_to_the_last(story, desk):
	firm = story.customer("Firm")
	frappe.db.commit()
	with desk(ANNA) as anna:
		case = entered(
			anna,
			"Complaint Case",
			customer=firm,
			subject="Drill broke <b>at once</b>",
			description="The drill <script>alert(1)</script> broke on the first day.",
		)
		assert (case.customer, case.status, case.channel) == (firm, "Open", "Phone")
		anna.open("Form", "Complaint Case", case.name).see("First answer due in")
		assert steps(anna) == [["done", "next", *["open"] * 7]]
		anna.shot("complaint-new")
		anna.all_is_within_reach("complaint")
		anna.page.set_viewport_size({"width": 1440, "height": 900})
		# In one call straight to the solution: the dialog asks why the rest was left out.
		press(anna, "Listen to the Customer")
		answer_with(anna, "Solution Offered", solution="A new one tomorrow.")
		anna.page.locator(".modal.show label:has-text('Apologised')").click()
		anna.page.locator(".modal.show label:has-text('Cause Found')").click()
		anna.page.locator(".modal.show label:has-text('Explained')").click()
		anna.see("Reason").shot("complaint-step")
		answer(
			anna, reason="He wants a new drill and nothing else.", note="Otto told all of it, and is angry."
		)
		assert steps(anna) == [
			["done", "done", "left-out", "left-out", "left-out", "done", "next", "open", "open"]
		]
		anna.see("He wants a new drill").see("Otto told all of it")
		press(anna, "Record the Customer's Word")
		answer(anna, word="No", words="It is the wrong drill.")
		anna.page.wait_for_function(STATUS, arg="Reopened")
		assert len(steps(anna)) == 2 and steps(anna)[1] == ["done", "next", *["open"] * 7]
		anna.see("Second Chance").shot("complaint-second-chance")
		press(anna, "Wait for the Customer")
		answer(anna, note="Which drill is it?")
		anna.see("Waiting for the customer since")
		anna.press("They Have Answered")
		anna.page.wait_for_function(STATUS, arg="Reopened")
		press(anna, "Promise a Time")
		answer(anna, promised_on=str(add_to_date(now_datetime(), days=2, as_string=True)))
		anna.see("Promised for")
		press(anna, "Listen to the Customer")
		answer_with(
			anna, "Solution Offered", cause_text="We had sent the wrong one.", solution="The right one."
		)
		answer(anna)
		press(anna, "Record the Customer's Word")
		answer(anna, word="Yes", rating=0.8, person_rating=1, words="Thank you.")
		anna.page.wait_for_function(STATUS, arg="Closed")
		press(anna, "Note the Check-Back Call")
		answer(anna, note="He drills every day.")
		assert steps(anna)[1][-1] == "done"
		anna.shot("complaint-closed")
	frappe.db.rollback()  # see what the browser did
	case.reload()
	assert (case.status, case.word, case.second_chance, case.word_text) == ("Closed", "Yes", 1, "Thank you.")
	assert [row.step for row in case.steps if row.note == "The right one."] == ["Solution Offered"]
	assert len(case.pauses) == 1 and case.pauses[0].resumed_on


def test_from_the_public_page_to_the_customers_yes_with_few_clicks(story, desk, chromium, server):
	"""What was counted by hand on genuine benches stays so: at most 14 clicks by the company, 6 taps by the customer."""
	story.settings(complaint_page=1)
	firm = story.customer("Firm")
	contact(firm, email="olga@keep-test.example")
	_user("sue@keep-test.example", ["Sales User", "Support Team"])
	frappe.db.commit()
	guest = chromium.new_context(viewport=PHONE, locale="en-GB").new_page()
	customer = Thumb(guest)
	guest.goto(f"{server.url}/complain")
	guest.locator("[name=description]").fill("The drill broke on the first day.")
	guest.locator("[name=email]").fill("olga@keep-test.example")
	customer.tap("button[type=submit]")
	guest.get_by_text("We have received your complaint").wait_for()
	frappe.db.rollback()  # see what the browser did
	[case] = frappe.get_all("Complaint Case", {"contact_email": "olga@keep-test.example"}, pluck="name")
	with desk("sue@keep-test.example") as sue:
		sue.open("List", "Complaint Case")
		clicks = Thumb(sue.page)
		clicks.tap(f".list-row-container a[href*='{case}'] >> visible=true")
		for label, told in (
			("Take", None),
			("Listen to the Customer", {"solution": "A new one tomorrow.", "cause_text": "A weak spring."}),
			("Decide What They Get", {}),
		):
			clicks.tap(f".page-head .btn-primary:has-text('{label}') >> visible=true")
			sue.settled()
			if told is None:
				continue
			sue.page.locator(".modal.show .btn-modal-primary >> visible=true").wait_for()
			if told:
				clicks.tap(".modal.show label:has-text('Solution Offered')")
				for field, words in told.items():
					clicks.tap(f".modal.show [data-fieldname={field}] textarea")
					sue.page.keyboard.type(words)
			clicks.tap(".modal.show .btn-modal-primary >> visible=true")
			sue.page.wait_for_function("() => !document.querySelector('.modal.show')")
			sue.settled()
		# Whether or not a mail account is set up: the link is a way.
		clicks.tap(".page-head .btn-primary:has-text('Ask the Customer') >> visible=true")
		clicks.tap(".modal.show [data-copy]")
		sue.see("Copied")
		link = sue.page.locator(".modal.show .keep-copy input").input_value()
		sue.shot("complaint-ask")
		assert clicks.taps <= 14
	guest.goto(f"{server.url}{link[link.index('/complaint-answer') :]}")
	customer.tap("label:has-text('Yes, it is')")
	customer.tap("button[type=submit]")
	guest.get_by_text("We are glad that it is solved").wait_for()
	guest.context.close()
	assert customer.taps + 3 <= 6, "and one each into the fields that were filled"
	frappe.db.rollback()
	assert frappe.db.get_value("Complaint Case", case, ["status", "word", "customer"]) == (
		"Closed",
		"Yes",
		firm,
	)


def test_cases_are_found_late_first_on_list_board_calendar_and_in_the_reports(story, desk):
	firm = story.customer("Firm")
	ago = add_to_date(now_datetime(), hours=-30)
	late = story.case(firm, "late", opened_on=ago, severity="Grave", answer_due=ago, solve_due=ago)
	story.case(firm, "fresh", severity="Low")
	story.case(firm, "unanswered", answer_due=add_to_date(now_datetime(), hours=-1))
	story.case(firm, "done", status="Closed", closed_on=now_datetime())
	_user("sue@keep-test.example", ["Sales User", "Sales Manager", "Support Team", "Maintenance User"])
	frappe.db.commit()
	[board] = frappe.get_all("Kanban Board", {"reference_doctype": "Complaint Case"}, pluck="name")
	with desk("sue@keep-test.example") as sue:
		sue.open("List", "Complaint Case").see("Answer Late").shot("complaint-list")
		assert not sue.page.locator(f"text={PREFIX} done >> visible=true").count()
		assert sue.page.locator(".indicator-pill.red:has-text('Grave') >> visible=true").count()
		# Who waits for a first word is late long before the solution is.
		sue.press("Answer Late", group="Show")
		sue.not_see(f"{PREFIX} fresh").see(f"{PREFIX} unanswered").see(f"{PREFIX} late")
		sue.press("Solution Late", group="Show")
		sue.not_see(f"{PREFIX} unanswered").see(f"{PREFIX} late")
		sue.open("List", "Complaint Case", "Kanban", board).see("Solution Given").shot("complaint-board")
		# What was due the day before yesterday may stand in another month, what is due tomorrow is always in sight.
		sue.open("List", "Complaint Case", "Calendar", "default").see(f"{PREFIX} fresh").shot(
			"complaint-calendar"
		)
		sue.open("query-report", "Complaint Times").see("Answer and Solution Late")
		sue.page.wait_for_timeout(1500)  # charts grow
		sue.shot("complaint-times")
		sue.open("query-report", "Complaint Analysis").see("Hours to Solve").see("Not Known Yet")
		sue.page.wait_for_timeout(1500)
		sue.shot("complaint-analysis")
		sue.open("Workspaces", "Keep Customers").see("Late Complaints")
		sue.page.wait_for_timeout(1500)
		sue.shot("complaint-workspace")
		sue.open("Form", "Customer", firm).tab("Care").see(f"{PREFIX} late").shot("complaint-customer")
		sue.open("Form", "Complaint Case", late.name).see("First answer")
		sue.page.set_viewport_size({"width": 390, "height": 800})
		sue.page.wait_for_timeout(500)
		sue.shot("complaint-phone")
		assert sue.page.evaluate(
			"() => { const bar = document.querySelector('.keep-step-bar'); return bar.scrollWidth <= bar.clientWidth }"
		)
		sue.page.set_viewport_size({"width": 1440, "height": 900})
		sue.page.get_by_role("button", name="Create").first.click()
		sue.page.get_by_role("link", name="Warranty Claim").first.click()
		sue.page.wait_for_function("() => cur_frm && cur_frm.doctype == 'Warranty Claim' && cur_frm.is_new()")
		assert sue.page.evaluate("() => cur_frm.doc.customer") == firm


def test_a_case_is_made_from_the_customer(story, desk):
	firm = story.customer("Firm")
	frappe.db.commit()
	with desk(MIA) as mia:
		mia.open("Form", "Customer", firm)
		mia.page.get_by_role("button", name="Create").first.click()
		mia.page.get_by_role("link", name="Complaint Case").first.click()
		mia.page.wait_for_function("() => cur_frm && cur_frm.doctype == 'Complaint Case' && cur_frm.is_new()")
		mia.settled()
		assert mia.page.evaluate("() => cur_frm.doc.customer") == firm
		mia.shot("complaint-from-customer")
