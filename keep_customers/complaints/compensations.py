"""What is given for a complaint, and who approves it: the limits are the case's and the customer's, not a row's.

Decided in ``engine/compensations.py``. Amounts are compared in the reporting currency, in which the limits are.
"""

from dataclasses import dataclass
from datetime import timedelta

import frappe
from frappe import _
from frappe.query_builder.functions import Avg
from frappe.utils import flt, fmt_money, get_datetime, getdate, now_datetime, today

from keep_customers.complaints.cases import DOCTYPE, deserves_more
from keep_customers.engine import compensations as engine
from keep_customers.erp.permissions import only_readable
from keep_customers.erp.tables import lock
from keep_customers.worth import currencies

ROW = "Complaint Compensation"
YEAR = timedelta(days=365)


def validate(case) -> None:
	"""Note who has approved what, and refuse what the user of this session may not approve.

	:raises frappe.PermissionError: if a limit is passed, saying which and who may
	:raises frappe.ValidationError: if a cost is none, what was approved is taken off, or nobody knows for whom it is
	"""
	before = case.get_doc_before_save()
	known = {row.name: row for row in before.compensations} if before else {}
	denied = [row for row in case.compensations if _is_denied(row.status, known.get(row.name))]
	more = [row for row in case.compensations if _validate_row(case, row, known.pop(row.name, None))]
	if _granted(known.values()):
		frappe.throw(_("A compensation that was approved stays on record. Please set it to Rejected."))
	denied += [row for row in known.values() if row.status in engine.UNDECIDED]  # taken off
	if more:
		_ask_the_limits(case)
	if denied and not may_deny(case, sum(flt(row.cost) for row in denied)):
		frappe.throw(
			_("That nothing is given is decided by somebody with the role {0}. Please ask them.").format(
				_(approving_role())
			),
			frappe.PermissionError,
		)


def _is_denied(status: str, old) -> bool:
	return bool(old) and old.status in engine.UNDECIDED and status == engine.REJECTED


def asks_for_approval(case, before) -> bool:
	"""Whether something is proposed anew, by who may not approve it.

	:param before: the case as it was stored
	"""
	known = {row.name: row.status for row in before.compensations}
	anew = any(row.status == engine.PROPOSED != known.get(row.name) for row in case.compensations)
	return anew and not _has_no_limit()


def _granted(rows) -> list:
	return [row for row in rows if row.status in engine.GRANTED]


def _validate_row(case, row, old) -> bool:
	"""Whether it grants something that costs more than what was granted before."""
	row.currency = case.currency
	if not engine.is_cost(flt(row.cost)):
		frappe.throw(_("{0} cannot be negative.").format(_("Cost", context="Complaint Compensation")))
	more = engine.is_more(row.status, flt(row.cost), (old.status, flt(old.cost)) if old else None)
	if row.status not in engine.GRANTED:
		row.approved_by = row.approved_on = None
	elif more:
		row.approved_by, row.approved_on = frappe.session.user, now_datetime()
	else:
		row.approved_by, row.approved_on = old.approved_by, old.approved_on
	if row.status == "Handed Over":
		row.handed_over_on = row.handed_over_on or today()
	return more and flt(row.cost) > 0


# In one of the case's dialogs


@dataclass
class Given:
	"""What a customer gets for the trouble.

	:param cost: in the case's currency
	:param status: Proposed, Approved or Handed Over
	:param because: why nothing is given; then nothing else counts
	"""

	kind: str = "Gift"
	description: str | None = None
	cost: float = 0.0
	status: str = engine.PROPOSED
	because: str | None = None


def settle(case, given: Given) -> None:
	"""Note what somebody says is given; where nothing is, what was still owed is rejected."""
	if (given.because or "").strip():
		for row in case.compensations:
			if row.status in engine.OWED:
				row.status = engine.REJECTED
		return
	row = first_owed(case) or case.append("compensations", {})
	row.update(
		{
			"kind": given.kind,
			"description": given.description,
			"cost": given.cost,
			"status": given.status,
		}
	)


def first_owed(case):
	"""The row that is decided about, or handed over, next; None if there is none."""
	return next((row for row in case.compensations if row.status in engine.OWED), None)


def proposal(case) -> dict:
	"""What is proposed to be given for a case, to who writes it.

	:returns: why (the policy proposes something; empty if it does not), kind, description, cost (what it is, or what such
		cases have usually cost), status, currency, left (what the user may still approve; None for as much as they like),
		may_deny, role (who decides otherwise, in the user's language)
	"""
	row = first_owed(case)
	cost = flt(row.cost) if row else 0.0
	return {
		"why": deserves_more(case),
		"kind": row.kind if row else "Gift",
		"description": row.description if row else None,
		"cost": cost or _usual_cost(case),
		"status": row.status if row else None,
		"currency": case.currency,
		"left": may_give(case, case.currency),
		"may_deny": not row or row.status == engine.APPROVED or may_deny(case, cost),
		"role": _(approving_role()),
	}


def _usual_cost(case) -> float:
	"""What was given on average within a year for complaints as severe, to customers the user may read; 0 if nothing was."""
	row, of = frappe.qb.DocType(ROW), frappe.qb.DocType(DOCTYPE)
	query = (
		frappe.qb.from_(row)
		.inner_join(of)
		.on((of.name == row.parent) & (row.parenttype == DOCTYPE))
		.select(Avg(row.cost))
		.where(row.status.isin(engine.GRANTED) & (row.cost > 0) & (row.currency == case.currency))
		.where((of.severity == case.severity) & (of.opened_on >= now_datetime() - YEAR))
	)
	[(cost,)] = only_readable(query, of.customer).run()
	return round(flt(cost), 2)


def in_words(case) -> str:
	"""What was handed over, for the story of the case."""
	given = [row for row in case.compensations if row.status == engine.HANDED_OVER]
	return ", ".join(
		" ".join(filter(None, (_(row.kind, context=ROW), row.description and f"({row.description})")))
		for row in given
	)


# Who decides


def approving_role() -> str:
	"""Who has it approves without a limit."""
	return frappe.get_cached_doc("Keep Customers Settings").compensation_role or "Sales Manager"


def _has_no_limit() -> bool:
	return approving_role() in frappe.get_roles()


def may_deny(case, cost: float) -> bool:
	"""Whether the user of this session may say that nothing is given: who might approve it. What has no cost yet is
	somebody's to deny who may give something at all."""
	if _has_no_limit():
		return True
	if not case.customer:
		return False
	left = may_give(case, case.currency)
	return left > 0 and left >= cost


def may_give(case, currency: str | None = None) -> float | None:
	"""What the user of this session may still approve for a case; None for as much as they like.

	:param currency: in which it is said, by default the reporting currency
	"""
	if _has_no_limit():
		return None
	if not case.customer:
		return 0.0
	amounts = _Sums(currencies.reporting_currency())
	left = engine.left(_granted_to(case, amounts, lock_them=False), _limits())
	if currency and currency != amounts.currency:
		# The site has reported in another one when the case was opened.
		rate = currencies.rate_of_month(currency, amounts.currency, getdate())
		left = left / rate if rate else 0.0
	return 0.0 if amounts.unknown else left


def _limits() -> engine.Limits:
	settings = frappe.get_cached_doc("Keep Customers Settings")
	return engine.Limits(flt(settings.compensation_limit), flt(settings.compensation_year_limit))


def _granted_to(case, amounts: "_Sums", lock_them: bool = True) -> engine.Sums:
	"""What the case's customer is granted, with what the case itself says now."""
	own = amounts.of([(case.currency, flt(row.cost)) for row in _granted(case.compensations)])
	elsewhere_today, elsewhere = _elsewhere(case, lock_them)
	return engine.Sums(own, amounts.of(elsewhere_today), amounts.of(elsewhere))


def _ask_the_limits(case) -> None:
	if _has_no_limit():
		return
	if not case.customer:
		frappe.throw(_("Please choose the customer first."))
	role, currency = approving_role(), currencies.reporting_currency()
	sums = _Sums(currency)
	passed = engine.exceeded(_granted_to(case, sums), _limits())
	if sums.unknown and not passed:
		frappe.throw(
			_(
				"There is no exchange rate from {0} to {1}, so this is approved by somebody with the role {2}. Please propose it."
			).format(min(sums.unknown), currency, _(role)),
			frappe.PermissionError,
		)
	if passed:
		what, total, limit = passed
		text = {
			"case": _("With this, the compensations of this case come to {0}."),
			"day": _(
				"With this, the compensations of this case and of the customer's others today come to {0}."
			),
			"year": _("With this, the compensations of this customer within twelve months come to {0}."),
		}[what]
		who = _("What is above {0} is approved by somebody with the role {1}. Please propose it.")
		frappe.throw(
			f"{text.format(fmt_money(total, currency=currency))} {who.format(fmt_money(limit, currency=currency), _(role))}",
			frappe.PermissionError,
		)


class _Sums:
	"""Adds up amounts of several currencies, at this month's rates."""

	def __init__(self, currency: str):
		self.currency, self.unknown = currency, set()

	def of(self, amounts: list[tuple[str, float]]) -> float:
		total = 0.0
		for currency, amount in amounts:
			rate = currencies.rate_of_month(currency or self.currency, self.currency, getdate())
			if amount and not rate:
				self.unknown.add(currency)
			total += amount * rate
		return total


def _elsewhere(case, lock_them: bool) -> tuple[list, list]:
	"""(currency, cost) of what the customer was granted for other cases: today, and within a year.

	:param lock_them: of two approvals at the same moment one comes after the other, and sees what that has granted
	"""
	if lock_them:
		lock("Customer", case.customer)
	# For update, because this transaction may have read before it had the lock, and would see the rows as then.
	of_customer = {"customer": case.customer}
	cases = frappe.db.get_values(DOCTYPE, of_customer, ["name", "opened_on"], for_update=lock_them)
	opened = {name: opened_on for name, opened_on in cases if name != case.name}
	if not opened:
		return [], []
	rows = frappe.db.get_values(
		ROW,
		{"parenttype": DOCTYPE, "parent": ("in", list(opened)), "status": ("in", engine.GRANTED)},
		["parent", "currency", "cost", "approved_on", "handed_over_on"],
		as_dict=True,
		for_update=lock_them,
	)
	today_, year = [], []
	for row in rows:
		day = get_datetime(row.approved_on or row.handed_over_on or opened[row.parent]).date()
		if day > getdate() - YEAR:
			year.append((row.currency, flt(row.cost)))
		if day >= getdate():
			today_.append((row.currency, flt(row.cost)))
	return today_, year
