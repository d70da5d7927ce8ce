"""How often each tier is contacted, and how much work that is for whom, before anything is saved."""

from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import cint, get_fullname, getdate

from keep_customers.care.workload import MONTH, of_cadence
from keep_customers.erp.calendar import working_days

SHOWN = 5


def every(values: dict) -> dict[str, int]:
	"""Tier -> days between contacts, the best tier first, with what was chosen; 0: never.

	:param values: ``cadence``, tier -> days; what is no number of days is not heard
	"""
	sent = values.get("cadence")
	chosen = sent if isinstance(sent, dict) else {}
	rows = frappe.get_all(
		"Customer Tier", fields=["name", "contact_every_days"], order_by="rank asc", as_list=True
	)
	return {
		tier: days if cint(chosen.get(tier, days)) < 0 else cint(chosen.get(tier, days))
		for tier, days in rows
	}


def look(rules: list[str], days: dict[str, int], settings) -> dict:
	"""Contacts a month by tier and for those who would have most of them.

	:param rules: names of the Care Rules that are to be on
	:param days: as :func:`every`
	"""
	found = of_cadence(rules, days, settings)
	reps = sorted(
		((user, count) for user, count in found.by_rep.items() if user), key=lambda one: (-one[1], one[0])
	)
	return {
		"contacts": {tier: round(count) for tier, count in found.by_tier.items()},
		"reps": [{"name": get_fullname(user), "contacts": round(count)} for user, count in reps[:SHOWN]],
		"warnings": _too_much(*reps[0], settings) if reps else [],
	}


def save(days: dict[str, int]) -> None:
	for name, wanted in days.items():
		tier = frappe.get_doc("Customer Tier", name)
		if tier.contact_every_days != wanted:
			tier.contact_every_days = wanted
			tier.save()


def _too_much(user: str, contacts: float, settings) -> list[str]:
	today, calendar = getdate(), working_days(settings)
	room = cint(settings.rep_capacity) * calendar.between(today, today + timedelta(days=MONTH - 1))
	if not settings.rep_capacity or contacts <= room:
		return []
	return [
		_("Contacts a month of {0}: about {1}, with room for {2}. Please contact less often.").format(
			get_fullname(user), round(contacts), room
		)
	]
