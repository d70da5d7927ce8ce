"""A contact and a referral are written down from their lists, in a small window."""

import frappe

from tests.site.story import ANNA


def entered(desk, doctype, **values):
	"""Enter a new document over its list, with the customer found as it is typed."""
	desk.open("List", doctype)
	desk.page.evaluate("doctype => { frappe.new_doc(doctype) }", doctype)
	desk.page.wait_for_function("() => cur_dialog && cur_dialog.display")
	for field, value in values.items():
		box = desk.page.locator(f".modal.show .frappe-control[data-fieldname={field}]")
		if box.locator("select").count():
			box.locator("select").select_option(value)
		else:
			box.locator("input, textarea").first.fill(value)
			if box.get_attribute("data-fieldtype") == "Link":
				box.locator(".awesomplete li", has_text=value).first.click()
	desk.shot(f"new-{frappe.scrub(doctype)}")
	desk.page.locator(".modal.show .btn-primary", has_text="Save").click()
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
