"""Who gets a complaint case, by the host's Assignment Rules: the responsible, or somebody of the category's team."""

import frappe

from keep_customers.complaints import cases, clock
from keep_customers.complaints.told import sentences
from keep_customers.erp.leavers import can_act

RULE = "Complaint Cases"
OPEN = "status != 'Closed'"
BY_FIELD = "Based on Field"


def add_rule() -> None:
	"""The shipped rule: who is responsible has the case on the list. One that is there stays as the admin left it."""
	if frappe.db.exists("Assignment Rule", RULE):
		return
	rule = frappe.new_doc("Assignment Rule", name=RULE)
	rule.update(
		{
			**_common(),
			"rule": BY_FIELD,
			"field": "responsible",
			"assign_condition": f"responsible and {OPEN}",
		}
	)
	# Installing adds it, whoever installs.
	rule.insert(ignore_permissions=True)


def keep_team_rule(category) -> None:
	"""Make or adapt the rule that shares a category's cases among its team, or remove it with the team."""
	users = _able(category)
	if not users or category.disabled:
		return remove_team_rule(category)
	name = _own_name(category)
	if frappe.db.exists("Assignment Rule", name):
		rule = frappe.get_doc("Assignment Rule", name)
	else:
		rule = frappe.new_doc("Assignment Rule", name=name)
		rule.update(_common())
	rule.update(
		{
			"rule": "Load Balancing",
			"priority": 1,  # before the general one
			"assign_condition": f"not responsible and category == {category.name!r} and {OPEN}",
			"users": [{"user": user} for user in users],
		}
	)
	# Whoever may write the category decides about its team.
	rule.save(ignore_permissions=True)
	if category.assignment_rule != rule.name:
		category.db_set("assignment_rule", rule.name, update_modified=False)


def _own_name(category) -> str:
	"""One of that name may be left from a category that was deleted past its life; another category that was called so before
	keeps its own."""
	name = category.assignment_rule or f"{RULE}: {category.name}"[:140]
	if frappe.db.exists("Complaint Category", {"assignment_rule": name, "name": ("!=", category.name)}):
		name = f"{name[:130]} {frappe.generate_hash(length=4)}"
	return name


def _able(category) -> list[str]:
	"""Who of a category's team can log in: the host's rules give cases to whoever is named."""
	team = [row.user for row in category.team] if category.assign_to == "Team" else []
	return [user for user in team if can_act(user)]


def follow_teams() -> None:
	"""Bring the rules up to date with who of the teams can log in."""
	for name in frappe.get_all(
		"Complaint Category", filters={"assign_to": "Team", "disabled": 0}, pluck="name"
	):
		category = frappe.get_doc("Complaint Category", name)
		named = frappe.get_all(
			"Assignment Rule User", filters={"parent": category.assignment_rule or ""}, pluck="user"
		)
		if set(named) != set(_able(category)):
			keep_team_rule(category)


def of_team(case) -> str | None:
	"""Whom the host's rule would give a case of a team; it does so by itself only while nobody has the case."""
	rule = case.category and frappe.db.get_value("Complaint Category", case.category, "assignment_rule")
	return frappe.get_doc("Assignment Rule", rule).get_user(case) if rule else None


def remove_team_rule(category) -> None:
	if name := category.assignment_rule:
		category.db_set("assignment_rule", None, update_modified=False)
		_remove([name])


def remove_rules() -> None:
	"""All rules about cases, the admin's own too: they would be about nothing."""
	_remove(frappe.get_all("Assignment Rule", filters={"document_type": cases.DOCTYPE}, pluck="name"))


def _remove(names: list[str]) -> None:
	for name in names:
		# What it has given to somebody stays with them.
		frappe.db.set_value("ToDo", {"assignment_rule": name}, "assignment_rule", None, update_modified=False)
		# Whoever may write the category, or uninstall the app, decides about its rules.
		frappe.delete_doc("Assignment Rule", name, force=True, ignore_permissions=True, ignore_missing=True)


def _common() -> dict:
	return {
		"document_type": cases.DOCTYPE,
		"priority": 0,
		"description": sentences()["answer"].format("{{ name }}"),
		"close_condition": "status == 'Closed'",
		"assignment_days": [{"day": day} for day in clock.WEEKDAYS],
	}
