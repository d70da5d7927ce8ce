"""The templates for Data Import, really imported; and consent, which outlives every import that says nothing of it."""

from pathlib import Path

import frappe
import pytest

import keep_customers
from keep_customers.people import desk
from tests.site.story import ANNA

TEMPLATES = Path(keep_customers.__file__).parent / "public" / "templates"
NEW, UPDATE = "Insert New Records", "Update Existing Records"


def imported(kind, template, *rows):
	"""What Data Import makes of a template with some rows; a row is a dict by the heading."""
	[heading] = (TEMPLATES / template).read_text(encoding="utf-8").splitlines()
	names = heading.split(",")
	assert not {key for row in rows for key in row} - set(names)
	lines = [heading, *(",".join(str(row.get(name, "")) for name in names) for row in rows)]
	return import_text(kind, "\n".join(lines))


def import_text(kind, text, refused=None, doctype="Customer File"):
	from frappe.core.doctype.data_import.importer import Importer

	file = frappe.get_doc(
		{
			"doctype": "File",
			"file_name": f"{frappe.generate_hash(length=8)}.csv",
			"content": text,
			"is_private": 1,
		}
	).insert()
	doc = frappe.get_doc(
		{
			"doctype": "Data Import", "reference_doctype": doctype, "import_type": kind, "mute_emails": 1,
			"import_file": file.file_url,
		}
	).insert()  # fmt: skip
	if refused:
		frappe.db.commit()  # the host takes back what fails
	Importer(doctype, data_import=doc).import_data()
	doc.reload()
	if refused:
		[log] = frappe.get_all(
			"Data Import Log", {"data_import": doc.name}, ["success", "messages", "exception"]
		)
		assert not log.success
		assert refused in f"{log.messages}{log.exception}"
		return doc
	assert not frappe.parse_json(doc.template_warnings or "[]"), doc.template_warnings
	logs = frappe.get_all("Data Import Log", {"data_import": doc.name}, ["success", "messages", "exception"])
	assert logs and all(one.success for one in logs), logs
	return doc


def file_of(customer):
	return frappe.get_doc("Customer File", customer)


def test_files_people_and_occasions_come_in_from_the_templates(story):
	one, two = story.customer("One"), story.customer("Two")
	imported(
		NEW,
		"customer-files.csv",
		{"customer": one, "dedicated_rep": ANNA, "usage": "Drilling", "preferred_channel": "Phone"},
		{"customer": two, "specifications": "M8"},
	)
	assert (file_of(one).usage, file_of(one).dedicated_rep, file_of(two).specifications) == (
		"Drilling",
		ANNA,
		"M8",
	)
	imported(
		UPDATE,
		"people.csv",
		{
			"customer": one, "people.full_name": "Olga", "people.relation": "Owner", "people.decides": 1,
			"people.phone": "+49 30 901820", "people.birthday": "1980-05-06",
		},
		{"people.full_name": "Max", "people.relation": "Buyer", "people.month": 2, "people.day": 29},
		{"customer": two, "people.full_name": "Ida"},
	)  # fmt: skip
	imported(
		UPDATE,
		"occasions.csv",
		{"customer": one, "occasions.occasion": "Founded", "occasions.date": "1990-03-07"},
		{
			"occasions.occasion": "Saint's Day",
			"occasions.person": "Olga",
			"occasions.month": 7,
			"occasions.day": 11,
		},
	)
	file = file_of(one)
	assert [(row.full_name, row.recurs) for row in file.people] == [("Olga", "G-05-06"), ("Max", "G-02-29")]
	assert [(row.occasion, row.recurs) for row in file.occasions] == [
		("Founded", "G-03-07"),
		("Saint's Day", "G-07-11"),
	]
	assert file.usage == "Drilling" and [row.full_name for row in file_of(two).people] == ["Ida"]
	assert frappe.db.get_value("Customer", one, "keep_file_score") == file.completeness > 30


@pytest.fixture
def agreed(story):
	"""A firm whose Olga has agreed to e-mails and does not want to be called."""
	firm = story.customer("Firm")
	file = story.file(
		firm,
		dedicated_rep=ANNA,
		people=[
			{
				"full_name": "Olga",
				"relation": "Owner",
				"email": "olga@firm.example",
				"phone": "+49 30 901820",
				"note": "Tea",
			},
			{"full_name": "Max", "birthday": "1970-02-03"},
		],
		occasions=[{"occasion": "Founded", "date": "1990-03-07"}],
		consents=[{"channel": "Letter", "consent": "Given", "date": "2026-01-02", "source": "By phone"}],
	)
	olga = file.people[0].name
	for channel, given in (("Email", True), ("Phone", False)):
		desk.tell(firm, channel, given, "Customer File Person", olga)
	return firm, olga


def said(firm):
	rows = frappe.get_all(
		"Consent Record", {"customer": firm}, ["channel", "consent", "person"], order_by="channel"
	)
	return [tuple(row.values()) for row in rows]


def test_consent_outlives_an_import_of_other_fields(agreed):
	firm, olga = agreed
	before = said(firm)
	assert ("Email", "Given", olga) in before and ("Phone", "Refused", olga) in before
	import_text(UPDATE, f"customer,usage\n{firm},Drilling")
	assert said(firm) == before and len(file_of(firm).people) == 2


def test_consent_outlives_an_import_of_people(agreed):
	firm, olga = agreed
	before = said(firm)
	imported(
		UPDATE,
		"people.csv",
		{"customer": firm, "people.full_name": "OLGA ", "people.birthday": "1980-05-06"},
		{"people.full_name": "Ida", "people.relation": "Buyer"},
	)
	file = file_of(firm)
	assert [row.full_name.strip().title() for row in file.people] == ["Olga", "Max", "Ida"], (
		"who is not in the sheet stays"
	)
	assert file.people[0].name == olga and (file.people[0].phone, file.people[0].note) == (
		"+49 30 901820",
		"Tea",
	)
	assert [row.recurs for row in file.people] == ["G-05-06", "G-02-03", None]
	assert said(firm) == before
	assert [row.idx for row in file.people] == [1, 2, 3] and len(file.occasions) == len(file.consents) == 1


def test_the_same_import_again_changes_nothing(agreed):
	firm, _olga = agreed
	row = {"customer": firm, "occasions.occasion": "founded", "occasions.note": "A Wednesday"}
	imported(UPDATE, "occasions.csv", row)
	imported(UPDATE, "occasions.csv", {**row, "occasions.note": "A Thursday"})
	[occasion] = file_of(firm).occasions
	assert (str(occasion.date), occasion.note) == ("1990-03-07", "A Thursday")


def test_who_is_taken_off_on_the_form_is_forgotten_still(agreed):
	firm, olga = agreed
	file = file_of(firm)
	file.people = file.people[1:]
	file.save()
	assert not frappe.db.exists("Consent Record", {"person": olga})


def test_an_import_of_numbers_and_notes_leaves_the_calendar_and_who_decides(story):
	firm = story.customer("Firm")
	story.file(
		firm,
		people=[{"full_name": "Li", "decides": 1, "birthday": "1984-09-10", "calendar": "Lunar"}],
		occasions=[{"occasion": "Founded", "month": 8, "day": 15, "calendar": "Lunar"}],
	)
	import_text(UPDATE, f"customer,people.full_name,people.phone\n{firm},Li,+49 30 901820")
	import_text(UPDATE, f"customer,occasions.occasion,occasions.note\n{firm},Founded,Cake")
	[li], [founded] = file_of(firm).people, file_of(firm).occasions
	assert (li.phone, li.decides, li.calendar, li.recurs) == ("+49 30 901820", 1, "Lunar", "L-08-15")
	assert (founded.note, founded.calendar, founded.recurs) == ("Cake", "Lunar", "L-08-15")
	# What the sheet says is what it says; by its ID a row is the one that is meant.
	import_text(
		UPDATE, f"ID,customer,people.name,people.decides,people.calendar\n{firm},{firm},{li.name},0,Gregorian"
	)
	[li] = file_of(firm).people
	assert (li.full_name, li.decides, li.calendar, li.recurs) == ("Li", 0, "Gregorian", "G-09-10")


@pytest.mark.parametrize(
	"sheet", ["consents.channel,consents.consent\n{},Email,", "consents.channel\n{},Email"]
)
def test_an_empty_cell_is_nobodys_consent(story, sheet):
	firm = story.customer("Firm")
	story.file(firm, usage="Drilling")
	before = said(firm)
	import_text(UPDATE, f"customer,{sheet.format(firm)}", refused="Consent")
	assert said(firm) == before and not file_of(firm).consents


def test_two_rows_of_one_person_in_a_sheet_are_one_and_two_of_one_name_are_two(story):
	known, new = story.customer("Known"), story.customer("New")
	story.file(known, people=[{"full_name": "Otto", "phone": "+49 30 901820"}])
	heading = "customer,people.full_name,people.relation,people.phone,people.email"
	for kind, firm in ((UPDATE, known), (NEW, new)):
		sheet = [
			heading,
			f"{firm},Uwe  Test,Owner,+49 30 901821,",
			",uwe test,Owner,,uwe@keep-test.example",
			",uwe test,Owner,,",
			",Li Wei,Parent,+49 30 901822,",
			",Li Wei,Child,+49 30 901823,",
			",otto,,,otto@keep-test.example",
		]
		import_text(kind, "\n".join(sheet))
	people = {
		firm: [(row.full_name, row.relation or None, row.phone, row.email) for row in file_of(firm).people]
		for firm in (known, new)
	}
	uwe = ("Uwe  Test", "Owner", "+49 30 901821", "uwe@keep-test.example")
	both = [("Li Wei", "Parent", "+49 30 901822", None), ("Li Wei", "Child", "+49 30 901823", None)]
	assert people[known] == [("otto", None, "+49 30 901820", "otto@keep-test.example"), uwe, *both]
	assert [one for one in people[new] if one[0] != "otto"] == [uwe, *both]
	# The same sheet again changes nothing.
	import_text(UPDATE, "\n".join([heading, *(one.replace(new, known) for one in sheet[1:])]))
	assert len(file_of(known).people) == 4
	# A sheet with one of two who are called alike leaves the other one as he is.
	import_text(UPDATE, f"{heading},people.note\n{known},Li Wei,Child,+49 30 901823,,Plays chess")
	assert [(row.relation, row.phone, row.note) for row in file_of(known).people[2:]] == [
		("Parent", "+49 30 901822", None), ("Child", "+49 30 901823", "Plays chess"),
	]  # fmt: skip
