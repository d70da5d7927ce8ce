"""E-mails from customers make cases and answer them."""

import email as mails

import frappe

from keep_customers.engine import complaints as engine
from tests.site.complaints.guests.said import CASE, OLGA, PAVEL, cases, complaint, now
from tests.site.mail import contact
from tests.site.story import ANNA, PREFIX


def receive(story, subject, text, sender=OLGA, html=False, **headers):
	"""What the host makes of an e-mail that comes in at the complaints' mailbox."""
	from frappe.email.receive import InboundMail

	mail = mails.message.EmailMessage()
	mail["From"], mail["To"], mail["Subject"] = f"Olga Kern <{sender}>", "help@tools.example", subject
	mail["Message-ID"] = f"<{frappe.generate_hash(length=12)}@firm.example>"
	for header, value in headers.items():
		mail[header.replace("_", "-")] = value
	mail.set_content(text, subtype="html" if html else "plain")
	account = f"{PREFIX} Complaints"
	if not frappe.db.exists("Email Account", account):
		frappe.get_doc(
			{
				"doctype": "Email Account", "name": account, "email_account_name": account,
				"email_id": "help@tools.example", "enable_incoming": 1, "append_to": CASE, "awaiting_password": 1,
			}
		).db_insert()  # fmt: skip
	communication = InboundMail(mail.as_bytes(), frappe.get_doc("Email Account", account)).process()
	frappe.db.commit()
	return communication


def test_an_email_makes_a_case_of_its_senders_customer(guest, firm, story):
	first = receive(story, "Smoke!", "The drill smokes.\nPlease help.")
	case = frappe.get_doc(CASE, first.reference_name)
	assert (case.subject, case.channel, case.customer, case.responsible) == ("Smoke!", "Email", firm, ANNA)
	assert case.description == "The drill smokes.\nPlease help." and case.contact_email == OLGA
	assert case.contact == frappe.db.get_value("Contact", {"email_id": OLGA}) and case.answer_due

	stranger = receive(
		story, "Help", "<p>It <b>burns</b><script>alert(1)</script></p>", "x@example.com", html=True
	)
	case = frappe.get_doc(CASE, stranger.reference_name)
	assert not case.customer and "burns" in case.description and "<script" not in case.description


def test_an_answer_by_email_goes_to_its_case_and_ends_the_waiting(guest, firm, story):
	first = receive(story, "Smoke!", "The drill smokes.")
	case = frappe.get_doc(CASE, first.reference_name)
	case.wait("Which drill?")
	colleague = receive(story, f"Re: Smoke! (#{case.name})", "I ask them", sender=ANNA)
	assert colleague.reference_name == case.name and now(case).status == engine.WAITING
	reply = receive(story, "Re: Smoke!", "The blue one.", In_Reply_To=first.message_id)
	assert reply.reference_name == case.name
	case = now(case)
	assert case.status == engine.OPEN and case.description == "The drill smokes."
	assert all(row.resumed_on for row in case.pauses)
	assert len(cases()) == 1


def test_what_we_send_ends_no_waiting(guest, firm, story):
	case = complaint(firm)
	case.wait("Which drill?")
	frappe.db.commit()
	frappe.get_doc(
		{
			"doctype": "Communication", "communication_type": "Communication", "sent_or_received": "Sent",
			"subject": "Which drill?", "content": "Well?", "sender": ANNA, "recipients": OLGA,
			"reference_doctype": CASE, "reference_name": case.name,
		}
	).insert()  # fmt: skip
	frappe.db.commit()
	assert now(case).status == engine.WAITING


def test_a_stranger_answers_no_case_that_has_no_address(guest, story):
	works = story.customer("Works")
	story.file(works, dedicated_rep=ANNA)
	case = complaint(works, responsible=ANNA)
	assert not case.contact_email
	case.wait("Which drill?")
	frappe.db.commit()
	subject = f"Re: The drill smokes (#{case.name})"
	mail = receive(story, subject, "The green one.", sender="x@example.com")
	assert mail.reference_name == case.name and now(case).status == engine.WAITING
	told = {"document_name": case.name, "for_user": ANNA}
	assert frappe.db.exists("Notification Log", told), "Anna sees who it was"
	contact(works, first_name="Pavel", email=PAVEL)
	frappe.db.commit()
	receive(story, subject, "The blue one.", sender=PAVEL)
	assert now(case).status == engine.OPEN
