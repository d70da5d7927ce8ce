"""The tab Care of a customer: trend, people, what is open and agreed, every touch; and nothing that is not theirs to read."""

from datetime import timedelta

import frappe
import pytest
from frappe.permissions import add_user_permission, update_permission_property
from frappe.utils import add_days, get_datetime, getdate, now_datetime

from keep_customers.care import timeline
from keep_customers.care.at_a_glance import at_a_glance
from keep_customers.care.panel import customer_care
from keep_customers.worth import trend
from tests.site.statements import statements
from tests.site.story import ANNA, BEN, EVE, PREFIX, once
from tests.site.web import Browser, Server

from .asked import as_user
from .test_contacts_seen import contact, event, mail

METHODS = ("panel.customer_care", "at_a_glance.at_a_glance", "timeline.touches")


@pytest.fixture
@once
def a_firm(story):
	"""A customer that buys for 100 every month, and whom Anna looks after."""
	name = story.customer("Firm")
	story.history(name, [(20 + 30 * number, 100) for number in range(6)])
	story.file(name, dedicated_rep=ANNA)
	story.night()
	return name


@pytest.fixture
def firm(a_firm):
	yield a_firm
	as_user("Administrator")


def touch(firm, day, **values):
	return frappe.get_doc(
		{
			"doctype": "Customer Touch", "customer": firm, "rep": ANNA, "channel": "Phone", "result": "Reached",
			"date": f"{day} 00:00:01", **values,
		}
	).insert()  # fmt: skip


def test_two_years_month_by_month_and_what_is_expected_next(story, firm):
	value = story.value(firm).as_dict()
	found = trend.of_customer(firm, value, story.today)
	assert len(found["months"]) == 24 and str(found["months"][-1]["month"]) == "2026-03-01"
	# 20, 50, 80, 110, 140 and 170 days before the 4th of March.
	bought = {str(one["month"]): one["amount"] for one in found["months"] if one["amount"]}
	assert bought == dict.fromkeys(
		("2025-09-01", "2025-10-01", "2025-11-01", "2025-12-01", "2026-01-01", "2026-02-01"), 100
	)
	assert [one["day"] for one in found["purchases"]] == [
		story.days_ago(20 + 30 * number) for number in range(5, -1, -1)
	]
	assert found["expected"] == {"day": value.next_purchase, "amount": round(value.expected_order_value, 2)}
	assert trend.of_customer(firm, {**value, "status": "Lost"}, story.today)["expected"] is None
	assert trend.of_customer(firm, value, value.next_purchase + timedelta(days=1))["expected"] is None


def test_what_was_credited_in_full_was_no_purchase(story, firm):
	invoice = story.invoice(firm, 400, story.days_ago(3))
	story.credit(invoice, 400, story.days_ago(2))
	found = trend.of_customer(firm, story.value(firm).as_dict(), story.today)
	assert found["months"][-1]["amount"] == 0 and len(found["purchases"]) == 6


def test_people_say_who_decides_how_they_are_reached_and_what_they_do_not_want(story, firm):
	other, today = contact(firm), getdate()
	file = frappe.get_doc("Customer File", firm)
	file.append(
		"people",
		{"full_name": "Lena Chen", "relation": "Child", "birthday": f"2000-{add_days(today, 5):%m-%d}"},
	)
	file.append(
		"people",
		{
			"full_name": "Mei Chen",
			"relation": "Owner",
			"decides": 1,
			"phone": "+49301",
			"email": "mei@chen.example",
		},
	)
	file.append("occasions", {"occasion": "Opened the shop", "date": f"2001-{add_days(today, 9):%m-%d}"})
	file.append("consents", {"channel": "Phone", "consent": "Refused", "date": today})
	file.save()
	as_user(ANNA)
	found = at_a_glance(firm)
	mei, lena, third = found["people"]
	assert (mei["full_name"], mei["decides"], mei["email"]) == ("Mei Chen", 1, "mei@chen.example")
	assert mei["refused"] == ["Phone"] and third["contact"] == other
	assert lena["birthday"] == getdate(add_days(today, 5))
	assert [(one["occasion"], one["day"]) for one in found["occasions"]] == [
		("Opened the shop", getdate(add_days(today, 9)))
	]


def test_what_is_open_and_agreed_is_there(story, firm):
	today = getdate()
	agreed = touch(firm, today, next_step="Send the offer", next_step_date=add_days(today, 2))
	case = story.case(firm, "broke", responsible=ANNA)
	party = frappe.get_doc(
		{"doctype": "VIP Event", "theme": f"{PREFIX} Tea", "kind": "Salon", "status": "Inviting", "starts_on": f"{add_days(today, 20)} 18:00:00"}
	).insert()  # fmt: skip
	frappe.get_doc({"doctype": "VIP Invitation", "event": party.name, "customer": firm}).insert()
	plan = frappe.get_doc(
		{
			"doctype": "Visit Plan", "rep": ANNA, "from_date": add_days(today, 1), "to_date": add_days(today, 3),
			"method": "In Person", "purpose": "See them", "stops": [{"customer": firm, "goal": "The new saw"}],
		}
	).insert()  # fmt: skip
	as_user(ANNA)
	found = at_a_glance(firm)
	assert [(one.touch, one.next_step, one.status) for one in found["agreements"]] == [
		(agreed.name, "Send the offer", "Planned")
	]
	anna = frappe.db.get_value("User", ANNA, "full_name")
	assert [(one["plan"], one["goal"], one["rep_name"]) for one in found["visits"]] == [
		(plan.name, "The new saw", anna)
	]
	assert [(one["event"], one["theme"]) for one in found["invitations"]] == [(party.name, f"{PREFIX} Tea")]
	assert [one.name for one in customer_care(firm)["complaints"]] == [case.name]


def test_every_touch_whatever_the_channel_the_newest_first_a_page_at_a_time(story, firm):
	today = getdate()
	for number in range(timeline.PAGE):
		touch(firm, add_days(today, -100 - number))
	spoken = touch(firm, add_days(today, -1), notes="All <b>well</b>.")
	letter = mail(add_days(today, -2), about=("Customer", firm))
	person = contact(firm)
	elsewhere = mail(add_days(today, -3), links=[("Contact", person)])
	tea = event(add_days(today, -4), ("Customer", firm))
	case = story.case(firm, "broke")
	case.db_set("opened_on", f"{add_days(today, -5)} 08:00:00")
	as_user(ANNA)
	first = timeline.touches(firm)
	moments = [row["when"] for row in first["rows"]]
	assert moments == sorted(moments, reverse=True) and len(moments) == timeline.PAGE
	said = {row["when"].date(): row for row in first["rows"]}
	ago = lambda days: said[getdate(add_days(today, -days))]  # noqa: E731
	assert (ago(1)["name"], ago(1)["what"], ago(1)["text"]) == (
		spoken.name,
		["Phone", "Reached"],
		"All <b>well</b>.",
	)
	assert ago(1)["by_name"] == frappe.db.get_value("User", spoken.rep, "full_name")
	assert (ago(2)["name"], ago(2)["text"]) == (letter.name, letter.subject)
	# That there was one is told; what it said belongs to whoever it was written about.
	assert (ago(3)["kind"], ago(3)["name"], ago(3)["text"]) == (timeline.MAIL, None, None), elsewhere.name
	assert (ago(4)["kind"], ago(4)["name"], ago(4)["text"]) == (timeline.VISIT, None, None), "a private event"
	assert (ago(5)["name"], ago(5)["text"]) == (case.name, case.subject)
	second = timeline.touches(firm, first["more"])
	both = [(row["doctype"], row["name"], row["when"]) for row in first["rows"] + second["rows"]]
	assert len(set(both)) == len(both) and second["more"] is None
	assert (
		sum(row["doctype"] == "Customer Touch" for row in first["rows"] + second["rows"]) == timeline.PAGE + 1
	)
	as_user("Administrator")
	assert tea.name in {row["name"] for row in timeline.touches(firm)["rows"]}


def test_who_may_not_read_the_customer_reads_nothing(story, firm):
	add_user_permission("Customer", story.customer("Bens"), BEN)
	frappe.db.commit()
	for user in (BEN, EVE, None):
		browser = Browser(Server(), user)
		for method in METHODS:
			answer = browser.call(f"keep_customers.care.{method}", customer=firm)
			assert answer.status_code == 403 and "message" not in answer.json(), (user, method)
	anna = Browser(Server(), ANNA)
	assert all(anna.call(f"keep_customers.care.{method}", customer=firm).ok for method in METHODS)


def test_who_may_not_read_values_or_costs_sees_none_of_them(story, firm):
	touch(firm, getdate(), cost_kind="Gift", cost=50, cost_currency="EUR")
	as_user(ANNA)
	assert customer_care(firm)["cost"]["total"] == 50 and at_a_glance(firm)["trend"]
	as_user("Administrator")
	report = frappe.get_doc("Report", "Customer Cost and Value")
	frappe.db.delete("Has Role", {"parent": report.name, "role": "Sales User"})
	frappe.clear_document_cache("Report", report.name)
	as_user(ANNA)
	assert customer_care(firm)["cost"] is None and customer_care(firm)["value"]
	as_user("Administrator")
	update_permission_property("Customer Value", "Sales User", 0, "read", 0)
	update_permission_property("Tier Change", "Sales User", 0, "read", 0)
	as_user(ANNA)
	care, found = customer_care(firm), at_a_glance(firm)
	assert (care["value"], care["tier"], care["cost"], found["trend"], found["benefits"]) == (
		None,
		None,
		None,
		None,
		[],
	)
	assert timeline.TIER not in {row["kind"] for row in timeline.touches(firm)["rows"]}


def test_the_number_of_queries_does_not_grow(story, firm):
	def queries():
		with statements() as sent:
			for ask in (customer_care, at_a_glance, timeline.touches):
				ask(firm)
		return len(sent)

	def more(number):
		day = add_days(getdate(), -number)
		file.append(
			"people",
			{"full_name": f"Person {number}", "contact": contact(firm), "email": f"p{number}@chen.example"},
		)
		touch(firm, day, next_step="Call", next_step_date=add_days(getdate(), number))
		mail(day, about=("Customer", firm))
		event(day, ("Customer", firm))
		story.case(firm, f"broke {number}")
		story.invoice(firm, 100, story.days_ago(number))

	file = frappe.get_doc("Customer File", firm)
	more(1)
	file.save()
	queries()  # what the host remembers of roles and fields is asked once
	before = queries()
	for number in range(2, 8):
		more(number)
	file.save()
	queries()
	assert queries() <= before < 150
	assert get_datetime(timeline.touches(firm)["rows"][0]["when"]) <= now_datetime()
