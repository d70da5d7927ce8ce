"""Anna leaves: what she has open is Ben's on the same day, by the chain that what is new goes by; if nobody is there, that is told."""

from urllib.parse import urlencode

import frappe
import pytest
from frappe.desk.form import assign_to
from frappe.permissions import add_user_permission
from frappe.utils import add_days, getdate
from frappe.utils.user import get_users_with_role

from keep_customers.care import lost_addresses
from keep_customers.care.assignment import Assignment
from keep_customers.complaints import escalation
from keep_customers.erp import todos
from keep_customers.jobs import handover
from keep_customers.visits import approval
from tests.site.care.asked import asked_for, only_todo, sales_person, state
from tests.site.events.gathering import event
from tests.site.mail import contact
from tests.site.story import ANNA, BEN, EVE, GROUP, MIA, PREFIX
from tests.site.visits.plans import draft, todo_about


@pytest.fixture
def told(story, monkeypatch):
	"""Today is really today; what is enqueued is done at the commit, in which a form's saving ends."""
	story.today = getdate()
	queued = []
	monkeypatch.setattr(handover.frappe, "enqueue", lambda method, **values: queued.append(method))

	def done():
		frappe.db.commit()
		while queued:
			method = queued.pop(0)
			if method is handover.run:
				method()

	return done


def leaves(user, told, **values):
	frappe.set_user("Administrator")
	doc = frappe.get_doc("User", user)
	doc.update({"enabled": 0, **values})
	doc.save()
	told()


def notes(doctype, name):
	return frappe.get_all(
		"Comment",
		{"reference_doctype": doctype, "reference_name": name, "comment_type": "Info"},
		pluck="content",
	)


def notified(user, doctype):
	return frappe.get_all("Notification Log", {"for_user": user, "document_type": doctype}, pluck="subject")


def a_manager():
	"""Of the app or the site; where there is none, the Administrator is told."""
	return min(
		(user for role in todos.MANAGERS for user in get_users_with_role(role)), default="Administrator"
	)


def holders(customer):
	return set(frappe.get_all("ToDo", {"reference_name": customer, "status": "Open"}, pluck="allocated_to"))


def test_calls_go_to_the_backup_on_the_same_day(story, told):
	backed, plain = asked_for(story, ("Backed", "Plain"))
	frappe.db.set_value("Customer File", backed, "backup_rep", BEN)
	frappe.get_doc("User", EVE).add_roles("Sales User")
	frappe.db.set_value("Customer", plain, "account_manager", EVE)
	was = only_todo(story, backed)
	leaves(ANNA, told)
	todo = only_todo(story, backed)
	# The same ToDo, due on the same day, with a note; the follow-up went with it.
	assert (todo.name, todo.allocated_to, todo.date) == (was.name, BEN, was.date)
	assert story.follow_ups(backed)[0].assigned_to == BEN
	assert state(story, backed) == ("Assigned", "")
	assert notes("ToDo", todo.name) == ["Ben takes over from Anna."]
	assert len(notified(BEN, "ToDo")) == 1
	# No backup: the account manager.
	assert only_todo(story, plain).allocated_to == EVE
	# A night changes nothing more.
	story.night(story.asked_on)
	assert notes("ToDo", todo.name) == ["Ben takes over from Anna."]


@pytest.mark.parametrize("known_by", ["account manager", "nobody"])
def test_the_backup_steps_in_whoever_takes_care_of_the_customer(story, known_by):
	"""Most sites have account managers and territories, and no dedicated reps."""
	firm = story.customer("Firm")
	story.file(firm, backup_rep=BEN)
	if known_by == "account manager":
		frappe.db.set_value("Customer", firm, "account_manager", ANNA)
		assert Assignment([firm], frappe.get_doc("Keep Customers Settings")).user_for(firm) == ANNA
	story.settings(absences=[{"user": ANNA, "from_date": story.today, "to_date": story.today}])
	settings = frappe.get_doc("Keep Customers Settings")
	assert Assignment([firm], settings, story.today).user_for(firm) == BEN


def test_who_was_disabled_past_the_form_is_found_by_the_night(story, told):
	[firm] = asked_for(story)
	frappe.db.set_value("User", ANNA, "enabled", 0)
	frappe.db.commit()
	story.night(story.asked_on)
	assert only_todo(story, firm).allocated_to == MIA  # the fallback user


def test_who_has_left_as_an_employee_does_nothing_more_though_nobody_thought_of_the_user(story, told):
	[firm] = asked_for(story)
	sales_person(story, "Anna", ANNA)
	employee = frappe.get_doc("Employee", {"user_id": ANNA})
	employee.update({"status": "Left", "relieving_date": getdate()})
	employee.save()
	told()
	assert only_todo(story, firm).allocated_to == MIA
	# What is new is not hers either, whoever names her.
	assert (
		Assignment([firm], frappe.get_doc("Keep Customers Settings")).user_for(firm, "User", user=ANNA) == MIA
	)
	# She comes back: a new record, the same user.
	frappe.copy_doc(employee).update({"status": "Active", "relieving_date": None}).insert()
	assert Assignment([firm], frappe.get_doc("Keep Customers Settings")).user_for(firm) == ANNA
	assert only_todo(story, firm).allocated_to == MIA, "and nothing is taken from who has it now"


@pytest.fixture
def assigned(monkeypatch):
	"""Whom the host tells of what is assigned to them, which may be mailed."""
	users = []
	monkeypatch.setattr(assign_to, "notify_assignment", lambda _by, user, *_what, **_how: users.append(user))
	return users


def test_who_takes_over_a_lot_is_told_once_of_each_kind(story, told, assigned):
	"""One of hundreds each would bury what is new for them among their notifications, and in their mail."""
	firm = story.customer("Firm")
	story.file(firm, dedicated_rep=ANNA, backup_rep=BEN)
	names = [
		frappe.get_doc(
			{
				"doctype": "ToDo", "allocated_to": ANNA, "reference_type": "Customer", "reference_name": firm,
				"description": f"Bring catalogue {number}",
			}
		).insert().name
		for number in range(5)
	]  # fmt: skip
	cases = [story.case(firm, subject=str(number)).name for number in range(4)]
	frappe.db.delete("Notification Log", {"for_user": BEN})
	assigned.clear()
	leaves(ANNA, told)
	assert {frappe.db.get_value("ToDo", name, "allocated_to") for name in names} == {BEN}
	assert {frappe.db.get_value("Complaint Case", name, "responsible") for name in cases} == {BEN}
	assert [holders(name) for name in cases] == [{BEN}] * 4
	told_of = frappe.get_all(
		"Notification Log", {"for_user": BEN}, ["subject", "link", "document_type"], order_by="document_type"
	)
	assert [one.subject for one in told_of] == [
		"You take over from Anna. Complaint Case: 4",
		"You take over from Anna. ToDo: 5",
	]
	case_link, todo_link = (one.link for one in told_of)
	open_ones = {"responsible": BEN, "status": '["!=","Closed"]'}
	assert case_link.endswith(f"/complaint-case?{urlencode(open_ones)}")
	assert todo_link.endswith(f"/todo?{urlencode({'allocated_to': BEN, 'status': 'Open'})}")
	assert assigned == []
	# Each says itself whose it was.
	assert [notes("ToDo", name) for name in names] == [["Ben takes over from Anna."]] * 5


def test_who_takes_over_a_few_of_many_things_is_told_of_each(story, told, assigned):
	"""Of what goes to several people, each hears of their own, as of one thing alone."""
	mine, theirs = story.customer("Mine"), story.customer("Theirs")
	story.file(mine, dedicated_rep=ANNA, backup_rep=BEN)
	frappe.get_doc("User", EVE).add_roles("Sales User")
	story.file(theirs, dedicated_rep=ANNA, backup_rep=EVE)
	one = story.case(mine)
	others = [story.case(theirs, subject=str(number)) for number in range(4)]
	frappe.db.delete("Notification Log", {"for_user": ("in", (BEN, EVE))})
	assigned.clear()
	leaves(ANNA, told)
	assert {frappe.db.get_value("Complaint Case", case.name, "responsible") for case in others} == {EVE}
	[line] = notified(BEN, "Complaint Case")
	assert line == f"Ben takes over from Anna. <b>{one.name}</b>" and assigned == [BEN]
	assert notified(EVE, "Complaint Case") == ["You take over from Anna. Complaint Case: 4"]


def test_the_better_address_is_asked_of_who_is_there(story, told):
	[firm] = asked_for(story)
	who = contact(firm, email="olga@firm.example")
	lost_addresses.ask_for_better([(firm, who.name)])
	about = {"reference_type": "Contact", "reference_name": who.name, "status": "Open"}
	assert frappe.get_all("ToDo", about, pluck="allocated_to") == [ANNA]
	# So is what is wrong in the file, and who is not satisfied is called by who is there.
	said = frappe.get_doc(
		{"doctype": "Customer Feedback", "customer": firm, "kind": "After a Purchase", "rating": 0.2}
	)
	said.insert(ignore_permissions=True)
	for doctype, name in (("Customer File", firm), ("Customer Feedback", said.name)):
		todos.add(ANNA, doctype, name, "<p>Please</p>")
	leaves(ANNA, told)
	assert frappe.get_all("ToDo", about, pluck="allocated_to") == [MIA]
	for doctype in ("Customer File", "Customer Feedback"):
		assert frappe.get_all("ToDo", {"reference_type": doctype}, pluck="allocated_to") == [MIA]


def test_a_deleted_user_takes_no_call_along(story, told):
	[firm] = asked_for(story)
	was = only_todo(story, firm).name
	frappe.db.set_value("Customer File", firm, {"dedicated_rep": BEN})
	# As the host does it: past the document life.
	frappe.db.delete("ToDo", {"allocated_to": ANNA})
	handover.run()
	todo = only_todo(story, firm)
	assert todo.name != was and todo.allocated_to == BEN
	assert state(story, firm) == ("Assigned", "") and story.follow_ups(firm)[0].assigned_to == BEN


def test_what_was_assigned_or_passed_on_by_hand_goes_along(story, told):
	firm = story.customer("Firm")
	story.file(firm, dedicated_rep=ANNA, backup_rep=BEN)
	story.settings(head_office_user=ANNA)
	frappe.get_doc(
		{
			"doctype": "ToDo", "allocated_to": ANNA, "reference_type": "Customer", "reference_name": firm,
			"description": "Bring the catalogue",
		}
	).insert()  # fmt: skip
	touch = frappe.get_doc(
		{
			"doctype": "Customer Touch", "customer": firm, "rep": BEN, "channel": "Phone", "result": "Reached",
			"notes": "Too dear", "route_to": "Head Office",
		}
	).insert()  # fmt: skip
	leaves(ANNA, told)
	assert frappe.db.get_value("ToDo", touch.routed_todo, "allocated_to") == MIA
	assert holders(firm) == {BEN, MIA}


def test_nobody_there_is_told(story, told):
	[firm] = asked_for(story)
	story.settings(fallback_user=None)
	leaves(ANNA, told)
	assert only_todo(story, firm).allocated_to == ANNA
	[line] = notified(a_manager(), "Keep Customers Settings")
	assert ANNA in line and "nobody to take it over" in line
	night = story.night(story.asked_on)
	[part] = frappe.get_all("Care Run Set Aside", {"care_run": night.name, "seconds": 0}, pluck="part")
	assert part == f"What {ANNA} has left open"
	story.settings(fallback_user=MIA)
	story.night(story.asked_on)
	assert only_todo(story, firm).allocated_to == MIA


def test_cases_go_on_with_a_note(story, told):
	firm = story.customer("Firm")
	story.file(firm, dedicated_rep=ANNA, backup_rep=BEN)
	case = story.case(firm)
	closed = story.case(firm, subject="Closed", status="Closed")
	assert case.responsible == ANNA
	leaves(ANNA, told)
	case.reload()
	assert case.responsible == BEN and holders(case.name) == {BEN}
	assert notes("Complaint Case", case.name) == ["Ben takes over from Anna."]
	# Whose work it was stays on record.
	assert frappe.db.get_value("Complaint Case", closed.name, "responsible") == ANNA


def test_a_team_goes_on_without_who_has_left(story, told):
	firm = story.customer("Firm")
	frappe.get_doc("User", EVE).add_roles("Sales User")
	story.file(firm, dedicated_rep=EVE)
	category = frappe.get_doc(
		{
			"doctype": "Complaint Category", "category_name": f"{PREFIX} Quality", "assign_to": "Team",
			"team": [{"user": ANNA}, {"user": BEN}],
		}
	).insert()  # fmt: skip
	held = [story.case(firm, subject=str(number), category=category.name) for number in range(2)]
	assert {case.responsible for case in held} == {ANNA, BEN}
	leaves(ANNA, told)
	new = [story.case(firm, subject=f"New {number}", category=category.name) for number in range(3)]
	assert {frappe.db.get_value("Complaint Case", case.name, "responsible") for case in held + new} == {BEN}
	# Of the team nobody is left: the customer's rep answers, as where there is no team.
	leaves(BEN, told)
	assert {frappe.db.get_value("Complaint Case", case.name, "responsible") for case in held + new} == {EVE}
	assert story.case(firm, subject="Newest", category=category.name).responsible == EVE
	frappe.db.set_value("User", BEN, "enabled", 0)
	back = frappe.get_doc("User", BEN)
	back.enabled = 1
	back.save()
	told()
	assert story.case(firm, subject="Again", category=category.name).responsible == BEN


@pytest.mark.parametrize(
	("anna", "ben", "absent", "expected"),
	[
		(1, 1, None, ANNA),
		(0, 1, None, MIA),
		(1, 1, (ANNA, BEN), BEN),
		(1, 1, (ANNA, None), MIA),
		(0, 0, None, MIA),
	],
)
def test_an_alarm_reaches_somebody_who_can_act(story, told, anna, ben, absent, expected):
	firm = story.customer("Firm")
	story.file(firm, dedicated_rep=ANNA)
	case = story.case(firm)
	frappe.db.set_value("User", ANNA, "enabled", anna)
	frappe.db.set_value("User", BEN, "enabled", ben)
	away = (
		[{"user": absent[0], "substitute": absent[1], "from_date": getdate(), "to_date": getdate()}]
		if absent
		else []
	)
	story.settings(absences=away)
	frappe.db.delete("Notification Log", {"document_type": "Complaint Case"})
	escalation.ask_responsible(case, "Look at it")
	case.answer_due = add_days(getdate(), -1)
	escalation.tell(case, "answer_escalation", frappe.get_doc("Keep Customers Settings"))
	assert set(frappe.get_all("Notification Log", {"document_type": "Complaint Case"}, pluck="for_user")) == {
		expected
	}


def test_an_alarm_for_nobody_is_heard_by_the_managers(story, told):
	firm = story.customer("Firm")
	story.file(firm, dedicated_rep=ANNA)
	case = story.case(firm)
	story.settings(fallback_user=None, head_of_service=None)
	frappe.db.set_value("User", ANNA, "enabled", 0)
	case.answer_due = add_days(getdate(), -1)
	escalation.tell(case, "answer_escalation", frappe.get_doc("Keep Customers Settings"))
	[line] = notified(a_manager(), "Complaint Case")
	assert "There is nobody else to tell. Please set a fallback user" in line
	# One that is set and has no role to read it: there is one.
	story.settings(fallback_user=EVE)
	escalation.ask_responsible(case, "Look at it")
	assert any(
		f"The fallback user {EVE} may not read" in said for said in notified(a_manager(), "Complaint Case")
	)


def test_visits_and_approvals_go_on(story, told):
	firm = story.customer("Firm")
	story.file(firm, dedicated_rep=ANNA, backup_rep=BEN)
	frappe.db.commit()
	plan = draft([firm])
	assert approval.ask_for_approval(plan.name) == MIA
	leaves(ANNA, told)
	plan.reload()
	assert (plan.rep, plan.rep_name, plan.approver, plan.status) == (BEN, "Ben", MIA, "Waiting for Approval")
	assert notes("Visit Plan", plan.name) == ["Ben takes over from Anna."]
	# Who was to approve leaves, too; Eve may now.
	eve = frappe.get_doc("User", EVE)
	eve.add_roles("Sales Manager", "Sales User")
	story.settings(fallback_user=EVE)
	leaves(MIA, told)
	plan.reload()
	assert plan.approver == EVE
	assert [todo.allocated_to for todo in todo_about(plan, status="Open")] == [EVE]


def test_an_event_finds_another_host(story, told):
	story.settings(events_responsible=BEN)
	ahead, over = event("Inviting", host=ANNA), event("Closed", host=ANNA)
	leaves(ANNA, told)
	assert frappe.db.get_value("VIP Event", ahead.name, "host") == BEN
	assert frappe.db.get_value("VIP Event", over.name, "host") == ANNA
	# Ben leaves before anybody else is named: the fallback user.
	leaves(BEN, told)
	assert frappe.db.get_value("VIP Event", ahead.name, "host") == MIA


def asked():
	"""What the admin is asked on the screen."""
	found = [one for one in frappe.message_log if one.get("title") == "Change of Rep"]
	frappe.clear_messages()
	return found


def test_a_change_of_rep_asks_what_happens_to_what_is_open(story, told):
	[firm] = asked_for(story)
	case = story.case(firm)
	frappe.clear_messages()
	file = frappe.get_doc("Customer File", firm)
	file.wishes = "Calls in the morning"
	file.save()
	assert asked() == []
	file.dedicated_rep = BEN
	file.save()
	[question] = asked()
	assert question.message.startswith("2 ToDos and complaints of this customer are still with Anna.")
	# Nothing has moved until somebody says so.
	assert only_todo(story, firm).allocated_to == ANNA
	action = question.primary_action
	assert action["server_action"] == "keep_customers.jobs.handover.take_over"
	frappe.set_user(EVE)
	with pytest.raises(frappe.PermissionError):
		handover.take_over(**action["args"])
	frappe.set_user("Administrator")
	handover.take_over(**action["args"])
	assert only_todo(story, firm).allocated_to == BEN
	assert frappe.db.get_value("Complaint Case", case.name, "responsible") == BEN


def test_any_way_to_another_rep_asks(story, told):
	[firm] = asked_for(story)
	frappe.db.set_value("Customer File", firm, "dedicated_rep", None)
	frappe.db.set_value("Customer", firm, "account_manager", ANNA)
	customer = frappe.get_doc("Customer", firm)
	customer.website = "https://firm.example"
	customer.save()
	assert asked() == []
	customer.account_manager = BEN
	customer.save()
	assert len(asked()) == 1
	# With nothing open there is nothing to ask.
	handover.take_over(firm, ANNA)
	# So is it where the customer goes to a group, or a territory, that its rep may not read.
	group = frappe.get_all("Customer Group", {"is_group": 0, "name": ("!=", GROUP)}, pluck="name")[0]
	add_user_permission("Customer Group", GROUP, BEN, ignore_permissions=True)
	customer.reload()
	customer.customer_group = group
	customer.save()
	assert asked()[-1].message.endswith("Shall Mia take it over?")
	frappe.db.set_value("Follow Up", {"customer": firm}, "status", "Done")
	frappe.db.set_value("ToDo", {"reference_name": firm}, "status", "Closed")
	customer.reload()
	customer.account_manager = EVE
	customer.save()
	assert asked() == []
