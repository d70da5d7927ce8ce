"""Kaffeehaus, who buys beans, cups and milk from us: invoices with a line of each item group that was bought on a day."""

import frappe

from tests.site.story import COMPANY, PREFIX, _tree

BEANS, CUPS, MILK = (f"{PREFIX} {name}" for name in ("Beans", "Cups", "Milk"))
GROUPS = (BEANS, CUPS, MILK)


def open_shop():
	"""An item group with an item of the same name for each of them."""
	for group in GROUPS:
		_tree("Item Group", group)
		if not frappe.db.exists("Item", group):
			frappe.get_doc(
				{
					"doctype": "Item", "item_code": group, "item_name": group, "item_group": group,
					"stock_uom": "Nos", "is_stock_item": 0,
				}
			).insert()  # fmt: skip


def sold(story, customer, bought, company=COMPANY, **values):
	"""Submitted invoices as an import would leave them, one a day.

	:param bought: item -> days ago, or (days ago, amount) pairs; 100 each by default
	"""
	on: dict[int, list] = {}
	for item, days in bought.items():
		for day in days:
			ago, amount = day if isinstance(day, tuple) else (day, 100)
			on.setdefault(ago, []).append((item, amount))
	invoices, lines = [], []
	for ago, items in sorted(on.items(), reverse=True):
		name, day, total = (
			f"{PREFIX}-{frappe.generate_hash(length=10)}",
			story.days_ago(ago),
			sum(a for _i, a in items),
		)
		standard = {
			"creation": day,
			"modified": day,
			"owner": "Administrator",
			"modified_by": "Administrator",
		}
		invoices.append(
			{
				"name": name, "customer": customer, "company": company, "posting_date": day, "docstatus": 1,
				"base_net_total": total, "net_total": total, "is_opening": "No", "currency": "EUR", "conversion_rate": 1,
				**standard, **values,
			}
		)  # fmt: skip
		for idx, (item, amount) in enumerate(items, 1):
			group = frappe.db.get_value("Item", item, "item_group")
			lines.append(
				{
					"name": frappe.generate_hash(length=10), "parent": name, "parenttype": "Sales Invoice",
					"parentfield": "items", "idx": idx, "docstatus": 1, "item_code": item, "item_name": item,
					"item_group": group, "qty": 1, "base_net_amount": amount, **standard,
				}
			)  # fmt: skip
	for doctype, rows in (("Sales Invoice", invoices), ("Sales Invoice Item", lines)):
		frappe.db.bulk_insert(doctype, list(rows[0]), [tuple(row.values()) for row in rows])
	frappe.db.commit()


# Every three weeks, twelve times, the last one ten weeks ago; cups go on.
BEANS_UNTIL = 70
BEANS_BOUGHT = [(BEANS_UNTIL + 21 * number, 150) for number in range(12)]
CUPS_BOUGHT = [(7 + 21 * number, 50) for number in range(15)]


def kaffeehaus(story, name="Kaffeehaus", **customer):
	"""A customer who has stopped buying beans and still buys cups."""
	firm = story.customer(name, **customer)
	sold(story, firm, {BEANS: BEANS_BOUGHT, CUPS: CUPS_BOUGHT})
	return firm


def groups(customer):
	"""Item group -> its row."""
	rows = frappe.get_all("Customer Item Group", {"customer": customer}, ["*"])
	assert len(rows) == len({row.item_group for row in rows})
	return {row.item_group: row for row in rows}
