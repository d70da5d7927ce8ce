"""Customers who are logged in see their own cases; a rep of another region sees none of them."""

from urllib.parse import quote

import frappe
import pytest
from frappe.permissions import add_user_permission

from keep_customers.complaints import portal
from keep_customers.engine import complaints as engine
from keep_customers.erp.language import moment_with_clock
from tests.site.complaints.guests.said import (
	CASE,
	CONFIRM,
	OLGA,
	PAVEL,
	PNG,
	cases,
	complain,
	complaint,
	now,
	offer,
	offered,
	portal_user,
	token_of,
)
from tests.site.guests import guest_server, page
from tests.site.mail import contact
from tests.site.story import ANNA, BEN, PREFIX, TERRITORY
from tests.site.web import Browser

# The portal


@pytest.mark.parametrize("by", ["contact", "portal user"])
def test_a_customer_who_is_logged_in_sees_their_own_cases_and_no_notes(guest, firm, story, by):
	works = story.customer("Works")
	contact(works, first_name=f"{PREFIX} Pavel", email=PAVEL)
	own = offered(firm, cause_text="INTERNAL: cheap parts")
	promised = complaint(firm, subject="The battery is flat", promised_on="2099-05-06 10:00:00")
	foreign = offered(works, subject="The saw sings", description="All day")
	unnamed = complaint(None, channel="Web Page", contact_email=OLGA, subject="Nobody's")
	olga = Browser(guest_server(guest), portal_user(firm, by=by))

	listed = page(olga, "complaints")
	assert listed.status_code == 200 and "The drill smokes" in listed.text
	assert (
		"The saw sings" not in listed.text and "Nobody" not in listed.text and "INTERNAL" not in listed.text
	)
	shown = page(olga, f"complaints/{own.name}")
	assert shown.status_code == 200 and "We have offered you a solution" in shown.text
	assert "And it smells" in shown.text and "/complaint-answer?token=" in shown.text
	assert own.name in shown.text
	by = f"by {moment_with_clock(promised.promised_on, 'en')}"
	assert "May 6, 2099" in by and "(Coordinated" not in by
	assert by in page(olga, f"complaints/{promised.name}").text and by in listed.text
	assert "INTERNAL" not in shown.text
	for name in (foreign.name, unnamed.name, "CC-1900-00001"):
		assert page(olga, f"complaints/{name}").status_code == 404
		assert page(olga, "complaint", name=name).status_code == 404
	# Nor past the pages, not even their own: what is noted among ourselves stands in the document.
	for name in (own.name, foreign.name):
		assert olga.resource(CASE, name).status_code in (403, 404)
		assert "INTERNAL" not in page(olga, "printview", doctype=CASE, name=name).text
		for method in ("frappe.www.list.get", "frappe.www.list.get_list_data", "frappe.client.get_list"):
			assert "smokes" not in olga.call(method, doctype=CASE, fields=["*"]).text
	for method in ("take_step", "close", "hear"):
		run = {"dt": CASE, "dn": own.name, "method": method, "args": '{"word": "Yes", "step": "Explained"}'}
		tried = olga.http.post(f"{olga.base}/api/method/run_doc_method", data=run, timeout=60)
		assert tried.status_code == 403
	assert olga.call("keep_customers.complaints.feedback.ask", case=own.name).status_code == 403
	assert now(own).status == engine.GIVEN


def test_what_is_offered_is_shown_once_it_is_and_nothing_that_was_noted(firm):
	early, later = complaint(firm), now(offered(firm))
	for case, shown in ((early, None), (later, "A new drill by Friday.")):
		case.solution = "A new drill by Friday."
		assert portal.shown(case)["offered"] == shown


def test_who_is_not_logged_in_or_speaks_for_nobody_sees_no_cases(guest, firm):
	case = offered(firm)
	for path in ("complaints", f"complaints/{case.name}"):
		answer = page(guest, path)
		assert answer.status_code == 403 and "drill" not in answer.text
		assert (
			"Please Log In" in answer.text
			and "/login?redirect-to=" + quote(f"/{path}", safe="") in answer.text
		)
	pavel = Browser(guest_server(guest), portal_user(firm, PAVEL, by="contact"))
	assert "drill" not in page(pavel, "complaints").text
	assert page(pavel, f"complaints/{case.name}").status_code == 404
	assert guest.resource(CASE, case.name).status_code in (401, 403)
	assert guest.resource("Customer Feedback").status_code in (401, 403)


def test_who_complains_while_logged_in_finds_it_among_their_own(guest, firm, story):
	olga = Browser(guest_server(guest), portal_user(firm))
	told = complain(olga, email="olga@home.example")
	assert told.status_code == 200 and "Thank You" in told.text
	[case] = cases()
	assert case.customer == firm and "The drill smokes" in page(olga, "complaints").text
	# Of two customers the number says which.
	works = story.customer("Works")
	portal_user(works, by="portal user")
	invoice = story.invoice(works, 100)
	frappe.db.commit()
	for number in ("", invoice.name):
		complain(olga, number=number, description=f"The saw sings {number}")
	assert [one.customer for one in cases()[1:]] == [None, works]


def test_who_speaks_for_two_customers_reads_whose_a_case_is(guest, firm, story, monkeypatch):
	case = complaint(firm)
	olga = Browser(guest_server(guest), portal_user(firm))
	for path in ("complaints", f"complaints/{case.name}"):
		assert firm not in page(olga, path).text, "there is only one"
	works = story.customer("Works")
	portal_user(works, by="portal user")
	other = complaint(works, subject="The saw sings")
	listed = page(olga, "complaints").text
	assert firm in listed and works in listed
	assert works in page(olga, f"complaints/{other.name}").text
	# What does not fit on a page is on the next one.
	assert "page=" not in listed
	monkeypatch.setattr(portal, "MOST", 1)
	names = {case.name, other.name}
	(first,), older = portal.own_cases(OLGA)
	assert older and first["name"] in names
	(second,), older = portal.own_cases(OLGA, 2)
	assert not older and {first["name"], second["name"]} == names


# A rep of another region


def test_a_rep_of_another_region_gets_neither_cases_nor_files_nor_feedback(guest, firm, story):
	invoice = story.invoice(firm, 100)
	frappe.db.commit()
	complain(guest, number=invoice.name, files=[("smoke.png", PNG)])
	[case] = cases()
	[url] = frappe.get_all("File", filters={"attached_to_name": case.name}, pluck="file_url")
	doc = frappe.get_doc(CASE, case.name)
	doc.take_step("Listened", "INTERNAL")
	offer(doc)
	guest.call(CONFIRM, token=token_of(case), solved="No", words="Still smoking")
	frappe.db.rollback()
	[said] = frappe.get_all("Customer Feedback", pluck="name")
	elsewhere = frappe.get_all("Territory", filters={"name": ("!=", TERRITORY), "is_group": 0}, pluck="name")[
		0
	]
	add_user_permission("Territory", elsewhere, BEN)
	frappe.db.commit()

	anna, ben = (Browser(guest_server(guest), user) for user in (ANNA, BEN))
	for doctype, name in ((CASE, case.name), ("Customer Feedback", said)):
		assert anna.resource(doctype, name).status_code == 200
		assert ben.resource(doctype, name).status_code == 403
		assert ben.resource(doctype).json() == {"data": []}
		assert (
			ben.resource(doctype, name, "PUT", json={"subject": "Mine", "words": "Mine"}).status_code == 403
		)
	assert anna.http.get(f"{anna.base}{url}", timeout=60).status_code == 200
	assert ben.http.get(f"{ben.base}{url}", timeout=60).status_code == 403
	assert ben.call("keep_customers.complaints.feedback.ask", case=case.name).status_code == 403
	forged = {"customer": firm, "kind": "General", "rating": 1, "rated_user": BEN, "person_rating": 1}
	assert ben.resource("Customer Feedback", method="POST", json=forged).status_code == 417
	assert "INTERNAL" not in page(ben, "printview", doctype=CASE, name=case.name).text
