"""What somebody had to do who has left, or who is a customer's rep no longer, is passed on: by the chain that what is
new goes by, and with a note. What is asked of reps is on their ToDos, so those change hands and the rest follows them."""

from collections import Counter

import frappe
from frappe.utils import get_fullname

from keep_customers.benefits import coupons
from keep_customers.care import followups, todos
from keep_customers.care.assignment import DEDICATED, TERRITORY, Assignment
from keep_customers.care.routing import HEAD_OFFICE, REGION
from keep_customers.erp import leavers
from keep_customers.erp.aside import Aside
from keep_customers.erp.leavers import Hands, give_todo, nobody, note
from keep_customers.visits import approval

PLAN = "Visit Plan"
ENDED = ("Reported", "Cancelled")
NAMED_AFTER_CUSTOMER = ("Customer", "Customer File")
ABOUT = (*NAMED_AFTER_CUSTOMER, "Contact", "Contact Confirmation", "Customer Feedback")


def open_todos(hands: Hands) -> list:
	"""Open ToDos about customers, their files, contacts and what they said of a purchase, with what says who is asked."""
	todo, follow_up, rule, touch, confirmation, feedback, link = (
		frappe.qb.DocType(name)
		for name in (
			"ToDo",
			"Follow Up",
			"Care Rule",
			"Customer Touch",
			"Contact Confirmation",
			"Customer Feedback",
			"Dynamic Link",
		)
	)
	held = hands.holding("ToDo", "allocated_to").where(
		(todo.status == "Open") & todo.reference_type.isin(ABOUT)
	)
	query = (
		hands.narrowed(held, todo.allocated_to)
		.left_join(follow_up)
		.on(follow_up.name == todo.keep_follow_up)
		.left_join(rule)
		.on(rule.name == follow_up.care_rule)
		.left_join(touch)
		.on(touch.routed_todo == todo.name)
		.left_join(confirmation)
		.on((todo.reference_type == "Contact Confirmation") & (confirmation.name == todo.reference_name))
		.left_join(feedback)
		.on((todo.reference_type == "Customer Feedback") & (feedback.name == todo.reference_name))
		.left_join(link)
		.on(
			(todo.reference_type == "Contact") & (link.parenttype == "Contact") & (link.parent == todo.reference_name)
			& (link.link_doctype == "Customer")
		)
		.select(
			todo.name, todo.allocated_to, todo.reference_type, todo.reference_name, confirmation.customer,
			feedback.customer.as_("said_by"), link.link_name, rule.assign_to, rule.role, rule.user, touch.route_to,
		)
		.orderby(todo.name)
		.orderby(link.link_name)
	)  # fmt: skip
	rows, about = {}, {}
	for row in query.run(as_dict=True):
		named = row.reference_type in NAMED_AFTER_CUSTOMER and row.reference_name
		row.customer = row.customer or row.said_by or row.link_name or named
		if row.customer and hands.customer in (None, row.customer):
			rows.setdefault(row.name, row)  # of a contact of several customers the first
			about.setdefault(row.name, set()).add(row.customer)
	return hands.out_of(list(rows.values()), lambda row: (row.allocated_to, about[row.name]))


def pass_on(hands: Hands, aside: Aside) -> None:
	"""ToDos about customers, with their follow-ups."""
	rows = open_todos(hands)
	if not rows:
		return
	assignment = _assignment(rows)

	def give(row) -> None:
		if user := _next(row, assignment):
			give_todo(row.name, user)
		else:
			nobody(aside, row.allocated_to)

	leavers.pass_on(aside, rows, give, lambda row: ("ToDo", row.name))


def _next(row, assignment: Assignment) -> str | None:
	if row.route_to == HEAD_OFFICE:
		return assignment.head_office(row.customer)
	usual = TERRITORY if row.route_to == REGION else DEDICATED
	return assignment.user_for(row.customer, row.assign_to or usual, row.role, row.user)


def _assignment(rows) -> Assignment:
	return Assignment({row.customer for row in rows}, frappe.get_cached_doc("Keep Customers Settings"))


def ask_anew(aside: Aside) -> None:
	"""Follow-ups whose ToDos are gone: the host deletes a user's ToDos with the user, past their document life."""
	follow_up, todo, rule = (frappe.qb.DocType(name) for name in ("Follow Up", "ToDo", "Care Rule"))
	rows = (
		frappe.qb.from_(follow_up)
		.left_join(todo)
		.on(todo.name == follow_up.todo)
		.left_join(rule)
		.on(rule.name == follow_up.care_rule)
		.select(
			follow_up.name, follow_up.todo, follow_up.customer, follow_up.customer_name, follow_up.channel,
			follow_up.reason, follow_up.short, follow_up.made_of, follow_up.priority, follow_up.due_date, follow_up.assigned_to,
			*(follow_up[field] for field in coupons.ON_FOLLOW_UP), rule.assign_to, rule.role, rule.user,
		)
		.where(follow_up.status.isin(followups.OPEN) & follow_up.todo.isnotnull() & todo.name.isnull())
		.orderby(follow_up.name)
	).run(as_dict=True)  # fmt: skip
	if not rows:
		return
	contacts: dict[str, list] = {}
	for row in rows:
		contacts.setdefault(row.todo, []).append(row)
	assignment = _assignment(rows)

	def ask(contacts) -> None:
		for parts in contacts:
			user = _next(parts[0], assignment)
			if not user:
				nobody(aside, parts[0].assigned_to)
				continue
			new = todos.create(parts, user, parts[0].due_date)
			for part in parts:
				frappe.db.set_value("Follow Up", part.name, {"todo": new, "assigned_to": user})

	aside.each(list(contacts.values()), ask, lambda parts: ("Follow Up", parts[0].name))


def pass_on_plans(hands: Hands, aside: Aside) -> None:
	"""Visit plans not reported on go to who takes over most of their customers; approvals to the next superior."""
	plan = frappe.qb.DocType(PLAN)
	for field, work in (("rep", _new_rep), ("approver", _new_approver)):
		query = hands.holding(PLAN, field).select(plan.name).where(plan.status.notin(ENDED))
		if field == "approver":
			query = query.where(plan.status == approval.WAITING)
		leavers.pass_on(
			aside,
			[name for (name,) in query.run()],
			lambda name, work=work: work(frappe.get_doc(PLAN, name, for_update=True), aside),
			lambda name: (PLAN, name),
		)


def _new_rep(plan, aside: Aside) -> None:
	assignment = _assignment(plan.stops)
	found = Counter(filter(None, (assignment.user_for(stop.customer) for stop in plan.stops)))
	if not found:
		# A draft without a stop is nobody's work yet.
		return nobody(aside, plan.rep) if plan.stops else None
	before, [(user, _count)] = plan.rep, found.most_common(1)
	plan.db_set({"rep": user, "rep_name": get_fullname(user)})
	note(plan, "rep", before, user, {"status": ["not in", ENDED]})
	# Nobody approves their own.
	if plan.status == approval.WAITING and plan.approver == user:
		_new_approver(plan, aside)


def _new_approver(plan, aside: Aside) -> None:
	before = plan.approver
	if user := approval.ask(plan):
		note(plan, "approver", before, user, {"status": approval.WAITING})
	else:
		nobody(aside, before, approval.nobody_may())
