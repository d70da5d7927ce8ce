"""Who becomes Lost is reviewed: once a loss, a few of a rep in one night, and nobody who was lost before anybody asked."""

from datetime import timedelta

import frappe
from frappe.utils import getdate

from keep_customers.retention import facts, reviews
from tests.site.retention.conftest import SILENT
from tests.site.story import ANNA, BEN, COMPANY, MIA, PREFIX


def test_who_becomes_lost_is_reviewed_and_their_rep_is_asked_why(story, losses):
	firm, quiet = losses.firm("Gone"), losses.firm("Still There", silent=60)
	losses.begin()
	assert not losses.reviews(), "89 days without a purchase are none too many yet"
	losses.night()
	review = losses.review(firm)
	assert not losses.reviews(customer=quiet)
	assert (review.status, review.responsible, review.lost_on) == ("Open", ANNA, losses.lost_on)
	assert review.last_purchase == losses.lost_on - timedelta(days=90)
	assert (review.purchases, review.gap, review.tier) == (5, 20, story.value(firm).tier)
	# Five purchases of 500 each, all of them within a year; nothing is known of what the goods cost.
	assert (review.revenue_before, review.profit_before, review.currency) == (2500, 2500, "EUR")
	assert review.expected_on == review.last_purchase + timedelta(days=20)
	[todo] = losses.questions(review)
	assert todo.allocated_to == ANNA
	assert "Why did" in todo.description and "leave?" in todo.description and review.name in todo.description


def test_a_night_again_and_the_nights_after_it_change_nothing(story, losses):
	[review] = losses.lose()
	for days in (0, 0, 1, 2, 40):
		losses.night(days)
		assert len(losses.reviews()) == 1
		assert len(losses.questions(review)) == 1
	assert losses.review(review.customer).modified == review.modified


def test_a_night_that_was_killed_between_two_reviews_goes_on(story, losses, monkeypatch):
	firms = [losses.firm(name) for name in ("One", "Two", "Three")]
	losses.begin()
	write_one, written = reviews._write_one, []

	def dies(row, *rest):
		if len(written) == 2:
			raise KeyboardInterrupt
		written.append(row.customer)
		return write_one(row, *rest)

	monkeypatch.setattr(reviews, "WRITTEN_AT_ONCE", 1)
	monkeypatch.setattr(reviews, "_write_one", dies)
	try:
		losses.night()
	except KeyboardInterrupt:
		frappe.db.rollback()
	assert len(losses.reviews()) == 2
	monkeypatch.setattr(reviews, "_write_one", write_one)
	losses.night()
	assert [one.customer for one in losses.reviews()] == sorted(firms)
	assert all(len(losses.questions(one)) == 1 for one in losses.reviews())


def test_nobody_is_asked_unless_a_policy_says_so_and_not_of_who_was_lost_before(story, losses):
	story.policy(company=COMPANY, review_losses=0)
	old = losses.firm("Lost Before")
	losses.begin()
	losses.night()
	assert story.value(old).status == "Lost" and not losses.reviews()
	# Somebody switches it on, two days later; from the day after that on, losses count.
	new = losses.firm("Lost Afterwards", silent=SILENT_LATER)
	losses.ask()
	frappe.db.set_value("Tier Policy", f"{PREFIX} Policy", "losses_since", losses.lost_on + timedelta(days=2))
	for days in range(1, 7):
		losses.night(days)
	assert [one.customer for one in losses.reviews()] == [new]


SILENT_LATER = 85  # five days later it is 90


def test_the_day_on_which_it_was_switched_on_is_noted(story, losses):
	policy = story.policy(company=COMPANY, review_losses=0)
	assert not policy.losses_since
	assert story.policy(company=COMPANY, review_losses=1).losses_since == getdate()
	policy = frappe.get_doc("Tier Policy", policy.name)
	policy.db_set("losses_since", story.days_ago(9))
	policy.reload()
	policy.losses_from = 50
	policy.save()
	assert getdate(policy.losses_since) == story.days_ago(9), "another value does not begin it anew"
	policy.enabled = 0
	policy.save()
	assert not policy.losses_since
	policy.enabled = 1
	policy.save()
	assert policy.losses_since == getdate(), "what was lost meanwhile stays as it is"


def test_the_first_night_of_a_site_reviews_nobody(story, losses):
	losses.firm("Long Gone", silent=400)
	story.night(losses.lost_on)
	losses.night(1)
	assert not losses.reviews()


def test_history_that_is_imported_is_no_loss_of_today(story, losses):
	losses.firm("Known")
	losses.begin()
	imported = losses.firm("Imported", silent=300)
	losses.night()
	value = story.value(imported)
	assert (value.status, value.status_since) == ("Lost", losses.lost_on)
	assert not losses.reviews(customer=imported)


def test_from_a_year_s_revenue_on(story, losses):
	losses.ask(losses_from=2500)
	# The purchases of the year count: the sixth back from 450 days ago does not.
	dear, cheap = losses.firm("Dear", amount=500), losses.firm("Cheap", amount=499)
	story.history(cheap, [(500, 9000)])
	losses.begin()
	losses.night()
	assert [one.customer for one in losses.reviews()] == [dear]


def test_a_rep_is_asked_about_a_few_in_one_night_the_dearest_first(story, losses):
	story.settings(loss_reviews_per_rep=2)
	names = {"A": 300, "B": 900, "C": 600, "D": 500}
	firms = {name: losses.firm(name, amount=amount) for name, amount in names.items()}
	bens = losses.firm("Bens", amount=250, rep=BEN)
	losses.begin()
	losses.night()
	first = {one.customer for one in losses.reviews()}
	assert first == {firms["B"], firms["C"], bens}
	losses.night()
	assert {one.customer for one in losses.reviews()} == first, "the same night again"
	losses.night(1)
	assert {one.customer for one in losses.reviews()} == {*firms.values(), bens}
	later = losses.review(firms["A"])
	assert (later.lost_on, later.noted_on) == (losses.lost_on, losses.lost_on + timedelta(days=1))


def test_who_is_lost_twice_has_two_reviews_and_a_stage_that_comes_and_goes_makes_none(story, losses):
	[first] = losses.lose()
	frappe.db.set_value("Customer Value", first.customer, "status", "At Risk")
	losses.night(1)
	assert story.value(first.customer).status_since == losses.lost_on + timedelta(days=1)
	assert len(losses.reviews()) == 1
	losses.buys(first.customer, 5)
	losses.night(6)
	days = 6
	while story.value(first.customer).status != "Lost":
		days += 20
		losses.night(days)
	one, two = losses.reviews()
	assert (one.status, two.status) == ("Won Back", "Open")
	assert (getdate(two.last_purchase), getdate(two.lost_on)) == (
		losses.lost_on + timedelta(days=5), losses.lost_on + timedelta(days=days),
	)  # fmt: skip


def test_who_was_no_loss_that_day_takes_nobody_s_place(story, losses):
	"""A purchase was booked late, the stage is the same since: of that day there is a review already."""
	story.settings(loss_reviews_per_rep=1)
	cheap = losses.firm("Cheap", amount=300, silent=SILENT - 1)
	[dear] = losses.lose("Dear", amount=900)
	earlier = getdate(dear.last_purchase) - timedelta(days=1)
	dear.db_set({"status": "No Loss", "last_purchase": earlier})
	losses.night(1)
	assert story.value(dear.customer).status_since == dear.lost_on
	assert {one.customer for one in losses.reviews()} == {dear.customer, cheap}


def test_a_review_that_was_deleted_does_not_come_back_the_next_loss_does(story, losses):
	[review] = losses.lose()
	frappe.delete_doc("Loss Review", review.name)
	losses.night(1)
	assert not losses.reviews()
	losses.buys(review.customer, 2)
	days = 3
	losses.night(days)
	while story.value(review.customer).status != "Lost":
		days += 20
		losses.night(days)
	assert [one.status for one in losses.reviews()] == ["Open"]


def test_where_nobody_looks_after_it_the_fallback_user_is_asked_and_else_the_run_says_so(story, losses):
	[review] = losses.lose("Nobodys", rep=None)
	assert review.responsible == MIA and losses.questions(review)[0].allocated_to == MIA
	story.settings(fallback_user=None)
	other = losses.firm("Others", rep=None, silent=SILENT_LATER)
	for days in range(1, 6):
		run = losses.night(days)
		if losses.reviews(customer=other):
			break
	assert not losses.review(other).responsible
	assert "nobody who can say why" in run.warnings


def test_who_is_disabled_or_not_ranked_is_not_lost(story, losses):
	gone, other = losses.firm("Closed Down"), losses.firm("Walk-In")
	losses.firm("Still There", silent=30)
	losses.begin()
	frappe.db.set_value("Customer", gone, "disabled", 1)
	story.settings(excluded_customers=[{"customer": other}])
	losses.night()
	assert not losses.reviews()


def test_who_left_has_its_reviews_passed_on(story, losses):
	[review] = losses.lose()
	frappe.db.set_value("User", ANNA, "enabled", 0)
	try:
		losses.night(1)
	finally:
		frappe.db.set_value("User", ANNA, "enabled", 1)
	review.reload()
	assert review.responsible == MIA
	assert [one.allocated_to for one in losses.questions(review)] == [MIA]


def test_somebody_else_is_made_responsible_by_hand(story, losses):
	[review] = losses.lose()
	review.responsible = BEN
	review.save()
	assert [one.allocated_to for one in losses.questions(review)] == [BEN]
	assert len(losses.questions(review, "Cancelled")) == 1


def test_what_was_credited_in_full_was_bought_by_nobody_instead(story):
	firm, sister, cousin = (
		story.customer(name, tax_id="DE123456789") for name in ("Firm", "Sister", "Cousin")
	)
	story.credit(story.invoice(sister, 700, story.days_ago(20)), 700, story.days_ago(10))
	story.invoice(cousin, 90, story.days_ago(5))
	known = facts.of_customers({firm: story.days_ago(60)}, story.today)[firm]
	assert [one["name"] for one in known["elsewhere"]] == [cousin]
