"""A shop with prices, what is ordered there, and customers with birthdays and coupons."""

import json
from datetime import date, timedelta

import frappe
import pytest
from frappe.utils import getdate, now_datetime

from keep_customers.erp import host
from tests.site.host import GENUINE
from tests.site.story import COMPANY, ITEM, PREFIX

priced_by_erpnext = pytest.mark.skipif(not GENUINE, reason="the stand-in works out no prices")
PRICES = f"{PREFIX} Prices"
DRILLS, BITS = f"{PREFIX} Drills", f"{PREFIX} Bits"
BRAND = f"{PREFIX} Brand"
DRILL, BIT, RARE = f"{PREFIX} Drill", f"{PREFIX} Bit", f"{PREFIX} Rare"
RATES = {DRILL: 1299.99, BIT: 7.35, RARE: 499.0, ITEM: 100.0}
KAY = "kay@keep-test.example"


def set_prices():
	if not frappe.db.exists("Brand", BRAND):
		frappe.get_doc({"doctype": "Brand", "brand": BRAND}).insert()
	if not frappe.db.exists("Price List", PRICES):
		frappe.get_doc(
			{
				"doctype": "Price List",
				"price_list_name": PRICES,
				"currency": "EUR",
				"selling": 1,
				"enabled": 1,
			}
		).insert()
	for item, rate in RATES.items():
		if not frappe.db.exists("Item Price", {"item_code": item, "price_list": PRICES}):
			frappe.get_doc(
				{"doctype": "Item Price", "item_code": item, "price_list": PRICES, "price_list_rate": rate}
			).insert()
	frappe.db.set_value("Item", BIT, "brand", BRAND)
	frappe.clear_cache(doctype="Item")


def document(doctype, customer, lines, currency="EUR", **values):
	"""A draft with what a form sends; what it costs is left to ERPNext."""
	party = (
		{"quotation_to": "Customer", "party_name": customer}
		if doctype == "Quotation"
		else {"customer": customer}
	)
	plain = {} if GENUINE else {"uom": "Nos", "conversion_factor": 1}
	doc = frappe.get_doc(
		{
			"doctype": doctype,
			**party,
			"company": COMPANY,
			"currency": currency,
			"conversion_rate": 1 if currency == "EUR" else 0.125,
			"selling_price_list": PRICES,
			"price_list_currency": "EUR",
			"plc_conversion_rate": 1,
			"delivery_date": getdate() + timedelta(days=30),
			"items": [
				{
					"item_code": item,
					"qty": qty,
					**({} if GENUINE else {"rate": RATES[item], "item_name": item}),
					**plain,
				}
				for item, qty in lines
			],
			**values,
		}
	)
	return doc.insert()


def priced(doc, *benefits):
	"""The draft as ERPNext prices it: with the discounts of these benefits, which its rows then name."""
	if not GENUINE:
		off = sum(one.discount_percentage for one in benefits)
		for row in doc.items:
			row.update({"price_list_rate": RATES[row.item_code], "discount_percentage": off})
			row.update({"pricing_rules": json.dumps([one.pricing_rule for one in benefits])})
			row.rate = round(row.price_list_rate * (1 - off / 100), 2)
		doc.set("pricing_rules", [{"pricing_rule": one.pricing_rule} for one in benefits])
		doc.save()
	return doc


def amended(doc, **values):
	"""The draft that Desk makes to amend a cancelled document: all fields as they were, the rows without their names."""
	draft = frappe.copy_doc(doc)
	for one in (draft, *draft.get_all_children()):
		one.docstatus = 0
	return draft.update({"amended_from": doc.name, **values})


def till():
	"""What a POS Invoice says of the till it is made at: on a genuine ERPNext that is open, and takes cash."""
	if not GENUINE:
		return {}
	abbr = frappe.get_cached_value("Company", COMPANY, "abbr")
	account = {"company": COMPANY, "is_group": 0}
	cash = frappe.get_doc("Mode of Payment", "Cash")
	if not any(row.company == COMPANY for row in cash.accounts):
		drawer = frappe.db.get_value("Account", {**account, "account_type": "Cash"})
		cash.append("accounts", {"company": COMPANY, "default_account": drawer})
		cash.save()
	if host.has("POS Settings", "invoice_type"):
		# From 16 on a till may make plain Sales Invoices instead.
		frappe.db.set_single_value("POS Settings", "invoice_type", "POS Invoice")
	profile = f"{PREFIX} Till"
	if not frappe.db.exists("POS Profile", profile):
		expenses = frappe.db.get_value("Account", {**account, "root_type": "Expense"})
		frappe.get_doc(
			{
				"doctype": "POS Profile", "__newname": profile, "company": COMPANY, "currency": "EUR",
				"selling_price_list": PRICES, "warehouse": f"Stores - {abbr}", "write_off_account": expenses,
				"write_off_cost_center": f"Main - {abbr}", "payments": [{"mode_of_payment": "Cash", "default": 1}],
			}
		).insert()  # fmt: skip
		frappe.get_doc(
			{
				"doctype": "POS Opening Entry", "pos_profile": profile, "user": frappe.session.user, "company": COMPANY,
				"period_start_date": now_datetime(), "balance_details": [{"mode_of_payment": "Cash"}],
			}
		).insert().submit()  # fmt: skip
	return {
		"is_pos": 1,
		"pos_profile": profile,
		"ignore_default_payment_terms_template": 1,
		"payments": [{"mode_of_payment": "Cash"}],
	}


def paid(sale):
	"""The POS Invoice with the cash for it in the drawer, submitted."""
	if GENUINE:
		sale.payments[0].amount = sale.rounded_total or sale.grand_total
		sale.save()
	sale.submit()
	return sale


def rates(doc):
	return {row.item_code: row.rate for row in doc.items}


def admins_rule(title, apply_on, item_groups=(), **values):
	rule = frappe.get_doc(
		{
			"doctype": "Pricing Rule",
			"title": f"{PREFIX} {title}",
			"apply_on": apply_on,
			"item_groups": [{"item_group": group} for group in item_groups],
			"price_or_product_discount": "Price",
			"rate_or_discount": "Discount Percentage",
			"selling": 1,
			"currency": "EUR",
			"valid_from": "2026-01-01",
			**values,
		}
	)
	rule.dont_update_if_missing = ["company"]  # the site's default
	return rule.insert()


def celebrating(story, name, ahead, tier="Platinum", **person):
	"""A customer whose owner has a birthday so many days from today."""
	customer = story.customer(name)
	story.in_tier(customer, tier)
	day = getdate() + timedelta(days=ahead)
	born = date(1984, day.month, day.day)
	story.file(
		customer,
		people=[
			{"full_name": "Olga", "relation": "Owner", "birthday": born, "calendar": "Gregorian", **person}
		],
	)
	return customer


def coupons(customer):
	return frappe.get_all("Coupon Code", filters={"customer": customer}, fields=["*"], order_by="name")
