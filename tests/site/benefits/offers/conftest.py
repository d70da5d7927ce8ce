"""A story in a shop that has prices."""

import frappe
import pytest

from tests.site.benefits.offers.shop import BIT, BITS, DRILL, DRILLS, KAY, RARE, set_prices
from tests.site.host import GENUINE
from tests.site.removal import remove_everything
from tests.site.story import PREFIX, Story, _tree, _user


@pytest.fixture
def story():
	frappe.set_user("Administrator")
	story = Story()
	for group in (DRILLS, BITS):
		_tree("Item Group", group)
	for code, group in ((DRILL, DRILLS), (BIT, BITS), (RARE, DRILLS)):
		story.item(code.removeprefix(f"{PREFIX} "))
		frappe.db.set_value("Item", code, "item_group", group)
	frappe.clear_cache(doctype="Item")
	if GENUINE:
		set_prices()
	_user(KAY, ["Sales User", "Keep Customers Manager"])
	frappe.db.commit()
	yield story
	frappe.set_user("Administrator")
	remove_everything()
