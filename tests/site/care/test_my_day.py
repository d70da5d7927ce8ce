"""A rep's day on one page: the same ToDos as the list, in the planner's order, and nothing that is not theirs to read."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils import add_days, getdate, now_datetime

from keep_customers.care import my_day, results
from keep_customers.complaints import my_day as cases_of_day
from keep_customers.erp.calendar import working_days
from tests.site.statements import statements
from tests.site.story import ANNA, BEN, ITEM, MIA, PREFIX
from tests.site.web import Browser, Server

from .asked import as_user, asked_for, only_todo, state

ABOUT = {"reference_type": "Item", "reference_name": ITEM}  # a ToDo of the host's own


@pytest.fixture
def day(story, monkeypatch):
	"""A function: user -> their My Day, on the day of the story."""

	def of(user):
		today = getattr(story, "asked_on", story.today)
		monkeypatch.setattr(my_day, "getdate", lambda *when: getdate(*when) if when else today)
		as_user(user)
		try:
			return my_day.today() | my_day.beside()
		finally:
			as_user("Administrator")

	return of


def record(todo, result="Reached", key=None, user=ANNA, **said):
	as_user(user)
	try:
		return results.record(todo.name, result, key or str(uuid4()), **said)
	finally:
		as_user("Administrator")


def names(rows):
	return [row["customer"] for row in rows]


def test_the_day_has_the_reps_own_due_todos_the_most_at_stake_first(story, day):
	little, much, bens = asked_for(story, ("Little", "Much", "Bens"))
	for name, at_risk in ((little, 100), (much, 5000)):
		only_todo(story, name).update({"priority": "Medium", "keep_value_at_risk": at_risk}).save()
	only_todo(story, bens).update({"allocated_to": BEN}).save()
	private = frappe.get_doc(
		{"doctype": "ToDo", "description": "<p>Buy <b>paper</b></p>", "allocated_to": ANNA, "date": story.asked_on, **ABOUT}
	).insert()  # fmt: skip
	tomorrow = frappe.get_doc(
		{
			"doctype": "ToDo",
			"description": "Later",
			"allocated_to": ANNA,
			"date": story.asked_on + timedelta(days=1),
			**ABOUT,
		}
	).insert()
	annas = day(ANNA)
	assert names(annas["contacts"]) == [much, little]
	assert [(one["todo"], one["text"]) for one in annas["others"]] == [(private.name, "Buy paper")]
	assert [one["due"] for one in annas["contacts"]] == [
		False,
		False,
	]  # there is time until the day after tomorrow
	todos = {one["date"] for one in annas["contacts"]}
	assert {one["day"] for one in annas["coming"]} == {tomorrow.date, *todos}
	assert names(day(BEN)["contacts"]) == [bens] and not day(MIA)["contacts"]
	only_todo(story, much).update({"date": story.asked_on}).save()
	# As the list has them, in its order.
	as_user(ANNA)
	listed = frappe.get_list(
		"ToDo",
		filters={"allocated_to": ANNA, "status": "Open", "keep_follow_up": ("is", "set")},
		order_by="keep_turn desc, name asc",
		pluck="name",
	)
	as_user("Administrator")
	assert listed == [one["todo"] for one in day(ANNA)["contacts"]]
	only_todo(story, much).update({"date": story.asked_on + timedelta(days=2)}).save()
	only_todo(story, little).update({"date": story.asked_on}).save()
	assert names(day(ANNA)["contacts"]) == [little, much]  # what is due comes first


def test_several_reasons_are_one_contact(story, day):
	[firm] = asked_for(story)
	todo = only_todo(story, firm)
	follow_up = frappe.get_doc("Follow Up", todo.keep_follow_up)
	frappe.copy_doc(follow_up).update(
		{"occurrence": "second", "reason": "Another reason", "made_of": None}
	).insert()
	[contact] = day(ANNA)["contacts"]
	assert contact["todo"] == todo.name
	assert sorted(contact["reasons"]) == sorted([follow_up.reason, "Another reason"])


def test_what_is_put_off_is_said_with_its_reason_to_the_customers_rep(story, day):
	story.settings(rep_capacity=1)
	asked_for(story, ("One", "Two", "Three"))
	held = day(ANNA)["held_back"]
	assert [(one.reason, one.number) for one in held["reasons"]] == [("Rep's capacity", 2)]
	assert {row.hold_reason for row in held["rows"]} == {"Rep's capacity"} and len(held["rows"]) == 2
	assert not day(BEN)["held_back"]["rows"]


def test_who_is_nobodys_own_is_on_the_day_of_whom_the_planner_would_ask(story, day):
	story.settings(rep_capacity=1)
	firms = asked_for(story, ("One", "Two", "Three"))
	birthday = f"1985-{story.asked_on + timedelta(days=3):%m-%d}"
	for name in firms:
		file = frappe.get_doc("Customer File", name)
		file.append("people", {"full_name": "Mei Chen", "birthday": birthday})
		file.update({"dedicated_rep": None}).save()
		frappe.db.set_value("Customer", name, "account_manager", BEN)
	story.night(story.asked_on)
	bens = day(BEN)
	assert (len(bens["contacts"]), len(bens["held_back"]["rows"])) == (1, 1)
	assert {row.customer for row in bens["birthdays"]} == {*firms}
	annas = day(ANNA)
	assert not annas["held_back"]["rows"] and not annas["birthdays"]
	# While he is away, it is her day.
	frappe.db.set_value("User", BEN, "enabled", 0)
	frappe.db.set_value("Customer File", firms[0], "dedicated_rep", BEN)
	frappe.db.set_value("Customer File", firms[0], "backup_rep", ANNA)
	assert [row.customer for row in day(ANNA)["birthdays"]] == [firms[0]]


def test_birthdays_promises_visits_complaints_and_events_are_there(story, day, monkeypatch):
	[firm] = asked_for(story)
	today = story.asked_on
	file = frappe.get_doc("Customer File", firm)
	file.append("people", {"full_name": "Mei Chen", "birthday": f"1985-{today + timedelta(days=3):%m-%d}"})
	file.append("people", {"full_name": "Far Off", "birthday": f"1985-{today + timedelta(days=60):%m-%d}"})
	file.save()
	promised = frappe.get_doc(
		{
			"doctype": "Customer Touch", "customer": firm, "rep": ANNA, "channel": "Phone", "result": "Reached",
			"date": f"{today} 00:00:00", "next_step": "Send the offer", "next_step_date": today + timedelta(days=2),
		}
	).insert()  # fmt: skip
	case = story.case(firm, "broke", responsible=ANNA)
	story.case(firm, "bens", responsible=BEN)
	event = frappe.get_doc(
		{"doctype": "VIP Event", "theme": f"{PREFIX} Tea", "host": ANNA, "kind": "Salon", "status": "Planned",
		"starts_on": f"{today + timedelta(days=200)} 18:00:00"}
	).insert()  # fmt: skip
	plan = frappe.get_doc(
		{
			"doctype": "Visit Plan", "rep": ANNA, "from_date": today, "to_date": today, "method": "In Person", "purpose": "See them",
			"stops": [{"customer": firm, "goal": "The new saw", "place": "Main Street 1"}],
		}
	).insert()  # fmt: skip
	frappe.db.set_value("Visit Plan", plan.name, {"docstatus": 1, "status": "Approved"})
	found = day(ANNA)
	assert [(one.full_name, one.day) for one in found["birthdays"]] == [
		("Mei Chen", today + timedelta(days=3))
	]
	assert [(one.touch, one.next_step) for one in found["promises"]] == [(promised.name, "Send the offer")]
	assert [one.name for one in found["complaints"]] == [case.name]
	solved = {"answered_on": now_datetime(), "solved_on": now_datetime(), "solve_due": f"{today} 00:00:00"}
	old = story.case(firm, "smokes", responsible=ANNA)
	frappe.db.set_value("Complaint Case", old.name, {**solved, "status": "Solution Given"})
	monkeypatch.setattr(cases_of_day, "MOST", 1)
	assert [one.name for one in day(ANNA)["complaints"]] == [case.name], "not what waits for a word only"
	assert [one.name for one in found["events"]] == [event.name]
	assert [(one.plan, one.customer, one.place) for one in found["visits"]] == [
		(plan.name, firm, "Main Street 1")
	]
	assert not any(day(BEN)[part] for part in ("birthdays", "promises", "events", "visits"))


def test_the_number_of_queries_does_not_grow_with_the_todos(story, day):
	def queries():
		with statements() as sent:
			found = day(ANNA)
		return len(found["contacts"]), len(sent)

	story.settings(rep_capacity=0)
	asked_for(story, ("One", "Two"))
	day(ANNA)  # what the host remembers of roles and fields is asked once
	(few, before) = queries()
	[template] = frappe.get_all("Follow Up", {"todo": ("is", "set")}, ["*"], limit=1)
	for number in range(40):
		todo = frappe.get_doc(
			{"doctype": "ToDo", "description": "Call", "allocated_to": ANNA, "date": story.asked_on, **ABOUT}
		).insert()
		row = {**template, "name": None, "occurrence": f"more {number}", "todo": todo.name}
		made = frappe.get_doc({"doctype": "Follow Up", **row}).insert()
		todo.db_set("keep_follow_up", made.name)
	(many, after) = queries()
	assert (few, many) == (2, 42)
	assert after == before <= 24, (before, after)


def test_reached_closes_the_todo_and_what_was_agreed_comes_back(story):
	[firm] = asked_for(story)
	todo = only_todo(story, firm)
	on = add_days(getdate(), 7)
	answer = record(
		todo, notes="All well.", next_step="Send the offer", next_step_date=str(on), seconds_ago=60
	)
	todo.reload()
	touch = frappe.get_doc("Customer Touch", answer["touch"])
	assert (todo.status, answer["status"]) == ("Closed", "Closed")
	assert (touch.rep, touch.result, touch.notes, touch.todo) == (ANNA, "Reached", "All well.", todo.name)
	assert [(row.status, row.due_date) for row in story.follow_ups(firm)] == [
		("Done", todo.date),
		("Planned", on),
	]


def test_what_came_of_a_todo_that_a_clock_ahead_has_made_is_recorded_now(story):
	[firm] = asked_for(story)
	todo = only_todo(story, firm)
	todo.db_set("creation", add_days(frappe.utils.now_datetime(), 31), update_modified=False)
	touch = frappe.get_doc("Customer Touch", record(todo, notes="All well.")["touch"])
	assert getdate(touch.date) == getdate()


def test_what_is_sent_twice_is_recorded_once(story):
	[firm] = asked_for(story)
	todo, key = only_todo(story, firm), str(uuid4())
	first, second = (record(todo, key=key, notes="All well.") for _time in range(2))
	assert first["touch"] == second["touch"]
	assert frappe.db.count("Customer Touch", {"customer": firm}) == 1
	with pytest.raises(frappe.ValidationError):
		record(todo, key=key, user="Administrator")  # somebody else's key says nothing of theirs


def test_sent_by_two_tabs_at_once_over_http_it_is_recorded_once(story):
	[firm] = asked_for(story)
	todo, key = only_todo(story, firm), str(uuid4())
	frappe.db.commit()
	tabs = [Browser(Server(), ANNA) for _tab in range(2)]
	with ThreadPoolExecutor() as both:
		answers = list(
			both.map(
				lambda tab: (
					tab.call(
						"keep_customers.care.results.record", todo=todo.name, result="Reached", key=key
					).status_code
				),
				tabs,
			)
		)
	frappe.db.rollback()
	assert 200 in answers
	assert frappe.db.count("Customer Touch", {"customer": firm}) == 1


def test_who_was_not_reached_is_tried_again_on_a_working_day(story):
	[firm] = asked_for(story)
	todo = only_todo(story, firm)
	record(todo, "Not Reached")
	todo.reload()
	again = working_days(frappe.get_doc("Keep Customers Settings")).on_or_after(getdate() + timedelta(days=2))
	assert (todo.status, todo.date) == ("Open", again)
	assert state(story, firm) == ("Assigned", "")
	[touch] = frappe.get_all("Customer Touch", {"customer": firm}, ["result", "follow_up"])
	assert (touch.result, touch.follow_up) == ("Not Reached", None)


def test_not_useful_says_why_to_who_may_read_the_customer(story):
	[firm] = asked_for(story)
	todo = only_todo(story, firm)
	for _time in range(2):
		record(todo, "Not Useful", key="a" * 20, because="Other", notes="Spoken to <b>them</b> already")
	todo.reload()
	assert todo.status == "Cancelled" and state(story, firm)[0] == "Cancelled"
	[row] = story.follow_ups(firm)
	assert (row.not_useful, row.not_useful_words) == ("Other", "Spoken to <b>them</b> already")
	assert "Spoken" not in todo.description and not frappe.db.count("Customer Touch", {"customer": firm})


def test_what_a_colleague_has_settled_meanwhile_stays_and_the_contact_is_kept(story):
	[firm] = asked_for(story)
	todo = only_todo(story, firm)
	todo.update({"status": "Cancelled"}).save()
	record(todo, notes="Spoke all the same.")
	todo.reload()
	assert todo.status == "Cancelled" and state(story, firm)[0] == "Cancelled"
	assert frappe.db.get_value("Customer Touch", {"customer": firm}, "notes") == "Spoke all the same."


def test_over_http_nobody_reads_or_records_what_is_not_theirs(story):
	[firm] = asked_for(story)
	todo = only_todo(story, firm)
	frappe.db.set_value("ToDo", todo.name, {"allocated_to": BEN, "date": getdate()})
	frappe.db.set_value("Customer File", firm, "dedicated_rep", BEN)
	add_user_permission("Customer", story.customer("Other"), BEN)
	frappe.db.commit()
	ben, anna = (Browser(Server(), user) for user in (BEN, ANNA))
	for part in ("beside", "today"):
		answer = ben.call(f"keep_customers.care.my_day.{part}", "GET")
		assert answer.status_code == 200 and firm not in answer.text and "3,000" not in answer.text
	[hidden] = answer.json()["message"]["others"]
	assert (hidden["todo"], hidden["text"]) == (todo.name, None)
	for browser in (ben, anna):
		refused = browser.call(
			"keep_customers.care.results.record", todo=todo.name, result="Reached", key="b" * 20
		)
		assert refused.status_code == 403
	for part in ("beside", "today"):
		assert Browser(Server()).call(f"keep_customers.care.my_day.{part}", "GET").status_code == 403
	assert not frappe.db.count("Customer Touch")


def test_where_the_day_begins_is_each_users_own_choice(story):
	frappe.db.commit()
	anna = Browser(Server(), ANNA)
	assert anna.call("keep_customers.care.my_day_home.begin_here", yes=1).status_code == 200
	frappe.db.rollback()
	assert frappe.db.get_value("User", ANNA, "keep_my_day") == 1
	assert not frappe.db.get_value("User", BEN, "keep_my_day")
	page = anna.http.get(f"{anna.base}/app", headers={"Accept": "text/html"}, timeout=60).text
	assert '"keep_my_day":1' in page.replace('": ', '":')
	anna.call("keep_customers.care.my_day_home.begin_here", yes=0)


def test_nobody_of_a_disabled_customer_has_a_birthday(story, day):
	firms = [story.customer(name) for name in ("Firm", "Gone")]
	for name in firms:
		born = f"1985-{story.today + timedelta(days=3):%m-%d}"
		story.file(name, dedicated_rep=ANNA, people=[{"full_name": "Mei Chen", "birthday": born}])
	frappe.db.set_value("Customer", firms[1], "disabled", 1)
	assert [row.customer for row in day(ANNA)["birthdays"]] == firms[:1]


def test_a_dialog_that_is_answered_by_two_clicks_records_one_contact(story):
	[firm] = asked_for(story)
	todo = only_todo(story, firm)
	frappe.db.commit()
	clicks = [Browser(Server(), ANNA) for _click in range(2)]
	asked = {"todo": todo.name, "result": "Reached"}
	with ThreadPoolExecutor() as both:
		answers = [
			answer.status_code
			for answer in both.map(
				lambda tab: tab.call("keep_customers.care.todos.record_touch", **asked), clicks
			)
		]
	frappe.db.rollback()
	assert 200 in answers
	assert frappe.db.count("Customer Touch", {"customer": firm}) == 1
