"""How customers rate the people they met."""

import frappe
from frappe.permissions import add_user_permission

from keep_customers.keep_customers.report.ratings_of_people import ratings_of_people
from tests.site.benefits.costs.spending import row
from tests.site.story import ANNA, BEN, EVE, MIA


def feedback(customer, user, stars, kind="Visit", on="2026-03-03 10:00", said_by="Customer"):
	return row(
		"Customer Feedback",
		customer=customer,
		rated_user=user,
		person_rating=stars / 5,
		kind=kind,
		given_on=on,
		said_by=said_by,
	)


def test_managers_see_how_customers_rate_people(story, firms):
	firm, works, _shop = firms
	feedback(firm, ANNA, 5)
	feedback(firm, ANNA, 4, "Complaint")
	feedback(works, ANNA, 3)
	feedback(works, BEN, 2)
	feedback(works, BEN, 0)  # said nothing about the person
	feedback(works, None, 0)
	feedback(works, BEN, 5, on="2025-01-01 10:00")
	feedback(works, BEN, 5, said_by="Noted by Us")
	feedback(works, EVE, 5, said_by="Noted by Us")
	frappe.set_user(MIA)
	columns, rows, _message, chart, _summary = ratings_of_people.execute({"from_date": "2026-01-01"})
	assert [(each["rated_user"], each["ratings"], each["average"], each["noted"]) for each in rows] == [
		(ANNA, 3, 4, 0),
		(BEN, 1, 2, 1),
		(EVE, 0, None, 1),
	]
	assert (rows[0]["visit_average"], rows[0]["complaint_average"]) == (4, 4)
	assert "event_average" not in {column["fieldname"] for column in columns}
	assert chart["data"]["datasets"][0]["values"] == [4, 2]
	[ben] = ratings_of_people.execute({"rated_user": BEN})[1]
	assert (ben["ratings"], ben["average"]) == (2, 3.5)
	frappe.set_user("Administrator")
	add_user_permission("Customer", firm, MIA)
	frappe.set_user(MIA)
	assert [(each["rated_user"], each["ratings"]) for each in ratings_of_people.execute({})[1]] == [(ANNA, 2)]


def test_nobody_was_rated_yet(story):
	_columns, rows, message, chart, _summary = ratings_of_people.execute({})
	assert (rows, message, chart) == ([], "No customer has rated anybody in this time.", None)
