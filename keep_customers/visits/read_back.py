"""A Visit Plan: who visits whom and when, what these customers are worth, and who approves it."""

import frappe
from frappe import _
from frappe.query_builder.functions import Count, Max, Sum
from frappe.utils import cstr, fmt_money, formatdate, get_fullname

from keep_customers.access.read_back import ReadBack
from keep_customers.care.notices import not_excluded
from keep_customers.care.read_back import contact
from keep_customers.erp.language import counted
from keep_customers.erp.permissions import of_role, readable_among
from keep_customers.visits import approval, stops
from keep_customers.worth.values import is_ranked

NAMED = 5
CANCELLED = 2  # docstatus


def tell(doc) -> ReadBack:
	told = ReadBack()
	customers = readable_among({stop.customer for stop in doc.stops if stop.customer})
	if not (doc.from_date and doc.to_date):
		told.lacks(_("Please say on which days."), field="from_date")
	if not customers:
		told.lacks(_("Please add the customers to visit."), field="stops")
	if told.missing:
		return told
	told.says = [_who(doc, len(customers)), *_prepared(doc), *_left_out(customers), *_goes_on(doc, customers)]
	told.figure = _worth(customers)
	if not doc.docstatus:
		_what_is_in_the_way(told, doc, customers)
	return told


def _who(doc, number: int) -> str:
	one, more = {
		"Video": (
			_("{1} meets one customer by video, {2} – {3}."),
			_("{1} meets {0} customers by video, {2} – {3}."),
		),
		"Phone": (_("{1} calls one customer, {2} – {3}."), _("{1} calls {0} customers, {2} – {3}.")),
	}.get(
		cstr(doc.method),
		(_("{1} visits one customer, {2} – {3}."), _("{1} visits {0} customers, {2} – {3}.")),
	)
	begin, end = formatdate(doc.from_date), formatdate(doc.to_date)
	return counted(number, one, more, get_fullname(doc.rep), begin, end)


def _prepared(doc) -> list[str]:
	made = sum(bool(stop.appointment) for stop in doc.stops)
	market = sum(bool(cstr(stop.market_notes).strip()) for stop in doc.stops)
	return [
		_("Appointments: {0} of {1}.").format(made, len(doc.stops)),
		_("Market prepared: {0} of {1}.").format(market, len(doc.stops)),
	]


def _left_out(customers: set[str]) -> list[str]:
	"""Who has no tier and is asked about by no rule, and may be visited all the same."""
	fields = ["name as customer", "customer_name", "customer_group"]
	rows = frappe.get_all("Customer", {"name": ("in", sorted(customers))}, fields)
	kept = {row.customer for row in not_excluded(rows)}
	out = sorted(row.customer_name for row in rows if row.customer not in kept)
	if not out:
		return []
	text = _(
		"Excluded in Keep Customers Settings: {0}. No rule asks for such a visit; it is yours to decide."
	)
	return [text.format(", ".join(out[:NAMED]) + (" …" if len(out) > NAMED else ""))]


def _goes_on(doc, customers: set[str]) -> list[str]:
	if doc.docstatus == CANCELLED:
		return [_("It was cancelled, and its open ToDos are taken back. Amend makes a new plan of it.")]
	if doc.reported_on:
		return [_("The report is filed: who was visited has it on record.")]
	if doc.docstatus:
		return [
			_(
				"It is approved, and each stop is a ToDo of the rep. Once they are back, please file the report."
			)
		]
	if doc.status == approval.WAITING:
		said = [_("It waits for {0} to approve it.").format(get_fullname(doc.approver))]
	else:
		said = [_("Once it is approved, each stop is a ToDo of the rep.")]
	if number := len(customers & stops.taken_in(doc).keys()):
		said.append(
			counted(
				number,
				_("One of the visits is due anyway; it stays one contact."),
				_("{0} of the visits are due anyway; each stays one contact."),
			)
		)
	return said


def _worth(customers: set[str]) -> str:
	"""What the customers are worth, to who may read values; empty if nobody is ranked."""
	if not of_role("Customer Value"):
		return ""
	value = frappe.qb.DocType("Customer Value")
	[[number, current, risk, currency]] = (
		frappe.qb.from_(value)
		.where(value.name.isin(sorted(customers)) & is_ranked(value))
		.select(Count("*"), Sum(value.current_value), Sum(value.value_at_risk), Max(value.currency))
	).run()
	if not number:
		return ""
	return _(
		"Together they have bought for {0} in the time that counts; {1} of what they are worth is at risk."
	).format(fmt_money(current or 0, currency=currency), fmt_money(risk or 0, currency=currency))


def _what_is_in_the_way(told: ReadBack, doc, customers: set[str]) -> None:
	contact.without(told, customers)
	for row, customer in stops.refused(doc):
		if doc.stops[row - 1].customer in customers:
			told.lacks(
				_(
					"Row {0}: {1} does not want this. Please choose another method or leave the stop out."
				).format(row, customer),
				field="stops",
			)
	if doc.rep and not approval.superior_of(doc):
		told.lacks(
			_("Nobody is found who may approve the plan. Please choose a superior in the Employee record."),
			route=["List", "Employee"],
		)
