"""A mailbox and an SMS gateway."""

import pytest

from keep_customers.messaging import delivery
from tests.site.mail import mailbox  # noqa: F401 (for every test here)


@pytest.fixture
def gateway(monkeypatch):
	"""An SMS gateway that works until a test breaks it; what it was given."""
	given = []

	def send(receivers, text, **_more):
		given.append((receivers, text))
		if gateway.broken:
			raise gateway.broken

	gateway.broken, gateway.given = None, given
	monkeypatch.setattr(delivery, "send_sms", send)
	monkeypatch.setattr(delivery, "sms_works", lambda: True)
	return gateway
