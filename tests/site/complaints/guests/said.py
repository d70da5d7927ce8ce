"""What a customer says from outside, and what became of it."""

import re

import frappe

from keep_customers.complaints import feedback
from tests.site.story import PASSWORD, PREFIX

OLGA, PAVEL = "olga@firm.example", "pavel@works.example"
POST = "keep_customers.complaints.page.post"
CONFIRM = "keep_customers.complaints.feedback.confirm"
GIVE = "keep_customers.messaging.visit_feedback.give"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
# The smallest that readers take.
PDF = (
	b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
	b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\nxref\n0 4\n0000000000 65535 f \n"
	b"0000000009 00000 n \n0000000053 00000 n \n0000000104 00000 n \ntrailer<</Size 4/Root 1 0 R>>\n"
	b"startxref\n167\n%%EOF\n"
)
CASE = "Complaint Case"


def complaint(customer, **values):
	case = frappe.get_doc(
		{
			"doctype": CASE,
			"customer": customer,
			"subject": "The drill smokes",
			"description": "It smokes.\nAnd it smells.",
			"channel": "Phone",
			**values,
		}
		# Only somebody from outside brings one of a customer who is not known yet.
	).insert(ignore_permissions=not customer)
	frappe.db.commit()
	return case


def offered(customer, **values):
	"""A case in which a solution was offered."""
	case = complaint(customer, **values)
	case.take_step("Listened", "INTERNAL: they are right")
	offer(case)
	return case


def offer(case):
	frappe.set_user("Administrator")
	case = frappe.get_doc(CASE, case.name)
	case.take_step("Solution Offered", "INTERNAL: a new drill", reason="INTERNAL: all in one call")
	frappe.db.commit()
	return case


def token_of(case):
	return re.search("token=([^&]+)", feedback.link(frappe.get_doc(CASE, case.name)))[1].replace("%2F", "/")


def now(case):
	"""The case as the database has it after what the server did."""
	frappe.db.rollback()
	return frappe.get_doc(CASE, case.name)


def answers(case):
	return frappe.get_all(
		"Customer Feedback", filters={"reference_name": case.name}, fields=["*"], order_by="round asc"
	)


def complain(browser, files=(), **said):
	said = {"description": "The drill smokes", "email": OLGA, **said}
	return browser.http.post(
		f"{browser.base}/api/method/{POST}",
		data=said,
		files=[("attachments", file) for file in files] or [("website", (None, ""))],
		headers={"Accept": "text/html"},
		timeout=120,
	)


def cases():
	frappe.db.rollback()
	return frappe.get_all(CASE, fields=["*"], order_by="creation asc")


def portal_user(customer, address=OLGA, by="contact"):
	"""A website user who speaks for the customer."""
	if not frappe.db.exists("User", address):
		user = frappe.get_doc(
			{
				"doctype": "User", "email": address, "first_name": f"{PREFIX} Olga", "user_type": "Website User",
				"send_welcome_email": 0, "new_password": PASSWORD, "roles": [{"role": "Customer"}],
			}
		)  # fmt: skip
		user.flags.no_welcome_mail = user.flags.ignore_password_policy = True
		user.insert()
	if by == "contact":
		frappe.db.set_value("Contact", {"email_id": address}, "user", address)
	else:
		doc = frappe.get_doc("Customer", customer)
		doc.append("portal_users", {"user": address})
		doc.save()
	frappe.db.commit()
	return address
