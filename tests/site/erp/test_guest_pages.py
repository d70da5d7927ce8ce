"""What all of the guests' pages have in common, over real HTTP."""

from pathlib import Path

import frappe
import pytest

from keep_customers.erp.guest_renderer import PAGES
from tests.site.guests import page
from tests.site.web import Browser, Server


@pytest.fixture
def guest(story):
	story.settings(complaint_page=1)
	frappe.db.commit()
	return Browser(Server())


def test_every_page_of_ours_is_drawn_as_one_of_guests():
	files = Path(frappe.get_app_path("keep_customers", "www")).glob("*.html")
	assert {file.stem for file in files} == PAGES


def test_a_page_runs_its_own_script_and_no_other(guest):
	for name, allowed in (("complain", "script-src 'sha256-"), ("care-unsubscribe", "script-src 'none'")):
		shown = page(guest, name)
		assert shown.status_code == 200 and allowed in shown.headers["Content-Security-Policy"]
		assert "frame-ancestors 'none'" in shown.headers["Content-Security-Policy"]
		assert len(shown.content) < 20_000 and "Link" not in shown.headers, "nothing of the host's is loaded"


def test_no_browser_keeps_a_page_whatever_its_status(guest):
	for name, status in (("complain", 200), ("complaint-answer", 410), ("complaints", 403)):
		shown = page(guest, name)
		assert (shown.status_code, shown.headers["Cache-Control"]) == (status, "private, no-cache")


def test_what_is_said_after_a_form_is_no_page_by_itself(guest):
	assert page(guest, "guest-message").status_code == 404
