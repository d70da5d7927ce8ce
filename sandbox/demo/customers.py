"""Customers with their contacts, addresses and invoices, as an import brings them: rows, without the document life."""

from collections.abc import Iterable, Sequence
from datetime import date

import frappe

from keep_customers.erp.tables import insert, standard_columns
from keep_customers.people.addresses import mark

from .company import ABROAD, COMPANY, EMIL, FIRMS, LISTENERS, REPS
from .people import people
from .purchases import Purchase, Return

ENGLISH_NAMES = 500  # for each rep, so that no two have the same


class Customer(frappe._dict):
	"""name, person (who is met there), rep, group (of customers)"""


def listeners(numbers: Iterable[str]) -> dict[str, Customer]:
	"""CDNOW's number -> who that is here; each rep has every fifth."""
	numbers = sorted(numbers)
	found = {}
	for place, rep in enumerate(REPS):
		own = numbers[place :: len(REPS)]
		others = ENGLISH_NAMES * place if rep.customers.startswith("en") else 0
		for number, person in zip(own, people(rep.customers, len(own), others), strict=True):
			found[number] = Customer(name=person.full_name, person=person, rep=rep, group=LISTENERS)
	return found


def firms(names: Iterable[str]) -> dict[str, Customer]:
	"""Firm -> the customer; all are Emil's, who travels."""
	rep = next(rep for rep in REPS if rep.user == EMIL)
	names = list(dict.fromkeys(names))
	staff = people("en-GB", len(names), ENGLISH_NAMES * len(REPS))
	return {
		name: Customer(name=name, person=person, rep=rep, group=FIRMS)
		for name, person in zip(names, staff, strict=True)
	}


def load(
	customers: Sequence[Customer], purchases: Sequence[tuple[Customer, Purchase]], returns: Iterable[Return]
) -> None:
	fill("Customer", [_customer(one) for one in customers])
	fill("Contact", [_contact(one) for one in customers])
	fill(
		"Contact Email",
		[
			{**_row_of(one), "parentfield": "email_ids", "email_id": one.person.email, "is_primary": 1}
			for one in customers
		],
	)
	fill(
		"Contact Phone",
		[
			{
				**_row_of(one),
				"parentfield": "phone_nos",
				"phone": one.person.mobile,
				"is_primary_mobile_no": 1,
			}
			for one in customers
		],
	)
	fill("Address", [_address(one) for one in customers])
	fill("Dynamic Link", [_link(one, doctype) for one in customers for doctype in ("Contact", "Address")])
	fill("Contact Confirmation", [_confirmation(one) for one in customers])
	_load_invoices(purchases, returns)
	frappe.db.commit()


def fill(doctype: str, records: list[dict]) -> None:
	standard = standard_columns()
	rows = [{"name": frappe.generate_hash(length=10), **standard, **record} for record in records]
	insert(doctype, list(rows[0]), [list(row.values()) for row in rows])


def contact_name(customer: Customer) -> str:
	return f"{customer.person.full_name}-{customer.name}"


def _customer(one: Customer) -> dict:
	person = one.person
	return {
		"name": one.name,
		"customer_name": one.name,
		"customer_type": "Company" if one.group == FIRMS else "Individual",
		"customer_group": one.group,
		"territory": one.rep.territory,
		"account_manager": one.rep.user,
		"language": person.language,
		"customer_primary_contact": contact_name(one),
		"mobile_no": person.mobile,
		"email_id": person.email,
		"customer_primary_address": f"{one.name}-Billing",
		"primary_address": "<br>".join((person.street, f"{person.pincode} {person.city}", person.country)),
	}


def _contact(one: Customer) -> dict:
	person = one.person
	return {
		"name": contact_name(one),
		"first_name": person.first_name,
		"last_name": person.last_name,
		"full_name": person.full_name,
		"company_name": one.name if one.group == FIRMS else None,
		"email_id": person.email,
		"mobile_no": person.mobile,
		"is_primary_contact": 1,
	}


def _row_of(one: Customer) -> dict:
	return {"parent": contact_name(one), "parenttype": "Contact", "idx": 1}


def _address(one: Customer) -> dict:
	person = one.person
	return {
		"name": f"{one.name}-Billing",
		"address_title": one.name,
		"address_type": "Billing",
		"address_line1": person.street,
		"city": person.city,
		"pincode": person.pincode,
		"country": person.country,
		"is_primary_address": 1,
	}


def _link(one: Customer, doctype: str) -> dict:
	parent = contact_name(one) if doctype == "Contact" else f"{one.name}-Billing"
	return {
		"parent": parent,
		"parenttype": doctype,
		"parentfield": "links",
		"link_doctype": "Customer",
		"link_name": one.name,
		"link_title": one.name,
		"idx": 1,
	}


def _confirmation(one: Customer) -> dict:
	"""Whoever imports customers with their contacts says that they belong together."""
	return {
		"contact": contact_name(one),
		"customer": one.name,
		"customer_name": one.name,
		"how": "Made",
		"confirmed_by": "Administrator",
		"confirmed_on": frappe.utils.now(),
		"addresses": " ".join(sorted({mark(one.person.email), mark(one.person.mobile)})),
	}


def _load_invoices(purchases: Sequence[tuple[Customer, Purchase]], returns: Iterable[Return]) -> None:
	invoices, items = [], []
	for number, (customer, bought) in enumerate(purchases, 1):
		name = _invoice_name(number)
		invoices.append(_invoice(name, customer, bought, bought.day, bought.amount))
		items += [_item(name, place, *line) for place, line in enumerate(bought.lines, 1)]
	for place, back in enumerate(returns, 1):
		customer, bought = purchases[back.number - 1]
		name = f"DEMO-SINV-R{place:03}"
		against = {"is_return": 1, "return_against": _invoice_name(back.number), "status": "Return"}
		invoices.append({**_invoice(name, customer, bought, back.day, -back.amount), **against})
		if back.amount == bought.amount:
			lines = [(group, -amount) for group, amount in bought.lines]
			items += [_item(name, line, *part) for line, part in enumerate(lines, 1)]
	fill("Sales Invoice", invoices)
	fill("Sales Invoice Item", items)


def _invoice_name(number: int) -> str:
	return f"DEMO-SINV-{number:05}"


def _invoice(name: str, customer: Customer, bought: Purchase, day: date, amount: float) -> dict:
	amounts = dict.fromkeys(("net_total", "base_net_total", "grand_total", "base_grand_total"), amount)
	company = ABROAD if bought.abroad else COMPANY
	return {
		"name": name,
		"customer": customer.name,
		"customer_name": customer.name,
		"company": company,
		"posting_date": day,
		"docstatus": 1,
		"is_opening": "No",
		"is_return": 0,
		"return_against": None,
		"currency": frappe.get_cached_value("Company", company, "default_currency"),
		"conversion_rate": 1,
		"status": "Paid",
		**amounts,
		# Submitted on its day, so that the rules see it on that night.
		"modified": f"{day} 12:00:00",
	}


def _item(invoice: str, place: int, group: str, amount: float) -> dict:
	number = -1 if amount < 0 else 1
	return {
		"parent": invoice,
		"parenttype": "Sales Invoice",
		"parentfield": "items",
		"idx": place,
		"docstatus": 1,
		"item_code": group,
		"item_name": group,
		"item_group": group,
		"qty": number,
		"stock_qty": number,
		"amount": amount,
		"base_net_amount": amount,
	}
