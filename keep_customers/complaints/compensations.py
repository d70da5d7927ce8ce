"""What is given for a complaint, and who approves it: the limits are the case's and the customer's, not a row's.

Decided in ``engine/compensations.py``. Amounts are compared in the reporting currency, in which the limits are.
"""

from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import flt, fmt_money, get_datetime, getdate, now_datetime, today

from keep_customers.complaints.cases import DOCTYPE
from keep_customers.engine import compensations as engine
from keep_customers.erp.tables import lock
from keep_customers.worth import ledger

ROW = "Complaint Compensation"
YEAR = timedelta(days=365)


def validate(case) -> None:
	"""Note who has approved what, and refuse what the user of this session may not approve.

	:raises frappe.PermissionError: if a limit is passed, saying which and who may
	:raises frappe.ValidationError: if a cost is none, what was approved is taken off, or nobody knows for whom it is
	"""
	before = case.get_doc_before_save()
	known = {row.name: row for row in before.compensations} if before else {}
	more = [row for row in case.compensations if _validate_row(case, row, known.pop(row.name, None))]
	if _granted(known.values()):
		frappe.throw(_("A compensation that was approved stays on record. Please set it to Rejected."))
	if more:
		_ask_the_limits(case)


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


def _ask_the_limits(case) -> None:
	settings = frappe.get_cached_doc("Keep Customers Settings")
	role = settings.compensation_role or "Sales Manager"
	if role in frappe.get_roles():
		return
	if not case.customer:
		frappe.throw(_("Please choose the customer first."))
	currency = ledger.reporting_currency(settings)
	sums = _Sums(currency)
	own = sums.of([(case.currency, flt(row.cost)) for row in _granted(case.compensations)])
	elsewhere_today, elsewhere = _elsewhere(case)
	limits = engine.Limits(flt(settings.compensation_limit), flt(settings.compensation_year_limit))
	passed = engine.exceeded(engine.Sums(own, sums.of(elsewhere_today), sums.of(elsewhere)), limits)
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
			rate = ledger.rate_of_month(currency or self.currency, self.currency, getdate())
			if amount and not rate:
				self.unknown.add(currency)
			total += amount * rate
		return total


def _elsewhere(case) -> tuple[list, list]:
	"""(currency, cost) of what the customer was granted for other cases: today, and within a year.

	Two approvals at the same moment come one after the other, and the second sees what the first has granted.
	"""
	lock("Customer", case.customer)
	# For update, because this transaction may have read before it had the lock, and would see the rows as then.
	cases = frappe.db.get_values(DOCTYPE, {"customer": case.customer}, ["name", "opened_on"], for_update=True)
	opened = {name: opened_on for name, opened_on in cases if name != case.name}
	if not opened:
		return [], []
	rows = frappe.db.get_values(
		ROW,
		{"parenttype": DOCTYPE, "parent": ("in", list(opened)), "status": ("in", engine.GRANTED)},
		["parent", "currency", "cost", "approved_on", "handed_over_on"],
		as_dict=True,
		for_update=True,
	)
	today_, year = [], []
	for row in rows:
		day = get_datetime(row.approved_on or row.handed_over_on or opened[row.parent]).date()
		if day > getdate() - YEAR:
			year.append((row.currency, flt(row.cost)))
		if day >= getdate():
			today_.append((row.currency, flt(row.cost)))
	return today_, year
