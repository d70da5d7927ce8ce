"""The public page takes a handful: of one network address, of one writer, of everybody; mistakes in writing cost little."""

import re

import frappe
from frappe.utils import add_to_date, now_datetime

from keep_customers.complaints import page as complaint_page
from tests.site.complaints.guests.said import CASE, OLGA, PAVEL, PNG, cases, complain


def from_(guest, address):
	"""As the site's own proxy tells where somebody comes from."""
	guest.http.headers["X-Forwarded-For"] = address
	return guest


def test_one_writer_in_many_places_is_one_writer(guest, firm):
	spellings = [OLGA, OLGA.upper(), OLGA.replace("@", "+a@"), OLGA.replace("@", "+b@")]
	codes = [complain(from_(guest, f"203.0.113.{n}"), email=spellings[n % 4]).status_code for n in range(7)]
	assert codes == [200] * 5 + [429] * 2 and len(cases()) == 5
	assert complain(guest, email=PAVEL).status_code == 200


def test_everybody_together_has_a_limit_and_it_ends(guest, firm, story):
	story.settings(complaints_per_hour=4)
	frappe.db.commit()
	for n in range(6):
		said = complain(from_(guest, f"203.0.113.{n}"), email=f"guest{n}@firm.example")
		assert said.status_code == (200 if n < 4 else 429)
	frappe.db.rollback()
	before = add_to_date(now_datetime(), minutes=-61)
	frappe.db.set_value(CASE, cases()[0].name, "creation", before, update_modified=False)
	frappe.db.commit()
	assert complain(guest).status_code == 200
	story.settings(complaints_per_hour=0)
	frappe.db.commit()
	assert complain(from_(guest, "203.0.113.99")).status_code == 200, "0 is no limit"


def test_whichever_limit_it_is_the_answer_is_the_same(guest, firm, story):
	by_address = [complain(from_(guest, "203.0.113.1"), email=f"a{n}@firm.example") for n in range(6)][-1]
	story.settings(complaints_per_writer=1)
	frappe.db.commit()
	by_writer = complain(from_(guest, "203.0.113.2"), email="a1@firm.example")
	story.settings(complaints_per_hour=1)
	frappe.db.commit()
	in_all = complain(from_(guest, "203.0.113.3"), email="new@firm.example")
	assert {one.status_code for one in (by_address, by_writer, in_all)} == {429}
	said = {re.search('class="fault".*?</p>', one.text)[0] for one in (by_address, by_writer, in_all)}
	assert len(said) == 1 and "The drill smokes" in in_all.text, "and nothing has to be written again"


def test_who_mistypes_again_and_again_can_still_complain(guest, firm):
	mistakes = (
		{"description": " "}, {"email": "olga"}, {"email": ""}, {"files": [("page.png", b"<html>")]},
		{"files": [("smoke.png", PNG)] * 4},
	)  # fmt: skip
	for n in range(20):
		assert complain(guest, **mistakes[n % len(mistakes)]).status_code == 400
	assert complain(guest).status_code == 200 and len(cases()) == 1
	codes = [complain(guest, email="").status_code for _time in range(complaint_page.TRIES)]
	assert codes[0] == 400 and codes[-1] == 429, "for ever is too often all the same"


def test_a_program_and_an_odd_call_use_up_what_they_are(guest, firm):
	codes = [complain(guest, website="http://example.com").status_code for _time in range(6)]
	assert codes == [200] * 5 + [429] and not cases()
	odd = guest.http.post(
		f"{guest.base}/api/method/keep_customers.erp.complaint_page.post", json={"email": [1]}, timeout=60
	)
	assert odd.status_code == 400, "the old address, and no text: a mistake, not a complaint"
