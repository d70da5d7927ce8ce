"""Item groups that slip away: bought regularly, then no more, while the customer still buys other things."""

from datetime import date, timedelta

import frappe

from keep_customers.care.slipping import is_slipping, rows_of, sentence
from keep_customers.care.triggers import (
	CATCH_UP_DAYS,
	Premise,
	candidates,
	customers,
	day_of,
	matching,
	of_customers,
	row,
	since,
)
from keep_customers.erp.said import said
from keep_customers.erp.tables import among, columns, to_dates, to_ordinals
from keep_customers.worth.baskets import DOCTYPE, STILL_BUYS, bought_since


def slipping_away(rule, today: date) -> list[dict]:
	"""Customers of whom an item group has begun to slip away: one contact each, about the most valuable one."""
	table, first = frappe.qb.DocType(DOCTYPE), since(rule, today)
	query, customer, value = candidates(rule)
	query = query.inner_join(table).on(table.customer == customer.name)
	query = query.where(is_slipping(table, value, today) & (table.slipping_from >= first))
	names = {*columns(query, customer.name)[0]} - _asked_lately(rule, today)
	if not names:
		return []
	of_customer = rows_of(names, today)
	query, customer, _value = customers(rule)
	rows = []
	for one in matching(rule, among(query, customer.name, names).run(as_dict=True)):
		groups = of_customer.get(one.customer, [])
		# It is about what is new; what has been slipping away for longer is mentioned.
		begun = [group for group in groups if group.slips and group.slipping_from >= first]
		if one.customer in names and begun:
			rows.append(
				row(
					rule,
					one,
					occurrence=_occurrence(begun[0]),
					planned_on=max(group.slipping_from for group in begun),
					reason=sentence(begun[0], groups),
					short=said("{0}: not bought any more", begun[0].item_group),
					reference_doctype="Item Group",
					reference_name=begun[0].item_group,
				)
			)
	return rows


def _occurrence(group) -> str:
	return f"slipping after {group.last_purchase} {group.item_group}"[:140]


def _asked_lately(rule, today: date) -> set[str]:
	"""Who is or was asked already: what else has begun to slip away meanwhile is seen in the same talk."""
	follow_up = frappe.qb.DocType("Follow Up")
	query = frappe.qb.from_(follow_up).where(follow_up.care_rule == rule.name)
	lately = (follow_up.planned_on > today - timedelta(days=CATCH_UP_DAYS)) | follow_up.status.isin(
		["Planned", "Assigned", "Late"]
	)
	return set(columns(query.where(lately), follow_up.customer)[0])


def _known(rows: list) -> dict[tuple[str, str], tuple]:
	"""(customer, item group) -> its latest purchase, whether it still slips away but for the purchases, and the stage."""
	table, value = frappe.qb.DocType(DOCTYPE), frappe.qb.DocType("Customer Value")
	query = frappe.qb.from_(table).inner_join(value).on(value.name == table.customer)
	query = among(query, table.customer, of_customers(rows))
	names, groups, *found = columns(
		query, table.customer, table.item_group, table.last_purchase, table.given_up_from, value.status
	)
	last, until, status = found
	days = (to_dates(to_ordinals(column)) for column in (last, until))
	return dict(zip(zip(names, groups, strict=True), zip(*days, status, strict=True), strict=True))


def _bought_again(rows: list, today: date) -> list[bool]:
	known, since_the_night = _known(rows), bought_since(of_customers(rows))
	result = []
	for one in rows:
		key, day = (one["customer"], one["reference_name"]), day_of(one["occurrence"])
		last = known.get(key, (None,))[0]
		result.append(bool(day and last and last > day) or key in since_the_night)
	return result


def _no_longer(rows: list, today: date) -> list[bool]:
	"""Whether the purchase before the silence is gone, nobody waits any more, or the customer is silent altogether."""
	known = _known(rows)
	result = []
	for one in rows:
		last, until, status = known.get((one["customer"], one["reference_name"]), (None, None, None))
		day = day_of(one["occurrence"])
		there = last and day and last >= day and until and today < until and status in STILL_BUYS
		result.append(not there)
	return result


BOUGHT = Premise("Bought again", _bought_again)
SLIPPING = Premise("No longer true", _no_longer)
