"""What is due is due only as long as its reason holds; when it does not, the rep finds why, and nothing is asked for twice."""

import frappe
import pytest
from frappe.utils import add_days, getdate
from rq.timeouts import JobTimeoutException

from keep_customers.care import followups, my_day, premises, rep_help, rules
from keep_customers.care.triggers import Premise
from keep_customers.erp.aside import Aside
from keep_customers.worth import moves
from tests.site.care.asked import next_working_day, only_todo, state
from tests.site.mail import contact
from tests.site.story import ANNA, GROUP, PREFIX, TERRITORY, once


def comments(todo):
	return frappe.get_all(
		"Comment",
		{"reference_doctype": "ToDo", "reference_name": todo.name, "comment_type": "Info"},
		pluck="content",
	)


@pytest.fixture
@once
def silent(now):
	"""A firm that Anna has been asked to call, because it has bought nothing for 70 days."""
	return asked(now, "Firm", trigger="Silence", silent_days=60)


def asked(story, name, purchases=((100, 500), (70, 500)), **rule):
	firm = story.customer(name)
	story.file(firm, dedicated_rep=ANNA)
	story.history(firm, purchases)
	story.rule(**{"switched_on": story.days_ago(90), **rule})
	story.completed_yesterday()
	story.tonight = next_working_day(story, not_before=0)
	story.night(story.tonight)
	assert state(story, firm) == ("Assigned", "")
	return firm


def touch(firm, **values):
	return frappe.get_doc(
		{
			"doctype": "Customer Touch", "customer": firm, "date": frappe.utils.now_datetime(), "rep": ANNA,
			"channel": "Phone", "result": "Reached", **values,
		}
	).insert()  # fmt: skip


def test_who_buys_need_not_be_asked_why_not(now, silent):
	story = now
	invoice = story.invoice(silent, 100)
	assert state(story, silent) == ("Cancelled", "Bought again")
	todo = only_todo(story, silent)
	assert todo.status == "Cancelled"
	assert comments(todo) == ["Not due any more: Bought again"]
	# It was a mistake: the firm is silent still, and is called once.
	invoice.reload()
	invoice.cancel()
	story.night(story.tonight)
	story.night(story.tonight)
	assert sorted(row.status for row in story.follow_ups(silent)) == ["Assigned", "Cancelled"]
	assert len(story.todos(ANNA, status="Open")) == 1


def test_who_was_spoken_to_meanwhile_is_not_called_again_tomorrow(now, silent):
	story = now
	touch(silent, channel="Messenger")
	assert state(story, silent) == ("Cancelled", "Contacted meanwhile")
	story.night(story.tonight)
	assert len(story.follow_ups(silent)) == 1


def test_a_contact_that_did_not_happen_ends_nothing_for_good(now, silent):
	story = now
	mistake = touch(silent)
	assert state(story, silent)[0] == "Cancelled"
	mistake.delete()
	story.night(story.tonight)
	assert sorted(row.status for row in story.follow_ups(silent)) == ["Assigned", "Cancelled"]


def test_the_rhythm_goes_on_from_the_other_contact(now):
	story = now
	firm = asked(story, "Firm", trigger="Tier Cadence")
	mistake = touch(firm)
	assert state(story, firm) == ("Cancelled", "Contacted meanwhile")
	story.night(story.tonight)
	assert len(story.follow_ups(firm)) == 1
	mistake.delete()
	story.night(story.tonight)
	assert sorted(row.status for row in story.follow_ups(firm)) == ["Assigned", "Cancelled"]


def test_the_rhythm_goes_on_when_the_customer_was_disabled_by_mistake(now):
	story = now
	firm = asked(story, "Firm", trigger="Tier Cadence")
	for disabled in (1, 0):
		frappe.get_doc("Customer", firm).update({"disabled": disabled}).save()
	assert state(story, firm) == ("Cancelled", "Customer disabled")
	story.night(story.tonight)
	assert sorted(row.status for row in story.follow_ups(firm)) == ["Assigned", "Cancelled"]


def test_a_rhythm_that_was_entered_wrongly_floods_nobody_once_it_is_mended(now):
	story = now
	story.settings(rep_capacity=1)
	other = story.customer("Other")
	story.file(other, dedicated_rep=ANNA)
	story.history(other, ((100, 400), (70, 400)))
	firm = asked(story, "Firm", trigger="Tier Cadence")
	assert state(story, other) == ("Planned", "Rep's capacity")
	rhythms = dict(frappe.get_all("Customer Tier", fields=["name", "contact_every_days"], as_list=True))
	for tier in rhythms:
		frappe.db.set_value("Customer Tier", tier, "contact_every_days", 10 * 365)
	story.night(story.tonight)
	assert (state(story, other), state(story, firm)) == (("Cancelled", "No longer true"), ("Assigned", ""))
	for tier, days in rhythms.items():
		frappe.db.set_value("Customer Tier", tier, "contact_every_days", days)
	story.night(story.tonight)
	assert sorted(row.status for row in story.follow_ups(other)) == ["Cancelled", "Planned"]


@pytest.mark.parametrize("by", ["the rule", "its holiday list"])
def test_greetings_for_a_day_that_was_moved(now, by):
	story = now
	firm = story.customer("Firm")
	tomorrow, later = (add_days(story.today, days) for days in (1, 2))
	holidays = frappe.get_doc(
		{
			"doctype": "Holiday List", "holiday_list_name": f"{PREFIX} Festivals", "from_date": story.today,
			"to_date": add_days(story.today, 30), "holidays": [{"holiday_date": tomorrow, "description": "Eid"}],
		}
	).insert()  # fmt: skip
	if by == "the rule":
		rule = story.rule(trigger="Season", yearly_on=tomorrow, days_before=3)
	else:
		rule = story.rule(trigger="Festival", holiday_list=holidays.name, days_before=3)

	def noted():
		premises.end_what_is_over(story.today, Aside())
		[known] = rules.read({"name": rule.name})
		followups.add(rules.due(known, story.today))
		return [(row.due_date, row.status) for row in story.follow_ups(firm)]

	assert noted() == noted() == [(tomorrow, "Planned")]
	rule.reload()
	rule.update({"yearly_on": later if by == "the rule" else None}).save()
	holidays.holidays[0].holiday_date = later
	holidays.save()
	assert noted() == [(tomorrow, "Cancelled"), (later, "Planned")]


def test_who_opens_a_todo_again_is_not_answered_by_the_first_call(now, silent):
	story = now
	todo = only_todo(story, silent)
	touch(silent, todo=todo.name, follow_up=todo.keep_follow_up, result="Left a Message")
	todo.reload()
	todo.status = "Closed"
	todo.save()
	todo.status = "Open"
	todo.save()
	story.night(story.tonight)
	assert state(story, silent)[0] == "Assigned" and only_todo(story, silent).status == "Open"


def test_a_delivery_that_came_back_is_not_asked_about(now):
	story = now
	firm = story.customer("Firm")
	story.file(firm, dedicated_rep=ANNA)
	story.history(firm, [(10, 100)])
	row = ("KEEP-TEST-DN", firm, f"{PREFIX} Tools", getdate(), 1, frappe.utils.now_datetime())
	fields = ["name", "customer", "company", "posting_date", "docstatus", "modified"]
	frappe.db.bulk_insert("Delivery Note", fields, [row])
	try:
		story.rule(trigger="Delivery", due_in_days=9)
		story.completed_yesterday()
		tonight = next_working_day(story, not_before=0)
		story.night(tonight)
		assert state(story, firm)[0] == "Assigned"
		frappe.db.set_value("Delivery Note", "KEEP-TEST-DN", "per_returned", 100)
		story.night(tonight)
		story.night(tonight)
		assert state(story, firm) == ("Cancelled", "No longer true")
	finally:
		frappe.db.delete("Delivery Note", {"name": "KEEP-TEST-DN"})


def test_another_apps_trigger_about_a_customer_that_is_excluded(now, monkeypatch):
	story = now
	firm = story.customer("Firm")
	story.customer("Another")
	rule = story.rule(trigger="Silence", silent_days=10)
	found = [{"customer": firm, "occurrence": "tank", "planned_on": story.today, "due_date": story.today}]
	monkeypatch.setattr(rules, "registered_as", lambda hook, name: lambda rule, today: list(found))
	rule = rules.read({"name": rule.name})[0]
	assert len(rules.due(rule, story.today)) == 1
	story.settings(excluded_customers=[{"customer": firm}])
	assert rules.due(rule, story.today) == []


def test_a_call_that_reached_nobody_changes_nothing(now, silent):
	touch(silent, result="Not Reached")
	assert state(now, silent) == ("Assigned", "")


def test_an_e_mail_is_a_contact_too(now, silent):
	story = now
	who = contact(silent, email="olga@firm.example")
	frappe.get_doc(
		{
			"doctype": "Communication", "communication_type": "Communication", "communication_medium": "Email",
			"sent_or_received": "Received", "subject": "Hello", "content": "We need nothing.",
			"sender": "olga@firm.example", "reference_doctype": "Contact", "reference_name": who.name,
			"communication_date": frappe.utils.now_datetime(),
		}
	).insert()  # fmt: skip
	assert state(story, silent) == ("Cancelled", "Contacted meanwhile")


def test_what_was_already_done_stays_done(now, silent):
	todo = only_todo(now, silent)
	todo.status = "Closed"
	todo.save()
	now.invoice(silent, 100)
	touch(silent)
	assert state(now, silent)[0] == "Done"
	assert only_todo(now, silent).status == "Closed"


def test_one_contact_goes_on_for_what_is_left_of_it(now):
	story = now
	story.rule("Large", min_amount=400, due_in_days=90, switched_on=story.days_ago(90))
	firm = story.customer("Firm")
	story.file(firm, dedicated_rep=ANNA)
	story.history(firm, [(100, 500), (70, 500)])
	story.rule("Silent", trigger="Silence", silent_days=60, switched_on=story.days_ago(90))
	story.completed_yesterday()
	story.night(next_working_day(story, not_before=0))
	[todo] = story.todos(ANNA, status="Open")
	reasons = {row.care_rule: row for row in story.follow_ups(firm)}
	assert {row.todo for row in reasons.values()} == {todo.name} and len(reasons) == 2
	touch(firm)
	assert {rule: row.status for rule, row in {r.care_rule: r for r in story.follow_ups(firm)}.items()} == {
		f"{PREFIX} Large": "Assigned",
		f"{PREFIX} Silent": "Cancelled",
	}
	left = frappe.get_doc("ToDo", todo.name)
	assert left.status == "Open" and "Bought for" in left.description and "Not seen" not in left.description
	frappe.set_user(ANNA)
	help, day = rep_help.for_todo(todo.name), my_day.today()
	frappe.set_user("Administrator")
	[reason], [asked_for] = help["reasons"], day["contacts"]
	assert "Bought for" in reason.reason and asked_for["reasons"] == [reason.reason]


@pytest.mark.parametrize(
	("change", "why"),
	[
		({"disabled": 1}, "Customer disabled"),
		({"is_internal_customer": 1, "represents_company": f"{PREFIX} Tools"}, "Customer excluded"),
		({"territory": None}, "Customer no longer fits"),
	],
)
def test_who_is_no_customer_for_it_any_more(now, change, why):
	story = now
	firm = asked(story, "Firm", trigger="Silence", silent_days=60, territory=TERRITORY)
	doc = frappe.get_doc("Customer", firm)
	if "territory" in change:
		change = {"territory": frappe.db.get_value("Territory", TERRITORY, "parent_territory")}
	doc.update(change)
	doc.save()
	assert state(story, firm) == ("Cancelled", why)
	assert only_todo(story, firm).status == "Cancelled"


def test_who_is_excluded_gets_nothing_from_any_rule(now):
	story = now
	firms = [story.customer(name) for name in ("Of a Group", "By Name", "Kept")]
	inner = frappe.get_doc(
		{
			"doctype": "Customer Group", "customer_group_name": f"{PREFIX} Inner", "is_group": 0,
			"parent_customer_group": frappe.db.get_value("Customer Group", GROUP, "parent_customer_group"),
		}
	).insert()  # fmt: skip
	frappe.db.set_value("Customer", firms[0], "customer_group", inner.name)
	for firm in firms:
		story.file(
			firm,
			dedicated_rep=ANNA,
			people=[{"full_name": "Ada", "birthday": add_days(getdate(), -365 * 30), "decides": 1}],
		)
		story.history(firm, [(100, 500), (70, 500), (1, 3000)])
		frappe.get_doc(
			{
				"doctype": "Referral",
				"referrer": firm,
				"referred_customer": story.customer(f"By {firm}"),
				"date": getdate(),
			}
		).insert()
		story.case(firm, status="Closed", closed_on=frappe.utils.now_datetime())
	for trigger in rules.TRIGGERS:
		story.rule(
			trigger.replace(":", ""), trigger=trigger, switched_on=story.days_ago(90), silent_days=1, top_n=9, max_score=90,
			festival="Christmas", yearly_on=getdate(), days_before=0, min_amount=400,
		)  # fmt: skip
	story.completed_yesterday()
	story.night()
	before = {row.customer for row in story.follow_ups() if row.care_rule}
	assert before.issuperset(firms)
	assert premises.over(premises.waiting(), story.today) == {}, "no rule makes what its own premise ends"
	story.settings(
		excluded_groups=[{"customer_group": inner.name}], excluded_customers=[{"customer": firms[1]}]
	)
	story.night()
	left = {row.customer for row in story.follow_ups() if row.care_rule and row.status in followups.PENDING}
	assert left.isdisjoint(firms[:2]) and firms[2] in left
	whys = {
		row.hold_reason for row in story.follow_ups(firms[0]) if row.care_rule and row.status == "Cancelled"
	}
	assert whys == {"Customer excluded"}
	asked_still = {row.todo for row in story.follow_ups() if row.care_rule and row.status in followups.OPEN}
	for firm in firms[:2]:
		# What they were promised is kept.
		open_ones = {todo.name for todo in story.todos(status="Open") if todo.reference_name == firm}
		assert open_ones.isdisjoint(asked_still)
	# And nothing new, from any of them.
	for one in rules.enabled(story.today):
		assert {row["customer"] for row in rules.due(one, story.today)}.isdisjoint(firms[:2]), one.trigger


def test_who_moves_down_again_is_not_congratulated(now):
	story = now
	firm, small, large = (story.customer(name) for name in ("Firm", "Small", "Large"))
	for customer in (firm, small):
		story.file(customer, dedicated_rep=ANNA)
		story.history(customer, [(10, 100)])
		moved(customer, story.days_ago(1), "Up")
	story.history(large, [(10, 100)])
	moved(large, story.days_ago(60), "Down")
	story.rule(trigger="Tier Up")
	story.completed_yesterday()
	tonight = next_working_day(story, not_before=0)
	story.night(tonight)
	assert state(story, firm)[0] == "Assigned"
	moved(firm, tonight, "Down")
	story.night(tonight)
	assert state(story, firm) == ("Cancelled", "Moved again")
	story.night(tonight)
	assert len(story.follow_ups(firm)) == 1
	# Nor who has not moved, but is what another one has become that did.
	frappe.rename_doc("Customer", small, large, merge=True, show_alert=False)
	assert state(story, large) == ("Cancelled", "Moved again")
	assert moves.tiers_on(story.days_ago(1), [large])[large] == "Iron"


def moved(firm, day, direction):
	tiers = ("Iron", "Gold") if direction == "Up" else ("Gold", "Iron")
	frappe.get_doc(
		{
			"doctype": "Tier Change", "customer": firm, "date": day, "direction": direction, "from_tier": tiers[0],
			"to_tier": tiers[1],
		}
	).insert()  # fmt: skip


def test_a_birthday_that_was_a_mistake(now):
	story = now
	firm = story.customer("Firm")
	tomorrow = add_days(getdate(), 1)
	file = story.file(
		firm,
		dedicated_rep=ANNA,
		people=[{"full_name": "Ada", "birthday": add_days(tomorrow, -3653), "decides": 1}],
	)
	day = getdate(tomorrow).replace(year=1990) if (tomorrow.month, tomorrow.day) != (2, 29) else tomorrow
	file.people[0].birthday = day
	file.save()
	story.history(firm, [(10, 100)])
	story.rule(trigger="Birthday", days_before=3)
	story.completed_yesterday()
	story.night()
	[greeting] = story.follow_ups(firm)
	assert greeting.status in followups.PENDING
	file.reload()
	file.people[0].birthday = add_days(day, 40)
	file.save()
	assert state(story, firm) == ("Cancelled", "No longer true")


def test_a_refusal_ends_what_is_asked_for_by_that_channel(now, silent):
	story = now
	file = frappe.get_doc("Customer File", silent)
	file.append("consents", {"channel": "Phone", "consent": "Refused", "date": getdate()})
	file.save()
	assert state(story, silent) == ("Cancelled", "No consent")
	story.night(story.tonight)
	assert len(story.follow_ups(silent)) == 1


def test_an_imported_invoice_is_found_by_the_night_which_counts_what_it_ended(now, silent):
	story = now
	story.history(silent, [(0, 100)])
	assert state(story, silent) == ("Assigned", "")
	run = story.night(story.tonight)
	assert state(story, silent) == ("Cancelled", "Bought again") and run.ended == 1
	assert story.night(story.tonight).ended == 0


def test_it_is_asked_once_more_when_the_todo_is_made(now, silent, monkeypatch):
	story = now
	other = story.customer("Other")
	story.file(other, dedicated_rep=ANNA)
	story.history(other, [(100, 500), (70, 500)])
	real = premises.end_what_is_over

	def and_then(today, aside):
		ended = real(today, aside)
		frappe.db.set_value("Customer", other, "disabled", 1)
		return ended

	monkeypatch.setattr(premises, "end_what_is_over", and_then)
	story.night(story.tonight)
	frappe.db.set_value("Customer", other, "disabled", 0)
	rows = story.follow_ups(other)
	assert [row.status for row in rows] in ([], ["Cancelled"]) and not any(row.todo for row in rows)


def test_a_premise_that_fails_costs_what_it_is_about_and_nothing_else(now, silent, monkeypatch):
	story = now
	other = story.customer("Other")
	story.file(other, dedicated_rep=ANNA)
	story.history(other, [(30, 100)])
	story.rule("Calls", min_amount=50, due_in_days=60, switched_on=story.days_ago(90))
	story.night(story.tonight)
	broken = Premise("No longer true", lambda rows, today: 1 / 0)
	monkeypatch.setitem(rules.TRIGGERS, "Silence", rules.TRIGGERS["Silence"]._replace(premises=(broken,)))
	frappe.db.delete("Sales Invoice", {"customer": other})
	run = story.night(story.tonight)
	assert state(story, other) == ("Cancelled", "Invoice cancelled")
	assert state(story, silent) == ("Assigned", "")
	assert run.status == "Completed With Errors" and "division by zero" in story.errors(run)


def test_a_premise_that_fails_takes_nothing_with_it_that_stands_before_it(now, silent, monkeypatch):
	"""Who is about to make a ToDo has written, and holds its customers."""
	now.night(now.tonight)
	[row] = now.follow_ups(silent)
	broken = Premise("No longer true", lambda rows, today: frappe.db.sql("select nothing"))
	monkeypatch.setitem(rules.TRIGGERS, "Silence", rules.TRIGGERS["Silence"]._replace(premises=(broken,)))
	frappe.db.set_value("Customer", silent, "website", "before.example")
	aside, before = Aside(), []
	frappe.db.before_rollback.add(lambda: before.append("all"))
	assert not premises.end_before_asked({row.name}, now.tonight, aside)
	assert aside.left and frappe.db.get_value("Customer", silent, "website") == "before.example"
	assert not before


@pytest.mark.parametrize("error", [frappe.QueryDeadlockError, JobTimeoutException])
def test_who_is_not_to_blame_is_not_set_aside(now, silent, monkeypatch, error):
	now.night(now.tonight)
	[row] = now.follow_ups(silent)

	def given_up(rows, today):
		raise error("the whole job")

	broken = Premise("No longer true", given_up)
	monkeypatch.setitem(rules.TRIGGERS, "Silence", rules.TRIGGERS["Silence"]._replace(premises=(broken,)))
	aside = Aside()
	with pytest.raises(error):
		premises.end_before_asked({row.name}, now.tonight, aside)
	assert not aside.left


def test_every_trigger_says_what_must_be_true():
	"""Who adds one thinks of it; these are true whatever happens."""
	always = {"Year's Best"}
	assert {name for name, trigger in rules.TRIGGERS.items() if not trigger.premises} == always
	options = frappe.get_meta("Follow Up").get_field("hold_reason").options.split("\n")
	for trigger in rules.TRIGGERS.values():
		assert all(isinstance(one, Premise) and one.why in options for one in trigger.premises)
