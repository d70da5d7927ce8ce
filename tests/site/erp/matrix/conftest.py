"""The world, once for a file."""

import frappe
import pytest

from tests.site.erp.matrix import papers, world
from tests.site.erp.matrix.attack import Attacker
from tests.site.removal import remove_everything
from tests.site.story import PREFIX


@pytest.fixture(scope="module")
def matrix(request, server):
	"""Who asks, before and after there is a victim."""
	frappe.cache.delete_keys("rl:")
	told = world.begin()
	attackers = {actor: Attacker(server, actor, user) for actor, user in world.ATTACKERS.items()}
	for attacker in attackers.values() if hasattr(request.module, "ANSWERED_AS_BEFORE") else ():
		attacker.count(told.own)
	world.add_victim(told, server)
	kept = world.picture()
	yield frappe._dict(world=told, attackers=attackers, kept=kept, server=server)
	frappe.set_user("Administrator")
	frappe.db.rollback()
	frappe.cache.delete_keys("rl:")
	for table, (_row, doctype, _name, _field) in told.own.rows.items():
		if doctype == world.SETTINGS:
			frappe.db.delete(table, {"parent": doctype})
	told.story.settings(complaint_page=0)
	for doctype in papers.ABOUT_NOBODY:
		frappe.db.delete(doctype, {"name": ("like", f"{PREFIX}-%")})
	frappe.db.commit()  # what is removed begins with a rollback
	remove_everything()
