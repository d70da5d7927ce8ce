"""A no survives the merging, renaming and deleting of whom it is about; what is personal does not."""

import frappe
import pytest
from frappe.model.dynamic_links import get_dynamic_link_map

from keep_customers.people import consent, ledger
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

NEW = f"{PREFIX} New"


def merge(old, new):
	frappe.rename_doc("Customer", old, new, merge=True)


@pytest.mark.parametrize("direction", ["refused into agreed", "agreed into refused"])
def test_refused_then_merged_with_a_customer_that_agreed(story, direction):
	"""One file says no mail to anybody, the other that Pavel agreed."""
	refused, olga = firm_with_olga(story, "Refused")
	agreed = story.customer("Agreed")
	pavel = pavel_of(agreed)
	told(refused, "Email", "Refused", date="2026-01-01")
	told(agreed, "Email", "Given", date="2026-02-01")
	assert word(agreed) == "agreed"
	old, new = (refused, agreed) if direction.startswith("refused") else (agreed, refused)
	merge(old, new)
	assert {word(new), word(new, olga), word(new, pavel)} == {"refused"}
	file = frappe.get_doc("Customer File", new)
	assert file.stop_email and len(file.consents) == 2
	file.stop_email = 0
	file.save()
	assert word(new, pavel) == "agreed", "what he said himself was kept"
	assert not frappe.db.exists("Consent Record", {"customer": old})


def test_a_stop_that_was_switched_off_at_the_other_customer_holds_after_merging(story):
	first, _olga = firm_with_olga(story, "First")
	second = story.customer("Second")
	told(first, "SMS", "Refused")
	file = story.file(second, stop_sms=1)
	file.stop_sms = 0
	file.save()
	merge(first, second)
	assert word(second, channel="SMS") == "refused"


def test_people_keep_their_words_when_customers_are_merged(story):
	first, second = story.customer("First"), story.customer("Second")
	founded = {"occasion": "Founded", "date": "1990-05-05"}
	file = story.file(first, people=[{"full_name": "Ada", "decides": 1}], occasions=[founded])
	told(first, "Visit", "Refused", file.people[0])
	story.file(second, people=[{"full_name": "Ben"}])
	asked = [
		frappe.get_doc(
			{
				"doctype": "Follow Up", "customer": first, "occurrence": about.doctype, "status": "Planned", "channel": "Visit",
				"reason": "A day", "planned_on": story.today, "due_date": story.today, "reference_doctype": about.doctype,
				"reference_name": about.name,
			}
		).insert().name
		for about in (file.people[0], file.occasions[0])
	]  # fmt: skip
	merge(first, second)
	for name in asked:
		about = frappe.get_doc("Follow Up", name)
		assert frappe.db.get_value(about.reference_doctype, about.reference_name, "parent") == second
	assert consent.of_follow_ups([frappe.get_doc("Follow Up", asked[0]).as_dict()])[asked[0]].refused
	[ada] = [row for row in frappe.get_doc("Customer File", second).people if row.full_name == "Ada"]
	[row] = records()
	assert (row.person, row.customer, row.consent) == (ada.name, second, "Refused")
	assert word(second, channel="Visit") == "refused"


def test_renaming_changes_nothing(story):
	firm, olga = firm_with_olga(story)
	# Somebody has merged or deleted something today, and the host remembers for hours to what there were links.
	frappe.cache.delete_keys("dynamic_link_map")
	get_dynamic_link_map()
	frappe.local.dynamic_link_map = None
	told(firm, "Email", "Refused", olga)
	told(firm, "Visit", "Refused", olga)
	told(firm, "Letter", "Refused")
	olga = frappe.get_doc("Contact", frappe.rename_doc("Contact", olga.name, f"{PREFIX} Olga"))
	frappe.rename_doc("Customer", firm, NEW)
	assert (word(NEW), word(NEW, olga), word(NEW, channel="Letter")) == ("refused", "refused", "refused")
	assert word(NEW, olga, "Visit") == "refused", "for which no address speaks"
	assert {row.customer for row in records()} == {NEW}


@pytest.mark.parametrize("marked", [False, True])
def test_contacts_that_are_merged_have_said_no_if_one_of_them_has(story, marked):
	firm, olga = firm_with_olga(story)
	twice = pavel_of(firm, email="olga@home.example")
	told(firm, "Email", "Given", olga, "2026-01-01")
	if marked:
		twice.reload()
		twice.unsubscribed = 1
		twice.save()
	else:
		told(firm, "Email", "Refused", twice, "2026-01-02")
	frappe.rename_doc("Contact", twice.name, olga.name, merge=True)
	assert word(firm) == "refused"


def test_of_a_deleted_customer_only_fingerprints_of_refused_addresses_stay(story):
	firm, olga = firm_with_olga(story)
	pavel = pavel_of(firm)
	second_address(olga, "olga@home.example")
	file = story.file(firm, people=[{"full_name": "Ada", "email": "ada@home.example"}])
	told(firm, "Email", "Refused", olga)
	told(firm, "Email", "Refused", file.people[0])
	told(firm, "Email", "Given", pavel)
	told(firm, "SMS", "Refused")
	frappe.delete_doc("Customer", firm)
	for contact in (olga.name, pavel.name):
		if frappe.db.exists("Contact", contact):
			frappe.delete_doc("Contact", contact)
	rows = records()
	assert rows and not any(row[field] for row in rows for field in ("customer", "person", "address"))
	told_of = frappe.as_json(rows)
	assert not any(name in told_of for name in (OLGA, PAVEL, "home.example", "Kern", PREFIX))
	for number, (email, expected) in enumerate(
		(
			(OLGA, "refused"),
			("Olga@Home.example", "refused"),
			("ada@home.example", "refused"),
			(PAVEL, "agreed"),
		)
	):
		other = story.customer(f"Other {number}")
		reached_at(other, email)
		told(other, "Email", "Given", date="2026-01-01")
		assert word(other) == expected, email


def test_a_contact_of_two_customers_keeps_its_words_when_one_is_deleted(story):
	firm, olga = firm_with_olga(story)
	other = story.customer("Other")
	olga.append("links", {"link_doctype": "Customer", "link_name": other})
	olga.save()
	told(firm, "Email", "Refused", olga)
	frappe.delete_doc("Customer", firm)
	[row] = records()
	assert (row.customer, row.person, row.address) == (None, olga.name, OLGA)
	assert word(other) == "refused"


def test_who_is_taken_off_the_file_is_forgotten_but_not_written_to(story):
	firm = story.customer("Firm")
	file = story.file(firm, people=[{"full_name": "Ada", "email": "ada@home.example", "decides": 1}])
	told(firm, "Email", "Refused", file.people[0])
	file.reload()
	file.people, file.consents = [], []
	file.save()
	[row] = records()
	assert (row.person_name or "", row.address or "", row.consent) == ("", "", "Refused")
	file.append("people", {"full_name": "Ada", "email": "ADA@home.example", "decides": 1})
	file.save()
	assert word(firm) == "refused"


def test_a_contact_who_is_deleted_is_forgotten_but_not_written_to(story):
	firm, olga = firm_with_olga(story)
	story.file(firm, dedicated_rep=ANNA)
	told(firm, "Email", "Given", olga, "2025-01-01")
	told(firm, "Email", "Refused", olga, "2026-01-01")
	frappe.delete_doc("Contact", olga.name)
	assert [(row.consent, row.person_name or "", row.address or "") for row in records()] == [
		("Refused", "", "")
	]
	reached_at(firm, OLGA)
	assert word(firm) == "refused"


def test_what_is_left_of_nobody_is_for_who_may_read_every_customer(story):
	firm, olga = firm_with_olga(story)
	told(firm, "Email", "Refused", olga)
	frappe.delete_doc("Contact", olga.name)
	ledger.on_customer_trash(firm)
	[row] = records()
	assert not row.customer
