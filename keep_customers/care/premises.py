"""Why a contact is due must still be true: asked every night, when the ToDo is made, and while a rep has it open.

Each trigger says in ``rules.TRIGGERS`` what must be true, and finds what is due by the same facts. What every rule asks of its
customers, and what all contacts have in common, is asked here. What is over ends with the reason, and its ToDo with it.
"""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import NamedTuple

import frappe
from frappe import _
from frappe.query_builder import Case
from frappe.query_builder.functions import IfNull, Max
from frappe.utils import cint, getdate

from keep_customers.care import followups, rules
from keep_customers.care.ending import take_back_one
from keep_customers.care.last_contacts import one_look
from keep_customers.care.triggers import DISABLED, EXCLUDED, Meant, Premise, of_customers
from keep_customers.engine.followups import NO_CONSENT
from keep_customers.erp import attempts
from keep_customers.erp.aside import Aside, out_of_the_way, undone
from keep_customers.erp.tables import chunks, columns, hold, to_dates, to_ordinals
from keep_customers.people import consent
from keep_customers.worth.corrected import credited, is_purchase, no_opening
from keep_customers.worth.values import NOT_RANKED

FIELDS = (
	"name", "customer", "care_rule", "occurrence", "status", "todo", "channel", "reference_doctype", "reference_name",
)  # fmt: skip
ABOUT = (
	"customer_group", "territory", "tier", "planned_on", "due_date", "last_purchase", "disabled", "internal", "file_score",
)  # fmt: skip
FEW_AT_ONCE = 50  # a ToDo is a document


class Over(NamedTuple):
	"""Why a contact is due no longer, and whether the same one may be due anew."""

	why: str
	again: bool = False


def waiting(customers: Collection[str] | None = None, names: Collection[str] | None = None) -> list[dict]:
	"""What waits or is asked for, with what is known of its customer; not what is on its way to the customer already.

	:param customers: only theirs, with what they have bought since the last night
	:param names: only these follow-ups
	"""
	follow_up, customer, value = (
		frappe.qb.DocType(name) for name in ("Follow Up", "Customer", "Customer Value")
	)
	query = (
		frappe.qb.from_(follow_up)
		.inner_join(customer)
		.on(customer.name == follow_up.customer)
		.left_join(value)
		.on(value.name == follow_up.customer)
		.where(follow_up.status.isin(followups.PENDING) & (IfNull(follow_up.send_status, "") != "Sending"))
	)
	if customers is not None:
		query = query.where(follow_up.customer.isin(sorted(customers) or [""]))
	if names is not None:
		query = query.where(follow_up.name.isin(sorted(names) or [""]))
	# The figures of who is not ranked any more say nothing of today.
	bought = Case().when(value.status != NOT_RANKED, value.last_purchase)
	*found, planned, due, disabled, internal, score, bought = columns(
		query,
		*(follow_up[field] for field in FIELDS), customer.customer_group, customer.territory, value.tier,
		follow_up.planned_on, follow_up.due_date, customer.disabled, customer.is_internal_customer,
		customer.keep_file_score, bought,
	)  # fmt: skip
	days = (to_dates(to_ordinals(column)) for column in (planned, due, bought))
	flags = (map(cint, column) for column in (disabled, internal, score))
	found = zip(*found, *days, *flags, strict=True)
	rows = [frappe._dict(zip((*FIELDS, *ABOUT), one, strict=True)) for one in found]
	if customers is not None:
		bought = _bought_since_the_night(of_customers(rows))
		for row in rows:
			row["last_purchase"] = bought.get(row["customer"], row["last_purchase"])
	return rows


def _bought_since_the_night(customers: list[str]) -> dict[str, date]:
	"""Customer -> its latest purchase that counts for its values, if that is newer than they are."""
	if not customers:
		return {}
	invoice, value, policy = (
		frappe.qb.DocType(name) for name in ("Sales Invoice", "Customer Value", "Tier Policy")
	)
	undone = [paper.name for paper in credited(getdate(), customers)]
	query = (
		frappe.qb.from_(invoice)
		.inner_join(value)
		.on(value.name == invoice.customer)
		.left_join(policy)
		.on(policy.name == value.policy)
		.select(invoice.customer, Max(invoice.posting_date))
		.where(invoice.customer.isin(customers) & (invoice.docstatus == 1))
		.where(is_purchase(invoice) & no_opening(invoice) & (invoice.posting_date > value.last_purchase))
		.where((IfNull(policy.company, "") == "") | (policy.company == invoice.company))
		.groupby(invoice.customer)
	)
	if undone:
		query = query.where(invoice.name.notin(undone))
	return dict(query.run())


def over(rows: list[dict], today: date, aside: Aside | None = None) -> dict[str, Over]:
	"""Follow-up -> why it is due no longer; one question a premise, however many there are.

	:param aside: where a premise is noted that fails, of another app perhaps: what it is about waits on; without it, it is raised
	"""
	result: dict[str, Over] = {}
	all_rules = rules.by_name()
	meant = {name: Meant(all_rules[name]) for name in {row["care_rule"] for row in rows} & all_rules.keys()}
	of_trigger = defaultdict(list)
	for row in rows:
		why = None
		if row["disabled"]:
			why = DISABLED
		elif rule := all_rules.get(row["care_rule"]):
			why = EXCLUDED if row["internal"] else meant[rule.name].why_not(row)
			if not why:
				row["rule"] = rule
				of_trigger[rule.trigger].append(row)
		if why:
			result[row["name"]] = Over(why, again=True)
	with one_look(of_customers(rows)):
		for trigger, some in of_trigger.items():
			for premise in rules.premises(trigger):
				some = [row for row in some if row["name"] not in result]
				if some:
					result |= _ends(trigger, premise, some, today, aside)
	# Of what is not asked for yet the planner asks it.
	asked = [row for row in rows if row["status"] in followups.OPEN and row["name"] not in result]
	refused = consent.of_follow_ups(asked) if asked else {}
	return result | {row["name"]: Over(NO_CONSENT) for row in asked if refused[row["name"]].refused}


def _ends(
	trigger: str, premise: Premise, rows: list[dict], today: date, aside: Aside | None
) -> dict[str, Over]:
	def ask() -> dict[str, Over]:
		ends = zip(rows, premise.over(rows, today), strict=True)
		return {row["name"]: Over(premise.why, premise.again) for row, end in ends if end}

	if not aside:
		return ask()

	def note(problem: Exception) -> None:
		if attempts.given_up(problem):
			raise problem  # who asks begins anew
		aside.add("", _("What is due by {0}").format(_(trigger, context="Care Rule")), problem)

	found: dict[str, Over] = {}
	with undone(note):  # alone: who is about to make a ToDo holds its customers
		found = ask()
	return found


def end_what_is_over(today: date, aside: Aside) -> int:
	"""What a night does before it plans; returns how many ended."""
	return sum(
		ended
		for part in chunks(_found(waiting(), today, aside), FEW_AT_ONCE)
		for ended in aside.each(part, _end_some, lambda end: ("Customer", end[0]["customer"]))
	)


def end_of(customers: Collection[str], undone: str = followups.CREDITED) -> None:
	"""End what is due no longer to some customers, in the course of the day.

	:param undone: what to say of purchases that are none any more
	"""
	_end_some(
		[
			(row, end._replace(why=undone) if end.why == followups.CREDITED else end)
			for row, end in _found(waiting(customers), getdate())
		]
	)


def end_before_asked(names: Collection[str], today: date, aside: Aside) -> set[str]:
	"""Asked in the moment in which a ToDo is to be made; returns what ended instead."""
	ends = _found(waiting(names=names), today, aside)
	_end_some(ends)
	return {row["name"] for row, _why in ends}


def _found(rows: list[dict], today: date, aside: Aside | None = None) -> list[tuple[dict, Over]]:
	found = over(rows, today, aside) if rows else {}
	return [(row, found[row["name"]]) for row in rows if row["name"] in found]


def _end_some(ends: list[tuple[dict, Over]]) -> int:
	# The customer first, as who deletes or merges it does; what somebody has settled meanwhile stays so.
	hold("Customer", [row["customer"] for row, _why in ends])
	still = set()
	for status in {row["status"] for row, _why in ends}:
		still |= set(hold("Follow Up", [row["name"] for row, _why in ends], status=status))
	for row, end in ends:
		if row["name"] in still:
			# Under another name it may be due again.
			values = (
				{"occurrence": followups.asked_again(row["occurrence"], row["name"])} if end.again else {}
			)
			take_back_one(row, end.why, **values)
	return len(still)


def on_change(customers: Collection[str], **how) -> None:
	"""As :func:`end_of`, beside a document of the host: it never stands in its way."""
	if customers:
		with out_of_the_way("what is due no longer"):
			end_of(customers, **how)
