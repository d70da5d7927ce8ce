"""Events are held today, and guests have e-mails sent to them."""

import frappe
import pytest
from frappe.utils import getdate

from tests.site.mail import mailbox  # noqa: F401 (for every test here)


@pytest.fixture
def now(story, monkeypatch):
	"""Today is really today; the first night is behind the site, and what is enqueued is done at once."""
	story.today = getdate()
	story.settings(events_per_year=4, events_responsible=None, event_reminder_days=3, event_result_days=90)
	story.completed_yesterday()
	queued = []
	monkeypatch.setattr(frappe, "enqueue", lambda method, **values: queued.append((method, values)))
	story.queued = queued
	return story
