"""What rules, policies, tiers, companies, users and contacts are called changes, or two of them become one: nothing is asked
twice, no tier moves for it, and nothing stops."""

import json
from datetime import timedelta

import frappe
import pytest

from keep_customers.care import relationships
from keep_customers.complaints import assignment_rules
from keep_customers.evidence import learned
from keep_customers.setup.install import add_shipped_defaults
from keep_customers.worth import checks, ledger
from keep_customers.worth.values import last_parameters
from tests.site.care.reported import follow_up, ranked
from tests.site.care.test_relationships import due, people, waits
from tests.site.mail import contact
from tests.site.story import ABROAD, ANNA, BEN, COMPANY, EVE, GROUP, MIA, PREFIX, abroad
from tests.site.worth.money import GOLD_OR_IRON

POLICY = f"{PREFIX} Policy"


def rename(doctype, old, new, **values):
	return frappe.rename_doc(doctype, old, new, show_alert=False, **values)


# Rules


def test_two_rules_become_one_and_ask_once(story):
	one, two = story.rule("One"), story.rule("Two")
	firm, other = story.customer("Firm"), story.customer("Other")
	story.file(firm, dedicated_rep=ANNA)
	story.completed_yesterday()
	story.history(firm, [(2, 3000)])
	story.night()
	frappe.db.set_value("Care Rule", two.name, "enabled", 0)
	story.history(other, [(1, 3000)])
	story.night()
	[todo] = story.todos(ANNA)
	assert {row.todo for row in story.follow_ups(firm)} == {todo.name} and len(story.follow_ups(firm)) == 2
	rename("Care Rule", one.name, two.name, merge=True)
	assert sorted((row.care_rule, row.status) for row in story.follow_ups(firm)) == [
		(two.name, "Assigned"), (two.name, "Cancelled"),
	]  # fmt: skip
	[asked] = story.follow_ups(other)
	assert asked.care_rule == two.name and not asked.hold_reason
	assert frappe.db.get_value("ToDo", todo.name, "status") == "Open"


def test_what_was_learned_of_a_rule_is_known_by_its_new_name(story):
	rules = [story.rule(name, control_share=20).name for name in ("One", "Two")]
	run = story.completed_yesterday()
	day = str(story.days_ago(1))
	found = learned.Change(day, rules, [0.3, 0.1, 0.2], [0.1] * 3, [[9, 9], [9, 9]], [0, 0], day, None, 1.0)
	run.db_set("learned", json.dumps(found.__dict__))
	rename("Care Rule", rules[0], f"{PREFIX} Anew")
	assert learned.kept(story.today).rules == [f"{PREFIX} Anew", rules[1]]
	assert learned.kept(story.today).mean == found.mean


def alarm(story, trigger):
	"""The rule, and a function that says what it has asked, how often it would ask again, and what ends it."""
	found = due(story, trigger)
	[firm] = found

	def stands():
		[rule] = frappe.get_all("Care Rule", {"trigger": trigger, "enabled": 1}, pluck="name")
		return waits(story, firm, rule.removeprefix(f"{PREFIX} ")), frappe.db.count("Follow Up")

	return stands


def test_a_rep_who_has_left_is_called_something_else(story):
	ranked(story, "Firm", rep=EVE)
	frappe.db.set_value("User", EVE, "enabled", 0)
	frappe.clear_cache(user=EVE)
	frappe.db.set_value("User", EVE, "modified", story.days_ago(1), update_modified=False)
	stands = alarm(story, "Rep Left")
	assert stands() == (None, 1)
	try:
		rename("User", EVE, f"left.{EVE}")
		assert stands() == (None, 1), "or it would end, and ask anew"
	finally:
		rename("User", f"left.{EVE}", EVE)
		frappe.db.commit()


@pytest.mark.parametrize("merge", (False, True), ids=("renamed", "merged"))
def test_a_contact_who_has_left_is_called_something_else(story, merge):
	firm = ranked(story, "Firm", rep=ANNA)
	olga = contact(firm, first_name="Olga", email="olga@firm.example")
	double = contact(firm, first_name="Olga", last_name="Petrova", email="petrova@firm.example")
	people(firm, {"full_name": "Olga", "contact": olga.name, "left_on": story.days_ago(2)})
	frappe.db.set_value("Customer", firm, "customer_primary_contact", olga.name)
	stands = alarm(story, "Decision Maker Left")
	assert stands() == (None, 1)
	rename("Contact", olga.name, double.name if merge else f"{PREFIX} Olga", merge=merge, force=True)
	assert stands() == (None, 1)


def test_who_has_left_goes_on_in_another_file(story):
	old, new = ranked(story, "Old", rep=ANNA), ranked(story, "New", rep=ANNA)
	people(old, {"full_name": "Ms Wang", "decides": 1, "left_on": story.days_ago(2)})
	due(story, "Decision Maker Left")
	rename("Customer", old, new, merge=True)
	[row] = story.follow_ups(new)
	assert row.status == "Planned" and waits(story, new, "Decision Maker Left") is None
	[now] = relationships.standing(relationships.DECIDER, story.today, [new])
	assert row.occurrence.startswith(now.about)


def sent_to(story, customer, doctype, name):
	return follow_up(story, customer, 0, status="Done", sent_to_person=f"{doctype}/{name}")


def test_who_got_a_message_is_known_by_another_name(story):
	old, new = story.customer("Old"), story.customer("New")
	olga = contact(old, first_name="Olga", email="olga@firm.example")
	people(
		frappe.get_doc({"doctype": "Customer File", "customer": old}).insert().name, {"full_name": "Mr Li"}
	)
	[li] = frappe.get_all("Customer File Person", {"parent": old}, pluck="name")
	sent = [
		sent_to(story, old, *who).name
		for who in (("Contact", olga.name), ("Customer File Person", li), ("Customer", old))
	]
	rename("Contact", olga.name, f"{PREFIX} Olga", force=True)
	rename("Customer", old, new, merge=True)
	[li] = frappe.get_all("Customer File Person", {"parent": new}, pluck="name")
	assert [frappe.db.get_value("Follow Up", name, "sent_to_person") for name in sent] == [
		f"Contact/{PREFIX} Olga", f"Customer File Person/{li}", f"Customer/{new}",
	]  # fmt: skip


# Policies and companies


def test_a_renamed_policy_goes_on_from_what_its_nights_have_noted(story):
	firm = story.customer("Firm")
	story.history(firm, [(40, 500), (10, 200)])
	story.settings(forecasts="BG/NBD as Before")
	story.night(story.days_ago(1))
	model = last_parameters()["models"][POLICY]
	story.settings(forecasts="Checked Forecasts")
	run = frappe.get_last_doc("Care Run")
	gliding = {"before": 0.75, f"{POLICY} 2026-03": 0.25}
	run.db_set("parameters", json.dumps({**last_parameters(), "forecasts": {POLICY: gliding}}))
	new = f"{PREFIX} Another"
	rename("Tier Policy", POLICY, new)
	noted = last_parameters()
	assert (noted["models"], noted["forecasts"]) == ({new: model}, {new: gliding})
	run = story.night()
	assert run.status == "Completed" and run.moves == 0
	assert frappe.db.count("Forecast Check", {"policy": new}) == 1


def test_of_two_policies_that_become_one_its_own_forecasts_go_on(story):
	group = frappe.get_doc(
		{
			"doctype": "Customer Group", "customer_group_name": f"{PREFIX} Dealers",
			"parent_customer_group": frappe.db.get_value("Customer Group", GROUP, "parent_customer_group"),
		}
	).insert().name  # fmt: skip
	other = story.policy(f"{PREFIX} Dealers", customer_group=group, company=COMPANY, priority=0).name
	for number in range(3):
		story.history(story.customer(f"Firm {number}"), [(40, 500), (10, 200)])
		story.history(story.customer(f"Dealer {number}", customer_group=group), [(30, 50), (5, 20)])
	story.night(story.days_ago(1))
	[own] = frappe.get_all("Forecast Check", {"policy": POLICY}, pluck="name")
	rename("Tier Policy", other, POLICY, merge=True)
	assert frappe.get_all("Forecast Check", pluck="name") == [own]
	run = story.night()
	assert run.status == "Completed" and run.customers == 6


def test_a_renamed_company_keeps_its_forecasts(story):
	firm = story.customer("Firm")
	story.history(firm, [(40, 500), (10, 200)])
	story.night(story.days_ago(1))
	[check] = frappe.get_all("Forecast Check", {"policy": POLICY}, pluck="name")
	new = f"{PREFIX} Works"
	rename("Company", COMPANY, new, force=True)
	try:
		lens = ledger.Lens(new, "Net Sales", story.days_ago(365))
		found = checks.of_month(POLICY, story.today, checks.learned_of("EUR", lens))
		assert found and found.check == check
		run = story.night()
		assert run.status == "Completed" and run.moves == 0 and story.value(firm).forecast_check == check
	finally:
		rename("Company", new, COMPANY, force=True)
		frappe.db.commit()


def test_a_renamed_company_keeps_its_last_known_rate(story, monkeypatch):
	from keep_customers.worth import currencies

	known = [0.125]
	monkeypatch.setattr(currencies, "_rate", lambda *_of: known[0])
	abroad()
	story.policy(company=None)
	firm = story.customer("Firm")
	story.history(firm, [(10, 8000)], company=ABROAD)
	story.night(story.days_ago(1))
	assert story.value(firm).current_value == 1000
	known[0] = 0
	new = f"{PREFIX} Orient"
	rename("Company", ABROAD, new, force=True)
	try:
		run = story.night()
		assert f"the last known one was used for {new}" in run.warnings and run.moves == 0
		assert story.value(firm).current_value == 1000
	finally:
		rename("Company", new, ABROAD, force=True)
		frappe.db.commit()


def test_what_was_set_up_for_a_company_is_none_of_its_transactions():
	"""ERPNext deletes all that links to a company but what apps name."""
	linked = frappe.get_all(
		"DocField", {"fieldtype": "Link", "options": "Company"}, ["parent", "fieldname"], as_list=True
	)
	module = frappe.get_all("DocType", {"module": "Keep Customers"}, pluck="name")
	ours = {(doctype, field) for doctype, field in linked if doctype in module}
	kept = set(frappe.get_hooks("company_data_to_be_ignored"))
	# What is collected for a rebate is worked out from the invoices.
	assert ours == {(doctype, "company") for doctype in ({*module} & kept) | {"Rebate Claim"}}


# Tiers


def test_tiers_of_a_policy_neither_become_one_nor_change_places(story):
	story.policy(company=COMPANY, **GOLD_OR_IRON)
	with pytest.raises(frappe.ValidationError, match="four different tiers"):
		rename("Customer Tier", "Gold", "Iron", merge=True)
	ranks = dict(frappe.get_all("Customer Tier", fields=["name", "rank"], as_list=True))
	gold, lead = frappe.get_doc("Customer Tier", "Gold"), frappe.get_doc("Customer Tier", "Lead")
	with pytest.raises(frappe.ValidationError, match="must follow the order"):
		gold.update({"rank": 99}).save()
	lead.update({"rank": 99}).save()
	copper = frappe.get_doc(
		{"doctype": "Customer Tier", "tier_name": f"{PREFIX} Copper", "rank": 98}
	).insert()
	with pytest.raises(frappe.ValidationError, match="must follow the order"):
		rename("Customer Tier", "Gold", copper.name, merge=True)
	rename("Customer Tier", "Iron", copper.name, merge=True)
	assert frappe.db.get_value("Tier Policy", POLICY, "broad_tier") == copper.name
	assert ranks["Gold"] == frappe.db.get_value("Customer Tier", "Gold", "rank")


def test_an_upgrade_adds_rules_for_tiers_that_are_called_something_else(story):
	trigger = "Only One Person Known"
	shipped = frappe.get_all("Care Rule", {"trigger": trigger}, pluck="name")
	for name in shipped:
		frappe.delete_doc("Care Rule", name)
	try:
		rename("Customer Tier", "Gold", f"{PREFIX} Or")
		add_shipped_defaults(trigger)
		[name] = frappe.get_all("Care Rule", {"trigger": trigger}, pluck="name")
		tiers = [row.tier for row in frappe.get_doc("Care Rule", name).tiers]
		assert tiers == ["Platinum", f"{PREFIX} Or"]
	finally:
		rename("Customer Tier", f"{PREFIX} Or", "Gold")
		frappe.db.commit()


# What else has names


def test_a_new_category_of_an_old_name_takes_nobody_the_team(story):
	def category(name, user):
		team = {"assign_to": "Team", "team": [{"user": user}]}
		doc = {"doctype": "Complaint Category", "category_name": f"{PREFIX} {name}", **team}
		return frappe.get_doc(doc).insert()

	def rule_of(name):
		rule = frappe.db.get_value("Complaint Category", f"{PREFIX} {name}", "assignment_rule")
		doc = frappe.get_doc("Assignment Rule", rule)
		return f"{PREFIX} {name}" in doc.assign_condition, [row.user for row in doc.users]

	rename("Complaint Category", category("Delivery", BEN).name, f"{PREFIX} Transport")
	category("Delivery", MIA)
	assert (rule_of("Transport"), rule_of("Delivery")) == ((True, [BEN]), (True, [MIA]))
	# Where it was taken before, the night gives it one of its own.
	taken = frappe.db.get_value("Complaint Category", f"{PREFIX} Delivery", "assignment_rule")
	frappe.db.set_value("Complaint Category", f"{PREFIX} Transport", "assignment_rule", taken)
	assignment_rules.follow_teams()
	assert (rule_of("Transport"), rule_of("Delivery")) == ((True, [BEN]), (True, [MIA]))


def test_settings_are_in_nobodys_way_who_renames_something(story):
	"""The fallback user has left, and nobody has chosen another one yet."""
	days = {"from_date": story.days_ago(90), "to_date": story.today + timedelta(days=90)}
	name = f"{PREFIX} Days"
	frappe.get_doc({"doctype": "Holiday List", "holiday_list_name": name, **days}).insert()
	story.settings(holiday_list=name)
	frappe.db.set_value("User", MIA, "enabled", 0)
	rename("Holiday List", name, f"{PREFIX} Tage", force=True)
	assert frappe.db.get_single_value("Keep Customers Settings", "holiday_list") == f"{PREFIX} Tage"
	with pytest.raises(frappe.ValidationError, match="is disabled"):
		story.settings(idle_days=3)


def test_a_copy_gives_nothing_before_somebody_switches_it_on(story):
	benefit = story.benefit(discount_percentage=5)
	assert not frappe.copy_doc(benefit, ignore_no_copy=False).enabled
	rebate = frappe.new_doc("Volume Rebate", rebate_name=f"{PREFIX} Rebate", enabled=1)
	assert not frappe.copy_doc(rebate, ignore_no_copy=False).enabled
