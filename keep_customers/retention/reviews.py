"""Loss Reviews: who becomes Lost gets one, and their rep is asked why. The night writes them.

Only who becomes Lost after a Tier Policy has been told to ask, and whose year was worth it; a few of each rep in one
night, the dearest first. What is known is gathered once (``facts.py``); what became of it, ``outcomes.py`` finds out.
"""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta

import frappe
import numpy as np
from frappe import _
from frappe.query_builder import Case
from frappe.query_builder.functions import Count, IfNull, Max
from frappe.utils import cint, escape_html, flt, formatdate, getdate

from keep_customers.care import ending
from keep_customers.care.assignment import Assignment
from keep_customers.engine import lifecycle
from keep_customers.engine import losses as engine
from keep_customers.erp import todos
from keep_customers.erp.aside import Aside
from keep_customers.erp.language import language_of, speaking
from keep_customers.erp.tables import chunks, hold
from keep_customers.retention import facts
from keep_customers.worth.ledger import GROSS_PROFIT
from keep_customers.worth.spent import Books

DOCTYPE = "Loss Review"
SETTINGS = "Keep Customers Settings"
LOST = lifecycle.STATUSES[lifecycle.LOST]
# Who has not come to their turn in this time is no news any more.
LOOK_BACK = timedelta(days=90)
WRITTEN_AT_ONCE = 20
# What is known of the customer, by the field of Customer Value it is taken from.
KNOWN = {
	"tier": "tier", "policy": "policy", "lost_on": "status_since", "first_purchase": "first_purchase",
	"last_purchase": "last_purchase", "purchases": "purchases", "gap": "gap",
	"expected_amount": "expected_order_value", "expected_year": "value_at_risk",
}  # fmt: skip


def write(books: Books, settings, aside: Aside) -> tuple[int, int]:
	"""Review who has become Lost.

	:returns: how many reviews were written, and how many of them there is nobody to ask about
	"""
	rows = worth_it(newly_lost(books.as_of), books)
	reps = Assignment({row.customer for row in rows}, settings, books.as_of)
	for row in rows:
		row.rep = reps.user_for(row.customer)
	most = cint(settings.loss_reviews_per_rep)
	by_name = {row.customer: row for row in rows}
	losses = [(row.customer, row.rep, row.revenue_before) for row in rows]
	wanted = [by_name[name] for name in engine.chosen(losses, most, _had(books.as_of))]
	profits = books.of_companies(wanted, GROSS_PROFIT)
	for row in wanted:
		row.profit_before = engine.year_before(row.last_purchase, profits.get(row.customer, ()))
	done = []
	for part in chunks(wanted, WRITTEN_AT_ONCE):
		done += aside.each(part, lambda some: _write(some, books), lambda row: ("Customer", row.customer))
	return sum(written for written, _left in done), sum(left for _written, left in done)


def newly_lost(today: date) -> list:
	"""Who has become Lost since their policy asks, and has no review of this loss.

	Who was lost before has bought since then: it is the next loss, however often the stage has come and gone.
	"""
	value, policy, customer = (
		frappe.qb.DocType(name) for name in ("Customer Value", "Tier Policy", "Customer")
	)
	review = frappe.qb.DocType(DOCTYPE)
	# What was no loss was none: the next one only needs to be of another silence.
	day = Case().when(review.status == engine.NO_LOSS, review.last_purchase).else_(review.lost_on)
	before = (
		frappe.qb.from_(review).select(review.customer, Max(day).as_("day")).groupby(review.customer)
	).as_("before")
	# There is one review of a customer and day: who was no loss that day is asked about again once the stage has changed.
	same = frappe.qb.DocType(DOCTYPE).as_("same")
	rows = (
		frappe.qb.from_(value)
		.inner_join(policy)
		.on(policy.name == value.policy)
		.inner_join(customer)
		.on(customer.name == value.customer)
		.left_join(same)
		.on((same.customer == value.customer) & (same.lost_on == value.status_since))
		.left_join(before)
		.on(before.customer == value.customer)
		.select(
			value.customer, customer.customer_name, value.currency, policy.company, policy.losses_from,
			*(value[of].as_(field) for field, of in KNOWN.items()),
		)
		.where((value.status == LOST) & (policy.review_losses == 1) & (policy.enabled == 1))
		.where((value.status_since > policy.losses_since) & (value.status_since > today - LOOK_BACK))
		.where((value.status_since <= today) & (customer.disabled == 0))
		.where(same.name.isnull() & (before.day.isnull() | (value.last_purchase > before.day)))
		.orderby(value.customer)
	).run(as_dict=True)  # fmt: skip
	for row in rows:
		for field in ("lost_on", "first_purchase", "last_purchase"):
			row[field] = row[field] and getdate(row[field])
	deleted = _deleted() if rows else {}
	rows = [
		row for row in rows if row.last_purchase and row.last_purchase > deleted.get(row.customer, date.min)
	]
	if not rows:
		return []
	late = engine.recognised_late(
		np.array([row.last_purchase.toordinal() for row in rows]),
		np.array([flt(row.gap) for row in rows]),
		np.array([row.lost_on.toordinal() for row in rows]),
	)
	return [row for row, is_late in zip(rows, late.tolist(), strict=True) if not is_late]


def _deleted() -> dict[str, date]:
	"""Customer -> the day of its newest loss whose review somebody has deleted, as the host remembers: nobody wants it back."""
	found: dict[str, date] = {}
	for _name, was in deleted_reviews():
		try:
			customer, day = was["customer"], getdate(was["lost_on"])
		except (TypeError, ValueError, KeyError):
			continue  # somebody has been at it
		if day:
			found[customer] = max(day, found.get(customer, day))
	return found


def deleted_reviews() -> Iterator[tuple[str, dict]]:
	"""(name of the host's record, what it says) of the reviews that somebody has deleted."""
	of_reviews = {"deleted_doctype": DOCTYPE}
	for name, data in frappe.get_all("Deleted Document", of_reviews, ["name", "data"], as_list=True):
		try:
			was = json.loads(data)
		except (TypeError, ValueError):
			continue
		if isinstance(was, dict):
			yield name, was


def worth_it(rows: list, books: Books) -> list:
	"""Those who had brought in a year what their policy asks about, with ``revenue_before``."""
	spent = books.of_companies(rows)
	for row in rows:
		row.revenue_before = engine.year_before(row.last_purchase, spent.get(row.customer, ()))
	return [row for row in rows if row.revenue_before >= flt(row.losses_from)]


def _had(today: date) -> Counter:
	"""Rep -> how many reviews this night has written already, before it was killed."""
	review = frappe.qb.DocType(DOCTYPE)
	rep = Case().when(IfNull(review.responsible, "") == "", None).else_(review.responsible)
	query = frappe.qb.from_(review).select(rep, Count("*")).where(review.noted_on == today).groupby(rep)
	return Counter(dict(query.run()))


def _write(rows: list, books: Books) -> tuple[int, int]:
	there = hold("Customer", [row.customer for row in rows])
	known = {
		(one.customer, getdate(one.lost_on))
		for one in frappe.get_all(
			DOCTYPE,
			filters={"customer": ("in", [row.customer for row in rows])},
			fields=["customer", "lost_on"],
		)
	}
	rows = [row for row in rows if row.customer in there and (row.customer, row.lost_on) not in known]
	if not rows:
		return 0, 0
	found = facts.of_customers({row.customer: row.last_purchase for row in rows}, books.as_of)
	asked = [_write_one(row, found.get(row.customer, {}), books) for row in rows]
	return len(asked), asked.count(False)


def _write_one(row, known: dict, books: Books) -> bool:
	"""Whether there was somebody to ask."""
	review = frappe.new_doc(DOCTYPE)
	review.update({field: row[field] for field in KNOWN})
	review.update(
		{
			"customer": row.customer,
			"customer_name": row.customer_name,
			"expected_on": row.last_purchase + timedelta(days=round(flt(row.gap))),
			"responsible": row.rep,
			"revenue_before": row.revenue_before,
			"profit_before": row.profit_before,
			"currency": books.currency,
			"noted_on": books.as_of,
			"merged_from": "",
			"facts": json.dumps(known, default=str, ensure_ascii=False) if known else None,
		}
	)
	review.flags.by_machine = True
	# Nobody's role may add reviews: they follow from the invoices.
	review.insert(ignore_permissions=True)
	return ask(review)


# Who is asked


def ask(review) -> bool:
	"""Put a review on the list of who is responsible, once; whether it is there."""
	user = review.responsible
	if not user or not frappe.has_permission(DOCTYPE, "write", doc=review, user=user):
		return False
	if not todos.has_open(user, DOCTYPE, review.name):
		todos.add(user, DOCTYPE, review.name, question(review, user), "High")
	return True


def question(review, user: str) -> str:
	"""What the ToDo says, in the language of who reads it."""
	with speaking(language_of(user)):
		link = todos.link_to(DOCTYPE, review.name, review.customer_name or review.customer)
		why, since = sentences()
		asked = why.format(link)
		since = since.format(formatdate(review.lost_on), formatdate(review.last_purchase))
		return f"<p><b>{asked}</b> {escape_html(since)}</p>"


def sentences() -> list[str]:
	return [_("Why did {0} leave?"), _("Lost since {0}, last purchase {1}.")]


def end_question(name: str, status: str) -> None:
	"""
	:param status: Closed where it was answered, Cancelled where nobody needs to know any more
	"""
	todos.end_all(DOCTYPE, name, status)


def forget(name: str) -> None:
	"""A review is deleted: nobody is asked about it, and what was planned for it is taken back."""
	end_question(name, "Cancelled")
	ending.take_back(DOCTYPE, name, "No longer agreed")


def show_name(customer: str, title: str) -> None:
	"""Bring the customer's name up to date in the open ToDos about it, past the document life."""
	rows = frappe.get_all(
		DOCTYPE,
		filters={"customer": customer, "status": ("in", engine.WAITING)},
		fields=["name", "customer", "lost_on", "last_purchase"],
	)
	reviews = {row.name: row for row in rows}
	if not reviews:
		return
	about = {"reference_type": DOCTYPE, "reference_name": ("in", list(reviews)), "status": "Open"}
	for todo in frappe.get_all("ToDo", filters=about, fields=["name", "reference_name", "allocated_to"]):
		review = reviews[todo.reference_name]
		review.customer_name = title
		words = question(review, todo.allocated_to)
		frappe.db.set_value("ToDo", todo.name, "description", words, update_modified=False)
