"""Somebody writes in a customer's name: it is read, and nobody takes it for the customer's word before a person has looked."""

import frappe
import pytest
from frappe.utils import getdate

from keep_customers.care import contacts_seen
from keep_customers.engine import complaints as engine
from tests import raw_mails
from tests.site.complaints.guests.said import CASE, OLGA, now
from tests.site.complaints.guests.test_machines_that_write import pull  # noqa: F401

FAILED = "Authentication-Results: mx.tools.example; dmarc=fail (p=reject) header.from=firm.example\n"
PASSED = FAILED.replace("fail", "pass")


def test_a_forged_complaint_is_a_case_without_a_customer_that_says_so(guest, firm, pull):  # noqa: F811
	[mail] = pull(raw_mails.person("Smoke!", sender=OLGA, more=FAILED))
	case = frappe.get_doc(CASE, mail.reference_name)
	assert (case.customer, case.contact, case.description) == (None, None, "It is the blue one.")
	[comment] = frappe.get_all(
		"Comment", {"reference_name": case.name, "comment_type": "Comment"}, pluck="content"
	)
	assert "DMARC" in comment
	assert firm not in contacts_seen.latest(getdate(), [firm])


def test_what_the_server_has_found_in_order_is_the_customers(guest, firm, pull):  # noqa: F811
	[mail] = pull(raw_mails.person("Smoke!", sender=OLGA, more=PASSED))
	case = frappe.get_doc(CASE, mail.reference_name)
	assert case.customer == firm
	assert not frappe.db.exists("Comment", {"reference_name": case.name, "comment_type": "Comment"})


def test_a_forged_answer_goes_on_with_nothing_and_is_asked_about(guest, firm, story, pull):  # noqa: F811
	[first] = pull(raw_mails.person("Smoke!", sender=OLGA, more=PASSED))
	case = frappe.get_doc(CASE, first.reference_name)
	case.wait("Which drill?")
	frappe.db.commit()
	reply = f"In-Reply-To: <{first.message_id}>\n"
	[forged] = pull(raw_mails.person("Re: Smoke!", sender=OLGA, more=reply + FAILED))
	assert forged.reference_name == case.name and now(case).status == engine.WAITING
	told = frappe.get_all("Notification Log", {"document_name": case.name}, pluck="subject")
	assert any("may be by somebody else than it says" in text for text in told)
	pull(raw_mails.person("Re: Smoke! Once more", sender=OLGA, more=reply + PASSED))
	assert now(case).status == engine.OPEN


@pytest.mark.parametrize("header", ["Reply-To", "X-Original-From"])
def test_who_is_named_where_no_server_asks_is_not_believed(guest, firm, story, pull, header):  # noqa: F811
	"""The host takes the address to answer to for the sender's."""
	evil = PASSED.replace("firm.example", "evil.example") + f"{header}: Olga Kern <{OLGA}>\n"
	[mail] = pull(raw_mails.person("Smoke!", sender="max@evil.example", more=evil))
	assert mail.sender == OLGA
	case = frappe.get_doc(CASE, mail.reference_name)
	assert (case.customer, case.contact) == (None, None)
	assert firm not in contacts_seen.latest(getdate(), [firm])
	[first] = pull(raw_mails.person("Fire!", sender=OLGA, more=PASSED))
	case = frappe.get_doc(CASE, first.reference_name)
	case.wait("Which drill?")
	frappe.db.commit()
	reply = f"In-Reply-To: <{first.message_id}>\n"
	pull(raw_mails.person("Re: Fire!", sender="max@evil.example", more=reply + evil))
	assert now(case).status == engine.WAITING
