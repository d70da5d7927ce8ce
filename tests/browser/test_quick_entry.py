"""A contact and a referral are written down from their lists, in a small window."""

import frappe

from tests.site.story import ANNA


def entered(desk, doctype, **values):
	"""Enter a new document over its list."""
	desk.page.set_default_timeout(20_000)
	desk.open("List", doctype)
	desk.page.evaluate("doctype => { frappe.new_doc(doctype) }", doctype)
	desk.page.wait_for_function("() => cur_dialog && cur_dialog.display")
	desk.settled()  # the first field is in focus and has looked for customers
	desk.page.evaluate("values => cur_dialog.set_values(values)", values)
	desk.settled()
	desk.shot(f"new-{frappe.scrub(doctype)}")
	desk.page.evaluate("() => cur_dialog.get_primary_btn().click()")
	desk.page.wait_for_function("() => !document.querySelector('.modal.show')")
	desk.settled()
	frappe.db.rollback()  # see what the browser did
	[name] = frappe.get_all(doctype, pluck="name")
	return frappe.get_doc(doctype, name)


def test_a_contact_is_recorded_from_the_list(story, desk):
	firm = story.customer("Firm")
	frappe.db.commit()
	with desk(ANNA) as anna:
		touch = entered(anna, "Customer Touch", customer=firm, result="Reached", notes="All is well.")
	assert (touch.customer, touch.rep, touch.result, touch.notes) == (firm, ANNA, "Reached", "All is well.")


def test_a_referral_is_recorded_from_the_list(story, desk):
	firm, friend = story.customer("Firm"), story.customer("Friend")
	frappe.db.commit()
	with desk(ANNA) as anna:
		referral = entered(anna, "Referral", referrer=firm, referred_customer=friend)
	assert (referral.referrer, referral.referred_customer, referral.status) == (firm, friend, "New")
