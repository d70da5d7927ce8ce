"""Who sees whose invitations, and what becomes of them when a customer is merged or deleted."""

import frappe
import pytest
from frappe.permissions import add_user_permission

from keep_customers.events import audience, documents, replies, results, waves, wishes
from tests.site.events.gathering import (
	EVENT,
	INVITATION,
	SUGGESTION,
	at,
	event,
	firms,
	invitation,
	invitations,
	listed,
	statuses,
)
from tests.site.mail import contact
from tests.site.story import ANNA, BEN, EVE, MIA, PREFIX, _tree

# Who sees what


def test_reps_see_their_customers_invitations_and_no_others(now):
	_tree("Territory", f"{PREFIX} North")
	_tree("Territory", f"{PREFIX} South")
	north, south = firms(now, 500, 300)
	for name, where in ((north, "North"), (south, "South")):
		frappe.db.set_value("Customer", name, "territory", f"{PREFIX} {where}")
	for user, where in ((ANNA, "North"), (BEN, "South")):
		add_user_permission("Territory", f"{PREFIX} {where}", user, ignore_permissions=True)
	doc = event("Inviting", guests=listed([north, south]), budget=1000)
	audience.plan(doc.name)
	wish = wishes.suggest(south, f"{PREFIX} A trip")

	frappe.set_user(ANNA)
	assert frappe.get_list(INVITATION, pluck="customer") == [north]
	theirs = invitation(doc, south)
	assert not frappe.has_permission(INVITATION, "read", doc=theirs)
	for what in ("Yes", "No", "Check In", "Cancel"):
		with pytest.raises(frappe.PermissionError):
			replies.record(theirs, what)
	for table, parent in (("VIP Event Guest", EVENT), ("Event Suggestion Vote", SUGGESTION)):
		assert south not in read_by_api(table, parent), table
	assert not frappe.get_list(SUGGESTION, pluck="name") and not frappe.has_permission(
		SUGGESTION, "read", doc=wish
	)
	# An event is read by its reps, without what it costs, and written by managers.
	assert frappe.has_permission(EVENT, "read", doc=doc.name)
	for button in (audience.preview, audience.plan, waves.invite, results.refresh):
		with pytest.raises(frappe.PermissionError):
			button(doc.name)
	with pytest.raises(frappe.PermissionError):
		documents.set_status(doc.name, "Held")
	with pytest.raises(frappe.PermissionError):
		wishes.judge(wish, 1)
	seen = frappe.get_doc(EVENT, doc.name)
	seen.apply_fieldlevel_read_permissions()
	assert seen.theme and not seen.get("budget") and not seen.get("guests")
	frappe.set_user(EVE)
	assert not frappe.has_permission(EVENT, "read", doc=doc.name)


def read_by_api(table, parent):
	"""What a program gets to know of a table's rows past their document."""
	try:
		return str(frappe.get_list(table, parent_doctype=parent, fields=["customer", "customer_name"]))
	except frappe.PermissionError:
		return ""


def test_a_manager_of_a_region_invites_only_who_they_may_read(now):
	_tree("Territory", f"{PREFIX} North")
	north, _south = firms(now, 500, 300)
	frappe.db.set_value("Customer", north, "territory", f"{PREFIX} North")
	add_user_permission("Territory", f"{PREFIX} North", MIA, ignore_permissions=True)
	doc = event("Planned", customer_group=frappe.db.get_value("Customer", north, "customer_group"))
	frappe.set_user(MIA)
	assert audience.preview(doc.name)["customers"] == 1
	audience.plan(doc.name)
	frappe.set_user("Administrator")
	assert [row.customer for row in invitations(doc)] == [north]


# A customer's life


def test_a_merged_customer_has_one_place_and_one_vote(now):
	old, new, waits = firms(now, 500, 300, 200)
	doc = event("Inviting", guests=listed([waits]), capacity=2, max_companions=0)
	audience.plan(doc.name)
	for name in (old, new):
		frappe.get_doc({"doctype": INVITATION, "event": doc.name, "customer": name}).insert()
		replies.reply(invitation(doc, name), "Yes")
	assert replies.reply(invitation(doc, waits), "Yes") == "Waiting List"
	wish = wishes.suggest(old, f"{PREFIX} A trip")
	wishes.vote(wish, new)
	frappe.rename_doc("Customer", old, new, merge=True)
	assert statuses(doc) == {"1": "Accepted", "2": "Accepted"}, "a place has become free"
	assert frappe.db.get_value(SUGGESTION, wish, "votes") == 1


def test_a_deleted_customer_leaves_a_place_and_no_words(now):
	gone, waits = firms(now, 500, 300)
	doc = event("Inviting", guests=listed([gone, waits]), capacity=1, max_companions=0)
	audience.plan(doc.name)
	for name in (gone, waits):
		replies.reply(invitation(doc, name), "Yes")
	alone = wishes.suggest(gone, f"{PREFIX} Only mine")
	shared = wishes.suggest(gone, f"{PREFIX} Also theirs")
	wishes.vote(shared, waits)
	doc = at(doc)
	frappe.delete_doc("Customer", gone, force=True)
	assert statuses(doc) == {"1": "Accepted"} and len(at(doc).guests) == 1
	assert not frappe.db.exists(SUGGESTION, alone)
	assert frappe.db.get_value(SUGGESTION, shared, ["votes", "customer", "words"]) == (1, None, None)


def test_of_merged_customers_and_contacts_that_are_both_listed_one_stays(now):
	old, new, third = firms(now, 500, 300, 200)
	mine = main_contact(third)
	double = contact(third, first_name="Double", email="double@firm.example").name
	doc = event(
		"Inviting",
		guests=[*listed([old, new]), *({"customer": third, "contact": name} for name in (mine, double))],
		capacity=0,
	)
	audience.plan(doc.name)
	replies.reply(frappe.db.get_value(INVITATION, {"event": doc.name, "contact": double}), "Yes", 1)
	frappe.rename_doc("Contact", double, mine, merge=True)
	[kept] = invitations(doc, customer=third)
	assert (kept.contact, kept.status, kept.companions) == (mine, "Accepted", 1)
	assert at(doc).accepted == 2
	frappe.rename_doc("Customer", old, new, merge=True)
	doc = at(doc)
	assert len(doc.guests) == 4
	doc.save()
	assert [(row.customer, row.contact or None) for row in at(doc).guests] == [(new, None), (third, mine)]
	# Who is entered a second time is still refused.
	doc.append("guests", {"customer": new})
	with pytest.raises(frappe.ValidationError, match="Row 3: this guest is there already"):
		doc.save()


def test_a_deleted_contact_stands_in_the_way_of_nothing(now):
	firm, other = firms(now, 500, 300)
	gone = main_contact(firm)
	doc = event("Inviting", guests=[{"customer": firm, "contact": gone}], capacity=0)
	audience.plan(doc.name)
	frappe.delete_doc("Contact", gone)
	asked = frappe.get_doc(INVITATION, invitation(doc, firm))
	asked.remark = "Has left"
	asked.save()
	assert (asked.reload().contact, asked.remark) == (gone, "Has left"), "nobody else is asked instead"
	doc = at(doc)
	doc.place = "The garden"
	doc.save()
	assert at(doc).guests[0].contact == gone
	# What is named anew has to be there; Frappe 15 asks the document before the links.
	doc.append("guests", {"customer": other, "contact": gone})
	with pytest.raises(frappe.ValidationError, match=r"Row #?2"):
		doc.save()
	doc = at(doc)
	doc.territory = "Nowhere"
	with pytest.raises(frappe.LinkValidationError, match="Nowhere"):
		doc.save()
	documents.set_status(doc.name, "Cancelled")
	assert (at(doc).status, at(doc).guests[0].contact) == ("Cancelled", gone)


def main_contact(customer):
	of = {"parenttype": "Contact", "link_doctype": "Customer", "link_name": customer}
	return frappe.db.get_value("Dynamic Link", of, "parent")
