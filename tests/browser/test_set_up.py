"""An admin's ten minutes: from the first question to the tiers, without leaving the page."""

import frappe
from frappe.utils import getdate

from tests.site.story import EVE, MIA

QUESTIONS = (
	"Companies and Currency", "Who Is Left Out", "Dealers and End Customers", "Tiers", "Reps", "Working Days and Limits",
)  # fmt: skip


def test_an_admin_sets_up_and_sees_the_tiers(story, desk):
	ago = (story.today - getdate()).days  # the page looks at today, whatever day the story tells of
	for number in range(20):
		firm = story.customer(f"Firm {number:02}")
		story.history(firm, [(ago + back, 100 * (20 - number)) for back in (120, 80, 40)])
	group = {"doctype": "Customer Group", "customer_group_name": "Test Wholesale"}
	dealers = frappe.get_doc({**group, "parent_customer_group": "All Customer Groups"}).insert().name
	frappe.db.set_value("Customer", {"name": ("like", "%Firm 0%")}, "customer_group", dealers)
	story.settings(fallback_user=MIA)
	frappe.db.set_single_value("Keep Customers Settings", "set_up_done", "")
	frappe.get_doc("User", EVE).add_roles("Keep Customers Manager", "Sales User")  # who may read customers
	frappe.db.commit()
	with desk(EVE) as eve:
		page = eve.page
		page.set_default_timeout(30_000)
		card, go_on = page.locator(".ks-card"), page.locator("[data-do=go-on]")
		preview = card.locator(".ks-preview")
		eve.open("keep-set-up")
		for number, question in enumerate(QUESTIONS):
			card.get_by_role("heading", name=question, exact=True).wait_for()
			preview.locator("table, p").first.wait_for()
			if question == "Dealers and End Customers":
				eve.shot("set-up-dealers-proposed")
				page.set_viewport_size({"width": 390, "height": 800})
				eve.shot("set-up-dealers-proposed-390")
				page.set_viewport_size({"width": 1280, "height": 900})
				card.get_by_role("button", name="Rank Them by Themselves").click()
				preview.get_by_text("Everybody Else").wait_for()
				assert not frappe.db.exists("Tier Policy", {"customer_group": dealers})
			if question == "Tiers":
				# What is typed is shown before anything is written.
				top = preview.locator("tr", has_text="Platinum").last.locator(".ks-number").first
				top.get_by_text("1", exact=True).wait_for()
				preview.get_by_text("The same for: Test Wholesale.").wait_for()
				card.locator("[data-fieldname=top_share] input").fill("20")
				page.keyboard.press("Tab")
				top.get_by_text("2", exact=True).wait_for()
			eve.shot(f"set-up-{number}")
			go_on.click()
		assert not frappe.db.count("Customer Value")
		card.get_by_role("button", name="Rank the Customers Now").click()
		eve.see("20 customers are ranked.").shot("set-up-night")
		go_on.click()
		card.locator("[data-rule]").first.wait_for()
		eve.shot("set-up-rules")
		go_on.click()
		card.get_by_text("Look at the tiers").click()
		eve.see("Of Customers").see("Platinum").shot("set-up-tiers")
	frappe.db.rollback()  # see what the browser did
	assert frappe.db.get_single_value("Keep Customers Settings", "fallback_user") == MIA
	assert frappe.db.get_value("Tier Policy", {"customer_group": dealers}, ["enabled", "top_share"]) == (
		1,
		20,
	)
	# Two of ten in each.
	assert frappe.db.count("Customer Value", {"tier": "Platinum"}) == 4
	assert frappe.db.count("Care Rule", {"enabled": 1}) == 3
	assert not frappe.db.count("Follow Up"), "the first night only looks"
