"""All that is written about one customer, and who sends rubbish about it: its rep, a manager, a guest."""

import frappe
import pytest

from tests.site.erp.matrix import papers, world
from tests.site.removal import remove_everything
from tests.site.story import PREFIX


@pytest.fixture(scope="module")
def own():
	told = world.begin()
	yield told.own
	frappe.set_user("Administrator")
	frappe.db.rollback()
	frappe.cache.delete_keys("rl:")
	for table, (_row, doctype, _name, _field) in told.own.rows.items():
		if doctype == world.SETTINGS:
			frappe.db.delete(table, {"parent": doctype})
	told.story.settings(complaint_page=0)
	for doctype in papers.ABOUT_NOBODY:
		frappe.db.delete(doctype, {"name": ("like", f"{PREFIX}-%")})
	frappe.db.commit()
	remove_everything()


@pytest.fixture(params=["rep", "manager", "guest"])
def who(request, own):
	return {"rep": world.REP, "manager": world.MANAGER, "guest": "Guest"}[request.param]
