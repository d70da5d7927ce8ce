"""When somebody was last in contact with customers, whoever knows of it."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import frappe
from frappe.query_builder.functions import Date, IfNull, Max

from keep_customers.care import contacts_seen, followups
from keep_customers.erp.tables import among, columns, to_ordinals


def last_contacts(
	today: date, customers: list[str] | None = None, but: Collection[str] = ()
) -> dict[str, int]:
	"""Customer -> ordinal day of the latest contact of any kind.

	:param customers: only these; others may be among them if they are many
	:param but: touches that are none
	"""
	known = getattr(frappe.local, "keep_last_contacts", None)
	if known is None or but or not known.covers(customers):
		return _last_contacts(today, customers, but)
	return known[today]


@contextmanager
def one_look(customers: list[str] | None = None) -> Iterator[None]:
	"""Within it contacts are looked up once: a night's rules ask the same of everybody, what must be true of some customers
	the same of these.

	:param customers: whose are looked up; others' are asked for as ever
	"""
	if getattr(frappe.local, "keep_last_contacts", None) is not None:
		yield
		return
	frappe.local.keep_last_contacts = _Look(customers)
	try:
		yield
	finally:
		del frappe.local.keep_last_contacts


class _Look(dict):
	"""Day -> what :func:`last_contacts` has found."""

	def __init__(self, customers: list[str] | None):
		self.customers = customers

	def covers(self, customers: Collection[str] | None) -> bool:
		return self.customers is None or (customers is not None and {*customers} <= {*self.customers})

	def __missing__(self, today: date) -> dict[str, int]:
		self[today] = found = _last_contacts(today, self.customers, ())
		return found


def _last_contacts(today: date, customers: list[str] | None, but: Collection[str]) -> dict[str, int]:
	touch, follow_up = frappe.qb.DocType("Customer Touch"), frappe.qb.DocType("Follow Up")
	touched = (
		frappe.qb.from_(touch)
		.where((touch.result != "Not Reached") & (touch.date < today + timedelta(days=1)))
		.groupby(touch.customer)
	)
	# What went out by itself has no day on which somebody did it. As if it were no column: most are done, and to look each of them up by its status takes ten times as long.
	status = IfNull(follow_up.status, "")
	done = (
		frappe.qb.from_(follow_up)
		.where((status == "Done") & follow_up.touch.isnull() & (follow_up.done_on <= today))
		.groupby(follow_up.customer)
	)
	elsewhere = (
		frappe.qb.from_(follow_up)
		.where((follow_up.not_useful == followups.IN_CONTACT) & (follow_up.not_useful_on <= today))
		.groupby(follow_up.customer)
	)
	if customers is not None:
		touched = among(touched, touch.customer, customers)
		done = among(done, follow_up.customer, customers)
		elsewhere = among(elsewhere, follow_up.customer, customers)
	if but:
		touched = touched.where(touch.name.notin(list(but)))
	last = {name: day.toordinal() for name, day in contacts_seen.latest(today, customers).items()}
	for found in (
		days_of(touched, touch.customer, Max(Date(touch.date))),
		days_of(done, follow_up.customer, Max(follow_up.done_on)),
		days_of(elsewhere, follow_up.customer, Max(follow_up.not_useful_on)),
	):
		for name, day in found.items():
			last[name] = max(day, last.get(name, 0))
	return last


def days_of(query, customer, day) -> dict[str, int]:
	"""Customer -> ordinal day, of a query grouped by customer."""
	names, days = columns(query, customer, day)
	return dict(zip(names, to_ordinals(days).tolist(), strict=True))
