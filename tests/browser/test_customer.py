"""The customer at a glance, as a rep sees it on the desk and on a phone; the list with tiers."""

import frappe
from frappe.utils import add_days, getdate

from tests.site.story import ANNA

from .test_a_day import ranked_customers


def test_a_rep_sees_the_customer_at_a_glance_and_finds_it_by_its_tier(story, desk):
	best = ranked_customers(story)[0]
	file = frappe.get_doc("Customer File", best)
	file.append(
		"people", {"full_name": "Mei <b>Chen</b>", "relation": "Owner", "decides": 1, "phone": "+49301"}
	)
	file.save()
	frappe.get_doc(
		{
			"doctype": "Customer Touch", "customer": best, "date": f"{add_days(getdate(), -2)} 10:00:00", "rep": ANNA,
			"channel": "Phone", "result": "Reached", "notes": "All <i>well</i>.", "next_step": "Send the offer",
			"next_step_date": add_days(getdate(), 7),
		}
	).insert()  # fmt: skip
	frappe.db.commit()
	tier = frappe.db.get_value("Customer", best, "keep_tier")
	with desk(ANNA) as anna:
		anna.page.set_default_timeout(30_000)
		anna.open("List", "Customer").see(tier).see("Last Contact")
		anna.open("Form", "Customer", best)
		anna.page.locator(".form-tabs .nav-link", has_text="Care").first.click()
		tab = anna.page.locator("[data-fieldname=keep_care]")
		tab.get_by_text("All <i>well</i>.").wait_for()
		shown = tab.inner_text()
		for text in (
			tier,
			"Rhythm",
			"Mei <b>Chen</b>",
			"decides",
			"+49301",
			"Send the offer",
			"Phone · Reached",
			"Record a Contact",
		):
			assert text in shown, (text, shown)
		anna.shot("customer-at-a-glance")
		anna.page.set_viewport_size({"width": 390, "height": 844})
		assert anna.page.evaluate(
			"() => document.querySelector('.kc').scrollWidth <= document.querySelector('.kc').clientWidth"
		)
		tab.scroll_into_view_if_needed()
		anna.shot("customer-at-a-glance-on-a-phone")
		anna.page.set_viewport_size({"width": 1400, "height": 900})
		tab.get_by_role("button", name="Plan a Visit").click()
		anna.see("Visit Plan").see(frappe.db.get_value("Customer", best, "customer_name"))
