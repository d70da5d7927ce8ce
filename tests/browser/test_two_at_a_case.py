"""Two people answer one complaint, or decide about one plan, at the same time: who comes second hears of it, and types nothing again."""

import frappe
import pytest

from keep_customers.visits import approval
from tests.site.story import ANNA, BEN, MIA
from tests.site.visits.plans import draft

from .test_complaints import press

CLOSED = "() => !document.querySelector('.modal.show')"
TYPED = "name => cur_dialog.get_value(name)"


@pytest.fixture
def case(story):
	case = story.case(story.customer("Firm"))
	frappe.db.commit()
	return case.name


def meanwhile(name, work):
	"""What Ben does, whose browser is elsewhere."""
	frappe.set_user(BEN)
	work(frappe.get_doc("Complaint Case", name))
	frappe.db.commit()
	frappe.set_user("Administrator")


def opened(anna, case):
	# No realtime server brings the form up to date behind the dialog.
	anna.page.evaluate("() => frappe.realtime.off('doc_update')")
	anna.open("Form", "Complaint Case", case)
	anna.page.wait_for_function("name => cur_frm?.doc.name === name", arg=case)
	anna.settled()


def sends(anna):
	anna.page.locator(".modal.show .btn-modal-primary >> visible=true").click()


def overtaken(anna, words):
	anna.page.locator(".modal.show .keep-meanwhile", has_text=words).wait_for()
	anna.settled()
	# The host's answer to who comes second.
	anna.problems[:] = [one for one in anna.problems if "417" not in one]


def typed(anna, field, words):
	"""The host draws a field anew some time after a tick that asks for it; nobody types as soon as a machine."""
	for _again in range(5):
		anna.page.locator(f".modal.show [data-fieldname={field}] textarea >> visible=true").fill(words)
		anna.page.keyboard.press("Tab")
		anna.page.wait_for_timeout(100)
		if anna.page.evaluate(TYPED, field) == words:
			return
	raise AssertionError(f"{field} does not keep what is typed")


def steps_of(case):
	frappe.db.rollback()
	rows = frappe.get_all(
		"Complaint Step", {"parent": case}, ["step", "done_by", "note"], order_by="idx", as_list=True
	)
	return [row for row in rows if row[0] != "Received"]


def test_the_second_who_notes_a_step_keeps_the_words_for_the_next(story, desk, case):
	with desk(ANNA) as anna:
		opened(anna, case)
		press(anna, "Listen to the Customer")
		typed(anna, "note", "Drill <b>broke</b> at once")
		meanwhile(case, lambda doc: doc.take_step("Listened", "He is angry"))
		sends(anna)
		overtaken(anna, "Meanwhile Ben has noted: Listened.")
		anna.shot("two-at-a-case")
		assert anna.page.evaluate(TYPED, "note") == "Drill <b>broke</b> at once"
		assert not anna.page.evaluate(TYPED, "did_apologised"), "nothing is ticked that nobody has said"
		anna.page.locator(".modal.show label:has-text('Apologised')").click()
		sends(anna)
		anna.page.wait_for_function(CLOSED)
	assert steps_of(case) == [
		("Listened", BEN, "He is angry"), ("Apologised", ANNA, "Drill <b>broke</b> at once"),
	]  # fmt: skip


def test_words_that_are_of_no_use_any_more_are_kept_as_a_comment(story, desk, case):
	with desk(ANNA) as anna:
		opened(anna, case)
		press(anna, "Listen to the Customer")
		anna.page.locator(".modal.show label:has-text('Solution Offered')").click()
		typed(anna, "solution", "A new one & a bit")
		typed(anna, "note", "He agreed")
		meanwhile(case, lambda doc: doc.take_steps(["Solution Offered"], "Sent", "Quick", told()))
		sends(anna)
		overtaken(anna, "Meanwhile Ben has noted: Solution Offered.")
		assert anna.page.evaluate(TYPED, "note") == "He agreed\nA new one & a bit"
		anna.page.locator(".modal.show .btn-modal-secondary >> visible=true").click()
		anna.page.wait_for_function(CLOSED)
		anna.settled()
	frappe.db.rollback()
	about = {"reference_name": case, "comment_type": "Comment"}
	[comment] = frappe.get_all("Comment", about, ["content", "comment_email"])
	assert comment.comment_email == ANNA
	assert "He agreed<br>A new one &amp; a bit" in comment.content


def test_what_still_can_be_done_is_sent_by_another_press(story, desk, case):
	with desk(ANNA) as anna:
		opened(anna, case)
		press(anna, "Wait for the Customer")
		typed(anna, "note", "A photo of it")
		meanwhile(case, lambda doc: doc.update({"description": "More of it"}).save())
		sends(anna)
		overtaken(anna, "Meanwhile Ben has changed this case.")
		assert anna.page.evaluate(TYPED, "note") == "A photo of it"
		sends(anna)
		anna.page.wait_for_function(CLOSED)
	frappe.db.rollback()
	doc = frappe.get_doc("Complaint Case", case)
	assert (doc.status, doc.pauses[0].note) == ("Waiting for Customer", "A photo of it")


def test_what_was_typed_on_the_form_is_on_it_again_and_is_sent_along(story, desk, case):
	with desk(ANNA) as anna:
		opened(anna, case)
		anna.page.evaluate("() => cur_frm.set_value('description', 'As he told it')")
		press(anna, "Wait for the Customer")
		typed(anna, "note", "A photo of it")
		meanwhile(case, lambda doc: doc.update({"severity": "Grave"}).save())
		sends(anna)
		overtaken(anna, "Meanwhile Ben has changed this case.")
		assert anna.page.evaluate(TYPED, "note") == "A photo of it"
		assert anna.page.evaluate("() => [cur_frm.doc.description, cur_frm.doc.severity]") == [
			"As he told it", "Grave",
		]  # fmt: skip
		sends(anna)
		anna.page.wait_for_function(CLOSED)
	frappe.db.rollback()
	doc = frappe.get_doc("Complaint Case", case)
	assert (doc.status, doc.description, doc.severity) == (
		"Waiting for Customer", "As he told it", "Grave",
	)  # fmt: skip


def test_what_both_have_changed_is_said_and_kept_as_the_first_has_it(story, desk, case):
	with desk(ANNA) as anna:
		opened(anna, case)
		anna.page.evaluate("() => cur_frm.set_value('description', 'As <b>Anna</b> heard it')")
		press(anna, "Wait for the Customer")
		typed(anna, "note", "A photo of it")
		meanwhile(case, lambda doc: doc.update({"description": "As Ben heard it"}).save())
		sends(anna)
		overtaken(anna, "yours is not saved: What Happened: As <b>Anna</b> heard it")
		assert anna.page.evaluate("() => cur_frm.doc.description") == "As Ben heard it"


def test_what_the_customer_said_meanwhile_is_said(story, desk, case):
	frappe.set_user(BEN)
	frappe.get_doc("Complaint Case", case).take_steps(["Solution Offered"], "Sent", "Quick", told())
	frappe.set_user("Administrator")
	frappe.db.commit()
	with desk(ANNA) as anna:
		opened(anna, case)
		press(anna, "Record the Customer's Word")
		anna.page.evaluate("() => cur_dialog.set_value('word', 'Yes')")
		typed(anna, "words", "He is happy")
		meanwhile(case, lambda doc: doc.hear("No", words="Not at all"))
		sends(anna)
		overtaken(anna, "Meanwhile the customer's word was noted: No.")
		assert "Received" not in anna.page.locator(".keep-meanwhile").inner_text()
		anna.page.locator(".modal.show .btn-modal-secondary >> visible=true").click()
		anna.page.wait_for_function(CLOSED)
		anna.settled()
	frappe.db.rollback()
	[content] = frappe.get_all(
		"Comment", {"reference_name": case, "comment_type": "Comment"}, pluck="content"
	)
	assert "?: Yes</p>" in content and "He is happy" in content


def test_a_plan_that_was_approved_meanwhile_is_not_sent_back_and_the_words_stay(story, desk):
	firm = story.customer("Firm")
	story.file(firm, dedicated_rep=ANNA)
	plan = draft([firm])
	approval.ask_for_approval(plan.name)
	frappe.set_user("Administrator")
	frappe.db.commit()
	with desk(MIA) as mia:
		mia.page.evaluate("() => frappe.realtime.off('doc_update')")
		mia.open("Form", "Visit Plan", plan.name)
		mia.settled()
		press(mia, "Send Back")
		typed(mia, "why", "One day more, please")
		frappe.get_doc("Visit Plan", plan.name).submit()
		frappe.db.commit()
		sends(mia)
		mia.see("is not a draft any more")
		mia.settled()
		assert mia.page.evaluate("() => cur_dialog && document.querySelectorAll('.modal.show').length >= 1")
		words = mia.page.locator("[data-fieldname=why] textarea").input_value()
		assert words == "One day more, please"
		mia.problems[:] = [one for one in mia.problems if "417" not in one]


def told():
	from keep_customers.complaints.steps import Told

	return Told(solution="A new drill tomorrow")
