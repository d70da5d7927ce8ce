"""E-mails from customers make cases and answer them."""

import email as mails

import frappe

from keep_customers.engine import complaints as engine
from keep_customers.erp import mailbox
from tests.site.complaints.guests.said import CASE, OLGA, PAVEL, cases, complaint, now
from tests.site.mail import contact
from tests.site.story import ANNA, PREFIX


def receive(
	story, subject, text, sender=OLGA, html=False, box="help@tools.example", append_to=CASE, **headers
):
	"""What the host makes of an e-mail that comes in at a mailbox, that of the complaints."""
	from frappe.email.receive import InboundMail

	mailbox.install()
	mail = mails.message.EmailMessage()
	mail["From"], mail["To"], mail["Subject"] = f"Olga Kern <{sender}>", "help@tools.example", subject
	if "Message_ID" not in headers:
		mail["Message-ID"] = f"<{frappe.generate_hash(length=12)}@firm.example>"
	for header, value in headers.items():
		mail[header.replace("_", "-")] = value
	mail.set_content(text, subtype="html" if html else "plain")
	account = f"{PREFIX} {box}"
	if not frappe.db.exists("Email Account", account):
		frappe.get_doc(
			{
				"doctype": "Email Account", "name": account, "email_account_name": account,
				"email_id": box, "enable_incoming": 1, "append_to": append_to, "awaiting_password": 1,
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


def test_who_of_us_passes_it_on_is_not_who_complained(guest, firm, story):
	mail = receive(story, "Fwd: Smoke!", "From: Olga Kern\n\nThe drill smokes.", sender=ANNA)
	case = frappe.get_doc(CASE, mail.reference_name)
	assert not case.contact_email and not case.contact_name
	assert "The drill smokes." in case.description and case.answer_due


def asked_to_read(case):
	"""Whether Anna has been asked to read what came, since she was asked last."""
	asked = {"document_name": case.name, "for_user": ANNA, "subject": ("like", "%has written about%")}
	rows = frappe.get_all("Notification Log", asked, pluck="name")
	frappe.db.delete("Notification Log", {"name": ("in", rows or [""])})
	open_todo = {"reference_name": case.name, "allocated_to": ANNA, "status": "Open"}
	return bool(rows) and bool(frappe.db.exists("ToDo", open_todo))


def test_what_a_customer_writes_of_a_solution_or_after_the_end_is_read_by_somebody(guest, firm, story):
	first = receive(story, "Complaint", "The drill smokes.")
	case = frappe.get_doc(CASE, first.reference_name)
	receive(story, "Re: Complaint", "And it smells.", In_Reply_To=first.message_id)
	assert not asked_to_read(case), "who works on it reads on"
	case.reload()
	case.take_step("Solution Offered", "A new one", reason="They know us")
	frappe.db.commit()
	receive(story, "Re: Complaint", "That does not help.", In_Reply_To=first.message_id)
	assert asked_to_read(case) and now(case).status == engine.GIVEN
	case.reload()
	case.hear("Yes")
	frappe.db.commit()
	assert now(case).status == engine.CLOSED
	receive(story, f"Re: Complaint (#{case.name})", "I ask them", sender=ANNA)
	assert not asked_to_read(case)
	receive(story, "Re: Complaint", "Now it smokes again.", In_Reply_To=first.message_id)
	assert asked_to_read(case) and now(case).status == engine.CLOSED
	# What has nothing to do with it, but the same subject, the host brings there, too.
	frappe.db.set_value("ToDo", {"reference_name": case.name}, "status", "Closed")
	another = receive(story, "Complaint", "The saw was delivered broken.")
	assert another.reference_name == case.name and asked_to_read(case)


def test_one_email_to_two_mailboxes_is_one_case_whichever_is_read_first(guest, firm, story):
	same = {"Message_ID": "<one@firm.example>"}
	first = receive(story, "Smoke!", "The drill smokes.", box="sales@tools.example", append_to=None, **same)
	assert not first.reference_name and not cases()
	again = receive(story, "Smoke!", "The drill smokes.", **same)
	assert again.name == first.name
	[case] = cases()
	assert (again.reference_name, case.customer, case.description) == (case.name, firm, "The drill smokes.")
	receive(story, "Smoke!", "The drill smokes.", box="sales@tools.example", append_to=None, **same)
	receive(story, "Smoke!", "The drill smokes.", **same)
	assert len(cases()) == 1
	# Nor do two that lead to cases make two of it, or ask anybody to read it again.
	receive(story, "Smoke!", "The drill smokes.", box="service@tools.example", **same)
	about = {"reference_doctype": CASE, "reference_name": case.name, "communication_type": "Communication"}
	assert len(cases()) == 1 and frappe.db.count("Communication", about) == 1


def test_what_one_of_us_passes_on_joins_no_other_customers_case(guest, firm, story):
	"""Of mails of colleagues the host looks at the subject only."""
	works = story.customer("Works")
	contact(works, first_name="Pavel", email=PAVEL)
	frappe.db.commit()
	first = receive(story, "Complaint about the delivery", "The drill smokes.")
	forward = "---- Forwarded ----\nFrom: Pavel <{}>\nSubject: Complaint about the delivery\n\nThe saw sings."
	# What the same customer has written besides belongs to it, as does what answers.
	more = receive(story, "WG: Complaint about the delivery", forward.format(OLGA), sender=ANNA)
	answer = receive(story, "Re: Complaint about the delivery", "I ask them", sender=ANNA)
	assert more.reference_name == answer.reference_name == first.reference_name
	for _time in range(2):
		passed_on = receive(story, "Fwd: Complaint about the delivery", forward.format(PAVEL), sender=ANNA)
		assert passed_on.reference_name != first.reference_name and len(cases()) == 2
	assert "The saw sings." in frappe.db.get_value(CASE, passed_on.reference_name, "description")
	for subject in (f"Fwd: Complaint (#{first.reference_name})", f"Fwd: x (#{first.reference_name})"):
		named = receive(story, subject, forward.format(PAVEL), sender=ANNA)
		assert named.reference_name == first.reference_name
	assert len(cases()) == 2
