"""The story of Mine and Theirs, told once for each file, and browsers of who asks for it."""

import frappe
import pytest

from tests.site.erp.permissions.regions import (
	GUARDED,
	KIM,
	MINE,
	MINE_ODD,
	NORTH,
	SOUTH,
	THEIRS,
	THEIRS_ODD,
	WAYS,
	_forget_permissions,
	_permit,
)
from tests.site.removal import remove_everything
from tests.site.story import ANNA, BEN, PREFIX, Story, _tree, _user
from tests.site.web import Browser, Server


@pytest.fixture(scope="module")
def firm():
	"""Two customers in the north, two in the south, everything known about each of them."""
	frappe.set_user("Administrator")
	story = Story()
	for region in (NORTH, SOUTH):
		_tree("Customer Group", region)
		_tree("Territory", region)
	_user(KIM, [])
	frappe.get_doc("User", KIM).add_roles("Keep Customers Manager")
	story.rule("Cadence", trigger="Tier Cadence", switched_on=story.days_ago(400))
	for name, region in ((MINE, NORTH), (MINE_ODD, NORTH), (THEIRS, SOUTH), (THEIRS_ODD, SOUTH)):
		told_of = "Mine" if region == NORTH else "Theirs"
		story.customer(name.removeprefix(f"{PREFIX} "), territory=region, customer_group=region)
		story.history(name, [(90, 500), (60, 500), (30, 500)])
		story.file(
			name,
			dedicated_rep=ANNA if region == NORTH else BEN,
			family=f"{told_of}: two daughters",
			people=[{"full_name": f"{told_of} Owner", "relation": "Owner", "decides": 1}],
			occasions=[{"occasion": f"{told_of} Jubilee", "date": "2020-05-05", "calendar": "Gregorian"}],
			consents=[
				{"channel": "Email", "consent": "Given", "date": "2025-01-01", "source": f"{told_of} form"}
			],
		)
	story.completed_yesterday()
	story.night()
	for row in story.follow_ups(status="Assigned"):
		frappe.get_doc(
			{
				"doctype": "Customer Touch",
				"customer": row.customer,
				"date": "2026-03-04 09:00:00",
				"rep": row.assigned_to,
				"channel": "Phone",
				"result": "Not Reached",
				"notes": f"Talked with {row.customer}",
			}
		).insert()
	for doctype in GUARDED:
		assert frappe.db.count(doctype) == 4, doctype
	frappe.db.commit()
	yield story
	frappe.set_user("Administrator")
	remove_everything()


@pytest.fixture(scope="module")
def server(firm):
	server = Server()
	yield server
	server.stop()


@pytest.fixture(scope="module")
def browsers(server):
	"""One session a user, opened at the first use."""
	sessions = {}

	def browser(user=None):
		if user not in sessions:
			sessions[user] = Browser(server, user)
		return sessions[user]

	return browser


@pytest.fixture(autouse=True)
def as_administrator_again():
	yield
	frappe.set_user("Administrator")
	frappe.db.rollback()


@pytest.fixture(params=WAYS, scope="module")
def anna(request, firm):
	"""Anna, restricted to the north: by customer, by territory or by customer group."""
	frappe.set_user("Administrator")
	_permit(ANNA, WAYS[request.param])
	yield ANNA
	frappe.set_user("Administrator")
	_forget_permissions(ANNA)


@pytest.fixture(scope="module")
def north(firm, browsers):
	"""Anna, who may read the north only."""
	_permit(ANNA, [("Territory", NORTH)])
	yield browsers(ANNA)
	frappe.set_user("Administrator")
	frappe.db.rollback()
	_forget_permissions(ANNA)
