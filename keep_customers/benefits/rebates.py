"""Volume rebates: a Rebate Claim for each customer and period, and the credit note that is proposed for it.

The credit note is a draft of a Sales Invoice with *Is Return*, about a service item and against no invoice: it lowers
revenue and tax as the law asks of a rebate, prints as a credit note and stands on the customer's account. A Journal
Entry would do none of this. What it credits never lowers the amount that a later rebate is worked out from.
"""

import json
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

import frappe
from frappe import _
from frappe.query_builder import Case
from frappe.query_builder.functions import Sum
from frappe.utils import cint, flt, formatdate, getdate

from keep_customers.engine import rebates as engine
from keep_customers.erp.aside import Aside
from keep_customers.erp.tables import chunks, hold, insert, lock, new_name, standard_columns, upsert
from keep_customers.erp.trees import branch
from keep_customers.worth import currencies, ledger

OPEN, WITHOUT_CREDIT = "Running", ("Running", "Not Reached")
WATCHED_DAYS = 366  # after it is settled a period is looked at for amended invoices
FIELDS = (
	"customer", "customer_name", "volume_rebate", "company", "status", "period_start", "period_end", "reached",
	"percent", "rebate", "next_from", "next_percent", "difference", "currency", "merged_from",
)  # fmt: skip
FINEST = 3  # decimals that money has anywhere
# Of a rebate that customers are collecting for already.
FIXED = ("company", "period", "first_month")
KEPT = ("name", "status", "reached", "percent", "rebate", "difference", "proposed", "credited", "credit_note")


def watch(today: date, aside: Aside) -> None:
	"""Bring what customers have reached up to date; a few questions for each rebate and period, none per customer."""
	for policy in policies():
		aside.one("Volume Rebate", policy.name, partial(_watch_all, policy, today, aside))


def _watch_all(policy, today: date, aside: Aside) -> None:
	for first, last in _periods(policy, today):
		_watch(policy, first, last, today, aside)


def policies(**filters) -> list:
	"""The rebates that are switched on, with their ``steps`` and ``customers``."""
	found = frappe.get_all(
		"Volume Rebate",
		filters={"enabled": 1, **filters},
		fields=[
			"name", "company", "period", "first_month", "starts_on", "customer_group", "rebate_on", "item_code",
			"settle_after_days",
		],
		order_by="name asc",
	)  # fmt: skip
	for policy in found:
		of_policy = {"parenttype": "Volume Rebate", "parent": policy.name}
		policy.steps = [
			engine.Step(*step)
			for step in frappe.get_all(
				"Volume Rebate Step",
				filters=of_policy,
				fields=["from_amount", "percent"],
				order_by="from_amount asc",
				as_list=True,
			)
		]
		policy.customers = frappe.get_all("Volume Rebate Customer", filters=of_policy, pluck="customer")
		policy.currency = frappe.get_cached_value("Company", policy.company, "default_currency")
	return found


def _periods(policy, today: date) -> list[tuple[date, date]]:
	# However long somebody waits for what comes late, the period is still there to be settled.
	watched = WATCHED_DAYS + cint(policy.settle_after_days)
	return engine.periods(
		getdate(policy.starts_on), today, policy.period, cint(policy.first_month) or 1, watched
	)


def _watch(policy, first: date, last: date, today: date, aside: Aside) -> None:
	bought = sold(policy.company, first, min(last, today), today)
	titles = members(policy)
	claims = {
		row.pop("customer"): row
		for row in frappe.get_all(
			"Rebate Claim",
			filters={"volume_rebate": policy.name, "period_start": first, "merged_from": ""},
			fields=["customer", "customer_name", "terms", *KEPT],
		)
	}
	if ended := last < today:
		# Who has left the group since then has earned it all the same.
		titles |= {customer: row.customer_name for customer, row in claims.items() if customer not in titles}
	# Who joins once the others have got theirs did not collect in that period.
	settled = ended and any(row.status != OPEN for row in claims.values())
	merged = _given_to_merged(policy.name, first)
	new, changed = [], []
	# As fine as the currency is, and no finer than the credit note can be: ERPNext rounds to the decimals that the site writes.
	fine = currencies.decimals_of(policy.currency)
	decimals = min(fine, frappe.get_precision("Rebate Claim", "rebate"))
	for customer, title in titles.items():
		claim = claims.get(customer)
		reached = flt(bought.get(customer, 0.0), fine)
		if not claim and (reached <= 0 or settled):
			continue
		steps, basis = _terms(policy, claim)
		told = engine.standing(steps, reached, basis)
		rebate = flt(told.rebate, decimals)
		given = merged.get(customer, 0.0)
		answered = bool(given)
		if claim and claim.status not in WITHOUT_CREDIT:
			given += claim.proposed if claim.status == "Proposed" else claim.credited
			answered = True
		row = {
			"customer": customer,
			"customer_name": title,
			"volume_rebate": policy.name,
			"company": policy.company,
			"status": claim.status if claim else OPEN,
			"period_start": first,
			"period_end": last,
			"reached": reached,
			"percent": told.percent,
			"rebate": rebate,
			"next_from": told.next_from or 0.0,
			"next_percent": told.next_percent or 0.0,
			"difference": flt(rebate - given, fine) if answered else 0.0,
			"currency": policy.currency,
			"merged_from": "",
		}
		if not claim:
			new.append(row)
		elif any(
			flt(claim[field], FINEST) != flt(row[field], FINEST)
			for field in ("reached", "percent", "rebate", "difference")
		):
			changed.append({"name": claim.name, **row})
	_write(new, changed, aside)
	# Who has left the group before the end has no claim of this rebate any more.
	left = [row.name for customer, row in claims.items() if customer not in titles and row.status == OPEN]
	for part in chunks(left, 1000):
		frappe.db.delete("Rebate Claim", {"name": ("in", part)})


def _terms(policy, claim) -> tuple[list[engine.Step], str]:
	"""The steps, and what they are of, by which a claim is worked out: those that it was settled by, else today's."""
	if not (claim and claim.terms):
		return policy.steps, policy.rebate_on
	steps, basis = json.loads(claim.terms)
	return [engine.Step(*step) for step in steps], basis


def keep_terms(rebate: str, steps: list[engine.Step], basis: str) -> None:
	"""Have what is settled go on as it was agreed, whatever comes late.

	:param steps: before they were changed
	"""
	terms = json.dumps([[[step.from_amount, step.percent] for step in steps], basis])
	settled = {"volume_rebate": rebate, "status": ("!=", OPEN), "terms": ("is", "not set")}
	frappe.db.set_value("Rebate Claim", settled, "terms", terms, update_modified=False)


def not_settled(rebate: str, **filters) -> list[tuple[date, date]]:
	"""First and last days of the periods in which somebody's claim waits for its end, or for being settled."""
	rows = frappe.get_all(
		"Rebate Claim",
		filters={"volume_rebate": rebate, "status": OPEN, **filters},
		fields=["period_start", "period_end"],
		distinct=True,
		order_by="period_start asc",
		as_list=True,
	)
	return [(getdate(first), getdate(last)) for first, last in rows]


def _write(new: list[dict], changed: list[dict], aside: Aside) -> None:
	standard = standard_columns()
	names = ["name", *FIELDS, *standard]
	for row in new:
		row["name"] = new_name()

	def write(how: Callable, rows: list[dict]) -> None:
		# Who is deleted in this moment leaves no claim behind; a claim that was dropped meanwhile stays dropped.
		there = hold("Customer", [row["customer"] for row in rows])
		if how is upsert:
			claims = hold("Rebate Claim", [row["name"] for row in rows])
			rows = [row for row in rows if row["name"] in claims]
		how(
			"Rebate Claim",
			names,
			[
				[row["name"], *(row[f] for f in FIELDS), *standard.values()]
				for row in rows
				if row["customer"] in there
			],
		)

	for how, rows in ((partial(insert, ignore_existing=True), new), (upsert, changed)):
		for part in chunks(rows, 1000):
			aside.each(part, partial(write, how), lambda row: ("Customer", row["customer"]))


def sold(company: str, first: date, last: date, today: date) -> dict[str, float]:
	"""Customer -> its net sales of those days; what rebates have credited takes nothing off."""
	lens = ledger.Lens(company, ledger.NET_SALES, first - timedelta(days=1))
	found = ledger.Ledger(today, {company: 1.0}).sold(lens, last)
	for customer, amount in _credited_between(company, first, last).items():
		found[customer] = found.get(customer, 0.0) - amount
	return found


def members(policy) -> dict[str, str]:
	"""Customer -> title, of those the rebate is for."""
	customer = frappe.qb.DocType("Customer")
	groups = branch("Customer Group", policy.customer_group) or set()
	query = frappe.qb.from_(customer).select(customer.name, customer.customer_name)
	query = query.where(customer.is_internal_customer == 0).where(
		customer.customer_group.isin(sorted(groups) or [""])
		| customer.name.isin(sorted(policy.customers) or [""])
	)
	return dict(query.orderby(customer.name).run())


def _credited_between(company: str, first: date, last: date) -> dict[str, float]:
	"""Customer -> what our own credit notes took from the net sales of those days, as a negative amount."""
	claim, invoice = frappe.qb.DocType("Rebate Claim"), frappe.qb.DocType("Sales Invoice")
	rows = (
		frappe.qb.from_(claim)
		.inner_join(invoice)
		.on(invoice.name == claim.credit_note)
		.select(invoice.customer, Sum(invoice.base_net_total))
		.where((invoice.company == company) & (invoice.docstatus == 1))
		.where((invoice.posting_date >= first) & (invoice.posting_date <= last))
		.groupby(invoice.customer)
	).run()
	return {customer: float(amount) for customer, amount in rows}


def _given_to_merged(rebate: str, first: date) -> dict[str, float]:
	"""Customer -> what customers merged into it were credited for the period, or were offered and not answered yet."""
	claim = frappe.qb.DocType("Rebate Claim")
	given = Case().when(claim.status == "Proposed", claim.proposed).else_(claim.credited)
	rows = (
		frappe.qb.from_(claim)
		.select(claim.customer, Sum(given))
		.where((claim.volume_rebate == rebate) & (claim.period_start == first))
		.where(claim.merged_from != "")
		.groupby(claim.customer)
	).run()
	return {customer: float(amount or 0) for customer, amount in rows}


def propose(today: date, aside: Aside) -> None:
	"""Propose credit notes for periods that ended long enough ago; each with its claim is one transaction.

	What cannot be proposed is set aside, and tried again the next night.
	"""
	for policy in policies():
		for first, last in aside.one("Volume Rebate", policy.name, partial(_periods, policy, today)) or ():
			if last + timedelta(days=cint(policy.settle_after_days)) >= today:
				continue
			of_period = {"volume_rebate": policy.name, "period_start": first, "merged_from": ""}
			aside.one("Volume Rebate", policy.name, partial(_note_not_reached, of_period))
			for name in frappe.get_all(
				"Rebate Claim",
				filters={**of_period, "status": ("in", WITHOUT_CREDIT), "rebate": (">", 0)},
				order_by="customer asc",
				pluck="name",
			):
				aside.one("Rebate Claim", name, partial(_propose, policy, name, today))


def _note_not_reached(of_period: dict) -> None:
	frappe.db.set_value("Rebate Claim", {**of_period, "status": OPEN, "rebate": 0}, "status", "Not Reached")


def _propose(policy, name: str, today: date) -> None:
	"""The credit note for one claim, if it still waits for one."""
	lock("Rebate Claim", name)
	claim = frappe.db.get_value(
		"Rebate Claim",
		name,
		["name", "status", "customer", "customer_name", "rebate", "period_start", "period_end"],
		as_dict=True,
	)
	if not claim or claim.status not in WITHOUT_CREDIT:
		return
	note = _credit_note(policy, claim, today)
	frappe.db.set_value(
		"Rebate Claim",
		claim.name,
		{"status": "Proposed", "credit_note": note, "proposed": claim.rebate, "difference": 0},
	)


def _credit_note(policy, claim, today: date) -> str:
	from erpnext.accounts.party import get_party_account_currency

	currency = get_party_account_currency("Customer", claim.customer, policy.company) or policy.currency
	rate = currencies.rate_of_month(currency, policy.currency, today)
	if not rate:
		frappe.throw(
			_("No exchange rate from {0} to {1}. Please add a Currency Exchange.").format(
				currency, policy.currency
			)
		)
	amount = claim.rebate / rate
	words = _("{0}: rebate for {1} to {2}").format(
		policy.name, formatdate(claim.period_start), formatdate(claim.period_end)
	)
	note = frappe.get_doc(
		{
			"doctype": "Sales Invoice",
			"customer": claim.customer,
			"company": policy.company,
			"is_return": 1,
			"set_posting_time": 1,
			"posting_date": today,
			"currency": currency,
			"conversion_rate": rate,
			"ignore_pricing_rule": 1,
			"update_stock": 0,
			"remarks": words,
			"items": [
				{
					"item_code": policy.item_code,
					"description": words,
					"qty": -1,
					"rate": amount,
					"price_list_rate": amount,
				}
			],
		}
	)
	note.run_method("set_missing_values")
	_add_usual_taxes(note)
	put_tax_on_top(note)
	# The night proposes; who approves it is asked when it is submitted.
	return note.insert(ignore_permissions=True).name


def _add_usual_taxes(note) -> None:
	"""The company's default template, where no tax rule has chosen one; the form does so only in the browser."""
	from erpnext.controllers.accounts_controller import get_default_taxes_and_charges

	if note.get("taxes") or note.get("taxes_and_charges"):
		return
	usual = get_default_taxes_and_charges("Sales Taxes and Charges Template", company=note.company) or {}
	if usual.get("taxes_and_charges"):
		note.taxes_and_charges = usual["taxes_and_charges"]
		for row in usual["taxes"]:
			if row.get("charge_type") != "Actual":  # no rebate has freight
				note.append("taxes", row)


def put_tax_on_top(note) -> None:
	"""What was reached is net, and so is what is given back of it, also where prices hold the tax."""
	for row in note.get("taxes") or ():
		row.included_in_print_rate = 0


# What becomes of the credit note


def _claim_of(invoice) -> str | None:
	return frappe.db.get_value("Rebate Claim", {"credit_note": invoice.name}) if invoice.is_return else None


def on_insert(invoice, method=None) -> None:
	"""Hook on Sales Invoice: an amended credit note takes the place of the cancelled one."""
	if invoice.is_return and invoice.amended_from:
		claim = frappe.db.get_value("Rebate Claim", {"credit_note": invoice.amended_from})
		if claim:
			frappe.db.set_value("Rebate Claim", claim, {"credit_note": invoice.name, "status": "Proposed"})


def before_submit(invoice, method=None) -> None:
	"""Hook on Sales Invoice: a proposed rebate is approved by who may."""
	claim = _claim_of(invoice)
	if not claim:
		return
	policy = frappe.db.get_value("Rebate Claim", claim, "volume_rebate")
	role = frappe.db.get_value("Volume Rebate", policy, "approve_role")
	if role and role not in frappe.get_roles():
		frappe.throw(
			_(
				"Rebates are approved by {0}. Please ask somebody with this role to submit the credit note."
			).format(_(role)),
			frappe.PermissionError,
		)


def on_submit(invoice, method=None) -> None:
	_note(invoice, "Credited", -flt(invoice.base_net_total, FINEST))


def on_cancel(invoice, method=None) -> None:
	_note(invoice, "Cancelled", 0.0)


def on_trash(invoice, method=None) -> None:
	"""A draft that is deleted is a proposal declined; it does not come again."""
	_note(invoice, "Declined", 0.0, credit_note=None)


def _note(invoice, status: str, credited: float, **more) -> None:
	if not (claim := _claim_of(invoice)):
		return
	of = ("rebate", "customer", "volume_rebate", "period_start", "merged_from")
	known = frappe.db.get_value("Rebate Claim", claim, of, as_dict=True)
	given = credited
	if not known.merged_from:
		given += _given_to_merged(known.volume_rebate, known.period_start).get(known.customer, 0.0)
	values = {"status": status, "credited": credited, "difference": flt(known.rebate - given, FINEST)}
	frappe.db.set_value("Rebate Claim", claim, values | more)


def running(customer: str) -> list[dict]:
	"""How far the customer has come in the periods that run, for who may read its claims.

	:returns: dicts with name, volume_rebate, reached, rebate, percent, next_from, next_percent, missing, period_end,
		currency
	"""
	# Of one that is switched off nothing comes any more, whatever was reached until then.
	on = frappe.get_all("Volume Rebate", filters={"enabled": 1}, pluck="name")
	if not on or not frappe.has_permission("Rebate Claim", "read"):
		return []
	rows = frappe.get_list(
		"Rebate Claim",
		filters={
			"customer": customer,
			"status": OPEN,
			"period_end": (">=", getdate()),
			"volume_rebate": ("in", on),
		},
		fields=[
			"name", "volume_rebate", "reached", "rebate", "percent", "next_from", "next_percent", "period_end", "currency",
		],
		order_by="period_end asc",
	)  # fmt: skip
	for row in rows:
		row.missing = max(row.next_from - row.reached, 0) if row.next_from else None
	return rows


def make_room(old: str, new: str) -> None:
	"""Before customers are merged: claims of both for one period cannot both be the survivor's own.

	Of one that was answered and one that was not, the answer stands: the other would be proposed for what both have bought.
	"""
	claims = frappe.get_all(
		"Rebate Claim",
		filters={"customer": ("in", (old, new)), "merged_from": ""},
		fields=["name", "customer", "volume_rebate", "period_start", "credit_note", "status"],
	)
	taken = {(row.volume_rebate, row.period_start): row for row in claims if row.customer == new}
	for row in claims:
		same = taken.get((row.volume_rebate, row.period_start))
		if row.customer != old or not same:
			continue
		if same.status in WITHOUT_CREDIT and row.status not in WITHOUT_CREDIT:
			frappe.db.delete("Rebate Claim", {"name": same.name})
		elif row.credit_note:
			frappe.db.set_value("Rebate Claim", row.name, "merged_from", old)
		else:
			frappe.db.delete("Rebate Claim", {"name": row.name})


def before_merge(old, new: str) -> None:
	"""Before two rebates become one: of each customer and period there is one claim; what is only counted, a night counts anew.

	:param old: the document that goes
	:raises frappe.ValidationError: if both have an answer to the same, or the answers of one say nothing in the other
	"""
	frappe.db.delete("Rebate Claim", {"volume_rebate": old.name, "status": ("in", WITHOUT_CREDIT)})
	key = ("customer", "period_start", "merged_from")
	answered = {
		tuple(row[field] for field in key): row
		for row in frappe.get_all(
			"Rebate Claim", {"volume_rebate": old.name}, ["name", "customer_name", "status", *key]
		)
	}
	into = frappe.get_doc("Volume Rebate", new)
	if answered and any(old.get(field) != into.get(field) for field in FIXED):
		frappe.throw(
			_(
				"{0} has credited customers for another company or other periods than {1}. Please switch it off instead."
			).format(old.name, new)
		)
	for row in frappe.get_all("Rebate Claim", {"volume_rebate": new}, ["name", "status", *key]):
		same = answered.get(tuple(row[field] for field in key))
		if same and {row.status, same.status} <= {"Proposed", "Credited"}:
			frappe.throw(
				_(
					"{0} has a credit note from both rebates for the period from {1}. Please switch one of them off instead."
				).format(same.customer_name or same.customer, formatdate(row.period_start))
			)
		if same:
			# Of what was offered and what was not, the offer stands.
			one = same if row.status in ("Proposed", "Credited") else row
			frappe.db.delete("Rebate Claim", {"name": one.name})
