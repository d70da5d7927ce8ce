"""A company's customers and invoices by seed: simulated as people buy, put into the site by bulk SQL.

Each customer comes at some moment of the four years, buys at a rate of its own and may leave for good after
any purchase (the assumptions of BG/NBD), and spends around an average of its own. A few invoices are returns
or opening entries. Rows are as wide as a busy ERPNext's: addresses, contacts, accounts and sums in words are
filled in, and where the table has fewer columns than ERPNext's a filler column makes up for them.
"""

from dataclasses import dataclass
from datetime import date

import frappe
import numpy as np

LAST_DAY = date(2025, 12, 10)  # in the middle of a month: the nights measured are ordinary ones
YEARS = 4
RETURNS, OPENING = 0.02, 0.003  # shares of the invoices
ROW_BYTES = 1400  # what InnoDB says a row of the genuine table takes, filled as below
ADDRESS = "14 Harbour Street<br>\nBuilding C, Floor 2<br>\n20457 Hamburg<br>\nGermany<br>\n"
INVOICE = {  # column: SQL over the staging table `s`; columns the site does not have are left out
	"name": "concat('BENCH-', lpad(s.n, 9, '0'))",
	"creation": "timestamp(s.day, '09:30:00') + interval mod(s.n, 28000) second",
	"modified": "timestamp(s.day, '09:31:00') + interval mod(s.n, 28000) second",
	"owner": "'Administrator'",
	"modified_by": "'Administrator'",
	"docstatus": "1",
	"title": "concat('Customer Number ', s.customer, ' Limited')",
	"naming_series": "'ACC-SINV-.YYYY.-'",
	"customer": "concat('Bench Customer ', lpad(s.customer, 7, '0'))",
	"customer_name": "concat('Customer Number ', s.customer, ' Limited')",
	"company": "%(company)s",
	"posting_date": "s.day",
	"posting_time": "'09:30:00'",
	"due_date": "s.day + interval 14 day",
	"is_return": "s.is_return",
	"is_opening": "if(s.opening, 'Yes', 'No')",
	"cost_center": "'Main - BENCH'",
	"currency": "%(currency)s",
	"conversion_rate": "1",
	"selling_price_list": "'Standard Selling'",
	"price_list_currency": "%(currency)s",
	"plc_conversion_rate": "1",
	"total_qty": "3",
	"base_total": "s.amount",
	"base_net_total": "s.amount",
	"total": "s.amount",
	"net_total": "s.amount",
	"taxes_and_charges": "'Standard Tax 19 - BENCH'",
	"base_total_taxes_and_charges": "round(0.19 * s.amount, 2)",
	"total_taxes_and_charges": "round(0.19 * s.amount, 2)",
	"base_grand_total": "round(1.19 * s.amount, 2)",
	"grand_total": "round(1.19 * s.amount, 2)",
	"base_rounded_total": "round(1.19 * s.amount)",
	"rounded_total": "round(1.19 * s.amount)",
	"base_in_words": "'EUR Two Thousand, Four Hundred And Sixty Eight only.'",
	"in_words": "'EUR Two Thousand, Four Hundred And Sixty Eight only.'",
	"customer_address": "concat('Customer Number ', s.customer, ' Limited-Billing')",
	"address_display": "%(address)s",
	"shipping_address_name": "concat('Customer Number ', s.customer, ' Limited-Shipping')",
	"shipping_address": "%(address)s",
	"company_address": "'Head Office-Billing'",
	"company_address_display": "%(address)s",
	"contact_person": "concat('Ada Lovelace-Customer Number ', s.customer)",
	"contact_display": "'Ada Lovelace'",
	"contact_mobile": "'+49 40 123456'",
	"contact_email": "'ada.lovelace@example.com'",
	"territory": "'All Territories'",
	"customer_group": "'All Customer Groups'",
	"debit_to": "'1310 - Debtors - BENCH'",
	"party_account_currency": "%(currency)s",
	"against_income_account": "'4110 - Sales - BENCH'",
	"payment_terms_template": "'14 Days Net'",
	"language": "'en'",
	"status": "'Paid'",
	"remarks": "'No Remarks'",
}
CUSTOMER = {
	"name": "concat('Bench Customer ', lpad(s.customer, 7, '0'))",
	"creation": "%(created)s",
	"modified": "%(created)s",
	"owner": "'Administrator'",
	"modified_by": "'Administrator'",
	"naming_series": "'CUST-.YYYY.-'",
	"customer_name": "concat('Customer Number ', s.customer, ' Limited')",
	"customer_type": "'Company'",
	"customer_group": "'All Customer Groups'",
	"territory": "'All Territories'",
	"account_manager": "'Administrator'",
	"language": "'en'",
	"customer_primary_address": "concat('Customer Number ', s.customer, ' Limited-Billing')",
	"primary_address": "%(address)s",
	"customer_primary_contact": "concat('Ada Lovelace-Customer Number ', s.customer)",
	"mobile_no": "'+49 40 123456'",
	"email_id": "'ada.lovelace@example.com'",
}


@dataclass(frozen=True)
class Invoices:
	"""In the order of their days; one element an invoice."""

	customer: np.ndarray
	day: np.ndarray  # ordinals
	amount: np.ndarray
	is_return: np.ndarray
	opening: np.ndarray


def simulate(customers: int, invoices: int, seed: int) -> Invoices:
	"""Every customer's purchases up to :data:`LAST_DAY`; every customer has at least one."""
	random = np.random.default_rng(seed)
	span = int(YEARS * 365.25)
	came = random.random(customers) * (span - 1)
	leaving = random.beta(0.7, 9.0, customers)
	rate = random.gamma(0.9, invoices / customers / 150, customers)
	alive, moment = np.arange(customers), came.copy()
	who, when = [alive], [came]
	while alive.size:
		alive = alive[random.random(alive.size) >= leaving[alive]]
		moment[alive] += random.exponential(size=alive.size) / np.maximum(rate[alive], 1e-9)
		alive = alive[moment[alive] < span]
		who.append(alive)
		when.append(moment[alive].copy())
	who, when = np.concatenate(who), np.concatenate(when)
	# The simulation gives somewhat more than asked for; some of the later purchases are left out.
	spare = who.size - invoices
	if spare > 0:
		keep = np.ones(who.size, bool)
		keep[customers + random.choice(who.size - customers, spare, replace=False)] = False
		who, when = who[keep], when[keep]
	typical = random.lognormal(np.log(300), 0.8, customers)
	amount = typical[who] * random.lognormal(0, 0.5, who.size)
	first = np.arange(who.size) < customers
	is_return = ~first & (random.random(who.size) < RETURNS)
	opening = ~first & ~is_return & (random.random(who.size) < OPENING)
	amount = np.round(np.where(is_return, -0.5 * typical[who], amount), 2)
	order = np.argsort(when, kind="stable")
	day = LAST_DAY.toordinal() - span + 1 + when.astype(np.int64)
	return Invoices(who[order], day[order], amount[order], is_return[order], opening[order])


def load(customers: int, invoices: Invoices, company: str, currency: str) -> None:
	"""Put customers and invoices into the site; a site that has invoices of its own is refused."""
	if not frappe.conf.allow_tests:
		raise SystemExit("This fills the site with made-up customers: only on a site with allow_tests.")
	if frappe.db.sql("select name from `tabSales Invoice` where name not like 'BENCH-%%' limit 1"):
		raise SystemExit("This site has invoices of its own. Please take an empty one.")
	for doctype in (
		"Sales Invoice",
		"Customer",
		"Customer Value",
		"Customer Item Group",
		"Tier Change",
		"Care Run",
	):
		frappe.db.sql_ddl(f"truncate `tab{doctype}`")
	_widen()
	_stage(np.arange(customers), *(np.zeros(customers, np.int64),) * 4)
	_fill("Customer", CUSTOMER, company, currency)
	add(invoices, company, currency)
	for doctype in ("Sales Invoice", "Customer"):
		frappe.db.sql(f"analyze table `tab{doctype}`")


def add(invoices: Invoices, company: str, currency: str) -> None:
	"""Put further invoices into the site."""
	_stage(invoices.customer, invoices.day, invoices.amount, invoices.is_return, invoices.opening)
	_fill("Sales Invoice", INVOICE, company, currency)


def row_bytes() -> int:
	"""What an invoice takes in the table, without indexes."""
	[[size]] = frappe.db.sql(
		"select data_length / greatest(table_rows, 1) from information_schema.tables"
		" where table_schema = database() and table_name = 'tabSales Invoice'"
	)
	return int(size)


def _stage(customer, day, amount, is_return, opening) -> None:
	frappe.db.sql_ddl("drop table if exists bench_stage")
	frappe.db.sql_ddl(
		"create table bench_stage (n int primary key, customer int, day date, amount decimal(21, 2),"
		" is_return int, opening int)"
	)
	[[start]] = frappe.db.sql("select count(*) from `tabSales Invoice`")
	epoch = date(1970, 1, 1).toordinal()
	days = np.datetime_as_string((day - epoch).astype("datetime64[D]"))
	columns = (customer, days, amount, is_return.astype(int), opening.astype(int))
	rows = zip(range(start, start + len(customer)), *(c.tolist() for c in columns), strict=True)
	texts = [f"({n},{c},'{d}',{a:.2f},{r},{o})" for n, c, d, a, r, o in rows]
	for at in range(0, len(texts), 50_000):
		frappe.db.sql(f"insert into bench_stage values {','.join(texts[at : at + 50_000])}")
		frappe.db.commit()


def _fill(doctype: str, columns: dict[str, str], company: str, currency: str) -> None:
	there = set(frappe.db.get_table_columns(doctype))
	columns = {name: sql for name, sql in columns.items() if name in there}
	if "bench_filler" in there:
		columns["bench_filler"] = "repeat('x', %(missing)s)"
	names, sources = ", ".join(f"`{name}`" for name in columns), ", ".join(columns.values())
	values = {
		"company": company,
		"currency": currency,
		"address": ADDRESS,
		"created": LAST_DAY,
		"missing": _missing() if doctype == "Sales Invoice" else 0,
	}
	[[rows]] = frappe.db.sql("select count(*) from bench_stage")
	[[start]] = frappe.db.sql("select min(n) from bench_stage")
	for at in range(start, start + rows, 100_000):
		chosen = f"where s.n >= {at} and s.n < {at + 100_000}"
		frappe.db.sql(
			f"insert into `tab{doctype}` ({names}) select {sources} from bench_stage s {chosen}", values
		)
		frappe.db.commit()


def _widen() -> None:
	"""A stand-in's table has only some of ERPNext's columns: one more makes its rows as wide."""
	if _missing() and "bench_filler" not in frappe.db.get_table_columns("Sales Invoice"):
		frappe.db.sql_ddl("alter table `tabSales Invoice` add bench_filler varchar(2000)")
		frappe.clear_cache()


def _missing() -> int:
	"""Bytes that a row lacks for want of columns, roughly: ERPNext's table has some 150."""
	columns = len([c for c in frappe.db.get_table_columns("Sales Invoice") if c != "bench_filler"])
	return 0 if columns > 120 else int(ROW_BYTES * (1 - columns / 150))
