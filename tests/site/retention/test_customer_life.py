"""Losses of customers that are renamed, merged and deleted."""

import frappe

from keep_customers.retention import at_a_glance
from tests.site.deleted import back
from tests.site.story import PREFIX


def rename(old, new, merge=False):
	return frappe.rename_doc("Customer", old, new, merge=merge)


def test_a_renamed_customer_keeps_its_review_and_the_todo_has_the_new_name(story, losses):
	[review] = losses.lose()
	new = rename(review.customer, f"{PREFIX} Renamed")
	frappe.get_doc("Customer", new).update({"customer_name": f"{PREFIX} New Name"}).save()
	again = losses.review(new)
	assert (again.name, again.customer_name) == (review.name, f"{PREFIX} New Name")
	assert f"{PREFIX} New Name" in losses.questions(review)[0].description
	losses.night(1)
	assert len(losses.reviews()) == 1


def test_who_is_merged_into_one_that_buys_was_no_loss(story, losses):
	buying = losses.firm("Gone Ltd", silent=30)
	[review] = losses.lose("Gone")
	rename(review.customer, buying, merge=True)
	[row] = losses.reviews()
	assert (row.customer, row.status) == (buying, "No Loss")
	assert "merged" in row.result_note
	assert not losses.questions(review)
	losses.night(1)
	assert [one.status for one in losses.reviews()] == ["No Loss"]


def test_of_two_lost_ones_that_are_merged_one_is_asked_about(story, losses):
	one, two = losses.lose("One", "Two")
	rename(one.customer, two.customer, merge=True)
	assert sorted(row.status for row in losses.reviews()) == ["No Loss", "Open"]
	assert {row.customer for row in losses.reviews()} == {two.customer}
	losses.night(1)
	assert len(losses.reviews()) == 2


def test_who_is_lost_and_merged_into_an_empty_record_is_still_lost(story, losses):
	[review] = losses.lose("Gone")
	new = story.customer("Gone Anew")
	rename(review.customer, new, merge=True)
	[row] = losses.reviews()
	assert (row.customer, row.status) == (new, "Open")


def test_with_its_customer_a_review_is_gone_and_nobody_is_asked(story, losses):
	[review] = losses.lose("Gone")
	other = losses.firm("Gone Before", silent=500)
	frappe.db.set_value("Loss Review", review.name, "moved_to", other)
	frappe.delete_doc("Customer", other, force=True)
	assert not losses.review(review.customer).moved_to
	for invoice in frappe.get_all("Sales Invoice", {"customer": review.customer}, pluck="name"):
		frappe.db.delete("Sales Invoice", {"name": invoice})
	frappe.delete_doc("Customer", review.customer, force=True)
	assert not losses.reviews()
	assert not losses.questions(review) and len(losses.questions(review, "Cancelled")) == 1


def test_a_review_that_is_deleted_asks_nobody(story, losses):
	[review] = losses.lose()
	frappe.delete_doc("Loss Review", review.name)
	assert not losses.questions(review)
	# Nor under another name.
	rename(review.customer, f"{PREFIX} O'Renamed")
	losses.night(1)
	assert not losses.reviews()


def test_it_stands_among_the_open_things_and_in_the_timeline(story, losses):
	[review] = losses.lose()
	[one] = at_a_glance.losses(review.customer, losses.lost_on)["losses"]
	assert (one.name, one.status) == (review.name, "Open")
	losses.buys(review.customer, 3)
	losses.night(4)
	assert not at_a_glance.losses(review.customer, losses.lost_on)["losses"]
	rows = at_a_glance.timeline_of(review.customer, 5)
	assert [row["what"] for row in rows] == [["Lost"], ["Won Back"]]


def test_a_review_that_is_brought_back_asks_again(story, losses):
	[review] = losses.lose()
	again = back(review)
	for field in review.meta.get_valid_columns():
		if field not in ("name", "creation", "modified", "modified_by", "owner", "_assign"):
			assert again.get(field) == review.get(field), field
	[question] = losses.questions(again)
	assert question.allocated_to == review.responsible
