"""The host's list of first steps ticks what is there, not what was clicked on."""

import frappe
import pytest
from frappe.desk import desktop

from keep_customers.setup import onboarding
from tests.site.story import ANNA, BEN, EVE, MIA
from tests.site.web import Browser

SET_UP, RULE, REPS, TODOS = onboarding.DONE


@pytest.fixture(autouse=True)
def nothing_yet(story):
	frappe.db.set_value("Onboarding Step", {"name": ("in", list(onboarding.DONE))}, "is_complete", 0)
	frappe.db.set_value("Module Onboarding", "Keep Customers", "is_complete", 0)
	reps = frappe.get_all("Has Role", {"role": "Sales User", "parenttype": "User"}, pluck="parent")
	frappe.db.set_value("User", {"name": ("in", reps)}, "enabled", 0, update_modified=False)
	frappe.db.delete("Care Run")


def ticked():
	return set(
		frappe.get_all(
			"Onboarding Step", {"name": ("in", list(onboarding.DONE)), "is_complete": 1}, pluck="name"
		)
	)


def test_each_step_is_ticked_when_it_is_done(story):
	onboarding.refresh()
	assert ticked() == set()
	frappe.get_doc("User", EVE).add_roles("System Manager", "Sales User")
	assert ticked() == set(), "who looks after the site is no rep"
	frappe.db.set_value("User", ANNA, "enabled", 1)
	frappe.get_doc("User", ANNA).save()
	assert ticked() == {REPS}
	name = story.customer("Firm")
	story.history(name, [(40, 100), (3, 3000)])
	story.file(name, dedicated_rep=ANNA)
	rule = story.rule()
	assert ticked() == {REPS, RULE}
	frappe.get_doc("Care Rule", rule.name).update({"enabled": 0}).save()
	assert ticked() == {REPS}
	frappe.get_doc("Care Rule", rule.name).update({"enabled": 1}).save()
	rule.db_set("enabled_from", story.days_ago(30))
	story.completed_yesterday()
	onboarding.refresh()
	assert ticked() == {SET_UP, RULE, REPS}
	story.night()
	onboarding.refresh()
	assert ticked() == {SET_UP, RULE, REPS, TODOS}
	frappe.get_doc("Care Rule", rule.name).update({"enabled": 0}).save()
	assert ticked() == {SET_UP, RULE, REPS, TODOS}, "who has been through it is not led again"


def test_a_click_is_no_tick_and_a_step_can_be_passed_over(story, server):
	frappe.db.set_value("User", MIA, "enabled", 1)
	frappe.db.commit()
	browser = Browser(server, MIA)
	for field in ("is_complete", "is_skipped"):
		answer = browser.call("frappe.desk.desktop.update_onboarding_step", name=RULE, field=field, value="1")
		assert answer.status_code == 200, answer.text
	frappe.db.rollback()
	assert frappe.db.get_value("Onboarding Step", RULE, ["is_complete", "is_skipped"]) == (0, 1)
	frappe.db.set_value("Onboarding Step", RULE, "is_skipped", 0)


def test_only_who_may_set_up_is_shown_the_steps(story):
	story.system_settings(enable_onboarding=1)
	page = frappe.as_json({"name": "Keep Customers", "title": "Keep Customers", "public": 1})

	def shown():
		if hasattr(desktop, "get_onboarding_data"):
			return [
				one for part in desktop.get_onboarding_data("Keep Customers") or () for one in part["items"]
			]
		return [
			one for part in desktop.get_desktop_page(page)["onboardings"]["items"] for one in part["items"]
		]

	frappe.get_doc("User", BEN).add_roles("Keep Customers Manager")
	frappe.set_user(BEN)
	assert [one["name"] for one in shown()] == [SET_UP, RULE, REPS, TODOS]
	frappe.set_user(ANNA)
	assert not shown()


def test_who_has_done_all_steps_finds_the_page_as_before(story):
	"""Frappe 15 saves the list of them at this moment, and asks for all its fields."""
	frappe.db.set_value("Onboarding Step", {"name": ("in", list(onboarding.DONE))}, "is_complete", 1)
	steps = frappe.get_doc("Module Onboarding", "Keep Customers")
	assert steps.check_completion()
	assert steps.get("documentation_url") or not steps.meta.has_field("documentation_url"), "16 has none"
