"""What reps get to do and what becomes of it: follow-ups, their ToDos, and the contacts that answer them."""

from datetime import date, timedelta

import frappe
import pytest
from frappe.utils import add_to_date, getdate, now_datetime

from keep_customers.care import todos
from keep_customers.jobs import invoices
from tests.site.story import ABROAD, ANNA, BEN, COMPANY, EVE, MIA, PREFIX, TERRITORY, abroad, rate

WEDNESDAY = date(2026, 3, 4)


def asked_for(story, names=("Firm",), **rule):
	"""Customers that Anna looks after and has been asked to call today.

	:returns: the customers
	"""
	customers = [story.customer(name) for name in names]
	for name in customers:
		story.history(name, [(40, 100), (3, 3000)])
		story.file(name, dedicated_rep=ANNA)
	story.rule(**rule)
	story.completed_yesterday()
	story.asked_on = next_working_day(story, not_before=0)
	story.night(story.asked_on)
	return customers


def only_todo(story, customer):
	[follow_up] = story.follow_ups(customer)
	return frappe.get_doc("ToDo", follow_up.todo)


def state(story, customer):
	[follow_up] = story.follow_ups(customer)
	return follow_up.status, follow_up.hold_reason or ""


def as_user(user):
	frappe.set_user(user)


@pytest.fixture
def now(story):
	"""Today is really today, as where documents are submitted in Desk; rules were switched on some weeks ago."""
	story.today = getdate()
	return story


# The life of a ToDo


def test_the_follow_up_goes_with_its_todo(story):
	[firm] = asked_for(story)
	todo = only_todo(story, firm)
	assert (todo.allocated_to, todo.status, state(story, firm)) == (ANNA, "Open", ("Assigned", ""))

	todo.status = "Closed"
	todo.save()
	assert state(story, firm) == ("Done", "")
	assert story.follow_ups(firm)[0].done_on == getdate()
	todo.update({"status": "Open", "date": getdate() + timedelta(days=2)})
	todo.save()
	assert state(story, firm) == ("Assigned", "") and story.follow_ups(firm)[0].done_on is None
	todo.status = "Cancelled"
	todo.save()
	assert state(story, firm) == ("Cancelled", "ToDo cancelled")
	todo.update({"status": "Open", "allocated_to": BEN, "date": getdate() - timedelta(days=1)})
	todo.save()
	[follow_up] = story.follow_ups(firm)
	assert (follow_up.status, follow_up.assigned_to, follow_up.due_date) == ("Late", BEN, todo.date)
	todo.date = getdate() + timedelta(days=5)
	todo.save()
	assert state(story, firm) == ("Assigned", ""), "what is postponed is not late"
	todo.delete()
	assert state(story, firm) == ("Cancelled", "ToDo deleted")
	assert story.follow_ups(firm)[0].todo is None
	run = story.night()
	assert (run.planned, run.assigned) == (0, 0), "what a rep has thrown away does not come back"


def test_a_todo_somebody_wrote_a_follow_ups_name_into_does_not_move_it(story):
	[firm] = asked_for(story)
	frappe.get_doc(
		{
			"doctype": "ToDo", "description": "Mine", "allocated_to": EVE, "status": "Closed",
			"reference_type": "Customer", "reference_name": firm,
			"keep_follow_up": story.follow_ups(firm)[0].name,
		}
	).insert().delete()  # fmt: skip
	assert state(story, firm) == ("Assigned", "") and story.follow_ups(firm)[0].assigned_to == ANNA


def test_recording_a_contact_settles_the_follow_up_and_plans_the_agreed_next_step(now):
	story = now
	[firm] = asked_for(story)
	todo = only_todo(story, firm)
	in_three_days = story.asked_on + timedelta(days=3)
	as_user(ANNA)
	started = todos.follow_up_of(todo.name)
	assert (started["customer"], started["channel"]) == (firm, "Phone")
	name = todos.record_touch(
		todo.name, "Reached", notes="Wants a second drill for his son Emil", satisfaction=0.8,
		next_step="Quote for Emil's drill", next_step_date=str(in_three_days),
	)  # fmt: skip
	again = todos.record_touch(todo.name, "Reached")
	assert again == name, "the same answer sent twice is one contact"
	todo = frappe.get_doc("ToDo", todo.name)
	todo.status = "Closed"
	todo.save()
	as_user("Administrator")

	touch = frappe.get_doc("Customer Touch", name)
	assert (touch.customer, touch.rep, touch.channel, touch.satisfaction) == (firm, ANNA, "Phone", 0.8)
	assert frappe.db.get_value("Customer", firm, "keep_last_touch") == story.today
	done, step = sorted(story.follow_ups(firm), key=lambda row: row.status != "Done")
	assert (done.status, done.touch, done.done_on) == ("Done", name, story.today)
	assert (step.status, step.due_date, step.reference_name) == ("Planned", in_three_days, name)

	for ahead in (1, 2):
		assert story.night(story.asked_on + timedelta(days=ahead)).assigned == 0
	# The contact that agreed on it is within the cap's seven days; a promise is kept all the same. It falls on the
	# first working day from then on.
	for ahead in (3, 4, 5):
		if story.night(story.asked_on + timedelta(days=ahead)).assigned:
			break
	step = frappe.get_doc("Follow Up", step.name)
	assert step.status == "Assigned" and step.assigned_to == ANNA
	assert step.assigned_on.weekday() < 5 and step.assigned_on - in_three_days < timedelta(days=3)
	description = frappe.db.get_value("ToDo", step.todo, "description")
	assert "next step" in description and "Emil" not in description and "drill" not in description


def test_a_next_step_that_changes_takes_its_follow_up_along(now):
	story = now
	firm = story.customer("Firm")
	touch = frappe.get_doc(
		{
			"doctype": "Customer Touch", "customer": firm, "rep": ANNA, "channel": "Visit", "result": "Reached",
			"date": add_to_date(now_datetime(), hours=-1),
		}
	).insert()  # fmt: skip
	assert not story.follow_ups(firm)
	touch.update({"next_step": "Bring samples", "next_step_date": story.today + timedelta(days=10)})
	touch.save()
	[step] = story.follow_ups(firm)
	assert (step.status, step.due_date, step.channel) == (
		"Planned", story.today + timedelta(days=10), "Visit",
	)  # fmt: skip
	touch.next_step_date = story.today + timedelta(days=20)
	touch.save()
	[step] = story.follow_ups(firm)
	assert (step.status, step.due_date, step.planned_on) == ("Planned", touch.next_step_date, step.due_date)
	touch.next_step = None
	touch.save()
	assert state(story, firm) == ("Cancelled", "No longer agreed") and touch.next_step_date is None
	touch.update({"next_step": "After all", "next_step_date": story.today + timedelta(days=5)})
	touch.save()
	assert state(story, firm) == ("Planned", "")
	touch.delete()
	assert state(story, firm) == ("Cancelled", "No longer agreed")
	assert frappe.db.get_value("Customer", firm, "keep_last_touch") is None


@pytest.mark.parametrize(
	"values, complaint",
	[
		({"next_step": "Quote"}, "next step due"),
		({"date": "2090-01-01 10:00:00"}, "after it happened"),
		({"next_step": "Quote", "next_step_date": "2020-01-01"}, "before the contact"),
	],
	ids=["next step without a day", "in the future", "next step before it"],
)
def test_a_contact_that_cannot_be_is_refused(story, values, complaint):
	firm = story.customer("Firm")
	touch = {"doctype": "Customer Touch", "customer": firm, "channel": "Phone", "result": "Reached"}
	with pytest.raises(frappe.ValidationError, match=complaint):
		frappe.get_doc({**touch, "date": now_datetime(), **values}).insert()


def test_a_refused_answer_leaves_the_follow_up_as_it_was(now):
	[firm] = asked_for(now)
	todo = only_todo(now, firm)
	with pytest.raises(frappe.ValidationError, match="next step due"):
		todos.record_touch(todo.name, "Reached", next_step="Quote")
	assert state(now, firm) == ("Assigned", "") and not frappe.db.count("Customer Touch")


def test_a_reopened_todo_asks_for_another_contact_and_records_it(now):
	[firm] = asked_for(now)
	todo = only_todo(now, firm)
	first = todos.record_touch(todo.name, "Not Reached")
	for status in ("Closed", "Open"):
		todo = frappe.get_doc("ToDo", todo.name)
		todo.status = status
		todo.save()
	assert state(now, firm) == ("Assigned", "")
	assert frappe.db.get_value("Customer", firm, "keep_last_touch") is None, "nobody was reached"
	second = todos.record_touch(todo.name, "Reached")
	assert second != first and state(now, firm) == ("Done", "")
	assert frappe.db.get_value("Customer", firm, "keep_last_touch") == now.today
	todo = frappe.get_doc("ToDo", todo.name)
	todo.status = "Cancelled"
	todo.save()
	assert state(now, firm) == ("Done", ""), "a contact on record stays done"
	todo.delete()
	touch = frappe.get_doc("Customer Touch", second)
	touch.notes = "Corrected"
	touch.save()


# Large purchases, as they are submitted in Desk


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


def next_working_day(story, not_before=1):
	day = story.today + timedelta(days=not_before)
	while day.weekday() > 4:
		day += timedelta(days=1)
	return day


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


# Who is asked


def test_the_first_who_is_there_in_the_chain_is_asked(story):
	sales_person(story, "Field", BEN)
	sales_person(story, "Desk", EVE)
	sales_person(story, "Region", MIA)
	region = territory("Region", f"{PREFIX} Region")
	below = territory("Below", None, parent=region)
	nobody = territory("Nobody", None)
	try:
		team = [
			{"sales_person": f"{PREFIX} Desk", "allocated_percentage": 30},
			{"sales_person": f"{PREFIX} Field", "allocated_percentage": 70},
		]
		people = {
			"dedicated": (story.customer("Dedicated", account_manager=BEN, territory=below), ANNA),
			"manager": (
				story.customer("Manager", account_manager=ANNA, sales_team=team, territory=below),
				ANNA,
			),
			"team": (story.customer("Team", sales_team=team, territory=below), BEN),
			"territory": (story.customer("Territory Only", territory=below), MIA),
			"nobody": (story.customer("Nobody", territory=nobody), EVE),
		}
		story.file(people["dedicated"][0], dedicated_rep=ANNA, backup_rep=BEN)
		for customer, _rep in people.values():
			story.history(customer, [(40, 100), (3, 3000)])
		story.settings(fallback_user=EVE)
		story.rule()
		story.completed_yesterday()
		story.night()
		assert {c: story.follow_ups(c)[0].assigned_to for c, _rep in people.values()} == dict(people.values())

		# The region itself, by a rule that asks it first; a role; a user.
		story.settings(contact_cap=0)
		frappe.db.delete("Follow Up")
		frappe.db.set_value("Care Rule", f"{PREFIX} Rule", "assign_to", "Territory Manager")
		story.night()
		assert story.follow_ups(people["dedicated"][0])[0].assigned_to == MIA
		frappe.db.delete("Follow Up")
		frappe.db.set_value("Care Rule", f"{PREFIX} Rule", {"assign_to": "User", "user": BEN})
		story.night()
		assert {row.assigned_to for row in story.follow_ups()} == {BEN}
	finally:
		frappe.db.set_value(
			"Customer", {"territory": ("in", (region, below, nobody))}, "territory", TERRITORY
		)
		for name in (below, region, nobody):
			frappe.delete_doc("Territory", name, force=True)
		frappe.db.commit()


def territory(name, manager, parent=None):
	return (
		frappe.get_doc(
			{
				"doctype": "Territory", "territory_name": f"{PREFIX} {name}", "territory_manager": manager,
				"is_group": 1,
				"parent_territory": parent or frappe.db.get_value("Territory", TERRITORY, "parent_territory"),
			}
		).insert().name
	)  # fmt: skip


def sales_person(story, name, user):
	employee = frappe.get_doc(
		{
			"doctype": "Employee", "first_name": f"{PREFIX} {name}", "company": COMPANY, "status": "Active",
			"gender": "Female", "date_of_birth": "1990-01-01", "date_of_joining": "2020-01-01", "user_id": user,
			"create_user_permission": 0,
		}
	).insert()  # fmt: skip
	root = frappe.get_all("Sales Person", filters={"is_group": 1}, order_by="lft", limit=1, pluck="name")[0]
	return (
		frappe.get_doc(
			{
				"doctype": "Sales Person", "sales_person_name": f"{PREFIX} {name}", "employee": employee.name,
				"parent_sales_person": root, "enabled": 1,
			}
		).insert().name
	)  # fmt: skip


def test_who_cannot_log_in_is_passed_over_and_nobody_at_all_is_said_aloud(story):
	[firm] = [story.customer("Firm")]
	story.history(firm, [(40, 100), (3, 3000)])
	story.file(firm, dedicated_rep=ANNA, backup_rep=BEN)
	story.rule()
	story.completed_yesterday()

	def asked():
		frappe.db.delete("Follow Up")
		story.night()
		return story.follow_ups(firm)[0].assigned_to

	def disable(*users):
		frappe.db.set_value("User", {"name": ("in", users)}, "enabled", 0)

	disable(ANNA)
	assert asked() == BEN, "the backup"
	disable(BEN)
	story.settings(fallback_role="Keep Customers Manager", fallback_user=EVE)
	frappe.get_doc("User", MIA).add_roles("Keep Customers Manager")
	frappe.db.delete("Has Role", {"role": "Keep Customers Manager", "parent": ("!=", MIA)})
	try:
		assert asked() == MIA, "the fallback role"
	finally:
		frappe.get_doc("User", MIA).remove_roles("Keep Customers Manager")
		frappe.get_doc("User", "Administrator").add_roles("Keep Customers Manager")
	assert asked() == EVE, "the fallback user"
	disable(EVE)
	frappe.db.delete("Follow Up")
	run = story.night()
	[follow_up] = story.follow_ups(firm)
	assert (follow_up.status, follow_up.hold_reason, follow_up.assigned_to) == ("Planned", "No rep", None)
	assert "1 follow-ups have nobody to do them" in run.warnings and run.held_back == 1
	frappe.db.set_value("User", EVE, "enabled", 1)
	story.night()
	assert story.follow_ups(firm)[0].assigned_to == EVE, "once somebody is there, it is made up for"


# When, and when not


def test_a_customer_hears_from_us_once_within_the_caps_days(story):
	story.settings(contact_cap=1, contact_cap_days=7)
	firm = story.customer("Firm")
	story.history(firm, [(4, 3000)])
	story.file(firm, dedicated_rep=ANNA)
	story.rule(due_in_days=30)
	story.completed_yesterday()
	story.night()
	story.history(firm, [(0, 4000)])
	story.night(story.today + timedelta(days=1))
	assert sorted((row.status, row.hold_reason or "") for row in story.follow_ups(firm)) == [
		("Assigned", ""), ("Planned", "Contact cap"),
	]  # fmt: skip
	story.night(story.today + timedelta(days=6))
	assert len(story.todos()) == 1, "six days later it is still too early"
	story.night(story.today + timedelta(days=7))
	assert len(story.todos()) == 2

	# Whatever contact it was, also one recorded by hand.
	other = story.customer("Other")
	story.history(other, [(3, 3000)])
	frappe.get_doc(
		{
			"doctype": "Customer Touch", "customer": other, "channel": "Visit", "result": "Reached",
			"date": f"{story.days_ago(2)} 10:00:00",
		}
	).insert()  # fmt: skip
	story.night(story.today + timedelta(days=4))
	assert state(story, other) == ("Planned", "Contact cap")


def test_who_refused_the_channel_and_the_control_group_are_left_alone_with_a_reason(story):
	refused, agreed_later, other_channel = (
		story.customer(name) for name in ("Refused", "Agreed Later", "Other Channel")
	)
	consents = {
		refused: [("Phone", "Given", "2025-01-01"), ("Phone", "Refused", "2025-06-01")],
		agreed_later: [("Phone", "Given", "2025-06-01"), ("Phone", "Refused", "2025-01-01")],
		other_channel: [("Email", "Refused", "2025-06-01")],
	}
	for name, rows in consents.items():
		story.history(name, [(3, 3000)])
		story.file(
			name,
			dedicated_rep=ANNA,
			consents=[{"channel": c, "consent": answer, "date": day} for c, answer, day in rows],
		)
	story.rule()
	story.completed_yesterday()
	story.night()
	assert state(story, refused) == ("Skipped", "No consent")
	assert state(story, agreed_later) == state(story, other_channel) == ("Assigned", "")

	frappe.db.delete("Follow Up")
	frappe.db.set_value("Care Rule", f"{PREFIX} Rule", "control_share", 99.999)
	story.settings(contact_cap=0)
	run = story.night()
	assert {(row.status, row.hold_reason) for row in story.follow_ups()} == {("Skipped", "Control group")}
	assert (run.assigned, run.held_back) == (0, 3)


def test_todos_are_due_on_working_days_and_late_when_they_are_not_done(story):
	monday = WEDNESDAY + timedelta(days=5)
	holidays = frappe.get_doc(
		{
			"doctype": "Holiday List", "holiday_list_name": f"{PREFIX} Holidays",
			"from_date": "2026-01-01", "to_date": "2026-12-31",
			# Saturday, Sunday, and a Tuesday; the Monday after is a working day, and so is any other weekend.
			"holidays": [
				{"holiday_date": day, "description": "Closed"}
				for day in ("2026-03-07", "2026-03-08", "2026-03-10")
			],
		}
	).insert()  # fmt: skip
	story.settings(holiday_list=holidays.name)
	before, on, saturday = (story.customer(name) for name in ("Before", "On", "Saturday"))
	story.history(before, [(2, 3000)])  # Monday; a week later is a working day
	story.history(on, [(1, 3000)])  # Tuesday; a week later is a holiday
	story.rule(due_in_days=7)
	story.completed_yesterday()
	story.night()
	assert story.follow_ups(before)[0].due_date == monday
	assert story.follow_ups(on)[0].due_date == monday, "the last working day before the holiday"
	assert only_todo(story, on).date == monday

	story.history(saturday, [(-2, 3000)])  # Friday
	story.night(date(2026, 3, 7))
	assert state(story, saturday) == ("Planned", "Not a working day")
	story.night(date(2026, 3, 9))
	assert state(story, saturday) == ("Assigned", "")
	assert state(story, on) == ("Assigned", ""), "on its day nothing is late"
	story.night(date(2026, 3, 11))
	assert state(story, on) == ("Late", "") and state(story, before) == ("Late", "")
	assert only_todo(story, on).status == "Open"


def test_a_rhythm_goes_on_when_nobody_was_reached_or_the_rep_had_no_time(story):
	tried, dropped, reached = (story.customer(name) for name in ("Tried", "Dropped", "Reached"))
	for name in (tried, dropped, reached):
		story.history(name, [(40, 100), (20, 100)])
		story.file(name, dedicated_rep=ANNA)
	story.policy(company=COMPANY, high_share=100, top_share=0, low_share=0)  # all Gold: every 30 days
	story.rule("Cadence", trigger="Tier Cadence", switched_on=story.days_ago(31))
	story.completed_yesterday()
	story.night()
	for name, result in ((tried, "Not Reached"), (reached, "Reached")):
		todo = only_todo(story, name)
		touch = frappe.get_doc("Customer Touch", todos.record_touch(todo.name, result))
		touch.db_set("date", f"{story.today} 10:00:00")
		todo = frappe.get_doc("ToDo", todo.name)
		todo.status = "Closed"
		todo.save()
	frappe.db.set_value("Follow Up", {"status": "Done"}, "done_on", story.today)
	todo = only_todo(story, dropped)
	todo.status = "Cancelled"
	todo.save()

	story.night(story.today + timedelta(days=29))
	assert all(len(story.follow_ups(name)) <= 2 for name in (tried, dropped, reached))
	assert len(story.follow_ups(reached)) == 1, "thirty days have not passed"
	story.night(story.today + timedelta(days=30))
	for name in (tried, dropped, reached):
		# The spread of the rhythm's start has asked for some of them some days ago.
		assert len(story.follow_ups(name)) == 2, name
		assert story.follow_ups(name)[-1].status in ("Assigned", "Late"), name
	story.night(story.today + timedelta(days=75))
	assert len(story.follow_ups(reached)) == 2, "while one is open, no other is asked for"


def test_disabled_customers_are_not_called(story):
	story.settings(rep_capacity=1)
	asked_for(story, ("One", "Two"))
	[waits] = story.follow_ups(status="Planned")
	frappe.db.set_value("Customer", waits.customer, "disabled", 1)
	story.night(story.today + timedelta(days=1))
	assert state(story, waits.customer) == ("Cancelled", "Customer disabled")


# What can go wrong


def test_a_customer_that_breaks_costs_only_itself_and_is_reported(story, monkeypatch):
	def another_apps_hook(todo, method=None):
		if todo.reference_name.endswith("Broken"):
			raise RuntimeError("the other app has a bug")

	original = frappe.get_doc_hooks

	def with_hook():
		hooks = frappe._dict({name: dict(events) for name, events in original().items()})
		hooks["ToDo"]["after_insert"] = [*hooks["ToDo"].get("after_insert", []), HOOK]
		return hooks

	HOOK = "tests.site.test_todos.another_apps_hook"
	original_attr = frappe.get_attr
	with monkeypatch.context() as patch:
		patch.setattr(frappe, "get_doc_hooks", with_hook)
		patch.setattr(
			frappe,
			"get_attr",
			lambda method: another_apps_hook if method == HOOK else original_attr(method),
		)
		names = [story.customer(name) for name in ("Before", "Broken", "Other")]
		for name in names:
			story.history(name, [(40, 100), (3, 3000)])
		story.rule()
		story.completed_yesterday()
		run = story.night()
	assert (run.status, run.assigned) == ("Completed With Errors", 2)
	assert "the other app has a bug" in run.errors and names[1] in run.errors
	assert state(story, names[1]) == ("Planned", "")
	assert {todo.reference_name for todo in story.todos()} == {names[0], names[2]}
	story.night()
	assert len(story.todos()) == 3, "tried again the next time, and nothing doubled"


def test_a_rule_that_breaks_does_not_cost_the_reps_the_others(story, monkeypatch):
	from keep_customers.care import rules

	firm = story.customer("Firm")
	story.history(firm, [(3, 3000)])
	story.rule("A Cadence", trigger="Tier Cadence", switched_on=story.days_ago(400))
	story.rule("Purchase")
	story.completed_yesterday()
	monkeypatch.setitem(rules.TRIGGERS, "Tier Cadence", lambda rule, today: 1 / 0)
	run = story.night()
	assert run.status == "Completed With Errors"
	assert f"{PREFIX} A Cadence" in run.errors and "ZeroDivisionError" in run.errors
	assert state(story, firm) == ("Assigned", "")


def test_a_todo_says_why_and_nothing_personal_and_runs_no_script(story):
	firm = story.customer("Firm")
	title = "<script>alert(1)</script>Müller & Söhne <b>GmbH</b>"
	frappe.db.set_value("Customer", firm, "customer_name", title)
	story.history(firm, [(3, 3000)])
	story.file(
		firm,
		dedicated_rep=ANNA,
		personal_note="Divorced in spring",
		family="Wife Karla",
		people=[{"full_name": "Karla Meier", "relation": "Spouse", "phone": "+49 30 1234567"}],
	)
	story.rule()
	story.completed_yesterday()
	story.night()
	todo = only_todo(story, firm)
	comments = frappe.get_all(
		"Comment", filters={"reference_doctype": "Customer", "reference_name": firm}, pluck="content"
	)
	notices = frappe.get_all(
		"Notification Log", filters={"document_name": firm}, fields=["subject", "email_content"]
	)
	texts = [todo.description, *comments, *(str(row) for row in notices)]
	assert "Müller &amp; Söhne" in todo.description and "Call" in todo.description
	assert "3.000,00" in todo.description or "3,000.00" in todo.description
	for text in texts:
		assert "<script" not in text and "<b>GmbH" not in text
		for personal in ("Karla", "Divorced", "1234567"):
			assert personal not in text


def test_what_is_shipped_is_for_all_companies_groups_and_territories(story):
	from keep_customers.setup import install

	name = "Call After a Large Purchase"
	assert frappe.defaults.get_global_default("company"), "or the framework has nothing to fill in"
	before = frappe.db.get_value("Care Rule", name, "enabled")
	frappe.delete_doc("Care Rule", name)
	install.add_shipped_defaults()
	rule = frappe.get_doc("Care Rule", name)
	assert (rule.company, rule.customer_group, rule.territory, rule.enabled) == (None, None, None, before)
