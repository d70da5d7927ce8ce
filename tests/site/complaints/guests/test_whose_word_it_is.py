"""A rating is the customer's: reps neither give it to themselves nor take it away from who was to give it.

Over real HTTP: what a rep notes is sent from Desk, what the customer says from the page of the link.
"""

import frappe
import pytest

from keep_customers.complaints import feedback
from keep_customers.complaints import figures as case_figures
from keep_customers.engine import complaints as engine
from keep_customers.erp import signed
from keep_customers.keep_customers.report.ratings_of_people import ratings_of_people
from keep_customers.messaging import visit_feedback
from keep_customers.patches.v0_2 import tell_customers_words_from_notes as patch
from tests.site.complaints.guests.said import (
	CASE,
	CONFIRM,
	GIVE,
	answers,
	now,
	offer,
	offered,
	portal_user,
	token_of,
)
from tests.site.guests import page
from tests.site.story import ANNA, BEN, MIA
from tests.site.web import Browser

FEEDBACK = "Customer Feedback"


@pytest.fixture
def anna(guest, server):
	return Browser(server, ANNA)


@pytest.fixture
def mia(guest, server):
	return Browser(server, MIA)


def visited(customer, rep=ANNA):
	touch = frappe.get_doc(
		{
			"doctype": "Customer Touch",
			"customer": customer,
			"rep": rep,
			"channel": "Visit",
			"result": "Reached",
		}
	).insert()
	frappe.db.commit()
	return touch, signed.token(visit_feedback.VISIT[1], touch.name, 9)


def note(browser, touch, **values):
	return browser.resource(
		FEEDBACK,
		None,
		"POST",
		json={
			"customer": touch.customer,
			"kind": "Visit",
			"channel": "Visit",
			"reference_doctype": touch.doctype,
			"reference_name": touch.name,
			**values,
		},
	)


def hear(browser, case, word, **values):
	return browser.resource(CASE, case.name, "POST", json={"run_method": "hear", "word": word, **values})


# A visit


def test_a_rep_gives_no_stars_for_the_own_visit(guest, anna, firm):
	touch, _token = visited(firm)
	for values in (
		{"rating": 1},
		{"person_rating": 1, "rated_user": ANNA},
		{"rating": 0.2, "rated_user": BEN},
		{"rating": 1, "said_by": "Customer", "channel": "Phone"},
		{
			"rating": 1,
			"said_by": "Customer",
			"flags": {"by_app": 1, "by_customer": 1, "ignore_permissions": 1},
		},
	):
		answer = note(anna, touch, **values)
		assert answer.status_code == 403 and "the customer's to give" in answer.text, values
	assert not answers(touch)
	# Nor of oneself without the visit, nor as a manager.
	alone = {"customer": firm, "kind": "General", "rated_user": ANNA, "person_rating": 1}
	assert anna.resource(FEEDBACK, None, "POST", json=alone).status_code == 403
	frappe.get_doc("User", ANNA).add_roles("Sales Manager")
	frappe.db.commit()
	assert anna.resource(FEEDBACK, None, "POST", json=alone).status_code == 403


def test_what_a_rep_notes_says_so_and_the_customers_link_still_works_once(guest, anna, firm):
	touch, token = visited(firm)
	answer = note(anna, touch, words="They liked it", said_by="Customer", noted_by=BEN, round=7)
	assert answer.status_code == 200, answer.text
	noted = answer.json()["data"]
	assert (noted["said_by"], noted["noted_by"], noted["round"]) == ("Noted by Us", ANNA, 0)
	assert "How useful was the visit?" in page(guest, "care-feedback", token=token).text
	for words in ("Useful", "Again"):
		assert guest.call(GIVE, token=token, rating="4", person_rating="2", words=words).status_code == 200
	frappe.db.rollback()
	rows = frappe.get_all(
		FEEDBACK, {"reference_name": touch.name, "said_by": "Customer"}, ["words", "noted_by", "rating"]
	)
	assert rows == [{"words": "Useful", "noted_by": None, "rating": 0.8}]


def test_a_manager_notes_stars_for_a_reps_visit_and_they_are_shown_apart(guest, mia, firm):
	touch, token = visited(firm)
	answer = note(mia, touch, rating=1, person_rating=1, rated_user=ANNA)
	assert answer.status_code == 200 and answer.json()["data"]["said_by"] == "Noted by Us"
	assert guest.call(GIVE, token=token, rating="3", person_rating="2").status_code == 200
	frappe.db.rollback()
	[row] = ratings_of_people.execute({})[1]
	assert (row["rated_user"], row["ratings"], row["average"], row["noted"]) == (ANNA, 1, 2, 1)


def test_what_the_customer_said_stays_as_it_was_said(guest, anna, mia, firm):
	touch, token = visited(firm, rep=MIA)
	guest.call(GIVE, token=token, rating="1", person_rating="1", words="Late and rude")
	frappe.db.rollback()
	[row] = answers(touch)
	changes = ({"person_rating": 1}, {"words": ""}, {"rated_user": BEN})
	for values in (*changes, {"said_by": "Noted by Us", "noted_by": ANNA, "round": 3}):
		assert anna.resource(FEEDBACK, row.name, "PUT", json=values).status_code == 403
		answer = mia.resource(FEEDBACK, row.name, "PUT", json=values)
		assert (answer.status_code, "stays as it was said" in answer.text) in ((417, True), (200, False))
	frappe.db.rollback()
	for values in changes:
		with pytest.raises(frappe.ValidationError, match="stays as it was said"):
			frappe.get_doc(FEEDBACK, row.name).update(values).save()
	[same] = answers(touch)
	beside = ("modified", "modified_by", "customer_name")
	assert {**same, **dict.fromkeys(beside)} == {**row, **dict.fromkeys(beside)}
	# Mia may not, and as she is rated she may not even as a manager who may delete.
	frappe.get_doc("User", MIA).add_roles("Keep Customers Manager")
	frappe.db.commit()
	assert "Please ask another manager" in mia.resource(FEEDBACK, row.name, "DELETE").text
	assert len(answers(touch)) == 1


def test_one_of_us_who_opens_a_customers_link_answers_nothing(guest, server, anna, firm):
	touch, token = visited(firm)
	case = offered(firm)
	for shown in (
		page(anna, "care-feedback", token=token),
		page(anna, feedback.COMPLAINT[0], token=token_of(case)),
		anna.call(GIVE, token=token, rating="5", person_rating="5"),
		anna.call(CONFIRM, token=token_of(case), solved="Yes", rating="5"),
	):
		assert "logged in as one of us" in shown.text, shown.text[:500]
	assert not answers(touch) and not answers(case) and now(case).status == engine.GIVEN
	# A portal user is a customer, and so is who is not logged in.
	portal_user(firm)
	olga = Browser(server, "olga@firm.example")
	assert olga.call(CONFIRM, token=token_of(case), solved="Yes", rating="5").status_code == 200
	assert now(case).status == engine.CLOSED
	assert [row.said_by for row in answers(case)] == ["Customer"]


# A case


def test_who_is_responsible_notes_the_yes_and_gives_no_stars(guest, anna, firm):
	case = offered(firm)
	assert now(case).responsible == ANNA
	for values in ({"rating": 1}, {"person_rating": 1}):
		answer = hear(anna, case, "Yes", **values)
		assert answer.status_code == 403 and "the customer's to give" in answer.text
	assert now(case).status == engine.GIVEN and not answers(case)
	assert hear(anna, case, "Yes", words="All fine").status_code == 200
	case = now(case)
	assert (case.status, case.word, case.word_by) == (engine.CLOSED, "Yes", "Noted by Us")
	[row] = answers(case)
	assert (row.said_by, row.noted_by, row.round) == ("Noted by Us", ANNA, 1)


def test_a_yes_that_was_noted_first_takes_the_link_from_nobody(guest, anna, firm):
	case = offered(firm)
	token = token_of(case)
	hear(anna, case, "Yes", words="All fine")
	assert "Is it solved?" in page(guest, feedback.COMPLAINT[0], token=token).text
	said = guest.call(CONFIRM, token=token, solved="No", rating="1", person_rating="1", words="Not at all")
	assert "We are sorry" in said.text
	assert "We are sorry" in guest.call(CONFIRM, token=token, solved="Yes", rating="5").text
	case = now(case)
	assert case.status == engine.CLOSED, "who is responsible hears of it, as of every no after closing"
	assert frappe.db.exists("ToDo", {"reference_name": case.name, "allocated_to": ANNA, "priority": "High"})
	assert [(row.said_by, row.solved, row.rating) for row in answers(case)].count(
		("Customer", "No", 0.2)
	) == 1
	[figure] = case_figures.cases({})
	assert figure.solution_rating == 0.2
	[row] = ratings_of_people.execute({})[1]
	assert (row["ratings"], row["average"], row["noted"]) == (1, 1, 0)


def test_a_no_that_was_noted_first_leaves_the_first_link_and_the_second_round(guest, anna, firm):
	case = offered(firm)
	first = token_of(case)
	hear(anna, case, "No", words="They are angry")
	assert now(case).status == engine.REOPENED
	said = guest.call(CONFIRM, token=first, solved="Yes", rating="5")
	assert said.status_code == 200 and "glad" in said.text
	case = now(case)
	assert (case.status, case.second_chance) == (engine.REOPENED, 1), "the second round goes on"
	told = frappe.get_all("Notification Log", {"document_name": case.name, "for_user": ANNA}, pluck="subject")
	assert any("first solution did solve it" in text for text in told)
	case.take_step("Listened")
	case = offer(case)
	second = token_of(case)
	assert guest.call(CONFIRM, token=second, solved="Yes", rating="4").status_code == 200
	assert (now(case).status, now(case).word_by) == (engine.CLOSED, "Customer")
	words = [(row.round, row.said_by, row.rating) for row in answers(case)]
	assert sorted(words) == [(1, "Customer", 1), (1, "Noted by Us", 0), (2, "Customer", 0.8)]


def test_who_answers_by_the_first_link_what_they_read_of_the_second_solution_means_that(guest, anna, firm):
	case = offered(firm)
	first = token_of(case)
	hear(anna, case, "No", words="They are angry")
	case = now(case)
	case.take_step("Listened")
	case = offer(case)
	assert "glad" in guest.call(CONFIRM, token=first, solved="Yes", rating="4").text
	case = now(case)
	assert (case.status, case.word_by, case.solution_rating) == (engine.CLOSED, "Customer", 0.8)
	assert [row.round for row in answers(case) if row.said_by == "Customer"] == [2]


def test_an_answer_to_the_second_question_uses_up_the_first_link_too(guest, anna, firm):
	case = offered(firm)
	first = token_of(case)
	hear(anna, case, "No")
	case = now(case)
	case.take_step("Listened")
	case = offer(case)
	assert guest.call(CONFIRM, token=token_of(case), solved="Yes").status_code == 200
	again = guest.call(CONFIRM, token=first, solved="No").text
	assert "We are glad" in again and "If something is not right after all" in again
	assert now(case).word == "Yes" and len(answers(case)) == 2


def test_the_customer_is_asked_although_somebody_has_noted_a_no(guest, anna, firm):
	case = offered(firm)
	hear(anna, case, "No")
	case = now(case)
	case.take_step("Listened")
	case = offer(case)
	hear(anna, case, "No", words="Still not")
	frappe.db.rollback()
	assert feedback.ask(case.name, "Email")


# Sites that had the app before


def test_upgrading_marks_each_word_once_and_says_how_many(guest, firm):
	_touch, token = visited(firm)
	case = offered(firm)
	guest.call(GIVE, token=token, rating="5")
	guest.call(CONFIRM, token=token_of(case), solved="Yes", rating="5")
	frappe.db.rollback()
	frappe.get_doc({"doctype": FEEDBACK, "customer": firm, "rating": 0.4, "channel": "Phone"}).insert()
	frappe.db.set_value(FEEDBACK, {"name": ("!=", "")}, {"said_by": "Noted by Us", "noted_by": None})
	frappe.db.set_value(CASE, case.name, "word_by", None)
	frappe.get_doc("User", MIA).add_roles("Keep Customers Manager")
	for _time in range(2):
		patch.execute()
		rows = frappe.get_all(FEEDBACK, {"customer": firm}, ["channel", "said_by", "noted_by"])
		assert {(row.channel, row.said_by, row.noted_by) for row in rows} == {
			("Web Page", "Customer", None),
			("Phone", "Noted by Us", "Administrator"),
		}
		assert frappe.db.get_value(CASE, case.name, "word_by") == "Customer"
		[told] = frappe.get_all(
			"Notification Log", {"for_user": MIA, "document_name": "Ratings of People"}, pluck="subject"
		)
		assert "themselves (2)" in told and "noted by us (1)" in told
