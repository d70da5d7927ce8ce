"""Firm is Anna's, its buyer is Olga. Pavel has a login on the website and says that he is Firm's, too."""

import frappe
import pytest

from tests.site.complaints.guests.conftest import firm, guest, website_users  # noqa: F401
from tests.site.complaints.guests.said import OLGA, PAVEL, portal_user
from tests.site.guests import guest_server
from tests.site.mail import mailbox  # noqa: F401
from tests.site.web import Browser


@pytest.fixture
def olga(firm):  # noqa: F811
	return frappe.db.get_value("Contact", {"email_id": OLGA})


@pytest.fixture
def pavel(guest):  # noqa: F811
	"""His browser."""
	return Browser(guest_server(guest), portal_user(None, PAVEL))


@pytest.fixture
def anna(guest):  # noqa: F811
	from tests.site.story import ANNA

	return Browser(guest_server(guest), ANNA)
