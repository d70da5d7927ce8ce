"""The panel on a care ToDo, as the rep sees it before calling."""

import frappe
from frappe.utils import add_days, getdate

from tests.site.story import ANNA, BEN

from .test_a_day import ranked_customers


def test_the_rep_sees_before_the_contact_whom_to_name_and_why(story, desk):
	best = ranked_customers(story)[0]
	file = frappe.get_doc("Customer File", best)
	file.append("people", {"full_name": "Mei <b>Chen</b>", "relation": "Owner", "decides": 1})
	file.append(
		"people",
		{"full_name": "Lena Chen", "relation": "Child", "birthday": f"2000-{add_days(getdate(), 5):%m-%d}"},
	)
	file.append("consents", {"channel": "SMS", "consent": "Refused"})
	file.taste = "Green tea"
	file.save()
	story.invoice(best, 250, story.days_ago(1))
	frappe.get_doc(
		{
			"doctype": "Customer Touch", "customer": best, "date": f"{story.days_ago(100)} 10:00:00", "rep": ANNA,
			"channel": "Phone", "result": "Reached", "satisfaction": 0.8, "notes": "Lena studies in Hangzhou.",
			"demand_date": add_days(getdate(), 40), "demand_amount": 900,
		}
	).insert()  # fmt: skip
	frappe.get_doc(
		{"doctype": "Issue", "subject": "Broken handle", "customer": best, "status": "Open"}
	).insert()
	frappe.db.commit()
	[todo] = story.todos(ANNA)
	with desk(ANNA) as anna:
		anna.page.set_default_timeout(30_000)
		anna.open("Form", "ToDo", todo.name).see("Before the Contact").see("People to Name")
		panel = anna.page.locator("[data-fieldname=keep_help]")
		shown = panel.inner_text()
		for text in (
			"Mei <b>Chen</b>", "Owner", "decides", "Lena Chen", "Birthday", "SMS not wanted", "Green tea", "ISS-",
			"Reached", "★ 4 / 5", "Lena studies in Hangzhou.", " every ", "Strategy", "900", "250", "listen more",
		):  # fmt: skip
			assert text in shown, (text, shown)
		assert "Broken" not in shown, "what a complaint says is for support"
		anna.page.get_by_role("button", name="Message", exact=True).first.wait_for()
		anna.shot("before-the-contact")
		anna.page.set_viewport_size({"width": 390, "height": 844})
		assert anna.page.evaluate("() => document.documentElement.scrollWidth") <= 390
		panel.scroll_into_view_if_needed()
		anna.shot("before-the-contact-on-a-phone")
		anna.settled()
		frappe.db.rollback()  # to see what the browser did
		frappe.db.set_value("Follow Up", {"todo": todo.name}, "channel", "Letter")
		frappe.db.commit()
		anna.page.set_viewport_size({"width": 1200, "height": 900})
		prints_a_letter(anna, best)


def prints_a_letter(anna, customer):
	"""The same dialog opens from My Day as from the ToDo that is on the screen."""
	for within, button in ((".keep-contact", "[data-message]"), (".kd-ways", "[data-do=letter]")):
		if within == ".kd-ways":
			anna.page.goto(f"{anna.url}/app/my-day")
		anna.page.locator(f"{within} {button}").first.click()
		dialog = anna.page.locator(".modal.show")
		dialog.locator("[data-fieldname=text] textarea").fill("Thank you,\n<b>Mei</b>")
		with anna.page.expect_popup() as opened:
			dialog.get_by_role("button", name="Print", exact=True).click()
		letter = opened.value.locator(".print-format").inner_text()
		assert customer in letter and "Thank you,\n<b>Mei</b>" in letter
		opened.value.close()
		anna.page.keyboard.press("Escape")


def test_who_may_not_read_the_customer_meets_an_ordinary_todo(story, desk):
	ranked_customers(story)
	[todo] = story.todos(ANNA)
	frappe.db.set_value("ToDo", todo.name, "allocated_to", BEN)
	frappe.permissions.add_user_permission("Customer", story.customer("Other"), BEN)
	frappe.db.commit()
	with desk(BEN) as ben:
		ben.open("Form", "ToDo", todo.name).see("Due Date")
		ben.settled()
		assert not ben.page.locator("[data-fieldname=keep_help]").inner_text().strip()
		assert not ben.page.locator(".modal.show").count()
