"""A night that is killed at any moment and run again leaves what one that was not killed leaves.

The nights run in processes of their own (killed.py) and are really killed (SIGKILL): nothing in them can tidy up.
"""

import json
import multiprocessing
import os
import signal
import sys
from contextlib import contextmanager
from unittest import mock

import frappe
import pytest
from frappe.utils.file_lock import LockTimeoutError

from keep_customers.care import followups
from keep_customers.jobs import nightly
from tests.site.jobs import killed
from tests.site.removal import remove_everything
from tests.site.story import ANNA, GROUP, PREFIX, Story, _tree

KILLS = {
	**{f"in the stage {stage}": {"where": "stage", "stage": stage} for stage in nightly.STAGES},
	**{
		f"before chunk {n} of the values is committed": {"where": "values", "number": n} for n in (1, 2, 3, 4)
	},
	"between a chunk's values and its customers": {"where": "between values", "number": 2},
	"after a rule's follow-ups": {"where": "rules", "number": 1},
	"after another rule's follow-ups": {"where": "rules", "number": 2},
	"while noting who waits": {"where": "held back", "number": 1},
	**{f"after ToDo {n}": {"where": "todos", "number": n} for n in (1, 3, 4)},
	"between a ToDo and its commit": {"where": "settled", "number": 2},
}
# What differs from night to night, and random names.
NOT_COMPARED = {"name", "creation", "modified", "care_run", "todo", "keep_follow_up", "_comments"}
STATE = (
	"Care Rule", "Customer Value", "Tier Change", "Follow Up", "ToDo", "Customer", "Tier Policy", "Comment",
	"Care Run",
)  # fmt: skip


@contextmanager
def child(work, **plan):
	"""A process of its own, and what it says; those that it begins with are imported once for all."""
	processes = multiprocessing.get_context("forkserver")
	processes.set_forkserver_preload([killed.__name__])
	ours, its = processes.Pipe(duplex=False)
	process = processes.Process(target=work, args=(its, {"site": frappe.local.site, **plan}))
	# What is imported once is looked for by this alone, and a site may have tests of others among its packages.
	with mock.patch.dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, sys.path))):
		process.start()
	its.close()
	try:
		yield process, ours
	finally:
		process.kill()
		process.join()
		ours.close()


def killed_night(as_of, **plan):
	"""Run a night in a process of its own, which must die where it was told to."""
	frappe.db.commit()  # nothing of ours may stand in its way
	with child(killed.night, as_of=as_of, **plan) as (process, says):
		process.join(120)
		assert process.exitcode == -signal.SIGKILL, says.poll() and says.recv()
	frappe.db.rollback()  # see what it has left


def ended(process):
	process.join(30)
	assert process.exitcode == 0


def rows_of(doctype):
	like = {"ToDo": "reference_name", "Comment": "reference_name"}
	like |= dict.fromkeys(("Customer", "Tier Policy", "Care Rule"), "name")
	condition = f"where `{like[doctype]}` like '{PREFIX}%%'" if doctype in like else ""
	return frappe.db.sql(f"select * from `tab{doctype}` {condition}", as_dict=True)


def save():
	return {doctype: rows_of(doctype) for doctype in STATE}


def restore(state):
	"""Put the tables back as they were."""
	for doctype, rows in state.items():
		now = {row.name for row in rows_of(doctype)}
		if now:
			frappe.db.delete(doctype, {"name": ("in", sorted(now))})
		if rows:
			frappe.db.bulk_insert(doctype, list(rows[0]), [tuple(row.values()) for row in rows])
	frappe.db.commit()
	frappe.clear_cache()


def picture():
	"""What a night leaves, in a form that two nights can be compared by."""
	result = {}
	for doctype in ("Customer Value", "Tier Change", "Follow Up", "ToDo", "Customer", "Tier Policy"):
		rows = [
			{field: str(value) for field, value in row.items() if field not in NOT_COMPARED}
			for row in rows_of(doctype)
		]
		result[doctype] = sorted(rows, key=lambda row: json.dumps(row, sort_keys=True))
	result["comments"] = sorted(
		(row.reference_name, row.comment_type) for row in rows_of("Comment") if row.comment_type == "Assigned"
	)
	# Every ToDo hangs together with its follow-up, both ways.
	for todo in rows_of("ToDo"):
		assert frappe.db.get_value("Follow Up", todo.keep_follow_up, "todo") == todo.name
	return result


@pytest.fixture(scope="module")
def firm():
	"""Two policies, three nights behind them: somebody is about to move down, somebody up, many calls are due."""
	frappe.set_user("Administrator")
	story = Story()
	dealers = f"{PREFIX} Dealers"
	_tree("Customer Group", dealers)
	shares = {"review": "Nightly", "high_share": 50, "top_share": 25, "low_share": 25, "keep_band": 1}
	story.policy(customer_group=dealers, **shares)
	story.policy(f"{PREFIX} Second Policy", priority=2, **shares)
	for number in range(12):
		name = story.customer(f"Firm {number:02}", customer_group=dealers if number % 2 else GROUP)
		story.history(name, [(back, 100 * (12 - number)) for back in (100, 80, 60, 40, 20)])
		if number < 8:
			story.file(name, dedicated_rep=ANNA)
	story.settings(rep_capacity=5, contact_cap=0)
	yield story
	frappe.set_user("Administrator")
	remove_everything()


@pytest.fixture(scope="module")
def before_the_first_night(firm):
	frappe.db.commit()
	return save()


@pytest.fixture(scope="module")
def before_tonight(firm, before_the_first_night):
	"""The state before tonight, and what tonight leaves when nothing happens to it."""
	restore(before_the_first_night)
	firm.rule("Cadence", trigger="Tier Cadence", switched_on=firm.days_ago(400))
	firm.rule("Large", switched_on=firm.days_ago(10))
	firm.night(firm.days_ago(2))
	for number in (4, 5):  # the great ones of tomorrow push others below the cut
		firm.history(f"{PREFIX} Firm {number:02}", [(1, 9000)])
	firm.night(firm.days_ago(1))
	for follow_up in firm.follow_ups(status="Assigned"):
		frappe.db.set_value("ToDo", follow_up.todo, "status", "Closed")
		frappe.db.set_value("Follow Up", follow_up.name, "status", "Done")
	for number in range(12):
		firm.history(f"{PREFIX} Firm {number:02}", [(0, 20000 if number in (6, 7) else 100)])
	frappe.db.set_value("Sales Invoice", {"customer": ("like", f"{PREFIX}%")}, "modified", firm.today)
	frappe.db.commit()
	before = save()
	run = firm.night()
	# A night in which nothing happens would prove nothing.
	assert run.status == "Completed" and run.written >= 12 and run.assigned >= 4, run.as_dict()
	moves = {row.direction for row in rows_of("Tier Change") if row.care_run == run.name}
	assert moves >= {"Up", "Down"}
	assert firm.follow_ups(status="Planned", hold_reason="Rep's capacity")
	return before, picture()


@pytest.mark.parametrize("kill", KILLS)
def test_a_night_killed_and_run_again_leaves_what_an_unbroken_night_leaves(firm, before_tonight, kill):
	before, unbroken = before_tonight
	restore(before)
	killed_night(firm.today, **KILLS[kill])
	[killed] = frappe.get_all("Care Run", filters={"as_of": firm.today}, fields=["name", "status"])
	assert killed.status == "Running"
	run = firm.night()
	assert run.status == "Completed"
	killed = frappe.get_doc("Care Run", killed.name)
	assert killed.status == "Failed" and "interrupted" in killed.warnings
	now = picture()
	for what, rows in unbroken.items():
		assert now[what] == rows, what


def test_a_night_killed_twice_in_a_row_is_still_made_good(firm, before_tonight):
	before, unbroken = before_tonight
	restore(before)
	killed_night(firm.today, where="values", number=3)
	killed_night(firm.today, where="todos", number=3)
	firm.night()
	assert picture() == unbroken


@pytest.mark.parametrize(
	"kill",
	({"where": "values", "number": 2}, {"where": "stage", "stage": "Tiered"}),
	ids=("writing", "tiering"),
)
def test_a_first_night_that_was_killed_is_still_the_first_and_asks_nobody(firm, before_the_first_night, kill):
	restore(before_the_first_night)
	firm.rule(f"Early {kill['where']}", trigger="Tier Cadence", switched_on=firm.days_ago(400))
	killed_night(firm.today, **kill)
	run = firm.night()
	assert (run.status, run.first_run, run.assigned) == ("Completed", 1, 0)
	assert not rows_of("ToDo") and not rows_of("Follow Up")
	changes = rows_of("Tier Change")
	assert len(rows_of("Customer Value")) == len(changes) == 12
	assert {change.direction for change in changes} == {"First"}


def test_a_second_run_at_the_same_time_is_refused_and_after_a_kill_the_next_goes_on(firm, before_tonight):
	before, unbroken = before_tonight
	restore(before)
	with child(killed.night, as_of=firm.today, where="stage", stage="Modelled", wait=True) as (first, says):
		assert says.recv() == "here"
		frappe.db.rollback()
		with pytest.raises(LockTimeoutError, match="already under way"):
			nightly.run(firm.today)
		frappe.db.rollback()
		assert len(frappe.get_all("Care Run", filters={"as_of": firm.today})) == 1
		first.kill()
		first.join()
		frappe.db.rollback()
		run = firm.night()
	assert run.status == "Completed"
	assert picture() == unbroken


HOW = "one after the other as SQLite has one writer" if frappe.db.db_type == "sqlite" else "at once"


@pytest.mark.parametrize("how", [HOW])
def test_two_planners_that_add_the_same_occurrence_leave_one_row(firm, before_tonight, how):
	before, _unbroken = before_tonight
	restore(before)
	row = {
		"customer": f"{PREFIX} Firm 00",
		"care_rule": f"{PREFIX} Large",
		"occurrence": "the very same",
		"status": "Planned",
		"priority": "Medium",
		"channel": "Phone",
	}
	frappe.db.commit()
	with child(killed.add, rows=[row]) as (other, says):
		assert says.recv() == "added"
		if how != "at once":
			ended(other)
			frappe.db.rollback()
		# At once, the other has not committed: this one waits for it, and finds the row there.
		followups.add([row])
		frappe.db.commit()
		ended(other)
	frappe.db.rollback()
	assert frappe.db.count("Follow Up", {"occurrence": "the very same"}) == 1
	followups.add([row, {**row, "customer": f"{PREFIX} Firm 01"}])
	assert frappe.db.count("Follow Up", {"occurrence": "the very same"}) == 2
