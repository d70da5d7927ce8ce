"""Robots write to the complaints' mailbox: nobody has complained, nobody has answered, nobody was spoken to."""

from email import message_from_string
from types import SimpleNamespace

import frappe
import pytest
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.utils import getdate

from keep_customers.care import contacts_seen
from keep_customers.engine import complaints as engine
from keep_customers.erp import mailbox
from tests import raw_mails
from tests.site.complaints.guests.said import CASE, OLGA, cases, now
from tests.site.complaints.guests.test_by_email import receive
from tests.site.people.consent.firm import of_main, records
from tests.site.story import ANNA, PREFIX


@pytest.fixture
def pull(story, monkeypatch):
	"""The mailbox, pulled as a worker does it: raw messages in, Communications out."""
	for hook in frappe.get_hooks("before_job"):
		frappe.call(hook, method="pull", kwargs={}, transaction_type="job")
	name = f"{PREFIX} Complaints"
	frappe.get_doc(
		{
			"doctype": "Email Account", "name": name, "email_account_name": name, "email_id": "help@tools.example",
			"enable_incoming": 1, "append_to": CASE, "awaiting_password": 1, "enable_auto_reply": 1,
			"auto_reply_message": "We have got it.",
		}
	).db_insert()  # fmt: skip

	def pulled(*raw):
		server = SimpleNamespace(
			get_messages=lambda: {"latest_messages": [one.encode() for one in raw]},
			logout=lambda: None,
			settings={},
		)
		monkeypatch.setattr(EmailAccount, "get_incoming_server", lambda *_args, **_more: server)
		last = frappe.get_all("Communication", pluck="name")
		frappe.get_doc("Email Account", name).receive()
		return [
			frappe.get_doc("Communication", one)
			for one in frappe.get_all("Communication", {"name": ("not in", last), "sent_or_received": "Received"}, pluck="name")
		]  # fmt: skip

	return pulled


def sent(to=OLGA, communication=None):
	"""An e-mail of ours that has left; its Message-ID."""
	queued = frappe.sendmail(
		recipients=[to], subject="Smoke!", message="Which drill?", communication=communication
	)
	frappe.db.set_value("Email Queue", queued.name, "status", "Sent")
	return queued.message_id


@pytest.mark.parametrize("name", raw_mails.ANSWERS)
def test_a_robot_makes_no_case_and_gets_no_answer(guest, firm, pull, name):
	subject, more = raw_mails.ANSWERS[name]
	frappe.db.delete("Email Queue Recipient")
	[mail] = pull(raw_mails.person(subject, sender=OLGA, more=more))
	assert not cases() and mail.communication_type == "Automated Message" and not mail.reference_name
	assert not frappe.get_all("Email Queue Recipient"), "two robots would write to each other"
	assert firm not in contacts_seen.latest(getdate(), [firm])


def test_a_person_makes_one_gets_the_hosts_answer_and_was_spoken_to(guest, firm, pull):
	frappe.db.delete("Email Queue Recipient")
	[mail] = pull(raw_mails.person("Out of office furniture", sender=OLGA))
	assert mail.communication_type == "Communication" and len(cases()) == 1
	assert frappe.get_all("Email Queue Recipient", {"recipient": OLGA}, pluck="recipient") == [OLGA]
	assert firm in contacts_seen.latest(getdate(), [firm])


def test_a_robot_that_hides_is_answered_a_few_times_only_and_told_that_a_machine_does(guest, firm, pull):
	frappe.db.delete("Email Queue Recipient")
	for number in range(mailbox.MOST_REPLIES + 2):
		pull(raw_mails.person(f"Ticket {number} was opened", sender=OLGA))
	replies = frappe.get_all("Email Queue Recipient", {"recipient": OLGA}, pluck="parent")
	assert len(replies) == mailbox.MOST_REPLIES
	for message in frappe.get_all("Email Queue", {"name": ("in", replies)}, pluck="message"):
		assert message_from_string(message).get_all("Auto-Submitted") == ["auto-replied"]


def test_on_a_site_of_the_bench_without_the_app_mail_is_as_the_host_has_it(guest, firm, pull, monkeypatch):
	"""What is replaced in the host's classes is replaced for all sites that the process serves."""
	frappe.db.delete("Email Queue Recipient")
	monkeypatch.setattr(frappe, "get_installed_apps", lambda **_how: ["frappe", "erpnext"])
	subject, more = raw_mails.ANSWERS["a notice of Sieve"]
	[mail] = pull(raw_mails.person(subject, sender=OLGA, more=more))
	assert mail.communication_type == "Communication"
	assert frappe.get_all("Email Queue Recipient", {"recipient": OLGA})


def test_an_out_of_office_stays_on_the_case_and_is_no_answer(guest, firm, pull):
	[first] = pull(raw_mails.person("Smoke!", sender=OLGA))
	case = frappe.get_doc(CASE, first.reference_name)
	case.wait("Which drill?")
	frappe.db.commit()
	reply = f"In-Reply-To: <{first.message_id}>\n"
	[away] = pull(raw_mails.person("Automatic reply: Smoke!", sender=OLGA, more=reply))
	assert away.reference_name == case.name and now(case).status == engine.WAITING
	[answer] = pull(raw_mails.person("Re: Smoke!", sender=OLGA, more=reply))
	assert answer.reference_name == case.name and now(case).status == engine.OPEN


def test_an_out_of_office_reopens_nothing_but_a_person_does(guest, firm, pull):
	[first] = pull(raw_mails.person("Smoke!", sender=OLGA))
	case = now(frappe.get_doc(CASE, first.reference_name))
	case.db_set({"status": engine.CLOSED, "closed_unanswered": 1})
	frappe.db.commit()
	reply = f"In-Reply-To: <{first.message_id}>\n"
	pull(raw_mails.person("Away", sender=OLGA, more=reply + "Auto-Submitted: auto-replied\n"))
	assert now(case).status == engine.CLOSED
	pull(raw_mails.person("Re: Smoke!", sender=OLGA, more=reply))
	assert now(case).status != engine.CLOSED


@pytest.mark.parametrize("make", [raw_mails.postfix, raw_mails.exchange])
def test_a_bounce_marks_the_address_once_and_asks_the_rep_for_a_better_one(guest, firm, story, pull, make):
	for _mail in range(2):
		pull(make(to=OLGA, original=sent()))
	assert not cases() and not of_main(firm).reachable and not of_main(firm).refused
	assert {row.address for row in records(source="Bounce")} == {OLGA}
	asked = frappe.get_all(
		"ToDo", {"reference_type": "Contact", "status": "Open"}, ["allocated_to", "description"]
	)
	assert [row.allocated_to for row in asked] == [ANNA] and OLGA not in asked[0].description


def test_what_came_back_was_no_contact(guest, firm, pull):
	ours = frappe.get_doc(
		{
			"doctype": "Communication", "communication_type": "Communication", "sent_or_received": "Sent",
			"communication_medium": "Email", "subject": "Smoke!", "content": "?", "sender": ANNA, "recipients": OLGA,
			"reference_doctype": "Customer", "reference_name": firm,
		}
	).insert()  # fmt: skip
	id = sent(communication=ours.name)
	assert firm in contacts_seen.latest(getdate(), [firm])
	pull(raw_mails.postfix(to=OLGA, original=id))
	assert firm not in contacts_seen.latest(getdate(), [firm])


def test_a_stranger_silences_nobody_and_a_full_mailbox_neither(guest, firm, story, pull):
	other = sent("pavel@firm.example")
	pull(
		raw_mails.postfix(to=OLGA, original="forged@tools.example"),
		raw_mails.postfix(to=OLGA, original=other),
		raw_mails.postfix(to=OLGA, original=sent(), status="5.2.2"),
		raw_mails.postfix(to=OLGA, original=sent(), status="4.4.1", action="delayed"),
	)
	assert of_main(firm).reachable and not records(source="Bounce") and not cases()
	assert not frappe.get_all("ToDo", {"reference_type": "Contact", "status": "Open"})


def test_without_the_headers_what_the_mail_shows_counts(guest, firm, story, monkeypatch):
	monkeypatch.setattr(mailbox, "is_automatic", lambda mail: False)
	first = receive(
		story, "Undelivered Mail Returned to Sender", "No such user", sender="mailer-daemon@mx.example"
	)
	second = receive(story, "自动回复: Smoke!", "I am away")
	assert not cases() and not first.reference_name and not second.reference_name
	assert receive(story, "Smoke!", "The drill smokes.").reference_name
