"""The world, once for a file."""

import frappe
import pytest

from tests.site.erp.matrix import world
from tests.site.erp.matrix.attack import Attacker


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
	world.end(told)
