"""Customers to visit."""

import frappe
import pytest
from frappe.utils import getdate

from tests.site.story import ANNA, once


@pytest.fixture
@once
def firms(story):
	"""Two customers of Anna's, today being really today."""
	story.today = getdate()
	names = [story.customer("Firm"), story.customer("Works")]
	for name in names:
		story.file(
			name,
			dedicated_rep=ANNA,
			people=[
				{"full_name": f"{name} Owner", "relation": "Owner", "decides": 1},
				{"full_name": f"{name} Daughter", "relation": "Child"},
			],
		)
	frappe.db.commit()
	return names
