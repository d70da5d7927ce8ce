"""What the app writes and what others decide is written by nobody else; personal fields need their own right."""

import json

import frappe
import pytest

from tests.site.erp.permissions.regions import (
	ADA,
	GUARDED,
	KIM,
	MINE,
	THEIRS,
	VIEWER,
	WRITTEN,
	_forget_permissions,
	of,
	refused,
)
from tests.site.story import ANNA, MIA, _user

# Writing


@pytest.mark.parametrize("doctype", ("Customer Value", "Tier Change", "Follow Up", "Care Run"))
@pytest.mark.parametrize("user", (ANNA, MIA, KIM), ids=("rep", "sales manager", "app's manager"))
def test_what_the_night_writes_nobody_writes(firm, browsers, doctype, user):
	if user == KIM:
		frappe.share.add("Customer", MINE, KIM, read=1)
		frappe.db.commit()
	try:
		name = of(doctype, MINE) if doctype in GUARDED else frappe.get_all(doctype, pluck="name")[0]
		before = frappe.db.sql(f"select * from `tab{doctype}` order by name")
		field, new = WRITTEN[doctype]
		browser = browsers(user)
		refused(browser.resource(doctype, name, "PUT", json={field: new}))
		refused(browser.resource(doctype, name, "DELETE"))
		refused(browser.resource(doctype, None, "POST", json={"customer": MINE, "as_of": "2026-01-01"}))
		refused(
			browser.call("frappe.client.set_value", doctype=doctype, name=name, fieldname=field, value=new)
		)
		refused(browser.call("frappe.client.delete", doctype=doctype, name=name))
		frappe.db.rollback()
		assert frappe.db.sql(f"select * from `tab{doctype}` order by name") == before
	finally:
		_forget_permissions(KIM)


@pytest.mark.parametrize("doctype", ("Care Rule", "Tier Policy", "Customer Tier", "Keep Customers Settings"))
@pytest.mark.parametrize("user", (ANNA, MIA), ids=("rep", "sales manager"))
def test_rules_policies_tiers_and_settings_are_not_the_sales_peoples_to_change(firm, browsers, doctype, user):
	single = doctype == "Keep Customers Settings"
	name = doctype if single else frappe.get_all(doctype, pluck="name")[0]
	browser = browsers(user)
	refused(browser.resource(doctype, name, "PUT", json={"description": "x", "enabled": 0}))
	refused(browser.call("frappe.client.set_value", doctype=doctype, name=name, fieldname="enabled", value=0))
	if not single:
		refused(browser.resource(doctype, name, "DELETE"))
		refused(browser.resource(doctype, None, "POST", json={"rule_name": "x", "policy_name": "x"}))
		refused(browser.call("frappe.client.rename_doc", doctype=doctype, old_name=name, new_name="x"))


def test_not_even_the_administrator_edits_or_deletes_a_tier_change(firm):
	change = frappe.get_doc("Tier Change", of("Tier Change", MINE))
	change.reason = "Because I say so"
	with pytest.raises(frappe.ValidationError):
		change.save()
	with pytest.raises(frappe.ValidationError):
		frappe.delete_doc("Tier Change", change.name)
	assert frappe.db.get_value("Tier Change", change.name, "reason") != "Because I say so"


def test_a_pin_is_the_managers_word(firm, browsers):
	pin = {"pinned_tier": "Platinum", "pinned_until": "2030-01-01", "pin_reason": "A friend"}
	try:
		answer = browsers(ANNA).resource("Customer File", MINE, "PUT", json={**pin, "usage": "Drilling"})
		frappe.db.rollback()
		file = frappe.get_doc("Customer File", MINE)
		# What she may write is written, or all of it is refused; the pin is not there either way.
		assert file.usage == ("Drilling" if answer.status_code == 200 else None)
		assert (file.pinned_tier, file.pinned_until, file.pin_reason) == (None, None, None)
		browsers(ANNA).call(
			"frappe.client.set_value", doctype="Customer File", name=MINE, fieldname=pin, value=""
		)
		frappe.db.rollback()
		assert not frappe.db.get_value("Customer File", MINE, "pinned_tier")
		assert browsers(MIA).resource("Customer File", MINE, "PUT", json=pin).status_code == 200
		frappe.db.rollback()
		assert frappe.db.get_value("Customer File", MINE, "pinned_tier") == "Platinum"
		# And it cannot be taken off by who cannot put it on.
		browsers(ANNA).resource("Customer File", MINE, "PUT", json={"pinned_tier": ""})
		frappe.db.rollback()
		assert frappe.db.get_value("Customer File", MINE, "pinned_tier") == "Platinum"
	finally:
		frappe.db.set_value("Customer File", MINE, dict.fromkeys(pin))
		frappe.db.commit()


def test_a_file_cannot_be_written_by_calling_it_another_customers(firm, browsers, anna):
	anna = browsers(anna)
	refused(anna.resource("Customer File", THEIRS, "PUT", json={"usage": "Spied"}))
	anna.resource("Customer File", THEIRS, "PUT", json={"customer": MINE, "usage": "Spied"})
	document = frappe.get_doc("Customer File", THEIRS).as_dict()
	document.update(customer=MINE, usage="Spied")
	anna.call("frappe.desk.form.save.savedocs", doc=document, action="Save")
	anna.call("frappe.client.save", doc=document)
	refused(anna.resource("Customer File", THEIRS, "DELETE"))
	frappe.db.rollback()
	assert frappe.db.get_value("Customer File", THEIRS, ("customer", "usage")) == (THEIRS, None)


def test_a_rep_records_no_contact_with_anothers_customer_nor_on_anothers_follow_up(firm, browsers, anna):
	touch = {"date": "2026-03-04 10:00:00", "channel": "Phone", "result": "Reached", "rep": anna}
	anna = browsers(anna)
	answer = anna.resource("Customer Touch", None, "POST", json={**touch, "customer": THEIRS})
	# As a customer there is not: no link, or with a User Permission on Customer no document.
	assert answer.status_code in (403, 417), answer.text
	theirs = of("Follow Up", THEIRS)
	answer = anna.resource(
		"Customer Touch", None, "POST", json={**touch, "customer": MINE, "follow_up": theirs}
	)
	assert answer.status_code >= 400, answer.text
	frappe.db.rollback()
	assert frappe.db.get_value("Follow Up", theirs, ("status", "touch")) == ("Assigned", None)
	assert frappe.db.count("Customer Touch") == 4


def test_a_todo_of_ones_own_does_not_settle_a_follow_up_it_was_not_made_for(firm, browsers):
	theirs = of("Follow Up", THEIRS)
	before = frappe.db.get_value("Follow Up", theirs, ("status", "todo", "assigned_to", "due_date"))
	todo = {
		"description": "Mine alone",
		"allocated_to": ANNA,
		"date": "2026-01-01",
		"keep_follow_up": theirs,
		"reference_type": "Customer",
		"reference_name": MINE,
	}
	answer = browsers(ANNA).resource("ToDo", None, "POST", json=todo)
	if answer.status_code == 200:
		name = answer.json()["data"]["name"]
		browsers(ANNA).resource("ToDo", name, "PUT", json={"status": "Closed", "keep_follow_up": theirs})
		browsers(ANNA).resource("ToDo", name, "DELETE")
	frappe.db.rollback()
	assert frappe.db.get_value("Follow Up", theirs, ("status", "todo", "assigned_to", "due_date")) == before


def test_what_the_night_shows_on_the_customer_is_not_written_from_its_form(firm, browsers):
	before = frappe.db.get_value("Customer", MINE, ("keep_tier", "keep_status", "keep_next_purchase"))
	assert before[0]
	answer = browsers(ANNA).resource(
		"Customer",
		MINE,
		"PUT",
		json={
			"website": "mine.example",
			"keep_tier": "Lead",
			"keep_status": "Lost",
			"keep_next_purchase": None,
		},
	)
	assert answer.status_code == 200, answer.text
	frappe.db.rollback()
	assert frappe.db.get_value("Customer", MINE, "website") == "mine.example"
	assert frappe.db.get_value("Customer", MINE, ("keep_tier", "keep_status", "keep_next_purchase")) == before


def test_a_form_opened_before_the_night_does_not_bring_yesterdays_tier_back(firm):
	open_form = frappe.get_doc("Customer", MINE)
	frappe.db.set_value("Customer", MINE, "keep_tier", "Lead", update_modified=False)
	open_form.website = "later.example"
	open_form.save()
	assert frappe.db.get_value("Customer", MINE, ("keep_tier", "website")) == ("Lead", "later.example")
	# and a new customer starts without
	fresh = firm.customer("Fresh", keep_tier="Platinum", keep_status="Active")
	assert not frappe.db.get_value("Customer", fresh, "keep_tier")


# Personal fields


@pytest.fixture
def viewer(firm):
	"""A user whose role reads files, and not their personal part."""
	frappe.get_doc({"doctype": "Role", "role_name": VIEWER, "desk_access": 1}).insert(
		ignore_if_duplicate=True
	)
	frappe.permissions.add_permission("Customer File", VIEWER)
	frappe.permissions.add_permission("Customer", VIEWER)
	_user(ADA, [VIEWER])
	frappe.get_doc("User", ADA).add_roles(VIEWER)
	frappe.db.commit()
	yield ADA
	frappe.set_user("Administrator")
	for doctype in ("Customer File", "Customer"):
		frappe.permissions.reset_perms(doctype)
	frappe.get_doc("User", ADA).remove_roles(VIEWER)
	frappe.delete_doc("Role", VIEWER, force=True)
	frappe.db.commit()
	frappe.clear_cache()


def test_the_personal_part_of_a_file_needs_its_own_right(firm, browsers, viewer):
	personal = [field.fieldname for field in frappe.get_meta("Customer File").fields if field.permlevel == 1]
	assert {"work", "family", "character", "leisure", "values", "personal_note"} <= set(personal)
	for field in personal:
		frappe.db.set_value("Customer File", MINE, field, "daughters", update_modified=False)
	frappe.db.commit()
	ada = browsers(viewer)
	seen = ada.resource("Customer File", MINE)
	assert seen.status_code == 200 and "daughters" not in seen.text
	for answer in (
		ada.resource("Customer File", params={"fields": json.dumps(["name", *personal])}),
		ada.call("frappe.client.get_list", doctype="Customer File", fields=["*"]),
		ada.call(
			"frappe.client.get_value", doctype="Customer File", fieldname="family", filters={"name": MINE}
		),
		ada.call("frappe.desk.reportview.get", doctype="Customer File", fields=["name", "family"]),
	):
		assert "daughters" not in answer.text
	assert "daughters" in browsers(MIA).resource("Customer File", MINE).text
