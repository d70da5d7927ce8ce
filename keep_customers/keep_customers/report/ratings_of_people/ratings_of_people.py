from collections import Counter

import frappe
from frappe import _
from frappe.query_builder.functions import Count, Sum
from frappe.utils import add_days, flt, get_fullname, getdate

from keep_customers.complaints import figures
from keep_customers.erp.api import report, report_filters
from keep_customers.erp.permissions import only_readable
from keep_customers.messaging.feedback import CUSTOMER

KINDS = ("Complaint", "Visit", "Event", "General")
STARS = 5


@report
def execute(filters=None):
	"""How customers rate the people who look after them, of the customers the user may read; the best first.

	What colleagues have noted is told apart from it and is in no average.
	"""
	filters = report_filters(filters)
	figures.period(filters)
	rows = people(filters)
	return columns(rows), rows, None, chart(rows)


def people(filters: dict) -> list[dict]:
	"""
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
	if filters.get("from_date"):
		query = query.where(feedback.given_on >= getdate(filters["from_date"]))
	if filters.get("to_date"):
		query = query.where(feedback.given_on < add_days(getdate(filters["to_date"]), 1))
	if filters.get("rated_user"):
		query = query.where(feedback.rated_user == filters["rated_user"])
	found: dict[str, dict[str, tuple[int, float]]] = {}
	noted: Counter[str] = Counter()
	for user, kind, said_by, number, total in only_readable(query, feedback.customer).run():
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
			row[f"{kind.lower()}_ratings"] = its_number
			row[f"{kind.lower()}_average"] = round(its_stars / its_number, 2)
		rows.append(row)
	return sorted(rows, key=lambda row: (-(row["average"] or 0), -row["ratings"], row["rated_user"]))


def columns(rows) -> list[dict]:
	count = {"fieldtype": "Int", "width": 110}
	stars = {"fieldtype": "Float", "precision": 2, "width": 130}
	averages = {
		"Complaint": _("Complaints (of 5)", context="Ratings of People"),
		"Visit": _("Visits (of 5)", context="Ratings of People"),
		"Event": _("Events (of 5)", context="Ratings of People"),
		"General": _("Otherwise (of 5)", context="Ratings of People"),
	}
	shown = [kind for kind in KINDS if any(f"{kind.lower()}_ratings" in row for row in rows)]
	return [
		{
			"fieldname": "full_name",
			"label": _("Person", context="Ratings of People"),
			"fieldtype": "Data",
			"width": 200,
		},
		{"fieldname": "ratings", "label": _("Ratings", context="Ratings of People"), **count},
		{"fieldname": "average", "label": _("Average (of 5)", context="Ratings of People"), **stars},
		*({"fieldname": f"{kind.lower()}_average", "label": averages[kind], **stars} for kind in shown),
		{"fieldname": "noted", "label": _("Noted by Us", context="Ratings of People"), **count},
	]


def chart(rows) -> dict | None:
	rows = [row for row in rows if row["ratings"]]
	if not rows:
		return None
	return {
		"data": {
			"labels": [row["full_name"] for row in rows],
			"datasets": [
				{
					"name": _("Average (of 5)", context="Ratings of People"),
					"values": [row["average"] for row in rows],
				}
			],
		},
		"type": "bar",
	}
