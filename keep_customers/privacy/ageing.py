"""What people have said and written is not kept for ever: after so many months its words go, kind by kind.

It is off until an admin says how long. Documents stay, without words; figures, money and dates are what they were.
"""

from datetime import date
from typing import NamedTuple

import frappe
from frappe import _
from frappe.query_builder.functions import Count, Min
from frappe.utils import add_months, cint, getdate
from pypika.terms import Criterion

from keep_customers.care.followups import PENDING
from keep_customers.erp.api import refuse, rows_sent, typed
from keep_customers.erp.attempts import attempt
from keep_customers.people.reached import FILE
from keep_customers.privacy import emptying, places
from keep_customers.privacy.desk import ROLES
from keep_customers.privacy.words import GONE

SETTINGS, TABLE = "Keep Customers Settings", "kept_for"
PART = 500  # documents a transaction
MOST = 20_000  # documents of a kind and night; what is left waits for the next


class Kind(NamedTuple):
	"""
	:param since: the column from which on it grows old
	:param done: (column, values) of what is over; what is still under way keeps its words
	:param not_done: (column, values) of what is not
	"""

	doctype: str
	since: str
	done: tuple[str, tuple[str, ...]] | None = None
	not_done: tuple[str, tuple[str, ...]] | None = None


KINDS = {
	"Contacts": Kind("Customer Touch", "date"),
	"Personal Parts of Files": Kind(FILE, "modified"),
	"Follow-Ups": Kind("Follow Up", "due_date", not_done=("status", PENDING)),
	"Complaints": Kind("Complaint Case", "closed_on", done=("status", ("Closed",))),
	"Feedback": Kind("Customer Feedback", "given_on"),
	"Invitations": Kind(
		"VIP Invitation", "creation", not_done=("status", ("Planned", "Invited", "Accepted", "Waiting List"))
	),
	"Event Wishes": Kind("Event Suggestion", "creation"),
	"Visits": Kind("Visit Plan", "to_date", done=("status", ("Reported", "Cancelled"))),
	"Loss Reviews": Kind("Loss Review", "closed_on", done=("status", ("Won Back", "Given Up", "No Loss"))),
	"Referrals": Kind("Referral", "date", not_done=("status", ("New",))),
	"Fact Checks": Kind("Fact Check", "checked_on"),
	"E-Mails": Kind("Communication", "creation"),
	"Closed ToDos": Kind("ToDo", "date", not_done=("status", ("Open",))),
}


def check(settings) -> None:
	"""
	:raises frappe.ValidationError: if a kind stands twice, or for no time at all
	"""
	seen = set()
	for row in settings.get(TABLE) or ():
		if row.kind in seen:
			frappe.throw(
				_("{0} stands twice among what is kept for a time.").format(
					_(row.kind, context="Keep Age Limit")
				)
			)
		if cint(row.months) < 1:
			frappe.throw(_("Please say for how many months words are kept, one at least."))
		seen.add(row.kind)


def run(today: date | None = None) -> dict[str, int]:
	"""Take the words out of all that is old enough; kind -> how many documents. It may be killed, and begun again."""
	done = {}
	for row in frappe.get_all("Keep Age Limit", {"parent": SETTINGS}, ["kind", "months"], order_by="idx asc"):
		if row.kind in KINDS and cint(row.months) > 0:
			done[row.kind] = _run(KINDS[row.kind], _before(row.months, today))
	return done


def _run(kind: Kind, before: date) -> int:
	done = 0
	while done < MOST:
		names = _old(kind, before).select(frappe.qb.DocType(kind.doctype).name).limit(PART).run(pluck=True)
		if not names:
			break
		attempt(lambda names=names: _empty(kind.doctype, names))
		done += len(names)
	return done


def _before(months: int, today: date | None = None) -> date:
	return getdate(add_months(today or getdate(), -cint(months)))


def _empty(doctype: str, names: list[str]) -> None:
	if (
		doctype == FILE
	):  # who is asked for there, and when their birthday is, is needed as long as it is a customer
		emptying.empty_personal_parts(names)
		emptying.beside(doctype, names)
		return
	emptying.empty(doctype, names, links=False)
	for table in frappe.get_meta(doctype).get_table_fields():
		of = {"parenttype": doctype, "parent": ("in", names)}
		if frappe.get_meta(table.options).module == places.MODULE:
			emptying.empty(table.options, frappe.get_all(table.options, of, pluck="name"), links=False)
	emptying.beside(doctype, names)


def _old(kind: Kind, before: date):
	"""The query for what is old, over, and has words left."""
	table = frappe.qb.DocType(kind.doctype)
	of_file = kind.doctype == FILE
	fields = places.personal_words() if of_file else places.place(kind.doctype, old=True).words
	words = [table[one] for one in fields]
	query = (
		frappe.qb.from_(table)
		.where(table[kind.since] < before)
		.where(Criterion.any(one.isnotnull() & (one != "") & (one != GONE) for one in words))
	)
	for over in _over(kind, table):
		query = query.where(over)
	if of_file:
		query = _of_who_is_silent(query, table, before)
	elif kind.doctype == "Communication":
		query = query.where(table.reference_doctype.isin(places.ours()))
		# Words about what is not over are not over either.
		for other in KINDS.values():
			about = frappe.qb.DocType(other.doctype)
			for over in _over(other, about):
				under_way = frappe.qb.from_(about).select(about.name).where(over.negate())
				query = query.where(
					(table.reference_doctype != other.doctype) | table.reference_name.notin(under_way)
				)
	elif kind.doctype == "ToDo":
		query = query.where(table.keep_follow_up.isnotnull() & (table.keep_follow_up != ""))
	return query


def _of_who_is_silent(query, file, before: date):
	"""Only files of customers who have neither bought nor been in contact since."""
	customer, value = frappe.qb.DocType("Customer"), frappe.qb.DocType("Customer Value")
	query = query.left_join(customer).on(customer.name == file.name)
	query = query.left_join(value).on(value.name == file.name)
	for last in (value.last_purchase, customer.keep_last_touch):
		query = query.where(last.isnull() | (last < before))
	return query


def _over(kind: Kind, table) -> list[Criterion]:
	"""The conditions that it is over; none for what always is."""
	done = [table[kind.done[0]].isin(kind.done[1])] if kind.done else []
	return done + ([table[kind.not_done[0]].notin(kind.not_done[1])] if kind.not_done else [])


@frappe.whitelist(methods=["POST"])
@typed
def preview(limits: list | str) -> list[dict]:
	"""What would lose its words tonight, as the table stands on the form.

	:param limits: dicts of kind and months
	:returns: dicts of kind, months, number and oldest
	:raises frappe.PermissionError: if the user is no manager
	"""
	rows, found = rows_sent("limits", limits), []
	for row in rows:
		if not isinstance(row, dict) or row.get("kind") not in KINDS or cint(row.get("months")) < 1:
			refuse("'limits' is a list of kinds and months.")
	frappe.only_for(ROLES)
	for row in rows:
		kind = KINDS[row["kind"]]
		table = frappe.qb.DocType(kind.doctype)
		query = _old(kind, _before(row["months"])).select(Count("*"), Min(table[kind.since]))
		[[number, oldest]] = query.run()
		found.append(
			{
				"kind": row["kind"],
				"months": cint(row["months"]),
				"number": number,
				"oldest": oldest and getdate(oldest),
			}
		)
	return found
