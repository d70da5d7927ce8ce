"""An admin sets up: sees what would come of each answer before it is saved, and comes back where they were."""

import frappe
import pytest
from frappe.utils import getdate

from keep_customers.care.preview import would_have_made
from keep_customers.jobs import nightly
from keep_customers.setup.guided import populations, proposals, steps
from tests.site.story import ANNA, COMPANY, GROUP, MIA, PREFIX, TERRITORY, abroad

POLICY = f"{PREFIX} Policy"


@pytest.fixture(autouse=True)
def from_the_beginning(story):
	frappe.db.set_single_value("Keep Customers Settings", "set_up_done", "")


@pytest.fixture
def firms(story):
	"""Ten firms; firm k has bought for k * 100 lately, and for ten times as much long before."""
	found = []
	for k in range(1, 11):
		firm = story.customer(f"Firm {k:02}")
		# The page looks at today, whatever day the story tells of.
		ago = (story.today - getdate()).days
		story.history(firm, [(ago + 400, 1000 * k), (ago + 40, 100 * k)])
		found.append(firm)
	return found


def written():
	return frappe.db.count("Customer Value"), frappe.db.count("Forecast Check"), frappe.db.count("Care Run")


def test_the_pyramid_is_shown_and_nothing_is_written(story, firms):
	before = written(), frappe.get_doc("Tier Policy", POLICY).modified
	found = steps.look("policy", {"high_share": 30, "top_share": 10, "low_share": 20})
	[pyramid] = found["pyramids"]
	assert [step["customers"] for step in pyramid["steps"]] == [1, 2, 5, 2]
	assert [step["waiting"] for step in pyramid["steps"]] == [0, 0, 0, 0]
	# The three with most in twelve months: 1000, 900 and 800.
	assert min(step["from_value"] for step in pyramid["steps"][:2]) == 800
	assert pyramid["currency"] == "EUR"
	assert before == (written(), frappe.get_doc("Tier Policy", POLICY).modified)


def test_who_would_fall_waits_for_the_review(story, firms):
	story.policy(company=COMPANY, high_share=30, top_share=10, low_share=20)
	nightly.run()
	[pyramid] = steps.look("policy", {"high_share": 10, "top_share": 10})["pyramids"]
	# One is high now; the other two keep their tier for the time being.
	assert sum(step["waiting"] for step in pyramid["steps"][:2]) == 2


def test_whether_reps_are_asked_why_somebody_left_is_chosen_with_the_tiers(story, firms):
	found = steps.look("policy", {})
	assert (found["review_losses"], found["losses_from"], found["currency"]) == (0, 2000, "EUR")
	steps.save("policy", {"review_losses": 1, "losses_from": 500})
	policy = frappe.get_doc("Tier Policy", POLICY)
	assert (policy.review_losses, policy.losses_from, policy.losses_since) == (1, 500, getdate())


def test_cuts_that_contradict_each_other_are_said(story, firms):
	with pytest.raises(frappe.ValidationError, match="larger than"):
		steps.look("policy", {"high_share": 5, "top_share": 10})


def test_not_everybody_is_excluded(story, firms):
	frappe.db.set_value("Customer", {"customer_group": ("!=", GROUP)}, "disabled", 1)
	found = steps.look("excluded", {"excluded_groups": [GROUP]})
	assert (found["all"], found["ranked"]) == (10, 0)
	assert "Nobody would be left" in found["warnings"][0]
	with pytest.raises(frappe.ValidationError, match="All 10 customers"):
		steps.save("excluded", {"excluded_groups": [GROUP]})
	steps.save("excluded", {"excluded_groups": [], "excluded_customers": [firms[0]]})
	found = steps.look("excluded", {})
	assert (found["ranked"], found["excluded_customers"]) == (9, [firms[0]])


def test_who_would_have_nobody_is_counted(story, firms):
	story.file(firms[0], dedicated_rep=ANNA)
	mine = {"fallback_user": None, "fallback_role": None}
	story.settings(**mine)
	found = steps.look("people", mine)
	assert found["customers"] - found["nobody"] == sum(one["customers"] for one in found["reps"])
	assert found["nobody"] >= 9 and str(found["nobody"]) in found["warnings"][0]
	assert {"user": ANNA, "name": frappe.db.get_value("User", ANNA, "full_name"), "customers": 1} in found[
		"reps"
	]
	proposed = steps.look("people", {})
	assert (proposed["fallback_user"], proposed["proposed"]) == ("Administrator", True)
	assert not frappe.db.get_single_value("Keep Customers Settings", "fallback_user")
	found = steps.look("people", {"fallback_user": MIA})
	assert found["nobody"] == 0 and found["fallen_back"] >= 9
	assert steps.save("people", {"fallback_user": MIA})["done"] == "people"


def test_a_week_without_work_is_said(story):
	assert [len(steps.look("rhythm", {})[field]) for field in ("week", "warnings")] == [7, 0]
	past = frappe.get_doc(
		{
			"doctype": "Holiday List",
			"holiday_list_name": f"{PREFIX} Past",
			"from_date": "2020-01-01",
			"to_date": "2020-12-31",
		}
	).insert()
	assert "ends in the past" in steps.look("rhythm", {"holiday_list": past.name})["warnings"][0]


def test_three_rules_with_what_they_would_have_made(story, firms):
	story.invoice(firms[0], 43_210_000, getdate())
	found = steps.look("rules", {"min_amount": 4e7})
	large = next(one for one in found["rules"] if one["trigger"] == "Purchase Amount")
	assert [one["trigger"] for one in found["rules"]] == [
		"Tier Cadence",
		"Purchase Amount",
		"Reorder Overdue",
	]
	assert (large["made"], large["min_amount"], large["chosen"]) == (1, 4e7, True)
	assert not frappe.db.count("Care Rule", {"enabled": 1})
	assert would_have_made(large["name"], 7, {"min_amount": 5e7}) == 0
	assert not frappe.db.count("Follow Up")
	tier = found["tiers"][0]["name"]
	for _again in range(2):
		steps.save("rules", {"on": [large["name"]], "min_amount": 4e7, "cadence": {tier: 21}})
	assert frappe.db.get_value("Care Rule", large["name"], ["enabled", "min_amount"]) == (1, 4e7)
	assert frappe.db.get_value("Customer Tier", tier, "contact_every_days") == 21
	assert frappe.db.count("Care Rule", {"enabled": 1}) == 1


def test_how_much_work_the_rhythm_is_is_said_before_it_begins(story, firms):
	frappe.db.set_value("Customer", {"name": ("not in", firms)}, "disabled", 1)
	story.settings(fallback_user=MIA, rep_capacity=1)
	story.file(firms[-1], dedicated_rep=ANNA)
	story.policy(company=COMPANY, high_share=30, top_share=10, low_share=20)
	[pyramid] = steps.look("policy", {})["pyramids"]
	top, high, *_others = (step["tier"] for step in pyramid["steps"])
	nightly.run()
	assert [step["customers"] for step in pyramid["steps"]] == [1, 2, 5, 2]
	# The rule is for the best two tiers: one of them every 15 days, two every 10.
	found = steps.look("rules", {"cadence": {top: 15, high: 10}})
	assert found["contacts"] == {top: 2, high: 6}
	assert sum(one["contacts"] for one in found["reps"]) == 8
	assert len(found["reps"]) == 2 and not found["warnings"]
	# Every day is more than there are working days.
	found = steps.look("rules", {"cadence": {top: 0, high: 1}})
	assert found["contacts"] == {top: 0, high: 60}
	assert "Contacts a month of" in found["warnings"][0]
	[cadence, *_others] = [one["name"] for one in found["rules"]]
	assert not steps.look("rules", {"on": [], "cadence": {top: 15}})["contacts"]
	assert steps.look("rules", {"on": [cadence]})["contacts"]
	# All tiers, as they stand: 1 every 14, 2 every 30, 5 every 90 and 2 every 180 days.
	assert steps.look("policy", {})["contacts"] == round(30 / 14 + 60 / 30 + 150 / 90 + 60 / 180)
	assert frappe.db.get_value("Customer Tier", top, "contact_every_days") == 14
	assert not frappe.db.count("Follow Up")


def test_a_large_purchase_is_what_a_tenth_of_the_invoices_reach(story, firms):
	frappe.db.set_value("Sales Invoice", {"company": ("!=", COMPANY)}, "posting_date", "2001-01-01")
	# Ten invoices of the last year, 100 to 1000: one of them is above 900.
	assert proposals.large_purchase(frappe.get_doc("Keep Customers Settings")) == 900


def test_what_to_do_without_invoices_or_with_a_company_abroad(story):
	frappe.db.set_value("Sales Invoice", {"docstatus": 1}, "docstatus", 0)
	assert "no submitted Sales Invoices" in steps.look("company", {})["warnings"][0]
	assert "Tiers come with the first invoices" in steps.look("policy", {})["warnings"][-1]
	firm = story.customer("Firm")
	story.history(firm, [(40, 100)])
	other = abroad()
	frappe.db.delete("Currency Exchange", {"from_currency": "CNY"})
	assert not steps.look("company", {})["warnings"], "nothing is sold there yet"
	story.history(firm, [(30, 100)], company=other)
	[warning] = steps.look("company", {})["warnings"]
	assert "No exchange rate from CNY to EUR" in warning and "Currency Exchange" in warning


def test_who_comes_back_goes_on_where_they_were(story):
	assert steps.state()["done"] == ""
	steps.save("company", {"reporting_currency": "EUR"})
	assert steps.save("excluded", {})["done"] == "excluded"
	assert steps.save("company", {})["done"] == "excluded"
	assert steps.look("company", {})["reporting_currency"] == "EUR"


@pytest.mark.parametrize("user", [ANNA, MIA])
def test_only_who_may_write_the_settings_sees_any_of_it(story, user):
	frappe.set_user(user)
	for call in (steps.state, lambda: steps.look("policy", {}), lambda: steps.save("company", {})):
		with pytest.raises(frappe.PermissionError):
			call()


def test_who_may_not_read_every_customer_reads_no_money(story, firms):
	frappe.get_doc("User", ANNA).add_roles("Keep Customers Manager")
	frappe.get_doc(
		{"doctype": "User Permission", "user": ANNA, "allow": "Territory", "for_value": TERRITORY}
	).insert()
	frappe.set_user(ANNA)
	[pyramid] = steps.look("policy", {})["pyramids"]
	assert {step["value"] for step in pyramid["steps"]} == {None}


def test_there_is_no_other_step(story):
	with pytest.raises(frappe.ValidationError, match="no such step"):
		steps.look("nonsense", {})


@pytest.fixture
def dealers(story, firms):
	"""Three dealers beside the ten firms; dealer k has bought for k * 10,000 lately."""
	group = tree_group("Test Distributors", GROUP)
	found = []
	for k in range(1, 4):
		name = story.customer(f"Dealer {k}", customer_group=group)
		story.history(name, [((story.today - getdate()).days + 40, 10_000 * k)])
		found.append(name)
	return group


def tree_group(name, parent):
	doc = {"doctype": "Customer Group", "customer_group_name": name, "parent_customer_group": parent}
	if not frappe.db.get_value("Customer Group", parent, "is_group"):
		doc["parent_customer_group"] = frappe.db.get_value("Customer Group", parent, "parent_customer_group")
	return frappe.get_doc(doc).insert().name


def by_group(found):
	return {one["group"]: (one["customers"], one["value"]) for one in found["populations"]}


def test_dealers_are_proposed_and_nothing_is_changed_without_the_answer(story, dealers):
	before = frappe.get_all("Tier Policy", fields=["name", "modified", "priority"], order_by="name")
	found = steps.look("populations", {})
	assert (found["ranked_groups"], by_group(found)) == ([], {None: (13, 65_500)})
	assert found["suggested"] == [{"group": dealers, "customers": 3, "value": 60_000}]
	assert steps.save("populations", {"ranked_groups": []})["done"] == "populations"
	assert steps.save("populations", {})["done"] == "populations"
	assert before == frappe.get_all("Tier Policy", fields=["name", "modified", "priority"], order_by="name")


def test_dealers_and_end_customers_are_ranked_among_themselves(story, dealers):
	story.policy(company=COMPANY, high_share=30, top_share=10, low_share=20)
	chosen = {"ranked_groups": [dealers]}
	found = steps.look("populations", chosen)
	assert by_group(found) == {dealers: (3, 60_000), None: (10, 5_500)}
	assert not found["suggested"] and "of so few customers" in found["warnings"][0]
	assert not frappe.db.exists("Tier Policy", {"customer_group": dealers})
	for _again in range(2):
		steps.save("populations", chosen)
	policy = frappe.get_doc("Tier Policy", {"customer_group": dealers})
	assert (policy.enabled, policy.company, policy.high_share, policy.priority) == (1, COMPANY, 30, 0)
	# What is asked next holds for both, and a policy that was cut otherwise keeps its own.
	found = steps.look("policy", {"top_share": 20})
	assert (found["policy"], found["alike"], found["others"]) == (POLICY, [policy.name], 0)
	steps.save("policy", {"top_share": 20, "high_share": 40})
	assert [frappe.db.get_value("Tier Policy", name, "top_share") for name in (POLICY, policy.name)] == [
		20,
		20,
	]
	frappe.db.set_value("Tier Policy", policy.name, "low_share", 0)
	steps.save("policy", {"top_share": 10})
	assert [frappe.db.get_value("Tier Policy", name, "top_share") for name in (POLICY, policy.name)] == [
		10,
		20,
	]
	assert steps.look("policy", {})["others"] == 1
	nightly.run()
	tiers = dict(frappe.get_all("Customer Value", {"policy": policy.name}, ["name", "tier"], as_list=True))
	assert len(tiers) == 3 and frappe.db.count("Customer Value", {"policy": POLICY}) == 10


def test_who_is_taken_out_is_ranked_with_the_others_and_comes_back_as_they_were(story, dealers):
	steps.save("populations", {"ranked_groups": [dealers]})
	name = frappe.db.get_value("Tier Policy", {"customer_group": dealers})
	frappe.db.set_value("Tier Policy", name, "low_share", 7)
	found = steps.look("populations", {"ranked_groups": []})
	assert (found["switched_off"], by_group(found)) == ([name], {None: (13, 65_500)})
	assert frappe.db.get_value("Tier Policy", name, "enabled")
	steps.save("populations", {"ranked_groups": []})
	assert not frappe.db.get_value("Tier Policy", name, "enabled")
	steps.save("populations", {"ranked_groups": [dealers]})
	assert frappe.db.get_value("Tier Policy", name, ["enabled", "low_share"]) == (1, 7)


def test_a_group_below_another_keeps_its_own_customers(story, dealers):
	above = frappe.db.get_value("Customer Group", dealers, "parent_customer_group")
	steps.save("populations", {"ranked_groups": [dealers]})
	found = steps.look("populations", {"ranked_groups": [dealers, above]})
	assert by_group(found)[dealers] == (3, 60_000) and by_group(found)[above] == (10, 5_500)
	steps.save("populations", {"ranked_groups": [dealers, above]})
	assert by_group(steps.look("populations", {})) == by_group(found)


def test_a_territory_that_is_ranked_by_itself_keeps_its_name(story, dealers):
	story.policy(f"{PREFIX} North", territory=TERRITORY, company=COMPANY, priority=0)
	found = steps.look("populations", {"ranked_groups": [dealers]})
	assert [(one["group"], one["policy"], one["rest"]) for one in found["populations"]] == [
		(dealers, dealers, False),
		(None, f"{PREFIX} North", False),
	]
	steps.save("populations", {"ranked_groups": [dealers]})
	order = {one.name: one.priority for one in populations.policies()}
	assert order[dealers] < order[f"{PREFIX} North"] < order[POLICY]


def test_who_are_persons_among_firms_is_proposed_and_no_group_is_made_up(story, firms):
	people = tree_group("Test Homes", GROUP)
	frappe.db.set_value("Customer", firms[0], {"customer_group": people, "customer_type": "Individual"})
	frappe.db.set_value("Customer", {"name": ("not in", firms)}, "disabled", 1)
	assert [one["group"] for one in steps.look("populations", {})["suggested"]] == [people]
	frappe.db.set_value("Customer", firms[1], "customer_type", "Individual")
	assert not steps.look("populations", {})["suggested"], "persons stand in both"
	with pytest.raises(frappe.ValidationError, match="no customer group"):
		steps.look("populations", {"ranked_groups": ["Nonsense"]})
