"""What a customer is worth, and which tier it has."""

import frappe
from frappe.utils import fmt_money

from tests.site.story import COMPANY, ITEM

# Tiers by current value alone: no top and no low tier, so that no model decides.
GOLD_OR_IRON = {"high_share": 20, "top_share": 0, "low_share": 0, "keep_band": 0}


def money(story, customer):
	value = story.value(customer)
	return value.current_value, value.lifetime_value, value.purchases


def bought_on(story, customer, *purchases, **values):
	"""A history by dates instead of days ago."""
	story.history(customer, [((story.today - day).days, amount) for day, amount in purchases], **values)


def eur(amount):
	"""As the site writes numbers."""
	return f"{fmt_money(amount, 2)} EUR"


def tier_changes(customer, **filters):
	return frappe.get_all(
		"Tier Change",
		filters={"customer": customer, **filters},
		fields=["date", "direction", "from_tier", "to_tier", "reason", "current_value", "policy", "care_run"],
		order_by="date, creation",
	)


def ranked():
	return set(
		frappe.get_all(
			"Customer Value", filters={"status": ("!=", "Not Ranked")}, pluck="customer", order_by="name"
		)
	)


def of_order(invoice, row):
	frappe.db.set_value("Sales Invoice Item", {"parent": invoice.name}, "so_detail", row)
	return invoice


def delivery(story, customer, goods, docstatus=1, **row):
	"""A delivery note as ERPNext leaves it, as rows.

	:param goods: how many, and what one has cost
	:returns: its row
	"""
	qty, rate = goods
	name = frappe.generate_hash(length=10)
	about = {"customer": customer, "company": COMPANY, "posting_date": story.days_ago(19), "currency": "EUR"}
	frappe.get_doc({"doctype": "Delivery Note", "name": name, "docstatus": docstatus, **about}).db_insert()
	line = frappe.get_doc(
		{
			"doctype": "Delivery Note Item", "parent": name, "parenttype": "Delivery Note", "parentfield": "items",
			"docstatus": docstatus, "item_code": ITEM, "qty": qty, "stock_qty": qty, "incoming_rate": rate, **row,
		}
	)  # fmt: skip
	line.db_insert()
	return line.name
