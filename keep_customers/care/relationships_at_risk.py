"""The alarms about relationships that stand, as the report shows them: for who may read the customers."""

from datetime import date

import frappe
from frappe.utils import flt

from keep_customers.care import relationships
from keep_customers.care.assignment import Assignment, of_rep
from keep_customers.care.followups import OPEN
from keep_customers.care.last_contacts import last_contacts
from keep_customers.erp.permissions import of_role
from keep_customers.erp.tables import among
from keep_customers.worth.selection import selected
from keep_customers.worth.values import of_today


def alarms(filters: dict, today: date) -> list:
	"""All that stand, where most is at stake first.

	:param filters: as :func:`selected`; alarm and rep
	:returns: dicts of alarm, customer, customer_name, since, who (None for who may not read files), how, tier, current_value,
		value_at_risk and currency
	"""
	kinds = [kind for kind in relationships.ALARMS if filters.get("alarm") in (None, "", kind)]
	standing = [(kind, alarm) for kind in kinds for alarm in relationships.standing(kind, today)]
	about = _customers({alarm.customer for _kind, alarm in standing}, filters)
	named = of_role("Customer File")
	found = [
		frappe._dict(
			about[alarm.customer],
			alarm=kind,
			since=alarm.since,
			# A rep's name is no secret, a customer's people are.
			who=alarm.who if named or kind == relationships.REP else None,
			how=alarm.how,
		)
		for kind, alarm in standing
		if alarm.customer in about
	]
	turn = {kind: at for at, kind in enumerate(relationships.ALARMS)}
	return sorted(
		found,
		key=lambda one: (
			-flt(one.value_at_risk),
			-flt(one.current_value),
			one.customer,
			turn[one.alarm],
			str(one.since),
		),
	)


def _customers(names: set[str], filters: dict) -> dict[str, dict]:
	if not names:
		return {}
	customer, value = frappe.qb.DocType("Customer"), frappe.qb.DocType("Customer Value")
	query = frappe.qb.from_(customer).left_join(value).on(value.name == customer.name)
	query = query.where((customer.disabled == 0) & (customer.is_internal_customer == 0))
	query = selected(among(query, customer.name, names), customer, value, filters)
	rows = (
		of_rep(query, customer.name, filters.get("rep"))
		.select(
			customer.name.as_("customer"), customer.customer_name, value.tier, value.currency,
			*(of_today(value, field).as_(field) for field in ("current_value", "value_at_risk")),
		)
		.run(as_dict=True)
	)  # fmt: skip
	return {row.customer: row for row in rows}


def with_care(rows: list, today: date) -> list:
	"""The same with rep, last_contact and next_contact, the day by which somebody is asked."""
	names = sorted({row.customer for row in rows})
	if not names:
		return rows
	reps = Assignment(names, frappe.get_cached_doc("Keep Customers Settings"), today)
	last = last_contacts(today, names)
	asked = dict(
		frappe.get_all(
			"Follow Up",
			filters={"customer": ("in", names), "status": ("in", OPEN)},
			fields=["customer", "due_date"],
			order_by="due_date desc",
			as_list=True,
		)
	)
	for row in rows:
		row.rep = reps.user_for(row.customer)
		day = last.get(row.customer)
		row.last_contact = date.fromordinal(day) if day else None
		row.next_contact = asked.get(row.customer)
	return rows
