"""Events are held today, and guests have e-mails sent to them."""

import frappe
import pytest
from frappe.utils import add_days, getdate

from tests.site.mail import mailbox  # noqa: F401 (for every test here)
from tests.site.story import PREFIX, once


@pytest.fixture
def now(story, monkeypatch):
	"""Today is really today and a working day, as all others; the first night is behind the site, and what is enqueued is
	done at once."""
	settled(story)
	queued = []
	monkeypatch.setattr(frappe, "enqueue", lambda method, **values: queued.append((method, values)))
	story.queued = queued
	return story


@once
def settled(story):
	story.today = getdate()
	always = frappe.get_doc(
		{
			"doctype": "Holiday List",
			"holiday_list_name": f"{PREFIX} No Holidays",
			"from_date": add_days(story.today, -400),
			"to_date": add_days(story.today, 400),
		}
	).insert()
	story.settings(
		events_per_year=4,
		events_responsible=None,
		event_reminder_days=3,
		event_result_days=90,
		holiday_list=always.name,
	)
	story.completed_yesterday()
