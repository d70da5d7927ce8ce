"""Runs are kept for as long as Log Settings say, and what tonight goes on from for ever."""

import frappe
import pytest
from frappe.core.doctype.log_settings.log_settings import _supports_log_clearing
from frappe.model.base_document import get_controller
from frappe.utils import add_days, now_datetime

from keep_customers.jobs import clock

RUN, ASIDE, MOVE = "Care Run", "Care Run Set Aside", "Tier Change"


def run_of(story, days_ago, status="Completed", **values):
	run = frappe.new_doc(RUN)
	run.update({"as_of": story.days_ago(days_ago), "status": status, "parameters": "{}", **values})
	run.insert(ignore_permissions=True)
	run.db_set("creation", add_days(now_datetime(), -days_ago), update_modified=False)
	frappe.get_doc({"doctype": ASIDE, "care_run": run.name, "part": "Planned", "why": "Odd"}).insert(
		ignore_permissions=True
	)
	return run.name


def move_of(story, customer, run, days_ago):
	move = frappe.new_doc(MOVE)
	move.update({"customer": customer, "date": story.days_ago(days_ago), "care_run": run, "to_tier": "Gold"})
	move.insert(ignore_permissions=True)
	return move.name


def clean_up():
	"""As the host does every day; its own logs it cannot clear on SQLite."""
	assert _supports_log_clearing(RUN), "else it takes it off its list"
	get_controller(RUN).clear_old_logs(days=frappe.get_hooks("default_log_clearing_doctypes")[RUN][-1])


@pytest.fixture
def of_years(story):
	"""Newest first, by how many days ago."""
	runs = {ago: run_of(story, ago) for ago in (10, 364, 366, 800)}
	runs[900] = run_of(story, 900, learned='{"day": "2024-01-01"}')
	frappe.db.commit()
	return runs


def test_the_host_clears_runs_of_more_than_a_year_ago(story, of_years):
	firm = story.customer("Firm")
	moves = {ago: move_of(story, firm, of_years[ago], ago) for ago in (364, 366)}
	frappe.db.commit()
	clean_up()
	kept = [of_years[ago] for ago in (10, 364, 900)]
	assert set(frappe.get_all(RUN, pluck="name")) == set(kept), "and what was learned last"
	assert set(frappe.get_all(ASIDE, pluck="care_run")) == set(kept)
	assert [frappe.db.get_value(MOVE, moves[ago], "care_run") for ago in (364, 366)] == [of_years[364], None]
	clean_up()
	assert frappe.db.count(RUN) == 3


def test_what_tonight_goes_on_from_stays_however_old_it_is(story):
	completed = run_of(story, 900)
	failed = run_of(story, 800, status="Failed")
	run_of(story, 850, status="Failed")
	frappe.db.commit()
	clean_up()
	assert set(frappe.get_all(RUN, pluck="name")) == {completed, failed}


def test_while_the_clock_is_in_doubt_nothing_is_old(story, of_years, monkeypatch):
	monkeypatch.setattr(clock, "is_in_doubt", lambda: True)
	clean_up()
	assert frappe.db.count(RUN) == 5
