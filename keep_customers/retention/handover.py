"""Who is asked about a loss: when somebody else is made responsible, and when who was has left."""

import frappe
from frappe import _

from keep_customers.care.assignment import Assignment
from keep_customers.engine import losses as engine
from keep_customers.erp import leavers, todos
from keep_customers.erp.aside import Aside
from keep_customers.erp.leavers import Hands, nobody, note
from keep_customers.retention.reviews import DOCTYPE, SETTINGS, ask


def validate(review) -> None:
	"""
	:raises frappe.ValidationError: if who is made responsible cannot write the review
	"""
	user = review.responsible
	if not user or review.is_new() or not review.has_value_changed("responsible"):
		return
	if not frappe.has_permission(DOCTYPE, "write", doc=review, user=user):
		frappe.throw(_("{0} cannot look after this customer. Please choose somebody else.").format(user))


def follow(review) -> None:
	"""Who is responsible no longer has it no longer on the list; who is now has it there."""
	before = review.get_doc_before_save()
	if before and before.responsible != review.responsible:
		_give(review, before.responsible)
	elif review.flags.brought_back:
		_give(review, None)


def _give(review, before: str | None) -> None:
	if before:
		todos.end_all(DOCTYPE, review.name, "Cancelled", allocated_to=before)
	if review.status == engine.OPEN:
		ask(review)


def pass_on(hands: Hands, aside: Aside) -> None:
	"""What somebody has open who cannot act any more goes to who would be asked today."""
	leavers.pass_on(
		aside, open_reviews(hands), lambda name: _pass_on(name, aside), lambda name: (DOCTYPE, name)
	)


def open_reviews(hands: Hands) -> list[str]:
	review = frappe.qb.DocType(DOCTYPE)
	query = hands.holding(DOCTYPE, "responsible").where(review.status.isin(list(engine.WAITING)))
	query = hands.narrowed(query, review.responsible)
	if hands.customer:
		query = query.where(review.customer == hands.customer)
	rows = query.select(review.name, review.responsible, review.customer).orderby(review.name).run()
	return [name for name, _user, _customer in hands.out_of(rows, lambda row: (row[1], row[2:]))]


def _pass_on(name: str, aside: Aside) -> None:
	review = frappe.get_doc(DOCTYPE, name, for_update=True)
	before = review.responsible
	user = Assignment([review.customer], frappe.get_cached_doc(SETTINGS)).user_for(review.customer)
	if not user:
		return nobody(aside, before)
	if user == before:
		return
	# Past its life, as it is no matter of what else is written in it.
	review.db_set("responsible", user)
	_give(review, before)
	note(review, "responsible", before, user, {"status": ["in", sorted(engine.WAITING)]})
