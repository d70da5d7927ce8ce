"""The framework's own requests: a user of the website who wants to be forgotten, or to know what is stored."""

import json

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime

from keep_customers.privacy import desk, export, exported, forgetting, person, requests
from tests.site.mail import contact, mailbox  # noqa: F401
from tests.site.privacy.told import EMAIL, FIRST, LAST, NAME
from tests.site.story import ANNA, BEN
from tests.site.web import Browser, Server

REQUEST, DOWNLOAD = "Personal Data Deletion Request", "Personal Data Download Request"


@pytest.fixture
def wilma(story):
	"""Wilhelmine, who logs in to see her complaint; and what Anna has noted about her."""
	customer = story.customer("Firm")
	frappe.get_doc(
		{
			"doctype": "User", "email": EMAIL, "first_name": FIRST, "last_name": LAST, "user_type": "Website User",
			"send_welcome_email": 0, "enabled": 1,
		}
	).insert()  # fmt: skip
	for name in frappe.get_all("Contact", {"user": EMAIL}, pluck="name"):
		frappe.delete_doc("Contact", name, force=True)
	made = contact(customer, first_name=FIRST, last_name=LAST, email=EMAIL, user=EMAIL)
	story.file(customer, people=[{"full_name": NAME, "contact": made.name, "note": "Collects owls"}])
	story.case(customer, "Hers", contact=made.name, description="My owl is broken.")
	yield made
	frappe.set_user("Administrator")
	for name in (
		EMAIL,
		*frappe.get_all("User", {"name": ("like", "%deleted-user%")}, pluck="name"),
		*frappe.get_all("User", {"name": ("like", "forgotten-%")}, pluck="name"),
	):
		frappe.delete_doc("User", name, force=True, ignore_missing=True)


def test_who_asks_the_framework_is_forgotten_here_too(wilma):
	request = frappe.get_doc({"doctype": REQUEST, "email": EMAIL}).insert()
	request.db_set("status", "Pending Approval")
	request.add_deletion_steps()
	[waiting] = forgetting.unfinished()
	forgetting.run(waiting)
	assert frappe.db.get_value("Forgotten Person", waiting, "status") == "Done"
	assert not frappe.db.exists("Contact", wilma.name)
	assert not frappe.db.exists("Customer File Person", {"full_name": NAME})
	assert frappe.get_all("Complaint Case", pluck="description") == ["[…]"]
	request.reload()
	request.save()  # the framework goes on; it is not begun again
	assert forgetting.unfinished() == []


def test_their_user_goes_with_them(wilma):
	forgetting.run(forgetting.begin(person.of_contact(wilma.name), forgetting.Wish()))
	assert not frappe.db.exists("User", EMAIL)
	[user] = frappe.get_all(
		"User", {"name": ("like", "forgotten-%")}, ["name", "email", "enabled", "full_name", "first_name"]
	)
	assert (user.email, user.enabled, user.full_name, user.first_name) == (user.name, 0, "[…]", "[…]")
	assert not frappe.get_all("Comment", {"content": ("like", f"%{EMAIL}%")})


def test_their_users_go_although_no_contact_names_them(wilma):
	"""The framework leaves a Contact that is there as it is when somebody registers; and pictures hang on the user."""
	frappe.db.set_value("Contact", wilma.name, "user", None)
	picture = {"doctype": "File", "file_name": "wilma.txt", "content": "(o_o)", "attached_to_doctype": "User"}
	frappe.get_doc({**picture, "attached_to_name": EMAIL, "is_private": 1}).insert()
	assert desk.what_would_go(contact=wilma.name)["user"] == EMAIL
	forgetting.run(forgetting.begin(person.of_contact(wilma.name), forgetting.Wish()))
	assert not frappe.db.exists("User", EMAIL)
	assert frappe.db.count("User", {"name": ("like", "forgotten-%"), "enabled": 0}) == 1
	assert not frappe.get_all("File", {"file_name": ("like", "wilma%")})


def test_a_job_begun_before_an_upgrade_knows_its_user(wilma):
	who = person.of_contact(wilma.name)
	stored = json.loads(who.as_json())
	assert person.Person.of(stored) == who
	del stored["users"]
	assert person.Person.of({**stored, "user": EMAIL}).users == [EMAIL]
	assert person.Person.of({**stored, "user": None}).users == []


def test_who_works_here_is_not_forgotten_by_the_button(story):
	made = contact(story.customer("Firm"), first_name="Anna", email=ANNA, user=ANNA)
	for ask in (desk.what_would_go, desk.forget):
		with pytest.raises(frappe.ValidationError):
			ask(contact=made.name)
	assert forgetting.unfinished() == []


def ask(user, about):
	"""As the framework's page sends it, whoever is logged in; done at once."""
	frappe.set_user(user)
	try:
		request = frappe.get_doc({"doctype": DOWNLOAD, "user": about, "user_name": NAME})
		return request.insert(ignore_permissions=True)
	finally:
		frappe.set_user("Administrator")


@pytest.fixture
def asked(monkeypatch):
	"""For whom a file was asked of the background."""
	found = []
	monkeypatch.setattr(requests, "soon", lambda _job, queue, user: found.append(user))
	return found


def files():
	fields = ["name", "owner", "is_private", "attached_to_doctype", "attached_to_name"]
	return frappe.get_all("File", {"file_name": ("like", f"{exported.BEGINS}%")}, fields)


def test_who_asks_what_is_stored_gets_what_is_theirs(wilma, asked):
	request = ask(EMAIL, EMAIL)
	assert (asked, files()) == ([EMAIL], []), "nothing is gathered while they wait"
	requests.make_file(EMAIL)
	[file] = files()
	# Whoever may read the request reads nothing of it.
	assert (file.is_private, file.owner, file.attached_to_doctype, file.attached_to_name) == (
		1,
		EMAIL,
		None,
		None,
	)
	text = frappe.get_doc("File", file.name).get_content()
	assert json.loads(text)["names"] == [NAME]
	assert "My owl is broken." in text and "Collects owls" not in text
	[mail] = frappe.get_all("Email Queue", {"message": ("like", "%What We Know of You%")}, pluck="name")
	assert frappe.get_all("Email Queue Recipient", {"parent": mail}, pluck="recipient") == [EMAIL]
	# Nobody has files and mails made without end.
	ask(EMAIL, EMAIL)
	requests.make_file(EMAIL)
	assert (asked, len(files())) == ([EMAIL], 1)
	assert request.owner == EMAIL


def test_nobody_gets_what_is_stored_of_another(wilma, asked, mallory):
	for who in (MALLORY, "Guest", BEN):
		with pytest.raises(frappe.PermissionError):
			ask(who, EMAIL)
	assert (asked, frappe.db.count(DOWNLOAD), files()) == ([], 0, [])
	ask("Administrator", EMAIL)
	assert asked == [EMAIL], "who answers for the firm may have it made for them"


def test_the_frameworks_own_page_gives_nothing_of_another(wilma):
	frappe.db.commit()
	server = Server()
	form = {
		"web_form": "request-data",
		"data": json.dumps({"doctype": DOWNLOAD, "web_form_name": "request-data", "user": EMAIL}),
	}
	for who in (None, BEN):
		answer = Browser(server, who).call("frappe.website.doctype.web_form.web_form.accept", **form)
		assert answer.status_code == 403 and "your own data" in answer.text, answer.text
	frappe.db.rollback()
	assert (frappe.db.count(DOWNLOAD), files()) == (0, [])


def test_who_works_here_gets_no_customers_mails(wilma, asked):
	"""Those from and to a colleague are from and to all customers; so are those of the firm's own mailbox."""
	ask(ANNA, ANNA)
	frappe.get_doc("User", EMAIL).db_set("user_type", "System User")
	ask(EMAIL, EMAIL)
	requests.make_file(EMAIL)
	frappe.get_doc("User", EMAIL).db_set("user_type", "Website User")
	frappe.db.set_value("Email Account", {"email_id": "hello@tools.example"}, "email_id", EMAIL)
	ask(EMAIL, EMAIL)
	requests.make_file(EMAIL)
	assert (asked, files()) == ([], [])


def test_what_fails_is_logged_without_whom(wilma, monkeypatch):
	def fails(who, own_words):
		raise frappe.ValidationError(f"{who.full_names} is in the way")

	monkeypatch.setattr(export, "of", fails)
	requests.make_file(EMAIL)
	[log] = frappe.get_all("Error Log", {"method": ("like", "%personal data%")}, ["error"])
	assert "ValidationError" in log.error and "_make_file" in log.error
	assert NAME not in log.error and EMAIL not in log.error


def test_what_others_write_among_themselves_is_not_in_it(wilma):
	"""Colleagues about her case, and what somebody else has answered: both hang on what is hers."""
	case = frappe.get_all("Complaint Case", pluck="name")[0]
	for at, (sender, recipients) in enumerate(
		(
			(ANNA, BEN),
			("otto@zyxelbaum.example", ANNA),
			(ANNA, f"x{EMAIL}"),
			(f"{NAME} <{EMAIL.upper()}>", ANNA),
			(ANNA, f"{BEN}, {EMAIL}"),
		)
	):
		frappe.get_doc(
			{
				"doctype": "Communication", "name": f"Mail {at}", "communication_type": "Communication",
				"communication_medium": "Email", "sender": sender, "recipients": recipients, "content": f"Word {at}",
				"reference_doctype": "Complaint Case", "reference_name": case, "subject": "Owl",
			}
		).db_insert()  # fmt: skip
	documents = export.of(person.of_user(EMAIL), own_words=True)["documents"]
	assert [row["content"] for row in documents["Communication"]] == ["Word 3", "Word 4"]
	everything = export.of(person.of_contact(wilma.name))["documents"]["Communication"]
	assert len(everything) == 5, "who answers for the firm reads it all"


# A link proves nothing

MALLORY = "mallory@stranger.example"


@pytest.fixture
def mallory(story):
	"""Has registered on the website, and may make Contacts like everybody."""
	frappe.get_doc(
		{
			"doctype": "User",
			"email": MALLORY,
			"first_name": "Mallory",
			"send_welcome_email": 0,
			"user_type": "Website User",
		}
	).insert()
	for name in frappe.get_all("Contact", {"user": MALLORY}, pluck="name"):
		frappe.delete_doc("Contact", name, force=True)
	yield MALLORY
	frappe.set_user("Administrator")
	frappe.delete_doc("User", MALLORY, force=True, ignore_missing=True)


def claims(customer, *emails, **values):
	"""A Contact that Mallory makes of herself, called like Wilhelmine."""
	frappe.set_user(MALLORY)
	made = frappe.get_doc(
		{
			"doctype": "Contact",
			"first_name": FIRST,
			"last_name": LAST,
			"email_ids": [{"email_id": one, "is_primary": not at} for at, one in enumerate(emails)],
			"links": [{"link_doctype": "Customer", "link_name": customer}],
			**values,
		}
	).insert(ignore_permissions=True)
	frappe.set_user("Administrator")
	return made.name


@pytest.mark.parametrize("emails", [(EMAIL, MALLORY), (MALLORY, EMAIL), (MALLORY,)])
def test_who_calls_themselves_like_another_is_not_that_other(wilma, mallory, emails):
	customer = wilma.links[0].link_name
	claimed = claims(customer, *emails, user=MALLORY)
	who = person.of_user(MALLORY)
	assert (who.names, who.customers, who.rows, who.alone) == ([], [], [], False)
	assert who.addresses == [MALLORY]
	assert wilma.name not in who.contacts
	assert person.of_user(EMAIL).full_names == [NAME], "nor is she less herself"
	# The host links a mail to the Contacts that have an address of it.
	mail = {
		"doctype": "Communication",
		"name": "Hers",
		"sender": EMAIL,
		"recipients": ANNA,
		"content": "Help!",
	}
	frappe.get_doc({**mail, "communication_type": "Communication", "subject": "Owl"}).db_insert()
	linked = {"parent": "Hers", "parenttype": "Communication", "parentfield": "timeline_links"}
	frappe.get_doc(
		{"doctype": "Communication Link", **linked, "link_doctype": "Contact", "link_name": claimed}
	).db_insert()
	text = exported.as_text(export.of(who, own_words=True))
	assert "My owl is broken." not in text
	request = frappe.get_doc({"doctype": REQUEST, "email": MALLORY}).insert()
	request.db_set("status", "Pending Approval")
	request.add_deletion_steps()
	[waiting] = forgetting.unfinished()
	assert not json.loads(frappe.db.get_value("Forgotten Person", waiting, "work"))["wish"]["whole"]
	forgetting.run(waiting)
	assert frappe.db.get_value("Communication", "Hers", "content") == "Help!"
	assert frappe.db.exists("Contact", wilma.name)
	assert frappe.db.get_value("Customer File Person", {"contact": wilma.name}, "full_name") == NAME
	assert frappe.get_all("Complaint Case", pluck="description") == ["My owl is broken."]


def test_who_is_known_and_takes_another_name_is_still_themselves(wilma, story):
	"""A website user's Contact follows what they call themselves in their profile."""
	otto = contact(
		wilma.links[0].link_name, first_name="Otto", last_name="Brandt", email="otto@zyxelbaum.example"
	)
	frappe.db.set_value(
		"Contact", wilma.name, {"full_name": "Otto Brandt", "first_name": "Otto", "last_name": "Brandt"}
	)
	who = person.of_user(EMAIL)
	assert who.full_names == [NAME], "as colleagues have written it"
	assert (who.contacts, who.customers) == ([wilma.name], [wilma.links[0].link_name])
	assert otto.name not in who.contacts


def test_files_that_were_made_for_whoever_asked_go(wilma):
	request = ask(EMAIL, EMAIL)
	told = frappe.get_doc("File", {"file_url": exported.keep(export.of(person.of_user(EMAIL)))})
	told.db_set({"attached_to_doctype": DOWNLOAD, "attached_to_name": request.name})
	notes = {"doctype": "File", "file_name": "personal-data-mine.json", "content": "[1]", "is_private": 1}
	frappe.get_doc({**notes, "attached_to_doctype": DOWNLOAD, "attached_to_name": request.name}).insert()
	exported.remove_old()
	assert not frappe.db.exists("File", told.name)
	assert frappe.db.exists("File", {"file_name": ("like", "personal-data-mine%")}), (
		"what somebody else called so"
	)


def test_everything_is_in_the_file_for_who_answers(wilma):
	about = {"contact_person": wilma.name, "contact_display": NAME, "contact_email": EMAIL, "grand_total": 70}
	frappe.get_doc({"doctype": "Sales Invoice", "name": "Keep Test SI", **about}).db_insert()
	sheet = {"doctype": "File", "file_name": "people.csv", "content": f"Name\n{NAME}\n", "is_private": 1}
	sheet = frappe.get_doc(sheet).insert()
	people = {"doctype": "Data Import", "name": "Keep Test People", "reference_doctype": "Contact"}
	frappe.get_doc({**people, "import_file": sheet.file_url}).db_insert()
	url = export.make(contact=wilma.name)
	file = frappe.get_doc("File", {"file_url": url})
	assert (file.is_private, file.owner) == (1, "Administrator")
	told = json.loads(file.get_content())
	assert told["addresses"] == [EMAIL]
	assert "Collects owls" in json.dumps(told["documents"])
	[shown] = told["documents"]["Sales Invoice"]
	assert (shown["name"], shown["contact_display"], shown["contact_email"]) == ("Keep Test SI", NAME, EMAIL)
	assert "items" not in shown and "grand_total" not in shown
	assert told["documents"]["Data Import"] == [{"name": "Keep Test People"}]
	# A file that is given out is not to lie about.
	exported.remove_old()
	assert frappe.db.exists("File", file.name)
	file.db_set("creation", add_to_date(now_datetime(), days=-exported.DAYS - 1), update_modified=False)
	exported.remove_old()
	assert not frappe.db.exists("File", file.name)
