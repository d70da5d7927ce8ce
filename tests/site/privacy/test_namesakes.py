"""Somebody is forgotten who is called like others, or like a word: these others and these words stay."""

from pathlib import Path

import frappe
import pytest

from keep_customers.privacy import called_files, desk, forgetting, person
from keep_customers.privacy.words import GONE
from tests.site.mail import contact
from tests.site.privacy.told import EMAIL, FIRST, LAST, NAME, PHONE
from tests.site.story import ANNA, PREFIX


def forget(who, **wish):
	name = forgetting.begin(who, forgetting.Wish(**wish))
	frappe.db.commit()
	forgetting.run(name)
	assert frappe.db.get_value("Forgotten Person", name, "status") == "Done"


def said(case):
	return frappe.db.get_value("Complaint Case", case.name, "description")


def note(customer, text):
	touch = {"doctype": "Customer Touch", "customer": customer, "date": "2026-01-05", "channel": "Phone"}
	return frappe.get_doc({**touch, "result": "Reached", "rep": ANNA, "notes": text}).insert()


def notes(touch):
	return frappe.db.get_value("Customer Touch", touch.name, "notes")


# Others of the name


def test_another_of_the_name_at_another_firm_is_not_forgotten_with_them(story):
	hers = contact(story.customer("Firm"), first_name=FIRST, last_name=LAST, email=EMAIL)
	other = story.customer("Other")
	file = story.file(other, people=[{"full_name": NAME, "email": "another@keep-test.example"}])
	case, own = story.case(other, "Hers", description=f"{NAME} says so."), hers.links[0].link_name
	about = note(own, f"{NAME} says so.")
	forget(person.of_contact(hers.name))
	assert [row.full_name for row in file.reload().people] == [NAME]
	assert said(case) == f"{NAME} says so."
	assert notes(about) == f"{GONE} says so.", "in her own firm's papers it is her"


def test_another_of_the_name_at_the_same_firm_is_not_forgotten_with_them(story):
	"""Father and son, of whom the file tells two birthdays."""
	firm = story.customer("Firm")
	file = story.file(
		firm,
		people=[
			{"full_name": NAME, "birthday": "1950-03-04", "note": "The elder", "email": EMAIL},
			{"full_name": NAME, "birthday": "1980-03-04", "note": "The younger"},
		],
	)
	case = story.case(firm, "Theirs", description=f"{NAME} says so, at {EMAIL}.")
	forget(person.of_row(file.people[0].name))
	assert [(row.full_name, row.note) for row in file.reload().people] == [(NAME, "The younger")]
	assert said(case) == f"{NAME} says so, at {GONE}."


def test_the_same_without_an_address_of_its_own_is_the_same(story):
	firm = story.customer("Firm")
	hers = contact(firm, first_name=FIRST, last_name=LAST, email=EMAIL)
	file = story.file(firm, people=[{"full_name": NAME, "birthday": "1950-03-04"}])
	forget(person.of_contact(hers.name))
	assert file.reload().people == []


def test_who_works_here_and_is_called_alike_keeps_their_name(story):
	anna = frappe.db.get_value("User", ANNA, "full_name")
	firm = story.customer("Firm")
	hers = contact(firm, first_name=anna, email=EMAIL)
	frappe.db.set_value("Contact", hers.name, "full_name", anna)
	comment = frappe.get_doc("Customer", firm).add_comment("Comment", "Called.")
	frappe.db.set_value("Comment", comment.name, "comment_by", anna)
	forget(person.of_contact(hers.name))
	assert frappe.db.get_value("Comment", comment.name, "comment_by") == anna


def test_who_buys_for_themselves_is_found_as_a_customer_still(story):
	customer = story.customer("Firm")
	frappe.db.set_value("Customer", customer, "customer_name", NAME)
	hers = contact(customer, first_name=FIRST, last_name=LAST, email=EMAIL)
	search = frappe.qb.Table("__global_search")
	for doctype, name in (("Customer", customer), ("Complaint Case", "None")):
		row = (doctype, name, NAME, f"{NAME} ||| {EMAIL}", "")
		frappe.qb.into(search).columns("doctype", "name", "title", "content", "route").insert(*row).run()
	stays = {row["kind"]: row["number"] for row in desk.what_would_go(contact=hers.name)["stays"]}
	assert stays["Customer"] == 1
	forget(person.of_contact(hers.name), whole=True)
	rows = frappe.qb.from_(search).select(search.doctype, search.title, search.content)
	found = rows.where(search.name.isin([customer, "None"])).orderby(search.doctype).run()
	assert [tuple(row) for row in found] == [
		("Complaint Case", GONE, f"{GONE} ||| {GONE}"),
		("Customer", NAME, f"{NAME} ||| {GONE}"),
	]
	assert frappe.db.get_value("Customer", customer, "customer_name") == NAME


def test_who_is_a_leads_contact_too_is_said_to_be(story):
	made = contact(story.customer("Firm"), first_name=FIRST, last_name=LAST, email=EMAIL)
	lead = frappe.get_doc({"doctype": "Lead", "lead_name": "Otto", "first_name": "Otto"}).insert()
	made.append("links", {"link_doctype": "Lead", "link_name": lead.name})
	made.save()
	firm = frappe.db.get_value("Customer", made.links[0].link_name, "customer_name")
	assert desk.what_would_go(contact=made.name)["customers"] == [firm, f"Lead {lead.name}"]


# Names that are words


@pytest.mark.parametrize(
	("first", "last", "here", "after"),
	[
		("Will", "", "Will said we will call. WILL!", f"{GONE} said we will call. {GONE}!"),
		("Mark", "Price", "Mark and price: Mark Price.", f"{GONE} and price: {GONE}."),
		("An", "", "An offer? An says an is a word.", f"{GONE} offer? {GONE} says an is a word."),
		("Dr. Wilhelmine", "", "Dr. Otto called wilhelmine.", f"Dr. Otto called {GONE}."),
		("Mr. Zyxelbaum", "", "Mr. Otto and ZYXELBAUM", f"Mr. Otto and {GONE}"),
	],
)
def test_a_name_that_is_a_word_is_taken_out_where_it_is_a_name(story, first, last, here, after):
	firm = story.customer("Firm")
	made = contact(firm, first_name=first, last_name=last, email=EMAIL)
	# The host calls it so where there is no customer yet.
	name = frappe.rename_doc("Contact", made.name, f"{first} {last}".strip(), force=True)
	theirs, others = note(firm, here), note(story.customer("Other"), here)
	forget(person.of_contact(name))
	assert notes(theirs) == after
	assert notes(others) == (here if not last else here.replace(f"{first} {last}", GONE))


@pytest.mark.parametrize("name", ["王先生", "陈经理", "王芳"])
def test_chinese_names_of_many_are_taken_out_of_their_papers_only(story, name):
	firm = story.customer("Firm")
	file = story.file(firm, people=[{"full_name": name, "email": EMAIL}])
	theirs, others = (note(one, f"已联系{name}。") for one in (firm, story.customer("Other")))
	forget(person.of_row(file.people[0].name))
	assert notes(theirs) == f"已联系{GONE}。"
	assert notes(others) == f"已联系{name}。"


def test_a_chinese_name_that_is_a_word_stays_one(story):
	firm = story.customer("Firm")
	made = contact(firm, first_name="客户", last_name="王", email=EMAIL)
	theirs = note(firm, "王客户：客户很满意。")
	forget(person.of_contact(made.name))
	assert notes(theirs) == f"{GONE}：客户很满意。"


# However it is written


@pytest.mark.parametrize(
	("first", "last", "written"),
	[
		("José", "Müller", "Jose\u0301 Mu\u0308ller"),
		("Jose\u0301", "Mu\u0308ller", "José Müller"),
		("Jürgen", "Öztürk", "JÜRGEN ÖZTÜRK"),
		("Otto", "Strauß", "OTTO STRAUSS"),
		("Shane", "O'Brien", "Shane O\u2019Brien"),
		("Shane", "O\u2019Brien", "Shane O&#39;Brien"),
		("Wilhelmine", "Zyxelbaum", "Wilhelmine&nbsp;Zyxelbaum"),
		("Wilhelmine", "Zyxelbaum", "Wilhelmine\n Zyxelbaum"),
		("Wilhelmine", "Zyxelbaum", "Scan_Wilhelmine_Zyxelbaum_2"),
	],
)
def test_however_it_is_written(story, first, last, written):
	made = contact(story.customer("Firm"), first_name=first, last_name=last, email=EMAIL)
	elsewhere = note(story.customer("Other"), "Owl")
	frappe.db.set_value("Customer Touch", elsewhere.name, "notes", f"With {written}.")
	forget(person.of_contact(made.name))
	assert GONE in notes(elsewhere) and "With" in notes(elsewhere)


def test_what_came_from_their_address_is_theirs_however_it_is_written(story):
	story.system_settings(country="Germany")
	made = contact(story.customer("Firm"), first_name=FIRST, last_name=LAST, email=EMAIL, mobile=PHONE)
	firm = made.links[0].link_name
	by_number = story.case(firm, "By number", description="My owl is broken.")
	by_number.db_set({"contact": None, "contact_email": None, "contact_mobile": "0170/555 12-34"})
	by_mail = story.case(firm, "By mail", description="My owl is broken.")
	by_mail.db_set({"contact": None, "contact_email": EMAIL.upper()})
	for at, recipients in enumerate(
		(f"{EMAIL.upper()}, ", f'"{NAME}" <{EMAIL}>', f"{EMAIL}, otto@keep-test.example")
	):
		mail = {"doctype": "Communication", "name": f"Mail {at}", "recipients": recipients, "subject": "Owl"}
		frappe.get_doc({**mail, "content": "Word"}).db_insert()
	forget(person.of_contact(made.name))
	assert (said(by_number), said(by_mail)) == (GONE, GONE)
	left = [frappe.db.get_value("Communication", f"Mail {at}", "content") for at in range(3)]
	assert left == [None, None, "Word"]


def test_who_got_a_message_at_anothers_address_too_is_not_named_by_it(story):
	firm = story.customer("Firm")
	made = contact(firm, first_name=FIRST, last_name=LAST, email=EMAIL)
	contact(firm, first_name="Otto", last_name="Brandt", email=EMAIL)
	row = {"doctype": "Follow Up", "customer": firm, "status": "Done", "channel": "Email", "occurrence": "1"}
	row = frappe.get_doc({**row, "reason": "Thanks.", "sent_to_person": f"Contact/{made.name}"})
	row.insert(ignore_permissions=True)
	forget(person.of_contact(made.name))
	assert frappe.db.get_value("Follow Up", row.name, ["sent_to_person", "reason"]) == (None, None)


def test_who_was_asked_about_as_having_left_is_not_named_by_that(story):
	"""The Contact is called after them, and what asks about it by that; of a rule that is gone by now, too."""
	firm = story.customer("Firm")
	made = contact(firm, first_name=FIRST, last_name=LAST, email=EMAIL)
	for at, more in enumerate(("", f" again {PREFIX}")):
		about = {
			"doctype": "Follow Up",
			"customer": firm,
			"status": "Done",
			"reason": "Who decides has left.",
		}
		occurrence = f"{made.name} 2026-03-0{at + 1}{more}"
		frappe.get_doc({**about, "channel": "Phone", "occurrence": occurrence}).insert(
			ignore_permissions=True
		)
	forget(person.of_contact(made.name))
	left = frappe.get_all("Follow Up", {"customer": firm}, pluck="occurrence", order_by="creation asc")
	assert [one.partition(" ")[2] for one in left] == ["2026-03-01", f"2026-03-02 again {PREFIX}"]
	assert not [one for one in left if LAST in one]


# Files


def test_a_file_that_is_called_after_them_is_called_otherwise_and_is_there_still(story):
	made = contact(story.customer("Firm"), first_name=FIRST, last_name=LAST, email=EMAIL)
	other = story.customer("Other")
	content = f"{PREFIX} {frappe.generate_hash()}"
	file = {"doctype": "File", "file_name": f"Offer {NAME} 2.txt", "content": content, "is_private": 1}
	file = frappe.get_doc({**file, "attached_to_doctype": "Customer", "attached_to_name": other}).insert()
	before = Path(file.get_full_path())
	frappe.db.set_value("Customer", other, "image", file.file_url)
	frappe.db.commit()
	who = person.of_contact(made.name)
	called_files.call_anew(who.words)
	frappe.db.rollback()  # killed on the way
	assert not before.exists() and frappe.db.get_value("File", file.name, "file_url") == file.file_url
	forget(who)
	file = frappe.get_doc("File", file.name)
	assert file.get_content() == content
	assert LAST not in file.file_url and LAST not in file.file_name and not before.exists()
	assert frappe.db.get_value("Customer", other, "image") == file.file_url
	Path(file.get_full_path()).unlink()
