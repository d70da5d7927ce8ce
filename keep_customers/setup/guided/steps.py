"""The guided page *Set Up Keep Customers*: what it asks and what it may change. Only for who may write the settings."""

import frappe
from frappe import _

from keep_customers.erp.api import chosen, typed
from keep_customers.jobs.nightly import progress
from keep_customers.setup import onboarding
from keep_customers.setup.guided import choices, company, excluded, people, policy, populations, rhythm, rules

# In this order. The night comes before the rules: before it there are no tiers, and a preview would show nobody.
STEPS = {
	"company": company,
	"excluded": excluded,
	"populations": populations,
	"policy": policy,
	"people": people,
	"rhythm": rhythm,
	"night": None,
	"rules": rules,
}


@frappe.whitelist()
@typed
def state() -> dict:
	"""How far it is: the steps, the last one that is done, and the newest Care Run."""
	_guard()
	return {"steps": list(STEPS), "done": _done(), "run": progress()}


@frappe.whitelist(methods=["POST"])
@typed
def look(step: str, values: dict | str | None = None) -> dict:
	"""What there is, and what would come of the values; nothing is written."""
	_guard()
	module = _module(step)
	return module.look(chosen(values, "values")) if module else {}


@frappe.whitelist(methods=["POST"])
@typed
def save(step: str, values: dict | str | None = None) -> dict:
	"""Take the values over. Who comes back to a step that is done does not undo those after it."""
	_guard()
	if module := _module(step):
		module.save(chosen(values, "values"))
	order = list(STEPS)
	if not _done() or order.index(step) > order.index(_done()):
		frappe.db.set_single_value(choices.SETTINGS, "set_up_done", step)
	onboarding.refresh()
	return state()


def _guard() -> None:
	# Who reads a step without being able to save it has no use for it, and would read figures of all customers.
	frappe.has_permission(choices.SETTINGS, "write", throw=True)


def _done() -> str:
	done = frappe.db.get_single_value(choices.SETTINGS, "set_up_done")
	return done if done in STEPS else ""


def _module(step: str):
	if step not in STEPS:
		frappe.throw(_("There is no such step."))
	return STEPS[step]
