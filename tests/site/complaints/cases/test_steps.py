"""A complaint from the first word to the last: what each step asks for, and what is refused."""

from datetime import timedelta

import frappe
import pytest
from frappe.utils import add_days, getdate

from keep_customers.complaints.compensations import Given
from keep_customers.complaints.steps import Told
from keep_customers.engine import complaints as engine
from tests.site.complaints.cases.case import CASE, QUALITY, START, complaint, offered, tier, todos, told
from tests.site.story import ANNA, BEN, MIA, PREFIX

# A new case


def test_a_rep_records_what_an_invoice_leads_to(story, firm):
	story.settings(
		complaint_targets=[
			{"tier": "Gold", "severity": "High", "answer_within_hours": 0.5, "solve_within_hours": 4},
			{"tier": "Gold", "answer_within_hours": 1, "solve_within_hours": 8},
			{"severity": "High", "answer_within_hours": 2, "solve_within_hours": 12},
		]
	)
	tier(firm, "Gold")
	frappe.db.set_value("Complaint Category", QUALITY, "default_severity", "High")
	invoice = story.invoice(firm, 100)
	frappe.set_user(ANNA)
	case = complaint(None, sales_invoice=invoice.name, category=QUALITY)
	assert (case.customer, case.customer_name, case.tier, case.currency) == (firm, firm, "Gold", "EUR")
	assert (case.contact_name, case.contact_email) == (f"{PREFIX} Olga", "olga@keep-test.example")
	assert (case.severity, case.responsible, case.status, case.step) == ("High", ANNA, "Open", "Received")
	assert case.answer_due == START + timedelta(minutes=30)
	assert case.solve_due == START + timedelta(hours=4)
	[received] = case.steps
	assert (received.step, received.done_by, received.round) == ("Received", ANNA, 1)
	# The host's Assignment Rule has put it on the list, with nothing personal in it.
	[todo] = frappe.get_all("ToDo", filters={"reference_name": case.name}, fields=["*"])
	assert (todo.allocated_to, todo.assignment_rule) == (ANNA, "Complaint Cases")
	assert "drill" not in todo.description and PREFIX not in todo.description
	# Who is chosen by hand stays.
	assert complaint(firm, responsible=BEN).responsible == BEN


@pytest.mark.parametrize(
	"tier_of_customer, severity, hours",
	[
		("Gold", "High", 4),
		("Gold", "Low", 8),
		("Iron", "High", 12),
		("Iron", "Low", 20),
		(None, "Low", 24),
	],
)
def test_the_closest_target_counts(story, firm, tier_of_customer, severity, hours):
	rows = [("Gold", "High", 4), ("Gold", None, 8), (None, "High", 12)]
	story.settings(
		complaint_targets=[
			{"tier": of, "severity": level, "answer_within_hours": 1, "solve_within_hours": within}
			for of, level, within in rows
		]
	)
	before = frappe.db.get_value("Customer Tier", "Iron", "solve_within_hours")
	frappe.db.set_value("Customer Tier", "Iron", "solve_within_hours", 20)
	if tier_of_customer:
		tier(firm, tier_of_customer)
	try:
		assert complaint(firm, severity=severity).solve_due == START + timedelta(hours=hours)
	finally:
		frappe.db.set_value("Customer Tier", "Iron", "solve_within_hours", before)


@pytest.mark.parametrize(
	"values, words",
	[
		({"customer": None}, "choose the customer"),
		({"opened_on": START + timedelta(hours=2)}, "after it was made"),
		({"promised_on": START - timedelta(hours=1)}, "A promise is for the future"),
		({"promised_on": START}, "A promise is for the future"),
		({"sales_invoice": "other"}, "is of another customer"),
	],
)
def test_what_cannot_be_is_refused_with_what_to_do(story, firm, values, words):
	if "sales_invoice" in values:
		values = {"sales_invoice": story.invoice(story.customer("Other"), 10).name}
	with pytest.raises(frappe.ValidationError, match=words):
		complaint(**{"customer": firm, **values})


def test_a_clock_that_is_ahead_a_little_does_not_keep_a_complaint_out(firm):
	assert complaint(firm, opened_on=START + timedelta(minutes=3)).opened_on == START


# Nine steps


def test_nine_steps_to_a_satisfied_customer(firm, clock):
	frappe.set_user(ANNA)
	case = complaint(firm, category=QUALITY)
	case.append("compensations", {"kind": "Gift", "description": "A drill bit", "status": "Handed Over"})
	case.save()
	for number, step in enumerate(engine.STEPS[1:7], 1):
		clock.goes_on(0.25)
		case.take_step(step, note=f"Note {number}")
		assert case.step == step
	assert case.status == "Solution Given"
	assert (case.cause_text, case.solution) == ("Note 3", None), "what the customer reads is no note of ours"
	assert case.answered_on == START + timedelta(minutes=15) and not case.answer_late
	assert (case.answer_minutes, case.solve_minutes, case.solve_late) == (15, 75, 0)
	clock.goes_on(24)
	case.hear("Yes", words="Thank you")
	assert (case.status, case.step, case.closed_by) == ("Closed", "Confirmed", ANNA)
	assert (case.word_by, case.rated_user) == ("Noted by Us", ANNA)
	assert (case.solution_rating, case.person_rating) == (0, 0), (
		"stars for her own work are the customer's to give"
	)
	assert [row.step for row in case.steps] == list(engine.STEPS[:8])
	assert not any(row.left_out for row in case.steps)
	assert todos(case) == {ANNA: "Closed"}
	# The call afterwards is planned, whatever rules are on, and closes the circle.
	[call] = frappe.get_all("Follow Up", filters={"reference_name": case.name}, fields=["*"])
	assert (call.care_rule, call.customer, call.status) == (None, firm, "Planned")
	assert call.planned_on == call.due_date == getdate(add_days(case.closed_on, 7))
	with pytest.raises(frappe.ValidationError, match="This case is closed"):
		case.take_step("Listened")


def test_who_jumps_is_asked_why(firm):
	case = complaint(firm)
	with pytest.raises(frappe.ValidationError, match="why Listened, Apologised is left out"):
		case.take_step("Cause Found")
	case.take_step("Cause Found", note="A weak spring", reason="On the phone with our engineer")
	assert [(row.step, row.left_out, row.note or "") for row in case.steps] == [
		("Received", 0, ""),
		("Listened", 1, "On the phone with our engineer"),
		("Apologised", 1, "On the phone with our engineer"),
		("Cause Found", 0, "A weak spring"),
	]
	for step, words in (
		("Cause Found", "is done already"),
		("Confirmed", "Only the customer's answer"),
		("Compensated", "offer a solution first"),
		("Followed Up", "after the case is closed"),
		("Dance", "one of the nine steps"),
	):
		with pytest.raises(frappe.ValidationError, match=words):
			case.take_step(step, reason="Why not")
	assert len(frappe.get_doc(CASE, case.name).steps) == 4


def test_what_was_said_in_one_call_is_entered_in_one_go(firm, clock):
	frappe.set_user(ANNA)
	case = complaint(firm, category=QUALITY, severity="Grave")
	with pytest.raises(frappe.ValidationError, match="what went wrong"):
		case.take_steps(["Listened", "Apologised", "Cause Found"])
	told = Told(
		cause="Misuse", cause_text="Used for concrete", solution="A hammer drill at the price of this one"
	)
	case.take_steps(
		["Listened", "Cause Found", "Solution Offered"], "Calm at the end.", "Otto knows us", told
	)
	assert [(row.step, row.left_out, row.note or "") for row in case.steps[1:]] == [
		("Listened", 0, ""),
		("Apologised", 1, "Otto knows us"),
		("Cause Found", 0, "Misuse: Used for concrete"),
		("Explained", 1, "Otto knows us"),
		("Solution Offered", 0, "Calm at the end."),
	]
	assert (case.cause, case.solution, case.status) == (told.cause, told.solution, "Solution Given")
	with pytest.raises(frappe.ValidationError, match="is done already"):
		case.take_steps(["Listened"])
	with pytest.raises(frappe.ValidationError, match="one of the nine steps"):
		case.take_steps([])


def test_nothing_is_ticked_as_compensated_that_is_not_decided(story, firm):
	story.settings(compensation_limit=50)
	frappe.set_user(ANNA)
	case = offered(complaint(firm))
	with pytest.raises(
		frappe.ValidationError, match="what they get for the trouble, or why they get nothing"
	):
		case.take_step("Compensated")
	case.take_steps(["Compensated"], told=Told(given=Given(because="They asked for nothing")))
	assert (case.steps[-1].left_out, case.steps[-1].note) == (1, "They asked for nothing")

	case = offered(complaint(firm))
	case.take_steps(["Compensated"], told=Told(given=Given("Gift", "A drill bit", 10, "Approved")))
	assert case.step == "Solution Offered", "it is done when they have it"
	case.hear("Yes")
	assert (case.status, case.compensations[0].approved_by) == ("Solution Given", ANNA)
	assert "Compensated" not in {row.step for row in case.steps}
	case.take_steps(["Compensated"], told=Told(given=Given("Gift", "A drill bit", 10, "Handed Over")))
	# With it nothing is open any more, and they have said yes.
	assert (case.status, case.closed_by, case.steps[-1].note) == ("Closed", ANNA, "Gift (A drill bit)")


def test_what_was_said_with_a_compensation_that_is_on_its_way_is_kept(story, firm):
	story.settings(compensation_limit=50)
	frappe.set_user(ANNA)
	case = complaint(firm)
	on_its_way = Given("Gift", "A drill bit", 10, "Approved")
	case.take_steps(
		["Listened", "Solution Offered", "Compensated"],
		"Calm at the end.",
		"One call",
		Told(None, None, "A new one", on_its_way),
	)
	assert (case.steps[-1].step, case.steps[-1].note, case.solution) == (
		"Solution Offered",
		"Calm at the end.",
		"A new one",
	)
	case.take_steps(["Compensated"], "She likes it <3", told=Told(given=on_its_way))
	assert case.steps[-1].note == "Calm at the end."
	said = frappe.get_all(
		"Comment", {"reference_name": case.name, "comment_type": "Comment"}, pluck="content"
	)
	assert said == ["She likes it &lt;3"]


def test_what_they_get_is_decided_before_another_solution_is_offered(story, firm):
	"""A No begins all over again; what was proposed waits for the manager all the same."""
	story.settings(compensation_limit=0)
	for given, status in (
		(Given("Gift", "A drill bit", 10, "Approved"), "Approved"),
		(Given(because="They had <b>one</b> already"), "Rejected"),
	):
		frappe.set_user(ANNA)
		case = offered(complaint(firm))
		with pytest.raises(frappe.ValidationError, match="offer a solution first"):
			complaint(firm).take_steps(["Compensated"], told=Told(given=given))
		case.take_steps(["Compensated"], told=Told(given=Given("Gift", "A drill bit", 10, "Proposed")))
		case.hear("No")
		frappe.set_user(MIA)
		case.take_steps(["Compensated"], told=Told(given=given))
		case.reload()
		assert [row.status for row in case.compensations] == [status]
		assert (case.status, case.step) == ("Reopened", "Received"), "the step itself has its turn later"
	said = frappe.get_all(
		"Comment", {"reference_name": case.name, "comment_type": "Comment"}, pluck="content"
	)
	assert said == ["They had &lt;b&gt;one&lt;/b&gt; already"]


def test_the_first_no_is_a_second_chance_for_the_manager_and_another_no_is_hers_to_end(firm, clock):
	frappe.set_user(ANNA)
	case = offered(complaint(firm, promised_on=START + timedelta(hours=5)))
	clock.goes_on(2)
	case.hear("No", words="The new one broke too")
	assert (case.status, case.second_chance, case.step, case.escalated_to) == ("Reopened", 1, "Received", MIA)
	assert case.promised_on is None and case.solved_on is None
	assert case.solve_due == START + timedelta(hours=26)  # a day of its own
	assert (told(case), todos(case)) == ([MIA], {ANNA: "Open", MIA: "Open"})
	assert case.steps[-1].round == 2
	offered(case)
	clock.goes_on(1)
	case.hear("No", words="Still")
	assert (case.status, case.word) == ("Solution Given", "No")
	assert told(case) == [MIA, MIA]
	with pytest.raises(frappe.ValidationError, match="Only a manager can close"):
		case.close()
	with pytest.raises(frappe.PermissionError, match="Only a manager closes"):
		case.close(override_reason="They will never be happy")
	frappe.set_user(MIA)
	with pytest.raises(frappe.ValidationError, match="Only a manager can close"):
		case.close(override_reason="  ")
	case.close(override_reason="We have done all we can")
	assert (case.status, case.closed_by, case.override_reason) == ("Closed", MIA, "We have done all we can")


def test_a_yes_that_is_taken_back_is_no_confirmation(firm):
	case = complaint(firm)
	case.append("compensations", {"kind": "Gift", "status": "Proposed", "cost": 10})
	case.save()
	offered(case)
	case.hear("Yes")
	assert (case.status, case.step) == ("Solution Given", "Confirmed")
	assert told(case) == [ANNA]
	with pytest.raises(frappe.ValidationError, match="undecided or not handed over"):
		case.close()
	case.hear("No")
	case = offered(case)
	case.hear("No")
	assert case.step != "Confirmed" and case.word == "No"
	case.compensations[0].status = "Rejected"
	case.save()
	case.hear("Yes")
	assert (case.status, case.step) == ("Closed", "Confirmed")
