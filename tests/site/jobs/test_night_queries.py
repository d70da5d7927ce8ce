"""One query per question: a night of five times as many customers asks the database no more often, with all rules on."""

from collections import Counter
from datetime import timedelta

import frappe

from keep_customers.jobs import nightly


def every_rule_on():
	for name in frappe.get_all("Care Rule", pluck="name"):
		frappe.db.set_value("Care Rule", name, "enabled", 1)
	frappe.clear_cache(doctype="Care Rule")


def asked_by_a_night(monkeypatch, as_of):
	"""How often a night has sent each query, whatever the values in it."""
	asked, of_the_host = Counter(), frappe.local.db.sql

	def counted(query, *args, **kwargs):
		asked[str(query)] += str(query).lower().startswith(("select", "insert", "update", "delete", "with"))
		return of_the_host(query, *args, **kwargs)

	with monkeypatch.context() as patch:
		patch.setattr(frappe.local.db, "sql", counted)
		run = frappe.get_doc("Care Run", nightly.run(as_of))
	assert run.status == "Completed", run.warnings
	return asked, run


def test_queries_do_not_grow_with_the_customers(story, monkeypatch):
	story.settings(fallback_user="")  # each ToDo is written by itself; here nobody is there to do one
	every_rule_on()
	nights = []
	for part, number in enumerate((2, 4, 24)):
		names = story.customers(*(f"Part {part} {n:02}" for n in range(number)))
		for n, name in enumerate(names):
			story.history(name, [(back, 100 * (n + 1)) for back in (100, 80, 60, 40, 20)])
		story.night(story.today + timedelta(days=3 * part))  # a first look costs more
		for name in names:
			story.invoice(name, 500)
		nights.append(asked_by_a_night(monkeypatch, story.today + timedelta(days=3 * part + 1)))
	_what_the_host_reads_once, (few, before), (many, after) = nights
	assert (before.customers, after.customers) == (6, 30) and after.changed == 24
	assert sum(many.values()) < sum(few.values()) + 12, "one for every second customer more"
	often = {query: number for query, number in many.items() if number >= 24}
	assert not often, often
