"""Sue of the support team at her desk."""

import frappe
import pytest

from tests.site.complaints.desk.people import SUE
from tests.site.story import _user, once


@pytest.fixture
@once
def firm(story):
	_user(
		SUE,
		["Sales User", "Support Team", "Maintenance User", "Accounts User", "Quality Manager", "Employee"],
	)
	return story.customer("Firm")


@pytest.fixture
def desk(firm):
	frappe.set_user(SUE)
	yield firm
	frappe.set_user("Administrator")
