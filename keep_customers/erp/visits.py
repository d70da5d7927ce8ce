"""Visits: what a plan is prepared from, the follow-ups it asks for, and the contacts its report becomes.

A plan is approved by submitting it. Before that the rep asks the superior with a ToDo; afterwards each stop is a
follow-up with a ToDo, and the report turns each visit that took place into a Customer Touch.
"""

from collections import defaultdict

import frappe
from frappe import _
from frappe.desk.doctype.notification_settings.notification_settings import is_notifications_enabled
from frappe.query_builder.functions import IfNull, Sum
from frappe.utils import (
	add_to_date,
	cstr,
	escape_html,
	fmt_money,
	formatdate,
	getdate,
	now_datetime,
	strip_html,
)  # fmt: skip

from keep_customers.erp import feedback, followups, todos
from keep_customers.erp.assignment import superior
from keep_customers.erp.permissions import may_approve_plans

CHANNELS = {"In Person": "Visit", "Video": "Visit", "Phone": "Phone"}
# What the app writes; it is taken from no form and no request.
OURS = ("status", "approver", "approved_by", "approved_on", "reported_on")
OURS_OF_A_STOP = ("recent_sales", "open_complaints", "follow_up", "touch")
LAST_INVOICES, TOP_ITEMS, LONGEST_COMPLAINT = 5, 3, 100


# Asking and approving


@frappe.whitelist(methods=["POST"])
def ask_for_approval(plan: str) -> str:
	"""Ask the rep's superior, with one ToDo, to approve a draft.

	:returns: the superior's user
	:raises frappe.PermissionError: if the user may not write the plan
	"""
	doc = _draft(plan)
	territory = doc.territory or frappe.db.get_value("Customer", doc.stops[0].customer, "territory")
	settings = frappe.get_cached_doc("Keep Customers Settings")
	approver = superior(doc.rep, territory, settings, may_approve_plans)
	if not approver:
		frappe.throw(
			_(
				"Nobody is found who may approve the plan. Please ask for a superior in the Employee record, or for"
				" a fallback user in Keep Customers Settings, with the role Sales Manager."
			)
		)
	if not todos.has_open(approver, doc.doctype, doc.name):
		todos.end_all(doc.doctype, doc.name, "Cancelled")
		text = _("Please approve the visit plan {0} of {1}, {2} – {3}.").format(
			todos.link_to(doc.doctype, doc.name),
			escape_html(doc.rep_name or doc.rep),
			formatdate(doc.from_date),
			formatdate(doc.to_date),
		)
		due = max(getdate(doc.from_date), getdate())
		todos.add(approver, doc.doctype, doc.name, f"<p>{text}</p>", due=due)
	doc.db_set({"status": "Waiting for Approval", "approver": approver})
	return approver


@frappe.whitelist(methods=["POST"])
def send_back(plan: str, why: str) -> None:
	"""The superior does not approve yet: the plan is a draft again, with the reason as a comment on it.

	:raises frappe.PermissionError: if the user may not approve the plan
	"""
	doc = _draft(plan, right="submit")
	if not (why or "").strip():
		frappe.throw(_("Please say what should be different."))
	doc.add_comment("Comment", escape_html(why))
	doc.db_set("status", "Draft")
	todos.end_all(doc.doctype, doc.name, "Closed")
	_notify(doc, doc.rep, _("Your visit plan {0} was sent back.").format(doc.name))


def _draft(plan: str, right: str = "write"):
	doc = frappe.get_doc("Visit Plan", plan, for_update=True)
	doc.check_permission(right)
	if not doc.docstatus.is_draft():
		frappe.throw(_("{0} is not a draft any more.").format(doc.name))
	if not doc.stops:
		frappe.throw(_("Please add the customers to visit first."))
	return doc


def _notify(doc, user: str | None, subject: str) -> None:
	"""Tell somebody else who wants to be told."""
	if user and user != frappe.session.user and is_notifications_enabled(user):
		todos.notify(user, doc.doctype, doc.name, subject)


def keep_what_is_ours(doc) -> None:
	"""Undo what a form or a request says in the fields that only the app writes."""
	before = doc.get_doc_before_save()
	for field in OURS:
		doc.set(field, before.get(field) if before else None)
	doc.status = doc.status or "Draft"
	stops = {stop.name: stop for stop in before.stops} if before else {}
	already = _contacts_of(doc.amended_from) if doc.is_new() and doc.amended_from else set()
	for stop in doc.stops:
		# A contact that took place is not recorded again by the amended plan.
		touch = stop.touch if (stop.customer, stop.touch) in already else None
		known = stops.get(stop.name)
		same = known if known and known.customer == stop.customer else None
		for field in OURS_OF_A_STOP:
			stop.set(field, same.get(field) if same else None)
		stop.touch = stop.touch or touch


def _contacts_of(plan: str) -> set[tuple[str, str]]:
	rows = frappe.get_all("Visit Plan Stop", filters={"parent": plan}, fields=["customer", "touch"])
	return {(row.customer, row.touch) for row in rows if row.touch}


def refused(doc) -> list[tuple[int, str]]:
	"""The stops whose customers do not want to be contacted in this way, as (row, customer's name)."""
	channel = CHANNELS.get(doc.method, "Visit")
	no = followups.refused_channels([stop.customer for stop in doc.stops])
	return [
		(stop.idx, stop.customer_name or stop.customer)
		for stop in doc.stops
		if (stop.customer, channel) in no
	]


# What the plan sets off


def plan_contacts(doc) -> None:
	"""An approved plan: each stop becomes a follow-up with a ToDo, which was agreed and is held back by nothing."""
	reason = _("As planned in {0}; the goal and what was prepared are there.").format(doc.name)
	rows = []
	for stop in doc.stops:
		if stop.touch:
			continue
		day = getdate(stop.appointment or doc.to_date)
		rows.append(
			{
				"customer": stop.customer,
				"customer_name": stop.customer_name,
				"occurrence": stop.name,
				"status": "Planned",
				"priority": "Medium",
				"reason": reason,
				"channel": CHANNELS[doc.method],
				"planned_on": day,
				"due_date": day,
				"reference_doctype": doc.doctype,
				"reference_name": doc.name,
			}
		)
	followups.add(rows)
	planned = {
		row.occurrence: row
		for row in frappe.get_all(
			"Follow Up",
			filters={"reference_doctype": doc.doctype, "reference_name": doc.name, "status": "Planned"},
			fields=["name", *followups.FIELDS],
		)
	}
	for stop in doc.stops:
		if row := planned.get(stop.name):
			todo = todos.create([row], doc.rep, row.due_date)
			followups.settle(
				row.name, "Assigned", todo=todo, assigned_to=doc.rep, assigned_on=getdate(), hold_reason=""
			)
			stop.db_set("follow_up", row.name)
	todos.end_all(doc.doctype, doc.name, "Closed")


def take_back(doc) -> None:
	followups.take_back(doc.doctype, doc.name, "Visit plan cancelled")


def tell_day_notes(doc) -> None:
	"""Tell the superior that there is a new daily note, not what it says."""
	before = doc.get_doc_before_save()
	known = {row.name for row in before.day_notes} if before else set()
	if any(row.name not in known for row in doc.day_notes):
		_notify(
			doc,
			doc.approved_by or doc.approver,
			_("Daily note of {0} on {1}").format(doc.rep_name or doc.rep, doc.name),
		)


# The report


@frappe.whitelist(methods=["POST"])
def file_report(plan: str) -> dict:
	"""Record each visit that took place, once; the others are moved or cancelled.

	:returns: how many ``contacts`` were recorded, follow-ups ``moved`` and ``cancelled`` by this call
	:raises frappe.PermissionError: if the user may not write the plan
	:raises frappe.ValidationError: if it is not approved, or a row does not say what became of it
	"""
	doc = frappe.get_doc("Visit Plan", plan, for_update=True)
	doc.check_permission("write")
	if not doc.docstatus.is_submitted():
		frappe.throw(_("Only an approved plan can be reported on."))
	open_ones = {
		row.name: row
		for row in frappe.get_all(
			"Follow Up",
			filters={
				"reference_doctype": doc.doctype,
				"reference_name": doc.name,
				"status": ("in", followups.PENDING),
			},
			fields=["name", "todo", "due_date"],
		)
	}
	unclear = [
		_("Row {0}: {1} was not visited. Please say why, or to which day the visit is moved.").format(
			stop.idx, stop.customer_name or stop.customer
		)
		for stop in doc.stops
		if not (stop.visited or stop.moved_to or (stop.not_visited_reason or "").strip())
		and stop.follow_up in open_ones
	]
	if unclear:
		frappe.throw("<br>".join(map(escape_html, unclear)))
	counts = {"contacts": 0, "moved": 0, "cancelled": 0}
	for stop in doc.stops:
		if stop.visited and not stop.touch:
			counts["contacts"] += _record(doc, stop)
			feedback.after_visit(stop.touch)
		elif not stop.visited and (follow_up := open_ones.get(stop.follow_up)):
			counts[_not_visited(stop, follow_up)] += 1
	doc.db_set({"status": "Reported", "reported_on": doc.reported_on or now_datetime()})
	return counts


def _record(doc, stop) -> int:
	"""The contact of a visit; one the rep has already recorded on closing the ToDo is only linked."""
	known = frappe._dict()
	if stop.follow_up:
		known = frappe.db.get_value("Follow Up", stop.follow_up, ["touch", "todo"], as_dict=True)
	if known.touch:
		stop.db_set("touch", known.touch)
		return 0
	touch = frappe.get_doc(
		{
			"doctype": "Customer Touch",
			"customer": stop.customer,
			"date": stop.visited_on,
			"rep": doc.rep,
			"channel": CHANNELS[doc.method],
			"result": "Reached",
			"satisfaction": stop.satisfaction,
			"notes": stop.report,
			"next_step": stop.next_step,
			"next_step_date": stop.next_step_date,
			"follow_up": stop.follow_up,
			"todo": known.todo,
		}
	).insert()
	stop.db_set("touch", touch.name)
	followups.close_todo(known.todo)
	return 1


def _not_visited(stop, follow_up) -> str:
	if not stop.moved_to:
		followups.settle(follow_up.name, "Cancelled", hold_reason="Not visited")
		followups.cancel_todo(follow_up.todo)
		return "cancelled"
	if follow_up.todo:
		todo = frappe.get_doc("ToDo", follow_up.todo)
		todo.date = stop.moved_to
		# The follow-up goes with it. Who files the report need not be allowed to write the rep's ToDo.
		todo.save(ignore_permissions=True)
	return "moved"


def forget_contact(touch: str) -> None:
	"""A contact is deleted: the stop that led to it must not stand in the way."""
	frappe.db.set_value("Visit Plan Stop", {"touch": touch}, "touch", None, update_modified=False)


# The preparations


@frappe.whitelist(methods=["POST"])
def fill_preparations(plan: str) -> None:
	"""Write into a draft's stops what the site knows: recent sales, open complaints, where, and whom to meet.

	:raises frappe.PermissionError: if the user may not write the plan or not read one of its customers
	"""
	doc = _draft(plan)
	customers = sorted({stop.customer for stop in doc.stops})
	sales, complaints = _recent_sales(customers), _open_complaints(customers)
	people, places = defaultdict(list), dict(_places(customers))
	for row in _people(customers):
		if row.decides or row.relation in ("Owner", "Decision Maker"):
			people[row.parent].append(row.full_name)
	for stop in doc.stops:
		stop.db_set(
			{
				"recent_sales": sales.get(stop.customer) or _("Nothing bought in the last 12 months."),
				"open_complaints": "\n".join(complaints.get(stop.customer, ())) or _("None known."),
				"people_to_meet": stop.people_to_meet or ", ".join(people.get(stop.customer, ())),
				"place": stop.place
				or strip_html(cstr(places.get(stop.customer)).replace("<br>", "\n")).strip(),
			}
		)


@frappe.whitelist()
def people_to_name(plan: str) -> list[dict]:
	"""The people in the files of a plan's customers, for those who may read the files; stored nowhere else.

	:returns: dicts with customer_name, full_name, relation, decides
	:raises frappe.PermissionError: if the user may not read the plan
	"""
	doc = frappe.get_doc("Visit Plan", plan)
	doc.check_permission("read")
	names = {stop.customer: stop.customer_name or stop.customer for stop in doc.stops}
	return [
		{
			"customer_name": names[row.parent],
			"full_name": row.full_name,
			"relation": row.relation,
			"decides": row.decides,
		}
		for row in _people(sorted(names))
	]


def _people(customers: list[str]) -> list:
	if not customers or not frappe.has_permission("Customer File", "read"):
		return []
	return frappe.get_list(
		"Customer File Person",
		parent_doctype="Customer File",
		filters={"parenttype": "Customer File", "parent": ("in", customers)},
		fields=["parent", "full_name", "relation", "decides"],
		order_by="parent asc, idx asc",
		limit_page_length=0,
	)


def _places(customers: list[str]) -> list[tuple]:
	return frappe.get_all(
		"Customer", filters={"name": ("in", customers)}, fields=["name", "primary_address"], as_list=True
	)


def _recent_sales(customers: list[str]) -> dict[str, str]:
	"""Customer -> the last 12 months in three lines; a company's amounts are in its own currency."""
	invoice, company = frappe.qb.DocType("Sales Invoice"), frappe.qb.DocType("Company")
	since = getdate(add_to_date(getdate(), years=-1))

	def bought(query):
		return (
			query.where(invoice.customer.isin(customers) & (invoice.docstatus == 1))
			.where(IfNull(invoice.is_opening, "No") != "Yes")
			.where((invoice.posting_date > since) & (invoice.posting_date <= getdate()))
		)

	rows = bought(
		frappe.qb.from_(invoice)
		.inner_join(company)
		.on(company.name == invoice.company)
		.select(
			invoice.customer, invoice.posting_date, invoice.base_net_total, invoice.is_return, company.default_currency
		)
		.orderby(invoice.posting_date, invoice.name, order=frappe.qb.desc)
	).run()  # fmt: skip
	item = frappe.qb.DocType("Sales Invoice Item")
	items = bought(
		frappe.qb.from_(invoice)
		.inner_join(item)
		.on(item.parent == invoice.name)
		.select(invoice.customer, item.item_name)
		.groupby(invoice.customer, item.item_name)
		.orderby(Sum(item.base_net_amount), order=frappe.qb.desc)
		.orderby(item.item_name)
	).run()
	totals, last, most = defaultdict(lambda: defaultdict(float)), defaultdict(list), defaultdict(list)
	for customer, day, amount, is_return, currency in rows:
		totals[customer][currency] += amount
		if not is_return and len(last[customer]) < LAST_INVOICES:
			last[customer].append(f"{formatdate(day)} {fmt_money(amount, currency=currency)}")
	for customer, name in items:
		if len(most[customer]) < TOP_ITEMS:
			most[customer].append(name)
	return {
		customer: "\n".join(
			(
				_("12 months: {0}").format(
					", ".join(fmt_money(amount, currency=currency) for currency, amount in sums.items())
				),
				_("Last: {0}").format("; ".join(last[customer])),
				_("Mostly: {0}").format(", ".join(most[customer])),
			)
		)
		for customer, sums in totals.items()
	}


def _open_complaints(customers: list[str]) -> dict[str, list[str]]:
	"""Customer -> a line for each open Issue and Warranty Claim; what it is about only for who may read those."""
	lines = defaultdict(list)
	for row in open_complaints(customers):
		line = f"{formatdate(row.day)} {row.name} ({_(row.status)})"
		if row.about is not None:
			line += f": {row.about}"
		lines[row.customer].append(line)
	return lines


def open_complaints(customers: list[str]) -> list[dict]:
	"""Open Complaint Cases, Issues and Warranty Claims; that there is one concerns everybody who talks to the customer.

	:returns: dicts with doctype, name, customer, status, day, about (plain text; None for who may not read the doctype)
	"""
	found = []
	for doctype, about, day, status in (
		("Complaint Case", "subject", "opened_on", ("!=", "Closed")),
		("Issue", "subject", "opening_date", ("not in", ("Resolved", "Closed"))),
		("Warranty Claim", "complaint", "complaint_date", ("not in", ("Closed", "Cancelled"))),
	):
		may_read = frappe.has_permission(doctype, "read")
		for row in frappe.get_all(
			doctype,
			filters={"customer": ("in", customers), "status": status},
			fields=["name", "customer", "status", f"{about} as about", f"{day} as day"],
			order_by=f"{day} asc",
		):
			row.doctype, row.day = doctype, getdate(row.day) if row.day else None
			row.about = strip_html(cstr(row.about)).strip()[:LONGEST_COMPLAINT] if may_read else None
			found.append(row)
	return found
