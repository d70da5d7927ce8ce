"""A no is a person's, at all their addresses; nobody else's; and it is known again however it is spelled."""

import frappe
import pytest

from keep_customers.messaging import sending
from keep_customers.people import consent, reached
from tests.site.mail import mailbox  # noqa: F401
from tests.site.messaging.sending.thanks import emails, state
from tests.site.people.consent.firm import (
	OLGA,
	PAVEL,
	firm_with_olga,
	pavel_of,
	reached_at,
	records,
	second_address,
	told,
	word,
)
from tests.site.story import ANNA, PREFIX


def test_an_agreement_is_for_the_address_messages_go_to_when_it_is_given(story):
	firm, olga = firm_with_olga(story)
	told(firm, "Email", "Given")
	assert word(firm) == word(firm, olga) == "agreed" and word(firm, pavel_of(firm)) == ""
	[row] = records()
	assert (row.person, row.address, row.on_date.isoformat()) == (olga.name, OLGA, "2026-01-01")
	second_address(olga, "olga@home.example", primary=True)
	assert word(firm) == "", "nobody has agreed to mail at her home"


def test_two_addresses_and_one_refusal(story):
	firm, olga = firm_with_olga(story)
	second_address(olga, "olga@home.example")
	told(firm, "Email", "Given", olga)
	told(firm, "Email", "Refused", olga, "2026-02-01")
	for primary in (OLGA, "olga@home.example"):
		frappe.db.set_value("Contact", olga.name, "email_id", primary)
		assert word(firm) == "refused"
	assert word(firm, channel="Phone") == "", "another channel is another question"
	assert {row.address for row in records(consent="Refused")} == {OLGA, "olga@home.example"}
	told(firm, "Email", "Given", olga, "2026-03-01", address=OLGA)
	assert word(firm) == "refused", "she has agreed to be written to at the office again"
	frappe.db.set_value("Contact", olga.name, "email_id", OLGA)
	assert word(firm) == "agreed"


def test_one_address_only_may_be_refused(story):
	firm, olga = firm_with_olga(story)
	second_address(olga, "olga@home.example")
	told(firm, "Email", "Given", olga)
	told(firm, "Email", "Refused", olga, "2026-02-01", address="Olga@HOME.example")
	assert word(firm) == "agreed"
	frappe.db.set_value("Contact", olga.name, "email_id", "olga@home.example")
	assert word(firm) == "refused"


def test_two_people_and_one_no(story):
	firm, olga = firm_with_olga(story)
	pavel = pavel_of(firm)
	told(firm, "Email", "Given", olga)
	told(firm, "Email", "Given", pavel)
	told(firm, "Email", "Refused", pavel, "2026-02-01")
	assert (word(firm), word(firm, olga), word(firm, pavel)) == ("agreed", "agreed", "refused")
	told(firm, "Phone", "Refused", pavel, "2026-02-01")
	assert (word(firm, channel="Phone"), word(firm, pavel, "Phone")) == ("", "refused")


def test_the_planner_asks_for_whom_each_follow_up_is(story):
	"""Pavel wants no calls, Olga does: her purchase is called about, his birthday is left alone."""
	firm, olga = firm_with_olga(story)
	file = story.file(firm, dedicated_rep=ANNA, people=[{"full_name": "Pavel", "phone": "+49 171 34"}])
	pavel = file.people[0]
	told(firm, "Phone", "Refused", pavel)
	rows = [
		frappe._dict(name="call", customer=firm, channel="Phone", reference_doctype=None, reference_name=None),
		frappe._dict(
			name="birthday", customer=firm, channel="Phone", reference_doctype=reached.PERSON,
			reference_name=pavel.name,
		),
	]  # fmt: skip
	answers = consent.of_follow_ups(rows)
	assert (answers["call"].refused, answers["birthday"].refused) == (False, True)
	story.history(firm, [(40, 100), (3, 3000)])
	story.rule()
	story.completed_yesterday()
	story.night()
	assert state(story, firm)[0] == "Assigned"
	told(firm, "Phone", "Refused", olga)
	assert consent.of_follow_ups(rows)["call"].refused


@pytest.mark.parametrize("way", ["contact", "file"])
def test_somebody_who_is_in_the_file_and_a_contact_is_one_person(story, way):
	firm, olga = firm_with_olga(story)
	file = story.file(
		firm, people=[{"full_name": "Olga", "contact": olga.name, "email": "olga@home.example"}]
	)
	who = {"contact": olga, "file": file.people[0]}[way]
	told(firm, "Email", "Refused", who)
	row = frappe._dict(
		name="x", customer=firm, channel="Email", reference_doctype=reached.PERSON, reference_name=file.people[0].name
	)  # fmt: skip
	assert word(firm) == "refused" and consent.of_follow_ups([row])["x"].refused


@pytest.mark.parametrize(
	"spelled", ["OLGA@Firm.example", " olga@firm.example", "Olga Kern <olga@firm.example>"]
)
def test_capitals_make_no_other_mailbox(story, spelled):
	"""Another customer knows her under the same address, spelled in another way."""
	firm, olga = firm_with_olga(story)
	told(firm, "Email", "Refused", olga)
	other = story.customer("Other")
	reached_at(other, OLGA)
	frappe.db.set_value("Customer", other, "email_id", spelled)
	assert word(other) == "refused"
	told(other, "Email", "Given")
	assert word(other) == "refused", "on the same day"
	told(other, "Email", "Given", date="2026-01-02")
	assert word(other) == "agreed"


@pytest.mark.parametrize("number", ["+49170 12", "0049 170-12", "+49 (0)170 12", "0170 12"])
def test_a_number_is_known_again_however_it_is_written(story, number):
	story.system_settings(country="Germany")
	firm, olga = firm_with_olga(story)
	told(firm, "SMS", "Refused", olga)
	other = story.customer("Other")
	reached_at(other, mobile_no=number)
	assert word(other, channel="SMS") == "refused" and word(other, channel="Phone") == ""


def test_refused_and_agreed_on_one_day(story):
	firm, olga = firm_with_olga(story)
	for consent_ in ("Given", "Refused", "Given"):
		told(firm, "Email", consent_, olga, "2026-02-01")
	assert word(firm) == "refused"
	told(firm, "Email", "Given", olga, "2026-02-02")
	assert word(firm) == "agreed"


def test_no_invitations_is_not_no_mail(story):
	firm, olga = firm_with_olga(story)
	told(firm, "Email", "Given", olga)
	told(firm, "Email", "Refused", olga, "2026-02-01", purpose="Events")
	assert (word(firm), word(firm, purpose="Events")) == ("agreed", "refused")


def test_what_nobody_in_particular_refuses_holds_for_everybody_until_it_is_switched_off(story):
	firm, olga = firm_with_olga(story)
	pavel = pavel_of(firm)
	file = told(firm, "Email", "Given", pavel)
	file = told(firm, "Email", "Refused", date="2026-02-01")
	assert file.stop_email and not file.stop_phone
	assert {word(firm, one) for one in (None, olga, pavel)} == {"refused"}
	told(firm, "Email", "Given", pavel, "2026-03-01")
	assert word(firm, pavel) == "refused", "one person's yes does not switch it off"
	file.reload()
	file.stop_email = 0
	file.save()
	assert (word(firm, pavel), word(firm)) == ("agreed", "")
	file.stop_sms = 1
	file.save()
	assert word(firm, channel="SMS") == "refused"
	frappe.delete_doc("Customer File", firm)
	assert {word(firm, one, "SMS") for one in (None, olga, pavel)} == {"refused"}, "it outlives the form"


def test_an_automatic_message_goes_to_who_agreed_and_is_the_reps_where_the_address_has_changed(story):
	firm, olga = firm_with_olga(story)
	story.file(firm, dedicated_rep=ANNA)
	told(firm, "Email", "Given", olga)
	story.history(firm, [(40, 100), (1, 3000)])
	story.rule(channel="Email", message_kind="Thank You", send_automatically=1)
	story.completed_yesterday()
	story.night()
	assert state(story, firm) == ("Assigned", "Queued", "")
	second_address(olga, "olga@home.example", primary=True)
	assert sending.send_due(story.today) == {"Handed Over": 1}
	[todo] = story.todos(ANNA)
	assert not emails(firm) and "olga" not in todo.description


def test_a_line_of_the_file_is_noted_once_and_stays_on_record(story):
	firm, _olga = firm_with_olga(story)
	told(firm, "Email", "Given", date="2026-01-01")
	file = told(firm, "SMS", "Given", date="2026-01-01")
	file.save()
	assert len(records()) == 2, "saving once more says nothing new"
	file.consents = []
	file.save()
	assert len(records()) == 2 and word(firm) == "agreed", "what was removed stays on record"
	with pytest.raises(frappe.ValidationError, match="future"):
		told(firm, "Email", "Given", date=frappe.utils.add_days(None, 1))


def test_who_does_not_count_is_not_written_to_whatever_was_agreed(story):
	"""Pavel links himself to the firm and agrees; Olga, who is its contact, has refused."""
	firm, olga = firm_with_olga(story)
	pavel = pavel_of(firm, is_primary_contact=1)
	frappe.db.delete("Contact Confirmation", {"contact": pavel.name})
	told(firm, "Email", "Given", pavel)
	assert word(firm) == word(firm, pavel) == ""
	told(firm, "Email", "Refused", olga)
	assert (word(firm), word(firm, pavel)) == ("refused", "")
	row = frappe._dict(customer=firm, reference_doctype=None, reference_name=None)
	assert reached.of([row])[0].addresses["email"] == OLGA


def test_the_records_are_nobodys_to_change(story):
	firm, olga = firm_with_olga(story)
	told(firm, "Email", "Refused", olga)
	[row] = records()
	doc = frappe.get_doc("Consent Record", row.name)
	doc.consent = "Given"
	with pytest.raises(frappe.ValidationError, match="cannot be edited"):
		doc.save()
	with pytest.raises(frappe.ValidationError, match="cannot be deleted"):
		doc.delete()
	assert PREFIX in row.customer_name and row.owner == "Administrator"
	assert PAVEL not in str(row)
