"""What stands on a care ToDo for the host's list: whom it is about, why in few words, the tier, what is at stake.

Who may not read the customer's value is not told of it by their ToDo either. The night keeps it right.
"""

import re
from collections.abc import Iterable

import frappe
from frappe.utils import flt, getdate

from keep_customers.care.followups import OPEN, promised
from keep_customers.care.full_day import by_change
from keep_customers.engine.stakes import NOTHING, Stake, priority, turn
from keep_customers.erp.language import language_of, speaking
from keep_customers.erp.permissions import only_readable
from keep_customers.erp.said import reworded
from keep_customers.erp.tables import among, chunks
from keep_customers.worth.values import is_ranked, tier_ranks

LONGEST = 140
FIRST_SENTENCE = re.compile(r"(?<=[.!?。！？])\s|(?<=[。！？])")


def known(customers: Iterable[str]) -> dict[str, Stake]:
	"""Customer -> what is at stake; who is not ranked and has no open complaint is left out."""
	names, ranks = sorted(set(customers)), tier_ranks()
	value, case = frappe.qb.DocType("Customer Value"), frappe.qb.DocType("Complaint Case")
	found: dict[str, Stake] = {}
	for part in chunks(names, 1000):
		query = among(frappe.qb.from_(value).where(is_ranked(value)), value.name, part)
		for name, tier, year, risk, currency in query.select(
			value.name, value.tier, value.current_value, value.value_at_risk, value.currency
		).run():
			found[name] = Stake(tier, ranks.get(tier, NOTHING.rank), flt(year), flt(risk), currency)
		query = among(frappe.qb.from_(case), case.customer, part).where(case.status != "Closed")
		for (name,) in query.select(case.customer).distinct().run():
			found[name] = found.get(name, NOTHING)._replace(complaint=True)
	return {name: found[name] for name in names if name in found}


def fields(parts: list, user: str, due, stake: Stake) -> dict:
	"""The ToDo's fields for some follow-ups that are one contact, the leading one first.

	:param parts: dicts with customer, customer_name, care_rule, reference_doctype, reason, short, made_of, priority
	:param user: who is to do it
	"""
	level = _level(parts, stake)
	shown = money(parts[0].get("customer"), user, stake)
	return {
		"priority": level,
		"keep_customer_name": parts[0].get("customer_name") or parts[0].get("customer"),
		"keep_why": why(parts),
		**shown,
		"keep_turn": turn(due and getdate(due), level, shown["keep_value_at_risk"] * _worth(parts[0])),
	}


def why(parts: list) -> str:
	"""In few words, in the language of the moment; of what has none, the first sentence."""
	text = in_one(
		reworded(one, "short") or FIRST_SENTENCE.split(reworded(one, "reason") or "", 1)[0] for one in parts
	)
	return text if len(text) <= LONGEST else text[: LONGEST - 1].rstrip() + "…"


def in_one(reasons: Iterable[str]) -> str:
	"""Several reasons as one; of all but the last the full stop is left out."""
	*others, last = reasons
	return "; ".join([*(reason.rstrip(".。") for reason in others), last])


def money(customer: str, user: str, stake: Stake) -> dict:
	"""Tier and value at risk, for who may read them."""
	if not stake.tier or not frappe.has_permission("Customer Value", "read", doc=customer, user=user):
		stake = NOTHING
	return _money(stake)


def _money(stake: Stake) -> dict:
	return {
		"keep_tier": stake.tier,
		"keep_value_at_risk": flt(stake.at_risk, 2),
		"keep_currency": stake.currency,
	}


def _shown(todo) -> dict:
	return _money(Stake(todo.keep_tier, at_risk=flt(todo.keep_value_at_risk), currency=todo.keep_currency))


def _worth(follow_up) -> float:
	"""How many times the money at risk counts in the order, as long as it goes by what was learned."""
	return flt(follow_up.get("turn_worth")) or 1.0 if by_change() else 1.0


def _level(parts: list, stake: Stake) -> str:
	levels = [priority(stake, one.get("priority"), promised(one)) for one in parts]
	return next(level for level in ("High", "Medium", "Low") if level in levels)


def follow(todo) -> None:
	"""Its place among the others follows its day and priority; what it says of money, who is to do it."""
	before = todo.get_doc_before_save()
	if before and before.allocated_to != todo.allocated_to and todo.reference_name:
		stake = known([todo.reference_name]).get(todo.reference_name, NOTHING)
		todo.update(money(todo.reference_name, todo.allocated_to, stake))
	counts = flt(todo.keep_value_at_risk)
	if by_change():
		counts *= _worth({"turn_worth": frappe.db.get_value("Follow Up", todo.keep_follow_up, "turn_worth")})
	todo.keep_turn = turn(todo.date and getdate(todo.date), todo.priority, counts)


def keep_right() -> int:
	"""What has changed since the open ToDos were made, past the document life: nobody has to hear of it.

	:returns: how many ToDos changed
	"""
	todo, part = frappe.qb.DocType("ToDo"), frappe.qb.DocType("Follow Up")
	rows = (
		frappe.qb.from_(todo)
		.inner_join(part)
		.on(part.name == todo.keep_follow_up)
		.select(
			todo.name, todo.allocated_to, todo.date, todo.priority, todo.keep_tier, todo.keep_value_at_risk, todo.keep_currency,
			todo.keep_turn, todo.keep_why, todo.keep_customer_name, part.customer, part.customer_name, part.short, part.reason, part.made_of, part.turn_worth,
		)
		.where((todo.status == "Open") & (part.todo == todo.name) & part.status.isin(OPEN))
	).run(as_dict=True)  # fmt: skip
	stakes, changed = known(row.customer for row in rows), 0
	hidden = _hidden([row for row in rows if _shown(row) != _money(stakes.get(row.customer, NOTHING))])
	for row in rows:
		now = _money(NOTHING if row.name in hidden else stakes.get(row.customer, NOTHING))
		counts = now["keep_value_at_risk"] * _worth(row)
		now["keep_turn"] = turn(row.date and getdate(row.date), row.priority, counts)
		if not row.keep_why:  # made before these fields were there
			with speaking(language_of(row.allocated_to)):
				now |= {"keep_why": why([row]), "keep_customer_name": row.customer_name or row.customer}
		if any(row[field] != value for field, value in now.items()):
			frappe.db.set_value("ToDo", row.name, now, update_modified=False)
			changed += 1
	return changed


def _hidden(todos: list) -> set[str]:
	"""Those ToDos whose users may not read the customer's value: one question for each user."""
	of_user: dict[str, list] = {}
	for todo in todos:
		of_user.setdefault(todo.allocated_to, []).append(todo)
	value, hidden = frappe.qb.DocType("Customer Value"), set()
	for user, rows in of_user.items():
		may_read: set[str] = set()
		if frappe.permissions.get_role_permissions("Customer Value", user=user).get("read"):
			query = among(
				frappe.qb.from_(value).select(value.name), value.name, [row.customer for row in rows]
			)
			may_read = {name for (name,) in only_readable(query, value.name, user).run()}
		hidden |= {row.name for row in rows if row.customer not in may_read}
	return hidden
