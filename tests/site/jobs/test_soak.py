"""Nights while others work on the same customers: none fails, nothing is doubled, nothing is lost.

``KEEP_TEST_NIGHTS=50 make test ARGS=tests/site/jobs/test_soak.py`` for a long one.
"""

import os
from collections import Counter
from datetime import timedelta

import frappe

from keep_customers.jobs.customer_life import ABOUT_CUSTOMER
from tests.site.jobs import neighbours
from tests.site.jobs.others import several_write
from tests.site.jobs.test_night import a_hundred_days_of_business
from tests.site.jobs.test_restart import child
from tests.site.story import ANNA

pytestmark = several_write
NIGHTS = int(os.environ.get("KEEP_TEST_NIGHTS", 6))


def test_nights_while_others_delete_merge_rename_and_invoice_customers(story, tmp_path):
	for name in a_hundred_days_of_business(story, 15):
		story.file(name, dedicated_rep=ANNA)
	story.rule("Cadence", trigger="Tier Cadence", switched_on=story.days_ago(400))
	story.rule("Large", switched_on=story.days_ago(10))
	story.settings(rep_capacity=100, contact_cap=0)
	story.completed_yesterday()
	over, each_was_done = tmp_path / "over", tmp_path / "each was done"
	paths = {"until": over, "each_was_done": each_was_done}
	nights = 0
	with child(neighbours.work, today=story.today, seed=NIGHTS, **paths) as (_other, says):
		assert says.recv() == "there"
		while nights < NIGHTS or (not each_was_done.exists() and nights < 10 * NIGHTS):
			frappe.db.rollback()
			story.night(story.today + timedelta(days=nights))
			nights += 1
		over.touch()
		assert says.poll(60)
		told = says.recv()
	print(told)
	assert not told["odd"], told
	assert set(told["done"]) == {"create", "invoice", "rename", "merge", "delete", "close"}
	frappe.db.rollback()
	statuses = Counter(frappe.get_all("Care Run", pluck="status"))
	left = frappe.get_all(
		"Care Run Set Aside", {"seconds": 0}, ["reference_doctype", "reference_name", "part", "why"]
	)
	assert (statuses, left) == ({"Completed": nights + 1}, []), frappe.get_all("Error Log", pluck="error")
	run = story.night(story.today + timedelta(days=nights))
	assert run.status == "Completed" and story.todos()
	_everything_hangs_together()


def _everything_hangs_together():
	there = set(frappe.get_all("Customer", pluck="name"))
	for doctype in ("Customer Value", "Customer File", *ABOUT_CUSTOMER):
		# Words about an address may be about nobody's customer.
		about = frappe.get_all(doctype, {"customer": ("is", "set")}, pluck="customer")
		assert set(about) <= there, doctype
	days = Counter(
		customer
		for customer, _day in frappe.get_all(
			"Sales Invoice",
			{"docstatus": 1},
			["customer", "posting_date"],
			group_by="customer, posting_date",
			as_list=True,
		)
	)
	values = {
		row.customer: row for row in frappe.get_all("Customer Value", ["customer", "purchases", "tier"])
	}
	assert {name: row.purchases for name, row in values.items() if row.tier} == days
	for name, tier in frappe.get_all("Customer", ["name", "keep_tier"], as_list=True):
		assert tier == (values[name].tier if name in values else None), name
	follow_ups = frappe.get_all(
		"Follow Up", fields=["name", "customer", "care_rule", "occurrence", "status", "todo"]
	)
	once = Counter((row.customer, row.care_rule, row.occurrence) for row in follow_ups)
	assert not [key for key, number in once.items() if number > 1]
	todos = {
		row.name: row
		for row in frappe.get_all(
			"ToDo", {"keep_follow_up": ("is", "set")}, ["name", "status", "reference_name", "keep_follow_up"]
		)
	}
	asked = {row.name: row for row in follow_ups if row.status in ("Assigned", "Late")}
	for row in asked.values():
		assert todos[row.todo].status == "Open" and todos[row.todo].reference_name == row.customer
	for todo in todos.values():
		assert todo.status != "Open" or todo.keep_follow_up in asked
