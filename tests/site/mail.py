"""E-mails: people to write to, a mailbox to write from, and what was written."""

from contextlib import contextmanager
from email import message_from_string
from email.policy import default

import frappe
import pytest

from tests.site.story import NEVER, PREFIX, once


def contact(customer, **values):
	emails = [{"email_id": values.pop("email"), "is_primary": 1}] if "email" in values else []
	phones = [{"phone": values.pop("mobile"), "is_primary_mobile_no": 1}] if "mobile" in values else []
	return frappe.get_doc(
		{
			"doctype": "Contact",
			"first_name": f"{PREFIX} Olga",
			"email_ids": emails,
			"phone_nos": phones,
			"links": [{"link_doctype": "Customer", "link_name": customer}],
			**values,
		}
	).insert()


@contextmanager
def sending():
	"""There is a mailbox the site sends from."""
	add_mailbox()
	frappe.local.outgoing_email_account = {}
	yield
	frappe.local.outgoing_email_account = {}


def add_mailbox():
	"""Past the document life, which would try to log in there."""
	frappe.get_doc(
		{
			"doctype": "Email Account", "name": f"{PREFIX} Mailbox", "email_account_name": f"{PREFIX} Mailbox",
			"email_id": "hello@tools.example", "enable_outgoing": 1, "default_outgoing": 1, "awaiting_password": 1,
		}
	).db_insert()  # fmt: skip


@pytest.fixture(autouse=True)
def mailbox(story):
	with_mailbox(story)
	frappe.local.outgoing_email_account = {}
	yield
	frappe.local.outgoing_email_account = {}


@once(after=NEVER)
def with_mailbox(story):
	add_mailbox()


def text_of(queued):
	message = message_from_string(queued.message, policy=default)
	return message, message.get_body(("html",)).get_content()
