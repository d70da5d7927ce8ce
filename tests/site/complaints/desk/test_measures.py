"""What was changed against a cause, whether it helped, the 8D report, and the letter to who runs the business."""

import frappe
import pytest
from frappe.email.doctype.email_account.email_account import EmailAccount
from frappe.email.doctype.email_queue.email_queue import EmailQueue
from frappe.permissions import add_user_permission
from frappe.utils import add_days, getdate, now_datetime

from keep_customers.complaints.documents import make_measure
from keep_customers.complaints.over_time import periods
from keep_customers.evidence import letter
from keep_customers.keep_customers.report.complaint_times import complaint_times
from keep_customers.keep_customers.report.complaints_over_time import complaints_over_time
from keep_customers.keep_customers.report.did_the_measure_help import did_the_measure_help
from keep_customers.keep_customers.report.management_letter import management_letter
from tests.site.care.reported import ranked, touch
from tests.site.complaints.guests.said import portal_user
from tests.site.mail import mailbox  # noqa: F401 (for every test here)
from tests.site.story import ANNA, EVE, MIA, PREFIX, once
from tests.site.web import Browser

CAUSE = f"{PREFIX} Packing"


def measure(**fields):
	given = {
		"title": f"{PREFIX} Thicker sleeves",
		"cause": CAUSE,
		"description": "A sleeve of <b>cardboard</b>",
	}
	return frappe.get_doc({"doctype": "Complaint Measure", **given, **fields}).insert()


def complained(story, customer, *days_ago, cause=CAUSE):
	for ago in days_ago:
		case = story.case(customer, f"Scratched {customer} {ago} {cause}")
		case.db_set({"opened_on": add_days(now_datetime(), -ago), "cause": cause})


@pytest.fixture
@once
def scratched(story):
	"""A measure 100 days ago. Before: 10 purchases and 12 complaints of Firm, since: 10 and 1; of Other 2 and 2, since 2 and 2."""
	story.today = getdate()
	frappe.get_doc({"doctype": "Complaint Cause", "cause_name": CAUSE}).insert(ignore_if_duplicate=True)
	firm, other = story.customer("Firm"), story.customer("Other")
	for customer, before, since in (
		(firm, range(105, 155, 5), range(5, 55, 5)),
		(other, (110, 120), (10, 20)),
	):
		story.history(customer, [(ago, 100) for ago in (*before, *since)])
	complained(story, firm, *range(102, 160, 5), 7)
	complained(story, other, 111, 121, 11, 21)
	complained(story, firm, 3, cause=None)
	return firm, other, measure(in_force_since=add_days(getdate(), -100))


def row_of(user="Administrator"):
	frappe.set_user(user)
	[row] = [one for one in did_the_measure_help.execute({"cause": CAUSE})[1]]
	frappe.set_user("Administrator")
	return row


def test_how_often_before_and_since_is_counted_out_of_purchases(scratched):
	row = row_of()
	assert (row["before"], row["after"]) == (14, 3)
	assert (row["purchases_before"], row["purchases_after"]) == (12, 12)
	assert row["rate_before"] == round(1000 * 14 / 12, 2)
	assert row["low"] < row["ratio"] < row["high"]
	for side in ("before", "after"):
		assert len(complaint_times.execute(row["opens"][side]["filters"])[1]) == row[side]
	assert row["unknown"] == 1 and "One complaint since then" in row["sentence"]


def test_a_rep_counts_own_customers_only(scratched, server):
	firm, _other, _measure = scratched
	add_user_permission("Customer", firm, ANNA)
	frappe.db.commit()
	answer = Browser(server, ANNA).call(
		"frappe.desk.query_report.run", report_name="Did the Measure Help", filters={"cause": CAUSE}
	)
	row = answer.json()["message"]["result"][0]
	# 12 before and 1 since, and one whose cause is not known, out of 10 each: about a sixth as often.
	assert (row["before"], row["after"], row["purchases_before"], row["purchases_after"]) == (12, 1, 10, 10)
	assert row["high"] < 1 and "It helped" in row["sentence"]


def test_who_may_not_read_measures_gets_no_report(scratched):
	from frappe.desk.query_report import run

	frappe.set_user(EVE)
	for report in ("Did the Measure Help", "Complaints Over Time", "Management Letter"):
		with pytest.raises(frappe.PermissionError):
			run(report, filters={})


def test_a_measure_is_against_something_and_ends_after_it_began(scratched):
	for wrong in (
		{"cause": None},
		{"withdrawn_on": "2026-01-01"},
		{"in_force_since": "2026-02-01", "withdrawn_on": "2026-01-01"},
	):
		with pytest.raises(frappe.ValidationError):
			measure(**wrong)


def test_a_measure_is_made_of_a_case(story, scratched):
	case = story.case(scratched[0])
	case.db_set({"cause": CAUSE, "non_conformance": "NC-1"})
	made = make_measure(case.name)
	assert (made.cause, made.category, made.responsible) == (CAUSE, None, case.responsible)
	assert made.non_conformance == "NC-1"


# Period by period


def over_time(user="Administrator", **filters):
	frappe.set_user(user)
	columns, rows, _message, _chart, summary = complaints_over_time.execute({"cause": CAUSE, **filters})
	frappe.set_user("Administrator")
	return [column["fieldname"] for column in columns], rows, {one["label"]: one["value"] for one in summary}


def test_causes_are_counted_period_by_period_with_what_was_changed(story, scratched):
	since, until = add_days(getdate(), -160), getdate()
	span = {"from_date": str(since), "to_date": str(until)}
	for each in ("Month", "Quarter", "Year"):
		columns, [row], totals = over_time(each=each, **span)
		cells = [name for name in columns if name.startswith("p")]
		# Whatever the calendar cuts them into, none is lost: 14 before and 3 since.
		assert sum(row[name] for name in cells) == row["total"] == totals["Complaints"] == 17
		for name in cells:
			assert len(complaint_times.execute(row["opens"][name]["filters"])[1]) == row[name]
		assert totals["Purchases"] == 24
		assert row["measures"].endswith(f"{PREFIX} Thicker sleeves")
	# A year of months has no room for all names on a phone: some are left out, none is cut.
	assert complaints_over_time.execute({})[3]["keep_series"]
	columns, [row], _totals = over_time(each="Year", per_purchases=1, from_date=f"{since.year}-01-01")
	cases = [
		ago for ago in (*range(102, 160, 5), 7, 111, 121, 11, 21) if add_days(until, -ago).year == since.year
	]
	bought = [
		ago
		for ago in (*range(105, 155, 5), *range(5, 55, 5), 110, 120, 10, 20)
		if add_days(until, -ago).year == since.year
	]
	assert row["p0"] == pytest.approx(1000 * len(cases) / len(bought) if bought else 0, abs=0.01)


def test_a_measure_withdrawn_or_planned_is_none_in_force(scratched):
	_firm, _other, made = scratched
	made.db_set("withdrawn_on", getdate())
	measure(title=f"{PREFIX} Planned", in_force_since=add_days(getdate(), 9))
	_columns, [row], _totals = over_time()
	assert row["measures"] == ""


def test_periods_are_the_calendars_and_not_too_many(scratched):
	names = [
		(one.name, str(one.first), str(one.last))
		for one in periods(getdate("2025-11-15"), getdate("2026-02-10"), "Quarter")
	]
	assert names == [("2025-Q4", "2025-11-15", "2025-12-31"), ("2026-Q1", "2026-01-01", "2026-02-10")]
	assert [one.name for one in periods(getdate("2025-12-31"), getdate("2026-01-01"), "Month")] == [
		"2025-12",
		"2026-01",
	]
	with pytest.raises(frappe.ValidationError, match="longer periods"):
		periods(getdate("2020-01-01"), getdate("2026-01-01"), "Month")


def test_of_what_is_not_known_yet_the_cases_open(story, scratched):
	rows = complaints_over_time.execute({})[1]
	unknown = rows[-1]
	assert unknown["key"] == "" and unknown["label"] == "Not Known Yet" and unknown["total"] == 1
	assert len(complaint_times.execute(unknown["opens"]["total"]["filters"])[1]) == 1


def test_a_rep_sees_the_periods_of_own_customers_only(scratched, server):
	add_user_permission("Customer", scratched[0], ANNA)
	frappe.db.commit()
	answer = Browser(server, ANNA).call(
		"frappe.desk.query_report.run", report_name="Complaints Over Time", filters={"cause": CAUSE}
	)
	assert answer.json()["message"]["result"][0]["total"] == 13


# 8D


def printed(case, language="en"):
	before, frappe.local.lang = frappe.local.lang, language
	try:
		return frappe.get_print("Complaint Case", case.name, "8D Report")
	finally:
		frappe.local.lang = before


def test_the_8d_report_says_what_a_customer_may_read(story, scratched):
	case = story.case(scratched[0])
	# As something else than a form would have written it: the host cleans what forms send.
	case.db_set(
		{
			"subject": "Noisy <script>alert(1)</script>",
			"cause": CAUSE,
			"cause_text": "Sleeves too thin",
			"override_reason": "A grumbler",
		}
	)
	case.reload()
	case.append(
		"steps", {"step": "Listened", "done_on": now_datetime(), "done_by": ANNA, "note": "Drunk again"}
	)
	case.append(
		"steps", {"step": "Confirmed", "done_on": now_datetime(), "done_by": portal_user(scratched[0])}
	)
	for step in case.steps[-2:]:
		step.db_insert()
	planned = measure(title="Inspect each batch", kind="Preventive")
	text = printed(case)
	for there in (
		"8D Report",
		"D1 Team",
		"D8 Closing",
		"Sleeves too thin",
		planned.title,
		"Noisy &lt;script",
	):
		assert there in text, there
	assert "A sleeve of &lt;b&gt;" in text
	for hidden in ("Drunk again", "A grumbler", f"{PREFIX} Olga", "<script>alert", "Thicker sleeves"):
		assert hidden not in text, hidden  # the last one was there before the case
	assert "D4 根本原因" in printed(case, "zh") and "D8 結案" in printed(case, "zh-TW")


def test_the_8d_report_of_an_open_case_claims_nothing_that_is_still_to_come(story, scratched):
	case = story.case(scratched[0])
	case.db_set("cause", CAUSE)
	case.reload()
	measure(title="Thicker boxes", in_force_since=add_days(getdate(), 3))
	text = printed(case)
	assert text.count("Thicker boxes") == 1 and "In force since" not in text
	assert "Not known yet." in text and "We thank you" not in text
	case.db_set("closed_on", now_datetime())
	case.reload()
	assert "We thank you" in printed(case)


def test_the_8d_report_is_printed_in_the_language_that_is_chosen_beside_it(story, scratched, server):
	case = story.case(scratched[0])
	frappe.db.commit()
	asked = {"doc": "Complaint Case", "name": case.name, "print_format": "8D Report", "_lang": "zh"}
	answer = Browser(server, MIA).call("frappe.www.printview.get_html_and_style", **asked)
	text = answer.json()["message"]["html"]
	assert "8D 报告" in text and "D4 根本原因" in text and "D8 Closing" not in text
	# Neither is it a way around who may read the case, nor is the letter one.
	add_user_permission("Customer", scratched[1], ANNA)
	frappe.db.commit()
	rep = Browser(server, ANNA)
	refused = rep.call("frappe.www.printview.get_html_and_style", **asked)
	assert refused.status_code == 403 and scratched[0] not in refused.text
	assert rep.call("frappe.desk.query_report.run", report_name=letter.REPORT, filters={}).status_code == 403


# The letter


@pytest.fixture
def worker(monkeypatch):
	"""Queues mails at once, and brings none to a server."""

	def at_once(method, now=None, job_name=None, queue=None, **values):
		if callable(method):
			method(**values)

	monkeypatch.setattr(frappe, "enqueue", at_once)
	monkeypatch.setattr(EmailAccount, "get_smtp_server", lambda _self: frappe._dict(quit=lambda: None))
	monkeypatch.setattr(EmailQueue, "send", lambda *_args, **_values: None)


def left(story, name, day, amount):
	"""A customer that bought once, and is lost since a day."""
	customer = ranked(story, name, status="Lost", status_since=day, last_purchase=story.days_ago(200))
	story.history(customer, [(200, amount)])
	return customer


def test_the_letter_sets_the_month_beside_the_one_before(story):
	story.today = getdate()
	first = letter.month(None, getdate())
	day = add_days(first, 4)
	left(story, "Gone", day, 800)
	left(story, "Earlier", add_days(first, -5), 300)
	[lost] = [
		row
		for row in management_letter.execute({})[1]
		if "Customers lost, and what they bought in a year" in row["line"]
	]
	assert lost["now"].startswith("1 · ") and "800" in lost["now"]
	assert lost["before"].startswith("1 · ") and "300" in lost["before"]
	assert "/query-report/Customers%20at%20Risk" in lost["line"]


def test_the_letter_has_what_was_said_of_prices_if_anything_was(story):
	story.today = getdate()
	first = letter.month(None, getdate())

	def said():
		lines = [row for row in management_letter.execute({})[1] if "Remarks on prices" in row["line"]]
		return [(one["now"].split(" · ")[0], one["before"].split(" · ")[0]) for one in lines]

	before = said() or [("0", "0")]
	firm = ranked(story, "Firm", current_value=900)
	for day in (add_days(first, 4), add_days(first, 5), add_days(first, -5)):
		ago = (getdate() - getdate(day)).days
		touch(story, firm, ANNA, ago, price_remark="Too dear.")
	[(now, earlier)] = said()
	assert int(now) == int(before[0][0]) + 2 and int(earlier) >= 1


def test_a_manager_asks_for_the_letter_and_it_waits_in_the_queue(story, worker):
	mine = left(story, "Mine", letter.month(None, getdate()), 800)
	left(story, "Theirs", letter.month(None, getdate()), 500)
	assert not frappe.db.exists("Auto Email Report", {"report": letter.REPORT})
	add_user_permission("Customer", mine, MIA)
	frappe.set_user(MIA)
	name = letter.send_me_monthly()
	assert letter.send_me_monthly() == name
	frappe.set_user("Administrator")
	frappe.get_doc("Auto Email Report", name).send()
	[queued] = frappe.get_all(
		"Email Queue", {"reference_doctype": "Auto Email Report", "reference_name": name}, pluck="name"
	)
	queued = frappe.get_doc("Email Queue", queued)
	import email

	mail = email.message_from_string(queued.message)
	html = next(
		part.get_payload(decode=True).decode()
		for part in mail.walk()
		if part.get_content_type() == "text/html"
	)
	assert "Customers lost" in html and "800" in html and "1,300" not in html
	assert [one.recipient for one in queued.recipients] == [MIA]


def test_the_letter_is_in_the_language_of_who_reads_it(story):
	frappe.db.set_value("User", MIA, "language", "zh")
	frappe.clear_document_cache("User", MIA)
	shown, rows = management_letter.execute({"reader": MIA})
	assert shown[1]["label"] == "内容" and "Customers lost" not in rows[0]["line"]
	assert "Customers lost" in management_letter.execute({})[1][0]["line"], "not so for who starts it"


def test_nobody_reads_the_letter_as_somebody_else(story):
	frappe.set_user(ANNA)
	with pytest.raises(frappe.PermissionError):
		letter.send_me_monthly()
	with pytest.raises(frappe.PermissionError):
		management_letter.execute({"reader": MIA})
