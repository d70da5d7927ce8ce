"""What is one customer's is told to nobody else, whatever door they try.

Two customers of whom everything is known; a guest, the other's portal user, a rep who may read the other only, and a manager
of another region with all the roles there are ask for it: every doctype of ours and every table, every report, chart and card,
every page, through all the host has (doors.py). What is asked is made from the hooks and the doctypes, so what comes
next is in it by itself. Nothing comes back that stands in the victim's papers (papers.py), and what is counted is
counted as if it were not there. What they may try to change, and every method and button, is in test_changed.py.

What is known not to hold is in known.py, and taken off there once it does.
"""

import frappe
import pytest

from keep_customers import hooks
from tests.site.erp.matrix import papers, world
from tests.site.erp.matrix.attack import Attacker
from tests.site.erp.matrix.known import nothing_else, still_so

ANSWERED_AS_BEFORE = True  # see conftest.py

# Everything is classified


def test_every_document_says_whom_it_is_about():
	"""A new one is named in papers.py before it is tried."""
	known = {*papers.ABOUT_NOBODY, *papers.OF_THE_FIRM, *papers.ABOUT_CUSTOMER}
	new = {*papers.doctypes()} - known
	assert not new, (
		f"{', '.join(sorted(new))}: about a customer? Say in ABOUT_CUSTOMER of {papers.__name__} how one is made; else"
		" say in ABOUT_NOBODY why it says nothing about one, or in OF_THE_FIRM where it names one."
	)
	assert not known - {*papers.doctypes()}, "these are gone"
	for doctype in papers.ABOUT_NOBODY:
		for one in (doctype, *(table for table, _field in papers.tables_of(doctype))):
			assert not papers.names_customers(one), (
				f"{doctype} names a customer in {one}: it is not about nobody"
			)


def test_every_document_about_a_customer_has_its_conditions():
	for doctype in papers.ABOUT_CUSTOMER:
		assert doctype in hooks.permission_query_conditions, f"whoever lists {doctype} sees everybody's"
		assert doctype in hooks.has_permission, f"whoever knows the name of a {doctype} reads it"


# Nothing of another's


@pytest.mark.parametrize("actor", world.ATTACKERS)
def test_nobody_learns_of_another_customer(matrix, actor):
	attacker = matrix.attackers[actor]
	attacker.read_once(matrix.world)
	nothing_else(attacker)
	assert not attacker.what_changed(matrix.kept), "reading changed it"


# It is not that nothing is shown

# What no role may read as it stands: each part of it is asked about when it is shown.
FOR_NOBODY = {("Loss Review", "facts")}


def test_who_may_read_it_is_shown_all_of_it(matrix):
	"""Every word is told to the head of the region by some door, and something of every document to the own rep."""
	victim = matrix.world.victim
	told = {
		user: Attacker(matrix.server, "own", user).shown(matrix.world) for user in (world.OWNER, world.HEAD)
	}
	mine = {
		word
		for word, (doctype, _field) in victim.words.items()
		if doctype not in papers.HOSTS + papers.GUARDED
	}
	missing = sorted({victim.words[word] for word in mine - told[world.HEAD]} - FOR_NOBODY)
	assert not missing, f"nobody was shown {missing}: what is not shown to others proves nothing"
	frappe.set_user(world.OWNER)
	for doctype in papers.ABOUT_CUSTOMER:
		if frappe.permissions.get_role_permissions(doctype, user=world.OWNER).get("read"):
			assert any(victim.words[word][0] == doctype for word in told[world.OWNER]), doctype
	frappe.set_user("Administrator")


def test_what_is_known_is_still_so(matrix):
	for attacker in matrix.attackers.values():
		attacker.read_once(matrix.world)
	still_so(matrix.attackers.values())
