"""How good the Customer Files are: how many there are, how complete, and how true by the spot checks of a year."""

from datetime import date

import frappe
from frappe.query_builder.functions import Count, IfNull, Sum
from frappe.utils import add_years
from pypika import Case
from pypika.functions import NullIf

from keep_customers.engine.drives import RIGHT, WRONG
from keep_customers.erp.tables import FALLING
from keep_customers.files.facts import FILE
from keep_customers.files.permissions import CHECK, DRIVE
from keep_customers.worth.selection import selected
from keep_customers.worth.values import of_today

FULL = 80  # per cent complete, from which on a file is taken for full
# By what files are added up: a term of the customer, its value, or its file.
GROUPS = ("Rep", "Tier", "Territory")
WITHOUT, WITH, FULL_ONES = "Without a File", "With a File", "Full"
STATES = (WITHOUT, WITH, FULL_ONES)


def by_group(filters: dict, group: str, today: date) -> list[dict]:
	"""Files by one thing, where most customers are first.

	:returns: dicts of group_value (None for none), customers, files, full, fresh (files that were written in within a
		year), completeness (of all customers, 0 where there is no file), checked, was_right
	"""
	query, customer, value, file = _query(filters)
	term = _term(group, customer, value, file)
	rows = (
		query.select(term.as_("group_value"), *_sums(customer, file, today)).groupby(term).run(as_dict=True)
	)
	checks = {row.group_value: row for row in _checks(filters, today, group)}
	for row in rows:
		_complete(row, checks.get(row.group_value))
	return sorted(rows, key=lambda row: (-row.customers, row.group_value or ""))


def totals(filters: dict, today: date) -> dict:
	"""As :func:`by_group`, of all."""
	query, customer, _value, file = _query(filters)
	[row] = query.select(*_sums(customer, file, today)).run(as_dict=True)
	checks = _checks(filters, today)
	return _complete(row, checks[0] if checks else None)


def customers(filters: dict, today: date, most: int) -> list[dict]:
	"""One by one, where the most is missing for the most money first."""
	query, customer, value, file = _query(filters)
	score, current = IfNull(customer.keep_file_score, 0), of_today(value, "current_value")
	rows = (
		query.select(
			customer.name.as_("customer"), customer.customer_name, value.tier, customer.territory,
			_term("Rep", customer, value, file).as_("rep"), score.as_("completeness"), file.missing,
			file.modified.as_("written_on"), current.as_("current_value"), value.currency,
		)
		.orderby((100 - score) * IfNull(current, 0), order=FALLING)
		.orderby(score)
		.orderby(customer.name)
		.limit(most)
	).run(as_dict=True)  # fmt: skip
	checks = {}
	if names := [row.customer for row in rows]:
		check = frappe.qb.DocType(CHECK)
		found = _since(frappe.qb.from_(check), check, today).where(check.customer.isin(names))
		found = found.select(check.customer, *_results(check)).groupby(check.customer)
		checks = {row.customer: row for row in found.run(as_dict=True)}
	for row in rows:
		one = checks.get(row.customer)
		row.checked, row.was_right = (one.checked, one.was_right) if one else (0, 0)
	return rows


def _complete(row, checks) -> dict:
	row.checked = int(checks.checked or 0) if checks else 0
	row.was_right = int(checks.was_right or 0) if checks else 0
	row.customers, row.files, row.full, row.fresh = (
		int(row[field] or 0) for field in ("customers", "files", "full", "fresh")
	)
	row.completeness = float(row.score or 0) / row.customers if row.customers else 0.0
	row.group_value = row.get("group_value") or None
	return row


def _term(group: str, customer, value, file):
	if group == "Rep":
		# Whom the file names; else whom the customer does, as far as the database can say it in one query.
		return IfNull(NullIf(file.dedicated_rep, ""), NullIf(customer.account_manager, ""))
	return {"Tier": NullIf(value.tier, ""), "Territory": NullIf(customer.territory, "")}[group]


def _sums(customer, file, today: date) -> list:
	def of(condition):
		return Sum(Case().when(condition, 1).else_(0))

	return [
		Count("*").as_("customers"),
		Count(file.name).as_("files"),
		of(customer.keep_file_score >= FULL).as_("full"),
		of(file.modified >= add_years(today, -1)).as_("fresh"),
		Sum(IfNull(customer.keep_file_score, 0)).as_("score"),
	]


def _query(filters: dict):
	"""
	:param filters: as :func:`selected`, with rep or no_rep, no_tier, and state, of :data:`STATES`
	"""
	customer, value, file = (frappe.qb.DocType(one) for one in ("Customer", "Customer Value", FILE))
	query = (
		frappe.qb.from_(customer)
		.left_join(value)
		.on(value.name == customer.name)
		.left_join(file)
		.on(file.name == customer.name)
		.where((customer.disabled == 0) & (IfNull(customer.is_internal_customer, 0) == 0))
	)
	return _chosen(query, filters, customer, value, file), customer, value, file


def _chosen(query, filters: dict, customer, value, file):
	rep = _term("Rep", customer, value, file)
	if filters.get("rep"):
		query = query.where(rep == filters["rep"])
	elif filters.get("no_rep"):
		query = query.where(rep.isnull())
	if filters.get("no_tier"):
		query = query.where(_term("Tier", customer, value, file).isnull())
	condition = {
		WITHOUT: file.name.isnull(), WITH: file.name.isnotnull(), FULL_ONES: customer.keep_file_score >= FULL,
	}.get(filters.get("state"))  # fmt: skip
	if condition is not None:
		query = query.where(condition)
	return selected(query, customer, value, filters)


def _checks(filters: dict, today: date, group: str | None = None) -> list[dict]:
	"""What was found of the same customers within a year, by the group if there is one. Few facts are checked, so this is
	asked apart: joined, it would count each customer as often as it was checked."""
	check = frappe.qb.DocType(CHECK)
	query, customer, value, file = _query(filters)
	query = _since(query.inner_join(check).on(check.customer == customer.name), check, today)
	query = query.select(*_results(check))
	if group:
		term = _term(group, customer, value, file)
		query = query.select(term.as_("group_value")).groupby(term)
	return query.run(as_dict=True)


def _since(query, check, today: date):
	"""What is still being checked is nobody's business yet; see ``permissions.py``."""
	drive = frappe.qb.DocType(DRIVE)
	return (
		query.inner_join(drive)
		.on(drive.name == check.drive)
		.where((drive.status == "Closed") & (check.checked_on >= add_years(today, -1)))
	)


def _results(check) -> list:
	def of(*results):
		return Sum(Case().when(check.result.isin(list(results)), 1).else_(0))

	return [of(RIGHT, WRONG).as_("checked"), of(RIGHT).as_("was_right")]
