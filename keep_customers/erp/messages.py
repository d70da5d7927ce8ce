"""Care Messages: which one fits a customer, what it says to this one, and where it can be sent to."""

from datetime import date

import frappe
from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from frappe import _
from frappe.utils import cstr, fmt_money, formatdate, get_fullname, getdate

from keep_customers.engine import wording
from keep_customers.engine.followups import fraction
from keep_customers.erp import ledger
from keep_customers.erp.assignment import Assignment
from keep_customers.erp.language import site_language
from keep_customers.erp.tables import chunks

IN_THE_FIRM = ("Owner", "Decision Maker", "Buyer", "Assistant")


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


def render(message: str, customer: str, **more) -> dict:
	"""What a Care Message says to one customer.

	:param more: variables that only the caller knows: person, occasion, years, amount (a number in the reporting
		currency, or a text), rep (a user), contact (a Contact's name), invitation (a VIP Invitation's name)
	:returns: subject and text, both plain text, and their language
	:raises engine.wording.BadTemplate: if the message was changed past its own check
	"""
	doc = frappe.get_cached_doc("Care Message", message)
	values = variables(customer, doc.language, **more)
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
	invitation: str | None = None,
) -> dict[str, str | int | None]:
	"""All variables of :mod:`keep_customers.engine.wording`, in the message's language."""
	row = frappe.db.get_value(
		"Customer", customer, ["customer_name", "customer_type", "salutation"], as_dict=True
	)
	contact = _contact(contact or primary_contact(customer))
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
		amount = fmt_money(amount, currency=ledger.reporting_currency(settings))
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
		**(_of_event(invitation, language) if invitation else {}),
	}


def _of_event(invitation: str, language: str) -> dict[str, str | None]:
	# Its pages say days as messages do, and so need this module.
	from keep_customers.erp import event_pages

	return event_pages.words(invitation, language)


def _chinese_name(contact) -> str:
	"""The family name first, and no space between Chinese characters."""
	space = " " if (contact.last_name + contact.first_name).isascii() else ""
	return f"{contact.last_name}{space}{contact.first_name}"


def day_in_words(day, language: str) -> str:
	"""A day as people write it in the message's language, not as the site shows it."""
	known = locale(language)
	return format_date(getdate(day), "long", locale=known) if known else formatdate(day)


def locale(language: str) -> Locale | None:
	"""How people of a language write days and times; None if it is not known."""
	try:
		return Locale.parse(language.replace("-", "_"))
	except (ValueError, UnknownLocaleError):
		return None


def _last_purchase(customer: str):
	rows = frappe.get_all(
		"Sales Invoice",
		filters={"customer": customer, "docstatus": 1, "is_return": 0},
		fields=["name", "posting_date", "company"],
		order_by="posting_date desc, creation desc",
		limit=1,
	)
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


def primary_contact(customer: str) -> str | None:
	"""The Contact the customer names, else the one linked to it that is primary, else the oldest linked one."""
	named = frappe.db.get_value("Customer", customer, "customer_primary_contact")
	if named and frappe.db.exists("Contact", named):
		return named
	contact, link = frappe.qb.DocType("Contact"), frappe.qb.DocType("Dynamic Link")
	rows = (
		frappe.qb.from_(link)
		.inner_join(contact)
		.on(contact.name == link.parent)
		.select(contact.name)
		.where((link.parenttype == "Contact") & (link.link_doctype == "Customer"))
		.where(link.link_name == customer)
		.orderby(contact.is_primary_contact, order=frappe.qb.desc)
		.orderby(contact.creation)
		.limit(1)
	).run()
	return rows[0][0] if rows else None


def primary_contacts(customers: list[str]) -> dict[str, str]:
	"""Customer -> the Contact of :func:`primary_contact`, for many customers; who has none is not there."""
	found: dict[str, str] = {}
	customer, contact, link = (frappe.qb.DocType(name) for name in ("Customer", "Contact", "Dynamic Link"))
	for part in chunks(customers, 1000):
		linked = (
			frappe.qb.from_(link)
			.inner_join(contact)
			.on(contact.name == link.parent)
			.select(link.link_name, contact.name)
			.where((link.parenttype == "Contact") & (link.link_doctype == "Customer"))
			.where(link.link_name.isin(part))
			.orderby(contact.is_primary_contact)
			.orderby(contact.creation, order=frappe.qb.desc)
		)
		named = (
			frappe.qb.from_(customer)
			.inner_join(contact)
			.on(contact.name == customer.customer_primary_contact)
			.select(customer.name, contact.name)
			.where(customer.name.isin(part))
		)
		# The last word counts.
		found |= dict(linked.run()) | dict(named.run())
	return found


def _contact(name: str | None):
	fields = [
		"full_name",
		"first_name",
		"last_name",
		"salutation",
		"email_id",
		"mobile_no",
		"phone",
	]
	row = frappe.db.get_value("Contact", name, fields, as_dict=True) if name else None
	return row or frappe._dict()


def person_of(follow_up) -> dict:
	"""The person a follow-up is about, empty if it is about the customer: somebody of the Customer File whose day it is,
	or the guest of an event.

	:param follow_up: with customer, reference_doctype, reference_name, due_date
	:returns: person, contact, years, email, mobile, phone; what is not known is None
	"""
	if follow_up.reference_doctype == "VIP Invitation":
		return _guest(follow_up)
	if follow_up.reference_doctype != "Customer File Person":
		return {}
	row = frappe.db.get_value(
		"Customer File Person",
		{"name": follow_up.reference_name, "parent": follow_up.customer},
		["full_name", "contact", "email", "phone", "birthday"],
		as_dict=True,
	)
	# Somebody who was taken off the file meanwhile: nobody else may get their wishes, so there is no address.
	row = row or frappe._dict()
	contact = _contact(row.contact)
	return {
		"person": row.full_name,
		"contact": row.contact,
		"years": getdate(follow_up.due_date).year - getdate(row.birthday).year if row.birthday else None,
		"email": row.email or contact.email_id,
		"mobile": row.phone or contact.mobile_no,
		"phone": row.phone or contact.mobile_no or contact.phone,
	}


def _guest(follow_up) -> dict:
	row = frappe.db.get_value(
		"VIP Invitation",
		{"name": follow_up.reference_name, "customer": follow_up.customer},
		["guest_name", "contact"],
		as_dict=True,
	)
	# An invitation that is gone is nobody's.
	row = row or frappe._dict(contact="-")
	contact = _contact(row.contact)
	where = {
		"email": contact.email_id,
		"mobile": contact.mobile_no,
		"phone": contact.mobile_no or contact.phone,
	}
	# Who was invited by the customer's name alone is reached where the customer is.
	where = where if row.contact else addresses(follow_up.customer)
	return {"person": row.guest_name, "contact": row.contact or None, "years": None, **where}


def addresses(customer: str, only_readable: bool = False) -> dict:
	"""Where the customer's main person is reached: primary contact, customer, deciding people, in this order.

	:param only_readable: leave out contacts and files that the user of this session may not read
	:returns: email, mobile, phone (the mobile, else a landline); what is not known is None
	"""

	def may_read(doctype, name):
		return name and (not only_readable or frappe.has_permission(doctype, "read", doc=name))

	row = frappe.db.get_value("Customer", customer, ["email_id", "mobile_no"], as_dict=True)
	name = primary_contact(customer)
	contact = _contact(name if may_read("Contact", name) else None)
	has_file = frappe.db.exists("Customer File", customer)
	people = frappe.get_all(
		"Customer File Person",
		filters={"parenttype": "Customer File", "parent": customer},
		fields=["email", "phone", "decides", "relation"],
		order_by="idx asc",
	)
	if not may_read("Customer File", has_file):
		people = []
	# Nobody's husband gets a letter that was meant for the buyer.
	people = [one for one in people if one.decides or one.relation in IN_THE_FIRM]
	emails = [contact.email_id, row.email_id, *(one.email for one in people)]
	mobiles = [contact.mobile_no, row.mobile_no, *(one.phone for one in people)]
	return {
		"email": next(filter(None, emails), None),
		"mobile": next(filter(None, mobiles), None),
		"phone": next(filter(None, [*mobiles, contact.phone]), None),
	}


@frappe.whitelist()
def preview(message: str, customer: str) -> dict:
	"""What the message would say to the customer.

	:returns: subject, text, language
	:raises frappe.PermissionError: if the user may not read both of them
	"""
	doc = frappe.get_doc("Care Message", message)
	doc.check_permission("read")
	frappe.get_doc("Customer", customer).check_permission("read")
	return render(doc.name, customer, occasion=doc.occasion)
