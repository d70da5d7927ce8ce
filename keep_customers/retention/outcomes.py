"""What becomes of a loss by itself: who buys again is won back, with what it brings; who had never left, is no loss."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta

import frappe
from frappe import _
from frappe.utils import flt, formatdate, getdate

from keep_customers.care import ending
from keep_customers.engine import losses as engine
from keep_customers.erp import todos
from keep_customers.erp.aside import Aside
from keep_customers.erp.language import language_of, speaking
from keep_customers.erp.tables import hold
from keep_customers.retention.reviews import DOCTYPE, ask, end_question
from keep_customers.worth.currencies import rate_of_month
from keep_customers.worth.spent import Books, Day

FIELDS = (
	"name", "customer", "customer_name", "status", "cause", "responsible", "lost_on", "last_purchase", "won_back_on",
	"won_back_by", "revenue_since", "had_bought_on", "currency",
)  # fmt: skip
AT_ONCE = 50
BOUGHT_AGAIN, NOT_TRUE = "Bought again", "No longer true"
NOTHING = {
	"won_back_on": None, "won_back_by": None, "revenue_since": 0, "had_bought_on": None, "closed_on": None,
}  # fmt: skip
# The last sum of the year is taken when the year is over.
AFTER = timedelta(days=7)


def follow(books: Books, aside: Aside) -> int:
	"""Bring all reviews up to date whose customers have bought, or whose purchase is one no longer.

	:returns: how many have another status
	"""
	rows = _bought_since() + _counted(books.as_of) + _had_never_left(books.as_of)
	if not rows:
		return 0
	spent = books.of_companies(rows)
	# What was lost was told in the currency of then, and so is what comes back.
	rates = {
		currency: rate_of_month(currency, books.currency, books.as_of)
		for currency in {row.currency or books.currency for row in rows}
	}
	again = _lost_again(rows)
	changes = [
		(row, change)
		for row in rows
		if (
			change := _change(
				row,
				spent.get(row.customer, []),
				books.as_of,
				again.get(row.name),
				rates[row.currency or books.currency],
			)
		)
	]
	_note_who(changes)
	done = aside.each(changes, _write, lambda one: (DOCTYPE, one[0].name))
	return sum(done)


def _bought_since() -> list:
	"""Reviews of customers who count as having bought since; by the figures of this night."""
	query, review, value = _query()
	return _read(
		query.where(review.status.isin(list(engine.LOST)) & (value.last_purchase > review.last_purchase))
	)


def _counted(today: date) -> list:
	"""Reviews of who is back, as long as it is added up what they bring."""
	query, review, _value = _query()
	return _read(
		query.where((review.status == engine.WON_BACK) & (review.won_back_on > today - engine.YEAR - AFTER))
	)


def _had_never_left(today: date) -> list:
	"""Reviews of whom an invoice that came late has shown to be no loss, as long as it may be cancelled; what people say is none
	stays none."""
	query, review, _value = _query()
	return _read(
		query.where((review.status == engine.NO_LOSS) & review.had_bought_on.isnotnull()).where(
			review.closed_on > today - engine.YEAR
		)
	)


def _lost_again(rows: list) -> dict[str, date]:
	"""Review -> the day on which its customer was lost the next time: what it buys from then on has won it back anew."""
	days: dict[str, list[date]] = defaultdict(list)
	lost = {"customer": ("in", sorted({row.customer for row in rows})), "status": ("!=", engine.NO_LOSS)}
	for customer, day in frappe.get_all(
		DOCTYPE, filters=lost, fields=["customer", "lost_on"], order_by="lost_on asc", as_list=True
	):
		days[customer].append(getdate(day))
	found = ((row.name, next((day for day in days[row.customer] if day > row.lost_on), None)) for row in rows)
	return {name: day for name, day in found if day}


def _query():
	review, value, policy = (frappe.qb.DocType(name) for name in (DOCTYPE, "Customer Value", "Tier Policy"))
	query = (
		frappe.qb.from_(review)
		.inner_join(value)
		.on(value.name == review.customer)
		.left_join(policy)
		.on(policy.name == value.policy)
		.select(*(review[field] for field in FIELDS), policy.company, value.last_purchase.as_("bought_on"))
		.orderby(review.name)
	)
	return query, review, value


def _read(query) -> list:
	rows = query.run(as_dict=True)
	for row in rows:
		for field in ("lost_on", "last_purchase", "won_back_on", "had_bought_on", "bought_on"):
			row[field] = row[field] and getdate(row[field])
	return rows


def _change(row, days: list[Day], today: date, lost_again: date | None, rate: float) -> dict | None:
	"""What is to be written on a review; None for nothing.

	:param rate: of the review's currency; 0 where there is none, and the sum stays as it was
	"""
	bought = [one.day for one in days if one.bought] + [row.bought_on]
	if row.bought_on <= row.last_purchase:
		bought = []  # what counted as a purchase does so no more
	status, first = engine.came_of(row.last_purchase, row.lost_on, bought)
	if not status:
		if row.status == engine.NO_LOSS and lost_again:
			return None  # the next loss is asked about
		after = engine.lost_after_all(engine.Review(row.status, bool(row.cause)))
		noted = {"result_note": None} if row.had_bought_on else {}
		return {"status": after.status, **NOTHING, **noted}
	if status == engine.NO_LOSS:
		if (row.status, row.had_bought_on) == (status, first):
			return None
		why = _("Had bought on {0} already: the invoice was entered later.").format(formatdate(first))
		return {**NOTHING, "status": status, "had_bought_on": first, "closed_on": today, "result_note": why}
	until = min(today, first + engine.YEAR)
	if lost_again:
		until = min(until, lost_again - timedelta(days=1))
	brought = flt(engine.since(first, until, days) / rate if rate else row.revenue_since, 3)
	now = {"status": status, "won_back_on": first, "revenue_since": brought}
	if now == {
		"status": row.status,
		"won_back_on": row.won_back_on,
		"revenue_since": flt(row.revenue_since, 3),
	}:
		return None
	noted = {"had_bought_on": None, "result_note": None} if row.had_bought_on else {}
	return now | {"closed_on": first} | noted


def _note_who(changes: list[tuple]) -> None:
	"""Add who had spoken to a customer last, before it bought again."""
	back = {row.customer: (row, change) for row, change in changes if change.get("won_back_on")}
	if not back:
		return
	since = datetime.combine(min(row.lost_on for row, _change in back.values()), time())
	touches = frappe.get_all(
		"Customer Touch",
		filters={"customer": ("in", list(back)), "date": (">=", since), "result": ("!=", "Not Reached")},
		fields=["customer", "rep", "date"],
		order_by="date asc, name asc",
	)
	for touch in touches:
		row, change = back[touch.customer]
		if row.lost_on <= getdate(touch.date) <= change["won_back_on"]:
			change["won_back_by"] = touch.rep


def _write(changes: list[tuple]) -> int:
	hold("Customer", [row.customer for row, _change in changes])
	moved = []
	for row, change in changes:
		if not hold(DOCTYPE, [row.name], status=row.status):
			continue  # somebody has moved it in this moment; the next night looks again
		# Past the document life: who has it open can save it. What a form sends of these fields is not taken.
		frappe.db.set_value(DOCTYPE, row.name, change, update_modified=False)
		if change["status"] != row.status:
			moved.append((row, change))
			_follow(row, change)
	_tell(moved)
	return len(moved)


def _follow(row, change: dict) -> None:
	"""End what is no longer to be done, and note it on the review."""
	status = change["status"]
	if status not in engine.WAITING:
		end_question(row.name, "Cancelled")
		ending.take_back(DOCTYPE, row.name, BOUGHT_AGAIN if status == engine.WON_BACK else NOT_TRUE)
	review = frappe.get_doc(DOCTYPE, row.name)
	review.add_comment("Info", _words(change))
	if status == engine.OPEN:
		ask(review)


def _tell(moved: list[tuple]) -> None:
	"""Let who is responsible know."""
	of_user: dict[str, list] = {}
	for row, change in moved:
		if row.responsible and row.responsible != frappe.session.user:
			of_user.setdefault(row.responsible, []).append((row, change))
	for user, its in of_user.items():
		if frappe.db.get_value("User", user, "enabled"):
			with speaking(language_of(user)):
				about = [
					(
						row.name,
						f"{todos.link_to(DOCTYPE, row.name, row.customer_name or row.customer)}: {_words(change)}",
					)
					for row, change in its
				]
				many = _("{0} of your Loss Reviews have moved by what was bought, or credited.")
				todos.notify_of_all(user, DOCTYPE, about, many.format, responsible=user)


def _words(change: dict) -> str:
	if change["status"] == engine.WON_BACK:
		return _("Bought again on {0}: won back.").format(formatdate(change["won_back_on"]))
	if change["status"] == engine.NO_LOSS:
		return _("Had never left: the invoice was entered later.")
	return _("The purchase does not count any more: lost after all.")
