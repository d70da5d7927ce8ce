"""Who gets a case where a team answers for its category."""

import frappe
import pytest

from keep_customers.complaints import assignment_rules
from keep_customers.jobs import complaints as jobs
from tests.site.complaints.cases.case import CASE, QUALITY, complaint, stored, todos
from tests.site.deleted import back
from tests.site.story import ANNA, BEN, MIA, PREFIX


@pytest.fixture
def team(firm):
	category = frappe.get_doc("Complaint Category", QUALITY)
	category.update({"assign_to": "Team", "team": [{"user": BEN}, {"user": MIA}]})
	category.save()
	return category


def test_a_categorys_team_shares_its_cases(firm, team):
	rule = frappe.get_doc("Assignment Rule", team.assignment_rule)
	assert (rule.rule, {row.user for row in rule.users}) == ("Load Balancing", {BEN, MIA})
	cases = [complaint(firm, category=QUALITY, item=None) for _number in range(4)]
	assert sorted(case.responsible for case in cases) == [BEN, BEN, MIA, MIA]
	for case in cases:
		assert stored(case, "responsible") == case.responsible
		assert todos(case) == {case.responsible: "Open"}
	# A form that was opened before knows of nobody.
	case = cases[0]
	form = frappe.get_doc(CASE, case.name)
	form.responsible = None
	form.save()
	assert stored(case, "responsible") == case.responsible
	# Handed to Anna, it is on her list and no longer on theirs.
	before = form.responsible
	form.responsible = ANNA
	form.save()
	assert todos(form) == {before: "Cancelled", ANNA: "Open"}
	# The rep's own cases go on as before.
	assert complaint(firm).responsible == ANNA


def test_who_gets_a_case_is_asked_in_their_own_language(firm):
	frappe.db.set_value("User", ANNA, "language", "zh")
	frappe.clear_cache(user=ANNA)
	case = complaint(firm)
	[asked] = frappe.get_all("ToDo", {"reference_name": case.name, "allocated_to": ANNA}, pluck="description")
	assert asked == f"请答复投诉 {case.name}。"
	rule = frappe.get_doc("Assignment Rule", "Complaint Cases")
	rule.db_set("description", "Have a look at {{ name }}")
	frappe.clear_document_cache("Assignment Rule", rule.name)
	other = complaint(firm)
	[asked] = frappe.get_all(
		"ToDo", {"reference_name": other.name, "allocated_to": ANNA}, pluck="description"
	)
	assert asked == f"Have a look at {other.name}", "what an admin has written stays"


def test_a_rule_goes_with_its_team(firm, team):
	name = team.assignment_rule
	team.update({"team": [{"user": MIA}]})
	team.save()
	assert [row.user for row in frappe.get_doc("Assignment Rule", name).users] == [MIA]
	frappe.rename_doc("Complaint Category", QUALITY, f"{QUALITY} 'Two'")
	renamed = frappe.get_doc("Complaint Category", f"{QUALITY} 'Two'")
	assert complaint(firm, category=renamed.name).responsible == MIA
	renamed.assign_to = "Dedicated Rep"
	renamed.save()
	assert not frappe.db.exists("Assignment Rule", name) and not renamed.assignment_rule
	assert complaint(firm, category=renamed.name).responsible == ANNA
	renamed.update({"assign_to": "Team"})
	renamed.save()
	rule = renamed.assignment_rule
	assert frappe.db.exists("Assignment Rule", rule)
	frappe.db.delete(CASE)
	renamed.delete()
	assert not frappe.db.exists("Assignment Rule", rule)


def test_a_team_without_people_is_refused(firm):
	category = frappe.get_doc("Complaint Category", QUALITY)
	category.assign_to = "Team"
	with pytest.raises(frappe.ValidationError, match="who is in the team"):
		category.save()
	frappe.db.set_value("User", BEN, "enabled", 0)
	category = frappe.get_doc("Complaint Category", QUALITY)
	category.assign_to = "Team"
	category.append("team", {"user": BEN})
	with pytest.raises(frappe.ValidationError, match="is disabled"):
		category.save()


def test_who_takes_over_a_late_case_gets_it_although_the_superior_has_it(firm, clock):
	case = complaint(firm)
	clock.goes_on(5)
	for _level in range(3):
		jobs.run()
	assert todos(case) == dict.fromkeys((ANNA, MIA, BEN), "Open")
	case.reload()
	case.responsible = BEN
	case.save()
	assert todos(case) == {ANNA: "Cancelled", MIA: "Open", BEN: "Open"}


def test_a_category_that_is_brought_back_has_its_team_again(team):
	gone = team.assignment_rule
	again = back(team)
	rule = frappe.get_doc("Assignment Rule", again.assignment_rule)
	assert {row.user for row in rule.users} == {BEN, MIA} and rule.name == gone


def test_a_new_category_takes_over_no_rule_that_somebody_names(team):
	before = frappe.get_doc("Assignment Rule", assignment_rules.RULE)
	new = {"category_name": f"{PREFIX} Mine", "team": [{"user": MIA}], "assignment_rule": before.name}
	new = frappe.copy_doc(team).update(new).insert()
	assert new.assignment_rule != before.name
	after = frappe.get_doc("Assignment Rule", before.name)
	assert (after.assign_condition, after.rule) == (before.assign_condition, before.rule)
