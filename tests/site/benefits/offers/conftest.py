"""A story in a shop that has prices."""

import frappe
import pytest

from tests.site.benefits.offers.shop import BIT, BITS, DRILL, DRILLS, KAY, RARE, set_prices
from tests.site.host import GENUINE
from tests.site.removal import remove_everything
from tests.site.story import PREFIX, Story, _tree, _user, once


@pytest.fixture
def story():
	frappe.set_user("Administrator")
	story = Story()
	shop(story)
	yield story
	frappe.set_user("Administrator")
	remove_everything()


@once
def shop(story):
	for group in (DRILLS, BITS):
		_tree("Item Group", group)
	for code, group in ((DRILL, DRILLS), (BIT, BITS), (RARE, DRILLS)):
		story.item(code.removeprefix(f"{PREFIX} "))
		frappe.db.set_value("Item", code, "item_group", group)
	frappe.clear_cache(doctype="Item")
	if GENUINE:
		set_prices()
	_user(KAY, ["Sales User", "Keep Customers Manager"])
