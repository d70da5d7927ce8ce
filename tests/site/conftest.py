"""Tests on a real site: any Frappe site with ERPNext (or the sandbox's stand-in), the app and allow_tests.

KEEP_TEST_SITES_PATH is the bench's sites folder, KEEP_TEST_SITE the site. On an ordinary bench:

	cd sites && KEEP_TEST_SITE=test.localhost ../env/bin/pytest ../apps/keep_customers/tests/site

Several sites, with commas between them, are for as many workers of pytest-xdist (-n).
"""

import os
from pathlib import Path

import frappe
import pytest

from keep_customers.privacy import erasure_log

from . import asked, fits, putback
from .removal import remove_everything
from .story import Story
from .web import Server, stop_servers

AS_IN_THE_STORIES = "#,###.##"


def _write_numbers(how):
	"""A company in Germany writes 1.000,00, and what is said in tests is written in one way.

	:returns: how numbers were written before
	"""
	before = frappe.db.get_default("number_format")
	if how and before and how != before:
		frappe.db.set_single_value("System Settings", "number_format", how)
		frappe.db.set_default("number_format", how)
		frappe.db.commit()
	return before


def _shares_out(config):
	"""Whether this process has no test itself: its workers have."""
	return config.getoption("dist", "no") != "no" and not hasattr(config, "workerinput")


def pytest_sessionstart(session):
	if _shares_out(session.config):
		return
	sites = Path(os.environ.get("KEEP_TEST_SITES_PATH", os.getcwd())).resolve()
	worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
	site = [*os.environ.get("KEEP_TEST_SITE", "").split(","), *[""] * worker][worker]
	if not site or not (sites / site).is_dir():
		raise pytest.UsageError(
			"Set KEEP_TEST_SITE (and KEEP_TEST_SITES_PATH) to a site that may be written to."
		)
	os.chdir(sites)
	if "FRAPPE_SITE" in os.environ:  # the sandbox's word to processes that this one starts
		os.environ["FRAPPE_SITE"] = site
	frappe.init(site, sites_path=str(sites))
	if not frappe.conf.allow_tests:
		raise pytest.UsageError(
			f"{site} has real data? Set allow_tests in its site_config.json to test on it."
		)
	frappe.connect()
	frappe.flags.mute_emails = True
	if not session.config.option.collectonly:
		fits.remember()
		remove_everything()
		session.config.numbers_were = _write_numbers(AS_IN_THE_STORIES)
		putback.begin()
		if folder := os.environ.get("KEEP_TEST_ASKED"):
			session.config.asked = asked.Asked(folder, worker)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item, nextitem):
	if noted := getattr(item.config, "asked", None):
		noted.begin()
	return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
	report = yield
	if report.when == "call" and report.passed and (noted := getattr(item.config, "asked", None)):
		noted.passed(item.nodeid)
	return report


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
	"""Of those that another database was asked, only so many that they ask all of it; see asked.py."""
	if folder := os.environ.get("KEEP_TEST_ASKED_BEFORE"):
		gone = asked.left_out(folder, items)
		config.hook.pytest_deselected(items=[item for item in items if item.nodeid in gone])
		items[:] = [item for item in items if item.nodeid not in gone]


def pytest_sessionfinish(session, exitstatus):
	if noted := getattr(session.config, "asked", None):
		noted.end()
	if getattr(frappe.local, "db", None):
		stop_servers()
		frappe.db.rollback()
		putback.end()
		if not session.config.option.collectonly:
			remove_everything()
			_write_numbers(getattr(session.config, "numbers_were", None))
		frappe.destroy()


@pytest.fixture(autouse=True)
def _nobody_was_forgotten(tmp_path_factory):
	"""What a test forgets is put back in the database, as an older backup would; the site's own list knows nothing of it."""
	# Not by monkeypatch, which would be begun before all else, and end after it.
	theirs = erasure_log._path
	erasure_log._path = lambda: tmp_path_factory.getbasetemp() / "kept" / "forgotten.jsonl"
	yield
	erasure_log.remove()
	erasure_log._path = theirs


@pytest.fixture
def story():
	"""A small company with named reps; everything a test made is gone after it."""
	frappe.set_user("Administrator")
	frappe.clear_messages()  # what an earlier story was told
	# Counting what is linked to a document leaves a second a statement to the connection, which a request has to itself.
	# To SQLite it is how long it waits for another who writes.
	frappe.db.set_execution_timeout(15 if frappe.db.db_type == "sqlite" else 0)
	told = Story()
	yield told
	frappe.set_user("Administrator")
	remove_everything()


@pytest.fixture(scope="module")
def server():
	"""The site over real HTTP, for the stories of one file."""
	running = Server()
	yield running
	running.stop()
