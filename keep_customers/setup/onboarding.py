"""The host's list of first steps: a step is done when what it asks for is there, whoever has clicked on it or not.

The steps are files, ``module_onboarding/`` and ``onboarding_step/``; Frappe 15 shows them on the workspace, 16 beside the
sidebar, to who may set up.
"""

import frappe
from frappe.desk import desktop

from keep_customers.erp.api import refuse, typed
from keep_customers.erp.host import has
from keep_customers.worth.values import COMPLETED

STEP = "Onboarding Step"


def refresh(doc: object = None, method: str | None = None) -> None:
	"""Tick the steps by what there is. Once all are ticked they stay so.

	:param doc: whatever has changed; the framework names it
	"""
	if not has(STEP):
		return
	steps = frappe.get_all(STEP, {"name": ("in", list(DONE))}, ["name", "is_complete"])
	if all(step.is_complete for step in steps):
		return
	for step in steps:
		done = int(DONE[step.name]())
		if done != step.is_complete:
			frappe.db.set_value(STEP, step.name, "is_complete", done, update_modified=False)


@frappe.whitelist(methods=["POST"])
@typed
def update_onboarding_step(name: str, field: str, value: int) -> None:
	"""As the host's, which ticks a step that was only looked at."""
	if name in DONE and field == "is_complete":
		refresh()
	elif not frappe.get_meta(STEP).has_field(field):
		refuse(f"Argument 'field' should be a field of {STEP}.")
	else:
		desktop.update_onboarding_step(name, field, value)


def remove_steps() -> None:
	"""They belong to no module; the list of them does, and goes with it."""
	for name in DONE:
		frappe.delete_doc(STEP, name, ignore_permissions=True, force=True, ignore_missing=True)


def _ranked() -> bool:
	return bool(frappe.db.exists("Care Run", {"status": ("in", COMPLETED)}))


def _rule_is_on() -> bool:
	return bool(frappe.db.exists("Care Rule", {"enabled": 1}))


def _rep_is_there() -> bool:
	"""Somebody who sells and does not look after the site."""
	sellers, admins = (
		{*frappe.get_all("Has Role", {"role": role, "parenttype": "User"}, pluck="parent")}
		for role in ("Sales User", "System Manager")
	)
	names = sorted(sellers - admins) or [""]
	return bool(frappe.db.exists("User", {"name": ("in", names), "enabled": 1, "user_type": "System User"}))


def _todo_is_there() -> bool:
	return bool(frappe.db.exists("Follow Up", {"todo": ("is", "set")}))


DONE = {
	"Set Up in Seven Questions": _ranked,
	"Switch On the First Rule": _rule_is_on,
	"Give the Reps Their Role": _rep_is_there,
	"Look at the First ToDos": _todo_is_there,
}
