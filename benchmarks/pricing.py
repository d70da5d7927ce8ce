"""What ERPNext takes to price an invoice by a rule: one for everybody, one a tier, one a customer. Genuine ERPNext only.

	cd sites && ../env/bin/python ../apps/keep_customers/benchmarks/pricing.py --site SITE [--customers 10000 --rounds 15 --rows 10]

On a throwaway site with allow_tests. In every round, one after the other, the same Sales Invoice is inserted (and taken
back): with no pricing rules (then ERPNext does not even look), with one plain rule for everybody, with the Tier Benefits
of four tiers, and with a Pricing Rule for each customer instead; rows that are really there and not just switched off.
Each ratio to the one plain rule is taken within its round, and the median counts. Ends with 1 if the benefits cost more
than the stated bound.
"""

import argparse
import os
import statistics
import sys
import time

MOST = 1.5  # times an invoice with one plain rule
PREFIX = "Keep Bench"
TIERS = ("Platinum", "Gold", "Iron", "Lead")


def main() -> int:
	parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
	parser.add_argument("--site", required=True)
	parser.add_argument("--sites-path", default=".")
	parser.add_argument("--customers", type=int, default=10_000)
	parser.add_argument("--rounds", type=int, default=15)
	parser.add_argument("--rows", type=int, default=10)
	options = parser.parse_args()
	os.chdir(options.sites_path)

	import frappe

	frappe.init(options.site, sites_path=".")
	frappe.connect()
	try:
		if not frappe.conf.allow_tests:
			raise SystemExit("Only on a throwaway site, with allow_tests.")
		if not frappe.db.exists("DocType", "GL Entry"):
			raise SystemExit("Only where ERPNext works out prices.")
		return measure(options)
	finally:
		frappe.db.rollback()
		remove()
		frappe.destroy()


def measure(options) -> int:
	import frappe

	remove()
	fill(options)
	states = {
		"no rules": list,
		"one plain rule": lambda: rules(1, None),
		"four tier benefits": benefits,
		"a rule for each customer": lambda: rules(options.customers, "Customer"),
	}
	seconds: dict[str, list[float]] = {name: [] for name in states}
	for _round in range(options.rounds + 1):
		for name, make in states.items():
			make()
			frappe.db.commit()
			discount, took = invoice(options)
			assert discount == (0 if name == "no rules" else 10), (name, discount)
			seconds[name].append(took)
			forget_rules()
	base = seconds["one plain rule"][1:]  # the first round warms up
	ours = 0.0
	print(f"{options.customers} customers, an invoice of {options.rows} rows, {options.rounds} rounds\n")
	print(f"{'':28}{'ms':>8}{'times one rule':>16}")
	for name, all_seconds in seconds.items():
		measured = all_seconds[1:]
		ratio = statistics.median(own / other for own, other in zip(measured, base, strict=True))
		print(f"{name:28}{1000 * statistics.median(measured):8.0f}{ratio:16.2f}")
		if name == "four tier benefits":
			ours = ratio
	return int(ours > MOST)


def invoice(options) -> tuple[float, float]:
	"""Insert one and take it back; its discount in percent, and the seconds."""
	import frappe

	doc = frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"customer": f"{PREFIX} Customer",
			"company": frappe.get_all("Company", limit=1, order_by="creation", pluck="name")[0],
			"selling_price_list": f"{PREFIX} Prices",
			"items": [{"item_code": f"{PREFIX} {n}", "qty": 2} for n in range(options.rows)],
		}
	)
	start = time.perf_counter()
	doc.insert()
	took = time.perf_counter() - start
	discount = doc.items[-1].discount_percentage
	frappe.db.rollback()
	return discount, took


def fill(options) -> None:
	import frappe

	company = frappe.get_all("Company", limit=1, order_by="creation", pluck="name")[0]
	currency = frappe.get_cached_value("Company", company, "default_currency")
	group = frappe.get_all("Item Group", filters={"is_group": 0}, limit=1, pluck="name")[0]
	frappe.get_doc(
		{"doctype": "Price List", "price_list_name": f"{PREFIX} Prices", "currency": currency, "selling": 1}
	).insert()
	for n in range(options.rows):
		item = frappe.get_doc(
			{
				"doctype": "Item", "item_code": f"{PREFIX} {n}", "item_group": group, "is_stock_item": 0, "stock_uom": "Nos",
			}
		).insert()  # fmt: skip
		frappe.get_doc(
			{
				"doctype": "Item Price", "item_code": item.name, "price_list": f"{PREFIX} Prices", "price_list_rate": 100 + n,
			}
		).insert()  # fmt: skip
	frappe.get_doc({"doctype": "Customer", "customer_name": f"{PREFIX} Customer"}).insert()
	frappe.db.set_value("Customer", f"{PREFIX} Customer", "keep_tier", "Platinum")
	frappe.db.commit()


def benefits() -> None:
	import frappe

	for n, tier in enumerate(TIERS):
		frappe.get_doc(
			{
				"doctype": "Tier Benefit", "benefit_name": f"{PREFIX} {tier}", "kind": "Discount", "enabled": 1,
				"discount_percentage": 10 - n, "tiers": [{"tier": tier}],
			}
		).insert()  # fmt: skip


def rules(number: int, applicable_for: str | None) -> None:
	import frappe

	root = frappe.get_all("Item Group", filters={"parent_item_group": ("is", "not set")}, pluck="name")[0]
	names = [f"{PREFIX} {n:06}" for n in range(number)]
	customers = [f"{PREFIX} Customer", *names[1:]] if applicable_for else [None] * number
	frappe.db.bulk_insert(
		"Pricing Rule",
		[
			"name", "title", "disable", "selling", "apply_on", "price_or_product_discount", "rate_or_discount",
			"discount_percentage", "applicable_for", "customer", "currency",
		],
		[
			(name, name, 0, 1, "Item Group", "Price", "Discount Percentage", 10, applicable_for, customer, "EUR")
			for name, customer in zip(names, customers, strict=True)
		],
	)  # fmt: skip
	frappe.db.bulk_insert(
		"Pricing Rule Item Group",
		["name", "parent", "parenttype", "parentfield", "idx", "item_group"],
		[(name, name, "Pricing Rule", "item_groups", 1, root) for name in names],
	)


def forget_rules() -> None:
	import frappe

	for name in frappe.get_all("Tier Benefit", filters={"name": ("like", f"{PREFIX}%")}, pluck="name"):
		frappe.delete_doc("Tier Benefit", name)
	frappe.db.delete("Pricing Rule", {"name": ("like", f"{PREFIX}%")})
	frappe.db.delete("Pricing Rule Item Group", {"parent": ("like", f"{PREFIX}%")})
	frappe.db.commit()


def remove() -> None:
	import frappe

	forget_rules()
	for doctype, field in (
		("Item Price", "item_code"), ("Item", "name"), ("Item Default", "parent"), ("UOM Conversion Detail", "parent"),
		("Price List", "name"), ("Customer", "name"),
	):  # fmt: skip
		frappe.db.delete(doctype, {field: ("like", f"{PREFIX}%")})
	frappe.db.commit()
	frappe.clear_cache()


if __name__ == "__main__":
	sys.exit(main())
