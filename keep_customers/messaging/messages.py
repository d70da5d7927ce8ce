"""Care Messages: which one fits a customer, and what it says to this one."""

from collections.abc import Callable
from datetime import date

import frappe
from frappe import _
from frappe.utils import cstr, fmt_money, get_fullname, getdate

from keep_customers.access.lookups import named
from keep_customers.care.assignment import Assignment
from keep_customers.engine import wording
from keep_customers.engine.followups import fraction
from keep_customers.erp import host
from keep_customers.erp.api import typed
from keep_customers.erp.language import day_in_words, site_language
from keep_customers.erp.tables import FALLING
from keep_customers.messaging import templates
from keep_customers.people.contacts import reached_at
from keep_customers.people.reached import asked_for
from keep_customers.worth import currencies
from keep_customers.worth.corrected import is_purchase, sales_of


def pick(
	customer: str,
	kind: str,
	channel: str | None = None,
	occasion: str | None = None,
	today: date | None = None,
) -> str | None:
	"""The enabled message that fits best: the customer's language, then the occasion, then the channel.

	Among several equally good ones a customer gets another one every year.

	:param occasion: the festival's, solar term's or other occasion's name; a message for another one never fits
	:returns: the Care Message's name, None if there is none
	"""
	rows = [
		row
		for row in frappe.get_all(
			"Care Message",
			filters={"enabled": 1, "kind": kind},
			fields=["name", "language", "channel", "occasion"],
			order_by="name asc",
		)
		if _same(row.occasion, occasion) and row.channel in (channel, None, "")
	]
	for language in languages(customer):
		spoken = [row for row in rows if row.language == language]
		if spoken:
			best = max(_fit(row) for row in spoken)
			equal = sorted(row.name for row in spoken if _fit(row) == best)
			start = int(fraction("message", customer, kind) * len(equal))
			return equal[(start + (today or getdate()).year) % len(equal)]
	return None


def _same(of_message: str | None, wanted: str | None) -> bool:
	return not of_message or of_message.strip().casefold() == cstr(wanted).strip().casefold()


def _fit(row) -> tuple[bool, bool]:
	return bool(row.occasion), bool(row.channel)


def languages(customer: str) -> list[str]:
	"""What to write to the customer in, the best first: its own language, the one it is a variety of, English."""
	own = (
		frappe.db.get_value("Customer File", customer, "preferred_language")
		or frappe.db.get_value("Customer", customer, "language")
		or site_language()
	)
	return list(dict.fromkeys((own, own.split("-")[0], "en")))


def render(message: str, customer: str, words: Callable[[str], dict] | None = None, **more) -> dict:
	"""What a Care Message says to one customer.

	:param words: further variables, of what only the caller knows: a function of the message's language
	:param more: person, occasion, years, amount (a number in the reporting currency, or a text), rep (a user), contact
		(a Contact's name)
	:returns: subject and text, both plain text, and their language
	:raises engine.wording.BadTemplate: if the message was changed past its own check
	"""
	doc = frappe.get_cached_doc("Care Message", message)
	values = variables(customer, doc.language, **more)
	if words:
		values |= words(doc.language)
	return {
		# A line break in a subject would begin another header.
		"subject": " ".join(wording.render(doc.subject, values).split()),
		"text": wording.render(doc.message, values),
		"language": doc.language,
	}


def variables(
	customer: str,
	language: str,
	person: str | None = None,
	occasion: str | None = None,
	years: int | None = None,
	amount: float | str | None = None,
	rep: str | None = None,
	contact: str | None = None,
) -> dict[str, str | int | None]:
	"""All variables of :mod:`keep_customers.engine.wording`, in the message's language."""
	row = host.values("Customer", customer, ["customer_name", "customer_type", "salutation"])
	contact = reached_at(contact or asked_for(customer), customer) or frappe._dict()
	# A named person who is not the contact has a name of their own.
	if person and person != contact.full_name:
		contact = frappe._dict(full_name=person)
	known_as = contact.full_name
	if language.startswith("zh") and contact.first_name and contact.last_name:
		known_as = _chinese_name(contact)
	last = _last_purchase(customer)
	settings = frappe.get_cached_doc("Keep Customers Settings")
	rep = rep or Assignment([customer], settings).user_for(customer)
	tier = frappe.db.get_value("Customer Value", customer, "tier")
	if isinstance(amount, int | float):
		amount = fmt_money(amount, currency=currencies.reporting_currency(settings))
	return {
		"name": (known_as if language.startswith("zh") else contact.first_name or known_as)
		or row.customer_name,
		"customer_name": row.customer_name,
		"first_name": contact.first_name,
		"last_name": contact.last_name,
		"person": known_as,
		"salutation": contact.salutation or (row.salutation if row.customer_type == "Individual" else None),
		"tier": tier and _(tier, language, "Customer Tier"),
		"last_purchase": last and day_in_words(last.posting_date, language),
		"last_item": last and _main_item(last.name),
		"rep_name": rep and get_fullname(rep),
		"company": (last and last.company)
		or frappe.db.get_single_value("Global Defaults", "default_company"),
		"occasion": occasion and _(occasion, language),
		"years": years,
		"amount": amount,
	}


def _chinese_name(contact) -> str:
	"""The family name first, and no space between Chinese characters."""
	space = " " if (contact.last_name + contact.first_name).isascii() else ""
	return f"{contact.last_name}{space}{contact.first_name}"


def _last_purchase(customer: str):
	invoice = frappe.qb.DocType("Sales Invoice")
	rows = (
		frappe.qb.from_(invoice)
		.select(invoice.name, invoice.posting_date, invoice.company)
		.where(sales_of(invoice, [customer]) & is_purchase(invoice))
		.orderby(invoice.posting_date, invoice.creation, order=FALLING)
		.limit(1)
	).run(as_dict=True)
	return rows[0] if rows else None


def _main_item(invoice: str) -> str | None:
	"""What most of the money was spent on."""
	rows = frappe.get_all(
		"Sales Invoice Item",
		filters={"parent": invoice},
		fields=["item_name"],
		order_by="base_net_amount desc, idx asc",
		limit=1,
	)
	return rows[0].item_name if rows else None


@frappe.whitelist()
@typed
def preview(message: str, customer: str) -> dict:
	"""What the message would say to the customer.

	:returns: subject, text, language
	:raises frappe.PermissionError: if the user may not read both of them
	:raises frappe.ValidationError: if it cannot be filled in
	"""
	doc = named("Care Message", message)
	named("Customer", customer)
	try:
		return render(doc.name, customer, occasion=doc.occasion)
	except wording.BadTemplate as error:
		templates.refuse(error, doc.name)
