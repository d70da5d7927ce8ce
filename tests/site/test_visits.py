"""Anna plans her visits, Mia approves, Anna goes, notes and reports; and nobody else is any the wiser."""

import json
from datetime import timedelta

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils import add_to_date, fmt_money, get_datetime, getdate, now_datetime

from keep_customers.care import visit_approval, visit_preparations, visits
from keep_customers.erp.permissions import may_approve_plans
from tests.site.story import ANNA, BEN, COMPANY, EVE, MIA, PREFIX, TERRITORY, remove_everything
from tests.site.web import Browser, Server


@pytest.fixture
def firms(story):
	"""Two customers of Anna's, today being really today."""
	story.today = getdate()
	names = [story.customer("Firm"), story.customer("Works")]
	for name in names:
		story.file(
			name,
			dedicated_rep=ANNA,
			people=[
				{"full_name": f"{name} Owner", "relation": "Owner", "decides": 1},
				{"full_name": f"{name} Daughter", "relation": "Child"},
			],
		)
	frappe.db.commit()
	return names


def draft(customers, user=ANNA, **values):
	"""A plan of today and tomorrow with the customers as stops, as ``user`` saves it."""
	frappe.set_user(user)
	stops = values.pop("stops", None) or [
		{"customer": name, "goal": "Know what they need"} for name in customers
	]
	return frappe.get_doc(
		{
			"doctype": "Visit Plan",
			"rep": ANNA,
			"from_date": getdate(),
			"to_date": getdate() + timedelta(days=1),
			"purpose": "See how the new tools do",
			"stops": stops,
			**values,
		}
	).insert()


def approved(customers, **values):
	plan = draft(customers, **values)
	frappe.set_user(MIA)
	plan = frappe.get_doc("Visit Plan", plan.name)
	plan.submit()
	return as_anna(plan)


def as_anna(plan):
	frappe.set_user(ANNA)
	return frappe.get_doc("Visit Plan", plan.name)


def follow_up(stop):
	return frappe.get_doc("Follow Up", stop.follow_up)


def todo_about(plan, **filters):
	return frappe.get_all("ToDo", {"reference_name": plan.name, **filters}, ["*"])


def touches(customer):
	return frappe.get_all("Customer Touch", {"customer": customer}, ["*"])


# Asking and approving


def test_a_rep_asks_once_and_the_superior_approves(story, firms):
	plan = draft(firms)
	assert (plan.status, plan.docstatus) == ("Draft", 0)
	# The story's fallback user is Mia; Anna has no superior on record.
	assert visit_approval.ask_for_approval(plan.name) == MIA
	assert visit_approval.ask_for_approval(plan.name) == MIA
	[todo] = todo_about(plan)
	assert (todo.allocated_to, todo.status, todo.reference_type) == (MIA, "Open", "Visit Plan")
	assert plan.name in todo.description and firms[0] not in todo.description
	plan = as_anna(plan)
	assert (plan.status, plan.approver) == ("Waiting for Approval", MIA)
	assert not story.follow_ups()
	with pytest.raises(frappe.PermissionError):
		plan.submit()

	frappe.set_user(MIA)
	plan = frappe.get_doc("Visit Plan", plan.name)
	plan.submit()
	assert (plan.status, plan.approved_by) == ("Approved", MIA) and plan.approved_on
	assert todo_about(plan)[0].status == "Closed"
	for stop in frappe.get_doc("Visit Plan", plan.name).stops:
		row = follow_up(stop)
		assert (row.status, row.channel, row.assigned_to, row.due_date) == (
			"Assigned",
			"Visit",
			ANNA,
			plan.to_date,
		)
		assert (row.reference_doctype, row.reference_name, row.customer) == (
			"Visit Plan",
			plan.name,
			stop.customer,
		)
		task = frappe.get_doc("ToDo", row.todo)
		assert (task.allocated_to, task.status, task.date) == (ANNA, "Open", plan.to_date)
		assert "new tools" not in task.description and "need" not in task.description


def test_the_superior_is_the_one_the_rep_reports_to_if_allowed_to_approve(story, firms):
	def employee(name, user, reports_to=None):
		return frappe.get_doc(
			{
				"doctype": "Employee", "first_name": f"{PREFIX} {name}", "company": COMPANY, "status": "Active",
				"gender": "Female", "date_of_birth": "1990-01-01", "date_of_joining": "2020-01-01", "user_id": user,
				"create_user_permission": 0, "reports_to": reports_to,
			}
		).insert().name  # fmt: skip

	story.settings(fallback_user=None)
	plan = draft(firms)
	with pytest.raises(frappe.ValidationError, match="Employee record"):
		visit_approval.ask_for_approval(plan.name)
	frappe.set_user("Administrator")
	# Ben may approve nothing, so it is for whom Ben reports to.
	employee("Anna", ANNA, employee("Ben", BEN, employee("Mia", MIA)))
	frappe.set_user(ANNA)
	assert visit_approval.ask_for_approval(plan.name) == MIA


def test_a_plan_that_is_not_convincing_goes_back_with_a_word(story, firms):
	plan = draft(firms)
	visit_approval.ask_for_approval(plan.name)
	with pytest.raises(frappe.PermissionError):
		visit_approval.send_back(plan.name, "I may not say so")
	frappe.set_user(MIA)
	with pytest.raises(frappe.ValidationError, match="should be different"):
		visit_approval.send_back(plan.name, " ")
	visit_approval.send_back(plan.name, "Two days for <b>one</b> customer?")
	assert frappe.db.get_value("Visit Plan", plan.name, "status") == "Draft"
	assert todo_about(plan)[0].status == "Closed"
	comment = frappe.get_last_doc("Comment", {"reference_name": plan.name, "comment_type": "Comment"})
	assert "&lt;b&gt;one" in comment.content
	assert frappe.get_all("Notification Log", {"document_name": plan.name, "for_user": ANNA})
	# and may be asked for again
	frappe.set_user(ANNA)
	visit_approval.ask_for_approval(plan.name)
	assert len(todo_about(plan, status="Open")) == 1


@pytest.mark.parametrize(
	("values", "told"),
	(
		({"to_date": getdate() - timedelta(days=1)}, "cannot end before"),
		({"stops": [{"appointment": add_to_date(getdate(), days=9)}]}, "not within the plan's days"),
		({"stops": [{"appointment_made": 1}]}, "for when is the appointment"),
		({"stops": [{"visited": 1, "visited_on": add_to_date(getdate(), days=2)}]}, "after it happened"),
		({"stops": [{"visited": 1, "next_step": "Call"}]}, "when is the next step due"),
	),
	ids=("days", "appointment", "made", "future", "step"),
)
def test_a_plan_that_makes_no_sense_says_what_to_do(story, firms, values, told):
	for stop in values.get("stops", ()):
		stop["customer"] = firms[0]
	with pytest.raises(frappe.ValidationError, match=told):
		draft(firms, **values)


def test_who_does_not_want_visits_gets_none(story, firms):
	file = frappe.get_doc("Customer File", firms[1])
	file.append("consents", {"channel": "Visit", "consent": "Refused", "date": getdate()})
	file.save()
	with pytest.raises(frappe.ValidationError, match=r"Row 2.*another method"):
		draft(firms)
	assert draft(firms, method="Phone").name


def test_a_rep_cannot_write_into_the_plan_what_only_others_decide(story, firms):
	plan = draft(
		firms, status="Approved", approved_by=MIA, approved_on=now_datetime(), reported_on=now_datetime(),
		stops=[{"customer": firms[0], "recent_sales": "A million", "open_complaints": "None"}],
	)  # fmt: skip
	plan.reload()
	assert (plan.status, plan.approved_by, plan.approved_on, plan.reported_on) == ("Draft", None, None, None)
	assert not plan.stops[0].recent_sales and not plan.stops[0].open_complaints
	with pytest.raises(frappe.PermissionError):
		draft(firms, rep=BEN)
	plan.rep = BEN
	with pytest.raises(frappe.PermissionError):
		plan.save()


# Preparing


def test_the_preparations_are_filled_from_what_the_site_knows(story, firms):
	firm, works = firms
	story.invoice(firm, 700, story.days_ago(20))
	story.invoice(firm, 300, story.days_ago(5))
	story.invoice(firm, 5000, story.days_ago(400))
	issues = [
		frappe.get_doc(
			{"doctype": "Issue", "subject": f"Handle {status}", "customer": firm, "status": status}
		).insert()
		for status in ("Open", "Closed")
	]
	claim = frappe.get_doc(
		{
			"doctype": "Warranty Claim", "customer": works, "complaint": "<p>Drill is <b>loose</b></p>",
			"company": COMPANY, "status": "Open",
		}
	).insert()  # fmt: skip
	plan = draft(firms)
	plan.stops[1].people_to_meet = "Ms Chen"
	plan.save()
	visit_preparations.fill_preparations(plan.name)
	first, second = as_anna(plan).stops
	twelve_months, last, mostly = first.recent_sales.split("\n")
	assert (
		fmt_money(1000, currency="EUR") in twelve_months
		and fmt_money(5000, currency="EUR") not in first.recent_sales
	)
	assert last.index("300") < last.index("700")
	assert f"{PREFIX} Item" in mostly
	assert second.recent_sales == "Nothing bought in the last 12 months."
	assert issues[0].name in first.open_complaints and issues[1].name not in first.open_complaints
	assert claim.name in second.open_complaints
	# A rep may not read issues; who they are about and since when is told all the same.
	assert "Handle" not in first.open_complaints and "loose" not in second.open_complaints
	assert (first.people_to_meet, second.people_to_meet) == (f"{firm} Owner", "Ms Chen")
	plan = as_anna(plan)
	plan.purpose = "Something else"
	plan.save()
	assert as_anna(plan).stops[0].recent_sales == first.recent_sales
	# Another customer in the row is not prepared for.
	plan.stops[0].customer = works
	plan.save()
	assert not as_anna(plan).stops[0].recent_sales

	frappe.set_user("Administrator")
	visit_preparations.fill_preparations(plan.name)
	assert "Drill is loose" in frappe.get_doc("Visit Plan", plan.name).stops[1].open_complaints


def test_the_number_of_questions_does_not_grow_with_the_stops(story, firms):
	def questions(customers):
		asked = []
		real = frappe.db.sql
		frappe.db.sql = lambda query, *args, **kwargs: (
			asked.append(str(query)) or real(query, *args, **kwargs)
		)
		try:
			for function in (
				visit_preparations._recent_sales,
				visit_preparations._open_complaints,
				visit_preparations._people,
				visit_preparations._places,
			):
				function(customers)
		finally:
			frappe.db.sql = real
		return len(asked)

	questions(firms)  # what is looked up once
	assert questions(firms[:1]) == questions(firms)


def test_family_is_named_to_who_may_read_the_file_and_stored_nowhere(story, firms):
	plan = draft(firms)
	visit_preparations.fill_preparations(plan.name)
	named = visit_preparations.people_to_name(plan.name)
	assert [row["relation"] for row in named] == ["Owner", "Child"] * 2
	assert "Daughter" not in frappe.get_doc("Visit Plan", plan.name).as_json()
	frappe.set_user(EVE)
	with pytest.raises(frappe.PermissionError):
		visit_preparations.people_to_name(plan.name)


# On the way


def test_a_daily_note_is_a_word_to_the_superior_that_does_not_say_what_it_says(story, firms):
	plan = approved(firms)
	plan.append("day_notes", {"date": getdate(), "note": "Their owner is ill"})
	plan.save()
	logs = {"document_name": plan.name, "for_user": MIA}
	[log] = frappe.get_all("Notification Log", logs, ["subject", "type", "from_user"])
	assert "ill" not in log.subject and plan.name in log.subject
	assert (log.type, log.from_user) == ("Alert", ANNA)
	# Saving again is no new word.
	plan = as_anna(plan)
	plan.market = "Quiet"
	plan.save()
	assert frappe.db.count("Notification Log", logs) == 1


def test_what_was_approved_stays_as_it_is(story, firms):
	for change in (
		lambda plan: plan.stops.pop(),
		lambda plan: plan.append("stops", {"customer": firms[0]}),
		lambda plan: plan.set("purpose", "Holidays"),
		lambda plan: plan.set("status", "Reported"),
		lambda plan: plan.stops[0].set("follow_up", None),
	):
		plan = approved(firms)
		change(plan)
		with pytest.raises((frappe.ValidationError, frappe.UpdateAfterSubmitError)):
			plan.save()
		frappe.db.rollback()


# The report


def test_the_report_becomes_contacts_and_nothing_twice(story, firms):
	firm, works = firms
	plan = approved(firms, travel_cost=40, other_cost=10)
	with pytest.raises(frappe.ValidationError, match=r"Row 1.*not visited"):
		visits.file_report(plan.name)
	assert not frappe.get_all("Customer Touch")
	step = getdate() + timedelta(days=30)
	plan.stops[0].update(
		{
			"visited": 1, "report": "Wants two more", "satisfaction": 0.8, "cost": 25, "must_see_site": 1,
			"next_step": "Send the offer", "next_step_date": step,
		}
	)  # fmt: skip
	plan.stops[1].not_visited_reason = "Snow"
	plan.update({"goals": "One of two", "market": "Growing"})
	plan.save()
	assert as_anna(plan).total_cost == 75
	assert visits.file_report(plan.name) == {"contacts": 1, "moved": 0, "cancelled": 1}
	plan = as_anna(plan)
	assert plan.status == "Reported" and plan.reported_on
	[touch] = touches(firm)
	assert (touch.rep, touch.channel, touch.result, touch.notes, touch.satisfaction) == (
		ANNA, "Visit", "Reached", "Wants two more", 0.8,
	)  # fmt: skip
	row = follow_up(plan.stops[0])
	assert (plan.stops[0].touch, touch.follow_up, row.touch, row.status) == (
		touch.name,
		row.name,
		touch.name,
		"Done",
	)
	assert frappe.db.get_value("ToDo", row.todo, "status") == "Closed"
	row = follow_up(plan.stops[1])
	assert (row.status, row.hold_reason) == ("Cancelled", "Not visited")
	assert frappe.db.get_value("ToDo", row.todo, "status") == "Cancelled" and not touches(works)
	[planned] = story.follow_ups(firm, reference_doctype="Customer Touch")
	assert (planned.due_date, planned.status) == (step, "Planned")

	rows = frappe.db.count("Follow Up"), frappe.db.count("ToDo")
	first = plan.reported_on
	assert visits.file_report(plan.name) == {"contacts": 0, "moved": 0, "cancelled": 0}
	assert (len(touches(firm)), as_anna(plan).reported_on) == (1, first)
	assert (frappe.db.count("Follow Up"), frappe.db.count("ToDo")) == rows
	frappe.set_user("Administrator")
	# A contact recorded by mistake can be deleted although the plan mentions it.
	frappe.delete_doc("Customer Touch", touch.name)
	assert not as_anna(plan).stops[0].touch


def test_a_visit_that_is_moved_comes_on_its_day_and_is_reported_then(story, firms):
	plan = approved(firms[:1])
	day = getdate() + timedelta(days=5)
	plan.stops[0].moved_to = day
	plan.save()
	assert visits.file_report(plan.name)["moved"] == 1
	row = follow_up(as_anna(plan).stops[0])
	assert (row.status, row.due_date, frappe.db.get_value("ToDo", row.todo, "date")) == ("Assigned", day, day)
	plan = as_anna(plan)
	plan.stops[0].visited = 1
	plan.save()
	assert get_datetime(plan.stops[0].visited_on) <= now_datetime()
	assert visits.file_report(plan.name)["contacts"] == 1
	assert follow_up(as_anna(plan).stops[0]).status == "Done"


def test_a_contact_recorded_on_closing_the_todo_is_not_recorded_again(story, firms):
	from keep_customers.care.todos import record_touch

	plan = approved(firms[:1])
	row = follow_up(plan.stops[0])
	touch = record_touch(row.todo, "Reached", notes="Short")
	todo = frappe.get_doc("ToDo", row.todo)
	todo.status = "Closed"
	todo.save()
	plan = as_anna(plan)
	plan.stops[0].update({"visited": 1, "report": "Short"})
	plan.save()
	assert visits.file_report(plan.name)["contacts"] == 0
	assert as_anna(plan).stops[0].touch == touch and len(touches(firms[0])) == 1


def test_a_draft_has_no_report(story, firms):
	plan = draft(firms)
	with pytest.raises(frappe.ValidationError, match="Only an approved plan"):
		visits.file_report(plan.name)


# Changes of mind


def test_a_cancelled_plan_takes_its_visits_back_and_the_amended_one_asks_anew(story, firms):
	plan = approved(firms)
	plan.stops[0].visited = 1
	plan.save()
	plan.stops[1].moved_to = getdate() + timedelta(days=3)
	plan.save()
	visits.file_report(plan.name)
	frappe.set_user(ANNA)
	with pytest.raises(frappe.PermissionError):
		as_anna(plan).cancel()
	frappe.set_user(MIA)
	plan = frappe.get_doc("Visit Plan", plan.name)
	plan.cancel()
	assert frappe.db.get_value("Visit Plan", plan.name, "status") == "Cancelled"
	done, open_one = (follow_up(stop) for stop in plan.stops)
	assert done.status == "Done"
	assert (open_one.status, open_one.hold_reason) == ("Cancelled", "Visit plan cancelled")
	assert frappe.db.get_value("ToDo", open_one.todo, "status") == "Cancelled"

	amended = frappe.copy_doc(frappe.get_doc("Visit Plan", plan.name))
	amended.update({"amended_from": plan.name, "docstatus": 0})
	amended.insert()
	assert (amended.status, amended.approved_by, amended.reported_on) == ("Draft", None, None)
	amended.submit()
	# What took place is not asked for again.
	stops = frappe.get_doc("Visit Plan", amended.name).stops
	assert stops[0].touch and not stops[0].follow_up
	assert follow_up(stops[1]).status == "Assigned"
	visits_of_firm = [row.status for row in story.follow_ups(firms[0], reference_doctype="Visit Plan")]
	assert visits_of_firm == ["Done"]


def test_customers_are_renamed_merged_and_deleted_while_a_visit_is_planned(story, firms):
	firm, works = firms
	plan = approved(firms)
	frappe.set_user("Administrator")
	# What the framework has noted during an earlier test; a request starts without.
	frappe.local.dynamic_link_map = None
	new = f"{PREFIX} Renamed"
	frappe.rename_doc("Customer", firm, new)
	frappe.db.set_value("Customer", new, "customer_name", new)
	stop = frappe.get_doc("Visit Plan", plan.name).stops[0]
	assert (stop.customer, follow_up(stop).customer) == (new, new)

	third = story.customer("Third")
	frappe.rename_doc("Customer", new, third, merge=True)
	plan = as_anna(plan)
	assert (plan.stops[0].customer, plan.stops[0].customer_name) == (third, third)
	plan.stops[0].visited = 1
	plan.save()
	plan.stops[1].not_visited_reason = "Moved away"
	plan.save()
	visits.file_report(plan.name)
	assert len(touches(third)) == 1

	frappe.set_user("Administrator")
	frappe.delete_doc("Customer", works)
	assert [stop.customer for stop in frappe.get_doc("Visit Plan", plan.name).stops] == [third]
	assert not frappe.get_all("Version", {"ref_doctype": "Visit Plan", "data": ("like", f"%{works}%")})
	as_anna(plan).check_permission("write")


# Doors


@pytest.fixture
def browsers(story):
	server, sessions = Server(), {}

	def browser(user=None):
		if user not in sessions:
			sessions[user] = Browser(server, user)
		return sessions[user]

	yield browser
	server.stop()


def refused(answer):
	assert answer.status_code in (401, 403, 404, 417), f"{answer.status_code} {answer.text[:500]}"
	assert "new tools" not in answer.text
	return answer


def shown(answer):
	"""The names in a list's answer."""
	assert answer.status_code == 200, answer.text
	return sorted(row["name"] for row in answer.json()["data"])


def test_plans_are_the_reps_own_and_the_managers(story, firms, browsers):
	own, bens = draft(firms), draft(firms, user=BEN, rep=BEN)
	frappe.set_user("Administrator")
	frappe.db.commit()
	assert shown(browsers(ANNA).resource("Visit Plan")) == [own.name]
	assert shown(browsers(BEN).resource("Visit Plan")) == [bens.name]
	assert shown(browsers(MIA).resource("Visit Plan")) == sorted([own.name, bens.name])
	anna = browsers(ANNA)
	found = anna.call("frappe.desk.search.search_link", doctype="Visit Plan", txt="VISIT")
	assert own.name in found.text and bens.name not in found.text
	events = anna.call(
		"frappe.desk.calendar.get_events", "GET", doctype="Visit Plan", start=str(getdate()),
		end=str(getdate() + timedelta(days=2)), field_map={"start": "from_date", "end": "to_date", "title": "rep_name"},
		fields=["name", "rep_name"],
	)  # fmt: skip
	assert own.name in events.text and bens.name not in events.text
	for child in ("Visit Plan Stop", "Visit Plan Day Note"):
		params = {"parent": "Visit Plan", "fields": '["parent"]', "limit_page_length": 0}
		rows = anna.resource(child, params=params).json().get("data", [])
		assert {row["parent"] for row in rows} <= {own.name}, child
	assert anna.resource("Visit Plan Stop", params={"parent": "Visit Plan"}).json()["data"]
	refused(anna.resource("Visit Plan Stop", bens.stops[0].name))
	for user, plan in ((ANNA, bens), (BEN, own), (EVE, own), (None, own)):
		browser = browsers(user)
		refused(browser.resource("Visit Plan", plan.name))
		refused(browser.resource("Visit Plan", plan.name, "PUT", json={"purpose": "Mine now"}))
		refused(browser.resource("Visit Plan", plan.name, "PUT", json={"rep": user}))
		refused(browser.resource("Visit Plan", plan.name, "DELETE"))
		for method in (
			"visit_approval.ask_for_approval",
			"visit_approval.send_back",
			"visit_preparations.fill_preparations",
			"visit_preparations.people_to_name",
			"visits.file_report",
		):
			arguments = {"why": "x"} if method.endswith("send_back") else {}
			refused(browser.call(f"keep_customers.care.{method}", plan=plan.name, **arguments))
	# She may ask for her plan, not approve it, in whatever way she says so.
	refused(anna.resource("Visit Plan", own.name, "PUT", json={"docstatus": 1}))
	refused(anna.call("frappe.client.submit", doc=json.loads(own.as_json())))
	refused(anna.resource("Visit Plan", own.name, "DELETE"))
	frappe.db.rollback()
	assert frappe.db.get_value("Visit Plan", own.name, ["docstatus", "purpose"]) == (0, own.purpose)
	assert not frappe.get_all("ToDo", {"reference_type": "Visit Plan"})


def test_a_rep_reports_on_an_approved_plan_over_http_and_cancels_none(story, firms, browsers):
	plan = approved(firms[:1])
	frappe.db.commit()
	anna = browsers(ANNA)
	answer = anna.resource("Visit Plan", plan.name, "PUT", json={"market": "Growing"})
	assert answer.status_code == 200, answer.text
	refused(anna.resource("Visit Plan", plan.name, "PUT", json={"docstatus": 2}))
	refused(anna.call("frappe.client.cancel", doctype="Visit Plan", name=plan.name))
	frappe.db.rollback()
	assert frappe.db.get_value("Visit Plan", plan.name, ["docstatus", "market"]) == (1, "Growing")


def test_a_plan_with_a_customer_out_of_sight_is_out_of_sight(story, firms, browsers):
	both, mine = draft(firms), draft(firms[:1])
	frappe.set_user("Administrator")
	add_user_permission("Customer", firms[0], ANNA, ignore_permissions=True)
	frappe.db.commit()
	try:
		anna = browsers(ANNA)
		assert shown(anna.resource("Visit Plan")) == [mine.name]
		refused(anna.resource("Visit Plan", both.name))
		refused(anna.call("keep_customers.care.visit_preparations.fill_preparations", plan=both.name))
		refused(anna.resource("Visit Plan", mine.name, "PUT", json={"stops": [{"customer": firms[1]}]}))
		rows = anna.resource("Visit Plan Stop", params={"parent": "Visit Plan", "fields": '["customer"]'})
		assert {row["customer"] for row in rows.json()["data"]} == {firms[0]}
	finally:
		frappe.db.delete("User Permission", {"user": ANNA})
		frappe.db.commit()
		frappe.clear_cache(user=ANNA)


def test_a_manager_who_may_read_no_customer_sees_no_plan(story, firms):
	plan = draft(firms)
	kim = "kim@keep-test.example"
	frappe.set_user("Administrator")
	if not frappe.db.exists("User", kim):
		from .story import _user

		_user(kim, [])
	frappe.get_doc("User", kim).add_roles("Keep Customers Manager")
	frappe.set_user(kim)
	assert may_approve_plans(kim)
	assert frappe.get_list("Visit Plan") == []
	assert not frappe.has_permission("Visit Plan", "read", doc=plan.name)


def test_the_story_leaves_nothing(story, firms):
	approved(firms)
	frappe.set_user("Administrator")
	remove_everything()
	for doctype in ("Visit Plan", "Visit Plan Stop", "Visit Plan Day Note"):
		assert not frappe.db.count(doctype)
	assert frappe.db.exists("Territory", TERRITORY)
