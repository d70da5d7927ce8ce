"""What a Visit Plan is prepared from: recent sales, open complaints, where, and whom to meet."""

from collections import defaultdict

import frappe
from frappe import _
from frappe.query_builder import Case
from frappe.query_builder.functions import Sum
from frappe.utils import add_to_date, cstr, fmt_money, formatdate, getdate, strip_html

from keep_customers.access.lookups import named
from keep_customers.care.open_complaints import open_complaints
from keep_customers.erp.api import typed
from keep_customers.erp.tables import FALLING
from keep_customers.visits.approval import draft
from keep_customers.worth.corrected import is_purchase, sales_of

LAST_INVOICES, TOP_ITEMS = 5, 3


@frappe.whitelist(methods=["POST"])
@typed
def fill_preparations(plan: str) -> None:
	"""Write into a draft's stops what the site knows: recent sales, open complaints, where, and whom to meet.

	:raises frappe.PermissionError: if the user may not write the plan or not read one of its customers
	"""
	doc = draft(plan)
	customers = sorted({stop.customer for stop in doc.stops})
	sales, complaints = _recent_sales(customers), _open_complaints(customers)
	people, places = defaultdict(list), dict(_places(customers))
	for row in _people(customers):
		if row.decides or row.relation in ("Owner", "Decision Maker"):
			people[row.parent].append(row.full_name)
	for stop in doc.stops:
		stop.db_set(
			{
				"recent_sales": sales.get(stop.customer) or _("Nothing bought in the last 12 months."),
				"open_complaints": "\n".join(complaints.get(stop.customer, ())) or _("None known."),
				"people_to_meet": stop.people_to_meet or ", ".join(people.get(stop.customer, ())),
				"place": stop.place
				or strip_html(cstr(places.get(stop.customer)).replace("<br>", "\n")).strip(),
			}
		)


@frappe.whitelist()
@typed
def people_to_name(plan: str) -> list[dict]:
	"""The people in the files of a plan's customers, for those who may read the files; stored nowhere else.

	:returns: dicts with customer_name, full_name, relation, decides
	:raises frappe.PermissionError: if the user may not read the plan
	"""
	doc = named("Visit Plan", plan)
	names = {stop.customer: stop.customer_name or stop.customer for stop in doc.stops}
	return [
		{
			"customer_name": names[row.parent],
			"full_name": row.full_name,
			"relation": row.relation,
			"decides": row.decides,
		}
		for row in _people(sorted(names))
	]


def _people(customers: list[str]) -> list:
	if not customers or not frappe.has_permission("Customer File", "read"):
		return []
	return frappe.get_list(
		"Customer File Person",
		parent_doctype="Customer File",
		filters={
			"parenttype": "Customer File",
			"parent": ("in", customers),
			"left_on": ("is", "not set"),
		},
		fields=["parent", "full_name", "relation", "decides"],
		order_by="parent asc, idx asc",
	)


def _places(customers: list[str]) -> list[tuple]:
	return frappe.get_all(
		"Customer", filters={"name": ("in", customers)}, fields=["name", "primary_address"], as_list=True
	)


def _recent_sales(customers: list[str]) -> dict[str, str]:
	"""Customer -> the last 12 months in three lines; a company's amounts are in its own currency."""
	invoice, company = frappe.qb.DocType("Sales Invoice"), frappe.qb.DocType("Company")
	since = getdate(add_to_date(getdate(), years=-1))

	sold = sales_of(invoice, customers)

	def bought(query):
		return query.where(sold).where((invoice.posting_date > since) & (invoice.posting_date <= getdate()))

	rows = bought(
		frappe.qb.from_(invoice)
		.inner_join(company)
		.on(company.name == invoice.company)
		.select(
			invoice.customer, invoice.posting_date, invoice.base_net_total,
			Case().when(is_purchase(invoice), 1).else_(0), company.default_currency,
		)
		.orderby(invoice.posting_date, invoice.name, order=FALLING)
	).run()  # fmt: skip
	item = frappe.qb.DocType("Sales Invoice Item")
	items = bought(
		frappe.qb.from_(invoice)
		.inner_join(item)
		.on(item.parent == invoice.name)
		.select(invoice.customer, item.item_name)
		.groupby(invoice.customer, item.item_name)
		.orderby(Sum(item.base_net_amount), order=FALLING)
		.orderby(item.item_name)
	).run()
	totals, last, most = defaultdict(lambda: defaultdict(float)), defaultdict(list), defaultdict(list)
	for customer, day, amount, purchase, currency in rows:
		totals[customer][currency] += amount
		if purchase and len(last[customer]) < LAST_INVOICES:
			last[customer].append(f"{formatdate(day)} {fmt_money(amount, currency=currency)}")
	for customer, name in items:
		if len(most[customer]) < TOP_ITEMS:
			most[customer].append(name)
	return {
		customer: "\n".join(
			(
				_("12 months: {0}").format(
					", ".join(fmt_money(amount, currency=currency) for currency, amount in sums.items())
				),
				_("Last: {0}").format("; ".join(last[customer])),
				_("Mostly: {0}").format(", ".join(most[customer])),
			)
		)
		for customer, sums in totals.items()
	}


def _open_complaints(customers: list[str]) -> dict[str, list[str]]:
	"""Customer -> a line for each open Issue and Warranty Claim; what it is about only for who may read those."""
	lines = defaultdict(list)
	for row in open_complaints(customers):
		line = f"{formatdate(row.day)} {row.name} ({_(row.status)})"
		if row.about is not None:
			line += f": {row.about}"
		lines[row.customer].append(line)
	return lines
