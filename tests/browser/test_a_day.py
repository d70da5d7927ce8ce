"""What a rep and a manager do with the app on an ordinary day."""

import frappe

from tests.site.story import ANNA, MIA, PREFIX


def ranked_customers(story):
	"""Twenty ranked customers, and the best one on Anna's list."""
	names = [story.customer(f"Firm {number:02}") for number in range(20)]
	for number, name in enumerate(names):
		story.history(name, [(back, 100 * (20 - number)) for back in (100, 80, 60, 40, 20)])
	story.file(names[0], dedicated_rep=ANNA)
	story.rule(
		"Cadence", trigger="Tier Cadence", switched_on=story.days_ago(30), tiers=[{"tier": "Platinum"}]
	)
	story.completed_yesterday()
	story.night()
	frappe.db.commit()
	return names


def test_the_rep_closes_a_call_with_two_lines_and_it_becomes_a_touch(story, desk):
	best = ranked_customers(story)[0]
	[todo] = story.todos(ANNA)
	with desk(ANNA) as anna:
		anna.open("List", "ToDo").see(best).shot("todos")
		anna.open("Form", "ToDo", todo.name)
		anna.page.get_by_role("button", name="Close", exact=True).first.click()
		anna.see("What came of it?")
		anna.page.fill(".modal.show textarea[data-fieldname=notes]", "Happy. Lena starts school.")
		anna.page.fill(".modal.show input[data-fieldname=next_step]", "Send the catalogue")
		anna.page.keyboard.press("Tab")
		anna.page.locator(".modal.show [data-fieldname=next_step_date] input").wait_for()
		anna.page.evaluate(
			"() => cur_dialog.set_value('next_step_date', frappe.datetime.add_days(frappe.datetime.get_today(), 7))"
		)
		anna.shot("closing")
		anna.page.get_by_role("button", name="Save and Close").click()
		anna.page.wait_for_function("() => !document.querySelector('.modal.show')")
		anna.settled()
	frappe.db.rollback()  # see what the browser did
	assert frappe.db.get_value("ToDo", todo.name, "status") == "Closed"
	[touch] = frappe.get_all("Customer Touch", fields=["customer", "rep", "notes", "next_step"])
	assert (touch.customer, touch.rep) == (best, ANNA)
	assert (touch.notes, touch.next_step) == ("Happy. Lena starts school.", "Send the catalogue")
	assert [row.status for row in story.follow_ups(best)] == ["Done", "Planned"]


def test_the_rep_takes_down_what_will_be_needed_and_passes_it_on(story, desk):
	best = ranked_customers(story)[0]
	[todo] = story.todos(ANNA)
	with desk(ANNA) as anna:
		anna.open("Form", "ToDo", todo.name)
		anna.page.get_by_role("button", name="Close", exact=True).first.click()
		anna.see("What came of it?")
		anna.page.fill(".modal.show textarea[data-fieldname=notes]", "Needs drills in spring.")
		anna.page.locator(".modal.show .section-head", has_text="They Also Said").click()
		anna.page.locator(".modal.show [data-fieldname=route_to] select").select_option("Head Office")
		anna.page.locator(".modal.show input[data-fieldname=demand_amount]").fill("5000")
		anna.page.keyboard.press("Tab")
		anna.page.evaluate(
			"() => cur_dialog.set_value('demand_date', frappe.datetime.add_days(frappe.datetime.get_today(), 30))"
		)
		anna.shot("demand")
		anna.page.get_by_role("button", name="Save and Close").click()
		anna.page.wait_for_function("() => !document.querySelector('.modal.show')")
		anna.settled()
	frappe.db.rollback()  # see what the browser did
	[touch] = frappe.get_all(
		"Customer Touch", fields=["customer", "demand_amount", "route_to", "routed_todo"]
	)
	assert (touch.customer, touch.demand_amount, touch.route_to) == (best, 5000, "Head Office")
	assert frappe.db.get_value("ToDo", touch.routed_todo, "allocated_to") == MIA


def test_leaving_the_dialog_leaves_the_todo_open(story, desk):
	ranked_customers(story)
	[todo] = story.todos(ANNA)
	with desk(ANNA) as anna:
		anna.open("Form", "ToDo", todo.name)
		anna.page.get_by_role("button", name="Close", exact=True).first.click()
		anna.see("What came of it?")
		anna.page.locator(".modal.show .btn-modal-close").click()
		anna.page.wait_for_function("() => !document.querySelector('.modal.show')")
		assert anna.page.evaluate("() => cur_frm.doc.status") == "Open"
	frappe.db.rollback()
	assert frappe.db.get_value("ToDo", todo.name, "status") == "Open"
	assert not frappe.db.count("Customer Touch")


def test_the_customer_form_says_what_the_customer_is_worth_and_why(story, desk):
	best = ranked_customers(story)[0]
	with desk(ANNA) as anna:
		anna.open("Form", "Customer", best).tab("Care").see("Value at Risk").see("among the top 20 %").see(
			"Open Things"
		)
		anna.shot("customer")


def test_the_manager_sees_the_pyramid_and_finds_everything_from_the_workspace(story, desk):
	ranked_customers(story)
	with desk(MIA) as mia:
		mia.open("Workspaces", "Keep Customers").see("Customers by Tier").see("Open Follow-Ups")
		for link in (
			"Customer File",
			"Tier Change",
			"Customer Touch",
			"Referral",
			"Tier Overview",
			"Tier Policy",
			"Care Rule",
		):
			mia.see(link)
		mia.shot("workspace")
		mia.open("query-report", "Tier Overview").see("Of Customers").see("Platinum").shot("overview")
		mia.open("List", "Customer Value").see(f"{PREFIX} Firm 00").shot("values")
