"""All that is written about one customer, and who sends rubbish about it: its rep, a manager, a guest."""

import pytest

from tests.site.erp.matrix import world


@pytest.fixture(scope="module")
def own():
	told = world.begin()
	yield told.own
	world.end(told)


@pytest.fixture(params=["rep", "manager", "guest"])
def who(request, own):
	return {"rep": world.REP, "manager": world.MANAGER, "guest": "Guest"}[request.param]
