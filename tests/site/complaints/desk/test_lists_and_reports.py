"""Complaint cases in panels, lists and reports."""

import json

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils import add_to_date, now_datetime

from keep_customers.care import open_complaints
from keep_customers.care.panel import customer_care
from keep_customers.complaints import feedback, figures
from keep_customers.erp.document_permissions import case_condition
from keep_customers.erp.permissions import may_use_app
from keep_customers.keep_customers.dashboard_chart_source.complaints_by import complaints_by
from keep_customers.keep_customers.report.complaint_analysis import complaint_analysis
from keep_customers.keep_customers.report.complaint_times import complaint_times
from tests.site.complaints.desk.people import STORES
from tests.site.host import local
from tests.site.story import ANNA, BEN, EVE, ITEM, MIA, PREFIX, _user, once

# Panels


def test_open_cases_are_on_the_customer_and_in_the_reps_help(story, firm):
	case = story.case(firm, subject="Noisy")
	story.case(firm, subject="Old", status="Closed")
	frappe.set_user(ANNA)
	[row] = customer_care(firm)["complaints"]
	assert (row.doctype, row.name, row.about, row.status) == (
		"Complaint Case",
		case.name,
		f"{PREFIX} Noisy",
		"Open",
	)
	assert row.day == case.opened_on.date()


def test_who_may_not_read_cases_learns_that_there_is_one_and_not_what_it_says(story, firm):
	story.case(firm, subject="Noisy")
	_user(STORES, ["Delivery User"])
	frappe.set_user(STORES)
	[row] = open_complaints.open_complaints([firm])
	assert row.about is None


# Lists


def test_a_board_of_cases_is_there_and_cards_do_not_jump(story, firm):
	[board] = frappe.get_all("Kanban Board", {"reference_doctype": "Complaint Case"}, pluck="name")
	board = frappe.get_doc("Kanban Board", board)
	options = frappe.get_meta("Complaint Case").get_field("status").options.split("\n")
	assert board.field_name == "status" and [column.column_name for column in board.columns] == options
	case = story.case(firm)
	asked = {"cmd": "frappe.desk.doctype.kanban_board.kanban_board.update_order_for_single_card"}
	with local(form_dict=frappe._dict(asked, board_name=board.name)):
		with pytest.raises(frappe.ValidationError, match="buttons"):
			frappe.set_value("Complaint Case", case.name, "status", "Closed")
	assert case.reload().status == "Open"


def test_boards_are_made_once_and_taken_away_with_the_app(story):
	from keep_customers.setup import kanban

	kanban.add_board()
	assert frappe.db.count("Kanban Board", {"reference_doctype": "Complaint Case"}) == 1
	kanban.remove_boards(["Complaint Case"])
	assert not frappe.db.count("Kanban Board Column", {"column_name": "Solution Given"})
	kanban.add_board()
	assert frappe.db.count("Kanban Board", {"reference_doctype": "Complaint Case"}) == 1


def test_quick_entry_has_the_few_fields_that_matter(story):
	meta = frappe.get_meta("Complaint Case")
	shown = [
		field.fieldname
		for field in meta.fields
		if (field.reqd or field.allow_in_quick_entry) and not field.read_only
	]
	assert meta.quick_entry and not any(meta.get_field(name).fieldtype == "Table" for name in shown)
	assert shown == [
		"customer", "subject", "severity", "category", "channel", "description", "item", "opened_on",
	]  # fmt: skip


# Reports


def hours_ago(hours):
	return add_to_date(now_datetime(), hours=-hours)


@pytest.fixture
@once
def cases(story, firm):
	"""Five cases of which all figures can be worked out by hand."""
	for kind, names in (("Complaint Cause", ("Delivery", "Quality")), ("Complaint Category", ("Late",))):
		field = f"{kind.split()[1].lower()}_name"
		for name in names:
			frappe.get_doc({"doctype": kind, field: f"{PREFIX} {name}"}).insert()
	other = story.customer("Other")
	done = {"status": "Closed", "word": "Yes", "closed_on": now_datetime()}
	delivery, quality = f"{PREFIX} Delivery", f"{PREFIX} Quality"
	common = {"opened_on": hours_ago(50), "answered_on": hours_ago(49), "solved_on": hours_ago(40)}
	one = story.case(
		firm, "one", cause=delivery, item=ITEM, severity="High", **common, answer_minutes=30, solve_minutes=600,
		compensation_cost=25, **done,
	)  # fmt: skip
	two = story.case(
		firm, "two", cause=delivery, **common, answer_minutes=60, answer_late=1, solve_minutes=1200, solve_late=1,
		repeat_of="CC-1", **done,
	)  # fmt: skip
	for case, stars in ((one, 1.0), (two, 0.6)):
		feedback.record(case, 1, "Yes", 0.2, 0, "A rep's guess, which counts for nothing")
		case.flags.by_customer = True
		feedback.record(case, 1, "Yes", stars, 0, "")
	three = story.case(
		other, "three", cause=quality, **common, answer_minutes=90, solve_minutes=300, compensation_cost=75, **done,
	)  # fmt: skip
	feedback.record(three, 1, "Yes", 1, 0, "Noted by us")
	# Nobody has answered, and all is past due.
	story.case(
		other, "four", opened_on=hours_ago(48), answer_due=hours_ago(47), solve_due=hours_ago(24),
		category=f"{PREFIX} Late",
	)  # fmt: skip
	# Just in.
	story.case(firm, "five")
	return firm, other


def analysed(by, **filters):
	_columns, rows, _message, chart, summary = complaint_analysis.execute({"group_by": by, **filters})
	return {row["key"]: row for row in rows}, chart, {one["label"]: one["value"] for one in summary}


def test_the_analysis_by_cause_is_what_was_worked_out_by_hand(story, cases):
	rows, chart, total = analysed("cause")
	delivery, quality, unknown = rows[f"{PREFIX} Delivery"], rows[f"{PREFIX} Quality"], rows[""]
	assert (delivery["cases"], delivery["repeats"], delivery["cost"]) == (2, 1, 25)
	assert (delivery["answered_in_time"], delivery["solved_in_time"]) == (50, 50)
	assert (delivery["answer_hours"], delivery["solve_hours"]) == (0.75, 15)
	assert delivery["satisfaction"] == 4
	assert (quality["cases"], quality["satisfaction"], quality["cost"]) == (1, None, 75)
	# One is late without an answer, one still has time.
	assert (unknown["cases"], unknown["answered_in_time"], unknown["solved_in_time"]) == (2, 0, 0)
	assert unknown["answer_hours"] is None
	assert chart["data"]["datasets"][0]["values"] == [2, 2, 1]
	assert (
		total["Complaints"] == 5
		and total["Answered in Time"] == "50 %"
		and total["Cost of Compensation"] == 100
	)


@pytest.mark.parametrize("by", list(complaint_analysis.GROUPS))
def test_every_grouping_has_all_cases(story, cases, by):
	rows, chart, _total = analysed(by)
	assert sum(row["cases"] for row in rows.values()) == 5 == sum(chart["data"]["datasets"][0]["values"])


def test_the_cost_of_a_customer(story, cases):
	rows, _chart, _total = analysed("customer")
	assert {key: row["cost"] for key, row in rows.items()} == dict(zip(cases, (25, 75), strict=True))


def test_the_period_counts_by_the_day_of_receiving_and_must_be_one(story, cases):
	opened = hours_ago(50).date()
	rows, _chart, _total = analysed("month", from_date=str(opened), to_date=str(opened))
	at_least = 3 + (hours_ago(48).date() == opened)
	assert sum(row["cases"] for row in rows.values()) == at_least
	with pytest.raises(frappe.ValidationError, match="ends before"):
		analysed("month", from_date="2026-02-02", to_date="2026-02-01")
	with pytest.raises(frappe.ValidationError, match="grouped by"):
		analysed("description")


def test_the_times_of_each_case_against_its_target(story, cases):
	_columns, rows, _message, chart, _summary = complaint_times.execute({})
	by_name = {row["subject"].removeprefix(f"{PREFIX} "): row for row in rows}
	assert (by_name["two"]["answer_hours"], by_name["two"]["solve_hours"]) == (1, 20)
	assert by_name["two"]["late_words"] == "Answer and Solution Late" == by_name["four"]["late_words"]
	assert by_name["one"]["late_words"] == "" == by_name["five"]["late_words"]
	# First answer, solution: in time, late, still to come.
	assert [one["values"] for one in chart["data"]["datasets"]] == [[2, 2], [2, 2], [1, 1]]
	late = complaint_times.execute({"late": 1})[1]
	assert [row["subject"] for row in late] == [f"{PREFIX} four"]


def test_the_workspace_counts_what_is_late_and_why_people_complain(story, cases):
	assert figures.late_cases()["value"] == 1
	chart = complaints_by.get(json.dumps({"by": "cause"}))
	assert chart["labels"] == ["Not Known Yet", f"{PREFIX} Delivery", f"{PREFIX} Quality"]
	assert chart["datasets"][0]["values"] == [2, 2, 1]
	assert complaints_by.get({"by": "severity"})["labels"] == ["Normal", "High"]
	with pytest.raises(frappe.ValidationError):
		complaints_by.get({"by": "description"})


def test_figures_are_of_the_cases_one_may_read(story, cases):
	_firm, other = cases
	add_user_permission("Customer", other, BEN)
	frappe.set_user(BEN)
	rows, _chart, total = analysed("customer")
	assert set(rows) == {other} and total["Complaints"] == 2
	assert {row["customer"] for row in complaint_times.execute({})[1]} == {other}
	assert figures.late_cases()["value"] == 1
	assert sum(complaints_by.get({"by": "category"})["datasets"][0]["values"]) == 2
	frappe.set_user(EVE)
	with pytest.raises(frappe.PermissionError):
		figures.late_cases()
	with pytest.raises(frappe.PermissionError):
		complaints_by.get()


def test_a_case_without_a_customer_counts_for_who_answers_it(story, firm):
	stray = story.case(firm, "stray", channel="Email")
	stray.db_set({"customer": None, "responsible": ANNA})
	for user in (ANNA, BEN):
		add_user_permission("Customer", firm, user)
		frappe.set_user(user)
		names = [row["name"] for row in complaint_times.execute({})[1]]
		assert names == ([stray.name] if user == ANNA else [])
		frappe.set_user("Administrator")


def test_the_reports_run_as_desk_runs_them(story, cases):
	from frappe.desk.query_report import run

	for user in (MIA, ANNA):
		frappe.set_user(user)
		for report in ("Complaint Analysis", "Complaint Times"):
			assert len(run(report, filters={})["result"]) in (3, 5), report
	frappe.set_user(EVE)
	with pytest.raises(frappe.PermissionError):
		run("Complaint Times", filters={})


def test_frequent_categories_without_an_answer_are_listed(story, cases, monkeypatch):
	standard_answers = pytest.importorskip("keep_customers.complaints.standard_answers")
	from keep_customers.keep_customers.report.categories_without_answer import categories_without_answer

	monkeypatch.setattr(
		standard_answers,
		"categories_without_answer",
		lambda since, filters: [
			{"category": "B", "language": "en", "cases": 5},
			{"category": "A", "language": "de", "cases": 2},
		],
	)
	_columns, rows, _message, chart, _summary = categories_without_answer.execute({"since": "2026-01-01"})
	assert [row["category"] for row in rows] == ["B", "A"]
	assert chart["data"]["labels"] == ["B · en", "A · de"]


def test_reading_all_cases_needs_no_condition(story):
	assert not case_condition("Administrator")


def test_who_only_answers_complaints_finds_the_app_too(story):
	frappe.set_user(EVE)
	assert not may_use_app()
	frappe.set_user("Administrator")
	frappe.get_doc("User", EVE).add_roles("Support Team")
	frappe.set_user(EVE)
	assert may_use_app()
