"""Losses of customers that are merged, renamed or deleted."""

import frappe
from frappe import _
from frappe.utils import getdate

from keep_customers.care import ending
from keep_customers.engine import losses as engine
from keep_customers.retention.outcomes import NOT_TRUE
from keep_customers.retention.reviews import DOCTYPE, deleted_reviews, end_question


def make_room(old: str, new: str) -> None:
	"""Before customers are merged: who was taken for lost buys under the other name; of two who are lost, one is asked about.

	To be called while both still have their values.
	"""
	rows = frappe.get_all(
		DOCTYPE,
		filters={"customer": ("in", (old, new))},
		fields=["name", "customer", "status", "lost_on", "last_purchase"],
		order_by="last_purchase desc, lost_on desc, name asc",
	)
	if not rows:
		return
	bought = dict(
		frappe.get_all(
			"Customer Value",
			filters={"name": ("in", (old, new))},
			fields=["name", "last_purchase"],
			as_list=True,
		)
	)
	latest = max((getdate(day) for day in bought.values() if day), default=None)
	asked = False
	for row in rows:
		if row.status not in engine.WAITING:
			continue
		if asked or (latest and latest > getdate(row.last_purchase)):
			_is_none(row.name, old, new)
		asked = True
	days = {row.lost_on for row in rows if row.customer == new}
	for row in rows:
		if row.customer == old and row.lost_on in days:
			frappe.db.set_value(DOCTYPE, row.name, "merged_from", old, update_modified=False)
	# One that was said to have moved to the other has not moved at all.
	for one, other in ((old, new), (new, old)):
		moved = {"customer": one, "moved_to": other}
		frappe.db.set_value(DOCTYPE, moved, "moved_to", None, update_modified=False)


def after_rename(old: str, new: str) -> None:
	"""A review that was deleted is known by the host's record of it: under the new name, too, nobody wants it back."""
	for name, was in deleted_reviews():
		if was.get("customer") == old:
			anew = frappe.as_json(was | {"customer": new})
			frappe.db.set_value("Deleted Document", name, "data", anew, update_modified=False)


def _is_none(name: str, old: str, new: str) -> None:
	frappe.db.set_value(
		DOCTYPE,
		name,
		{
			"status": engine.NO_LOSS,
			"closed_on": getdate(),
			"result_note": _("Only the record changed: {0} and {1} were merged.").format(old, new),
		},
	)
	end_question(name, "Cancelled")
	ending.take_back(DOCTYPE, name, NOT_TRUE)


def on_customer_trash(customer: str) -> None:
	"""What is asked about it ends, and nobody has moved to it."""
	for name in frappe.get_all(DOCTYPE, filters={"customer": customer}, pluck="name"):
		end_question(name, "Cancelled")
	frappe.db.set_value(DOCTYPE, {"moved_to": customer}, "moved_to", None, update_modified=False)
