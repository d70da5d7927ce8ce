"""What is known about a customer shares its life: renamed, merged, deleted, and open on somebody's screen."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import add_to_date, now_datetime

from keep_customers.erp import todos
from keep_customers.jobs import customer_life
from tests.site.story import ANNA, BEN, COMPANY, MIA, PREFIX, _user

EVERYTHING = ("Customer File", "Customer Value", "Tier Change", "Follow Up", "Customer Touch")
MASTER = "master@keep-test.example"


@pytest.fixture
def master(story):
	"""Somebody who looks after the customers' records and may not write values, changes or follow-ups."""
	_user(MASTER, ["Sales Master Manager"])
	return MASTER


def known(story, name, *, values=True, **file):
	"""A customer about whom everything is on record: file, value, tier change, follow-up, touch."""
	customer = story.customer(name)
	story.history(customer, [(60, 100), (20, 100), (3, 3000)])
	story.file(
		customer,
		**{
			"dedicated_rep": ANNA,
			"family": f"Wife of {name}",
			"people": [{"full_name": f"Owner of {name}", "relation": "Owner"}],
			"consents": [{"channel": "Letter", "consent": "Given", "date": "2025-01-01"}],
			**file,
		},
	)
	return customer


def asked(story, *customers):
	story.rule()
	story.completed_yesterday()
	story.night()
	for customer in customers:
		touch(customer, days=2)


def touch(customer, days, **values):
	return frappe.get_doc(
		{
			"doctype": "Customer Touch", "customer": customer, "rep": ANNA, "channel": "Visit",
			"result": "Reached", "date": add_to_date(now_datetime(), days=-days), **values,
		}
	).insert()  # fmt: skip


def records(customer):
	return {
		doctype: frappe.db.count(doctype, {"customer": customer})
		for doctype in EVERYTHING
		if frappe.db.count(doctype, {"customer": customer})
	}


def as_user(user):
	frappe.set_user(user)


# Renaming


def test_renaming_a_customer_carries_everything_along(story, master):
	old = known(story, "Old Name")
	asked(story, old)
	before = records(old)
	assert set(before) == set(EVERYTHING)
	[follow_up] = story.follow_ups(old)
	as_user(master)
	new = frappe.rename_doc("Customer", old, f"{PREFIX} New Name", show_alert=False)
	as_user("Administrator")
	assert records(new) == before and not records(old)
	file, value = (frappe.get_doc(doctype, new) for doctype in ("Customer File", "Customer Value"))
	assert (file.customer, value.customer) == (new, new)
	assert [row.full_name for row in file.people] == ["Owner of Old Name"] and len(file.consents) == 1
	assert not frappe.db.exists("Customer File", old) and not frappe.db.exists("Customer Value", old)

	# What shows the name shows the new one, and the rep's ToDo leads there.
	title = frappe.db.get_value("Customer", new, "customer_name")
	for doctype in EVERYTHING:
		assert set(frappe.get_all(doctype, filters={"customer": new}, pluck="customer_name")) == {title}
	todo = frappe.get_doc("ToDo", follow_up.todo)
	assert (todo.reference_name, todo.status) == (new, "Open")
	assert "New%20Name" in todo.description and "Old" not in todo.description.replace(title, "")
	file.save()
	todo.status = "Closed"
	todo.save()
	assert story.follow_ups(new)[0].status == "Done"

	# The next night finds nothing new.
	run = story.night()
	assert (run.changed, run.moves, run.planned) == (0, 0, 0)
	assert frappe.db.count("Tier Change", {"customer": new}) == before["Tier Change"]


def test_a_customers_new_title_is_shown_everywhere_without_touching_what_is_open(story):
	firm = known(story, "Firm")
	asked(story, firm)
	open_file = frappe.get_doc("Customer File", firm)
	customer = frappe.get_doc("Customer", firm)
	customer.customer_name = f"{PREFIX} Firm & Sons"
	customer.save()
	for doctype in EVERYTHING:
		titles = frappe.get_all(doctype, filters={"customer": firm}, pluck="customer_name")
		assert set(titles) == {f"{PREFIX} Firm & Sons"}, doctype
	todo = frappe.get_doc("ToDo", story.follow_ups(firm)[0].todo)
	assert "Firm &amp; Sons" in todo.description
	open_file.taste = "Plain"
	open_file.save()


def test_a_title_that_would_run_is_not_kept_with_us(story):
	"""The host leaves alone what reads as JSON, and its lists show what is stored."""
	firm, live = story.customer("Firm"), f'["{PREFIX} <img src=x onerror=alert(1)>"]'
	story.invoice(firm, days_ago=20, amount=500)
	# A site of before, or an import past the document life.
	frappe.db.set_value("Customer", firm, "customer_name", live)
	story.night()
	titles = {
		doctype: frappe.get_all(doctype, {"customer": firm}, pluck="customer_name") for doctype in EVERYTHING
	}
	assert titles["Customer Value"] and titles["Tier Change"]
	assert not any("onerror" in title for those in titles.values() for title in those), titles
	customer = frappe.get_doc("Customer", firm)
	customer.customer_name = f'["{PREFIX} Sons <svg onload=alert(1)>"]'
	customer.save()
	[title] = frappe.get_all("Customer Value", {"customer": firm}, pluck="customer_name")
	assert "Sons" in title and "onload" not in title


# Merging


def test_merging_two_customers_keeps_both_lives_and_doubles_nothing(story, master):
	story.policy(company=COMPANY, high_share=100, top_share=0, low_share=0)  # all Gold
	keep, gone = (
		known(story, "Keep", taste="Plain"),
		known(story, "Gone", taste="Bold", dedicated_rep=BEN, backup_rep=ANNA, leisure="Chess"),
	)
	# The same occurrence on both: greetings of the same day.
	story.rule("Greeting", trigger="Season", yearly_on=story.today)
	story.settings(contact_cap=0)
	asked(story, keep)
	late = touch(gone, days=1)
	frappe.get_doc("Customer File", gone).add_comment("Comment", "Said over coffee")
	attachment = frappe.get_doc(
		{
			"doctype": "File", "file_name": f"{PREFIX}.txt", "content": "drawing", "is_private": 1,
			"attached_to_doctype": "Customer File", "attached_to_name": gone,
		}
	).insert()  # fmt: skip
	before = {name: story.follow_ups(name) for name in (keep, gone)}
	assert [len(rows) for rows in before.values()] == [2, 2]
	doubled = next(row for row in before[gone] if row.occurrence.startswith("Season"))
	assert doubled.occurrence in {row.occurrence for row in before[keep]} and doubled.todo

	as_user(master)
	frappe.rename_doc("Customer", gone, keep, merge=True, show_alert=False)
	as_user("Administrator")
	assert not records(gone) and not frappe.db.exists("Customer", gone)
	file = frappe.get_doc("Customer File", keep)
	assert (file.taste, file.leisure, file.dedicated_rep, file.backup_rep) == ("Plain", "Chess", ANNA, None)
	assert sorted(row.full_name for row in file.people) == ["Owner of Gone", "Owner of Keep"]
	assert len(file.consents) == 1, "the same consent is not written down twice"
	assert frappe.db.get_value("File", attachment.name, "attached_to_name") == keep
	assert frappe.db.exists(
		"Comment",
		{"reference_doctype": "Customer File", "reference_name": keep, "content": "Said over coffee"},
	)

	rows = {row.name: row for row in story.follow_ups(keep)}
	assert set(rows) == {row.name for both in before.values() for row in both}
	assert (rows[doubled.name].status, rows[doubled.name].hold_reason) == ("Cancelled", "Customer merged")
	# The call about the purchase was the other half of that contact; it stays.
	[call] = [row.name for row in before[gone] if row.name != doubled.name]
	left = frappe.db.get_value("ToDo", doubled.todo, ["status", "reference_name", "keep_follow_up"])
	assert left == ("Open", keep, call)
	assert sum(row.status == "Assigned" for row in rows.values()) == 3
	assert frappe.db.get_value("Customer", keep, "keep_last_touch") == late.date.date()
	assert frappe.db.get_value("Customer", keep, "keep_file_score") == file.completeness

	# The next night measures one customer: 2 × (100 + 100 + 3,000).
	run = story.night(story.today + timedelta(days=1))
	value = story.value(keep)
	assert (value.current_value, value.purchases, run.customers) == (6400, 3, 1)
	frappe.delete_doc("File", attachment.name)


def test_customers_whose_last_todo_is_closed_can_be_merged(story):
	keep, gone = story.customer("Keep"), story.customer("Gone")
	for customer in (keep, gone):
		story.history(customer, [(100, 100), (3, 3000)])
	story.rule()
	story.completed_yesterday()
	story.night()
	for follow_up in story.follow_ups():
		todo = frappe.get_doc("ToDo", follow_up.todo)
		todo.status = "Closed"
		todo.save()
	frappe.rename_doc("Customer", gone, keep, merge=True, show_alert=False)
	assert {row.customer for row in story.follow_ups()} == {keep}


def test_merging_into_a_customer_without_a_file_hands_the_file_over(story):
	plain, rich = story.customer("Plain"), known(story, "Rich", leisure="Chess")
	score = frappe.db.get_value("Customer", rich, "keep_file_score")
	story.night()
	tier = story.value(rich).tier
	frappe.rename_doc("Customer", rich, plain, merge=True, show_alert=False)
	file = frappe.get_doc("Customer File", plain)
	assert (file.leisure, [row.full_name for row in file.people]) == ("Chess", ["Owner of Rich"])
	assert file.customer_name == plain
	assert frappe.db.get_value("Customer", plain, "keep_file_score") == score == file.completeness
	# Nor is it without its tier until the night, which finds nothing to move.
	assert tier and frappe.db.get_value("Customer", plain, "keep_tier") == tier == story.value(plain).tier
	assert story.night(story.today + timedelta(days=1)).moves == 0
	assert len(frappe.get_all("Tier Change", {"customer": plain, "of_merged": 0})) == 1
	# Who becomes it may have been left out of the ranking; it is not.
	till = story.customer("Till")
	story.settings(excluded_customers=[{"customer": till}])
	frappe.rename_doc("Customer", till, plain, merge=True, show_alert=False)
	assert not frappe.get_cached_doc("Keep Customers Settings").excluded_customers


def test_merging_keeps_what_only_one_file_knew_of_somebody(story):
	keep, gone = story.customer("Keep"), story.customer("Gone")
	story.file(
		keep,
		people=[{"full_name": "Li", "decides": 1}, {"full_name": "Max"}, {"full_name": "Eva"}],
		occasions=[{"occasion": "Founded", "month": 3, "day": 7}],
	)
	story.file(
		gone,
		people=[
			{"full_name": "Li", "decides": 1, "month": 8, "day": 15, "calendar": "Lunar", "note": "Tea"},
			{"full_name": "Max", "email": "max@one.example"},
			{"full_name": "Max", "email": "max@other.example"},
			{"full_name": "Eva", "left_on": "2026-01-02"},
		],
		occasions=[
			{"occasion": "Founded", "month": 3, "day": 7},
			{"occasion": "Founded", "month": 5, "day": 9},
		],
	)
	mend = todos.add(ANNA, "Customer File", gone, "<p>Please mend the number of Li</p>")
	frappe.rename_doc("Customer", gone, keep, merge=True, show_alert=False)
	assert frappe.db.get_value("ToDo", mend, "reference_name") == keep, "what is to be mended is mended here"
	file = frappe.get_doc("Customer File", keep)
	assert [(row.full_name, row.recurs, row.note or row.email, bool(row.left_on)) for row in file.people] == [
		("Li", "L-08-15", "Tea", False),
		("Max", None, "max@one.example", False),
		("Eva", None, None, False),
		("Max", None, "max@other.example", False),
		("Eva", None, None, True),
	]
	assert [row.recurs for row in file.occasions] == ["G-03-07", "G-05-09"]


def test_merging_keeps_the_pin_that_holds(story):
	"""Prices go by the tier: one pinned until next year is not lost for another one that was over long ago."""
	over = {"pinned_tier": "Iron", "pinned_until": "2020-01-01", "pin_reason": "Fair of 2019"}
	holds = {"pinned_tier": "Platinum", "pinned_until": "2090-01-01", "pin_reason": "Sister of the mayor"}
	other = {"pinned_tier": "Gold", "pinned_until": "2090-06-01", "pin_reason": "Promised"}
	for name, keeps, goes, pin in (("A", over, holds, holds), ("B", holds, other, holds)):
		keep, gone = story.customer(f"Keep {name}"), story.customer(f"Gone {name}")
		frappe.db.set_value("User", BEN, "enabled", 1)
		story.file(keep, dedicated_rep=BEN, backup_rep=MIA, **keeps)
		story.file(gone, dedicated_rep=ANNA, **goes)
		frappe.db.set_value("User", BEN, "enabled", 0)
		frappe.rename_doc("Customer", gone, keep, merge=True, show_alert=False)
		file = frappe.get_doc("Customer File", keep)
		assert {field: str(file.get(field)) for field in pin} == pin
		assert (file.dedicated_rep, file.backup_rep) == (ANNA, MIA), "nor who is there, for one who has left"


# Deleting


def test_deleting_a_customer_leaves_nothing_behind(story, master):
	firm, stays = known(story, "Leaves"), known(story, "Stays")
	asked(story, firm, stays)
	file = frappe.get_doc("Customer File", firm)
	file.family = "Wife Karla"
	file.save()
	file.add_comment("Comment", "Karla was ill")
	attachment = frappe.get_doc(
		{
			"doctype": "File", "file_name": f"{PREFIX} note.txt", "content": "note", "is_private": 1,
			"attached_to_doctype": "Customer File", "attached_to_name": firm,
		}
	).insert()  # fmt: skip
	said = frappe.get_doc("Customer Touch", {"customer": firm})
	said.notes = "Karla is better"
	said.save()
	names = {
		doctype: frappe.get_all(doctype, filters={"customer": firm}, pluck="name") for doctype in EVERYTHING
	}
	others = records(stays)
	todo = story.follow_ups(firm)[0].todo
	frappe.db.delete("Sales Invoice", {"customer": firm})  # who has bought cannot be deleted
	assert frappe.db.exists("Version", {"ref_doctype": "Customer File", "docname": firm})

	as_user(master)
	frappe.delete_doc("Customer", firm)
	as_user("Administrator")
	assert not frappe.db.exists("Customer", firm) and not records(firm)
	for doctype, gone in names.items():
		for host, type_field, name_field in (
			("Version", "ref_doctype", "docname"),
			("Comment", "reference_doctype", "reference_name"),
			("Deleted Document", "deleted_doctype", "deleted_name"),
		):
			assert not frappe.db.exists(host, {type_field: doctype, name_field: ("in", gone)}), (
				host,
				doctype,
			)
	for table in customer_life.FILE_TABLES:
		child = frappe.get_meta("Customer File").get_field(table).options
		assert not frappe.db.exists(child, {"parent": firm})
	assert not frappe.db.exists("File", attachment.name)
	assert not frappe.db.exists("ToDo", {"name": todo, "status": "Open"})
	assert not frappe.db.exists("ToDo", {"keep_follow_up": ("in", names["Follow Up"])})
	assert records(stays) == others
	run = story.night(story.today + timedelta(days=1))
	assert run.status == "Completed" and run.customers == 1


def test_a_customer_with_invoices_keeps_everything_when_deleting_is_refused(story):
	firm = story.customer("Bought")
	story.invoice(firm, 3000, story.days_ago(3))
	story.file(firm, dedicated_rep=ANNA, family="Wife")
	asked(story, firm)
	frappe.db.commit()
	before = records(firm)
	with pytest.raises(frappe.LinkExistsError):
		frappe.delete_doc("Customer", firm)
	frappe.db.rollback()
	assert records(firm) == before and story.follow_ups(firm)[0].status == "Assigned"
	assert frappe.db.get_value("ToDo", story.follow_ups(firm)[0].todo, "status") == "Open"


# Settings that are renamed or deleted


def test_a_renamed_tier_keeps_its_customers(story):
	firm = known(story, "Firm")
	asked(story, firm)
	tier = story.value(firm).tier
	new = f"{PREFIX} {tier}"
	changes = records(firm)["Tier Change"]
	frappe.rename_doc("Customer Tier", tier, new, show_alert=False)
	try:
		assert story.value(firm).tier == frappe.db.get_value("Customer", firm, "keep_tier") == new
		run = story.night(story.today + timedelta(days=1))
		assert run.moves == 0 and records(firm)["Tier Change"] == changes
		assert story.value(firm).tier == new
	finally:
		frappe.rename_doc("Customer Tier", new, tier, show_alert=False)
		frappe.db.commit()


def test_a_tier_somebody_has_cannot_be_deleted(story):
	firm = known(story, "Firm")
	story.night()
	with pytest.raises(frappe.LinkExistsError):
		frappe.delete_doc("Customer Tier", story.value(firm).tier)


def test_a_deleted_rule_leaves_what_it_has_asked_for(story):
	story.settings(rep_capacity=1)
	first, second = known(story, "First"), known(story, "Second")
	asked(story)
	frappe.delete_doc("Care Rule", f"{PREFIX} Rule")
	rows = sorted(story.follow_ups(), key=lambda row: row.status)
	assert {row.customer for row in rows} == {first, second}
	assert [(row.status, row.hold_reason or "", row.care_rule) for row in rows] == [
		("Assigned", "", None), ("Cancelled", "Rule switched off", None),
	]  # fmt: skip
	todo = frappe.get_doc("ToDo", rows[0].todo)
	todo.status = "Closed"
	todo.save()
	assert story.follow_ups(rows[0].customer)[0].status == "Done"
	assert story.night(story.today + timedelta(days=1)).status == "Completed"


# The file


def test_the_file_says_how_complete_it_is_and_the_customer_shows_it(story):
	firm = story.customer("Firm")
	file = story.file(firm)
	assert file.completeness == 0 == frappe.db.get_value("Customer", firm, "keep_file_score")
	assert file.missing.startswith("Decision Maker, ")
	# 12 decision maker + 10 birthday + 6 phone + 8 family + 10 dedicated rep + 6 consent, of 100 points
	file.update({"dedicated_rep": ANNA})
	file.append("consents", {"channel": "Phone", "consent": "Given"})
	file.append(
		"people",
		{"full_name": "Karl", "relation": "Owner", "birthday": "1970-02-28", "phone": "+49 30 1234567"},
	)
	file.append("people", {"full_name": "Karla", "relation": "Spouse"})
	file.save()
	assert file.completeness == 52 == frappe.db.get_value("Customer", firm, "keep_file_score")
	assert "Decision Maker" not in file.missing
	frappe.delete_doc("Customer File", firm)
	assert frappe.db.get_value("Customer", firm, "keep_file_score") == 0


@pytest.mark.parametrize(
	"values, complaint",
	[
		({"dedicated_rep": ANNA, "backup_rep": ANNA}, "somebody else"),
		({"pinned_tier": "Gold"}, "why the tier is pinned"),
		({"pinned_tier": "Gold", "pinned_until": "2090-01-01", "pin_reason": " "}, "why the tier is pinned"),
		({"people": [{"full_name": "Karl", "birthday": "2090-01-01"}]}, "lies in the future"),
	],
	ids=["own backup", "pin without an end", "pin without a reason", "born tomorrow"],
)
def test_a_file_that_cannot_be_is_refused(story, values, complaint):
	with pytest.raises(frappe.ValidationError, match=complaint):
		story.file(story.customer("Firm"), **values)


def test_a_night_does_not_get_in_the_way_of_who_has_a_customer_or_file_open(story):
	firm = known(story, "Firm")
	story.completed_yesterday()
	story.rule()
	versions = frappe.db.count("Version", {"docname": firm})
	open_customer, open_file = (frappe.get_doc(doctype, firm) for doctype in ("Customer", "Customer File"))
	then = open_customer.modified, open_file.modified
	story.invoice(firm, 4000, story.days_ago(1))
	run = story.night()
	assert run.assigned == 1 and run.written == 1, "the night has written to the customer's fields"
	assert frappe.db.get_value("Customer", firm, "keep_status") == story.value(firm).status
	now = tuple(frappe.db.get_value(doctype, firm, "modified") for doctype in ("Customer", "Customer File"))
	assert now == then
	assert frappe.db.count("Version", {"docname": firm}) == versions

	shown = frappe.db.get_value("Customer", firm, ["keep_tier", "keep_status", "keep_next_purchase"])
	frappe.db.set_value("Customer", firm, "keep_status", "Overdue", update_modified=False)
	open_customer.customer_details = "Likes to be called in the morning"
	open_customer.save()  # no TimestampMismatchError …
	open_file.taste = "Plain"
	open_file.save()
	# … and what the night has written is not put back to what the form still showed.
	assert frappe.db.get_value("Customer", firm, "keep_status") == "Overdue"
	assert frappe.db.get_value("Customer", firm, "keep_tier") == shown[0]
