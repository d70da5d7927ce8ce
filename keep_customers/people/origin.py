"""What a customer was before: a lead, by itself or as one of a prospect's, with or without an opportunity."""

from collections.abc import Iterator

import frappe

from keep_customers.erp import host

# Customer's field -> what it was made from; a prospect is filled in by hand, ERPNext does not copy it.
MADE_FROM = {"lead_name": "Lead", "opportunity_name": "Opportunity", "prospect_name": "Prospect"}


def of(customer: str) -> set[tuple[str, str]]:
	"""(doctype, name) of what a customer was made from, whose contacts ERPNext links to it."""
	row = host.values("Customer", customer, MADE_FROM)
	return {(doctype, row[field]) for field, doctype in MADE_FROM.items() if row[field]}


def leads() -> Iterator[tuple]:
	"""(query, customer, lead) for each way in which a customer comes of leads; nothing is selected yet."""
	customer = frappe.qb.DocType("Customer")
	yield frappe.qb.from_(customer), customer, customer.lead_name
	of_prospects = host.has("Prospect Lead", "lead")
	row, opportunity = frappe.qb.DocType("Prospect Lead"), frappe.qb.DocType("Opportunity")

	def prospects(query, name):
		query = query.inner_join(row).on((row.parent == name) & (row.parenttype == "Prospect"))
		return query, customer, row.lead

	if of_prospects and host.has("Customer", "prospect_name"):
		yield prospects(frappe.qb.from_(customer), customer.prospect_name)
	if host.has("Customer", "opportunity_name") and host.has("Opportunity", "opportunity_from", "party_name"):
		query = frappe.qb.from_(customer).inner_join(opportunity)
		query = query.on(opportunity.name == customer.opportunity_name)
		yield query.where(opportunity.opportunity_from == "Lead"), customer, opportunity.party_name
		if of_prospects:
			yield prospects(query.where(opportunity.opportunity_from == "Prospect"), opportunity.party_name)


def leads_of(customer: str) -> list[str]:
	found = {
		name
		for query, one, lead in leads()
		for (name,) in query.where(one.name == customer).select(lead).run()
	}
	return sorted(found - {None, ""})


def customers_of(lead: str) -> list[str]:
	"""Who came of a lead, in the order of their making."""
	found = {
		row
		for query, one, its in leads()
		for row in query.where(its == lead).select(one.creation, one.name).run()
	}
	return [name for _creation, name in sorted(found)]
