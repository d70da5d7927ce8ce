"""What the host knows of who wants no mail: its own marks, its own page, mail that came back."""

import frappe
import pytest
from frappe.email.queue import unsubscribe as press_the_hosts_link
from frappe.utils import add_days, getdate

from keep_customers.messaging import sending
from keep_customers.people import ledger, unsubscribed
from tests.site.mail import mailbox  # noqa: F401
from tests.site.messaging.sending.thanks import ADDRESS, answer, emails, state, thanked
from tests.site.people.consent.firm import (
	OLGA,
	PAVEL,
	firm_with_olga,
	of_main,
	pavel_of,
	reached_at,
	records,
	second_address,
	told,
	word,
)
from tests.site.story import ANNA


@pytest.fixture(autouse=True)
def no_marks():
	frappe.db.delete("Email Unsubscribe")
	yield
	frappe.db.rollback()
	frappe.db.delete("Email Unsubscribe")
	frappe.db.commit()


def reachable(customer):
	return of_main(customer).reachable


def mark(contact, value=1):
	doc = frappe.get_doc("Contact", contact.name)
	doc.unsubscribed = value
	doc.save()


def test_a_contact_who_is_unsubscribed_is_so_at_every_address(story):
	firm, olga = firm_with_olga(story)
	pavel = pavel_of(firm)
	second_address(olga, "olga@home.example")
	told(firm, "Email", "Given", olga)
	mark(olga)
	assert (word(firm), word(firm, pavel)) == ("refused", "")
	frappe.db.set_value("Contact", olga.name, "email_id", "olga@home.example")
	assert word(firm) == "refused"
	other = story.customer("Other")
	reached_at(other, "OLGA@home.example")
	told(other, "Email", "Given", date=getdate())
	assert word(other) == "refused"
	second_address(olga, "olga@new.example", primary=True)
	reached_at(other, "olga@new.example")
	assert word(firm) == word(other) == "refused", "an address that was added is hers, too"


def test_a_mark_stands_until_somebody_takes_it_off_which_is_no_agreement(story):
	firm, olga = firm_with_olga(story)
	mark(olga)
	told(firm, "Email", "Given", olga, getdate())
	assert word(firm) == "refused", "whoever notes the agreement sees the mark and takes it off"
	mark(olga, 0)
	assert word(firm) == "agreed"
	mark(olga)
	mark(olga, 0)
	mark(olga)
	assert word(firm) == "refused", "all on one day"
	frappe.db.set_value("Contact", olga.name, "unsubscribed", 0)
	unsubscribed.catch_up()
	assert word(firm) == "refused", "an import takes nothing back"


@pytest.mark.parametrize("how", ["import", "form"])
def test_marks_are_noted_at_the_latest_before_something_is_sent(story, how):
	firm = thanked(story)
	olga = frappe.get_doc("Contact", {"email_id": ADDRESS})
	if how == "import":
		frappe.db.set_value("Contact", olga.name, "unsubscribed", 1)
	else:
		mark(olga)
	assert sending.send_due(story.today) == {"Skipped": 1} and not emails(firm)
	assert state(story, firm) == ("Skipped", "", "No consent")


def test_the_hosts_own_page_is_listened_to(story, monkeypatch):
	firm = thanked(story)
	frappe.db.commit()
	monkeypatch.setattr("frappe.email.queue.verify_request", lambda: True)
	for _press in range(2):
		press_the_hosts_link("Customer", firm, "OLGA@Firm.example")
	assert word(firm) == "refused"
	assert sending.send_due(story.today) == {"Skipped": 1} and not emails(firm)


@pytest.mark.parametrize(
	"about, expected",
	[
		({"global_unsubscribe": 1}, ("refused", "refused", "refused")),
		({"reference_doctype": "Customer"}, ("refused", "refused", "refused")),
		({"reference_doctype": "VIP Event"}, ("agreed", "refused", "agreed")),
		({"reference_doctype": "Complaint Case"}, ("agreed", "agreed", "refused")),
		({"reference_doctype": "Sales Invoice"}, ("agreed", "agreed", "agreed")),
	],
)
def test_what_an_email_unsubscribe_says_follows_from_what_it_is_about(story, about, expected):
	firm, olga = firm_with_olga(story)
	second_address(olga, "olga@home.example")
	told(firm, "Email", "Given", olga)
	doc = frappe.get_doc(
		{"doctype": "Email Unsubscribe", "email": OLGA.upper(), "reference_name": firm, **about}
	)
	# Past the document life, as an import does it.
	doc.db_insert()
	assert word(firm) == "agreed"
	unsubscribed.catch_up()
	assert tuple(word(firm, purpose=purpose) for purpose in ("Care", "Events", "Feedback")) == expected
	assert tuple(word(firm, olga, purpose=purpose) for purpose in ("Care", "Events", "Feedback")) == expected
	unsubscribed.catch_up()
	assert len(records(source="Email Unsubscribe")) == (2 if "refused" in expected else 0)
	frappe.delete_doc("Email Unsubscribe", doc.name)
	assert word(firm) == "agreed", "the framework's own way to let somebody have mail again"


def test_of_a_shared_mailbox_nobody_knows_who_said_no(story):
	firm, olga = firm_with_olga(story, email="info@firm.example")
	pavel = pavel_of(firm, email="info@firm.example")
	second_address(pavel, PAVEL, primary=True)
	frappe.get_doc(
		{"doctype": "Email Unsubscribe", "email": "info@firm.example", "global_unsubscribe": 1}
	).insert()
	assert (word(firm, olga), word(firm, pavel)) == ("refused", "")


def test_a_lead_who_unsubscribed_and_became_a_customer_has_still_said_no(story):
	firm, _olga = firm_with_olga(story)
	if not frappe.get_meta("Lead").has_field("unsubscribed"):
		pytest.skip("this host's leads cannot")
	lead = frappe.get_doc({"doctype": "Lead", "lead_name": "Keep Test Olga", "email_id": "Olga@firm.example"})
	lead.flags.ignore_mandatory = True
	lead.insert()
	frappe.db.set_value("Lead", lead.name, "unsubscribed", 1)
	unsubscribed.catch_up()
	assert word(firm) == "refused"


@pytest.mark.parametrize(
	"status, expected",
	[
		("Bounced", ("agreed", False)),
		("Soft-Bounced", ("agreed", True)),
		("Recipient Unsubscribed", ("refused", True)),
		("Marked As Spam", ("refused", True)),
	],
)
def test_mail_that_came_back_makes_an_address_unreachable_and_changes_no_consent(story, status, expected):
	firm, olga = firm_with_olga(story)
	told(firm, "Email", "Given", olga)
	mail = frappe.get_doc(
		{
			"doctype": "Communication", "communication_type": "Communication", "subject": "Keep Test Mail",
			"communication_medium": "Email", "sent_or_received": "Sent", "recipients": "Olga Kern <OLGA@firm.example>",
			"reference_doctype": "Customer", "reference_name": firm,
		}
	).insert()  # fmt: skip
	frappe.db.set_value("Communication", mail.name, "delivery_status", status)
	for _night in range(2):
		unsubscribed.catch_up()
	assert (word(firm), reachable(firm)) == expected
	assert len(records(source="Bounce")) == int(status == "Bounced")
	told(firm, "Email", "Given", olga, getdate())
	assert reachable(firm) == expected[1], "on the same day nobody knows which came first"


def test_an_address_the_server_does_not_know_is_the_reps_to_ask_for(story):
	firm = thanked(story)
	assert sending.send_due(story.today)["Sending"] == 1
	answer(
		firm, "Error", "smtplib.SMTPRecipientsRefused: {'olga@firm.example': (550, b'5.1.1 User unknown')}"
	)
	unsubscribed.catch_up()
	assert not reachable(firm)
	assert sending.send_due(story.today) == {"Failed": 1, "Handed Over": 1}
	assert len(story.todos(ANNA)) == 1 and len(emails(firm)) == 1


def test_a_server_that_is_down_says_nothing_of_an_address(story):
	firm = thanked(story)
	sending.send_due(story.today)
	answer(firm, "Error", "TimeoutError: timed out")
	unsubscribed.catch_up()
	assert reachable(firm) and not records(source="Bounce")


def test_who_cannot_be_reached_by_mail_is_planned_for_the_rep(story):
	firm = thanked(story, night=False)
	day = getdate(add_days(None, -3))
	ledger.note([ledger.Entry("Email", "Not Reachable", "Bounce", day, firm, address=ADDRESS)])
	story.completed_yesterday()
	story.night()
	assert state(story, firm) == ("Assigned", "", "") and len(story.todos(ANNA)) == 1
