"""A firm with two people, and what is on record of them."""

import frappe

from keep_customers.people import consent, desk, ledger
from tests.site.mail import contact
from tests.site.story import ANNA, once

OLGA, PAVEL = "olga@firm.example", "pavel@firm.example"


@once(after=1)
def firm_with_olga(story, name="Firm", email=OLGA, **values):
	"""A customer whose main contact Olga is reached by e-mail and telephone; her Contact."""
	firm = story.customer(name)
	olga = contact(
		firm,
		first_name="Olga",
		last_name="Kern",
		email=email,
		mobile="+49 170 12",
		is_primary_contact=1,
		**values,
	)
	return firm, olga


def pavel_of(firm, email=PAVEL, **values):
	return contact(firm, first_name="Pavel", last_name="Novak", email=email, mobile="+49 171 34", **values)


def told(customer, channel, consent_, who=None, date="2026-01-01", **values):
	"""What somebody has told a rep, or what somebody has written into the customer's file for nobody in particular."""
	if who:
		desk.tell(
			customer, channel, consent_ == "Given", who.doctype, who.name, on_date=str(frappe.utils.getdate(date)), **values
		)  # fmt: skip
		return None
	if frappe.db.exists("Customer File", customer):
		file = frappe.get_doc("Customer File", customer)
	else:
		file = frappe.new_doc("Customer File", customer=customer, dedicated_rep=ANNA)
	file.append("consents", {"channel": channel, "consent": consent_, "date": date, **values})
	file.save()
	return file


def of_main(customer, channel="Email", purpose="Care"):
	"""The answer for whoever the customer's messages go to."""
	return consent.of_customers([customer], channel, purpose)[customer]


def word(customer, who=None, channel="Email", purpose="Care"):
	"""refused, agreed or nothing, of a contact or of whoever the customer's messages go to."""
	answer = (
		consent.of_contact(customer, who.name, channel, purpose)
		if who
		else of_main(customer, channel, purpose)
	)
	return "refused" if answer.refused else "agreed" if answer.agreed else ""


def reached_at(customer, email_id=None, **values):
	"""Who may write a customer enters where it is reached."""
	doc = frappe.get_doc("Customer", customer)
	doc.update({"email_id": email_id, **values})
	doc.save()


def records(**filters):
	# ERPNext's own users of examples have refused already.
	filters = {"address": ("not in", ("admin@example.com", "guest@example.com")), **filters}
	return frappe.get_all(ledger.DOCTYPE, filters=filters, fields=["*"], order_by="on_date asc, creation asc")


def second_address(who, email, primary=False):
	doc = frappe.get_doc("Contact", who.name)
	for row in doc.email_ids:
		row.is_primary = 0 if primary else row.is_primary
	doc.append("email_ids", {"email_id": email, "is_primary": int(primary)})
	doc.save()
	return doc
