"""A contact that was not useful, told with a thumb, with and without a connection; what the admin is proposed; who is at risk."""

import frappe
from frappe.utils import getdate

from tests.browser.test_my_day import ALL_SENT, PHONE, three_contacts, without_connection
from tests.site.care.reported import ranked
from tests.site.care.test_usefulness import judged
from tests.site.mail import contact
from tests.site.story import ANNA, BEN, MIA


def test_why_it_was_not_useful_takes_two_taps(story, desk):
	first, second, third = three_contacts(story)
	firm = first.reference_name
	li = contact(firm, first_name="Li", last_name="Wei", mobile="+49 170 777").name
	frappe.db.commit()
	with desk(ANNA) as anna:
		page = anna.page
		page.set_default_timeout(30_000)
		page.set_viewport_size(PHONE)
		anna.open("Form", "ToDo", first.name)
		page.locator("[data-result='Not Useful'] >> visible=true").click()
		page.locator("[data-because='Wrong Person'] >> visible=true").wait_for()
		anna.settled()
		anna.shot("not-useful-on-a-phone")
		page.locator("[data-because='Wrong Person'] >> visible=true").click()
		page.locator("[data-person] >> visible=true").first.wait_for()
		anna.shot("not-useful-whom-on-a-phone")
		assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
		page.get_by_role("button", name="Li Wei", exact=True).click()
		anna.see("Li Wei is asked for from now on, first on")
		anna.settled()
		anna.shot("not-useful-told-on-a-phone")
		# The next two on My Day: one of them in a cellar.
		anna.open("my-day")
		page.locator(f".kd-card[data-todo='{second.name}'] .kd-ways a[href^='tel:']").wait_for()
		with without_connection(anna):
			page.locator(".kd-card [data-result=not_useful]").click()
			page.locator(".kd-card [data-because='Wrong Moment'] >> visible=true").wait_for()
			anna.shot("not-useful-my-day-phone")
			page.locator(".kd-card [data-because='Wrong Moment']").click()
			page.locator(f".kd-card[data-todo='{third.name}']").wait_for()
			page.wait_for_timeout(5000)
			anna.see("Kept here and sent when it is back: 1")
			anna.shot("not-useful-kept-phone")
		page.wait_for_function(ALL_SENT)
		page.locator(".kd-said:has-text('asked again on')").wait_for()
		anna.shot("not-useful-sent-phone")
		page.locator(".kd-card [data-result=not_useful]").click()
		page.locator(".kd-card [data-because=Other]").click()
		assert page.locator(".kd-card [data-field=notes].keep-missing").count(), "other says what"
		page.locator(".kd-card [data-field=notes]").fill("They moved to Peru")
		page.locator(".kd-card [data-because=Other]").click()
		page.wait_for_function(ALL_SENT)
	frappe.db.rollback()  # see what the browser did
	told = {row.customer: row for row in story.follow_ups(not_useful=("is", "set"))}
	assert [told[one.reference_name].not_useful for one in (first, second, third)] == [
		"Wrong Person", "Wrong Moment", "Other",
	]  # fmt: skip
	assert told[third.reference_name].not_useful_words == "They moved to Peru"
	assert frappe.db.get_value("Customer File", firm, "ask_for") == li


def test_an_admin_is_proposed_what_would_have_spared_most(story, desk):
	story.today = getdate()
	firms = [ranked(story, name, rep=rep) for name, rep in (("Firm", ANNA), ("Other", BEN))]
	rule = story.rule("Calls", min_amount=2000).name
	for at in range(22):
		judged(story, firms[0], rule, 2050 + at, "No Need Now" if at % 5 else "Already in Contact", rep=ANNA)
		judged(story, firms[1], rule, 5000 + at, "Wrong Data" if at < 2 else None, rep=BEN)
	frappe.get_doc("User", MIA).add_roles("Keep Customers Manager")
	file = frappe.get_doc("Customer File", firms[0])
	file.append("people", {"full_name": "Ms Wang", "relation": "Owner", "left_on": story.days_ago(3)})
	file.save()
	frappe.db.commit()
	with desk(MIA) as mia:
		page = mia.page
		mia.open("Form", "Care Rule", rule)
		mia.see("22 of 44 contacts in half a year were not useful")
		page.locator(".keep-read-back >> text=In the last 30 days >> visible=true").first.wait_for()
		mia.settled()
		mia.shot("rule-proposal")
		page.set_viewport_size(PHONE)
		page.wait_for_timeout(500)
		mia.shot("rule-proposal-phone")
		page.set_viewport_size({"width": 1440, "height": 900})
		page.locator(".keep-proposal [data-do=accept]").click()
		mia.settled()
		assert page.evaluate("() => cur_frm.doc.min_amount") == 2100 and page.evaluate(
			"() => cur_frm.is_dirty()"
		)
		page.wait_for_timeout(1500)
		mia.shot("rule-proposal-taken")
		assert frappe.db.get_value("Care Rule", rule, "min_amount") == 2000, "nothing is saved by itself"
		page.evaluate("() => cur_frm.reload_doc()")
		page.locator(".keep-proposal [data-do=decline]").click()
		page.locator(".keep-proposal").wait_for(state="detached")
		for report, seen in (
			("What Was Not Useful", "Contacts Ended"),
			("Relationships at Risk", "Ms Wang: Is no longer here"),
		):
			mia.open("query-report", report)
			mia.see(seen)
			page.wait_for_timeout(1500)
			mia.settled()
			mia.shot(report.replace(" ", "-").lower())
		page.set_viewport_size(PHONE)
		page.wait_for_timeout(500)
		mia.shot("relationships-phone")
	frappe.db.rollback()
	assert frappe.db.get_value("Care Rule", rule, "proposal_declined_on")
