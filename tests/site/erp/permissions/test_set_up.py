"""A manager of the north sets up: the figures of the steps are of her customers, whatever she tries."""

import frappe
import pytest
from frappe.utils import getdate

from keep_customers.setup.guided import excluded, rules
from tests.site.erp.permissions.regions import (
	MINE,
	MINE_ODD,
	NORTH,
	SOUTH,
	THEIRS,
	_forget_permissions,
	_permit,
)
from tests.site.story import MIA, PREFIX


@pytest.fixture
def mia(firm):
	_permit(MIA, [("Territory", NORTH)])
	frappe.set_user(MIA)
	yield MIA
	frappe.set_user("Administrator")
	frappe.db.rollback()
	_forget_permissions(MIA)


def test_who_is_excluded_is_counted_of_her_customers(firm, mia):
	def look(*names):
		found = excluded.look({"excluded_groups": [], "excluded_customers": list(names)})
		return found["all"], found["ranked"]

	assert look() == (2, 2)
	assert look(MINE) == look(MINE, THEIRS) == (2, 1)
	assert look(THEIRS) == look(f"{PREFIX} Nobody") == (2, 2)
	groups = excluded.look({})["groups"]
	assert groups == [{"group": NORTH, "customers": 2}]
	assert excluded.look({"excluded_groups": [SOUTH]})["ranked"] == 2
	frappe.set_user("Administrator")
	everybody = look()
	assert look(MINE, MINE_ODD, THEIRS) == (everybody[0], everybody[1] - 3)


def test_what_a_rule_would_have_made_is_counted_of_her_customers(firm, mia):
	frappe.set_user("Administrator")
	for customer in (MINE, THEIRS):
		firm.invoice(customer, 43_210_000, getdate())

	def made(least):
		found = rules.look({"min_amount": least})["rules"]
		return next(one["made"] for one in found if one["trigger"] == "Purchase Amount")

	assert (made(4e7), made(5e7)) == (2, 0)
	frappe.set_user(mia)
	assert (made(4e7), made(5e7)) == (1, 0)
