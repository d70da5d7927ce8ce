"""Firms whose contacts are reached where somebody has confirmed it, and what a night says of a broken app."""

import frappe
import pytest

from keep_customers.erp.acting import acting_as
from tests.site import putback
from tests.site.integrations import published
from tests.site.story import ANNA, PREFIX

NUMBER = "+49 30 5550 101"


@pytest.fixture(scope="module", autouse=True)
def app(request):
	"""The app that a file's stories are about, its ``APP``."""
	if app := getattr(request.module, "APP", None):
		with published.with_app(app):
			yield
	else:
		yield


@pytest.fixture(autouse=True)
def left_in_the_apps():
	"""Nothing of a story is, once the story itself is gone; where the site is put back, that is so by itself."""
	rows = {} if putback.keeps() else published.rows()
	yield
	if rows:
		published.take_out_but(rows)


@pytest.fixture
def firm(story):
	"""Anna's customer, with a contact made by who may write the customer."""
	frappe.flags.pop("keep_broken_neighbours", None)
	firm = story.customer("Firm", account_manager=ANNA)
	contact(firm, NUMBER)
	return firm


def as_(user, work, *args, **kwargs):
	with acting_as(user):
		return work(*args, **kwargs)


def contact(customer, number=None, email=None):
	return (
		frappe.get_doc(
			{
				"doctype": "Contact", "first_name": f"{PREFIX} {frappe.generate_hash(length=6)}",
				"phone_nos": [{"phone": number, "is_primary_mobile_no": 1}] if number else [],
				"email_ids": [{"email_id": email, "is_primary": 1}] if email else [],
				"links": [{"link_doctype": "Customer", "link_name": customer}],
			}
		).insert().name
	)  # fmt: skip


@pytest.fixture
def todo(story, firm):
	"""What Anna is asked to call the firm for."""
	story.rule()
	story.invoice(firm, 3000, story.days_ago(2))
	story.completed_yesterday()
	story.night()
	[row] = story.todos(ANNA)
	return row.name


def set_aside(run):
	"""part -> why, of what a night could not do that is about no document."""
	rows = frappe.get_all(
		"Care Run Set Aside", {"care_run": run.name, "seconds": 0}, ["part", "why"], as_list=True
	)
	return dict(rows)
