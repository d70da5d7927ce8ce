"""What a rep tells in one tap on a care ToDo, and what the list of ToDos shows of it."""

from datetime import timedelta
from uuid import uuid4

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils import getdate, strip_html

from keep_customers.care import also_said, planning, results, stakes, todo_list
from keep_customers.worth import demand
from tests.site.care.asked import as_user, asked_for, only_todo, state
from tests.site.story import ANNA, BEN, EVE, PREFIX


def told(story, firm, result, notes=None, user=ANNA, key=None, **values):
	todo = only_todo(story, firm).name
	as_user(user)
	try:
		return results.record(todo, result, key or str(uuid4()), notes=notes, **values)
	finally:
		as_user("Administrator")


def touches(customer):
	return frappe.get_all(
		"Customer Touch", {"customer": customer}, ["result", "notes", "next_step", "rep"], order_by="creation"
	)


def test_who_was_reached_is_done_and_the_next_contact_is_named(now):
	one, other = asked_for(now, ("Firm", "Other"))
	key = str(uuid4())
	answer = told(now, one, "Reached", "Happy with the drill", key=key)
	assert state(now, one) == ("Done", "") and only_todo(now, one).status == "Closed"
	[touch] = touches(one)
	assert (touch.result, touch.notes, touch.rep) == ("Reached", "Happy with the drill", ANNA)
	assert (answer["next"]["customer_name"], answer["next"]["todo"]) == (other, only_todo(now, other).name)
	assert answer["next"]["why"].startswith("Bought for")
	assert told(now, one, "Reached", key=key)["said"] == "This was noted already."
	assert len(touches(one)) == 1, "two taps are one contact"
	add_user_permission("Customer", one, ANNA)
	assert told(now, one, "Reached", key=key)["next"] is None, (
		"nothing is said of whom she may not read any more"
	)
	frappe.delete_doc("User Permission", frappe.db.get_value("User Permission", {"user": ANNA}))
	assert told(now, other, "Reached")["next"] is None


def test_what_was_agreed_comes_back_in_its_own_words(now):
	[firm] = asked_for(now)
	with pytest.raises(frappe.ValidationError, match="What was agreed"):
		told(now, firm, "Agreed", next_step=" ")
	day = getdate() + timedelta(days=4)
	answer = told(now, firm, "Agreed", next_step="Send the offer", next_step_date=str(day))
	assert "Send the offer" in answer["said"]
	[done, step] = sorted(now.follow_ups(firm), key=lambda row: row.status != "Done")
	assert (done.status, step.status, step.short, step.due_date) == ("Done", "Planned", "Send the offer", day)


def test_what_was_agreed_for_today_comes_back_today(now, monkeypatch):
	[firm] = asked_for(now)
	queued = []
	monkeypatch.setattr(frappe, "enqueue", lambda method, **values: queued.append((method, values)))
	told(now, firm, "Agreed", next_step="Call again", next_step_date=str(now.today))
	[asked] = [values for method, values in queued if method.endswith("planning.at_once")]
	planning.at_once(asked["reference_doctype"], asked["reference_name"])
	[step] = now.follow_ups(firm, care_rule=("is", "not set"))
	assert (step.status, step.due_date, step.assigned_to) == ("Assigned", now.today, ANNA)
	todo = frappe.get_doc("ToDo", step.todo)
	assert (todo.status, todo.date, todo.keep_why) == ("Open", now.today, "Call again")
	now.night()
	assert len(now.todos(ANNA, status="Open")) == 1


def test_what_was_agreed_for_a_sunday_is_on_the_list_on_friday(now):
	[firm] = asked_for(now)
	sunday = now.today + timedelta(days=3)
	while sunday.weekday() != 6:
		sunday += timedelta(days=1)
	told(now, firm, "Agreed", next_step="Call about the fair", next_step_date=str(sunday))
	[step] = now.follow_ups(firm, care_rule=("is", "not set"))
	assert (step.planned_on, step.due_date) == (sunday - timedelta(days=2), sunday)
	# Something else that is due on Friday is another contact: on Sunday it would be late.
	now.history(firm, [(0, 4000)])
	now.settings(contact_cap=0)
	frappe.db.set_value("Care Rule", {"enabled": 1}, "due_in_days", (sunday - now.today).days - 2)
	now.night(sunday - timedelta(days=2))
	assert [todo.date for todo in now.todos(ANNA, status="Open")] == [sunday - timedelta(days=2), sunday]


def test_who_was_not_reached_is_tried_again_by_the_same_todo(now):
	[firm] = asked_for(now)
	before, [before_it] = only_todo(now, firm), now.follow_ups(firm)
	key = str(uuid4())
	answer = told(now, firm, "Not Reached", key=key)
	todo = only_todo(now, firm)
	assert (
		todo.status == "Open"
		and todo.date == results.again_on(before_it)
		and todo.date >= getdate() + timedelta(days=2)
	)
	assert todo.date.weekday() < 5 and todo.keep_turn != before.keep_turn
	[follow_up] = now.follow_ups(firm)
	assert (follow_up.status, follow_up.due_date, follow_up.touch) == ("Assigned", todo.date, None)
	assert "comes back on" in answer["said"]
	told(now, firm, "Not Reached", key=key)
	assert [row.result for row in touches(firm)] == ["Not Reached"], "two taps are one attempt"
	assert frappe.db.get_value("Customer", firm, "keep_last_touch") is None
	told(now, firm, "Reached")
	assert state(now, firm) == ("Done", "") and len(touches(firm)) == 2


def test_who_was_not_reached_is_tried_again_before_the_greeting_beside_it_is_too_late(now):
	[firm] = asked_for(now)
	todo, tomorrow = only_todo(now, firm), getdate() + timedelta(days=1)
	file = frappe.get_doc("Customer File", firm)
	file.append("people", {"full_name": "Olga", "birthday": tomorrow.replace(year=1988)})
	file.save()
	birthdays = now.rule("Birthdays", trigger="Birthday", enabled=0)
	greeting = {"occurrence": f"Birthday {tomorrow}", "due_date": tomorrow, "expires": 1, "todo": todo.name}
	about = {"care_rule": birthdays.name, "reference_doctype": "Customer File Person", "customer": firm}
	frappe.get_doc({"doctype": "Follow Up", "status": "Assigned", **about, **greeting}).insert()
	as_user(ANNA)
	answer = results.record(todo.name, "Not Reached", str(uuid4()))
	as_user("Administrator")
	assert answer["date"] == tomorrow


def test_what_an_older_page_calls_not_needed_says_why(now):
	[firm] = asked_for(now)
	with pytest.raises(frappe.ValidationError, match="why"):
		told(now, firm, "Not Needed")
	told(now, firm, "Not Needed", "They <b>moved</b>")
	assert state(now, firm) == ("Cancelled", "ToDo cancelled") and not touches(firm)
	[follow_up] = now.follow_ups(firm)
	assert (follow_up.not_useful, follow_up.not_useful_words) == ("Other", "They <b>moved</b>")
	with pytest.raises(frappe.ValidationError, match="close it there"):
		told(now, firm, "Gone")


@pytest.mark.parametrize("user", (BEN, EVE))
def test_nobody_else_tells_what_came_of_it_or_puts_it_off(now, user):
	[firm] = asked_for(now)
	with pytest.raises(frappe.PermissionError):
		told(now, firm, "Reached", user=user)
	todo = only_todo(now, firm).name
	as_user(user)
	with pytest.raises(frappe.PermissionError):
		todo_list.later([todo], str(getdate()))
	as_user("Administrator")
	assert state(now, firm) == ("Assigned", "") and not touches(firm)


def test_who_may_not_read_the_customer_tells_nothing_and_sees_no_money(now):
	[firm] = asked_for(now)
	now.night(now.asked_on)
	todo = only_todo(now, firm)
	assert todo.keep_tier and todo.keep_value_at_risk > 0 and todo.keep_currency == "EUR"
	turn = todo.keep_turn
	add_user_permission("Customer", now.customer("Other"), BEN, ignore_permissions=True)
	todo.allocated_to = BEN
	todo.save()
	assert not todo.keep_tier and not todo.keep_value_at_risk
	assert todo.keep_turn < turn, "nor does its place say how much it is"
	stakes.keep_right()
	assert not only_todo(now, firm).keep_tier
	with pytest.raises(frappe.PermissionError):
		told(now, firm, "Reached", user=BEN)
	todo = only_todo(now, firm)
	todo.allocated_to = ANNA
	todo.save()
	assert todo.keep_tier and todo.keep_turn == turn


def test_several_are_put_off_at_once(now):
	firms = asked_for(now, ("Firm", "Other", "Third"))
	names = [only_todo(now, firm).name for firm in firms]
	told(now, firms[2], "Reached")
	day = getdate() + timedelta(days=3)
	as_user(ANNA)
	with pytest.raises(frappe.ValidationError, match="not over"):
		todo_list.later(names, str(getdate() - timedelta(days=1)))
	assert todo_list.later(frappe.as_json([*names, names[0]]), str(day)) == 2
	as_user("Administrator")
	assert [only_todo(now, firm).date for firm in firms[:2]] == [day, day]
	assert [now.follow_ups(firm)[0].due_date for firm in firms[:2]] == [day, day]


def test_the_night_keeps_right_what_the_list_shows(story):
	[firm] = asked_for(story)
	todo = only_todo(story, firm)
	assert (todo.keep_customer_name, todo.keep_why) == (firm, story.follow_ups(firm)[0].short)
	assert "://" not in todo.description, "a ToDo outlives the site's address"
	kept = story.follow_ups(firm)[0]
	title = strip_html(todo.description)
	assert kept.short + kept.reason not in title and kept.reason in title, (
		"the host's title keeps sentences apart"
	)
	frappe.db.set_value("Customer Value", firm, {"tier": "Platinum", "value_at_risk": 123})
	# As an upgraded site has them.
	frappe.db.set_value(
		"ToDo",
		todo.name,
		{"keep_why": None, "keep_customer_name": None, "keep_turn": 0},
		update_modified=False,
	)
	assert stakes.keep_right() == 1
	again = only_todo(story, firm)
	assert (again.keep_tier, again.keep_value_at_risk) == ("Platinum", 123)
	assert (again.keep_why, again.keep_customer_name) == (todo.keep_why, firm) and again.keep_turn
	assert again.modified == todo.modified, "nobody has to hear of it"
	assert stakes.keep_right() == 0


def test_a_customer_with_an_open_complaint_is_urgent(story):
	firm = story.customer("Firm")
	story.history(firm, [(40, 100), (3, 3000)])
	story.case(firm)
	story.rule(priority="Low")
	story.completed_yesterday()
	story.night()
	[called] = [todo for todo in story.todos() if todo.keep_follow_up]
	assert called.priority == "High"


def test_a_rep_reads_why_in_their_own_language(story):
	frappe.db.set_value("User", ANNA, "language", "zh")
	frappe.clear_document_cache("User", ANNA)
	[firm] = asked_for(story)
	todo, [follow_up] = only_todo(story, firm), story.follow_ups(firm)
	assert follow_up.short.startswith("Bought for"), "everybody's language is the site's"
	assert todo.keep_why.startswith("购买") or "满意" in todo.keep_why, todo.keep_why
	assert "Call" not in todo.description
	todo.update({"allocated_to": BEN}).save()
	assert todo.keep_why == follow_up.short and "Call" in todo.description


# What they also said


ALSO = [
	"result", "demand_amount", "demand_currency", "demand_date", "competitor", "competitor_price", "price_remark", "route_to",
	"event_wish", "satisfaction", "follow_up", "todo",
]  # fmt: skip


@pytest.fixture
def rival():
	return frappe.get_doc({"doctype": "Competitor", "competitor_name": f"{PREFIX} Rival"}).insert().name


def besides(rival):
	return {
		"demand_date": str(getdate() + timedelta(days=30)), "demand_amount": 5000.0, "competitor": rival,
		"competitor_price": 80.5, "price_remark": " Ten percent less there ", "route_to": "Head Office",
		"event_wish": "A tasting", "satisfaction": 0.8,
	}  # fmt: skip


def recorded(customer):
	return frappe.get_all("Customer Touch", {"customer": customer}, ALSO)


def test_what_they_also_said_is_noted_with_the_result(now, rival):
	[firm] = asked_for(now)
	now.settings(head_office_user=BEN, head_office_role=None)
	told(now, firm, "Reached", **besides(rival))
	[touch] = recorded(firm)
	assert (touch.demand_amount, touch.demand_currency, touch.demand_date) == (
		5000, "EUR", getdate() + timedelta(days=30),
	)  # fmt: skip
	assert (touch.competitor, touch.competitor_price, touch.price_remark) == (
		rival, 80.5, "Ten percent less there",
	)  # fmt: skip
	assert (touch.route_to, touch.event_wish, touch.satisfaction) == ("Head Office", "A tasting", 0.8)
	assert demand.stated_demand(getdate()) == {firm: 5000}
	[passed_on] = now.todos(BEN)
	assert "stated demand" in passed_on.description and "percent" not in passed_on.description
	assert frappe.get_all("Event Suggestion", {"customer": firm}, pluck="title") == ["A tasting"]


@pytest.mark.parametrize(
	"bad, complaint",
	[
		({"demand_date": None}, "When does the customer need it"),
		({"demand_date": "2020-01-01"}, "needed before the contact"),
		({"demand_date": "2031-02-31"}, "please enter it as"),
		({"competitor": "Nobody & Sons"}, "Nobody & Sons"),
		({"competitor_price": -1.0}, "cannot be negative"),
		({"demand_amount": 1e14}, "too large"),
		({"route_to": "The Moon"}, "The Moon"),
	],
	ids=lambda one: next(iter(one)) if isinstance(one, dict) else "",
)
def test_one_value_that_is_refused_leaves_all_as_it_was(now, rival, bad, complaint):
	"""Who sent it still has what was typed, mends it and sends it once more."""
	[firm] = asked_for(now)
	now.settings(head_office_user=BEN, head_office_role=None)
	frappe.db.commit()
	key = str(uuid4())
	with pytest.raises(frappe.ValidationError, match=complaint):
		told(now, firm, "Reached", "Wants drills", key=key, **besides(rival) | bad)
	frappe.db.rollback()  # as the host does with a request that fails
	assert state(now, firm) == ("Assigned", "") and only_todo(now, firm).status == "Open"
	assert not touches(firm) and not now.todos(BEN)
	frappe.clear_messages()
	told(now, firm, "Reached", "Wants drills", key=key, **besides(rival))
	assert state(now, firm) == ("Done", "") and len(recorded(firm)) == 1


@pytest.mark.parametrize("user", (BEN, EVE))
def test_nobody_else_notes_what_they_also_said_or_hears_what_to_choose_from(now, rival, user):
	[firm] = asked_for(now)
	add_user_permission("Customer", now.customer("Other"), BEN, ignore_permissions=True)
	with pytest.raises(frappe.PermissionError):
		told(now, firm, "Reached", user=user, **besides(rival))
	as_user(user)
	with pytest.raises(frappe.PermissionError):
		also_said.choices(firm)
	as_user(ANNA)
	offered = also_said.choices(firm)
	as_user("Administrator")
	assert offered["currency"] == "EUR" and rival in offered["competitors"]
	assert not touches(firm)


def test_what_was_heard_at_a_contact_that_was_not_useful_is_not_lost(now, rival):
	[firm] = asked_for(now)
	key = str(uuid4())
	said = {"because": "No Need Now", "competitor": rival, "competitor_price": 80.0}
	for _twice in range(2):
		told(now, firm, "Not Useful", "Has bought there", key=key, **said)
	[touch] = recorded(firm)
	assert (touch.result, touch.competitor, touch.competitor_price) == ("Reached", rival, 80)
	assert touch.follow_up is None and touch.todo
	rows = now.follow_ups(firm)
	assert [row.not_useful for row in rows if row.not_useful] == ["No Need Now"]
	assert frappe.db.get_value("ToDo", touch.todo, "status") == "Cancelled"


def test_an_older_page_says_nothing_of_it_and_empty_fields_are_nothing(now):
	one, other = asked_for(now, ("Firm", "Other"))
	told(now, one, "Reached")
	told(now, other, "Not Useful", because="No Need Now", demand_amount=0.0, price_remark=" ", route_to="")
	[touch] = recorded(one)
	assert not any(touch[field] for field in ALSO[3:10]) and not touch.demand_amount
	assert not recorded(other), "nobody spoke in our sight"
