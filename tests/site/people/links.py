"""What strangers link, and what becomes of it."""

import frappe

from tests.site.complaints.guests.said import PAVEL
from tests.site.story import PREFIX

CONFIRMATION = "Contact Confirmation"
CONFIRM, REFUSE = (f"keep_customers.care.confirming.{name}" for name in ("confirm", "refuse"))


def own_contact(browser, *customers, address=PAVEL, **values):
	"""A user of the website makes a contact of their own and links it to customers; the host lets them."""
	links = [{"link_doctype": "Customer", "link_name": one, "owner": "Administrator"} for one in customers]
	answer = browser.resource(
		"Contact",
		method="POST",
		json={
			"first_name": f"{PREFIX} Pavel",
			"is_primary_contact": 1,
			"user": PAVEL,
			"email_ids": [{"email_id": address, "is_primary": 1}],
			"phone_nos": [{"phone": "+49 666", "is_primary_mobile_no": 1}],
			"links": links,
			**values,
		},
	)
	assert answer.status_code == 200, answer.text
	frappe.db.rollback()
	return answer.json()["data"]["name"]


def said(**filters):
	return frappe.get_all(CONFIRMATION, filters=filters, fields=["*"], order_by="customer, contact")


def pairs(**filters):
	return {(row.contact, row.customer): row.how for row in said(**filters)}


def report(customer=None):
	from keep_customers.keep_customers.report.contacts_to_confirm import contacts_to_confirm

	_columns, rows, *_rest = contacts_to_confirm.execute({"customer": customer} if customer else {})
	return [(row["contact"], row["customer"]) for row in rows]
