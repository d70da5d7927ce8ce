"""What is asked of reps no longer: because of a document that does not count any more, or because it was done elsewhere."""

from datetime import date
from functools import partial

import frappe
from frappe.query_builder.functions import IfNull
from frappe.utils import getdate

from keep_customers.care.followups import CANCELLED, CREDITED, OPEN, PENDING, hold_back, settle
from keep_customers.care.todos import hand_over
from keep_customers.care.triggers.purchases import amount_of_milestone, bought_in_all
from keep_customers.erp.aside import Aside
from keep_customers.erp.tables import chunks
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


def take_back_not_bought(
	today: date, why: str = CREDITED, customer: str | None = None, aside: Aside | None = None
) -> None:
	"""Take back the calls about purchases that were none in the end.

	:param customer: only this one's
	:param aside: where what fails is noted; without it, it is raised
	"""
	about, its = _pending(customer, reference_doctype="Sales Invoice")
	undone = {paper.name for paper in credited(today, its)} if its else ()
	gone = [(row, {}) for row in about if row.reference_name in undone]
	for rule in frappe.get_all("Care Rule", {"trigger": ("in", ("First Purchase", "Milestone"))}, ["*"]):
		rows, its = _pending(customer, care_rule=rule.name)
		if rule.trigger == "Milestone":
			total = bought_in_all(rule, today, its)
			never = [row for row in rows if total.get(row.customer, 0) < amount_of_milestone(row.occurrence)]
		else:
			bought = ledger.from_anybody(today, its)
			never = [
				row
				for row in rows
				if row.customer not in bought or bought[row.customer].first > getdate(row.planned_on)
			]
		# Under another name, so that it is due again when it really happens.
		gone += [(row, {"occurrence": f"{row.occurrence} {row.name}"}) for row in never]
	for row, values in gone:
		take = partial(_take_back, row, why, **values)
		if aside:
			aside.one("Follow Up", row.name, take)
		else:
			take()


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


def take_back_outdated(aside: Aside) -> None:
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
			aside.one(doctype, name, partial(take_back, doctype, name, why))
	disabled = (
		frappe.qb.from_(follow_up)
		.inner_join(customer)
		.on(customer.name == follow_up.customer)
		.select(follow_up.name)
		.where((follow_up.status == "Planned") & (customer.disabled == 1))
	).run()
	for part in chunks([name for (name,) in disabled], 1000):
		aside.each(
			part,
			lambda names: hold_back(names, "Cancelled", "Customer disabled"),
			lambda name: ("Follow Up", name),
		)


def cancel_todo(name: str | None) -> None:
	"""Close a rep's ToDo as cancelled, or leave it to what else it is for; the follow-up is already settled."""
	_end_todo(name, "Cancelled")


def close_todo(name: str | None) -> None:
	"""Close a rep's ToDo as done; the follow-up behind it is already settled."""
	_end_todo(name, "Closed")


def _end_todo(name: str | None, status: str) -> None:
	# For update: a night may have made it in this moment, and who renames the customer finds it afterwards.
	if not name or frappe.db.get_value("ToDo", name, "status", for_update=True) != "Open":
		return
	left = {"todo": name, "status": ("in", OPEN)}
	if status == "Cancelled" and frappe.db.get_value("Follow Up", left, "name", for_update=True):
		return hand_over(name)
	todo = frappe.get_doc("ToDo", name, for_update=True)
	todo.status = status
	todo.flags.keep_customers_settled = True
	# Whoever cancels an invoice or files a report need not be allowed to write the rep's ToDo.
	todo.save(ignore_permissions=True)
