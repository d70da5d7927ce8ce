"""An evening, a guest, and a browser without a user."""

import frappe
import pytest
from frappe.utils import add_days, getdate

from tests.site.events.pages.evening import EVENT
from tests.site.mail import contact
from tests.site.story import ANNA, COMPANY, MIA, PREFIX
from tests.site.web import Browser


@pytest.fixture
def guest(story, server):
	"""A browser without a user, of an address nobody has posted from before."""
	frappe.cache.delete_keys("rl:")
	frappe.db.commit()
	return Browser(server)


@pytest.fixture
def evening(story):
	"""An evening in ten days, to which people are being invited; Mia is the host."""
	day = getdate(add_days(None, 10))
	doc = frappe.get_doc(
		{
			"doctype": EVENT,
			"theme": f"{PREFIX} Grill Night",
			"kind": "Salon",
			"company": COMPANY,
			"host": MIA,
			"starts_on": f"{day} 18:00:00",
			"ends_on": f"{day} 22:30:00",
			"reply_until": add_days(day, -3),
			"place": "Riverside 1\nKeep Town",
			"capacity": 40,
			"max_companions": 2,
			"description": "<p>Come <b>hungry</b>.</p>",
		}
	).insert()
	doc.db_set("status", "Inviting")
	frappe.db.commit()
	return doc


@pytest.fixture
def firm(story):
	"""Anna's customer, whose buyer is Olga."""
	name = story.customer("Firm")
	story.file(name, dedicated_rep=ANNA)
	contact(name, first_name=f"{PREFIX} Pavel", email="pavel@firm.example")
	contact(name, first_name=f"{PREFIX} Olga", last_name="Kern", email="olga@firm.example")
	frappe.db.commit()
	return name
