"""What is one customer's is changed by nobody else: as test_told.py; afterwards every row is what it was."""

import pytest

from tests.site.erp.matrix import doors, world
from tests.site.erp.matrix.attack import Attacker
from tests.site.erp.matrix.known import nothing_else, still_so
from tests.site.erp.test_api import CALLABLE


def test_every_parameter_has_something_to_send(matrix):
	victim = matrix.world.victim
	assert {ask.about for ask in (*doors.methods(victim), *doors.buttons(victim))} == {*CALLABLE}
	for name in doors.MINE:
		assert any(name in doors.parameters(function) for function in CALLABLE.values()), (
			f"nothing takes {name}"
		)


@pytest.mark.parametrize("actor", world.ATTACKERS)
def test_nobody_changes_what_is_another_customers(matrix, actor):
	attacker = matrix.attackers[actor]
	attacker.write_once(matrix.world, matrix.kept)
	nothing_else(attacker)


def test_who_is_refused_could_have_saved_it(matrix):
	"""A document like it, of the own customer's."""
	failed = matrix.attackers["manager"].cannot_save(matrix.world)
	world.put_back(matrix.kept, world.changes(matrix.kept, world.picture()))
	assert not failed, "\n".join(failed)


def test_what_is_known_is_still_so(matrix):
	for attacker in matrix.attackers.values():
		attacker.write_once(matrix.world, matrix.kept)
	still_so(matrix.attackers.values())


def test_what_is_refused_to_others_is_done_for_who_may_do_it(matrix):
	"""Every method and button, by some door: that it is refused to others says something."""
	victim, refused = matrix.world.victim, {}
	for user in (world.OWNER, world.HEAD):
		one = Attacker(matrix.server, "own", user)
		for ask in (*doors.methods(victim), *doors.buttons(victim)):
			if refused.get(ask.about) is not None or ask.about not in refused:
				answer = one.send(ask)
				refused[ask.about] = answer.text if answer.status_code not in (200, 303) else None
				world.put_back(matrix.kept, world.changes(matrix.kept, world.picture()))
	refused = {about: text for about, text in refused.items() if text is not None}
	new = refused.keys() - doors.IN_VAIN.keys()
	assert not new, "\n".join(f"{about}: {refused[about][-300:]}" for about in sorted(new))
	done = sorted(doors.IN_VAIN.keys() - refused.keys() - doors.AS_THE_HOST_SAYS)
	assert not done, f"done; please take them out of IN_VAIN: {done}"
