"""Rules that leave a customer alone for some days after a contact, whoever had it."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta

import frappe
from frappe.query_builder.functions import Date
from frappe.utils import cint, getdate

from keep_customers.care import contacts_seen, followups
from keep_customers.erp.tables import among, columns, to_ordinals


def after_contacts(rule, rows: list[dict]) -> list[dict]:
	"""What a rule makes due, moved to when the customer's quiet days after its last contact are over; what would be worthless
	by then is left out, and found again should there be time.

	:param rule: with quiet_days
	:param rows: Follow Up rows, with planned_on and due_date
	"""
	quiet = timedelta(days=cint(rule.get("quiet_days")))
	if not quiet or not rows:
		return rows
	first = min(getdate(row["planned_on"]) for row in rows)
	days = contact_days({row["customer"] for row in rows}, first - quiet)
	found = []
	for row in rows:
		planned = getdate(row["planned_on"])
		last = last_on_or_before(days.get(row["customer"], ()), planned)
		over = last + quiet if last else planned
		if over > planned:
			if row.get("expires") and over > getdate(row["due_date"]):
				continue
			late = over - planned
			due = row["due_date"] if row.get("expires") else getdate(row["due_date"]) + late
			row = {**row, "planned_on": over, "due_date": due}
		found.append(row)
	return found


def contact_days(customers: Collection[str], since: date) -> dict[str, list[int]]:
	"""Customer -> ordinal days of its contacts from a day on, in order: who was reached, what was done, what reps and the host
	know of; others may be among them if they are many."""
	touch, follow_up = frappe.qb.DocType("Customer Touch"), frappe.qb.DocType("Follow Up")
	done = (follow_up.status == "Done") & follow_up.touch.isnull()
	of_follow_ups = frappe.qb.from_(follow_up)
	queries = (
		(
			among(frappe.qb.from_(touch), touch.customer, customers)
			.where((touch.result != "Not Reached") & (touch.date >= since)),
			touch.customer,
			Date(touch.date),
		),
		(
			among(of_follow_ups, follow_up.customer, customers).where(done & (follow_up.done_on >= since)),
			follow_up.customer,
			follow_up.done_on,
		),
		(
			among(of_follow_ups, follow_up.customer, customers)
			.where((follow_up.not_useful == followups.IN_CONTACT) & (follow_up.not_useful_on >= since)),
			follow_up.customer,
			follow_up.not_useful_on,
		),
	)  # fmt: skip
	found = defaultdict(set)
	for query, customer, day in queries:
		names, days = columns(query, customer, day)
		for name, ordinal in zip(names, to_ordinals(days).tolist(), strict=True):
			found[name].add(ordinal)
	for name, day in contacts_seen.days_of(customers, since, getdate()):
		found[name].add(day.toordinal())
	return {name: sorted(days) for name, days in found.items()}


def last_on_or_before(days: Collection[int], day: date) -> date | None:
	"""The latest of some ordinal days in order that is not after a day."""
	at = bisect_right(days, day.toordinal())
	return date.fromordinal(days[at - 1]) if at else None


def days_since_last(days: Collection[int], day: date) -> float:
	"""Days from the latest of some ordinal days in order to a day after it; nan if there is none."""
	at = bisect_left(days, day.toordinal())
	return float(day.toordinal() - days[at - 1]) if at else float("nan")
