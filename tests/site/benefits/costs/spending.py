"""Documents that say what was spent on whom."""

import json
from datetime import datetime

import frappe

from keep_customers.benefits.costs import CostLedger
from keep_customers.keep_customers.report.customer_cost_and_value import customer_cost_and_value
from tests.site.story import COMPANY, PREFIX

REPORT = "Customer Cost and Value"
# What the story's rate makes of a yuan.
YUAN = 0.125


def touch(customer, cost, kind="Gift", **values):
	return frappe.get_doc(
		{
			"doctype": "Customer Touch",
			"customer": customer,
			"date": datetime(2026, 3, 3, 10),
			"channel": "Visit",
			"result": "Reached",
			"cost_kind": kind,
			"cost": cost,
			**values,
		}
	).insert()


def plan(stops, submit=True, **values):
	doc = frappe.get_doc(
		{
			"doctype": "Visit Plan",
			"rep": "Administrator",
			"from_date": "2026-03-02",
			"to_date": "2026-03-04",
			"purpose": "See how the tools do",
			"currency": "EUR",
			"stops": [{"goal": "See them", **stop} for stop in stops],
			**values,
		}
	).insert()
	if submit:
		doc.submit()
	return doc


def compensated(story, customer, *rows, **values):
	case = story.case(customer, **values)
	for row in rows:
		case.append("compensations", {"kind": "Gift", **row})
	return case.save()


def row(doctype, **values):
	"""A document as it stands in the database, whatever its own life would say of it."""
	doc = frappe.get_doc(
		{"doctype": doctype, "name": f"{PREFIX}-{frappe.generate_hash(length=10)}", **values}
	)
	doc.db_insert()
	return doc


def event(cost, *guests, **values):
	"""
	:param guests: (customer, status, companions)
	"""
	party = row(
		"VIP Event", theme=f"{PREFIX} Party", status="Held", starts_on="2026-03-03 18:00", actual_cost=cost,
		**{"currency": "EUR", **values},
	)  # fmt: skip
	for number, (customer, status, companions) in enumerate(guests):
		row(
			"VIP Invitation",
			event=party.name,
			customer=customer,
			contact=f"{number}",
			status=status,
			companions=companions,
		)
	return party


def rebate(story, customer, amount, company=COMPANY, submit=True):
	note = story.invoice(customer, amount, company=company, qty=-1, is_return=1, submit=submit)
	row(
		"Rebate Claim",
		customer=customer,
		company=company,
		status="Proposed",
		credit_note=note.name,
		currency="EUR",
	)
	return note


def benefit(kind):
	"""The pricing rule of a tier benefit."""
	name = f"{PREFIX} {kind}"
	row("Tier Benefit", name=name, benefit_name=name, kind=kind, enabled=1)
	return row("Pricing Rule", title=name, keep_benefit=name, company=COMPANY, currency="EUR").name


def discounted(invoice, off, *rules):
	"""As if pricing rules had taken so much a piece off the invoice's only item."""
	frappe.db.set_value(
		"Sales Invoice Item",
		invoice.items[0].name,
		{"pricing_rules": json.dumps(rules), "discount_amount": off},
		update_modified=False,
	)
	return invoice


def gift_of_tier(customer, cost, status="Done", **values):
	return row(
		"Follow Up", customer=customer, status=status, occurrence=frappe.generate_hash(length=8), gift="A calendar",
		gift_cost=cost, done_on="2026-03-03" if status == "Done" else None, **{"currency": "EUR", **values},
	)  # fmt: skip


def spent(**filters):
	"""(customer, kind) -> amount."""
	found: dict[tuple, float] = {}
	for cost in CostLedger(**filters).costs():
		key = cost.customer, cost.kind
		found[key] = round(found.get(key, 0) + cost.amount, 6)
	return found


def report(**filters):
	_columns, rows, message, chart, summary = customer_cost_and_value.execute(filters)
	return rows, message, chart, {one["label"]: one["value"] for one in summary}
