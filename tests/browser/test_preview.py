"""What a rule would do is asked from its form, and answered for that rule only."""

import frappe
from frappe.utils import getdate

from tests.site.care.reported import ranked
from tests.site.story import MIA, PREFIX


def test_preview_on_a_rule_opens_filtered_to_that_rule(story, desk):
	story.today = getdate()
	large, huge = story.customer("Large"), story.customer("Huge")
	story.history(large, [(3, 3000)])
	story.history(huge, [(3, 30000)])
	rules = story.rule("From 2000"), story.rule("From 20000", min_amount=20000)
	frappe.db.commit()
	with desk(MIA) as mia:
		# The second time the report is there already, with the filters of the first.
		for rule, expected in zip(rules, ({large, huge}, {huge}), strict=True):
			mia.open("Form", "Care Rule", rule.name)
			mia.page.get_by_role("button", name="Preview", exact=True).click()
			mia.page.wait_for_function(
				"""([rule, number]) => frappe.get_route()[1] === "Care Preview" && frappe.query_report.data?.length === number
					&& frappe.query_report.get_filter_value("care_rule") === rule""",
				arg=[rule.name, len(expected)],
			)
			rows = mia.page.evaluate("frappe.query_report.data.map((row) => [row.customer, row.care_rule])")
			assert {tuple(row) for row in rows} == {(customer, rule.name) for customer in expected}
			mia.shot(f"preview-{len(expected)}")


def test_a_figure_opens_what_it_counts_in_its_own_report_and_the_way_back_is_there(story, desk):
	for number in range(3):
		ranked(story, f"Firm {number}", tier="Iron" if number else "Gold", current_value=100)
	frappe.db.commit()
	with desk(MIA) as mia:
		mia.open("query-report", "Tier Overview")
		figure = mia.page.locator("a.keep-figure", has_text="2").first
		figure.click()
		number = "() => frappe.query_report.data?.map((row) => row.customers ?? row.customer).join()"
		customers = ",".join(f"{PREFIX} Firm {number}" for number in (1, 2))
		mia.page.wait_for_function(f"expected => ({number})() === expected", arg=customers)
		mia.page.go_back()
		mia.page.wait_for_function(f"() => ({number})() === '1,2'")
