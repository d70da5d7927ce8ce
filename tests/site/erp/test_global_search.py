"""The host's global search asks for no customer's permission: nothing of ours is in it."""

import frappe
from frappe.utils import global_search

from keep_customers.patches.v0_2 import leave_global_search
from tests.site.complaints.cases.case import complaint
from tests.site.story import BEN
from tests.site.web import Browser

WORD = "Zanzibar"


def found(browser):
	return [
		one["name"]
		for method in ("search", "web_search")
		for one in browser.call(f"frappe.utils.global_search.{method}", text=WORD).json().get("message") or ()
	]


def kept():
	"""What the host's job has moved there."""
	return frappe.db.sql("select name from `__global_search` where doctype = 'Complaint Case'")


def test_a_complaint_is_not_found_by_its_subject(story, server):
	case = complaint(story.customer("Firm"), subject=f"{WORD} drill")
	global_search.update_global_search(case)
	waiting = frappe.cache.lrange("global_search_queue", 0, -1)
	assert not [one for one in waiting if WORD in str(one)]
	frappe.db.commit()
	assert not kept() and not found(Browser(server, BEN))
	# As an older version left it there.
	frappe.db.rollback()
	frappe.db.sql(
		"insert into `__global_search` (doctype, name, content) values ('Complaint Case', %s, %s)",
		(case.name, WORD),
	)
	assert kept()
	for _time in range(2):
		leave_global_search.execute()
		assert not kept()


def test_none_of_our_documents_is_in_it():
	ours = {"module": "Keep Customers"}
	assert not frappe.get_all("DocType", {**ours, "show_name_in_global_search": 1}, pluck="name")
	ours = frappe.get_all("DocType", ours, pluck="name")
	assert ours and not frappe.get_all(
		"DocField", {"parent": ("in", ours), "in_global_search": 1}, pluck="parent"
	)
