"""A customer without a user, and a browser to complain with."""

import frappe
import pytest

from tests.site.complaints.guests.said import OLGA, PAVEL
from tests.site.mail import contact, mailbox  # noqa: F401 (mailbox is for every test here)
from tests.site.story import ANNA, NEVER, PREFIX, once
from tests.site.web import Browser


@pytest.fixture
def guest(story, server):
	"""A browser without a user, of an address nobody has posted from before."""
	frappe.cache.delete_keys("rl:")
	open_page(story)
	return Browser(server)


@once(after=NEVER)
def open_page(story):
	story.settings(complaint_page=1, word_days=14, feedback_after_visits=0)


@pytest.fixture
@once
def firm(story):
	"""Anna's customer, whose buyer is Olga."""
	name = story.customer("Firm")
	story.file(name, dedicated_rep=ANNA)
	contact(name, first_name=f"{PREFIX} Olga", last_name="Kern", email=OLGA, mobile="+49 170 12")
	frappe.db.commit()
	return name


@pytest.fixture(autouse=True)
def website_users(story):
	yield
	frappe.set_user("Administrator")
	frappe.db.rollback()
	for address in (OLGA, PAVEL):
		frappe.db.set_value("Contact", {"user": address}, "user", None)
		if frappe.db.exists("User", address):
			frappe.delete_doc("User", address, force=True)
	frappe.db.commit()
