"""An event, a stop of a visit plan and a complaint on a phone: the number, what to say and what came of it on the first screen."""

import re

import frappe
from frappe.utils import getdate

from tests.site.mail import contact
from tests.site.story import ANNA, MIA, PREFIX

from .test_todo_on_a_phone import PHONE, Thumb, in_sight

SECONDS = re.compile(r"\d:\d\d:\d\d")


def three_contacts(story):
	"""An event, an approved plan and a complaint of Anna's, about a customer each."""
	firms = [story.customer(name) for name in ("Tea House", "Works", "Mill")]
	for number, name in enumerate(firms):
		story.file(name, dedicated_rep=ANNA)
		contact(name, first_name=f"Li{number}", mobile=f"+4917000{number:03}")
	frappe.set_user(ANNA)
	event = frappe.get_doc(
		{
			"doctype": "Event", "subject": f"{PREFIX} Tea", "event_category": "Call", "event_type": "Private",
			"starts_on": f"{getdate()} 23:00:00",
			"event_participants": [{"reference_doctype": "Customer", "reference_docname": firms[0]}],
		}
	).insert()  # fmt: skip
	plan = frappe.get_doc(
		{
			"doctype": "Visit Plan", "from_date": getdate(), "to_date": getdate(), "purpose": "See how the new tools do",
			"stops": [{"customer": firms[1], "goal": "Two more", "place": "Riverside 1, Keep Town"}],
		}
	).insert()  # fmt: skip
	frappe.set_user(MIA)
	frappe.get_doc("Visit Plan", plan.name).submit()
	frappe.set_user("Administrator")
	case = story.case(
		firms[2], "It broke", responsible=ANNA, contact_name="Li2", contact_mobile="+4917000002"
	)
	frappe.db.commit()
	return event, plan, case


def test_the_contact_comes_first_wherever_it_is_asked_for(story, desk):
	event, plan, case = three_contacts(story)
	with desk(ANNA) as anna:
		page = anna.page
		page.set_default_timeout(30_000)
		page.set_viewport_size(PHONE)
		thumb = Thumb(page)
		# As the host's own setup has it; nobody is due at a second.
		page.evaluate(
			"() => { frappe.sys_defaults.time_format = 'HH:mm:ss'; frappe.boot.sysdefaults.time_format = 'HH:mm:ss'; }"
		)
		assert page.evaluate("() => frappe.datetime.str_to_user('2026-12-10 09:13:58')").endswith("09:13:58")
		for doc, result in ((event, "Reached"), (plan, "Reached")):
			anna.open("Form", doc.doctype, doc.name)
			page.locator(".keep-contact [data-call] >> visible=true").wait_for()
			anna.settled()
			anna.shot(f"contact-{frappe.scrub(doc.doctype)}-on-a-phone")
			tapped = f"[data-result='{result}']"
			facts = page.locator(".keep-facts >> visible=true").first.inner_text()
			assert not SECONDS.search(facts) and ("23:00" in facts or doc is plan), facts
			for selector in (".keep-who", "[data-call]", ".keep-say", tapped):
				assert in_sight(page, selector), (doc.doctype, selector)
			assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]
			thumb.tap(tapped)
			page.locator(".keep-said >> visible=true").first.wait_for()
			anna.settled()
		assert thumb.taps == 2, "one each"
		anna.open("Form", case.doctype, case.name)
		page.locator(".keep-next-step >> visible=true").wait_for()
		shown = page.locator(".keep-contact >> visible=true").first.inner_text()
		assert "Due " in shown and not SECONDS.search(shown)
		for selector in (".keep-who", "[data-call]", ".keep-next-step"):
			assert in_sight(page, selector), selector
		assert page.evaluate("() => document.documentElement.scrollWidth") <= PHONE["width"]
		thumb.tap(".keep-next-step .btn")
		page.locator(".modal.show .btn-modal-primary >> visible=true").wait_for()
		thumb.tap(".modal.show .btn-modal-primary")
		page.wait_for_function("() => cur_frm.doc.step === 'Listened'")
		anna.settled()
		assert thumb.taps == 4, "a step of a complaint is asked what was said"
	frappe.db.rollback()  # see what the browser did
	assert frappe.db.get_value("Event", event.name, "status") == "Closed"
	assert frappe.db.get_value("Visit Plan Stop", {"parent": plan.name}, "visited") == 1
	assert frappe.db.get_value("Complaint Case", case.name, "step") == "Listened"
	assert frappe.db.count("Customer Touch", {"result": "Reached"}) == 2
