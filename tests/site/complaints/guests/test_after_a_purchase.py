"""After a purchase the customer says how it was, and who is not satisfied is called."""

from datetime import timedelta

import frappe
from frappe.utils import now_datetime

from keep_customers.erp import signed
from keep_customers.messaging import purchase_feedback
from tests.site.care.test_large_purchases import amend
from tests.site.complaints.guests.said import offered, token_of
from tests.site.guests import page
from tests.site.mail import contact
from tests.site.story import ANNA

GIVE = "keep_customers.messaging.purchase_feedback.give"


def told(invoice):
	frappe.db.rollback()
	return frappe.get_all("Customer Feedback", filters={"reference_name": invoice}, fields=["*"])


def todos(feedback):
	about = {"reference_type": "Customer Feedback", "reference_name": feedback}
	return frappe.get_all("ToDo", about, ["allocated_to", "priority", "description"])


def bought(story, firm, asked_by=ANNA):
	"""An invoice that was asked about, and the token of its link."""
	name = story.invoice(firm, 500, story.days_ago(9)).name
	if asked_by:
		frappe.get_doc(
			{
				"doctype": "Follow Up", "customer": firm, "occurrence": name, "status": "Done", "reason": "Asked", "channel": "Email",
				"due_date": story.today, "planned_on": story.today, "assigned_to": asked_by,
				"reference_doctype": "Sales Invoice", "reference_name": name,
			}
		).insert()  # fmt: skip
	token = signed.token(purchase_feedback.PURCHASE[1], purchase_feedback.subject(name), 9)
	frappe.db.commit()
	return name, token


def test_who_is_not_satisfied_is_on_the_reps_list_and_says_it_once(guest, firm, story):
	invoice, token = bought(story, firm)
	shown = page(guest, "care-feedback", token=token)
	assert shown.status_code == 200 and "Anna" in shown.text
	assert "500" not in shown.text.replace(token, ""), "how much it was is nobody's who has the link"
	in_chinese = page(guest, "care-feedback", token=token, _lang="zh").text
	assert "非常满意" in in_chinese and "帮助" not in in_chinese, "that is what a visit was"
	assert guest.call(GIVE, token=token).status_code == 400, "nothing was said"
	assert guest.call(GIVE, token=token_of(offered(firm)), rating="1").status_code == 410
	for words in ("It smokes", "It does not"):
		assert guest.call(GIVE, token=token, rating="2", person_rating="5", words=words).status_code == 200
	[row] = told(invoice)
	assert (row.kind, row.said_by, row.rating, row.person_rating, row.rated_user, row.words) == (
		"After a Purchase", "Customer", 0.4, 1, ANNA, "It smokes",
	)  # fmt: skip
	[todo] = todos(row.name)
	assert (todo.allocated_to, todo.priority) == (ANNA, "High")
	assert firm in todo.description and "smokes" not in todo.description
	assert "We have your answer" in page(guest, "care-feedback", token=token).text
	# So by a link of an earlier version, which knows the number alone.
	by_number = signed.token(purchase_feedback.BY_NUMBER, invoice, 9)
	assert "We have your answer" in page(guest, "care-feedback", token=by_number).text
	# The number is given to the next invoice, which is another customer's: no link to the first one leads there.
	frappe.db.rollback()
	frappe.db.set_value(
		"Sales Invoice", invoice, {"creation": now_datetime(), "customer": story.customer("Next")}
	)
	frappe.db.commit()
	for old in (token, by_number):
		assert page(guest, "care-feedback", token=old).status_code == 410
		assert guest.call(GIVE, token=old, rating="5").status_code == 410
	anew = signed.token(purchase_feedback.PURCHASE[1], purchase_feedback.subject(invoice), 9)
	shown = page(guest, "care-feedback", token=anew)
	assert shown.status_code == 200 and "We have your answer" not in shown.text and "Anna" not in shown.text


def test_who_is_satisfied_needs_nobody(guest, firm, story):
	invoice, token = bought(story, firm, asked_by=None)
	assert "look after you" not in page(guest, "care-feedback", token=token).text, "nobody asked"
	assert guest.call(GIVE, token=token, rating="3", person_rating="1").status_code == 200
	[row] = told(invoice)
	assert (row.rating, row.person_rating, row.rated_user) == (0.6, 0, None)
	assert len(todos(row.name)) == 0


def test_what_was_not_bought_is_not_asked_about(guest, firm, story):
	invoice, token = bought(story, firm)
	frappe.get_doc("Sales Invoice", invoice).cancel()
	frappe.db.commit()
	assert page(guest, "care-feedback", token=token).status_code == 410
	assert guest.call(GIVE, token=token, rating="1").status_code == 410
	assert not told(invoice)


def test_the_link_to_an_invoice_that_was_amended_is_good(guest, firm, story):
	invoice, token = bought(story, firm)
	sold = frappe.get_doc("Sales Invoice", invoice)
	sold.cancel()
	anew = amend(sold)
	frappe.db.commit()
	assert page(guest, "care-feedback", token=token).status_code == 200
	for rating in ("3", "5"):
		assert guest.call(GIVE, token=token, rating=rating, person_rating="4").status_code == 200
	[row] = told(anew.name)
	assert (row.rating, row.rated_user) == (0.6, ANNA)
	rule = story.rule(trigger=purchase_feedback.TRIGGER, enabled=0).name
	sent = {"care_rule": rule, "send_status": "Sent", "sent_on": row.given_on - timedelta(minutes=5)}
	frappe.db.set_value("Follow Up", {"reference_name": invoice}, sent)
	assert not purchase_feedback.asked(row.given_on - timedelta(hours=1)), "they have answered"
	# Whom the link was sent to is another customer's, and no more of this one.
	olga = contact(story.customer("Elsewhere"), first_name="Otto").name
	frappe.db.set_value(
		"Follow Up", {"reference_name": invoice}, {"sent_to": "x", "sent_to_person": f"Contact/{olga}"}
	)
	assert not purchase_feedback.read(token)
	frappe.db.set_value("Follow Up", {"reference_name": invoice}, {"sent_to": None, "sent_to_person": None})
	# Amended once more, it was said already; and is nothing new to be said.
	anew.reload()
	anew.cancel()
	last = amend(anew)
	frappe.db.commit()
	assert "We have your answer" in page(guest, "care-feedback", token=token).text
	assert guest.call(GIVE, token=token, rating="1").status_code == 200
	assert not told(last.name)
