"""Follow-ups of today."""

import pytest
from frappe.utils import getdate


@pytest.fixture
def now(story):
	"""Today is really today, as where documents are submitted in Desk; rules were switched on some weeks ago."""
	story.today = getdate()
	return story
