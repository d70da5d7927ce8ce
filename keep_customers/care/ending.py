"""What is asked of reps no longer: because of a document that does not count any more, or because it was done elsewhere."""

from datetime import date

import frappe
from frappe.query_builder.functions import IfNull
from frappe.utils import getdate

from keep_customers.care.followups import CANCELLED, CREDITED, OPEN, PENDING, hold_back, settle
from keep_customers.care.todos import hand_over
from keep_customers.care.triggers.purchases import amount_of_milestone, bought_in_all
from keep_customers.worth import ledger
from keep_customers.worth.corrected import credited


def take_back(reference_doctype: str, reference_name: str, why: str) -> None:
	"""Cancel what is pending because of a document that no longer counts, and the ToDos asked for it."""
	pending = frappe.get_all(
		"Follow Up",
		filters={
			"reference_doctype": reference_doctype,
			"reference_name": reference_name,
			"status": ("in", PENDING),
		},
		fields=["name", "todo"],
	)
	for row in pending:
		_take_back(row, why)


def _take_back(row, why: str, **values) -> None:
	settle(row.name, "Cancelled", hold_reason=why, **values)
	cancel_todo(row.todo)


def take_back_not_bought(today: date, why: str = CREDITED, customer: str | None = None) -> None:
	"""Take back the calls about purchases that were none in the end.

	:param customer: only this one's
	"""
	about, its = _pending(customer, reference_doctype="Sales Invoice")
	undone = {paper.name for paper in credited(today, its)} if its else ()
	for row in about:
		if row.reference_name in undone:
			_take_back(row, why)
	gone = []
	for rule in frappe.get_all("Care Rule", {"trigger": ("in", ("First Purchase", "Milestone"))}, ["*"]):
		rows, its = _pending(customer, care_rule=rule.name)
		if rule.trigger == "Milestone":
			total = bought_in_all(rule, today, its)
			gone += [row for row in rows if total.get(row.customer, 0) < amount_of_milestone(row.occurrence)]
		else:
			bought = ledger.from_anybody(today, its)
			gone += [
				row
				for row in rows
				if row.customer not in bought or bought[row.customer].first > getdate(row.planned_on)
			]
	for row in gone:
		# Under another name, so that it is due again when it really happens.
		_take_back(row, why, occurrence=f"{row.occurrence} {row.name}")


def _pending(customer: str | None, **filters) -> tuple[list, list[str]]:
	"""Follow-ups that are pending, and whose they are."""
	if customer:
		filters["customer"] = customer
	rows = frappe.get_all(
		"Follow Up",
		filters={"status": ("in", PENDING), **filters},
		fields=["name", "todo", "customer", "planned_on", "occurrence", "reference_name"],
	)
	return rows, sorted({row.customer for row in rows})


def take_back_outdated() -> None:
	"""Take back what no document event has: calls about documents gone meanwhile, contacts with disabled customers."""
	follow_up, customer = frappe.qb.DocType("Follow Up"), frappe.qb.DocType("Customer")
	for doctype, why in CANCELLED.items():
		document = frappe.qb.DocType(doctype)
		gone = (
			frappe.qb.from_(follow_up)
			.left_join(document)
			.on(document.name == follow_up.reference_name)
			.select(follow_up.reference_name)
			.distinct()
			.where((follow_up.reference_doctype == doctype) & follow_up.status.isin(PENDING))
			.where(IfNull(document.docstatus, 2) != 1)
		).run()
		for (name,) in gone:
			take_back(doctype, name, why)
	disabled = (
		frappe.qb.from_(follow_up)
		.inner_join(customer)
		.on(customer.name == follow_up.customer)
		.select(follow_up.name)
		.where((follow_up.status == "Planned") & (customer.disabled == 1))
	).run()
	hold_back([name for (name,) in disabled], "Cancelled", "Customer disabled")


def cancel_todo(name: str | None) -> None:
	"""Close a rep's ToDo as cancelled, or leave it to what else it is for; the follow-up is already settled."""
	_end_todo(name, "Cancelled")


def close_todo(name: str | None) -> None:
	"""Close a rep's ToDo as done; the follow-up behind it is already settled."""
	_end_todo(name, "Closed")


def _end_todo(name: str | None, status: str) -> None:
	if not name or not frappe.db.exists("ToDo", {"name": name, "status": "Open"}):
		return
	if status == "Cancelled" and frappe.db.exists("Follow Up", {"todo": name, "status": ("in", OPEN)}):
		return hand_over(name)
	todo = frappe.get_doc("ToDo", name)
	todo.status = status
	todo.flags.keep_customers_settled = True
	# Whoever cancels an invoice or files a report need not be allowed to write the rep's ToDo.
	todo.save(ignore_permissions=True)
