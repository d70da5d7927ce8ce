"""Who takes care of whom, and who would have nobody."""

from collections import Counter

import frappe
from frappe import _

from keep_customers.care.assignment import Assignment
from keep_customers.erp.language import counted
from keep_customers.erp.leavers import set_fallback
from keep_customers.setup.guided import choices
from keep_customers.worth.population import ranked_customers

FIELDS = ("fallback_user", "fallback_role")
SHOWN = 10


def look(values: dict) -> dict:
	"""How many customers each rep has, how many only by the fallback, and how many nobody.

	Before anything is chosen, who would have nobody is proposed for who sets up.
	"""
	settings = choices.settings(values, FIELDS)
	customers = [one.name for one in ranked_customers(settings)]
	by_rep = _by_rep(customers, settings)
	proposed = bool(by_rep[None]) and "fallback_user" not in values and not settings.fallback_user
	if proposed:
		# Better on the list of who sets up than on nobody's.
		settings.fallback_user = frappe.session.user
		by_rep = _by_rep(customers, settings)
	nobody = by_rep.pop(None, 0)
	without = choices.settings(dict.fromkeys(FIELDS), FIELDS)
	fallen_back = _by_rep(customers, without)[None] - nobody
	names = dict(
		frappe.get_all("User", {"name": ("in", list(by_rep))}, ["name", "full_name"], as_list=True)
		if by_rep
		else ()
	)
	return {
		**{field: settings.get(field) for field in FIELDS},
		"proposed": proposed and not nobody,
		"customers": len(customers),
		"nobody": nobody,
		"fallen_back": fallen_back,
		"reps": [
			{"user": user, "name": names.get(user) or user, "customers": count}
			for user, count in by_rep.most_common(SHOWN)
		],
		"warnings": [f"{_without(nobody)} {_who_else(settings)}"] if nobody else [],
	}


def _without(nobody: int) -> str:
	return counted(nobody, _("One customer would have nobody."), _("{0} customers would have nobody."))


def _who_else(settings) -> str:
	if settings.fallback_user:
		return set_fallback(settings)
	return _("Please choose who takes what nobody else can.")


def save(values: dict) -> None:
	choices.settings(values, FIELDS).save()


def _by_rep(customers: list[str], settings) -> Counter:
	asked = Assignment(customers, settings)
	return Counter(asked.user_for(one) for one in customers)
