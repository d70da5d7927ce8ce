"""A backup from before somebody was forgotten is restored: they are found again, and nobody writes to them meanwhile."""

import json
import stat

import frappe
import pytest

from keep_customers.jobs import privacy as jobs
from keep_customers.people import consent
from keep_customers.privacy import desk, erasure_log, forgetting, person
from tests.site.mail import contact
from tests.site.privacy.told import EMAIL, FIRST, LAST, NAME, PHONE
from tests.site.story import ANNA, MIA, _user

FIRM_S = "+49 30 1112220"
TABLES = (
	"Contact", "Contact Email", "Contact Phone", "Dynamic Link", "Contact Confirmation", "Customer File",
	"Customer File Person", "Consent Record", "Forgotten Person", "Forgotten Person Count",
)  # fmt: skip


class Backup:
	"""What stands in the tables where a person is; restoring it takes back what came later."""

	def __init__(self):
		self.rows = {table: frappe.db.sql(f"select * from `tab{table}`", as_dict=True) for table in TABLES}

	def restore(self):
		for table, rows in self.rows.items():
			frappe.db.delete(table)
			for row in rows:
				frappe.db.sql(
					"insert into `tab{}` ({}) values ({})".format(
						table, ", ".join(f"`{one}`" for one in row), ", ".join(["%s"] * len(row))
					),
					list(row.values()),
				)
		frappe.db.commit()
		frappe.clear_cache()


@pytest.fixture
def wilma(story):
	firm = story.customer("Firm")
	made = contact(firm, first_name=FIRST, last_name=LAST, email=EMAIL, mobile=PHONE)
	story.file(
		firm,
		people=[
			{"full_name": NAME, "contact": made.name, "email": EMAIL, "phone": FIRM_S},
			{"full_name": "Otto", "phone": FIRM_S},
		],
	)
	return made


def forget(who, **wish):
	name = forgetting.begin(who, forgetting.Wish(**wish))
	frappe.db.commit()
	forgetting.run(name)
	return name


def restored_after(contact, **wish):
	backup = Backup()
	name = forget(person.of_contact(contact.name), **wish)
	assert not frappe.db.exists("Contact", contact.name)
	backup.restore()
	assert frappe.db.exists("Contact", contact.name) and not frappe.db.exists("Forgotten Person", name)
	return name


def record(name):
	return frappe.db.get_value("Forgotten Person", name, ["status", "asked_by", "work"], as_dict=True)


def told_of(name):
	return frappe.get_all("Notification Log", {"document_name": name}, pluck="subject")


def test_who_came_back_is_not_written_to_and_is_forgotten_again(wilma):
	customer = wilma.links[0].link_name
	name = restored_after(wilma)
	assert not consent.of_contact(customer, wilma.name, "Email").refused
	jobs.go_on()
	assert record(name).status == "Came Back"
	assert consent.of_contact(customer, wilma.name, "Email").refused
	assert consent.of_contact(customer, wilma.name, "SMS").refused
	assert "a person who had been forgotten is stored again" in told_of(name)[0]
	assert frappe.db.exists("Contact", wilma.name)  # nothing is undone unasked
	many = len(told_of(name))
	jobs.go_on()
	assert len(told_of(name)) == many and forgetting.unfinished() == []

	shown = desk.what_would_go(forgotten=name)
	assert (shown["names"], shown["shared"]) == ([NAME], [FIRM_S])
	assert desk.forget(forgotten=name) == name
	frappe.db.commit()
	forgetting.run(name)
	assert (record(name).status, record(name).work) == ("Done", None)
	assert not frappe.db.exists("Contact", wilma.name)
	file = frappe.get_doc("Customer File", customer)
	assert [one.full_name for one in file.people] == ["Otto"]
	assert list(erasure_log.entries()) == [name]


def test_of_who_is_not_in_the_backup_it_stands_again_that_they_were_forgotten(wilma):
	name = restored_after(wilma)
	file = frappe.get_doc("Customer File", wilma.links[0].link_name)
	file.people = file.people[1:]
	file.save()
	frappe.delete_doc("Contact", wilma.name)
	jobs.go_on()
	assert (record(name).status, record(name).asked_by) == ("Done", "Administrator")
	assert not told_of(name)
	again = contact(file.name, first_name="Other", email=EMAIL)
	assert consent.of_contact(file.name, again.name, "Email").refused


def test_who_was_called_otherwise_then_is_known_by_the_address(wilma):
	"""Renamed between the backup and the wish."""
	backup = Backup()
	now = frappe.rename_doc("Contact", wilma.name, "Keep Test W", force=True)
	name = forget(person.of_contact(now), never_again=False)
	backup.restore()
	jobs.go_on()
	assert record(name).status == "Came Back"
	assert desk.what_would_go(forgotten=name)["names"] == [NAME]
	# They did not ask for it.
	assert not consent.of_contact(wilma.links[0].link_name, wilma.name, "Email").refused


def test_who_is_gone_by_other_ways_meanwhile_is_nobody_to_forget(wilma):
	name = restored_after(wilma)
	jobs.go_on()
	forget(person.of_contact(wilma.name))
	for ask in (desk.what_would_go, desk.forget):
		with pytest.raises(frappe.ValidationError, match="nobody to be forgotten again"):
			ask(forgotten=name)
	assert NAME not in frappe.get_doc("Forgotten Person", name).as_json()
	jobs.go_on()
	assert record(name).status == "Done"


def test_it_is_for_managers_and_for_who_came_back(wilma):
	name = forget(person.of_contact(wilma.name))
	with pytest.raises(frappe.ValidationError, match="nobody to be forgotten again"):
		desk.forget(forgotten=name)
	for user in (ANNA, MIA):
		_user(user, [])
		frappe.set_user(user)
		for ask in (desk.what_would_go, desk.forget):
			with pytest.raises(frappe.PermissionError):
				ask(forgotten=name)
			with pytest.raises(frappe.PermissionError):
				ask(forgotten="none")
		frappe.set_user("Administrator")


def test_the_list_names_nobody_and_is_nobody_else_s_to_read(wilma):
	forget(person.of_contact(wilma.name))
	path = erasure_log._path()
	written = path.read_text()
	for word in (NAME, FIRST, LAST, EMAIL, PHONE, wilma.name):
		assert word not in written
	assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_was_cut_off_or_typed_in_spoils_nothing(wilma):
	name = forget(person.of_contact(wilma.name))
	path = erasure_log._path()
	whole = path.read_text()
	line = json.dumps(erasure_log.entries()[name])
	path.write_text(f'{line[:50]}\n[]\n{{"name": "x"}}\n\x00\n{whole}')
	assert list(erasure_log.entries()) == [name]
	jobs.go_on()
