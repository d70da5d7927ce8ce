"""What a night has noted by name for the next one, where a policy or a company is called something else since.

Without it a new name would be a new policy: its forecasts would begin anew, and its customers' tiers would move by what they had
been gliding to. A company would lose the exchange rate that is gone by where none is to be had.
"""

import json
from collections.abc import Callable

import frappe

from keep_customers.worth import checks
from keep_customers.worth.values import last_parameters, of_last_run


def before_policy_merge(old: str) -> None:
	"""Whose customers go over to another policy are forecast by that one's checks, of which there is one a month."""
	for check in frappe.get_all(checks.DOCTYPE, {"policy": old}, pluck="name"):
		frappe.db.delete("Forecast Check Candidate", {"parent": check})
		frappe.db.delete(checks.DOCTYPE, {"name": check})


def after_policy_rename(old: str, new: str) -> None:
	def call_anew(noted: dict) -> None:
		for part in ("models", "forecasts"):
			_call_anew(noted.get(part), old, new)

	_note_anew(call_anew)


def after_company_rename(company, method=None, old=None, new=None, merge=False) -> None:
	if merge:
		return  # its figures are others
	_note_anew(lambda noted: _call_anew(noted.get("rates"), old, new))
	policies = frappe.get_all("Tier Policy", {"company": new}, pluck="name")
	about = {"policy": ("in", policies)}
	for check in frappe.get_all(checks.DOCTYPE, about, pluck="name") if policies else ():
		checks.call_company_anew(check, old, new)


def _note_anew(change: Callable[[dict], None]) -> None:
	noted = last_parameters()
	if noted:
		change(noted)
		values = {"parameters": json.dumps(noted, indent=1)}
		frappe.db.set_value("Care Run", of_last_run("name"), values, update_modified=False)


def _call_anew(known, old: str, new: str) -> None:
	if isinstance(known, dict) and old in known:
		known.setdefault(new, known.pop(old))
