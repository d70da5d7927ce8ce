"""All that is the host's and can be called, called: nobody learns of another customer by it, or changes what is about one.

Who may do most of those who may not read the victim (a manager of another region) calls every function of Frappe and
ERPNext, with the victim's names for whatever it takes (walk.py). So what a next version brings is tried by itself. Where it
cannot be made to understand what is sent, somebody reads it and says in walk.py why it does no harm.
"""

import pytest

from tests.site.erp.matrix import walk, world
from tests.site.erp.matrix.known import nothing_else


@pytest.fixture(scope="module")
def walker(matrix):
	one = walk.Walker(matrix.server, "manager", world.MANAGER)
	one.walk(matrix.world, matrix.kept)
	return one


def test_nobody_learns_of_another_customer_or_changes_what_is_about_it(walker):
	nothing_else(walker)


def test_every_function_has_been_called_or_read(walker):
	elsewhere = walk.tried_elsewhere()
	new = {
		path: answer
		for path, answer in walker.stumbled.items()
		if path not in elsewhere and not walk.reason(path, walk.READ)
	}
	assert not new, "\n".join(
		(
			"It is not known what these do with a document that is not their caller's. Let sent_to of walk.py send what they"
			" understand, or read them and say in READ why they do no harm; who does is asked in access/host_questions.py"
			" and tried in doors.py:",
			*(f"{path}: {answer}" for path, answer in sorted(new.items())),
		)
	)


def test_what_the_host_says_is_found():
	"""Else nothing would be tried."""
	assert len(walk.functions()) > 300
	assert {"frappe.client.get_list", "frappe.desk.form.load.getdoc"} <= walk.functions().keys()
