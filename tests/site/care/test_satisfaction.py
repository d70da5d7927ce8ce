"""Whom a rule asks how a purchase was: once a quarter, and not who is upset or was asked just now."""

from datetime import datetime, time, timedelta
from urllib.parse import unquote_plus

import frappe

from keep_customers.care import premises, rules
from keep_customers.care.preview import last_month
from keep_customers.messaging import purchase_feedback, sending
from keep_customers.people import contacts
from tests.site.care.test_large_purchases import amend
from tests.site.care.test_triggers import due
from tests.site.mail import contact, mailbox, text_of  # noqa: F401 (mailbox is for every test here)
from tests.site.messaging.sending.thanks import emails, state, thanked
from tests.site.people.consent.firm import told
from tests.site.story import ANNA

ASKING = {"trigger": purchase_feedback.TRIGGER, "min_amount": 0, "wait_days": 7, "due_in_days": 14}


def asked(story, rule, ahead=0):
	return set(due(story, rule, story.today + timedelta(days=ahead)))


def test_who_bought_is_asked_about_the_latest_purchase_that_has_had_its_days(story):
	firm, fresh, past, credited = (story.customer(name) for name in ("Firm", "Fresh", "Past", "Credited"))
	story.history(firm, [(12, 100), (9, 50), (3, 70)])
	story.history(fresh, [(6, 100)])
	story.history(past, [(40, 100)])
	story.credit(story.invoice(credited, 100, story.days_ago(9)), 100, story.days_ago(5))
	rule = story.rule(**ASKING)
	[(customer, (planned_on, due_date, occurrence))] = due(story, rule).items()
	assert (customer, planned_on) == (firm, story.days_ago(2))
	assert frappe.db.get_value("Sales Invoice", occurrence, "base_net_total") == 50
	assert story.today <= due_date <= story.today + timedelta(days=9)


def test_what_was_in_the_way_for_too_long_is_not_asked_about_any_more(story):
	firm = story.customer("Firm")
	story.file(firm, dedicated_rep=ANNA)
	story.history(firm, [(25, 100)])
	rule = story.rule(**ASKING)
	assert last_month(rules.read({"name": rule.name})[0], story.today), "as it would have been"
	story.completed_yesterday()
	story.night()
	[row] = story.follow_ups(firm)
	assert (row.status, row.hold_reason) == ("Skipped", "Too late")


def test_nobody_is_asked_twice_in_a_quarter_and_who_was_never_reached_may_be_again(story):
	firm = story.customer("Firm")
	story.history(firm, [(8, 100)])
	rule = story.rule(**ASKING)
	story.file(firm, dedicated_rep=ANNA)
	story.completed_yesterday()
	story.night()
	[row] = story.follow_ups(firm)
	story.history(firm, [(-10, 100), (-85, 100)])
	assert not asked(story, rule, 18), "another purchase, twenty days later"
	assert asked(story, rule, 93) == {firm}
	frappe.db.set_value("Follow Up", row.name, {"status": "Skipped", "hold_reason": "No consent"})
	assert asked(story, rule, 18) == {firm}


def test_two_rules_ask_nobody_twice_in_a_quarter(story):
	firm = story.customer("Firm")
	story.history(firm, [(8, 100)])
	story.file(firm, dedicated_rep=ANNA)
	mailed = story.rule(**ASKING)
	called = story.rule("Call", **ASKING)
	story.completed_yesterday()
	story.night()
	[row] = story.follow_ups(firm)
	assert row.status == "Assigned"
	story.history(firm, [(-10, 100)])
	for rule in (mailed, called):
		assert not asked(story, rule, 18)


def test_an_amended_invoice_is_asked_about_in_the_place_of_the_first(story):
	firm = story.customer("Firm")
	story.file(firm, dedicated_rep=ANNA)
	sold = story.invoice(firm, 100, story.days_ago(8))
	rule = story.rule(**ASKING)
	story.completed_yesterday()
	story.night()
	sold.reload()
	sold.cancel()
	[row] = story.follow_ups(firm)
	assert (row.status, row.hold_reason) == ("Cancelled", "Invoice cancelled")
	assert not asked(story, rule)
	amended = amend(sold)
	story.night()
	[again] = story.follow_ups(firm, status="Assigned")
	assert (again.reference_name, again.occurrence) == (amended.name, sold.name)
	assert frappe.db.get_value("ToDo", again.todo, "status") == "Open"


def test_what_was_credited_is_asked_about_once_the_credit_note_is_cancelled(story):
	firm = story.customer("Firm")
	story.file(firm, dedicated_rep=ANNA)
	sold = story.invoice(firm, 100, story.days_ago(8))
	rule = story.rule(**ASKING)
	story.completed_yesterday()
	story.night()
	note = story.credit(sold, 100, story.days_ago(1))
	[row] = story.follow_ups(firm)
	assert (row.status, row.hold_reason) == ("Cancelled", "Invoice credited")
	assert not asked(story, rule)
	note.cancel()
	assert asked(story, rule) == {firm}


def test_who_complains_is_not_asked_whether_they_are_satisfied(story):
	firm, upset = story.customer("Firm"), story.customer("Upset")
	for one in (firm, upset):
		story.history(one, [(8, 100)])
		story.file(one, dedicated_rep=ANNA)
	story.case(upset)
	rule = story.rule(**ASKING)
	assert asked(story, rule) == {firm}
	story.completed_yesterday()
	story.night()
	case = story.case(firm)
	story.night()
	[row] = story.follow_ups(firm)
	assert (row.status, row.hold_reason) == ("Cancelled", "Complaint open")
	frappe.db.set_value("Complaint Case", case.name, "status", "Closed")
	assert asked(story, rule) == {firm}, "once it is put right"


def test_who_was_asked_about_a_visit_today_is_not_asked_about_a_purchase(story):
	firm = story.customer("Firm")
	story.history(firm, [(8, 100)])
	rule = story.rule(**ASKING)
	touch = frappe.get_doc(
		{"doctype": "Customer Touch", "customer": firm, "rep": ANNA, "channel": "Visit", "result": "Reached"}
	).insert()
	story.settings(feedback_pause_hours=24)
	touch.db_set("feedback_asked_on", datetime.combine(story.today, time(8)))
	assert not asked(story, rule)
	story.settings(feedback_pause_hours=0)
	assert asked(story, rule) == {firm}


def test_the_shipped_rule_is_off_and_sends_a_link_to_who_agreed(story):
	[name] = frappe.get_all("Care Rule", {"trigger": purchase_feedback.TRIGGER}, pluck="name")
	shipped = frappe.get_doc("Care Rule", name)
	assert (shipped.enabled, shipped.send_automatically, shipped.purpose) == (0, 1, "After a Purchase")
	assert frappe.db.count("Care Message", {"kind": shipped.message_kind}) == 3
	firm = thanked(story, **{**ASKING, "wait_days": 0}, message_kind=shipped.message_kind)
	assert state(story, firm) == ("Assigned", "Queued", "") and not story.todos()
	since = datetime.combine(story.today, time()) - timedelta(days=400)
	assert not purchase_feedback.asked(since)
	assert sending.send_due(story.today) == {"Sending": 1}
	[queued] = emails(firm)
	_message, html = text_of(queued)
	token = unquote_plus(html.split("/care-feedback?token=")[1].split("&")[0])
	[row] = story.follow_ups(firm)
	invoice = purchase_feedback.read(token)
	assert invoice.name == row.reference_name
	# Until they answer somebody else may be the main contact.
	olga = frappe.db.get_value("Contact", {"first_name": "Olga"})
	pavel = contact(firm, first_name="Pavel", is_primary_contact=1).name
	assert contacts.primary_contact(firm) == pavel
	assert purchase_feedback.who_was_asked(invoice) == olga
	# A messenger may say that it has arrived; that is no answer.
	for status in ("Sending", "Sent", "Delivered", "Read"):
		frappe.db.set_value("Follow Up", row.name, "send_status", status)
		assert [(who, contact) for who, contact, _when in purchase_feedback.asked(since)] == [(firm, None)]


def test_who_has_not_agreed_is_asked_by_the_rep_with_the_same_link(story):
	firm = thanked(story, consent=None, **{**ASKING, "wait_days": 0}, message_kind="How Was It")
	[todo] = story.todos(ANNA)
	assert "how it was" in todo.description and "token" not in todo.description
	[row] = story.follow_ups(firm)
	words = purchase_feedback.words(row.reference_name, "en")
	assert purchase_feedback.PURCHASE[0] in words["purchase_feedback_link"]
	assert not purchase_feedback.words("No Such Invoice", "en")
	assert rules.purpose(purchase_feedback.TRIGGER) == "After a Purchase"
	# Who wants no care is not asked, and who wants no questions.
	olga = frappe.get_doc("Contact", {"first_name": "Olga"})
	for purpose, consent, expected in (
		("Care", "Given", "Assigned"),
		("Feedback", "Given", "Assigned"),
		("Feedback", "Refused", "Cancelled"),
	):
		told(firm, "Email", consent, olga, purpose=purpose)
		premises.end_of([firm])
		[row] = story.follow_ups(firm)
		assert row.status == expected, purpose
	assert row.hold_reason == "No consent"
