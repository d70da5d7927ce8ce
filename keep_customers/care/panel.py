"""What people see about a customer on its form and in its file, guarded like the customer itself."""

import frappe
from frappe.query_builder import Case
from frappe.query_builder.functions import Count, Max, Sum
from frappe.utils import getdate

from keep_customers.access.lookups import named
from keep_customers.benefits import costs, coupons, rebates
from keep_customers.care import confirming, followups, open_complaints, slipping
from keep_customers.engine.costs import of_value
from keep_customers.erp.api import typed
from keep_customers.erp.permissions import need_role
from keep_customers.erp.said import reworded
from keep_customers.erp.tables import FALLING
from keep_customers.erp.users import full_names
from keep_customers.worth import outlook
from keep_customers.worth.corrected import is_purchase, sales_of
from keep_customers.worth.retold import retold
from keep_customers.worth.values import NOT_RANKED

DEALS = 20


@frappe.whitelist()
@typed
def customer_care(customer: str) -> dict:
	"""Tier with its reason, value, cost, rhythm, what it buys, complaints, follow-ups, coupons, rebates and how many contacts wait to be
	confirmed, for the Customer form.

	:raises frappe.PermissionError: if the user may not read the customer
	"""
	named("Customer", customer)
	value, tier = value_and_tier(customer)
	return {
		"value": value,
		"tier": tier,
		"item_groups": slipping.of_customer(customer) if value else [],
		"cost": _cost(customer, value) if value and costs.may_be_read() else None,
		"follow_ups": _open_follow_ups(customer) if frappe.has_permission("Follow Up", "read") else [],
		"complaints": open_complaints.open_complaints([customer]),
		"coupons": coupons.valid(customer),
		"rebates": rebates.running(customer),
		"to_confirm": len(confirming.to_confirm(customer)),
		"has_file": bool(frappe.db.exists("Customer File", customer)),
	}


def _open_follow_ups(customer: str) -> list[dict]:
	rows = frappe.get_list(
		"Follow Up",
		filters={"customer": customer, "status": ("in", followups.PENDING)},
		fields=["name", "status", "due_date", "reason", "made_of", "assigned_to", "todo", "hold_reason"],
		order_by="due_date asc",
		limit=10,
	)
	names = full_names(row.assigned_to for row in rows)
	for row in rows:
		row.update({"reason": reworded(row, "reason"), "assigned_name": names.get(row.assigned_to)})
		del row["made_of"]
	return rows


def _cost(customer: str, value: dict) -> dict:
	"""What was spent in a year.

	:returns: total, currency, kinds (dicts with label and amount, the most first) and of_value: percent of the current value, or None
	"""
	spent, labels = costs.of_the_year(customer), costs.kind_labels()
	kinds = sorted(spent["kinds"].items(), key=lambda one: -one[1])
	# What was computed in another currency, or by a night of then, is no measure for these costs.
	counts = value.currency == spent["currency"] and value.status != NOT_RANKED
	worth = value.current_value if counts else None
	return spent | {
		"kinds": [{"label": labels[kind], "amount": amount} for kind, amount in kinds],
		"of_value": of_value(spent["total"], worth),
	}


def value_and_tier(customer: str) -> tuple[dict | None, dict | None]:
	"""The customer's figures with what is to be expected in a sentence, and its tier's colour, strategy and benefits;
	each None where there is none or it may not be read."""
	values = (
		frappe.get_list(
			"Customer Value",
			filters={"name": customer},
			fields=[
				"tier", "tier_since", "tier_reason", "status", "current_value", "potential_value", "lifetime_value",
				"value_at_risk", "gap", "purchases", "last_purchase", "next_purchase", "expected_order_value", "currency",
				"computed_on", "forecast", "buys_year",
			],
		)
		if frappe.has_permission("Customer Value", "read")
		else []
	)  # fmt: skip
	value = values[0] if values else None
	if value:
		value.outlook = outlook.sentence(value)
		value.tier_reason = retold(value.tier_reason)
	tier = (
		frappe.db.get_value("Customer Tier", value.tier, ["colour", "strategy", "benefits"], as_dict=True)
		if value and value.tier
		else None
	)
	return value, tier


@frappe.whitelist()
@typed
def deal_archive(customer: str) -> list[dict]:
	"""What was bought: item, how often, how much, latest price (of a unit in which it is counted) and day, the most frequent first.

	:raises frappe.PermissionError: if the user may not read the customer's file
	"""
	named("Customer", customer)
	if frappe.db.exists("Customer File", customer):
		frappe.has_permission("Customer File", "read", doc=customer, throw=True)
	else:
		need_role("Customer File")
	return bought(customer)


def bought(customer: str, newest_first: bool = False, limit: int = DEALS) -> list[dict]:
	"""The rows of :func:`deal_archive`, without asking who reads them.

	:param newest_first: what was bought last comes first, instead of what is bought most often
	"""
	invoice, item = frappe.qb.DocType("Sales Invoice"), frappe.qb.DocType("Sales Invoice Item")
	sold = sales_of(invoice, [customer])
	# Returns and debit notes change how much it was, not how often.
	bought_on = Case().when(is_purchase(invoice) & (item.qty > 0), invoice.posting_date)
	times, last = Count(bought_on).distinct(), Max(bought_on)
	# A debit note corrects a price; what was delivered is in the invoice.
	quantity = Case().when(invoice.is_debit_note == 0, item.stock_qty).else_(0)
	rows = (
		frappe.qb.from_(item)
		.inner_join(invoice)
		.on(invoice.name == item.parent)
		.select(
			item.item_code,
			item.item_name,
			item.stock_uom,
			times.as_("times"),
			Sum(quantity).as_("qty"),
			Sum(item.base_net_amount).as_("amount"),
			last.as_("last"),
		)
		.where(sold)
		.groupby(item.item_code, item.item_name, item.stock_uom)
		.having(times > 0)
		.orderby(last if newest_first else times, order=FALLING)
		.orderby(item.item_code)
		.limit(limit)
	).run(as_dict=True)
	prices = _latest_prices(sold, [row.item_code for row in rows])
	for row in rows:
		row.last = getdate(row.last)  # SQLite forgets in a maximum that it is a day
		row.update(prices.get((row.item_code, row.last), {}))
	return rows


def _latest_prices(sold, items: list[str]) -> dict[tuple, dict]:
	if not items:
		return {}
	invoice, item = frappe.qb.DocType("Sales Invoice"), frappe.qb.DocType("Sales Invoice Item")
	rows = (
		frappe.qb.from_(item)
		.inner_join(invoice)
		.on(invoice.name == item.parent)
		.select(item.item_code, invoice.posting_date, item.rate, item.conversion_factor, invoice.currency)
		.where(sold & is_purchase(invoice))
		.where(item.item_code.isin([code for code in items if code]))
	).run()
	# A box's price beside a number of pieces would be read as a piece's.
	return {
		(code, getdate(day)): {"rate": rate / (factor or 1), "currency": currency}
		for code, day, rate, factor, currency in rows
	}
