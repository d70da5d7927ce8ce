"""How useful the contacts were that rules asked for: counted by rule and rep, and the one change of a rule that its own rows speak for.

Counted is what somebody was asked to do and has ended: done, or said to be not useful. Who is held back as control was not
asked, and is not counted.
"""

from datetime import date, timedelta

import frappe
import numpy as np
from frappe import _
from frappe.query_builder.functions import Count, IfNull, Sum
from frappe.utils import cint, flt, fmt_money, getdate, now_datetime
from pypika import Case

from keep_customers.access.control_group import ARM, HELD_BACK
from keep_customers.access.lookups import named
from keep_customers.care import followups, preview, quiet, rules
from keep_customers.care.not_useful import DATA, IN_CONTACT, MOMENT, NO_NEED, OTHER, PERSON, REASONS
from keep_customers.care.triggers import Meant
from keep_customers.engine import usefulness as engine
from keep_customers.erp.api import typed
from keep_customers.erp.language import counted
from keep_customers.worth import currencies
from keep_customers.worth.selection import selected

WINDOW = 180  # days
QUIET = (7, 14, 21, 28, 42, 56, 84, 112, 182)  # days that are tried
LONGEST_QUIET = QUIET[-1]
# What the rule can be blamed for; a wrong person or number is the file's fault.
OF_THE_RULE = (NO_NEED, IN_CONTACT, MOMENT, OTHER)
# How a report calls its columns.
FIELDS = {
	NO_NEED: "no_need", PERSON: "wrong_person", IN_CONTACT: "in_contact", MOMENT: "wrong_moment", DATA: "wrong_data",
	OTHER: "other",
}  # fmt: skip
WITH_AMOUNT = "Purchase Amount"


# By rule and rep


def figures(filters: dict, since: date, until: date, rep: str | None) -> list[dict]:
	"""What was ended in a period, by rule and by who was asked.

	:param filters: as :func:`selected`; care_rule
	:param rep: only this one
	:returns: dicts of care_rule (None for promises and agreements), rep, judged, useless, and a number a reason (:data:`FIELDS`),
		of the customers the user may read
	"""
	query, follow_up = _judged(filters, since, until)
	if rep:
		query = query.where(follow_up.assigned_to == rep)
	if filters.get("care_rule"):
		query = query.where(follow_up.care_rule == filters["care_rule"])
	useless = Case().when(follow_up.not_useful.isin(list(REASONS)), 1).else_(0)
	reasons = [
		Sum(Case().when(follow_up.not_useful == reason, 1).else_(0)).as_(field)
		for reason, field in FIELDS.items()
	]
	rows = (
		query.select(
			follow_up.care_rule, follow_up.assigned_to.as_("rep"), Count("*").as_("judged"), Sum(useless).as_("useless"), *reasons
		)
		.groupby(follow_up.care_rule, follow_up.assigned_to)
		.run(as_dict=True)
	)  # fmt: skip
	for row in rows:
		row.care_rule = row.care_rule or None
		for field in ("judged", "useless", *FIELDS.values()):
			row[field] = cint(row[field])
	return rows


def _judged(filters: dict, since: date, until: date):
	"""(query of what was asked of somebody and ended in a period, its Follow Up)"""
	follow_up, customer, value = (
		frappe.qb.DocType(name) for name in ("Follow Up", "Customer", "Customer Value")
	)
	useless = follow_up.not_useful_on[since:until] & (IfNull(follow_up.not_useful, "") != "")
	done = (
		(follow_up.status == "Done")
		& follow_up.done_on[since:until]
		& (IfNull(follow_up.not_useful, "") == "")
		& followups.by_a_person(follow_up)
	)
	query = (
		frappe.qb.from_(follow_up)
		.inner_join(customer)
		.on(customer.name == follow_up.customer)
		.left_join(value)
		.on(value.name == follow_up.customer)
		.where((IfNull(follow_up.assigned_to, "") != "") & (IfNull(follow_up[ARM], "") != HELD_BACK))
		.where(useless | done)
	)
	return selected(query, customer, value, filters), follow_up


# What a rule could do better


@frappe.whitelist()
@typed
def proposal(rule: str) -> dict | None:
	"""What would have spared most of a rule's useless contacts, for who may change the rule.

	:returns: judged, useless and share (percent) of the last 180 days; says: a sentence; values: what to set on the form; spared and
		lost: contacts of each kind; before and after: what it would have asked for in the last 30 days as it is, and changed.
		None where too little was said, where it is mostly useful, where no single change helps, or after it was declined until
		as much was said anew
	:raises frappe.PermissionError: if the user may not write the rule
	"""
	doc = named("Care Rule", rule, "write")
	one = rules.of(doc)
	rows = _evidence(one, getdate())
	if doc.proposal_declined_on and _said_since(rows, getdate(doc.proposal_declined_on)) < engine.LEAST:
		return None
	useless = np.array([row.not_useful in OF_THE_RULE for row in rows], bool)
	if not engine.too_many(int(useless.sum()), len(rows)):
		return None
	change = engine.best_change(useless, _measures(one, rows), _groups(rows))
	if not change:
		return None
	values = _values(one, change)
	return {
		"judged": len(rows),
		"useless": int(useless.sum()),
		"share": round(100 * float(useless.mean()), 1),
		"says": _says(change),
		"values": values,
		"spared": change.spared,
		"lost": change.lost,
		"before": preview.last_month(one),
		"after": preview.last_month(_changed(one, change)),
		"since": getdate() - timedelta(days=WINDOW),
	}


@frappe.whitelist(methods=["POST"])
@typed
def decline(rule: str) -> None:
	"""Leave the rule as it is, until as much was said anew.

	:raises frappe.PermissionError: if the user may not write the rule
	"""
	doc = named("Care Rule", rule, "write")
	doc.db_set("proposal_declined_on", now_datetime(), update_modified=False)


def _evidence(rule, today: date) -> list:
	"""What was said of a rule's contacts in the last half year that it would ask for still, as it is now."""
	query, follow_up = _judged({}, today - timedelta(days=WINDOW), today)
	customer, value = frappe.qb.DocType("Customer"), frappe.qb.DocType("Customer Value")
	rows = (
		query.where(follow_up.care_rule == rule.name)
		.select(
			follow_up.customer, follow_up.not_useful, follow_up.amount, follow_up.assigned_on, follow_up.done_on,
			follow_up.not_useful_on, customer.customer_group, customer.territory, value.tier,
		)
		.orderby(follow_up.name)
	).run(as_dict=True)  # fmt: skip
	meant = Meant(rule)
	rows = [row for row in rows if not meant.why_not(row)]
	days = {}
	if rows:
		asked = [getdate(row.assigned_on) for row in rows if row.assigned_on]
		first = min(asked, default=today) - timedelta(days=LONGEST_QUIET)
		days = quiet.contact_days({row.customer for row in rows}, first)
	for row in rows:
		known = days.get(row.customer, ())
		row.days = quiet.days_since_last(known, getdate(row.assigned_on)) if row.assigned_on else float("nan")
	return [row for row in rows if _asked_still(rule, row)]


def _said_since(rows: list, day: date) -> int:
	return sum(getdate(row.not_useful_on or row.done_on) > day for row in rows)


def _asked_still(rule, row) -> bool:
	if rule.trigger == WITH_AMOUNT and flt(row.amount) < flt(rule.min_amount):
		return False
	return not row.days < cint(rule.quiet_days)


def _measures(rule, rows: list) -> dict:
	found = {}
	if rule.trigger == WITH_AMOUNT:
		amounts = np.array([flt(row.amount) or np.nan for row in rows])
		found["min_amount"] = (amounts, engine.rounds_above(amounts))
	if rule.trigger not in rules.DATED | rules.PROMPT:
		found["quiet_days"] = (np.array([row.days for row in rows]), QUIET)
	return found


def _groups(rows: list) -> dict:
	return {
		"except_groups": [row.customer_group for row in rows],
		"tiers": [row.tier for row in rows],
	}


def _changed(rule, change: engine.Change):
	"""The rule as it would be."""
	if change.field == "except_groups":
		changed = {"except_groups": {*rule.except_groups, change.value}}
	elif change.field == "tiers":
		changed = {"tiers": _tiers(rule) - {change.value}}
	else:
		changed = {change.field: change.value}
	return frappe._dict(rule, **changed)


def _tiers(rule) -> set[str]:
	return set(rule.tiers) or set(frappe.get_all("Customer Tier", pluck="name"))


def _values(rule, change: engine.Change) -> dict:
	"""What the form's fields are to be."""
	after = _changed(rule, change)
	if change.field == "except_groups":
		return {"except_groups": [{"customer_group": name} for name in sorted(after.except_groups)]}
	if change.field == "tiers":
		return {"tiers": [{"tier": name} for name in sorted(after.tiers)]}
	return {change.field: change.value}


def _says(change: engine.Change) -> str:
	if change.field == "min_amount":
		currency = currencies.reporting_currency()
		return _("Raise the minimum amount to {0}.").format(fmt_money(change.value, currency=currency))
	if change.field == "quiet_days":
		return counted(
			cint(change.value),
			_("Leave customers alone for a day after a contact."),
			_("Leave customers alone for {0} days after a contact."),
		)
	if change.field == "tiers":
		return _("Leave out the tier {0}.").format(_(change.value, context="Customer Tier"))
	return _("Leave out the customer group {0}.").format(change.value)
