"""Tests on a real site: any Frappe site with ERPNext (or the sandbox's stand-in), the app and allow_tests.

KEEP_TEST_SITES_PATH is the bench's sites folder, KEEP_TEST_SITE the site. On an ordinary bench:

	cd sites && KEEP_TEST_SITE=test.localhost ../env/bin/pytest ../apps/keep_customers/tests/site
"""

import os
from pathlib import Path

import frappe
import pytest

from .story import Story, remove_everything
from .web import Server


def pytest_sessionstart(session):
	sites = Path(os.environ.get("KEEP_TEST_SITES_PATH", os.getcwd())).resolve()
	site = os.environ.get("KEEP_TEST_SITE")
	if not site or not (sites / site).is_dir():
		raise pytest.UsageError(
			"Set KEEP_TEST_SITE (and KEEP_TEST_SITES_PATH) to a site that may be written to."
		)
	os.chdir(sites)
	frappe.init(site, sites_path=str(sites))
	if not frappe.conf.allow_tests:
		raise pytest.UsageError(
			f"{site} has real data? Set allow_tests in its site_config.json to test on it."
		)
	frappe.connect()
	frappe.flags.mute_emails = True
	remove_everything()


def pytest_sessionfinish(session, exitstatus):
	if getattr(frappe.local, "db", None):
		frappe.db.rollback()
		remove_everything()
		frappe.destroy()


@pytest.fixture
def story():
	"""A small company with named reps; everything a test made is removed after it."""
	frappe.set_user("Administrator")
	# The host remembers for a request what links to what; to it, all tests are one.
	frappe.local.dynamic_link_map = None
	told = Story()
	yield told
	frappe.set_user("Administrator")
	frappe.db.rollback()
	remove_everything()


@pytest.fixture(scope="module")
def server():
	"""The site over real HTTP, for the stories of one file."""
	running = Server()
	yield running
	running.stop()
