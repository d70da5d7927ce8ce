"""What slips away: item groups that were bought regularly and are no more, by customers who buy other things, in words and figures."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

import frappe
from frappe.utils import cint, flt, fmt_money, formatdate, getdate

from keep_customers.care.assignment import Assignment
from keep_customers.erp.permissions import of_role
from keep_customers.erp.said import said
from keep_customers.erp.tables import among
from keep_customers.erp.trees import branch
from keep_customers.worth.baskets import DOCTYPE, STILL_BUYS
from keep_customers.worth.outlook import rhythm
from keep_customers.worth.selection import selected

MENTIONED = 3  # others that slip away too
SHOWN = 6  # of what goes on being bought
FIELDS = (
	"customer", "item_group", "currency", "amount", "share", "purchases", "gap", "regular", "last_purchase",
	"next_purchase", "slipping_from", "given_up_from",
)  # fmt: skip
DAYS = ("last_purchase", "next_purchase", "slipping_from", "given_up_from")


def is_slipping(table, value, today: date):
	"""Whether an item group slips away from a customer today, as a condition.

	Who is silent altogether has not stopped buying one thing: that is another matter.
	"""
	return (
		(table.slipping_from <= today) & (table.given_up_from > today) & value.status.isin(list(STILL_BUYS))
	)


def of_customer(customer: str) -> list[dict]:
	"""What a customer buys, for people who may read it: what slips away first, with a sentence, then what is worth most."""
	if not of_role(DOCTYPE):
		return []
	groups = rows_of([customer], getdate()).get(customer, [])
	gone = [one for one in groups if one.slips]
	rest = [one for one in groups if not one.slips]
	return [
		{
			**{
				field: one[field]
				for field in ("item_group", "amount", "currency", "share", "purchases", *DAYS[:2])
			},
			"sentence": sentence(one, groups, alone=True) if one.slips else None,
			"rhythm": rhythm(one.gap) if one.purchases > 1 else None,
		}
		for one in [*gone[: MENTIONED + 1], *rest[:SHOWN]]
	]


def everywhere(filters: dict, today: date) -> list[dict]:
	"""What slips away today from customers whom the user may read, with who looks after them; the most valuable first.

	:param filters: as :func:`selected`, item_group with what lies below it, currency, and rep, or no_rep for those of nobody
	"""
	table, value, customer = (frappe.qb.DocType(name) for name in (DOCTYPE, "Customer Value", "Customer"))
	query = (
		frappe.qb.from_(table)
		.inner_join(value)
		.on(value.name == table.customer)
		.inner_join(customer)
		.on(customer.name == table.customer)
		.where(is_slipping(table, value, today) & (customer.disabled == 0))
		.select(*(table[field] for field in FIELDS), customer.customer_name, customer.territory, value.tier)
	)
	if filters.get("item_group"):
		query = query.where(table.item_group.isin(sorted(branch("Item Group", filters["item_group"]))))
	if filters.get("currency"):
		query = query.where(table.currency == filters["currency"])
	rows = selected(query, customer, value, filters).run(as_dict=True)
	reps = Assignment({row.customer for row in rows}, frappe.get_cached_doc("Keep Customers Settings"), today)
	found = []
	for row in rows:
		row.rep = reps.user_for(row.customer)
		if row.rep if filters.get("no_rep") else filters.get("rep") and row.rep != filters["rep"]:
			continue
		found.append(row)
	return sorted(found, key=lambda row: (-flt(row.amount), row.customer, row.item_group))


def rows_of(names: Collection[str], today: date) -> dict[str, list]:
	"""Customer -> its item groups, the most valuable first; ``slips`` says which slip away today."""
	table, value = frappe.qb.DocType(DOCTYPE), frappe.qb.DocType("Customer Value")
	query = frappe.qb.from_(table).inner_join(value).on(value.name == table.customer)
	query = query.select(*(table[field] for field in FIELDS), value.status)
	found = defaultdict(list)
	for one in among(query, table.customer, names).run(as_dict=True):
		for field in DAYS:
			one[field] = getdate(one[field]) if one[field] else None
		one.slips = bool(
			one.slipping_from and one.slipping_from <= today < one.given_up_from and one.status in STILL_BUYS
		)
		found[one.customer].append(one)
	for groups in found.values():
		groups.sort(key=lambda one: (-one.amount, one.item_group))
	return found


def sentence(group, groups: list, alone: bool = False) -> str:
	"""What slips away, in words.

	:param group: the one it is about
	:param groups: all of the customer, as :func:`rows_of` gives them
	:param alone: what else slips away is said elsewhere
	"""
	bought = group.item_group, rhythm(group.gap), cint(group.purchases), formatdate(group.last_purchase)
	if still := still_bought(group, groups):
		what = said(
			"Bought {0} about every {1} ({2} times), not since {3}; still buys {4}.",
			*bought,
			still.item_group,
		)
	else:
		what = said("Bought {0} about every {1} ({2} times), not since {3}.", *bought)
	money = fmt_money(group.amount, precision=0, currency=group.currency)
	text = said(
		"{0} It was {1} % of what they bought, about {2} a year.", what, round(group.share) or "< 1", money
	)
	also = [one.item_group for one in groups if one.slips and one is not group]
	return said("{0} So did: {1}.", text, ", ".join(also[:MENTIONED])) if also and not alone else text


def still_bought(group, groups: list):
	"""The most valuable of what was bought after the group was expected."""
	others = (one for one in groups if one is not group and not one.slips)
	return next((one for one in others if one.last_purchase > group.next_purchase), None)
