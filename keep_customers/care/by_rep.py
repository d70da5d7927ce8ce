"""What each rep did for the customers in a period: contacts, of them caring ones, on time, and how satisfied they were."""

from datetime import date, timedelta

import frappe
from frappe.query_builder.functions import Count, IfNull, Sum
from pypika import Case

from keep_customers.care.followups import by_a_person
from keep_customers.care.rules import FOR_BUSINESS
from keep_customers.erp.permissions import only_readable
from keep_customers.erp.said import reworded
from keep_customers.erp.tables import FALLING

SEES_ALL = {"System Manager", "Keep Customers Manager", "Sales Manager"}
# What is asked without a rule and sells nothing.
CARING_PAPERS = ("Complaint Case", "VIP Invitation")
MISSED = ("Too late", "Not visited")
STARS = 5
# What can be looked at one by one.
CONTACTS, REACHED, CARING, VISITS, ON_TIME, LATE = (
	"Contacts",
	"Reached",
	"Caring",
	"Visits",
	"On Time",
	"Late",
)
ONE_BY_ONE = (CONTACTS, REACHED, CARING, VISITS, ON_TIME, LATE)


def whose() -> str | None:
	"""The rep whose figures the user of this session sees, their own; None for all."""
	return None if SEES_ALL & set(frappe.get_roles()) else frappe.session.user


def sees_others() -> bool:
	"""Whether the user of this session, a rep, sees their place and the figures of the others, as the settings say."""
	return bool(frappe.db.get_single_value("Keep Customers Settings", "reps_see_ranking"))


def figures(
	since: date, until: date, today: date, rep: str | None = None, of_all: bool = False
) -> dict[str, dict]:
	"""Rep -> dict of contacts, reached, caring, visits, on_time, late and satisfaction, of the customers the user may read.

	What is past due counts as late before it is done; what still can be in time counts as neither.

	:param rep: only this one
	:param of_all: of all customers, to know each one's place: for numbers that name none of them
	"""
	found: dict[str, dict] = {}
	for row in [*_contacts(since, until, rep, of_all), *_asked(since, until, today, rep, of_all)]:
		found.setdefault(row.pop("rep"), {}).update(row)
	for row in found.values():
		rated = row.pop("rated", 0)
		row["satisfaction"] = STARS * float(row.pop("stars", 0) or 0) / rated if rated else None
		decided = int(row.get("on_time") or 0) + int(row.get("late") or 0)
		row["punctual"] = round(100 * int(row.get("on_time") or 0) / decided, 1) if decided else None
	return found


def contacts(since: date, until: date, rep: str | None, which: str | None, most: int) -> list[dict]:
	"""The contacts of a period one by one, the latest first.

	:param which: only those :data:`REACHED`, or only :data:`CARING` ones or :data:`VISITS`
	"""
	query, touch, follow_up, caring = _touches(since, until, rep)
	if which == REACHED:
		query = query.where(_reached(touch) == 1)
	elif which == CARING:
		query = query.where(caring == 1)
	elif which == VISITS:
		query = query.where(_visited(touch) == 1)
	return (
		query.select(
			touch.name, touch.date.as_("day"), touch.customer, touch.customer_name, touch.rep, touch.channel, touch.result,
			follow_up.care_rule, touch.satisfaction, touch.notes.as_("said"),
		)
		.orderby(touch.date, order=FALLING)
		.orderby(touch.name)
		.limit(most)
		.run(as_dict=True)
	)  # fmt: skip


def asked(since: date, until: date, today: date, rep: str | None, which: str, most: int) -> list[dict]:
	"""What reps were asked to do by a day of the period, those :data:`ON_TIME` or those :data:`LATE`, the longest ago first."""
	query, follow_up, on_time, late = _follow_ups(since, until, today, rep)
	rows = (
		query.where((on_time if which == ON_TIME else late) == 1)
		.select(
			follow_up.name, follow_up.due_date.as_("day"), follow_up.customer, follow_up.customer_name,
			follow_up.assigned_to.as_("rep"), follow_up.channel, follow_up.status, follow_up.care_rule, follow_up.done_on,
			follow_up.reason, follow_up.made_of,
		)
		.orderby(follow_up.due_date)
		.orderby(follow_up.name)
		.limit(most)
		.run(as_dict=True)
	)  # fmt: skip
	for row in rows:
		row.said = reworded(row, "reason")
	return rows


def _contacts(since: date, until: date, rep: str | None, of_all: bool) -> list[dict]:
	query, touch, _follow_up, caring = _touches(since, until, rep, of_all)
	return (
		query.select(
			touch.rep,
			Count("*").as_("contacts"),
			Sum(_reached(touch)).as_("reached"),
			Sum(caring).as_("caring"),
			Sum(_visited(touch)).as_("visits"),
			Sum(Case().when(touch.satisfaction > 0, 1).else_(0)).as_("rated"),
			Sum(touch.satisfaction).as_("stars"),
		)
		.groupby(touch.rep)
		.run(as_dict=True)
	)


def _asked(since: date, until: date, today: date, rep: str | None, of_all: bool) -> list[dict]:
	query, follow_up, on_time, late = _follow_ups(since, until, today, rep, of_all)
	return (
		query.select(follow_up.assigned_to.as_("rep"), Sum(on_time).as_("on_time"), Sum(late).as_("late"))
		.groupby(follow_up.assigned_to)
		.run(as_dict=True)
	)


def _reached(touch):
	"""0 if nobody was there, else 1."""
	return Case().when(touch.result == "Not Reached", 0).else_(1)


def _visited(touch):
	"""1 if somebody was there when the customer was visited, else 0."""
	return Case().when(touch.channel == "Visit", _reached(touch)).else_(0)


def _touches(since: date, until: date, rep: str | None, of_all: bool = False):
	"""
	:returns: (query on Customer Touch, it, its Follow Up, 1 or 0 for a caring contact)
	"""
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
		.where((touch.date >= since) & (touch.date < until + timedelta(days=1)))
	)
	if rep:
		query = query.where(touch.rep == rep)
	query = query if of_all else only_readable(query, touch.customer)
	return query, touch, follow_up, Case().when(caring, 1).else_(0)


def _follow_ups(since: date, until: date, today: date, rep: str | None, of_all: bool = False):
	"""What reps were asked to do by a day of the period.

	:returns: (query on Follow Up, it, 1 or 0 for one that was done in time, the same for one that was not)
	"""
	asked = frappe.qb.DocType("Follow Up")
	done = asked.status == "Done"
	missed = asked.status.isin(["Assigned", "Late"]) & (asked.due_date < today)
	# What has no ToDo was a message that would have gone out by itself.
	missed |= (
		(asked.status == "Skipped") & asked.hold_reason.isin(list(MISSED)) & (IfNull(asked.todo, "") != "")
	)
	query = frappe.qb.from_(asked).where(
		(asked.due_date >= since) & (asked.due_date <= until) & (IfNull(asked.assigned_to, "") != "")
	)
	query = query.where(by_a_person(asked))
	if rep:
		query = query.where(asked.assigned_to == rep)
	on_time = Case().when(done & (asked.done_on <= asked.due_date), 1).else_(0)
	late = Case().when((done & (asked.done_on > asked.due_date)) | missed, 1).else_(0)
	query = query if of_all else only_readable(query, asked.customer)
	return query, asked, on_time, late
