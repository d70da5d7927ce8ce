"""Large purchases, as they are submitted in Desk, ask for a call at once."""

from datetime import timedelta

import frappe
from frappe.utils import now_datetime

from keep_customers.care import todos
from keep_customers.jobs import invoices
from tests.site.care.asked import asked_for, next_working_day, only_todo, state
from tests.site.story import ABROAD, ANNA, PREFIX, abroad, rate


def test_a_large_invoice_asks_for_a_call_at_once_and_a_small_one_does_not(now):
	story = now
	firm = story.customer("Firm")
	rule = story.rule()
	story.invoice(firm, 1999.99)
	assert not story.follow_ups(firm)
	draft = story.invoice(firm, 5000, submit=False)
	assert not story.follow_ups(firm)
	draft.submit()
	[call] = story.follow_ups(firm)
	assert (call.status, call.care_rule, call.occurrence) == ("Planned", rule.name, draft.name)
	assert (call.due_date, call.channel) == (story.today + timedelta(days=7), "Phone")
	assert draft.name in call.reason and "5,000.00" in call.reason.replace("5.000,00", "5,000.00")
	story.invoice(firm, 2000)
	assert len(story.follow_ups(firm)) == 2, "2,000 itself is enough"
	story.credit(draft, 5000)
	assert len(story.follow_ups(firm)) == 2, "a return is no purchase"


def test_a_rule_asks_from_the_moment_it_is_switched_on_not_from_the_next_day(now):
	story = now
	firm = story.customer("Firm")
	story.invoice(firm, 5000)
	story.rule(switched_on=now_datetime())
	assert not story.follow_ups(firm)
	bought = story.invoice(firm, 3000)
	[call] = story.follow_ups(firm)
	assert (call.status, call.occurrence) == ("Planned", bought.name)


def test_the_amount_is_compared_in_the_reporting_currency(now):
	story = now
	abroad()
	rate(0.125, story.today.replace(day=1))
	far, other = story.customer("Far"), story.customer("Other Company")
	story.rule()
	story.history(far, [(2, 15999), (1, 16000)], company=ABROAD)  # 1,999.88 and 2,000 EUR
	story.history(other, [(1, 4000)])
	rule = frappe.get_doc("Care Rule", f"{PREFIX} Rule")
	rule.company = ABROAD
	rule.save()
	story.completed_yesterday()
	story.night()
	[call] = story.follow_ups()
	assert (call.customer, call.currency) == (far, "EUR")


def test_the_call_is_taken_back_with_its_todo_when_the_invoice_is_cancelled_first(now):
	story = now
	firm, called = story.customer("Firm"), story.customer("Called")
	for name in (firm, called):
		story.file(name, dedicated_rep=ANNA)
	story.rule()
	sold, early, planned = (
		story.invoice(name, amount) for name, amount in ((firm, 3000), (called, 4000), (called, 5000))
	)
	story.completed_yesterday()
	story.settings(contact_cap=0)
	tonight = next_working_day(story)
	story.night(tonight)
	assert len(story.todos(ANNA)) == 2, "two purchases of a customer are one call"
	todos.record_touch(only_todo_about(story, early).name, "Reached")

	for invoice in (sold, early):
		invoice.reload()
		invoice.cancel()
	assert state(story, firm) == ("Cancelled", "Invoice cancelled")
	assert only_todo(story, firm).status == "Cancelled"
	by_invoice = {row.reference_name: row.status for row in story.follow_ups(called)}
	assert by_invoice == {early.name: "Done", planned.name: "Done"}, "what was done stays done"

	# Amended: the call comes to life again; the one already made is not made twice.
	amended = [amend(invoice) for invoice in (sold, early)]
	[call] = story.follow_ups(firm)
	assert (call.status, call.todo, call.hold_reason or "") == ("Planned", None, "")
	assert call.reference_name == amended[0].name and call.occurrence == sold.name
	assert {row.reference_name: row.status for row in story.follow_ups(called)} == by_invoice
	story.night(tonight)
	assert frappe.db.get_value("ToDo", story.follow_ups(firm)[0].todo, "status") == "Open"
	assert len(story.follow_ups(called)) == 2

	# Amended once more, below the amount: no call.
	amended[0].reload()
	amended[0].cancel()
	amend(amended[0], rate=100)
	assert state(story, firm) == ("Cancelled", "Invoice cancelled")


def only_todo_about(story, invoice):
	[follow_up] = story.follow_ups(reference_name=invoice.name)
	return frappe.get_doc("ToDo", follow_up.todo)


def amend(invoice, **item):
	new = frappe.copy_doc(invoice)
	new.update({"amended_from": invoice.name, "set_posting_time": 1, "posting_date": invoice.posting_date})
	new.due_date = invoice.due_date
	new.items[0].update(item)
	new.insert()
	new.submit()
	return new


def test_a_follow_up_that_goes_wrong_never_stands_in_the_way_of_an_invoice(now, monkeypatch):
	story = now
	firm = story.customer("Firm")
	story.rule()
	sold = story.invoice(firm, 3000)

	def broken(*args, **kwargs):
		raise ZeroDivisionError("no call today")

	with monkeypatch.context() as patch:
		patch.setattr(invoices, "purchase_amounts", broken)
		patch.setattr(invoices.ending, "take_back", broken)
		other = story.invoice(firm, 4000)
		sold.reload()
		sold.cancel()
	assert (sold.docstatus, other.docstatus) == (2, 1)
	assert [row.reference_name for row in story.follow_ups(firm, status="Planned")] == [sold.name]
	frappe.db.delete("Error Log", {"method": ("like", "Keep Customers: follow-up of an invoice%")})
	# The night makes up for both.
	story.completed_yesterday()
	story.night(next_working_day(story))
	assert {row.reference_name: row.status for row in story.follow_ups(firm)} == {
		sold.name: "Cancelled", other.name: "Assigned",
	}  # fmt: skip


def test_a_rule_switched_off_takes_back_what_nobody_has_been_asked_yet(story):
	story.settings(rep_capacity=1)
	asked_for(story, ("One", "Two", "Three"))
	assert sorted(row.status for row in story.follow_ups()) == ["Assigned", "Planned", "Planned"]
	rule = frappe.get_doc("Care Rule", f"{PREFIX} Rule")
	rule.enabled = 0
	rule.save()
	states = sorted((row.status, row.hold_reason or "") for row in story.follow_ups())
	assert states == [("Assigned", "")] + [("Cancelled", "Rule switched off")] * 2
	assert story.night(story.today + timedelta(days=1)).assigned == 0
