"""Customers to spend on."""

import frappe
import pytest

from tests.site.benefits.costs.spending import event, touch


@pytest.fixture
def firms(story):
	return [story.customer(name) for name in ("Firm", "Works", "Shop")]


@pytest.fixture
def tiered(story, firms):
	firm, works, _shop = firms
	story.history(firm, [(5, 900), (40, 1100)])
	story.history(works, [(8, 400)])
	frappe.db.set_value("Care Rule", {"name": ("!=", "")}, "enabled", 0)
	story.night()
	touch(firm, 50)
	event(300, (firm, "Attended", 0), (works, "Attended", 1))
	return firms
