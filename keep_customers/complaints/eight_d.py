"""A case as an 8D report, for the customer to read: what was agreed, found, changed and prevented.

Notes at the steps are among ourselves, and so are costs, why something was given or refused, and the clock: none of them is
in it. The print format *8D Report* lays it out.
"""

from typing import NamedTuple

import frappe
from frappe import _
from frappe.translate import get_all_languages
from frappe.utils import format_date, get_fullname

from keep_customers.complaints.measures import DOCTYPE
from keep_customers.engine.compensations import GRANTED
from keep_customers.engine.complaints import OFFERED, YES
from keep_customers.erp.language import speaking


class Discipline(NamedTuple):
	"""
	:ivar title: D1 … D8 with its name
	:ivar lines: (label or empty, plain text), without those that have no text
	"""

	title: str
	lines: list[tuple[str, str]]


def disciplines(case) -> list[Discipline]:
	"""The eight of a case, in the language of the print."""
	with speaking(language()):
		return _disciplines(case)


def words() -> dict[str, str]:
	"""What else stands on the print, in its language: title, and not_known for a discipline without a line."""
	with speaking(language()):
		return {"title": _("8D Report"), "not_known": _("Not known yet.")}


def language() -> str:
	"""The one that is chosen beside a print: Frappe 15 sends it, and then prints in the user's own."""
	asked = frappe.form_dict.get("_lang")
	return asked if asked in get_all_languages() else frappe.local.lang


def _disciplines(case) -> list[Discipline]:
	corrective, preventive = (_measures(case, kind) for kind in ("Corrective", "Preventive"))
	planned = [(one.title, one.description) for one in corrective]
	in_force = [
		(one.title, _("In force since {0}").format(format_date(one.in_force_since)))
		for one in corrective
		if one.in_force_since and frappe.utils.getdate(one.in_force_since) <= frappe.utils.getdate()
	]
	parts = [
		(_("D1 Team", context="8D Report"), _team(case, [*corrective, *preventive])),
		(_("D2 Problem", context="8D Report"), _problem(case)),
		(_("D3 Containment", context="8D Report"), _containment(case)),
		(
			_("D4 Root Cause", context="8D Report"),
			[(_(case.cause) if case.cause else "", case.cause_text or " ")],
		),
		(_("D5 Corrective Measures Chosen", context="8D Report"), planned),
		(_("D6 Corrective Measures in Force", context="8D Report"), in_force),
		(_("D7 Prevention", context="8D Report"), [(one.title, one.description) for one in preventive]),
		(_("D8 Closing", context="8D Report"), _closing(case)),
	]
	return [
		Discipline(
			title, [(label or "", text or "") for label, text in lines if (label or text or "").strip()]
		)
		for title, lines in parts
	]


def _team(case, measures: list) -> list[tuple[str, str]]:
	team = [row.done_by for row in case.steps if row.done_by and not row.left_out]
	people = dict.fromkeys([case.responsible, *team, *(one.responsible for one in measures)])
	# The customer's own user has confirmed it, and is none of the team.
	theirs = {"name": ("in", [user for user in people if user]), "user_type": "Website User"}
	others = {"Administrator", "Guest", *frappe.get_all("User", theirs, pluck="name")}
	names = [get_fullname(user) for user in people if user and user not in others]
	return [("", ", ".join(names))]


def _problem(case) -> list[tuple[str, str]]:
	known = [
		(_("Customer"), case.customer_name),
		(_("Received On", context="Complaint Case"), format_date(case.opened_on)),
		(_("Item"), case.item),
		(_("Serial No"), case.serial_no),
		(_("Batch No"), case.batch_no),
		(_("Sales Invoice"), case.sales_invoice),
		(_("Delivery Note"), case.delivery_note),
		(case.subject, case.description),
	]
	return [(label, text) for label, text in known if text]


def _containment(case) -> list[tuple[str, str]]:
	offered = any(row.step == OFFERED and not row.left_out for row in case.steps)
	given = [
		(_(row.kind, context="Complaint Compensation"), row.description)
		for row in case.compensations
		if row.status in GRANTED
	]
	solution = [(_("Solution", context="Complaint Case"), case.solution)] if offered and case.solution else []
	return [*solution, *given]


def _measures(case, kind: str) -> list:
	"""Those of the case's Quality Action, and those against its cause that came into force since, or are planned."""
	fields = ["name", "title", "description", "responsible", "in_force_since", "cause", "quality_action"]
	found = []
	for field in ("cause", "quality_action"):
		if case.get(field):
			asked = {field: case.get(field), "kind": kind, "withdrawn_on": ("is", "not set")}
			found += frappe.get_all(DOCTYPE, filters=asked, fields=fields, order_by="name")
	opened = frappe.utils.getdate(case.opened_on)
	return list(
		{
			one.name: one
			for one in found
			if (case.quality_action and one.quality_action == case.quality_action)
			or not one.in_force_since
			or frappe.utils.getdate(one.in_force_since) >= opened
		}.values()
	)


def _closing(case) -> list[tuple[str, str]]:
	lines = []
	if case.word == YES:
		lines.append(("", _("You have told us that it is solved.")))
	if case.closed_on:
		lines.append(("", _("Closed on {0}").format(format_date(case.closed_on))))
		# As long as it goes on, nobody has helped to remove anything yet.
		lines.append(("", _("We thank you and everybody who has helped to find and remove the cause.")))
	return lines
