"""Consent of customers becomes that of people; nobody who refused is written to, nobody who agreed is lost."""

import frappe
import pytest

from keep_customers.patches.v0_2 import consent_of_people
from tests.site.people.consent.firm import (
	OLGA,
	firm_with_olga,
	pavel_of,
	reached_at,
	records,
	second_address,
	word,
)


def before(customer, *rows):
	"""A file as the version before left it: rows of the customer, and nothing else on record."""
	file = frappe.get_doc({"doctype": "Customer File", "customer": customer})
	file.flags.consent_on_record = True
	for channel, consent, date in rows:
		file.append("consents", {"channel": channel, "consent": consent, "date": date})
	file.insert()
	for row in file.consents:
		frappe.db.set_value("Customer File Consent", row.name, "date", rows[row.idx - 1][2])
	return file


@pytest.mark.parametrize("times", [1, 2])
def test_a_refusal_becomes_one_of_everybody_and_of_each(story, times):
	firm, olga = firm_with_olga(story)
	pavel = pavel_of(firm)
	second_address(olga, "olga@home.example")
	before(
		firm,
		("Email", "Given", "2024-01-01"),
		("Email", "Refused", "2025-01-01"),
		("SMS", "Given", "2025-01-01"),
	)
	for _time in range(times):
		consent_of_people.execute()
	file = frappe.get_doc("Customer File", firm)
	assert (file.stop_email, file.stop_sms) == (1, 0)
	assert {word(firm), word(firm, olga), word(firm, pavel)} == {"refused"}
	assert len(records(channel="Email")) == 3
	file.stop_email = 0
	file.save()
	assert {word(firm), word(firm, pavel)} == {"refused"}, "each of them has to agree anew"
	other = story.customer("Other")
	reached_at(other, "Olga@home.example")
	assert word(other) == "refused"
	assert (word(firm, channel="SMS"), word(firm, pavel, "SMS")) == ("agreed", "")
	if times == 2:
		consent_of_people.execute()
		assert not frappe.db.get_value("Customer File", firm, "stop_email"), (
			"what people do later is left alone"
		)


def test_an_agreement_is_of_the_address_that_was_written_to(story):
	firm, olga = firm_with_olga(story)
	pavel = pavel_of(firm)
	nobody = story.customer("Nobody")
	before(firm, ("Email", "Refused", "2024-01-01"), ("Email", "Given", "2025-01-01"))
	before(nobody, ("Email", "Given", None))
	consent_of_people.execute()
	assert (word(firm), word(firm, olga), word(firm, pavel)) == ("agreed", "agreed", "")
	assert {(row.on_date.isoformat(), row.source) for row in records(customer=firm)} == {
		("2025-01-01", "Upgrade")
	}
	reached_at(nobody, "first@firm.example")
	assert word(nobody) == "agreed", "who has no address yet has agreed all the same"


@pytest.mark.parametrize(
	"rows, expected",
	[
		([("Email", "Refused", "2025-01-01"), ("Email", "Given", "2025-01-01")], "refused"),
		([("Email", "Refused", None), ("Email", "Given", None)], "refused"),
		([("Email", "Refused", "2025-01-01"), ("Email", "Given", None)], "refused"),
		([("Email", "Refused", None), ("Email", "Given", "2025-01-01")], "agreed"),
		([("Email", "Given", "2025-06-01"), ("Email", "Refused", "2025-01-01")], "agreed"),
	],
)
def test_what_was_said_last_counts_and_in_doubt_the_no(story, rows, expected):
	firm, _olga = firm_with_olga(story)
	before(firm, *rows)
	consent_of_people.execute()
	assert word(firm) == expected


def test_the_hosts_marks_are_read_in(story):
	firm, olga = firm_with_olga(story)
	other = story.customer("Other")
	pavel = pavel_of(other)
	before(firm, ("Email", "Given", "2025-01-01"))
	before(other, ("Email", "Given", "2025-01-01"))
	frappe.db.set_value("Contact", olga.name, "unsubscribed", 1)
	mark = frappe.get_doc(
		{"doctype": "Email Unsubscribe", "email": "PAVEL@firm.example", "global_unsubscribe": 1}
	)
	mark.db_insert()
	try:
		consent_of_people.execute()
		assert (word(firm), word(other), word(other, pavel)) == ("refused", "refused", "refused")
		assert {row.address for row in records(source="Contact Unsubscribed")} == {OLGA}
	finally:
		frappe.db.delete("Email Unsubscribe", {"name": mark.name})
