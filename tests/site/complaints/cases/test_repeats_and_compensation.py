"""What has happened before is recognised, and what is given for it is approved."""

from datetime import timedelta

import frappe
import pytest
from frappe.permissions import add_user_permission
from frappe.utils import add_days, getdate

from keep_customers.complaints import compensations
from keep_customers.complaints.compensations import Given
from keep_customers.complaints.steps import Told
from keep_customers.engine import complaints as engine
from tests.site.complaints.cases.case import (
	CASE,
	QUALITY,
	START,
	compensated,
	complaint,
	new_batch,
	offered,
	solved,
	stored,
	tier,
	told,
)
from tests.site.story import ANNA, ITEM, MIA

# Repeats and causes


def test_what_has_happened_before_is_recognised(story, firm, clock):
	other, item = story.customer("Other"), story.item("Drill")
	first = complaint(firm, item=ITEM, opened_on=START - timedelta(days=80))
	assert not first.repeat_of
	again = complaint(firm, item=ITEM)
	assert (again.repeat_of, again.repeat_reason) == (first.name, "Same customer, same item")
	assert not complaint(firm, item=item).repeat_of
	assert not complaint(other, item=ITEM).repeat_of, "another customer, and no category"
	of_category = complaint(firm, category=QUALITY, item=item, opened_on=START + timedelta(seconds=0))
	clock.goes_on(1)
	assert complaint(firm, category=QUALITY).repeat_of == of_category.name
	elsewhere = complaint(other, category=QUALITY, item=item)
	assert elsewhere.repeat_reason == "Same item, same category"
	clock.goes_on(24 * 91)
	assert not complaint(firm, item=ITEM, category=QUALITY).repeat_of, "too long ago"


def test_the_same_batch_is_a_repeat_across_customers(story, firm, clock):
	batch = new_batch()
	first = complaint(firm, batch_no=batch.name)
	assert first.item == ITEM
	clock.goes_on(1)
	assert complaint(story.customer("Other"), batch_no=batch.name).repeat_of == first.name
	batch.delete(force=True)


def test_a_repeat_is_closed_with_a_cause_and_a_measure_and_keeps_them(firm, clock):
	complaint(firm, category=QUALITY)
	clock.goes_on(1)
	case = solved(firm, category=QUALITY)
	assert (case.status, case.word) == ("Solution Given", "Yes")
	assert told(case) == [ANNA]
	case.cause = frappe.get_all("Complaint Cause", limit=1, pluck="name")[0]
	case.save()
	frappe.set_user(MIA)
	with pytest.raises(frappe.ValidationError, match="cause and a measure"):
		case.close(override_reason="It does not matter")
	frappe.set_user("Administrator")
	case.quality_action = frappe.get_doc({"doctype": "Quality Action"}).insert().name
	case.save()
	case.close()
	assert case.status == "Closed" and not case.override_reason
	case.quality_action = None
	with pytest.raises(frappe.ValidationError, match="cause and a measure"):
		case.save()


# Compensation


def test_what_costs_more_than_the_limit_is_approved_by_who_may(story, firm):
	story.settings(compensation_limit=50)
	case = complaint(firm)
	row = compensated(case, ANNA, cost=50, status="Approved")
	assert (row.approved_by, case.compensation_cost) == (ANNA, 50)
	with pytest.raises(frappe.PermissionError, match="somebody with the role Sales Manager"):
		compensated(case, ANNA, cost=51, status="Approved")
	assert stored(case, "compensation_cost") == 50
	assert compensated(case, ANNA, cost=80, status="Proposed").approved_by is None
	assert told(case) == [MIA], "who is asked to approve it"
	# Who writes somebody else's name into it does not become them.
	with pytest.raises(frappe.PermissionError):
		compensated(case, ANNA, cost=80, status="Handed Over", approved_by=MIA)
	assert compensated(case, MIA, status="Approved").approved_by == MIA
	row = compensated(case, ANNA, status="Handed Over", approved_by=ANNA)
	assert (row.approved_by, row.handed_over_on) == (MIA, getdate()) or str(row.handed_over_on) == str(
		getdate()
	)
	assert case.compensation_cost == 80
	case.compensations = []
	with pytest.raises(frappe.ValidationError, match="stays on record"):
		case.save()


def test_grave_cases_and_the_best_customers_are_offered_something(story, firm):
	tier(firm, "Iron")
	assert not offered(complaint(firm)).compensations
	for values in ({"severity": "Grave"}, {"tier": "Gold"}):
		if "tier" in values:
			tier(firm, values.pop("tier"))
		case = offered(complaint(firm, **values))
		assert [(row.status, row.cost or 0) for row in case.compensations] == [("Suggested", 0)]
		case.hear("Yes")
		assert case.status == "Solution Given", "somebody decides about it first"
	story.settings(suggest_compensation=0)
	assert not offered(complaint(firm, severity="Grave")).compensations


def test_who_may_not_give_does_not_deny(story, firm):
	story.settings(compensation_limit=0)
	case = offered(complaint(firm, severity="Grave"))
	refused = "decided by somebody with the role Sales Manager"
	with pytest.raises(frappe.PermissionError, match=refused):
		compensated(case, ANNA, status="Rejected")
	case.reload()
	case.compensations = []
	with pytest.raises(frappe.PermissionError, match=refused):
		case.save()
	with pytest.raises(frappe.PermissionError, match=refused):
		case.take_steps(["Compensated"], told=Told(given=Given(because="It was their fault")))
	# By somebody else's proposal it is no other.
	assert compensated(case, ANNA, status="Proposed").status == "Proposed"
	with pytest.raises(frappe.PermissionError, match=refused):
		compensated(case, ANNA, status="Rejected")
	compensated(case, MIA, status="Rejected")

	frappe.set_user("Administrator")
	story.settings(compensation_limit=50)
	case = offered(complaint(firm, severity="Grave"))
	compensated(case, ANNA, status="Proposed", cost=60)
	with pytest.raises(frappe.PermissionError, match=refused):
		compensated(case, ANNA, status="Rejected")
	compensated(case, ANNA, status="Rejected", cost=40)


def test_what_is_proposed_comes_with_its_reason_and_limit(story, firm):
	story.settings(compensation_limit=50)
	given = complaint(firm, severity="Grave")
	compensated(given, MIA, cost=30, status="Handed Over")
	given.db_set("opened_on", frappe.utils.now_datetime())  # what is usual is of a year
	case = offered(complaint(firm, severity="Grave"))
	frappe.set_user(ANNA)
	proposed = compensations.proposal(case)
	assert (proposed["why"], proposed["kind"], proposed["status"]) == (
		"The complaint is grave.",
		"Gift",
		"Suggested",
	)
	assert (proposed["cost"], proposed["left"], proposed["may_deny"]) == (30, 20, True)
	story_free = compensations.proposal(offered(complaint(firm)))
	assert (story_free["why"], story_free["cost"], story_free["status"]) == ("", 0, None)
	frappe.set_user(MIA)
	assert compensations.proposal(case)["left"] is None


def test_nothing_is_owed_on_a_closed_case(firm):
	case = solved(firm)
	assert case.status == "Closed"
	with pytest.raises(frappe.ValidationError, match="open a new case"):
		compensated(case, cost=5, status="Proposed")
	compensated(case, cost=5, status="Handed Over")
	assert stored(case, "compensation_cost") == 5


def test_what_is_no_repeat_any_more_is_closed_by_the_customers_yes(firm, clock):
	first = complaint(firm, category=QUALITY)
	clock.goes_on(1)
	second = offered(complaint(firm, category=QUALITY))
	assert second.repeat_of == first.name
	# It was about something else.
	first.category = None
	first.save()
	second.hear("Yes")
	assert (second.status, second.repeat_of) == (engine.CLOSED, None)


def test_what_repeats_another_customers_case_goes_on_by_whom_may_not_read_that_one(story, firm):
	"""Since it was opened a case of another region has got the same batch."""
	batch, others = new_batch().name, story.customer("Others")
	first, case = complaint(others), complaint(firm, item=ITEM, batch_no=batch)
	frappe.db.set_value(
		CASE, first.name, {"item": ITEM, "batch_no": batch, "opened_on": add_days(case.opened_on, -1)}
	)
	add_user_permission("Customer", firm, ANNA)
	frappe.db.commit()
	frappe.set_user(ANNA)
	assert first.name not in frappe.get_list(CASE, pluck="name")
	case = frappe.get_doc(CASE, case.name)
	case.take_step("Listened")
	assert (case.repeat_of, case.steps[-1].step) == (first.name, "Listened")
