"""The life of a ToDo: the follow-up goes with it, a contact answers it, and what goes wrong stays small."""

import html
from datetime import timedelta

import frappe
import pytest
from frappe.utils import add_to_date, getdate, now_datetime

from keep_customers.care import results, todos
from keep_customers.engine.followups import WorkingDays
from tests.site.care.asked import as_user, asked_for, only_todo, state
from tests.site.story import ANNA, BEN, EVE, PREFIX

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

	# The contact that agreed on it is within the cap's seven days; a promise is kept all the same. It is told on its day, or
	# on the Friday before.
	told_on = WorkingDays().on_or_before(in_three_days, story.today)
	for ahead in range(1, (told_on - story.asked_on).days):
		assert story.night(story.asked_on + timedelta(days=ahead)).assigned == 0
	assert story.night(told_on).assigned == 1
	step = frappe.get_doc("Follow Up", step.name)
	assert step.status == "Assigned" and step.assigned_to == ANNA
	assert (step.assigned_on, step.due_date) == (told_on, in_three_days)
	todo = frappe.get_doc("ToDo", step.todo)
	assert todo.keep_why == "Quote for Emil's drill", "the words that were agreed are what is to be done"
	assert todo.keep_why in html.unescape(todo.description) and "second drill" not in todo.description
	assert todo.priority == "High", "somebody is waiting for it"


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
	told_on = WorkingDays().on_or_before(touch.next_step_date, story.today)
	assert (step.status, step.due_date, step.planned_on) == ("Planned", touch.next_step_date, told_on)
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


def test_what_was_promised_to_a_customer_that_was_disabled_by_mistake_is_kept(now):
	firm = now.customer("Firm")
	now.file(firm, dedicated_rep=ANNA)
	touch = {
		"doctype": "Customer Touch",
		"customer": firm,
		"channel": "Phone",
		"result": "Reached",
		"rep": ANNA,
	}
	touch |= {"date": add_to_date(now_datetime(), days=-50), "next_step": "Quote"}
	for day in (now.today + timedelta(days=9), now.days_ago(40)):
		frappe.get_doc({**touch, "next_step_date": day}).insert()
	for disabled in (1, 0):
		frappe.get_doc("Customer", firm).update({"disabled": disabled}).save()
		if disabled:
			assert {row.status for row in now.follow_ups(firm)} == {"Cancelled"}
	assert [(row.status, row.hold_reason or "") for row in now.follow_ups(firm)] == [
		("Cancelled", "Customer disabled"), ("Planned", ""),
	]  # fmt: skip
	now.completed_yesterday()
	now.night(WorkingDays().on_or_before(now.today + timedelta(days=9), now.today))
	assert [row.status for row in now.follow_ups(firm)] == ["Cancelled", "Assigned"]


def test_what_was_told_days_later_was_done_on_the_day_of_the_contact(now):
	[firm] = asked_for(now)
	todo = only_todo(now, firm)
	todo.db_set("creation", add_to_date(now_datetime(), days=-5), update_modified=False)
	as_user(ANNA)
	results.record(todo.name, "Reached", "told-in-the-tunnel", seconds_ago=3 * 86400)
	as_user("Administrator")
	[follow_up] = now.follow_ups(firm)
	assert (follow_up.status, follow_up.done_on) == ("Done", now.days_ago(3))


def test_a_contact_stays_with_its_customer_and_on_somebodys_list(now):
	[firm] = asked_for(now)
	name = only_todo(now, firm).name
	as_user(ANNA)
	todo = frappe.get_doc("ToDo", name)
	todo.update({"reference_type": None, "reference_name": None}).save()
	as_user("Administrator")
	todo.reload()
	todo.update({"allocated_to": None}).save()
	todo.reload()
	assert (todo.reference_type, todo.reference_name, todo.allocated_to) == ("Customer", firm, ANNA)
	todo.update({"status": "Closed"}).save()
	assert state(now, firm) == ("Done", "")


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
	assert "the other app has a bug" in story.errors(run) and names[1] in story.errors(run)
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
	monkeypatch.setitem(rules.TRIGGERS, "Tier Cadence", rules.Trigger(lambda rule, today: 1 / 0))
	run = story.night()
	assert run.status == "Completed With Errors"
	assert f"{PREFIX} A Cadence" in story.errors(run) and "ZeroDivisionError" in story.errors(run)
	assert state(story, firm) == ("Assigned", "")


def test_a_todo_says_why_and_nothing_personal_and_runs_no_script(story):
	firm = story.customer("Firm")
	title = "<script>alert(1)</script>Müller & Söhne <GmbH"
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
		assert "<script" not in text and "<GmbH" not in text
		for personal in ("Karla", "Divorced", "1234567"):
			assert personal not in text


def test_todos_follow_the_language_their_user_chooses(now):
	"""In the list too, which shows what is stored."""

	[firm] = asked_for(now)
	todo = only_todo(now, firm)

	def shown():
		return frappe.db.get_value("ToDo", todo.name, ["description", "keep_why", "modified"])

	user = frappe.get_doc("User", todo.allocated_to)
	chosen, (words, why, modified) = user.language, shown()
	for language in ("zh", chosen):
		user.reload().update({"language": language}).save()
		said = shown()
		assert said[2] == modified, "nobody has changed it"
		assert (said[0] == words) is (said[1] == why) is (language == chosen)


def test_what_is_shipped_is_for_all_companies_groups_and_territories(story):
	from keep_customers.setup import install

	name = "Call After a Large Purchase"
	assert frappe.defaults.get_global_default("company"), "or the framework has nothing to fill in"
	before = frappe.db.get_value("Care Rule", name, "enabled")
	frappe.delete_doc("Care Rule", name)
	install.add_shipped_defaults()
	rule = frappe.get_doc("Care Rule", name)
	assert (rule.company, rule.customer_group, rule.territory, rule.enabled) == (None, None, None, before)
