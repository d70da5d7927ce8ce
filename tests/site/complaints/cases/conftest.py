"""The time of day, and a firm that complains."""

import frappe
import pytest

from keep_customers.complaints import cases, steps
from keep_customers.jobs import complaints as jobs
from keep_customers.keep_customers.doctype.complaint_case import complaint_case as controller
from tests.site.complaints.cases.case import QUALITY, SETTINGS, Clock
from tests.site.story import ANNA, BEN, PREFIX, once


@pytest.fixture
def clock(monkeypatch):
	"""The time of day, for the app's own clock; the host's stays as it is."""
	clock = Clock()
	for module in (cases, jobs, controller, steps):
		monkeypatch.setattr(module, "now_datetime", clock)
	return clock


@pytest.fixture
@once
def a_firm(story, clock):
	"""A firm that Anna looks after, with a contact; Mia is above Anna, Ben is the head of service."""
	story.settings(**{**SETTINGS, "head_of_service": BEN})
	firm = story.customer("Firm")
	story.file(firm, dedicated_rep=ANNA)
	frappe.get_doc(
		{
			"doctype": "Contact",
			"first_name": f"{PREFIX} Olga",
			"is_primary_contact": 1,
			"links": [{"link_doctype": "Customer", "link_name": firm}],
			"email_ids": [{"email_id": "olga@keep-test.example", "is_primary": 1}],
		}
	).insert()
	frappe.get_doc(
		{"doctype": "Complaint Category", "category_name": QUALITY, "default_severity": "Normal"}
	).insert()
	return firm


@pytest.fixture
def firm(story, a_firm):
	yield a_firm
	frappe.set_user("Administrator")
	story.settings(**SETTINGS)
	frappe.db.commit()
