"""Anybody can complain on the public page, and nobody learns anything or gets script shown there."""

import email as mails
import re

import frappe
import pytest
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from keep_customers.complaints import feedback
from keep_customers.complaints import page as public
from keep_customers.engine import complaints as engine
from keep_customers.erp import signed
from keep_customers.messaging import visit_feedback
from tests.site.complaints.guests.said import (
	CASE,
	CONFIRM,
	GIVE,
	OLGA,
	PAVEL,
	PDF,
	PNG,
	cases,
	complain,
	offer,
	portal_user,
	token_of,
)
from tests.site.guests import SCRIPT, bare, guest_server, page
from tests.site.story import ANNA, COMPANY, PREFIX
from tests.site.web import Browser

# The public page


def without_numbers(html):
	"""Thanks without the number of the case, and without the minute."""
	return " ".join(re.sub(r"\d+|<dl>.*?</dl>", "", bare(html), flags=re.S).split())


def test_the_public_page_makes_a_case_with_the_customer_for_who_knows_number_and_address(guest, firm, story):
	shown = page(guest, "complain")
	assert shown.status_code == 200 and 'enctype="multipart/form-data"' in shown.text
	invoice = story.invoice(firm, 100)
	frappe.db.commit()
	known = complain(
		guest,
		number=f" {invoice.name} ",
		email=OLGA.upper(),
		full_name="Olga",
		files=[("smoke.png", PNG), ("C:\\x\\bill.pdf", PDF)],
	)
	unknown = complain(guest, number="ACC-SINV-1900-1", email=OLGA)
	stranger = complain(guest, number=invoice.name, email="eve@example.com")
	assert {one.status_code for one in (known, unknown, stranger)} == {200}
	assert len({without_numbers(one.text) for one in (known, unknown, stranger)}) == 1
	first, second, third = cases()
	assert first.name in known.text and "We answer within 1 hour" in known.text, (
		"its number, and what happens next"
	)
	assert (first.customer, first.sales_invoice, first.channel, first.responsible) == (
		firm, invoice.name, "Web Page", ANNA,
	)  # fmt: skip
	assert (first.contact_name, first.description, first.status) == ("Olga", "The drill smokes", engine.OPEN)
	assert first.contact == frappe.db.get_value("Contact", {"email_id": OLGA})
	for case, number in ((second, "ACC-SINV-1900-1"), (third, invoice.name)):
		assert not (case.customer or case.sales_invoice or case.contact) and case.stated_number == number
	files = frappe.get_all("File", filters={"attached_to_name": first.name}, fields=["*"])
	assert sorted(file.file_name for file in files) == ["bill.pdf", "smoke.png"]
	assert all(file.is_private for file in files)
	for file in files:
		assert guest.http.get(f"{guest.base}{file.file_url}", timeout=60).status_code == 403


@pytest.mark.parametrize("doctype", ["Delivery Note", "Sales Order"])
def test_other_numbers_are_known_too(guest, firm, doctype):
	frappe.get_doc(
		{
			"doctype": doctype, "name": f"{PREFIX}-1", "customer": firm, "company": COMPANY, "currency": "EUR",
			"conversion_rate": 1, "docstatus": 1,
		}
	).db_insert()  # fmt: skip
	frappe.db.commit()
	complain(guest, number=f"{PREFIX}-1")
	[case] = cases()
	assert case.customer == firm and case.stated_number == f"{PREFIX}-1"
	assert case.delivery_note == (f"{PREFIX}-1" if doctype == "Delivery Note" else None)


def test_the_page_that_is_off_does_not_exist(guest, story):
	story.settings(complaint_page=0)
	frappe.db.commit()
	assert page(guest, "complain").status_code == 404
	assert complain(guest).status_code == 404
	assert not cases()


def test_many_posts_from_one_address_make_a_handful(guest, firm):
	"""The host's limiter counts by address: after the fifth it refuses the sixtieth as it would the ten-thousandth."""
	codes = [complain(guest, description=f"Again {n}").status_code for n in range(60)]
	assert codes == [200] * 5 + [429] * 55
	assert len(cases()) == 5
	last = complain(guest)
	assert "try again in an hour" in last.text and "Traceback" not in last.text


def test_a_file_that_is_too_large_is_refused_and_nothing_is_stored(guest, firm):
	files = frappe.db.count("File")
	thirty = complain(guest, files=[("big.png", PNG + b"\0" * (30 * 1024 * 1024))])
	assert thirty.status_code in (400, 413)
	six = complain(guest, files=[("ok.png", PNG), ("big.png", PNG + b"\0" * (6 * 1024 * 1024))])
	assert six.status_code == 400 and "at most 5 MB" in six.text
	assert not cases() and frappe.db.count("File") == files


def test_too_many_files_and_other_kinds_are_refused(guest, firm):
	svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"
	for files, complaint_ in (
		([(f"{n}.png", PNG) for n in range(4)], "at most 3 files"),
		([("page.png", b"<html><script>alert(1)</script>")], "PDF files only"),
		([("picture.svg", svg)], "PDF files only"),
	):
		refused = complain(guest, files=files)
		assert refused.status_code == 400 and complaint_ in refused.text
	assert not cases()


def test_what_the_host_refuses_of_the_files_costs_none_of_the_words(guest, firm):
	"""Frappe 16 reads PDF files and raises over a broken one; a site may allow only some kinds."""
	settings = frappe.get_doc("System Settings")
	allowed = settings.allowed_file_extensions
	settings.db_set("allowed_file_extensions", "PNG")
	frappe.clear_cache(doctype="System Settings")
	frappe.db.commit()
	try:
		told = complain(guest, files=[("smoke.png", PNG), ("<b>bill.pdf", PDF)])
	finally:
		frappe.db.rollback()
		settings.db_set("allowed_file_extensions", allowed)
		frappe.clear_cache(doctype="System Settings")
		frappe.db.commit()
	assert told.status_code == 200 and "could not be taken: _b_bill.pdf" in told.text
	[case] = cases()
	assert case.description == "The drill smokes"
	assert frappe.get_all("File", {"attached_to_name": case.name}, pluck="file_name") == ["smoke.png"]
	noted = frappe.get_all(
		"Comment", {"reference_name": case.name, "comment_type": "Comment"}, pluck="content"
	)
	assert any("_b_bill.pdf" in one for one in noted), "whoever has the case asks for it"


def test_a_broken_pdf_costs_none_of_the_words(guest, firm):
	told = complain(guest, files=[("broken.pdf", b"%PDF-1.4 hello")])
	assert told.status_code == 200 and "Traceback" not in told.text
	[case] = cases()
	kept = frappe.get_all("File", {"attached_to_name": case.name}, pluck="file_name")
	assert kept == ["broken.pdf"] or "could not be taken: broken.pdf" in told.text


def test_what_is_missing_is_asked_for(guest, firm):
	both = complain(guest, description=" ", email="olga", full_name="Olga Kern", number="<b>7")
	assert both.text.count('class="fault"') == 2 and "Status: 400" not in both.text
	assert "Please tell us what happened." in both.text and "Please enter your e-mail address" in both.text
	assert "Olga Kern" in both.text and "&lt;b&gt;7" in both.text, "what was written is still there"
	for address in ("olga", "", f"{OLGA}, {PAVEL}", f"Olga <{OLGA}>"):
		assert "Please enter your e-mail address" in complain(guest, email=address).text
	assert not cases()


def test_a_program_that_fills_in_everything_is_thanked_and_forgotten(guest, firm):
	person = complain(guest)
	program = complain(guest, website="http://example.com")
	assert program.status_code == 200 and without_numbers(program.text) == without_numbers(person.text)
	assert len(cases()) == 1


def test_who_presses_twice_on_a_slow_line_has_one_case(guest, firm):
	sheet = re.search('name="sheet" value="([0-9a-f]+)"', page(guest, "complain").text)[1]
	refused = complain(guest, sheet=sheet, email="olga")
	assert refused.status_code == 400 and f'value="{sheet}"' in refused.text
	first, second = (complain(guest, sheet=sheet) for _time in range(2))
	assert first.status_code == second.status_code == 200 and "Thank You" in second.text
	[case] = cases()
	assert case.name in first.text and case.name in second.text


def test_who_waits_for_what_the_first_time_makes_has_its_number(guest, firm, monkeypatch):
	"""The second time comes while the first is still at work."""
	sheet = re.search('name="sheet" value="([0-9a-f]+)"', page(guest, "complain").text)[1]
	key = public._key(
		sheet, {"number": "", "email": "olga@firm.example", "full_name": "", "description": "It smokes"}, []
	)
	assert public._begin(key) and not public._begin(key)
	monkeypatch.setattr(public.time, "sleep", lambda _s: frappe.cache.set(key, '["CC-1"]', ex=60))
	assert public._made(key, 5) == ["CC-1"]
	frappe.cache.set(key, public.BEGUN, ex=60)
	assert public._made(key) is None, "and nobody waits for ever"
	frappe.cache.delete(key)
	assert public._made(key) is None


def test_what_was_begun_and_killed_is_not_thanked_for(guest, firm, monkeypatch):
	"""The server was ended while it made the case: nothing came of it, and nobody says so any more."""
	sheet = re.search('name="sheet" value="([0-9a-f]+)"', page(guest, "complain").text)[1]
	words = {"number": "", "email": OLGA, "full_name": "", "description": "The drill smokes"}
	key = public._key(sheet, words, [])
	monkeypatch.setattr(public, "PATIENCE", 0)
	monkeypatch.setattr(
		frappe.local, "request", Request(EnvironBuilder(method="POST").get_environ()), raising=False
	)
	assert public._begin(key)
	assert 0 < frappe.cache.ttl(key) < 10 * 60, "and who comes back later can complain"
	with pytest.raises(public.Refused, match="try again") as refused:
		public._receive("", sheet, **words)
	assert refused.value.status == 503 and not cases()
	# It has failed meanwhile: this time it is made.
	frappe.cache.delete(key)
	[number] = public._receive("", sheet, **words)
	frappe.db.commit()
	assert [case.name for case in cases()] == [number]


def test_as_much_as_the_page_offers_is_taken(guest, firm, monkeypatch):
	"""What comes in one request has a limit of its own, which a site can lower."""
	monkeypatch.setitem(frappe.local.conf, "max_file_size", 10 * 1024 * 1024)
	assert public.MOST_FILES * public.largest_file() < 10 * 1024 * 1024
	monkeypatch.delitem(frappe.local.conf, "max_file_size")
	assert public.largest_file() == public.LARGEST_FILE


def test_the_end_of_many_lines_is_not_cut_off(guest, firm):
	"""A browser counts the end of a line once, and sends it as two signs."""
	lines = "\n".join("It smokes." for _line in range(453))
	words = f"{lines}\nCall me"
	assert 4900 < len(words) <= public.LONGEST["description"] < len(words.replace("\n", "\r\n"))
	complain(guest, description=words.replace("\n", "\r\n"))
	[case] = cases()
	assert case.description == words


def test_what_is_written_anew_into_the_same_form_is_another_complaint(guest, firm):
	sheet = re.search('name="sheet" value="([0-9a-f]+)"', page(guest, "complain").text)[1]
	complain(guest, sheet=sheet)
	again = complain(guest, sheet=sheet, description="And now the saw sings")
	assert len(cases()) == 2 and max(case.name for case in cases()) in again.text


def test_thanks_by_a_forged_link_are_the_form(guest, firm):
	for received in ("x", signed.token("complaint", '["CC-1900-00001"]', 1)):
		shown = page(guest, "complain", received=received)
		assert shown.status_code == 200 and "Thank You" not in shown.text and "<form" in shown.text


def test_what_was_sent_along_goes_with_its_customer(guest, firm, story):
	frappe.get_doc(
		{
			"doctype": "Delivery Note", "name": f"{PREFIX}-1", "customer": firm, "company": COMPANY, "currency": "EUR",
			"conversion_rate": 1, "docstatus": 1,
		}
	).db_insert()  # fmt: skip
	frappe.db.commit()
	complain(guest, number=f"{PREFIX}-1", files=[("smoke.png", PNG)])
	[case] = cases()
	about = {"attached_to_doctype": CASE, "attached_to_name": case.name}
	assert frappe.db.count("File", about) == 1
	frappe.delete_doc("Customer", firm, force=True)
	assert not frappe.db.exists(CASE, case.name) and not frappe.db.count("File", about)


# Script in every field


def test_script_is_shown_as_text_everywhere(guest, firm, story):
	files = [(f"{SCRIPT}.png", PNG)]
	complain(guest, number=SCRIPT, full_name=SCRIPT, description=SCRIPT, files=files)
	refused = complain(guest, email=SCRIPT)
	[case] = cases()
	[name] = frappe.get_all("File", filters={"attached_to_name": case.name}, pluck="file_name")
	assert "<" not in name and name.endswith(".png")

	portal = portal_user(firm)
	case = frappe.get_doc(CASE, case.name)
	case.customer = firm
	case.save()
	case.take_step("Listened", SCRIPT)
	case = offer(case)
	# As it would stand there past the host's own cleaning.
	frappe.db.set_value(CASE, case.name, {"subject": SCRIPT, "description": SCRIPT, "contact_name": SCRIPT})
	frappe.db.set_value("User", ANNA, "full_name", SCRIPT)
	feedback.ask(case.name)
	touch = frappe.get_doc(
		{"doctype": "Customer Touch", "customer": firm, "rep": ANNA, "channel": "Visit", "result": "Reached"}
	).insert()
	frappe.db.commit()
	token, visit = token_of(case), signed.token(visit_feedback.VISIT[1], touch.name, 9)
	olga = Browser(guest_server(guest), portal)
	shown = [
		refused.text,
		page(guest, "complaint-answer", token=token).text,
		page(guest, "complaint-answer", token=SCRIPT).text,
		page(guest, "care-feedback", token=visit).text,
		page(guest, "care-feedback", token=SCRIPT, _lang=SCRIPT).text,
		page(olga, "complaints").text,
		page(olga, f"complaints/{case.name}").text,
		page(olga, f"complaints/{SCRIPT}").text,
		guest.call(CONFIRM, token=token, solved=SCRIPT, words=SCRIPT).text,
		guest.call(CONFIRM, token=token, solved="No", words=SCRIPT).text,
		guest.call(GIVE, token=visit, rating="1", words=SCRIPT).text,
	]
	frappe.db.rollback()
	for message in frappe.get_all("Email Queue", filters={"reference_name": case.name}, pluck="message"):
		for part in mails.message_from_string(message).walk():
			if part.get_content_type() == "text/html":
				shown.append(part.get_payload(decode=True).decode())
	shown += frappe.get_all("ToDo", filters={"reference_name": case.name}, pluck="description")
	shown += frappe.get_all("Notification Log", filters={"document_name": case.name}, pluck="subject")
	assert len(shown) >= 13
	for html in shown:
		assert "<script>alert" not in html and "<img src=x" not in html
	# It is not that nothing was shown.
	assert "&lt;script&gt;alert(1)" in shown[1] and "&lt;script&gt;alert(1)" in shown[6]
	for row in frappe.get_all("Customer Feedback", filters={"customer": firm}, pluck="words"):
		assert "<script>" not in row
	frappe.db.set_value("User", ANNA, "full_name", "Anna")
	frappe.db.commit()
