"""A birthday coupon tells a birthday: who may not see the customer does not see it, by whatever door; all others stay seen."""

import json

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils import getdate

from keep_customers.benefits import coupons as birthday_coupons
from keep_customers.erp.aside import Aside
from tests.site.benefits.offers.shop import DRILLS, admins_rule, celebrating, coupons
from tests.site.story import BEN, MIA, PREFIX, TERRITORY
from tests.site.web import Browser

COUPON = "Coupon Code"
RIGHTS = ("read", "write", "print", "email", "export", "share", "delete")


@pytest.fixture
def shop(story):
	"""Mine and Theirs have a birthday; Ben, a sales manager, may see Mine only; the shop has coupons of its own."""
	story.benefit("Day", kind="Birthday Discount", discount_percentage=15, days_around=3)
	mine, theirs = celebrating(story, "Mine", 1), celebrating(story, "Theirs", 1)
	birthday_coupons.make(getdate(), Aside())
	rule = admins_rule(
		"Own", "Item Group", item_groups=[DRILLS], discount_percentage=3, coupon_code_based=1
	).name
	own = {
		name: frappe.get_doc(
			{
				"doctype": COUPON,
				"coupon_name": f"{PREFIX} {name}",
				"pricing_rule": rule,
				"maximum_use": 5,
				**values,
			}
		)
		.insert()
		.name
		for name, values in {
			"Sale": {"coupon_type": "Promotional"},
			"Gift": {"coupon_type": "Gift Card", "customer": theirs},
		}.items()
	}
	frappe.get_doc("User", BEN).add_roles("Sales Manager")
	elsewhere = frappe.db.get_value("Territory", TERRITORY, "parent_territory")
	frappe.db.set_value("Customer", theirs, "territory", elsewhere)
	# Of the territory only: a User Permission on the customer would reach the coupons by itself.
	add_user_permission("Territory", TERRITORY, BEN, ignore_permissions=True)
	frappe.db.commit()
	return frappe._dict(mine=coupons(mine)[0].name, theirs=coupons(theirs)[0].name, own=sorted(own.values()))


def test_lists_and_documents_end_at_the_customers_one_may_see(shop):
	for user, seen in ((BEN, [shop.mine, *shop.own]), (MIA, [shop.mine, shop.theirs, *shop.own])):
		frappe.set_user(user)
		assert sorted(frappe.get_list(COUPON, pluck="name")) == sorted(seen)
	frappe.set_user(BEN)
	for right in RIGHTS:
		assert not frappe.has_permission(COUPON, right, doc=shop.theirs), right
		for name in (shop.mine, *shop.own):
			assert frappe.has_permission(COUPON, right, doc=name), (right, name)
	frappe.db.set_value("Tier Benefit", {"name": ("like", f"{PREFIX}%")}, "enabled", 0)
	assert not frappe.has_permission(COUPON, "read", doc=shop.theirs), "past coupons tell the day as well"


def test_no_door_over_http_shows_anothers_birthday(shop, server):
	ben = Browser(server, BEN)
	code = shop.theirs.rpartition("-")[2]
	everything = {"doctype": COUPON, "fields": json.dumps(["*"])}
	doors = {
		"list": ben.resource(COUPON, params={"fields": json.dumps(["*"])}),
		"get_list": ben.call("frappe.client.get_list", **everything),
		"report": ben.call("frappe.desk.reportview.get", **everything),
		"export": ben.call(
			"frappe.desk.reportview.export_query",
			file_format_type="CSV", title="x", **everything | {"fields": json.dumps([f"`tab{COUPON}`.`name`"])},
		),
		"search": ben.call("frappe.desk.search.search_link", doctype=COUPON, txt="BIRTHDAY"),
	}  # fmt: skip
	for door, answer in doors.items():
		assert answer.status_code == 200, (door, answer.text)
		assert code not in answer.text, door
		assert shop.mine in answer.text, door
	closed = {
		"document": ben.resource(COUPON, shop.theirs),
		"change": ben.resource(COUPON, shop.theirs, "PUT", json={"maximum_use": 9}),
		"form": ben.call("frappe.desk.form.load.getdoc", "GET", doctype=COUPON, name=shop.theirs),
		"print": ben.call("frappe.www.printview.get_html_and_style", doc=COUPON, name=shop.theirs),
		"value": ben.call(
			"frappe.client.get_value", doctype=COUPON, filters=shop.theirs, fieldname="valid_upto"
		),
	}
	for door, answer in closed.items():
		assert (
			answer.status_code in (403, 404) or "message" not in answer.json() or not answer.json()["message"]
		), door
		assert "valid_upto" not in answer.text, door
	forged = ben.resource(
		COUPON, shop.theirs, "PUT", json={"customer": f"{PREFIX} Mine", "pricing_rule": None}
	)
	assert forged.status_code == 403, "what is sent names another customer than the one it is about"
	counted = ben.call(
		"frappe.desk.reportview.get_count", doctype=COUPON, filters=[["name", "=", shop.theirs]]
	)
	assert counted.json()["message"] == 0
	title = ben.call("frappe.desk.search.get_link_title", doctype=COUPON, docname=shop.theirs)
	assert title.json()["message"] == shop.theirs, "what was sent, and nothing more"


def test_the_search_finds_by_name_for_who_may_see(shop, server):
	mia = Browser(server, MIA)
	found = mia.call("frappe.desk.search.search_link", doctype=COUPON, txt=shop.theirs).json()["message"]
	assert [one["value"] for one in found] == [shop.theirs]
