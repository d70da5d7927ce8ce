"""Who looks after the app sees on the Care Run what was set aside, and says that the clock is right."""

from datetime import timedelta

import frappe
from frappe.utils import getdate, now_datetime

from tests.site.story import EVE, MIA


def test_what_was_set_aside_is_a_click_away_for_who_looks_after_the_app(story, desk):
	bad, good = story.customer("Bad"), story.customer("Good")
	story.history(bad, [(60, 9e11), (20, 9e11)])
	story.history(good, [(60, 100), (20, 100)])
	run = story.night()
	frappe.get_doc("User", EVE).add_roles("Keep Customers Manager", "Sales User")  # who may read customers
	frappe.db.commit()
	with desk(MIA) as mia:  # a Sales Manager, who sees how much was done
		mia.open("Form", "Care Run", run.name).see("Completed With Errors")
		assert not mia.page.locator(f"text={bad} >> visible=true").count()
	with desk(EVE) as eve:
		eve.open("Form", "Care Run", run.name).see("Its invoices come to more")
		link = eve.page.locator(f"a[href*='customer/']:has-text('{bad}')")
		link.scroll_into_view_if_needed()
		eve.shot("care-run")
		assert link.is_visible()
		eve.see("Usually")
		stages = eve.page.locator("[data-fieldname='took_html'] tr td:first-child").all_inner_texts()
		assert stages == ["Measured", "Modelled", "Tiered", "Written", "Item Groups"]
		eve.page.locator("[data-fieldname='took_html']").scroll_into_view_if_needed()
		eve.shot("care-run-stages")


def test_the_clock_is_said_to_be_right(story, desk):
	story.history(story.customer("Firm"), [(60, 100), (20, 100)])
	frappe.get_doc("User", EVE).add_roles("Keep Customers Manager")
	before = {"status": "Completed", "as_of": getdate() - timedelta(days=60)}
	for values in ({**before, "started": now_datetime() - timedelta(days=60)}, {"status": "Waiting"}):
		run = frappe.get_doc({"doctype": "Care Run", "as_of": getdate(), **values}).insert()
	frappe.db.commit()
	with desk(EVE) as eve:
		eve.open("Form", "Care Run", run.name).see("the clock has jumped")
		eve.page.click("button:has-text('The Clock Is Right')")
		eve.see("60 days later")
		eve.shot("clock")
		eve.page.click(".modal.show .btn-primary")
		eve.page.wait_for_function("() => frappe.get_route()[0] === 'List'")
