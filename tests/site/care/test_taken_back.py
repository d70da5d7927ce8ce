"""Calls about purchases that were none in the end: they go with their reason and the rep's ToDo, and come again."""

import frappe

from tests.site.care.asked import next_working_day, only_todo, state
from tests.site.story import ANNA, COMPANY


def asked(story, name, **rule):
	"""A firm of Anna's that has bought for 3,000, and the ToDo she has about it."""
	firm = story.customer(name)
	story.file(firm, dedicated_rep=ANNA)
	story.rule(**rule)
	story.completed_yesterday()
	sold = story.invoice(firm, 1500, qty=2)
	tonight = next_working_day(story)
	story.night(tonight)
	assert only_todo(story, firm).status == "Open"
	return firm, sold, tonight


def give_back(story, sold, **values):
	return [story.credit(sold, 1500, **values) for _time in range(2)]


def test_the_call_about_a_purchase_ends_when_all_of_it_is_credited(now):
	story = now
	firm, sold, tonight = asked(story, "Firm")
	half = give_back(story, sold)
	assert state(story, firm) == ("Cancelled", "Invoice credited")
	assert only_todo(story, firm).status == "Cancelled"
	# The second credit note was a mistake: half of it was bought after all.
	half[1].reload()
	half[1].cancel()
	assert state(story, firm)[0] == "Planned"
	story.night(tonight)
	assert len(story.todos(ANNA, status="Open")) == 1


def test_a_purchase_written_anew_is_called_about_once(now):
	story = now
	firm, sold, tonight = asked(story, "Firm")
	give_back(story, sold)
	anew = story.invoice(firm, 2900)
	[call] = story.follow_ups(firm)
	assert (call.status, call.occurrence, call.reference_name) == ("Planned", sold.name, anew.name)
	assert anew.name in call.reason
	story.night(tonight)
	[call] = story.follow_ups(firm)
	assert call.status == "Assigned"
	# Below the amount, and wrong again: nobody is called.
	story.credit(anew, 2900)
	assert state(story, firm) == ("Cancelled", "Invoice credited")
	story.invoice(firm, 100)
	story.night(tonight)
	assert len(story.follow_ups(firm)) == 1


def test_a_debit_note_and_an_opening_entry_are_no_large_purchase(now):
	story = now
	firm = story.customer("Firm")
	story.rule()
	sold = story.invoice(firm, 100)
	story.invoice(firm, 5000, is_debit_note=1, return_against=sold.name)
	frappe.db.set_value("Sales Invoice", story.invoice(firm, 5000, submit=False).name, "is_opening", "Yes")
	story.completed_yesterday()
	story.night(next_working_day(story))
	assert not story.follow_ups(firm)


def test_credit_notes_that_were_imported_are_found_by_the_night(now):
	story = now
	firm, sold, tonight = asked(story, "Firm")
	for note in give_back(story, sold, submit=False):
		frappe.db.set_value("Sales Invoice", note.name, "docstatus", 1)
	frappe.db.commit()
	assert state(story, firm)[0] == "Assigned"
	story.night(tonight)
	assert state(story, firm) == ("Cancelled", "Invoice credited")
	assert only_todo(story, firm).status == "Cancelled"


def test_the_welcome_goes_with_the_first_purchase_and_comes_with_the_next(now):
	story = now
	firm, sold, tonight = asked(story, "Firm", trigger="First Purchase", due_in_days=0)
	give_back(story, sold)
	assert state(story, firm) == ("Cancelled", "Invoice credited")
	story.night(tonight)
	assert len(story.follow_ups(firm)) == 1, "has bought nothing yet"
	later = story.invoice(firm, 50, item={"item_code": story.item("Other")})
	story.night(tonight)
	old, new = sorted(story.follow_ups(firm), key=lambda row: row.status, reverse=True)
	assert (old.status, new.status) == ("Cancelled", "Assigned")
	later.reload()
	later.cancel()
	assert sorted(row.hold_reason for row in story.follow_ups(firm)) == [
		"Invoice cancelled",
		"Invoice credited",
	]


def test_who_had_bought_before_the_books_were_opened_is_not_welcomed(now):
	story = now
	known, new = story.customer("Known"), story.customer("New")
	for customer in (known, new):
		story.file(customer, dedicated_rep=ANNA)
	story.rule(trigger="First Purchase", due_in_days=0)
	opening = story.invoice(known, 900, story.days_ago(10))
	frappe.db.set_value("Sales Invoice", opening.name, "is_opening", "Yes")
	story.completed_yesterday()
	story.night()
	assert not story.follow_ups(known), "nor is the opening entry a first purchase"
	for customer in (known, new):
		story.invoice(customer, 100)
	story.night(next_working_day(story))
	assert [row.customer for row in story.follow_ups()] == [new]


def test_a_milestone_that_was_not_reached_after_all(now):
	story = now
	firm, sold, tonight = asked(story, "Firm", trigger="Milestone", min_amount=2000, due_in_days=0)
	story.credit(sold, 1500)
	assert state(story, firm) == ("Cancelled", "Invoice credited"), "1,500 of 2,000"
	story.invoice(firm, 600)
	story.night(tonight)
	assert sorted(row.status for row in story.follow_ups(firm)) == ["Assigned", "Cancelled"]


def test_a_purchase_stays_with_its_call_whatever_is_credited_later(now):
	story = now
	firm = story.customer("Firm")
	story.rule(min_amount=2000, due_in_days=60)
	story.completed_yesterday()
	wrong = story.invoice(firm, 3000, story.days_ago(35))
	other = story.invoice(firm, 100, story.days_ago(21))
	story.credit(wrong, 3000, story.days_ago(20))
	anew = story.invoice(firm, 5000, story.days_ago(13))
	story.invoice(firm, 700, story.days_ago(14))
	# From now on the smaller one stands for what was wrong, and the large one for this.
	story.credit(other, 100, story.days_ago(16))
	story.night(next_working_day(story))
	assert [(call.occurrence, call.reference_name) for call in story.follow_ups(firm)] == [
		(wrong.name, anew.name)
	]


def test_the_first_night_by_new_rules_asks_nobody_twice_and_forgets_nobody(now):
	"""What stands in the values was measured by the rules before; what was asked of reps stays as it is."""
	story = now
	sold = []
	for name, trigger in (("Large", {}), ("Welcome", {"trigger": "First Purchase", "due_in_days": 0})):
		firm = story.customer(name)
		story.file(firm, dedicated_rep=ANNA)
		sold.append(firm)
		story.rule(name, **trigger)
	given_back = story.customer("Given Back")
	story.file(given_back, dedicated_rep=ANNA)
	story.completed_yesterday()
	invoices = [story.invoice(firm, 3000) for firm in (*sold, given_back)]
	tonight = next_working_day(story)
	story.settings(contact_cap=5)
	story.night(tonight)
	asked_before = {row.name: row.todo for row in story.follow_ups() if row.status == "Assigned"}
	assert {row.customer for row in story.follow_ups() if row.name in asked_before} == {*sold, given_back}
	# Credited in full before the update, when that was a purchase all the same.
	note = story.credit(invoices[-1], 3000, submit=False)
	frappe.db.set_value("Sales Invoice", note.name, "docstatus", 1)
	frappe.db.set_value(
		"Customer Value", {"customer": ("in", (*sold, given_back))}, "lens", f"Net Sales|{COMPANY}"
	)
	frappe.db.commit()
	for _time in range(2):
		story.night(tonight)
		rows = story.follow_ups()
		assert {row.name: row.todo for row in rows if row.name in asked_before} == asked_before
		assert {row.name for row in rows if row.status == "Assigned"} == {
			row.name for row in rows if row.name in asked_before and row.customer != given_back
		}
		todos = frappe.get_all("ToDo", {"allocated_to": ANNA, "status": "Open"}, pluck="reference_name")
		assert sorted(todos) == sorted(sold), "one each, and none about what was given back"
