"""What came of a contact, told in one tap on its ToDo: the touch, the ToDo, and what comes next."""

from datetime import timedelta

import frappe
from frappe import _
from frappe.utils import formatdate, getdate, now_datetime, today

from keep_customers.care.todos import care_todo, record_touch
from keep_customers.erp.api import typed
from keep_customers.erp.calendar import working_days

REACHED, NOT_REACHED, AGREED, NOT_NEEDED = "Reached", "Not Reached", "Agreed", "Not Needed"
AGAIN = 2  # days until who was not reached is tried again


@frappe.whitelist(methods=["POST"])
@typed
def tell(
	todo: str,
	result: str,
	words: str | None = None,
	next_step: str | None = None,
	next_step_date: str | None = None,
) -> dict:
	"""Record what came of it, and close, put off or cancel the ToDo accordingly. Told twice, it is noted once.

	:param result: Reached; Not Reached: the ToDo comes back in two days; Agreed: with a next step and its day; Not Needed:
		with words that say why
	:returns: said (a sentence: what was noted and planned), next (the contact after it: todo, customer_name, why, date;
		None if there is none)
	:raises frappe.PermissionError: if the user may not write the ToDo, or not read its follow-up and the customer
	:raises frappe.ValidationError: if the result is another one, or lacks what belongs to it
	"""
	doc, row = care_todo(todo, "write")
	note = {REACHED: _reached, AGREED: _agreed, NOT_REACHED: _not_reached, NOT_NEEDED: _not_needed}.get(
		result
	)
	if not note:
		frappe.throw(_("{0} is not a result.").format(frappe.utils.escape_html(result)))
	# Two taps wait for each other, and the second one sees what the first has done.
	frappe.db.get_value("ToDo", doc.name, "name", for_update=True)
	doc.reload()
	said = (
		note(doc, row, _clean(words), _clean(next_step), next_step_date)
		if doc.status == "Open"
		else _("This was noted already.")
	)
	return {"said": said, "next": next_contact(doc.name)}


def next_contact(but: str | None = None) -> dict | None:
	"""The first of the user's own open contacts, as the list has them, besides one."""
	rows = frappe.get_list(
		"ToDo",
		filters={
			"allocated_to": frappe.session.user,
			"status": "Open",
			"keep_follow_up": ("is", "set"),
			"name": ("!=", but or ""),
		},
		fields=["name as todo", "keep_customer_name as customer_name", "keep_why as why", "date"],
		order_by="keep_turn desc, name asc",
		limit=1,
	)
	return rows[0] if rows else None


def _reached(doc, row, words, next_step, next_step_date) -> str:
	record_touch(
		doc.name, REACHED, notes=words, next_step=next_step, next_step_date=next_step and next_step_date
	)
	_end(doc, "Closed")
	if next_step:
		return _("Noted. {0}: on {1} it comes back to your list.").format(
			next_step, formatdate(next_step_date)
		)
	return _("Noted: reached.")


def _agreed(doc, row, words, next_step, next_step_date) -> str:
	if not next_step:
		frappe.throw(_("What was agreed?"))
	return _reached(doc, row, words, next_step, next_step_date)


def _not_reached(doc, row, words, *_step) -> str:
	"""The attempt is on record; what is asked for is still to be done, so the follow-up goes on with its ToDo."""
	day = again_on()
	tried = {"todo": doc.name, "result": NOT_REACHED, "date": (">=", today())}
	if doc.date != day or not frappe.db.exists("Customer Touch", tried):
		frappe.get_doc(
			{
				"doctype": "Customer Touch",
				"customer": row.customer,
				"date": now_datetime(),
				"rep": frappe.session.user,
				"channel": row.channel,
				"result": NOT_REACHED,
				"notes": words,
				"todo": doc.name,
			}
		).insert()
		doc.date = day
		doc.save()
	return _("Not reached: it comes back on {0}.").format(formatdate(day))


def _not_needed(doc, row, words, *_step) -> str:
	if not words:
		frappe.throw(_("Please say why it is not needed."))
	doc.add_comment("Comment", frappe.utils.escape_html(_("Not needed: {0}").format(words)))
	_end(doc, "Cancelled")
	return _("Noted: not needed.")


def again_on():
	"""The working day on which who was not reached today is tried again."""
	days = working_days(frappe.get_cached_doc("Keep Customers Settings"))
	return days.on_or_after(getdate() + timedelta(days=AGAIN))


def _end(doc, status: str) -> None:
	doc.reload()
	doc.status = status
	doc.save()


def _clean(text: str | None) -> str | None:
	return (text or "").strip() or None
