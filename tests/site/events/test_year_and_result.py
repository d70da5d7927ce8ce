"""Enough events in a year, and what came of one."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import add_days, getdate

from keep_customers.erp.aside import Aside
from keep_customers.events import audience, documents, replies, results
from keep_customers.events import year as event_year
from keep_customers.jobs import events as job
from keep_customers.messaging import feedback
from tests.site.events.gathering import INVITATION, at, event, firms, invitation, listed, past
from tests.site.story import EVE, MIA, PREFIX

# The year


def test_who_is_responsible_is_asked_once_when_the_year_falls_behind(now):
	year = getdate().year
	late, asked = getdate(f"{year}-11-20"), {"reference_type": "Keep Customers Settings"}
	event_year.ask(late)
	assert not frappe.db.count("ToDo", asked), "nobody is responsible yet"
	now.settings(events_responsible=MIA)
	event_year.ask(getdate(f"{year}-02-01"))
	assert not frappe.db.count("ToDo", asked), "the year has just begun"
	event_year.ask(late)
	event_year.ask(late + timedelta(days=1))
	[todo] = frappe.get_all("ToDo", filters=asked, fields=["name", "allocated_to", "description", "status"])
	assert todo.allocated_to == MIA and "4 of 4" in todo.description
	frappe.db.set_value("ToDo", todo.name, "status", "Closed")
	event_year.ask(late + timedelta(days=2))
	assert frappe.db.count("ToDo", asked) == 1


def test_enough_events_are_nobodys_todo_and_the_cards_say_how_many(now):
	year = getdate().year
	now.settings(events_responsible=MIA)
	for month in (2, 5, 8, 12):
		event("Planned", starts_on=f"{year}-{month:02}-01 18:00:00", reply_until=None)
	event("Idea", starts_on=f"{year}-12-05 18:00:00", reply_until=None)  # an idea counts for nothing
	event_year.ask(getdate(f"{year}-11-20"))
	assert not frappe.db.count("ToDo", {"reference_type": "Keep Customers Settings"})
	frappe.set_user(MIA)
	assert (event_year.events_this_year()["value"], event_year.events_missing()["value"]) == (4, 0)
	frappe.set_user(EVE)
	with pytest.raises(frappe.PermissionError):
		event_year.events_missing()


# What came of it


def test_the_result_compares_the_invited_with_customers_like_them(now):
	"""Three of seven like firms were asked; afterwards they bought 400 each, the others 100."""
	names = firms(now, *[1000] * 7)
	doc = event("Inviting", guests=listed(names[:3]), capacity=0)
	audience.plan(doc.name)
	for name in names[:3]:
		replies.reply(invitation(doc, name), "Yes")
	past(doc, days=10)
	frappe.db.set_value("Customer Value", {"customer": ("in", names)}, "tier", None)
	now.night()
	for name, amount in zip(names, [400] * 3 + [100] * 4, strict=True):
		now.history(name, [(5, amount)])
	tier = frappe.get_all("Customer Tier", pluck="name", limit=1)[0]
	policy = f"{PREFIX} Policy"
	for name in names:
		frappe.db.set_value("Customer Value", name, {"tier": tier, "policy": policy})
	frappe.db.delete("Tier Change", {"customer": ("in", names)})
	with pytest.raises(frappe.ValidationError, match="once the event is held"):
		results.refresh(doc.name)
	documents.set_status(doc.name, "Held", everybody_came=True)
	said = {
		"customer": names[0], "kind": "Event", "reference_doctype": INVITATION,
		"reference_name": invitation(doc, names[0]),
	}  # fmt: skip
	feedback.insert({**said, "rating": 0.2}, by_customer=False)
	assert at(doc).ratings == 0, "what one of us has noted is no rating"
	feedback.insert({**said, "rating": 0.8}, by_customer=True)
	assert (at(doc).rating, at(doc).ratings) == (0.8, 1)
	job.results(getdate(), Aside())
	doc = at(doc)
	assert (doc.bought_invited, doc.bought_compared, doc.compared) == (400, 100, 3)
	assert doc.result_until == getdate() and doc.result_currency == "EUR"
	assert results.due(getdate()) == [], "today is counted"
	# Who has risen since because of what was bought is still compared with whom they were like.
	frappe.get_doc(
		{
			"doctype": "Tier Change",
			"customer": names[0],
			"date": getdate(),
			"direction": "Up",
			"from_tier": tier,
			"to_tier": "Elsewhere",
		}
	).db_insert()
	frappe.db.set_value("Customer Value", names[0], "tier", "Elsewhere")
	results.refresh(doc.name)
	assert at(doc).compared == 3

	from keep_customers.keep_customers.report.event_results.event_results import execute

	frappe.set_user(MIA)
	columns, rows, _message, chart, summary = execute({"from_date": add_days(getdate(), -30)})
	[row] = rows
	assert {column["fieldname"] for column in columns} <= set(row)
	assert (row.more, row.stars, row.attendance) == (300, 4, 100)
	assert chart["data"]["datasets"][0]["values"] == [400] and summary[1]["value"] == 3
	# Of two pairs it would be known what a customer bought whom who reads this may not read.
	frappe.set_user("Administrator")
	frappe.db.set_value("Customer Value", names[2], "tier", None)
	results.refresh(doc.name)
	doc = at(doc)
	assert (doc.bought_invited, doc.bought_compared, doc.compared) == (0, 0, 2)
	_columns, [row], _message, chart, _summary = execute({"from_date": add_days(getdate(), -30)})
	assert (row.bought_invited, row.bought_compared, row.more) == (None, None, None)
	assert "Attended" in chart["data"]["datasets"][1]["name"]
	with pytest.raises(frappe.ValidationError, match="period"):
		execute({"from_date": "2026-02-01", "to_date": "2026-01-01"})
