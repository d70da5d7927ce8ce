"""A site from before there were forecasts: who looks after it sees what would move, and accepts it with a word why."""

import frappe

from keep_customers.worth.forecasts import AS_BEFORE, CHECKED
from tests.site.story import EVE


def test_what_would_move_is_looked_at_and_accepted(story, desk):
	story.settings(forecasts=AS_BEFORE)
	for number in range(6):
		firm = story.customer(f"Often {number}")
		story.history(firm, [(ago, 100 * (number + 1)) for ago in range(3 * number + 2, 400, 30)])
		once = story.customer(
			f"Once {number}"
		)  # of whom the model before says that they are customers for ever
		story.history(once, [(60 + 40 * number, 300 + 100 * number)])
	story.night()
	frappe.get_doc("User", EVE).add_roles("Keep Customers Manager", "Sales User")  # who may read customers
	frappe.db.commit()
	[check] = frappe.get_all("Forecast Check", pluck="name")
	with desk(EVE) as eve:
		eve.open("Form", "Forecast Check", check).see("No grade yet").see("fewer than 50")
		eve.open("query-report", "Forecast Preview").see("Stages That Change")
		eve.shot("forecast-preview")
		eve.page.click("button:has-text('Accept the Checked Forecasts')")
		eve.page.fill(".modal.show textarea[data-fieldname=reason]", "The list makes sense.")
		eve.page.click(".modal.show .btn-primary")
		eve.see("The list makes sense.")
		eve.shot("forecasts-accepted")
	frappe.db.rollback()
	settings = frappe.get_doc("Keep Customers Settings")
	assert settings.forecasts == CHECKED and settings.forecasts_accepted_by == EVE
	story.night()
	firm = frappe.get_all("Customer Value", {"status": ("!=", "Not Ranked")}, pluck="name")[0]
	with desk(EVE) as eve:
		eve.open("Form", "Customer Value", firm).see("within a year")
