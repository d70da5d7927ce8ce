from collections import Counter
from datetime import date

import frappe
from frappe import _
from frappe.query_builder.functions import Count, Sum
from frappe.utils import add_days, flt, get_fullname

from keep_customers.erp.api import report, report_filters
from keep_customers.erp.permissions import only_readable
from keep_customers.erp.reports import GOOD, bars, column, count, decimal, figure, listed, period, within
from keep_customers.messaging.feedback import CUSTOMER
from keep_customers.worth.selection import of_customers

KINDS = ("Complaint", "Visit", "Event", "After a Purchase", "General")
STARS, CHARTED = 5, 15


@report
def execute(filters=None):
	"""How customers rate the people who look after them, of the customers the user may read; the best first.

	What colleagues have noted is told apart from it and is in no average.
	"""
	filters = report_filters(filters)
	since, until = period(filters, None, None)
	rows = people(filters, since, until)
	if not any(filters.get(name) for name in ("company", "territory", "customer_group")):
		for row in rows:
			row["opens"] = opens(row["rated_user"], since, until)
	message = None if rows else _("No customer has rated anybody in this time.")
	return columns(rows), rows, message, chart(rows), summary(rows)


def people(filters: dict, since: date | None, until: date | None) -> list[dict]:
	"""
	:param filters: rated_user; company, territory and customer_group of the customers
	:returns: dicts of rated_user, full_name, ratings and average, the two of each kind (complaint_ratings …), and noted,
		how many ratings were noted by us; the averages are stars, 1 … 5, None where no customer gave any
	"""
	feedback = frappe.qb.DocType("Customer Feedback")
	query = (
		frappe.qb.from_(feedback)
		.select(feedback.rated_user, feedback.kind, feedback.said_by, Count("*"), Sum(feedback.person_rating))
		.where((feedback.person_rating > 0) & (feedback.rated_user != ""))
		.groupby(feedback.rated_user, feedback.kind, feedback.said_by)
	)
	if since:
		query = query.where(feedback.given_on >= since)
	if until:
		query = query.where(feedback.given_on < add_days(until, 1))
	if filters.get("rated_user"):
		query = query.where(feedback.rated_user == filters["rated_user"])
	found: dict[str, dict[str, tuple[int, float]]] = {}
	noted: Counter[str] = Counter()
	for user, kind, said_by, number, total in only_readable(
		of_customers(query, feedback.customer, filters), feedback.customer
	).run():
		kinds = found.setdefault(user, {})
		if said_by == CUSTOMER:
			kinds[kind] = (number, STARS * flt(total))
		else:
			noted[user] += number
	rows = []
	for user, kinds in found.items():
		number, stars = (sum(column) for column in zip((0, 0.0), *kinds.values(), strict=True))
		row = {
			"rated_user": user, "full_name": get_fullname(user), "ratings": number, "noted": noted[user],
			"average": round(stars / number, 2) if number else None,
		}  # fmt: skip
		for kind, (its_number, its_stars) in kinds.items():
			row[f"{frappe.scrub(kind)}_ratings"] = its_number
			row[f"{frappe.scrub(kind)}_average"] = round(its_stars / its_number, 2)
		rows.append(row)
	return sorted(rows, key=lambda row: (-(row["average"] or 0), -row["ratings"], row["rated_user"]))


def opens(user: str, since, until) -> dict:
	def those(**more):
		days = within(since, until)
		return listed("Customer Feedback", rated_user=user, person_rating=[">", 0], given_on=days, **more)

	given = {f"{frappe.scrub(kind)}_average": those(said_by=CUSTOMER, kind=kind) for kind in KINDS}
	return {
		"ratings": those(said_by=CUSTOMER),
		"average": those(said_by=CUSTOMER),
		"noted": those(said_by=["!=", CUSTOMER]),
		**given,
	}


def columns(rows) -> list[dict]:
	averages = {
		"Complaint": _("Complaints (of 5)", context="Ratings of People"),
		"Visit": _("Visits (of 5)", context="Ratings of People"),
		"Event": _("Events (of 5)", context="Ratings of People"),
		"After a Purchase": _("Purchases (of 5)", context="Ratings of People"),
		"General": _("Otherwise (of 5)", context="Ratings of People"),
	}

	def stars(fieldname, label):
		return column(fieldname, label, "Float", 130, precision=2)

	shown = [kind for kind in KINDS if any(f"{frappe.scrub(kind)}_ratings" in row for row in rows)]
	return [
		column("full_name", _("Person", context="Ratings of People"), width=200),
		count("ratings", _("Ratings", context="Ratings of People")),
		stars("average", _("Average (of 5)", context="Ratings of People")),
		*(stars(f"{frappe.scrub(kind)}_average", averages[kind]) for kind in shown),
		count("noted", _("Noted by Us", context="Ratings of People")),
	]


def chart(rows) -> dict | None:
	rated = [row for row in rows if row["ratings"]][:CHARTED]
	return bars(
		[row["full_name"] for row in rated],
		{_("Average (of 5)", context="Ratings of People"): [row["average"] for row in rated]},
		(GOOD,),
	)


def summary(rows) -> list[dict]:
	given = sum(row["ratings"] for row in rows)
	stars = sum(row["ratings"] * (row["average"] or 0) for row in rows)
	return [
		figure(_("Ratings", context="Ratings of People"), given),
		decimal(_("Average (of 5)", context="Ratings of People"), stars / given if given else None),
		figure(_("Noted by Us", context="Ratings of People"), sum(row["noted"] for row in rows)),
	]
