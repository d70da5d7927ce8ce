"""What is worthless after its day is asked for while there is time: the day is never one on which nobody could be asked."""

from datetime import date, timedelta

import frappe
import pytest

from keep_customers.care import rules
from keep_customers.jobs import notices
from tests.site.story import ANNA, COMPANY, ITEM, MIA

THURSDAY, FRIDAY, MONDAY = date(2026, 3, 5), date(2026, 3, 6), date(2026, 3, 9)


def bought(story, trigger, day):
	"""A customer of Anna's who buys, or gets the goods, on a day."""
	firm = story.customer("Firm")
	story.file(firm, dedicated_rep=ANNA)
	if trigger == "Delivery":
		frappe.get_doc(
			{"doctype": "Delivery Note", "customer": firm, "company": COMPANY, "currency": "EUR",
				"set_posting_time": 1, "posting_date": day, "items": [{"item_code": ITEM, "qty": 1, "rate": 10}]}
		).insert().submit()  # fmt: skip
	else:
		story.invoice(firm, 3000, day)
	return firm


def became(story, firm):
	[row] = story.follow_ups(firm)
	return row.status, row.hold_reason or "", row.due_date


@pytest.mark.parametrize("trigger", ["Purchase Amount", "First Purchase", "Delivery"])
def test_what_is_due_the_same_day_is_asked_for_on_the_next(story, trigger):
	"""The night that learns of a day's purchases comes after it."""
	story.rule(trigger=trigger, due_in_days=0)
	story.completed_yesterday()
	firm = bought(story, trigger, THURSDAY)
	story.night(FRIDAY)
	assert became(story, firm) == ("Assigned", "", FRIDAY)


def test_who_buys_before_days_off_is_called_after_them(story):
	story.rule(trigger="First Purchase", due_in_days=1)
	story.completed_yesterday()
	firm = bought(story, "First Purchase", FRIDAY)
	for night in range(1, 4):
		story.night(FRIDAY + timedelta(days=night))
	assert became(story, firm) == ("Assigned", "", MONDAY)


def test_a_notice_for_the_same_day_reaches_the_reps_on_the_next(story):
	firm = story.customer("Firm")
	story.file(firm, dedicated_rep=ANNA)
	story.completed_yesterday()
	frappe.set_user(MIA)
	notice = frappe.get_doc(
		{"doctype": "Care Notice", "title": "We move", "kind": "News", "channel": "Phone",
			"due_in_days": 0, "text": "Please tie down what is outside."}
	).insert()  # fmt: skip
	notice.submit()
	frappe.set_user("Administrator")
	notice.db_set("released_on", f"{FRIDAY} 10:00:00")
	notices.run(notice.name)
	story.night(FRIDAY + timedelta(days=1))
	story.night(MONDAY)
	assert became(story, firm) == ("Assigned", "", MONDAY)


def test_what_is_needed_in_two_days_is_asked_about_tomorrow(story):
	"""The rule begins a week before and gives five days; the customer has told later than that."""
	firm = story.customer("Firm")
	story.file(firm, dedicated_rep=ANNA)
	day = THURSDAY + timedelta(days=1)
	frappe.get_doc(
		{"doctype": "Customer Touch", "customer": firm, "date": f"{THURSDAY - timedelta(days=1)} 10:00:00", "rep": ANNA,
			"channel": "Phone", "result": "Reached", "demand_date": day, "demand_amount": 900}
	).insert()  # fmt: skip
	story.settings(contact_cap=0)
	story.rule(trigger="Stated Demand Due", days_before=7, due_in_days=5)
	story.completed_yesterday()
	story.night(THURSDAY)
	assert became(story, firm) == ("Assigned", "", day)


def test_a_contract_that_is_known_late_does_not_end_unasked(story):
	"""The rule begins a month before its end and gives two weeks; it was entered ten days before."""
	firm = story.customer("Firm")
	story.file(firm, dedicated_rep=ANNA)
	ends = THURSDAY + timedelta(days=10)
	story.rule(trigger="Contract Ending", days_before=30, due_in_days=14)
	frappe.db.bulk_insert(
		"Contract",
		["name", "party_type", "party_name", "end_date", "docstatus"],
		[("KEEP-TEST-CON", "Customer", firm, ends, 1)],
	)
	story.completed_yesterday()
	try:
		story.night(THURSDAY)
		[row] = story.follow_ups(firm)
		assert (row.status, row.due_date) == ("Assigned", ends - timedelta(days=2)), "on the Friday before"
	finally:
		frappe.db.delete("Contract", {"party_name": firm})


def test_a_contract_that_was_made_for_a_short_time_does_not_end_unasked(story):
	"""The rule was switched on ten days ago, and begins two months before an end; what ended soon already was left to people."""
	firm = story.customer("Firm")
	story.file(firm, dedicated_rep=ANNA)
	story.rule(
		trigger="Contract Ending", days_before=60, due_in_days=14, switched_on=THURSDAY - timedelta(days=10)
	)
	fields = ["name", "party_type", "party_name", "end_date", "docstatus", "creation", "amended_from"]

	def entered(name, ends, ago, amended_from=None, docstatus=1):
		values = (THURSDAY + timedelta(days=ends), docstatus, THURSDAY - timedelta(days=ago), amended_from)
		frappe.db.bulk_insert("Contract", fields, [(f"KEEP-TEST-{name}", "Customer", firm, *values)])

	story.completed_yesterday()
	try:
		entered("OLD", 20, 40)
		entered("NEW", 20, 5)
		story.night(THURSDAY)
		[row] = story.follow_ups(firm)
		assert row.reference_name == "KEEP-TEST-NEW"
		# It is corrected after the call, and once more to end later.
		frappe.db.set_value("Follow Up", row.name, "status", "Done")
		frappe.db.set_value("Contract", "KEEP-TEST-NEW", "docstatus", 2)
		entered("NEW-1", 20, 0, "KEEP-TEST-NEW")
		story.night(THURSDAY + timedelta(days=1))
		assert len(story.follow_ups(firm)) == 1
		frappe.db.set_value("Contract", "KEEP-TEST-NEW-1", "docstatus", 2)
		entered("NEW-2", 50, 0, "KEEP-TEST-NEW-1")
		story.night(THURSDAY + timedelta(days=2))
		assert {one.reference_name for one in story.follow_ups(firm)} == {"KEEP-TEST-NEW", "KEEP-TEST-NEW-2"}
	finally:
		frappe.db.delete("Contract", {"party_name": firm})


def test_what_is_needed_soon_is_asked_for_also_where_the_rule_is_new(story):
	firm = story.customer("Firm")
	story.file(firm, dedicated_rep=ANNA)
	story.rule(
		trigger="Stated Demand Due", days_before=7, due_in_days=5, switched_on=THURSDAY - timedelta(days=1)
	)
	day = THURSDAY + timedelta(days=4)
	for said, needed in ((THURSDAY - timedelta(days=3), day), (THURSDAY, day + timedelta(days=1))):
		frappe.get_doc(
			{"doctype": "Customer Touch", "customer": firm, "date": f"{said} 00:00:00", "rep": ANNA, "channel": "Phone",
				"result": "Reached", "demand_date": needed}
		).insert()  # fmt: skip
	story.settings(contact_cap=0)
	story.completed_yesterday()
	story.night(THURSDAY)
	[row] = story.follow_ups(firm)
	assert row.occurrence == f"demand {day + timedelta(days=1)}"


def test_who_buys_every_few_days_is_asked_before_the_next_purchase(story):
	firm = story.customer("Firm")
	story.file(firm, dedicated_rep=ANNA)
	story.history(firm, [(1 + 7 * n, 100) for n in range(20)])
	story.night()
	rule = story.rule(trigger="Reorder Due", days_before=10, due_in_days=2)
	value = story.value(firm)
	assert story.today < value.next_purchase <= story.today + timedelta(days=7)
	[row] = [
		row for row in rules.due(rules.read({"name": rule.name})[0], story.today) if row["customer"] == firm
	]
	assert row["due_date"] == story.today + timedelta(days=2)
