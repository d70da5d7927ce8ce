"""One bad customer, rule, policy or document never stops a night: it is named on the Care Run, and all others are served."""

from datetime import timedelta

import frappe
import pytest
from rq.timeouts import JobTimeoutException

from keep_customers.care import planning, rules, todos
from keep_customers.erp import aside
from keep_customers.jobs import nightly, set_aside, took
from keep_customers.messaging import sending
from keep_customers.worth import values
from keep_customers.worth.reasons import Reasons
from keep_customers.worth.valuation import Valuation
from tests.site.jobs.test_night import a_hundred_days_of_business
from tests.site.story import EVE, MIA, PREFIX

SET_ASIDE = "Care Run Set Aside"


def left(run, *fields):
	"""What was set aside: (doctype, name), or the given fields."""
	fields = fields or ("reference_doctype", "reference_name")
	return sorted(frappe.get_all(SET_ASIDE, {"care_run": run.name, "seconds": 0}, fields, as_list=True))


def standing(names):
	return {
		name: frappe.db.get_value(
			"Customer Value", name, ["tier", "potential_value", "p_alive", "status", "tier_reason"]
		)
		for name in names
	}


def on_the_card():
	"""What the workspace says of the last night, which is what it opens."""
	found = set_aside.last_night()
	assert len(frappe.get_list(SET_ASIDE, found["route_options"], limit=0)) == found["value"]
	return found["value"]


def managers():
	"""Those whom somebody has told anything."""
	return set(frappe.get_all("Notification Log", {"document_type": "Care Run"}, pluck="for_user"))


def told():
	return frappe.db.count("Notification Log", {"document_type": "Care Run"})


def spoiled(story, how):
	"""A customer whose figures nobody can work out."""
	name = story.customer("Spoiled")
	if how == "more than can be stored":
		story.history(name, [(n, 9e11) for n in (60, 40, 20)])
	elif how == "bought in the year 1":
		story.history(name, [(60, 100), (20, 100)])
		first = frappe.get_all("Sales Invoice", {"customer": name}, pluck="name", limit=1)
		frappe.db.set_value("Sales Invoice", first[0], "posting_date", "0001-01-01")
	elif how == "no number":
		story.history(name, [(60, 100), (20, 100)])
		frappe.db.sql("update `tabSales Invoice` set base_net_total = 9e999 where customer = %s", name)
	frappe.db.commit()
	return name


HOWS = ["more than can be stored", "bought in the year 1"]
if frappe.db.db_type == "sqlite":
	HOWS.append("no number")  # other databases refuse to store one


@pytest.mark.parametrize("how", HOWS)
def test_who_cannot_be_measured_is_named_and_the_others_stand_as_without_it(story, how):
	names = a_hundred_days_of_business(story, 10)
	story.night()
	without = standing(names)
	frappe.db.delete("Customer Value")
	frappe.db.delete("Tier Change")
	bad = spoiled(story, how)
	run = story.night()
	assert (run.status, run.customers, run.written) == ("Completed With Errors", 10, 10)
	assert left(run) == [("Customer", bad)]
	assert standing(names) == without
	assert not frappe.db.exists("Customer Value", bad)


def test_what_is_set_aside_keeps_what_it_had_and_is_tried_again(story):
	assert on_the_card() == 0
	names = a_hundred_days_of_business(story, 10)
	story.night()
	had = standing(names)[names[0]]
	story.history(names[0], [(1, 9e11), (0, 9e11)])
	for _again in range(2):
		run = story.night(story.today + timedelta(days=1))
		assert left(run) == [("Customer", names[0])] and on_the_card() == 1
	assert standing(names)[names[0]] == had and had[0] == "Platinum"
	assert not frappe.db.exists("Tier Change", {"customer": names[0], "direction": "Left"})
	frappe.db.delete("Sales Invoice", {"customer": names[0], "base_net_total": (">", 1e9)})
	frappe.db.commit()
	run = story.night(story.today + timedelta(days=2))
	assert (run.status, left(run), on_the_card()) == ("Completed", [], 0)


def test_managers_are_told_once_when_it_stays(story):
	a_hundred_days_of_business(story, 10)
	bad = spoiled(story, HOWS[0])
	for night, then in enumerate((0, 0, 1, 1, 1)):
		run = story.night(story.today + timedelta(days=night))
		assert left(run, "reference_name", "nights", "since") == [(bad, night + 1, story.today)]
		assert bool(told()) == bool(then), night
		before = told() if night == 2 else None
		if before:
			once = before
		story.night(story.today + timedelta(days=night))
	assert told() == once, "the same night again, and those after it, tell nobody a second time"
	subject = frappe.get_all("Notification Log", {"document_type": "Care Run"}, pluck="subject")[0]
	assert bad not in subject and "Customer: 1" in subject


def test_they_are_told_at_once_when_nothing_goes_through(story, monkeypatch):
	a_hundred_days_of_business(story, 4)
	with monkeypatch.context() as broken:
		broken.setattr(values, "upsert_columns", lambda *args: 1 / 0)
		run = story.night()
	assert (run.status, run.written, len(left(run))) == ("Completed With Errors", 0, 4)
	assert told()


def test_a_night_that_fails_is_told_once(story, monkeypatch):
	a_hundred_days_of_business(story, 4)
	with monkeypatch.context() as broken:
		broken.setattr(Valuation, "measure", lambda self: 1 / 0)
		for _night in range(3):
			with pytest.raises(ZeroDivisionError):
				story.night()
	assert told() == len(managers())
	assert story.night().status == "Completed"


def test_a_night_that_is_killed_is_told_when_it_happens_again(story):
	a_hundred_days_of_business(story, 3)
	for nights, then in ((1, 0), (2, 1), (3, 1)):
		frappe.get_doc({"doctype": "Care Run", "status": "Running", "as_of": story.today}).insert()
		nightly._close_interrupted_runs()
		assert told() == then * len(managers()), nights
	assert story.night().status == "Completed" and told() == len(managers())


def test_a_job_that_has_run_out_of_time_ends_and_blames_nobody(story, monkeypatch):
	names = a_hundred_days_of_business(story, 4)

	def out_of_time(self, index):
		raise JobTimeoutException("Task exceeded maximum timeout value")

	monkeypatch.setattr(Reasons, "of", out_of_time)
	with pytest.raises(JobTimeoutException):
		story.night()
	[run] = frappe.get_all("Care Run", fields=["name", "status"])
	assert run.status == "Failed" and told() == len(managers())
	assert not frappe.db.exists(SET_ASIDE, {"reference_name": ("in", names)})


def test_a_row_the_database_refuses_is_found_by_halving(story, monkeypatch):
	names = a_hundred_days_of_business(story, 20)
	real, asked = values.upsert_columns, []

	def refusing(doctype, columns):
		asked.append(len(columns["name"]))
		if names[13] in columns["name"]:
			raise frappe.db.DataError(1264, "Out of range value")
		return real(doctype, columns)

	monkeypatch.setattr(values, "upsert_columns", refusing)
	run = story.night()
	assert (run.status, run.written, run.moves) == ("Completed With Errors", 19, 19)
	assert left(run) == [("Customer", names[13])] and asked[0] == 20 and len(asked) <= 11
	assert "Out of range" in left(run, "why")[0][0]
	assert not frappe.db.exists("Tier Change", {"customer": names[13]})


def test_a_reason_that_cannot_be_written_costs_one_customer(story, monkeypatch):
	names = a_hundred_days_of_business(story, 6)
	real = Reasons.of
	monkeypatch.setattr(
		Reasons, "of", lambda self, i: 1 / 0 if self.p.members[i].name == names[2] else real(self, i)
	)
	run = story.night()
	assert run.written == 5 and left(run) == [("Customer", names[2])]


@pytest.mark.parametrize(
	"spoil",
	(
		{"high_share": 90, "low_share": 90},
		{"top_tier": "Diamond"},
		{"review": "At Full Moon"},
		{"window_months": 10**7},
	),
	ids=("impossible cuts", "a tier that is gone", "an unknown rhythm", "an absurd window"),
)
def test_a_policy_that_makes_no_sense_costs_its_customers_nothing(story, spoil):
	dealers = frappe.get_doc(
		{
			"doctype": "Customer Group",
			"customer_group_name": f"{PREFIX} Dealers",
			"parent_customer_group": "All Customer Groups",
		}
	).insert()
	a_hundred_days_of_business(story, 6)
	dealer = story.customer("Dealer", customer_group=dealers.name)
	story.history(dealer, [(60, 5000), (20, 5000)])
	story.policy(f"{PREFIX} Dealers", customer_group=dealers.name, priority=0)
	story.night()
	had = frappe.db.get_value("Customer Value", dealer, ["tier", "policy"])
	frappe.db.set_value("Tier Policy", f"{PREFIX} Dealers", spoil)
	story.history(dealer, [(0, 1)])
	frappe.db.commit()
	run = story.night(story.today + timedelta(days=1))
	assert (run.status, run.customers) == ("Completed With Errors", 6)
	assert left(run) == [("Tier Policy", f"{PREFIX} Dealers")]
	assert frappe.db.get_value("Customer Value", dealer, ["tier", "policy"]) == had


def test_another_apps_trigger_that_is_gone_costs_only_its_own_rule(story, monkeypatch):
	firm = story.customer("Firm")
	story.history(firm, [(40, 100), (3, 3000)])
	story.rule("Purchase")
	theirs = story.rule("Theirs")
	theirs.db_set("trigger", "Tank Nearly Empty")
	real = frappe.get_hooks

	def hooks(hook=None, *args, **kwargs):
		if hook == "keep_customers_triggers":
			return {"Tank Nearly Empty": ["their_app.that.is.gone"]}
		return real(hook, *args, **kwargs)

	story.completed_yesterday()
	monkeypatch.setattr(frappe, "get_hooks", hooks)
	run = story.night()
	assert left(run) == [("Care Rule", theirs.name)] and run.assigned == 1
	assert "Tank Nearly Empty" in rules.triggers()
	frappe.get_doc("Care Rule", f"{PREFIX} Purchase").save()


def test_a_trigger_that_speaks_of_nobody_is_its_rules_fault(story, monkeypatch):
	firm = story.customer("Firm")
	story.history(firm, [(40, 100), (3, 3000)])
	story.rule("Purchase")
	for number, rows in enumerate(([{"occurrence": "x"}], None, [{"customer": firm}])):
		story.rule(f"Odd {number}", trigger="Silence", silent_days=1)
		monkeypatch.setitem(rules.TRIGGERS, "Silence", rules.Trigger(lambda rule, today, rows=rows: rows))
	story.completed_yesterday()
	run = story.night()
	assert run.assigned == 1 and all(doctype == "Care Rule" for doctype, _name in left(run))


def test_who_cannot_say_what_goes_out_by_itself_makes_reps_ask_nobody_twice(story, monkeypatch):
	firm, other = story.customer("Firm"), story.customer("Other")
	for customer in (firm, other):
		story.history(customer, [(40, 100), (3, 3000)])
	story.rule("Purchase", customer_group=None)
	sends = story.rule("Sends", channel="Email", send_automatically=1, message_kind="Thank You")
	story.completed_yesterday()
	monkeypatch.setattr(sending, "without_rep", lambda rows: 1 / 0)
	run = story.night()
	assert run.status == "Completed With Errors"
	assert left(run, "part") == [("keep_customers.messaging.sending.without_rep",)]
	assert {row.status for row in story.follow_ups(care_rule=sends.name)} <= {"Planned"}
	assert len(story.todos()) == 2


def test_about_whom_nothing_can_be_decided_waits_and_the_others_are_asked(story, monkeypatch):
	from keep_customers.care import planning as module

	names = [story.customer(name) for name in ("A", "B", "C", "D", "E")]
	for name in names:
		story.history(name, [(40, 100), (3, 3000)])
	story.rule()
	story.completed_yesterday()
	real = module.Assignment.user_for
	monkeypatch.setattr(
		module.Assignment,
		"user_for",
		lambda self, customer, *args: 1 / 0 if customer == names[2] else real(self, customer, *args),
	)
	run = story.night()
	assert left(run) == [("Customer", names[2])] and run.assigned == 4


def test_a_follow_up_without_a_day_is_due_today(story):
	firm = story.customer("Firm")
	story.history(firm, [(40, 100), (3, 3000)])
	story.rule()
	story.completed_yesterday()
	frappe.db.bulk_insert(
		"Follow Up",
		[
			"name",
			"customer",
			"customer_name",
			"status",
			"planned_on",
			"due_date",
			"priority",
			"channel",
			"reason",
		],
		[("keep-test-odd", firm, firm, "Planned", story.today, None, None, None, None)],
	)
	frappe.db.commit()
	run = story.night()
	assert (run.status, run.assigned) == ("Completed", 1)
	assert {row.status for row in story.follow_ups(firm)} == {"Assigned"}


def test_parameters_nobody_can_read_are_forgotten(story):
	a_hundred_days_of_business(story, 5)
	for spoilt in ('{"models": ', "[]", '{"models": {"Keep Test Policy": {"bgnbd": "x"}}}'):
		run = story.night()
		frappe.db.set_value("Care Run", run.name, "parameters", spoilt)
		frappe.db.commit()
		assert story.night().status == "Completed"


def test_what_somebody_has_written_by_hand_into_the_figures_is_measured_anew(story):
	names = a_hundred_days_of_business(story, 5)
	story.night()
	before = standing(names)
	frappe.db.set_value("Customer Value", names[0], {"purchases": 1, "first_purchase": "2020-01-01"})
	frappe.db.commit()
	assert story.night().status == "Completed" and standing(names) == before


# While people go on working


def in_the_middle(monkeypatch, module, name, work):
	real, done = getattr(module, name), []

	def first(*args, **kwargs):
		if not done:
			done.append(1)
			work()
			frappe.db.commit()
		return real(*args, **kwargs)

	monkeypatch.setattr(module, name, first)


def test_who_is_deleted_or_renamed_while_the_night_is_at_work_leaves_no_ghost(story, monkeypatch):
	names = a_hundred_days_of_business(story, 5)

	def people():
		frappe.db.delete("Sales Invoice", {"customer": names[1]})
		frappe.delete_doc("Customer", names[1])
		frappe.rename_doc("Customer", names[2], f"{PREFIX} Renamed", force=True)

	in_the_middle(monkeypatch, Valuation, "tier", people)
	run = story.night()
	assert (run.status, left(run), run.written) == ("Completed", [], 3)
	for doctype in ("Customer Value", "Tier Change"):
		assert not frappe.db.exists(doctype, {"customer": ("in", names[1:3])})
	monkeypatch.undo()
	assert story.night().written == 1
	assert story.value(f"{PREFIX} Renamed").purchases == 5


def test_what_is_settled_while_the_night_decides_is_asked_of_nobody(story, monkeypatch):
	names = [story.customer(name) for name in ("A", "B", "C")]
	for name in names:
		story.history(name, [(40, 100), (3, 3000)])
	story.rule()
	story.completed_yesterday()

	def people():
		frappe.db.set_value("Follow Up", {"customer": names[0]}, "status", "Cancelled")
		frappe.db.delete("Sales Invoice", {"customer": names[1]})
		frappe.delete_doc("Customer", names[1])

	in_the_middle(monkeypatch, planning.Planning, "create_todos", people)
	run = story.night()
	assert (run.status, run.assigned) == ("Completed", 1)
	assert [todo.reference_name for todo in story.todos()] == [names[2]]
	assert [row.status for row in story.follow_ups(names[0])] == ["Cancelled"]


def test_who_is_deleted_while_the_rules_are_asked_is_noted_nowhere(story, monkeypatch):
	a_hundred_days_of_business(story, 3)
	rule = story.rule("Silence", trigger="Silence", silent_days=1)
	story.completed_yesterday()
	gone = story.customer("Gone")

	def due(rule, today):
		frappe.delete_doc("Customer", gone)
		return [{"customer": gone, "care_rule": rule.name, "occurrence": "o", "status": "Planned"}]

	monkeypatch.setitem(rules.TRIGGERS, "Silence", rules.Trigger(due))
	run = story.night()
	assert (run.status, run.planned) == ("Completed", 0)
	assert not frappe.db.exists("Follow Up", {"care_rule": rule.name})


# Who reads it


def test_names_are_for_whom_the_runs_errors_are_for(story):
	a_hundred_days_of_business(story, 3)
	bad = spoiled(story, HOWS[0])
	run = story.night()
	frappe.get_doc("User", EVE).add_roles("Keep Customers Manager")
	for user, may in ((MIA, False), (EVE, True)):  # Mia is a Sales Manager, who may read runs
		frappe.set_user(user)
		assert frappe.has_permission("Care Run", doc=run.name)
		assert frappe.has_permission(SET_ASIDE) is may
	assert frappe.get_list(SET_ASIDE, pluck="reference_name") == [], "she may not read customers"
	frappe.set_user("Administrator")
	frappe.get_doc("User", EVE).add_roles("Sales User")
	frappe.set_user(EVE)
	assert frappe.get_list(SET_ASIDE, pluck="reference_name") == [bad]


def test_a_customer_that_was_set_aside_can_be_renamed_and_deleted(story):
	a_hundred_days_of_business(story, 3)
	bad = spoiled(story, HOWS[0])
	run = story.night()
	frappe.rename_doc("Customer", bad, f"{PREFIX} Better", force=True)
	run.reload()
	assert left(run) == [("Customer", f"{PREFIX} Better")]
	frappe.db.delete("Sales Invoice", {"customer": f"{PREFIX} Better"})
	frappe.delete_doc("Customer", f"{PREFIX} Better")
	assert left(run) == []


def test_what_took_long_is_named_and_is_no_trouble(story, monkeypatch):
	slow, quick = story.customer("Slow"), story.customer("Quick")
	for name in (slow, quick):
		story.history(name, [(60, 3000), (1, 3000)])
	story.rule(switched_on=story.days_ago(400))
	story.completed_yesterday()
	create, seconds = todos.create, [0.0]

	def takes_its_time(rows, *args):
		seconds[0] += 5 if rows[0].customer == slow else 0
		return create(rows, *args)

	monkeypatch.setattr(todos, "create", takes_its_time)
	monkeypatch.setattr(planning, "COMMIT_EVERY", 1)
	monkeypatch.setattr(aside, "perf_counter", lambda: seconds[0])
	run = story.night()
	assert (run.status, left(run), told()) == ("Completed", [], 0)
	[row] = frappe.get_all(
		SET_ASIDE, {"care_run": run.name, "reference_name": slow}, ["stage", "seconds", "why"]
	)
	assert (row.stage, row.seconds, row.why) == ("ToDos", 5, "It took 5.0 seconds.")
	assert not frappe.db.exists(SET_ASIDE, {"care_run": run.name, "reference_name": quick})
	assert on_the_card() == 0


def test_each_stage_stands_beside_what_is_usual(story):
	story.history(story.customer("Firm"), [(60, 100), (20, 100)])
	first, second, third = (story.night(story.days_ago(days)) for days in (2, 1, 0))
	assert [one["usual"] for one in took.of_run(first)] == [None] * 5
	shown = took.of_run(third)
	assert [one["stage"] for one in shown] == list(nightly.STAGES)
	of_second = frappe.parse_json(second.stage_seconds)
	assert {one["stage"]: one["usual"] for one in shown} == of_second, "a first night is another thing"
	running = frappe.get_doc({"doctype": "Care Run", "as_of": story.today, "status": "Running"}).insert()
	assert took.of_run(running) == []
