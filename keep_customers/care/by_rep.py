"""What each rep did for the customers in a period: contacts, of them caring ones, on time, and how satisfied they were."""

from datetime import date, timedelta

import frappe
from frappe.query_builder.functions import Count, IfNull, Sum
from pypika import Case

from keep_customers.care.rules import FOR_BUSINESS
from keep_customers.erp.permissions import only_readable

SEES_ALL = {"System Manager", "Keep Customers Manager", "Sales Manager"}
# What is asked without a rule and sells nothing.
CARING_PAPERS = ("Complaint Case", "VIP Invitation")
MISSED = ("Too late", "Not visited")
STARS = 5


def whose() -> str | None:
	"""The rep whose figures the user of this session sees, their own; None for all."""
	return None if SEES_ALL & set(frappe.get_roles()) else frappe.session.user


def figures(since: date, until: date, today: date, rep: str | None = None) -> dict[str, dict]:
	"""Rep -> dict of contacts, reached, caring, on_time, late and satisfaction, of the customers the user may read.

	What is past due counts as late before it is done; what still can be in time counts as neither.

	:param rep: only this one
	"""
	found: dict[str, dict] = {}
	for row in [*_contacts(since, until, rep), *_asked(since, until, today, rep)]:
		found.setdefault(row.pop("rep"), {}).update(row)
	for row in found.values():
		rated = row.pop("rated", 0)
		row["satisfaction"] = STARS * float(row.pop("stars", 0) or 0) / rated if rated else None
		decided = int(row.get("on_time") or 0) + int(row.get("late") or 0)
		row["punctual"] = 100 * int(row.get("on_time") or 0) / decided if decided else None
	return found


def _contacts(since: date, until: date, rep: str | None) -> list[dict]:
	touch, follow_up, rule = (
		frappe.qb.DocType(name) for name in ("Customer Touch", "Follow Up", "Care Rule")
	)
	caring = (IfNull(rule.trigger, "") != "") & rule.trigger.notin(sorted(FOR_BUSINESS))
	caring |= follow_up.reference_doctype.isin(list(CARING_PAPERS))
	query = (
		frappe.qb.from_(touch)
		.left_join(follow_up)
		.on(follow_up.name == touch.follow_up)
		.left_join(rule)
		.on(rule.name == follow_up.care_rule)
		.select(
			touch.rep,
			Count("*").as_("contacts"),
			Sum(Case().when(touch.result == "Not Reached", 0).else_(1)).as_("reached"),
			Sum(Case().when(caring, 1).else_(0)).as_("caring"),
			Sum(Case().when(touch.satisfaction > 0, 1).else_(0)).as_("rated"),
			Sum(touch.satisfaction).as_("stars"),
		)
		.where((touch.date >= since) & (touch.date < until + timedelta(days=1)))
		.groupby(touch.rep)
	)
	if rep:
		query = query.where(touch.rep == rep)
	return only_readable(query, touch.customer).run(as_dict=True)


def _asked(since: date, until: date, today: date, rep: str | None) -> list[dict]:
	"""Of what a rep was asked to do by a day of the period."""
	asked = frappe.qb.DocType("Follow Up")
	done = asked.status == "Done"
	missed = asked.status.isin(["Assigned", "Late"]) & (asked.due_date < today)
	missed |= (asked.status == "Skipped") & asked.hold_reason.isin(list(MISSED))
	query = (
		frappe.qb.from_(asked)
		.select(
			asked.assigned_to.as_("rep"),
			Sum(Case().when(done & (asked.done_on <= asked.due_date), 1).else_(0)).as_("on_time"),
			Sum(Case().when((done & (asked.done_on > asked.due_date)) | missed, 1).else_(0)).as_("late"),
		)
		.where((asked.due_date >= since) & (asked.due_date <= until) & (IfNull(asked.assigned_to, "") != ""))
		.groupby(asked.assigned_to)
	)
	if rep:
		query = query.where(asked.assigned_to == rep)
	return only_readable(query, asked.customer).run(as_dict=True)
