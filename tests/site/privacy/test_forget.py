"""Somebody is forgotten: what was written about them is nowhere, and all figures are what they were."""

from datetime import date
from pathlib import Path

import frappe
import pytest
from frappe.permissions import add_user_permission

from keep_customers.engine.occasions import marks
from keep_customers.messaging import sending
from keep_customers.people import consent, desk
from keep_customers.people.addresses import mark
from keep_customers.privacy import desk as buttons
from keep_customers.privacy import export, forgetting, host_papers, person, places
from tests.site.erp.matrix import papers
from tests.site.mail import contact
from tests.site.privacy.told import EMAIL, FIRST, LAST, NAME, OTHERWISE, PHONE, everything, where
from tests.site.story import ANNA, MIA, _user, once

WORDS = (NAME, FIRST, LAST, EMAIL, PHONE, "5551234", "555 12-34")
# Of a customer's papers these words stay when its only person is forgotten, and why.
STAY = {
	**dict.fromkeys(places.ABOUT_THE_FIRM, "written by programs about the firm, or the firm's own"),
	**dict.fromkeys(
		("Visit Plan", "Visit Plan Day Note"), "a rep's words about a journey to several customers"
	),
	"Care Run Set Aside": "what a night could not do",
	"Customer": "what the customer is called",
}


def forget(who, **wish):
	name = forgetting.begin(who, forgetting.Wish(**wish))
	frappe.db.commit()
	forgetting.run(name)
	return frappe.get_doc("Forgotten Person", name)


def is_about_somebody(doctype, field):
	"""Whether what stands there was written about somebody at a customer; a doctype that is new is, until STAY says why not."""
	if papers.parents().get(doctype, doctype) not in papers.ABOUT_CUSTOMER or doctype not in places.ours():
		return False
	if field not in places.place(doctype).words:
		return False
	return field not in places.FACTS_OF_FILE if doctype == "Customer File" else doctype not in STAY


def figures(customer):
	"""What counts, costs and rates, of all that is about a customer."""
	kinds = ("Int", "Float", "Currency", "Percent", "Rating", "Date", "Datetime", "Check")
	found = {}
	for doctype in places.ours():
		column = places.customer_field(doctype)
		# What is noted about the file's people changes with them.
		if column and doctype not in ("Contact Confirmation", "Consent Record"):
			fields = [one.fieldname for one in frappe.get_meta(doctype).fields if one.fieldtype in kinds]
			found[doctype] = frappe.get_all(doctype, {column: customer}, ["name", *fields], order_by="name")
	return found


def test_what_was_planted_is_nowhere_and_figures_stay(story):
	"""A word in every text field of every document of ours: found in no table and no file."""
	told = everything(story)
	before = figures(told.customer)
	export.make(contact=told.names["Contact"])
	# One that was given on with a document of somebody else's.
	given = frappe.get_doc("File", {"file_url": export.make(contact=told.names["Contact"])})
	given.db_set({"attached_to_doctype": "User", "attached_to_name": ANNA})
	record = forget(person.of_contact(told.names["Contact"]), whole=True, sales=True)
	assert (record.status, record.work, record.asked_by) == ("Done", None, "Administrator")
	words = {word for word, (doctype, field) in told.words.items() if is_about_somebody(doctype, field)}
	assert len(words) > 60
	left = where(*WORDS, *words, since=told.begun)
	assert left == {}, {place: [told.words.get(one, one) for one in some] for place, some in left.items()}
	assert figures(told.customer) == before


# Two people of a firm, one of whom is forgotten

SWITCHBOARD = "+49 30 1112220"


@pytest.fixture
@once
def firm(story):
	"""Otto and Wilhelmine, their complaints, and what Otto says of her."""
	firm = frappe._dict(name=story.customer("Firm"))
	firm.file = story.file(
		firm.name,
		people=[
			{
				"full_name": NAME,
				"email": EMAIL,
				"phone": SWITCHBOARD,
				"note": "Collects owls",
				"birthday": "1970-03-04",
			},
			{"full_name": "Otto Zyxelbaum", "phone": SWITCHBOARD},
		],
		occasions=[{"occasion": "Wedding", "date": "2020-05-05", "person": NAME}],
		family="Two cats",
	)
	firm.wilma = contact(firm.name, first_name=FIRST, last_name=LAST, email=EMAIL, mobile=PHONE).name
	firm.otto = contact(firm.name, first_name="Otto", last_name=LAST, email="otto@zyxelbaum.example").name
	firm.file.people[0].contact = firm.wilma
	firm.file.save()
	firm.hers = story.case(firm.name, "Hers", contact=firm.wilma, description="My owl is broken.")
	firm.hers.db_set({"person_rating": 0.4, "compensation_cost": 25})
	says = f"{NAME} says so, ask Wilhelmine at {OTHERWISE} or {EMAIL.upper()}; Otto Zyxelbaum agrees, on {SWITCHBOARD}."
	firm.his = story.case(firm.name, "His", contact=firm.otto, description=says)
	firm.his.add_comment("Comment", f"Called {FIRST}.")
	return firm


def sent_lately(story, firm):
	"""A follow-up whose e-mail to her the host has sent; the app looks at that every hour."""
	mail = frappe.get_doc(
		{
			"doctype": "Email Queue", "sender": "us@firm.example", "message": f"Dear {FIRST}", "status": "Sent",
			"recipients": [{"recipient": EMAIL, "status": "Sent"}],
		}
	).insert()  # fmt: skip
	follow_up = {
		"doctype": "Follow Up", "customer": firm.name, "occurrence": "Spring", "status": "Assigned", "reason": "Spring",
		"channel": "Email", "planned_on": story.today, "due_date": story.today, "send_status": "Sending",
		"email_queue": mail.name, "sent_to": mark(EMAIL), "sent_to_person": f"Contact/{firm.wilma}",
	}  # fmt: skip
	return frappe.get_doc(follow_up).insert().name


def test_of_two_one_is_forgotten(firm, story):
	sent = sent_lately(story, firm)
	record = forget(person.of_contact(firm.wilma))
	# It has left, although nobody has noted that yet: no rep is asked to see to it.
	sending.follow_back()
	assert frappe.db.get_value("Follow Up", sent, ["status", "send_status", "sent_to_person"]) == (
		"Done", "Sent", None,
	)  # fmt: skip
	assert not frappe.db.exists("Contact", firm.wilma) and frappe.db.exists("Contact", firm.otto)
	hers = frappe.db.get_value("Complaint Case", firm.hers.name, "*", as_dict=True)
	assert (hers.description, hers.subject, hers.contact, hers.contact_email) == ("[…]", "[…]", None, None)
	assert (hers.person_rating, hers.compensation_cost, hers.customer) == (0.4, 25, firm.name)
	# What another has written is still there, and his name, which is hers in part, and a number that is both of theirs.
	his = frappe.get_doc("Complaint Case", firm.his.name)
	assert his.description == f"[…] says so, ask […] at […] or […]; Otto Zyxelbaum agrees, on {SWITCHBOARD}."
	assert (his.contact, his.subject) == (firm.otto, firm.his.subject)
	assert frappe.get_all(
		"Comment", {"reference_name": his.name, "comment_type": "Comment"}, pluck="content"
	) == ["Called […]."]
	file = frappe.get_doc("Customer File", firm.name)
	assert [(one.full_name, one.phone) for one in file.people] == [("Otto Zyxelbaum", SWITCHBOARD)]
	assert (file.occasions, file.family) == ([], "Two cats")
	assert {row.kind: row.number for row in record.counts if row.done == "Deleted"}["Contact"] == 1
	assert NAME not in record.as_json() and EMAIL not in record.as_json()


def test_who_did_not_want_it_is_not_written_to_again(firm, story):
	desk.tell(firm.name, "Email", False, "Contact", firm.wilma)
	forget(person.of_contact(firm.wilma), never_again=False)
	assert not frappe.get_all("Consent Record", {"person_name": ("like", f"%{LAST}%")})
	again = contact(story.customer("Other"), first_name=FIRST, last_name=LAST, email=EMAIL, mobile=PHONE)
	other = again.links[0].link_name
	assert consent.of_contact(other, again.name, "Email").refused
	assert not consent.of_contact(other, again.name, "SMS").refused


def test_their_no_to_all_mails_of_the_host_stays(firm):
	"""It is the one place where the address stays: the host's newsletters ask there."""
	for of_all, about in ((1, None), (0, "Complaint Case"), (1, "Complaint Case")):
		no = {
			"doctype": "Email Unsubscribe",
			"email": EMAIL,
			"global_unsubscribe": of_all,
			"reference_doctype": about,
		}
		no = frappe.get_doc({**no, "reference_name": firm.hers.name if about else None})
		no.name = f"{of_all} {about}"
		no.db_insert()
	stays = {row["kind"]: row["number"] for row in buttons.what_would_go(contact=firm.wilma)["stays"]}
	assert stays["Email Unsubscribe"] == 2
	forget(person.of_contact(firm.wilma))
	hers = {"email": EMAIL}  # a site has its administrator's from the beginning
	left = frappe.get_all("Email Unsubscribe", hers, ["name", "email"], as_list=True, order_by="name")
	assert list(left) == [("1 Complaint Case", EMAIL), ("1 None", EMAIL)]


def test_nobody_writes_again_to_who_was_forgotten(firm, story):
	forget(person.of_contact(firm.wilma), never_again=True)
	again = contact(story.customer("Other"), first_name=FIRST, last_name=LAST, email=EMAIL, mobile=PHONE)
	other = again.links[0].link_name
	assert consent.of_contact(other, again.name, "Email").refused
	assert consent.of_contact(other, again.name, "SMS").refused


def test_a_job_that_was_killed_goes_on_where_it_stopped(firm, monkeypatch):
	name = forgetting.begin(person.of_contact(firm.wilma), forgetting.Wish())
	frappe.db.commit()

	def killed(_names):
		raise frappe.ValidationError(f"{NAME} stands in the way")

	with monkeypatch.context() as patched:
		patched.setattr(host_papers, "empty_mails", killed)
		# The host would log what a job raises, with all variables on the way.
		forgetting.run(name)
	[log] = frappe.get_all("Error Log", {"method": ("like", "%not forgotten%")}, pluck="error")
	assert "empty_mails" in log and "ValidationError" in log
	assert NAME not in log and EMAIL not in log
	half = frappe.get_doc("Forgotten Person", name)
	assert (half.status, half.stopped_by) == ("Failed", "ValidationError")
	assert frappe.db.exists("Contact", firm.wilma)
	assert forgetting.unfinished() == [name]
	forgetting.run(name)
	record = frappe.get_doc("Forgotten Person", name)
	assert (record.status, record.work) == ("Done", None)
	assert not frappe.db.exists("Contact", firm.wilma)
	numbers = {row.kind: row.number for row in record.counts if row.done == "Emptied"}
	assert numbers["Complaint Case"] == 1
	counted = [row.as_dict() for row in record.counts]
	forgetting.run(name)  # again: nothing is left to do
	assert [row.as_dict() for row in frappe.get_doc("Forgotten Person", name).counts] == counted


def test_what_is_due_for_them_is_taken_back(firm, story):
	row = firm.file.people[0].name
	due = frappe.get_doc(
		{
			"doctype": "Follow Up", "customer": firm.name, "status": "Planned", "channel": "Phone", "reason": "Birthday",
			"occurrence": "2026-03-04", "reference_doctype": "Customer File Person", "reference_name": row,
		}
	)  # fmt: skip
	due.db_insert()
	forget(person.of_row(row))
	assert frappe.db.get_value("Follow Up", due.name, ["status", "reason", "reference_name"]) == (
		"Cancelled",
		None,
		None,
	)


def test_birthdays_of_coupons_go_with_whose_they_were(firm):
	"""Otto's stays beside his."""
	frappe.db.set_value(
		"Customer File Person", firm.file.people[1].name, "recurs", marks(date(2026, 7, 8)).pop()
	)
	for name, day in (("HERS", "2025-03-04"), ("HIS", "2026-07-08")):
		code = {
			"doctype": "Coupon Code",
			"name": f"BIRTHDAY-{name}",
			"coupon_name": name,
			"coupon_code": name,
		}
		frappe.get_doc({**code, "customer": firm.name, "keep_birthday": day}).db_insert()
	forget(person.of_row(firm.file.people[0].name))
	hers = {"customer": firm.name}
	found = dict(frappe.get_all("Coupon Code", hers, ["coupon_name", "keep_birthday"], as_list=True))
	assert found == {"HERS": None, "HIS": date(2026, 7, 8)}


# Who may


def test_it_is_for_managers_of_all_their_customers(firm, story):
	shown = buttons.what_would_go(contact=firm.wilma)
	assert {row["kind"]: row["number"] for row in shown["goes"]}["Complaint Case"] == 1
	assert (shown["names"], shown["alone"], shown["shared"]) == ([NAME], False, [SWITCHBOARD])
	frappe.set_user(ANNA)
	for call in (buttons.what_would_go, buttons.forget, export.make):
		with pytest.raises(frappe.PermissionError):
			call(contact=firm.wilma)
	frappe.set_user("Administrator")
	_user(MIA, [])
	frappe.get_doc("User", MIA).add_roles("Keep Customers Manager", "Sales Manager")
	other = story.customer("Other")
	doc = frappe.get_doc("Contact", firm.wilma)
	doc.append("links", {"link_doctype": "Customer", "link_name": other})
	doc.save()
	add_user_permission("Customer", firm.name, MIA, ignore_permissions=True)
	frappe.set_user(MIA)
	with pytest.raises(frappe.PermissionError):
		buttons.forget(contact=firm.wilma)
	with pytest.raises(frappe.PermissionError):
		export.make(customer=firm.name, row=firm.file.people[0].name)


# Somebody without a Contact


def test_who_has_no_contact_takes_nobody_else_with_them(story):
	"""Otto of another firm has no Contact either, nor has the guest whom the event knows by the firm's name alone."""
	firm, other = story.customer("Firm"), story.customer("Other")
	ann = story.file(firm, people=[{"full_name": NAME, "email": EMAIL}]).people[0]
	story.file(other, people=[{"full_name": "Otto Brandt", "phone": "+49 30 998877"}])
	for doctype, name, values in (
		("VIP Event", "Supper", {"theme": "Supper", "status": "Inviting"}),
		("VIP Invitation", "Guest", {"event": "Supper", "customer": other, "status": "Accepted"}),
	):
		frappe.get_doc({"doctype": doctype, "name": name, **values}).db_insert()
	who = person.of_row(ann.name)
	assert (who.rows, who.customers, who.shared) == ([ann.name], [firm], [])
	forget(who, whole=True)
	assert frappe.get_all("Customer File Person", pluck="full_name") == ["Otto Brandt"]
	assert frappe.db.get_value("VIP Invitation", "Guest", "status") == "Accepted"


def sheet(kind, *rows):
	"""A Data Import with a sheet of these rows."""
	from frappe.utils.xlsxutils import make_xlsx

	content = "\n".join(map(",".join, rows)) if kind == "csv" else make_xlsx(rows, "People").getvalue()
	file = {"doctype": "File", "file_name": f"{frappe.generate_hash(length=8)}.{kind}", "content": content}
	file = frappe.get_doc({**file, "is_private": 1}).insert()
	doc = {"doctype": "Data Import", "reference_doctype": "Contact", "import_type": "Insert New Records"}
	doc = frappe.get_doc({**doc, "import_file": file.file_url}).insert()
	frappe.db.set_value("File", file.name, {"attached_to_doctype": doc.doctype, "attached_to_name": doc.name})
	return doc.name, file.file_url


def test_a_sheet_that_was_imported_goes_with_whom_it_names(story):
	made = contact(story.customer("Sheet"), first_name=FIRST, last_name=LAST, email=EMAIL)
	heading = ("First Name", "Last Name", "Email Address")
	named = [
		sheet("csv", heading, ("Otto", "Other", "otto@keep-test.example"), (FIRST, LAST, "")),
		sheet("xlsx", heading, (FIRST, "", EMAIL)),
	]
	others = sheet("xlsx", heading, ("Otto", LAST, "otto@keep-test.example"))
	lost = sheet("csv", heading, (FIRST, LAST, ""))
	Path(frappe.get_doc("File", {"file_url": lost[1]}).get_full_path()).unlink()
	shown = buttons.what_would_go(contact=made.name)
	goes = {(row["kind"], row["done"]): row["number"] for row in shown["goes"]}
	assert goes["File", "Deleted"] == 2
	record = forget(person.of_contact(made.name))
	assert ("File", "Deleted", 2) in {(row.kind, row.done, row.number) for row in record.counts}
	for name, url in named:
		assert not frappe.db.exists("File", {"file_url": url})
		assert not frappe.db.get_value("Data Import", name, "import_file")
	assert frappe.db.get_value("Data Import", others[0], "import_file") == others[1]
	assert frappe.get_doc("File", {"file_url": others[1]}).get_content()
